package netx_test

import (
	"path/filepath"
	"testing"
	"unsafe"

	. "netxsim/netx"
	"netxsim/packetpool"
	"netxsim/sim"
)

// What error checking refuses, and what C does without it.
func TestDisableErrorChecking(t *testing.T) {
	for _, test := range []struct {
		name    string
		checked UINT
		without UINT
		call    func(pool *NX_PACKET_POOL, packet *NX_PACKET) UINT
	}{
		{"packet type no multiple of 4", NX_OPTION_ERROR, NX_SUCCESS, func(pool *NX_PACKET_POOL, packet *NX_PACKET) UINT {
			return NxPacketAllocate(pool, &packet, 2, NX_NO_WAIT)
		}},
		{"packet type beyond the payload", NX_INVALID_PARAMETERS, NX_INVALID_PARAMETERS, func(pool *NX_PACKET_POOL, packet *NX_PACKET) UINT {
			return NxPacketAllocate(pool, &packet, 104, NX_NO_WAIT)
		}},
		{"append nothing", NX_SIZE_ERROR, NX_SUCCESS, func(pool *NX_PACKET_POOL, packet *NX_PACKET) UINT {
			return NxPacketDataAppend(packet, []byte("x"), 0, pool, NX_NO_WAIT)
		}},
		{"append more than there is", NX_PTR_ERROR, NX_PTR_ERROR, func(pool *NX_PACKET_POOL, packet *NX_PACKET) UINT {
			return NxPacketDataAppend(packet, []byte("x"), 2, pool, NX_NO_WAIT)
		}},
		{"append behind the end", NX_OVERFLOW, NX_OVERFLOW, func(pool *NX_PACKET_POOL, packet *NX_PACKET) UINT {
			packet.AppendPtr = packet.DataEnd + 1
			return NxPacketDataAppend(packet, []byte("x"), 1, pool, NX_NO_WAIT)
		}},
		{"release with pointers out of order", NX_UNDERFLOW, NX_SUCCESS, func(_ *NX_PACKET_POOL, packet *NX_PACKET) UINT {
			packet.PrependPtr = packet.DataStart - 1
			return NxPacketRelease(packet)
		}},
		{"transmit release with pointers out of order", NX_OVERFLOW, NX_SUCCESS, func(_ *NX_PACKET_POOL, packet *NX_PACKET) UINT {
			packet.AppendPtr = packet.DataEnd + 1
			return NxPacketTransmitRelease(packet)
		}},
		{"copy with pointers out of order", NX_UNDERFLOW, NX_INVALID_PACKET, func(pool *NX_PACKET_POOL, packet *NX_PACKET) UINT {
			var dup *NX_PACKET
			packet.PrependPtr = packet.DataStart - 1
			return NxPacketCopy(packet, &dup, pool, NX_NO_WAIT)
		}},
		{"release twice", NX_PTR_ERROR, NX_PTR_ERROR, func(_ *NX_PACKET_POOL, packet *NX_PACKET) UINT {
			return NxPacketRelease(packet) + NxPacketRelease(packet)
		}},
		{"pool over another", NX_PTR_ERROR, NX_SUCCESS, func(pool *NX_PACKET_POOL, _ *NX_PACKET) UINT {
			return NxPacketPoolCreate(new(NX_PACKET_POOL), "second", 100, poolMemory, 1000)
		}},
		{"priority too high", NX_INVALID_PARAMETERS, NX_SUCCESS, func(_ *NX_PACKET_POOL, packet *NX_PACKET) UINT {
			return NxPacketVlanPrioritySet(packet, 8)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for target, status := range map[packetpool.Target]UINT{
				{EnableVLAN: true}: test.checked,
				{EnableVLAN: true, DisableErrorChecking: true}: test.without,
			} {
				runThread(t, target, func(*sim.Kernel) {
					var pool NX_PACKET_POOL
					var packet *NX_PACKET
					want(t, "create", NxPacketPoolCreate(&pool, "pool", 100, poolMemory, 1000), NX_SUCCESS)
					want(t, "allocate", NxPacketAllocate(&pool, &packet, NX_RECEIVE_PACKET, NX_NO_WAIT), NX_SUCCESS)
					want(t, test.name, test.call(&pool, packet), status)
					if err := pool.Check(); err != nil {
						t.Error(err)
					}
				})
			}
		})
	}
}

var poolMemory = make([]byte, 1000)

func TestDebugInfoGet(t *testing.T) {
	runThread(t, packetpool.ILP32, func(*sim.Kernel) {
		var pool NX_PACKET_POOL
		want(t, "create", NxPacketPoolCreate(&pool, "pool", 100, make([]byte, 1000), 1000), NX_SUCCESS)
		want(t, "without the option", NxPacketDebugInfoGet(&pool, 0, nil, nil, nil, nil, nil), NX_NOT_SUPPORTED)
	})
	runThread(t, packetpool.Target{EnablePacketDebugInfo: true}, func(*sim.Kernel) {
		var pool NX_PACKET_POOL
		var packet, found, state *NX_PACKET
		var thread, file string
		var line ULONG
		want(t, "before creation", NxPacketDebugInfoGet(&pool, 0, nil, nil, nil, nil, nil), NX_PTR_ERROR)
		want(t, "create", NxPacketPoolCreate(&pool, "pool", 100, make([]byte, 1000), 1000), NX_SUCCESS)
		if pool.Total() != 5 { // 60 + 12 bytes of header each
			t.Errorf("%d packets, want 5", pool.Total())
		}
		want(t, "allocate", NxPacketAllocate(&pool, &packet, NX_RECEIVE_PACKET, NX_NO_WAIT), NX_SUCCESS)
		want(t, "debug info", NxPacketDebugInfoGet(&pool, 0, &found, &state, &thread, &file, &line), NX_SUCCESS)
		if found != packet || state != NX_PACKET_ALLOCATED || thread != "main" || filepath.Base(file) != "options_test.go" || line == 0 {
			t.Errorf("thread %s, %s:%d", thread, file, line)
		}
		want(t, "release", NxPacketRelease(packet), NX_SUCCESS)
		want(t, "debug info", NxPacketDebugInfoGet(&pool, 0, nil, &state, nil, nil, nil), NX_SUCCESS)
		if state != NX_PACKET_FREE {
			t.Error("the packet is not free")
		}
		want(t, "behind the last packet", NxPacketDebugInfoGet(&pool, 5, nil, nil, nil, nil, nil), NX_INVALID_PARAMETERS)
	})
}

// The pool on targets that C would be configured for: header pad, no chains,
// other alignments.
func TestPoolOptions(t *testing.T) {
	for _, test := range []struct {
		name    string
		target  packetpool.Target
		total   ULONG
		append  UINT
		adjust  UINT
		chained bool
	}{
		{"default", packetpool.Target{}, 6, NX_SUCCESS, NX_SUCCESS, true},
		{"header pad", packetpool.Target{HeaderPad: 16}, 4, NX_SUCCESS, NX_SUCCESS, true},
		{"alignment", packetpool.Target{Alignment: 64}, 5, NX_SUCCESS, NX_SUCCESS, true},
		{"no chains", packetpool.Target{DisablePacketChain: true, DisableFragmentation: true}, 6, NX_SIZE_ERROR, NX_UNDERFLOW, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			runThread(t, test.target, func(*sim.Kernel) {
				var pool NX_PACKET_POOL
				var packet *NX_PACKET
				memory := alignedMemory(1000)
				want(t, "create", NxPacketPoolCreate(&pool, "pool", 100, memory, 1000), NX_SUCCESS)
				if pool.Total() != test.total {
					t.Errorf("%d packets, want %d", pool.Total(), test.total)
				}
				want(t, "allocate", NxPacketAllocate(&pool, &packet, NX_RECEIVE_PACKET, NX_NO_WAIT), NX_SUCCESS)
				want(t, "append", NxPacketDataAppend(packet, make([]byte, 101), 101, &pool, NX_NO_WAIT), test.append)
				if got := packet.Next != nil; got != test.chained {
					t.Errorf("chained: %v", got)
				}
				want(t, "release", NxPacketRelease(packet), NX_SUCCESS)
				want(t, "allocate", NxPacketAllocate(&pool, &packet, NX_RECEIVE_PACKET, NX_NO_WAIT), NX_SUCCESS)
				want(t, "append", NxPacketDataAppend(packet, make([]byte, 90), 90, &pool, NX_NO_WAIT), NX_SUCCESS)
				want(t, "adjust", NxPacketDataAdjust(packet, 40), test.adjust)
			})
		})
	}
}

// alignedMemory returns memory that starts at a multiple of 64.
func alignedMemory(size int) []byte {
	memory := make([]byte, size+64)
	skip := -uintptr(unsafe.Pointer(&memory[0])) % 64
	return memory[skip:][:size]
}
