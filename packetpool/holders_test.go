package packetpool_test

import (
	"testing"

	"netxsim/packetpool"
)

func TestFormatHolders(t *testing.T) {
	for _, tt := range []struct {
		list []packetpool.HolderCount
		want string
	}{
		{nil, "nobody"},
		{[]packetpool.HolderCount{{Name: "ip device driver", Packets: 1}}, "ip device driver 1"},
		{[]packetpool.HolderCount{{Name: "client", Packets: 3}, {Name: "ip device driver", Packets: 1}}, "client 3, ip device driver 1"},
	} {
		if got := packetpool.FormatHolders(tt.list); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.list, got, tt.want)
		}
	}
}
