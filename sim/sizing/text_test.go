package sizing

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEnough checks the error of a test of firmware: which seed, when, why, and who held the packets.
func TestEnough(t *testing.T) {
	s := example(t, "stall")
	if err := Enough(t.Context(), WithPackets(s, "device", 15), 2); err != nil {
		t.Errorf("15 packets: %v", err)
	}
	err := Enough(t.Context(), WithPackets(s, "device", 14), 2)
	if err == nil {
		t.Fatal("14 packets are enough")
	}
	for _, part := range []string{"sizing: 1536 x 14: seed 1 fails at ", "; device empty from ", "socket tcp server receive queue 8, socket tcp server transmit queue 4"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("no %q in %v", part, err)
		}
	}
	if s.Pools()[0].Packets != 16 {
		t.Error("the scenario was changed")
	}
	defer func() {
		if r := recover(); r != `sizing: stall has no pool "rx"` {
			t.Errorf("panic %v", r)
		}
	}()
	WithPackets(s, "rx", 1)
}

// TestC checks the lines of C: names that C takes, and sizes that nx_packet_pool_create takes as they are.
func TestC(t *testing.T) {
	a := &Advice{Pools: []PoolAdvice{
		{Host: "device", Name: "device", Payload: 1536, Packets: 4, Memory: 6384, Header: 240, Control: 60},
		{Host: "2nd-host", Name: "Größe 1", Payload: 128, Packets: 1, Memory: 188, Header: 60, Control: 60},
	}}
	want := `static NX_PACKET_POOL device_pool; /* 60 bytes */
static ULONG device_pool_memory[6384 / sizeof(ULONG)]; /* 4 packets: 1536 bytes of payload, 60 of header each */
static NX_PACKET_POOL _2nd_host_gr__e_1_pool; /* 60 bytes */
static ULONG _2nd_host_gr__e_1_pool_memory[188 / sizeof(ULONG)]; /* 1 packets: 128 bytes of payload, 60 of header each */

status = nx_packet_pool_create(&device_pool, "device", 1536, device_pool_memory, 6384);
status = nx_packet_pool_create(&_2nd_host_gr__e_1_pool, "Größe 1", 128, _2nd_host_gr__e_1_pool_memory, 188);
`
	if diff := cmp.Diff(want, a.C()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestProofTexts checks what is said of how sure an answer is.
func TestProofTexts(t *testing.T) {
	for _, tc := range []struct {
		advice Advice
		want   string
	}{
		{Advice{Kind: KindSized, Proof: ProofExhaustive}, "  everything cheaper was tried and fails\n"},
		{Advice{Kind: KindSized, Proof: ProofMonotone, Unproven: 7}, "  7 cheaper sizes were not tried: each has"},
		{Advice{Kind: KindSized, Proof: ProofMonotone, Unproven: manySizes + 1}, "  more than 131072 cheaper sizes were not tried"},
		{Advice{Kind: KindSized, Stopped: "interrupted", Unproven: 7}, "  the search was stopped (interrupted); 7 cheaper sizes are neither tried nor ruled out"},
		{Advice{Kind: KindUnknown, Stopped: "interrupted", Runs: 3}, "  the search was stopped (interrupted) after 3 runs\n"},
		{Advice{Kind: KindSized, Proof: ProofExhaustive, Broken: []Broken{{Sizes{{512, 4}}, []uint64{9}}}}, "  512 x 4 passed at first, but not with seed 9; the search went on\n"},
	} {
		var b strings.Builder
		if err := tc.advice.WriteText(&b, TextOptions{}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), tc.want) || strings.Contains(b.String(), "\x1b") {
			t.Errorf("want %q in\n%s", tc.want, b.String())
		}
		b.Reset()
		if err := tc.advice.WriteText(&b, TextOptions{Colour: true}); err != nil || !strings.Contains(b.String(), "\x1b[1mHow sure this is\x1b[0m") {
			t.Errorf("in colour: %v\n%s", err, b.String())
		}
	}
}
