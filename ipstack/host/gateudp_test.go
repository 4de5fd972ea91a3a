package host_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/ipstack/host"
	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/link/fault"
)

// askUDP sends a datagram from a to an address and returns what comes back within a second.
func askUDP(a *host.Host, to string, payload []byte) ([]byte, error) {
	c, err := a.Dial("udp", to)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if _, err := c.Write(payload); err != nil {
		return nil, err
	}
	if err := c.SetReadDeadline(a.Now().Add(time.Second)); err != nil {
		return nil, err
	}
	answer := make([]byte, 65535)
	n, err := c.Read(answer)
	return answer[:n], err
}

// virtual runs a program of a on a wire with b, in virtual time.
func virtual(t *testing.T, config link.Config, program func(k *sim.Kernel, wire *link.Wire, a, b *host.Host)) {
	t.Helper()
	k := sim.New(sim.Config{Seed: 3})
	wire := link.New(k, config)
	a := host.New(k, host.Config{
		Name: "a", Address: netip.MustParsePrefix("10.0.0.1/24"), Gateway: netip.MustParseAddr("10.0.0.2"), Wire: wire, HardwareAddress: [6]byte{2, 5: 1},
	})
	b := host.New(k, host.Config{Name: "b", Address: netip.MustParsePrefix("10.0.0.2/24"), Wire: wire, HardwareAddress: [6]byte{2, 5: 2}})
	a.Go(func() { program(k, wire, a, b) })
	if _, err := k.Run(nil); err != nil {
		t.Fatal(err)
	}
}

// TestGateUDPReply answers datagrams of every size, a second later, from the address that they were sent to.
func TestGateUDPReply(t *testing.T) {
	for _, to := range []string{"10.0.0.2:7", "203.0.113.9:7"} {
		for _, size := range []int{0, 1, 1472, 1473, 65507} {
			virtual(t, link.Config{}, func(k *sim.Kernel, _ *link.Wire, a, b *host.Host) {
				b.AnswerAll()
				b.GateUDP(func(d *host.Datagram, payload []byte) bool {
					if got := d.To().String(); got != to {
						t.Errorf("a datagram for %s", got)
					}
					if d.From().Addr() != a.Addr() {
						t.Errorf("a datagram from %v", d.From())
					}
					k.After(time.Second/2, func() {
						if err := d.Reply(payload); err != nil {
							t.Error(err)
						}
					})
					return true
				})
				want := bytes.Repeat([]byte("datagram"), 9000)[:size]
				got, err := askUDP(a, to, want)
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("%d bytes to %s: %d came back, %v", size, to, len(got), err)
				}
			})
		}
	}
}

// TestGateUDPReplyTooLong wants the error of a system, and nothing on the wire.
func TestGateUDPReplyTooLong(t *testing.T) {
	virtual(t, link.Config{}, func(_ *sim.Kernel, _ *link.Wire, a, b *host.Host) {
		var errs []error
		b.GateUDP(func(d *host.Datagram, _ []byte) bool {
			errs = append(errs, d.Reply(make([]byte, 65508)))
			return true
		})
		_, err := askUDP(a, "10.0.0.2:7", []byte("?"))
		if netError := net.Error(nil); !errors.As(err, &netError) || !netError.Timeout() {
			t.Errorf("the client got %v, want its time-out", err)
		}
		if len(errs) != 1 || !errors.Is(errs[0], syscall.EMSGSIZE) {
			t.Errorf("reply: %v", errs)
		}
	})
}

// TestGateUDPRefuse wants the client to hear of a refusal, at once or later, of short datagrams and of long ones, and of what
// the gate does not take as without a gate.
func TestGateUDPRefuse(t *testing.T) {
	decisions := map[string]func(k *sim.Kernel, d *host.Datagram) bool{
		"at once":   func(_ *sim.Kernel, d *host.Datagram) bool { d.Refuse(); return true },
		"later":     func(k *sim.Kernel, d *host.Datagram) bool { k.After(time.Second/2, d.Refuse); return true },
		"not taken": func(*sim.Kernel, *host.Datagram) bool { return false },
	}
	for name, decide := range decisions {
		for _, to := range []string{"10.0.0.2:7", "203.0.113.9:7"} {
			for _, size := range []int{0, 3, 65507} {
				t.Run(fmt.Sprint(name, to, size), func(t *testing.T) {
					virtual(t, link.Config{}, func(k *sim.Kernel, _ *link.Wire, a, b *host.Host) {
						b.AnswerAll()
						b.GateUDP(func(d *host.Datagram, _ []byte) bool { return decide(k, d) })
						if _, err := askUDP(a, to, make([]byte, size)); !errors.Is(err, syscall.ECONNREFUSED) {
							t.Errorf("the client got %v", err)
						}
					})
				})
			}
		}
	}
}

// TestGateUDPAsks wants the gate to be asked about whole, undamaged datagrams for the host alone that no program waits for.
func TestGateUDPAsks(t *testing.T) {
	virtual(t, link.Config{}, func(k *sim.Kernel, wire *link.Wire, a, b *host.Host) {
		var asked []string
		b.GateUDP(func(d *host.Datagram, payload []byte) bool {
			asked = append(asked, fmt.Sprintf("%d %s", d.To().Port(), payload))
			return true
		})
		damaged := fault.Check{Text: "damaged", F: func(f *link.Fate, i int) bool { return bytes.Contains(f.Copies[i].Frame, []byte("damaged")) }}
		fault.Attach(wire, fault.Fault{If: damaged, Do: fault.Corrupt{Bytes: 1, In: fault.Data}})
		open, err := b.ListenPacket("udp", ":9")
		if err != nil {
			t.Error(err)
			return
		}
		defer open.Close()
		c, err := a.ListenPacket("udp", ":4000")
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		send := func(to, text string) {
			if _, err := c.WriteTo([]byte(text), net.UDPAddrFromAddrPort(netip.MustParseAddrPort(to))); err != nil {
				t.Error(err)
			}
			k.WaitDeadline("arrival", 10*time.Millisecond, nil)
		}
		send("10.0.0.2:7", "to the gate")
		send("10.0.0.2:9", "to a program")
		send("255.255.255.255:7", "to everybody")
		send("10.0.0.255:7", "to everybody here")
		send("10.0.0.2:7", "damaged")
		send("10.0.0.2:8", "to the gate again")
		b.GateUDP(nil)
		send("10.0.0.2:7", "to no gate")
		if diff := cmp.Diff([]string{"7 to the gate", "8 to the gate again"}, asked); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
	})
}
