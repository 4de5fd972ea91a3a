package netx_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	. "netxsim/netx"
	"netxsim/packetpool"
	"netxsim/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// runThread runs f as a thread of a program of its own.
func runThread(t *testing.T, target packetpool.Target, f func(k *sim.Kernel)) {
	t.Helper()
	program := &Program{Kernel: sim.New(sim.Config{}), Target: target, Name: t.Name()}
	_, err := program.Run(func() {
		_, err := program.Kernel.NewThread(sim.ThreadConfig{Name: "main", Priority: 10, Entry: func() { f(program.Kernel) }})
		if err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Error(err)
	}
}

func want(t *testing.T, what string, got, want UINT) {
	t.Helper()
	if got != want {
		t.Errorf("%s: 0x%02X, want 0x%02X", what, got, want)
	}
}

// Programs that run at the same time must not see each other's pools, even
// where these use the same memory.
func TestProgramsAreSeparate(t *testing.T) {
	memory := make([]byte, 4096)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			target := packetpool.ILP32
			packets := ULONG(4096 / (64 + 60))
			if i%2 == 1 {
				target, packets = packetpool.LP64, 4096/(64+104)
			}
			runThread(t, target, func(k *sim.Kernel) {
				for range 50 {
					var pool NX_PACKET_POOL
					want(t, "create", NxPacketPoolCreate(&pool, "pool", 64, memory, 4096), NX_SUCCESS)
					if pool.Total() != packets {
						t.Errorf("%d packets, want %d", pool.Total(), packets)
					}
					_ = k.Sleep(1)
					want(t, "delete", NxPacketPoolDelete(&pool), NX_SUCCESS)
				}
			})
		})
	}
	group.Wait()
}

func TestRunRestoresTheCallersProgram(t *testing.T) {
	runThread(t, packetpool.ILP32, func(*sim.Kernel) {
		runThread(t, packetpool.LP64, func(*sim.Kernel) {})
		var pool NX_PACKET_POOL
		want(t, "create", NxPacketPoolCreate(&pool, "pool", 100, make([]byte, 1600), 1600), NX_SUCCESS)
		if pool.Total() != 10 {
			t.Errorf("%d packets: not the outer program's target", pool.Total())
		}
	})
}

func TestOutsideAProgram(t *testing.T) {
	defer func() {
		if text := fmt.Sprint(recover()); !strings.Contains(text, "outside Program.Run") {
			t.Errorf("panics with %q", text)
		}
	}()
	var pool NX_PACKET_POOL
	NxPacketPoolCreate(&pool, "pool", 100, make([]byte, 1000), 1000)
}

func TestReleasedPacketIsNull(t *testing.T) {
	runThread(t, packetpool.ILP32, func(*sim.Kernel) {
		var pool NX_PACKET_POOL
		var packet, other *NX_PACKET
		var n ULONG
		want(t, "create", NxPacketPoolCreate(&pool, "pool", 100, make([]byte, 1000), 1000), NX_SUCCESS)
		want(t, "allocate", NxPacketAllocate(&pool, &packet, NX_RECEIVE_PACKET, NX_NO_WAIT), NX_SUCCESS)
		want(t, "append", NxPacketDataAppend(packet, []byte("data"), 4, &pool, NX_NO_WAIT), NX_SUCCESS)
		want(t, "release", NxPacketRelease(packet), NX_SUCCESS)

		want(t, "release again", NxPacketRelease(packet), NX_PTR_ERROR)
		want(t, "append", NxPacketDataAppend(packet, []byte("data"), 4, &pool, NX_NO_WAIT), NX_PTR_ERROR)
		want(t, "copy", NxPacketCopy(packet, &other, &pool, NX_NO_WAIT), NX_PTR_ERROR)
		want(t, "retrieve", NxPacketDataRetrieve(packet, make([]byte, 100), &n), NX_PTR_ERROR)
		want(t, "extract", NxPacketDataExtractOffset(packet, 0, make([]byte, 100), 100, &n), NX_PTR_ERROR)
		want(t, "length", NxPacketLengthGet(packet, &n), NX_PTR_ERROR)
	})
}

func TestShortMemory(t *testing.T) {
	runThread(t, packetpool.ILP32, func(*sim.Kernel) {
		var pool NX_PACKET_POOL
		var packet *NX_PACKET
		var n ULONG
		want(t, "create beyond memory", NxPacketPoolCreate(&pool, "pool", 100, make([]byte, 1000), 1001), NX_SIZE_ERROR)
		want(t, "create", NxPacketPoolCreate(&pool, "pool", 100, make([]byte, 1000), 1000), NX_SUCCESS)
		want(t, "allocate", NxPacketAllocate(&pool, &packet, NX_RECEIVE_PACKET, NX_NO_WAIT), NX_SUCCESS)
		want(t, "append beyond data", NxPacketDataAppend(packet, []byte("data"), 5, &pool, NX_NO_WAIT), NX_PTR_ERROR)
		want(t, "append", NxPacketDataAppend(packet, []byte("data"), 4, &pool, NX_NO_WAIT), NX_SUCCESS)
		want(t, "extract beyond buffer", NxPacketDataExtractOffset(packet, 0, make([]byte, 2), 3, &n), NX_PTR_ERROR)
		want(t, "retrieve beyond buffer", NxPacketDataRetrieve(packet, make([]byte, 3), &n), NX_OVERFLOW)
	})
}

func TestOptionsOfTheTarget(t *testing.T) {
	target := packetpool.Target{EnableLowWatermark: true, EnableVLAN: true}
	runThread(t, target, func(*sim.Kernel) {
		var pool NX_PACKET_POOL
		var packet *NX_PACKET
		want(t, "watermark before creation", NxPacketPoolLowWatermarkSet(&pool, 3), NX_PTR_ERROR)
		want(t, "create", NxPacketPoolCreate(&pool, "pool", 100, make([]byte, 1000), 1000), NX_SUCCESS)
		want(t, "watermark", NxPacketPoolLowWatermarkSet(&pool, 3), NX_SUCCESS)
		want(t, "priority of null", NxPacketVlanPrioritySet(packet, 3), NX_PTR_ERROR)
		want(t, "allocate", NxPacketAllocate(&pool, &packet, NX_RECEIVE_PACKET, NX_NO_WAIT), NX_SUCCESS)
		want(t, "priority too high", NxPacketVlanPrioritySet(packet, 8), NX_INVALID_PARAMETERS)
		want(t, "priority", NxPacketVlanPrioritySet(packet, 7), NX_SUCCESS)
		if pool.LowWatermark() != 3 || packet.VlanPriority != 7 {
			t.Errorf("watermark %d, priority %d", pool.LowWatermark(), packet.VlanPriority)
		}
	})
}

func BenchmarkCreateDelete(b *testing.B) {
	program := &Program{Kernel: sim.New(sim.Config{})}
	memory := make([]byte, 1600)
	_, err := program.Run(func() {
		_, _ = program.Kernel.NewThread(sim.ThreadConfig{Name: "main", Priority: 10, Entry: func() {
			var pool NX_PACKET_POOL
			for b.Loop() {
				NxPacketPoolCreate(&pool, "pool", 100, memory, 1600)
				NxPacketPoolDelete(&pool)
			}
		}})
	})
	if err != nil {
		b.Fatal(err)
	}
}

func BenchmarkAllocateRelease(b *testing.B) {
	program := &Program{Kernel: sim.New(sim.Config{})}
	_, err := program.Run(func() {
		_, _ = program.Kernel.NewThread(sim.ThreadConfig{Name: "main", Priority: 10, Entry: func() {
			var pool NX_PACKET_POOL
			var packet *NX_PACKET
			NxPacketPoolCreate(&pool, "pool", 1536, make([]byte, 16384), 16384)
			b.ReportAllocs()
			for b.Loop() {
				NxPacketAllocate(&pool, &packet, NX_TCP_PACKET, NX_WAIT_FOREVER)
				NxPacketRelease(packet)
			}
		}})
	})
	if err != nil {
		b.Fatal(err)
	}
}
