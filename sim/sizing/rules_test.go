package sizing

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/sim/scenario"
)

// parse reads a scenario for a test.
func parse(t testing.TB, text string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Load("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRules has for every rule a scenario that keeps it and one that breaks it, with the values that are put in.
func TestRules(t *testing.T) {
	const frame = `
wires: [{name: lan}]
hosts:
  - {name: device, PLACE, HOST}
  - {name: pc, kind: plain}
  - {name: other, pools: [{payload: 1536, packets: 99}]}
workloads:
  - {WORK}
`
	pool := func(payload, packets int) string {
		return fmt.Sprintf("pools: [{payload: %d, packets: %d}]", payload, packets)
	}
	const receive = "kind: tcp, from: device, to: pc, direction: receive"
	const send = "kind: tcp, from: device, to: other, size: 100kB"
	const echo = "kind: tcp, from: pc, to: device, direction: echo, size: 100kB"
	for _, tc := range []struct {
		rule, pools, host, work string
		ok                      bool
		want                    string
	}{
		{"payload-headers", pool(57, 99), "", receive, true, "device: payload 57 > 56"},
		{"payload-headers", pool(56, 99), "", receive, false, "device: payload 56 > 56"},
		{"payload-frame", pool(1516, 9), "", receive, true, "device: payload 1516 >= mtu 1500 + 16"},
		{"payload-frame", pool(1512, 9), "", receive, false, "device: payload 1512 >= mtu 1500 + 16"},
		{"payload-alignment", pool(1516, 9), "", receive, true, "device: payload 1516 is a multiple of 4"},
		{"payload-alignment", pool(1518, 9), "", receive, false, "device: payload 1518 is a multiple of 4"},
		{"pool-one-frame", pool(512, 3), "", receive, true, "device: 3 x 512 >= mtu 1500 + 16"},
		{"pool-one-frame", pool(512, 2), "", receive, false, "device: 2 x 512 >= mtu 1500 + 16"},
		{"window-segment", pool(1536, 9), "", receive + ", window: 1460", true, "tcp on device: window 1460 >= MSS 1460"},
		{"window-segment", pool(1536, 9), "", receive + ", window: 1459", false, "tcp on device: window 1459 >= MSS 1460"},
		{"window-pool", pool(1536, 4), "", receive + ", window: 5840", true, "tcp on device: 5840 bytes of the window take 4 packets <= pool device (1536 x 4)"},
		{"window-pool", pool(1536, 4), "", receive + ", window: 5841", false, "tcp on device: 5841 bytes of the window take 5 packets <= pool device (1536 x 4)"},
		{"window-pool", pool(512, 11), "", receive + ", window: 5840", false, "tcp on device: 5840 bytes of the window take 12 packets <= pool device (512 x 11)"},
		{"windows-pool", pool(1536, 8), "driver: {receive: 4}", receive + ", window: 5840", true, "device: 1 windows and 4 receive descriptors take 8 packets <= pool device (1536 x 8)"},
		{"windows-pool", pool(1536, 7), "driver: {receive: 4}", receive + ", window: 5840", false, "device: 1 windows and 4 receive descriptors take 8 packets <= pool device (1536 x 7)"},
		{"queue-segments", pool(1536, 99), "", send + ", server_window: 5840, transmit_queue: 8", true, "tcp on device: transmit queue 8 >= 2 x 4 segments of window 5840, at most 20"},
		{"queue-segments", pool(1536, 99), "", send + ", server_window: 5840, transmit_queue: 7", false, "tcp on device: transmit queue 7 >= 2 x 4 segments of window 5840, at most 20"},
		{"queue-pool", pool(1536, 21), "", send, true, "tcp on device: 20 segments take 20 packets < pool device (1536 x 21)"},
		{"queue-pool", pool(1536, 20), "", send, false, "tcp on device: 20 segments take 20 packets < pool device (1536 x 20)"},
		{"queue-pool", pool(1536, 2), "", "kind: request, from: pc, to: device", true, "request on device: 1 segments take 1 packets < pool device (1536 x 2)"},
		{"one-pool-both-ways", pool(1536, 25), "", echo + ", window: 5840", true, "tcp on device: window 4 + transmit queue 20 packets < pool device (1536 x 25)"},
		{"one-pool-both-ways", pool(1536, 24), "", echo + ", window: 5840", false, "tcp on device: window 4 + transmit queue 20 packets < pool device (1536 x 24)"},
		{"driver-receive", pool(1536, 5), "driver: {receive: 4}", receive, true, "device: 4 receive descriptors take 4 packets < pool device (1536 x 5)"},
		{"driver-receive", pool(1536, 4), "driver: {receive: 4}", receive, false, "device: 4 receive descriptors take 4 packets < pool device (1536 x 4)"},
		{"driver-transmit", pool(1536, 8), "driver: {transmit: 2, receive: 4}", receive, true, "device: 2 transmit + 4 receive descriptors + 1 < pool device (1536 x 8)"},
		{"driver-transmit", pool(1536, 7), "driver: {transmit: 2, receive: 4}", receive, false, "device: 2 transmit + 4 receive descriptors + 1 < pool device (1536 x 7)"},
		{"listen-queue", pool(1536, 6), "", echo, true, "tcp on device: listen queue 5 <= pool device (1536 x 6) - 1"},
		{"listen-queue", pool(1536, 5), "", echo, false, "tcp on device: listen queue 5 <= pool device (1536 x 5) - 1"},
		{"arp-queue", pool(1536, 5), "", receive, true, "device: ARP queue 4 < pool device (1536 x 5)"},
		{"arp-queue", pool(1536, 4), "", receive, false, "device: ARP queue 4 < pool device (1536 x 4)"},
		{"arp-entries", pool(1536, 5), "arp: 1", receive, true, "device: 1 ARP entries >= 1 hosts"},
		{"arp-entries", pool(1536, 5), "arp: 1", receive + "}\n  - {kind: ping, from: device, to: other", false, "device: 1 ARP entries >= 2 hosts"},
		{"udp-queue", pool(512, 16), "", "kind: udp, from: pc, to: device, size: 1400", true, "udp on device: 5 datagrams take 15 packets <= pool device (512 x 16) - 1"},
		{"udp-queue", pool(512, 15), "", "kind: udp, from: pc, to: device, size: 1400", false, "udp on device: 5 datagrams take 15 packets <= pool device (512 x 15) - 1"},
		{"pop3-pool", pool(1536, 6), "", "kind: pop3, from: device, to: pc, window: 5840", true, "pop3 on device: window 4 packets + 2 commands <= shared pool device (1536 x 6)"},
		{"pop3-pool", pool(1536, 5), "", "kind: pop3, from: device, to: pc, window: 5840", false, "pop3 on device: window 4 packets + 2 commands <= shared pool device (1536 x 5)"},
		{"pop3-pool", "pools: [{name: a, payload: 1536, packets: 5, use: [default]}, {name: b, payload: 128, packets: 2, use: [pop3]}]", "",
			"kind: pop3, from: device, to: pc, window: 5840", true, "pop3 on device: commands come from pool device b (128 x 2)"},
	} {
		text := strings.NewReplacer("PLACE", tc.pools, ", HOST", strings.TrimSuffix(", "+tc.host, ", "), "WORK", tc.work).Replace(frame)
		var got []string
		for _, f := range Check(parse(t, text)) {
			if f.Rule == tc.rule && strings.Contains(f.Where, "device") {
				if f.OK != tc.ok {
					t.Errorf("%s: %s: holds: %v", tc.rule, f.Text, f.OK)
				}
				got = append(got, f.Where+": "+f.Text)
			}
		}
		if diff := cmp.Diff([]string{tc.want}, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tc.rule, diff)
		}
	}
}

// TestRulesTested checks that the rules have ids of their own and a reason each.
func TestRulesTested(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.ID] || r.Formula == "" || r.Why == "" {
			t.Errorf("rule %+v", r)
		}
		seen[r.ID] = true
	}
}
