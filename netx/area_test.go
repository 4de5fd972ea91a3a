package netx_test

import (
	"testing"

	. "netxsim/netx"
	"netxsim/sim"
)

// TestAreas creates objects of each kind in memory that is used already, beside it, and in memory that is shorter than the program says: where
// the Go runtime has put other memory does not show.
func TestAreas(t *testing.T) {
	const size = 2000
	memory := make([]byte, 8*size)
	var pools [5]NX_PACKET_POOL
	var ips [5]NX_IP
	var threads [5]TX_THREAD
	var packets NX_PACKET_POOL
	boot(t, func(*sim.Kernel) {
		want(t, "pool", NxPacketPoolCreate(&packets, "packets", 512, make([]byte, 4096), 4096), NX_SUCCESS)
		for _, kind := range []struct {
			name   string
			create func(n int, memory []byte, size ULONG) UINT
			taken  UINT
			short  UINT
		}{
			{"packet pool", func(n int, memory []byte, size ULONG) UINT {
				return NxPacketPoolCreate(&pools[n], "", 64, memory, size)
			}, NX_PTR_ERROR, NX_SIZE_ERROR},
			{"IP thread", func(n int, memory []byte, size ULONG) UINT {
				return NxIpCreate(&ips[n], "", IP_ADDRESS(10, 0, 0, 1), 0xFFFFFF00, &packets, NxRamNetworkDriver, memory, size, 1)
			}, NX_PTR_ERROR, NX_SIZE_ERROR},
			{"thread", func(n int, memory []byte, size ULONG) UINT {
				return TxThreadCreate(&threads[n], "", func(ULONG) {}, 0, memory, size, 5, 5, 0, TX_DONT_START)
			}, TX_PTR_ERROR, TX_SIZE_ERROR},
		} {
			used := memory[2*size : 3*size]
			want(t, kind.name, kind.create(0, used, size), NX_SUCCESS)
			want(t, kind.name+" in the same place", kind.create(1, used, size), kind.taken)
			want(t, kind.name+" that begins in it", kind.create(1, memory[3*size-16:], size), kind.taken)
			want(t, kind.name+" that ends in it", kind.create(1, memory[size+16:], size), kind.taken)
			want(t, kind.name+" behind it", kind.create(1, memory[3*size:], size), NX_SUCCESS)
			want(t, kind.name+" around it", kind.create(2, memory[size:], 3*size+200), NX_SUCCESS) // C does not see it
			want(t, kind.name+" with less memory than it says", kind.create(3, memory[:size:size], 2*size+200), kind.short)
		}
	})
}
