package shrink_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/sim/link/fault"
	"netxsim/sim/shrink"
)

// TestSchedule shrinks schedules whose failure needs a part of one entry.
func TestSchedule(t *testing.T) {
	late := func(least time.Duration) func([]fault.FrameFault) bool {
		return func(list []fault.FrameFault) bool {
			return slices.ContainsFunc(list, func(f fault.FrameFault) bool { return f.Action != fault.Dropped && f.Delay >= least })
		}
	}
	bit := func(offset int, bits byte) func([]fault.FrameFault) bool {
		return func(list []fault.FrameFault) bool {
			return slices.ContainsFunc(list, func(f fault.FrameFault) bool {
				return slices.ContainsFunc(f.Flips, func(flip fault.Flip) bool {
					i := offset - flip.Offset
					return i >= 0 && i < len(flip.Bits) && flip.Bits[i]&bits == bits
				})
			})
		}
	}
	for _, tt := range []struct {
		name string
		run  func([]fault.FrameFault) bool
		want []string
	}{
		{"a delay of 35 ms", late(35 * time.Millisecond), []string{"lan a>b 3 delay 40ms"}},
		{"a delay of 83.4 ms", late(83400 * time.Microsecond), []string{"lan a>b 3 delay 83.412345ms"}},
		{"any delay", late(1), []string{"lan a>b 3 delay 1µs"}},
		{"a copy", func(list []fault.FrameFault) bool {
			return slices.ContainsFunc(list, func(f fault.FrameFault) bool { return f.Action == fault.Copied })
		}, []string{"lan a>b 4+1 copy 0s"}},
		{"the third byte", bit(62, 0x40), []string{"lan a>b 5+1 flip 62:40"}},
		{"its other bit", bit(62, 0x80), []string{"lan a>b 5+1 flip 62:80"}},
		{"both", bit(62, 0xC0), []string{"lan a>b 5+1 flip 62:c0"}},
		{"any bit of the first run", bit(30, 1), []string{"lan a>b 5+1 flip 30:01"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list := fault.MustParse("lan a>b 1 drop", "lan b>a 7 drop", "lan a>b 3 delay 83.412345ms", "lan a>b 4+1 copy 2.5ms",
				"lan a>b 5+1 flip 30:01 60:ff80c0", "lan a>b 9 cut 34")
			got, err := shrink.Schedule(list, tt.run, shrink.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var texts []string
			for _, f := range got.List {
				texts = append(texts, f.String())
			}
			if diff := cmp.Diff(tt.want, texts); diff != "" || !got.Minimal || got.From != len(list) {
				t.Errorf("%+v (-want +got):\n%s", got, diff)
			}
		})
	}
}
