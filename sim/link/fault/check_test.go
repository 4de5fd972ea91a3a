package fault_test

import (
	"math"
	"testing"
	"time"

	"netxsim/sim/link/fault"
)

// TestCheck has faults that cannot be meant.
func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		fault fault.Fault
		want  string
	}{
		{fault.Loss(-0.1), "fault loss: the probability is -0.1, want a probability from 0 to 1"},
		{fault.Loss(5), "fault loss: the probability is 5, want a probability from 0 to 1"},
		{fault.Reorder(math.NaN(), ms), "fault reorder: the probability is NaN, want a probability from 0 to 1"},
		{fault.BurstLoss(fault.Burst{ToBad: 3, ToGood: 0.5}), "fault burst loss: ToBad is 3, want a probability from 0 to 1"},
		{fault.BurstLoss(fault.Burst{ToBad: 1, ToGood: 0.5, Bad: -1}), "fault burst loss: Bad is -1, want a probability from 0 to 1"},
		{fault.BurstLoss(fault.Bursts(1, 3)), "fault burst loss: bursts of 3 frames with a share of 1, want a share from 0 to below 1 and a frame or more"},
		{fault.BurstLoss(fault.Bursts(0.1, 0.5)), "fault burst loss: bursts of 0.5 frames with a share of 0.1, want a share from 0 to below 1 and a frame or more"},
		{fault.BurstLoss(fault.Bursts(0.1, math.NaN())), "fault burst loss: bursts of NaN frames with a share of 0.1, want a share from 0 to below 1 and a frame or more"},
		{fault.Jitter(-time.Second, false), "fault jitter: Spread is -1s, want 0 or more"},
		{fault.Reorder(0.1, -time.Second), "fault reorder: By is -1s, want 0 or more"},
		{fault.Fault{Do: fault.Delay{By: math.MaxInt64 - time.Second, Spread: time.Hour}},
			"fault delay: the delay of 2562047h47m15.854775807s and up to 1h0m0s more is too long"},
		{fault.Duplication(0.1, -ms), "fault duplicate: After is -1ms, want 0 or more"},
		{fault.Fault{Do: fault.Duplicate{Copies: -1}}, "fault duplicate: Copies is -1, want 0 or more"},
		{fault.Fault{Do: fault.Duplicate{Copies: 1001}}, "fault duplicate: its Copies is 1001, want 1000 at most"},
		{fault.Partition([]string{"a"}), "fault partition: 1 groups of ports, want 2 or more"},
		{fault.Partition([]string{"a", "b"}, []string{"c", "a"}), `fault partition: port "a" is twice in the groups`},
		{fault.Flap(-1, 1), "fault flap: the time up is -1ns, want 0 or more"},
		{fault.Flap(1, -1), "fault flap: the time down is -1ns, want 0 or more"},
		{fault.Outage(time.Second, -ms), "fault outage: the time ends at 999ms, before it begins at 1s"},
		{fault.Loss(1).Until(-1), "fault loss: the time ends at -1ns, before it begins at 0s"},
		{fault.BlackHole(-1), "fault black hole: the number of bytes is -1, want 0 or more"},
		{fault.Bottleneck(-1, 5), "fault bottleneck: Rate is -1, want 0 or more"},
		{fault.Bottleneck(1, -5), "fault bottleneck: Frames is -5, want 0 or more"},
		{fault.Fault{Do: fault.Queue{Bytes: -5}}, "fault queue: Bytes is -5, want 0 or more"},
		{fault.Fault{Do: fault.Truncate{To: -5}}, "fault truncate: To is -5, want 0 or more"},
		{fault.Fault{Do: fault.Corrupt{Bits: -5}}, "fault corrupt: Bits is -5, want 0 or more"},
		{fault.Fault{Do: fault.Corrupt{In: 3}}, "fault corrupt: there is no region 3"},
		{fault.Fault{Do: fault.Func{}}, "fault change: a Func without a function"},
		{fault.Fault{If: fault.Check{}, Do: fault.Drop{}}, "fault drop: a Check without a function"},
		{fault.Fault{If: fault.Nth(0), Do: fault.Drop{}}, "fault drop: there is no frame number 0: they count from 1"},
		{fault.Loss(0.1).When(fault.From()), "fault loss: From names no port"},
		{fault.Loss(0.1).When(fault.To()), "fault loss: To names no port"},
		{fault.Loss(0.1).When(fault.Not(nil)), "fault loss: one of the conditions is nil"},
		{fault.Loss(0.1).When(fault.Any(fault.Not(fault.Chance(2)))), "fault loss: the probability is 2, want a probability from 0 to 1"},
	} {
		err := tt.fault.Check()
		if err == nil {
			t.Errorf("nothing is wrong, want: %s", tt.want)
		} else if err.Error() != tt.want {
			t.Errorf("%v, want: %s", err, tt.want)
		}
	}
	for _, good := range []fault.Fault{{}, fault.Loss(0), fault.Loss(1), fault.BurstLoss(fault.Bursts(0, 1)), fault.Flap(0, 0), fault.Loss(1).When(fault.After(-1)), fault.Bottleneck(0, 0)} {
		if err := good.Check(); err != nil {
			t.Error(err)
		}
	}
}

// TestAttachChecks wants a wrong fault to be seen at once.
func TestAttachChecks(t *testing.T) {
	w := newWorld(1)
	defer w.run(t, nil)
	defer func() {
		if got, want := recover(), "fault loss: the probability is 50, want a probability from 0 to 1"; got != want {
			t.Errorf("panic %v, want %s", got, want)
		}
	}()
	fault.Attach(w.wire).Add(fault.Loss(50))
}

// TestStrangers wants to hear of ports that a fault names and the wire has never had.
func TestStrangers(t *testing.T) {
	w := newWorld(1)
	set := fault.Attach(w.wire,
		fault.Partition([]string{"a", "e"}, []string{"b"}),
		fault.Loss(1).When(fault.Any(fault.Not(fault.Path("f", "a")), fault.To("c"))),
		fault.Loss(1).When(fault.From("d")))
	w.ports["d"].Detach()
	w.run(t, nil)
	if got, want := set.Strangers(), "fault partition names port \"e\", which wire lan does not have\nfault loss names port \"f\", which wire lan does not have"; got == nil || got.Error() != want {
		t.Errorf("%v, want %s", got, want)
	}
}
