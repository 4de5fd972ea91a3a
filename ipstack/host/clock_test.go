package host_test

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"netxsim/ipstack/host"
	"netxsim/sim"
	"netxsim/sim/hostfault"
	"netxsim/sim/link"
)

// TestStepClock has a clock jump while a read waits, and checks that its deadline, and one set afterwards, come after ten seconds.
func TestStepClock(t *testing.T) {
	kernel := sim.New(sim.Config{})
	wire := link.New(kernel, link.Config{})
	a := host.New(kernel, host.Config{Name: "a", Address: netip.MustParsePrefix("10.0.0.1/24"), Wire: wire, HardwareAddress: [6]byte{5: 1}})
	b := host.New(kernel, host.Config{Name: "b", Address: netip.MustParsePrefix("10.0.0.2/24"), Wire: wire, HardwareAddress: [6]byte{5: 2}})
	hostfault.Attach(kernel,
		hostfault.Fault{At: 3 * time.Second, Do: hostfault.ClockStep{Name: "a", Clock: a, By: time.Hour}},
		hostfault.Fault{At: 15 * time.Second, Do: hostfault.ClockStep{Name: "a", Clock: a, By: -2 * time.Hour}},
	)
	var times []time.Duration
	var clocks []string
	if _, err := kernel.Run(func() {
		kernel.NewThread(sim.ThreadConfig{Name: "wait", Entry: func() { kernel.Sleep(4000) }})
		b.Go(func() {
			listener, err := b.Listen("tcp", ":7")
			if err != nil {
				t.Error(err)
				return
			}
			listener.Accept()
			kernel.WaitDeadline("silence", time.Hour, nil)
		})
		a.Go(func() {
			conn, err := a.Dial("tcp", "10.0.0.2:7")
			if err != nil {
				t.Error(err)
				return
			}
			for range 3 {
				conn.SetReadDeadline(a.Now().Add(10 * time.Second))
				_, err = conn.Read(make([]byte, 1))
				if timeout, ok := errors.AsType[net.Error](err); !ok || !timeout.Timeout() || !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("read: %v", err)
				}
				times = append(times, kernel.Now().Truncate(time.Second))
				clocks = append(clocks, a.Now().Truncate(time.Second).Format(time.DateTime)+" "+b.Now().Truncate(time.Second).Format(time.TimeOnly))
			}
		})
	}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"2000-01-01 01:00:10 00:00:10", "1999-12-31 23:00:20 00:00:20", "1999-12-31 23:00:30 00:00:30"} {
		if i >= len(clocks) || clocks[i] != want || times[i] != time.Duration(i+1)*10*time.Second {
			t.Fatalf("reads have ended at %v, with clocks at %v; want %s for number %d", times, clocks, want, i)
		}
	}
}
