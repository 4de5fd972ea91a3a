package hostfault_test

import (
	"testing"
	"time"

	"netxsim/sim/hostfault"
)

// TestCheck has faults that cannot be meant, which Attach does not take.
func TestCheck(t *testing.T) {
	w := newWorld(t)
	freeze := hostfault.Freeze{Wire: w.wire, Ports: []string{"a"}}
	for _, tt := range []struct {
		fault hostfault.Fault
		want  string
	}{
		{hostfault.Fault{For: -time.Second, Do: freeze}, "fault freeze: its For is -1s, want 0 or more"},
		{hostfault.Fault{Every: -time.Second, Do: freeze}, "fault freeze: its Every is -1s, want 0 or more"},
		{hostfault.Fault{Every: time.Second, For: time.Minute, Do: freeze}, "fault freeze: it holds for 1m0s and comes every 1s, which is less"},
		{hostfault.Fault{Do: hostfault.Freeze{Ports: []string{"a"}}}, "fault freeze: it has no Wire"},
		{hostfault.Fault{Do: hostfault.Freeze{Wire: w.wire}}, "fault freeze: it has no Ports"},
		{hostfault.Fault{Name: "power", Do: hostfault.Reboot{Wire: w.wire}}, "fault power: it has no Ports"},
		{hostfault.Fault{Do: hostfault.Reboot{}}, "fault reboot: it has no Wire"},
		{hostfault.Fault{Do: hostfault.Exhaust{}}, "fault exhaust: it has no Pool"},
		{hostfault.Fault{Do: hostfault.ClockStep{}}, "fault clock step: it has no Clock"},
		{hostfault.Fault{}, ""},
		{hostfault.Fault{Do: hostfault.Reboot{Stop: func() {}}}, ""},
	} {
		got := ""
		if err := tt.fault.Check(); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
		if p := panics(func() { hostfault.Attach(w.kernel, tt.fault) }); p != nil && p != tt.want || p == nil && tt.want != "" {
			t.Errorf("panic %v, want %s", p, tt.want)
		}
	}
}

// panics returns what f panics with.
func panics(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

// TestStrangers wants to hear of ports that a fault names and the wire has never had.
func TestStrangers(t *testing.T) {
	w := newWorld(t)
	w.b.Detach()
	set := hostfault.Attach(w.kernel,
		hostfault.Fault{OnDemand: true, Do: hostfault.Freeze{Wire: w.wire, Ports: []string{"a", "sever"}}},
		hostfault.Fault{OnDemand: true, Do: hostfault.Reboot{Wire: w.wire, Ports: []string{"b", "c"}}})
	want := "fault freeze names port \"sever\", which wire  does not have\nfault reboot names port \"c\", which wire  does not have"
	if got := set.Strangers(); got == nil || got.Error() != want {
		t.Errorf("%v, want %s", got, want)
	}
}
