package packetpool_test

import (
	"encoding/json"
	"testing"

	"netxsim/packetpool"
	"netxsim/test/inventory"
)

func TestStructureSizesAreTheRecordedOnes(t *testing.T) {
	netx, err := inventory.LoadNetX()
	if err != nil {
		t.Fatal(err)
	}
	profiles := map[string]packetpool.Target{
		"cortex_32bit_ipv6":      packetpool.ILP32,
		"cortex_32bit_ipv4_only": {PointerSize: 4, DisableIPv6: true},
		"linux_64bit_ipv6":       packetpool.LP64,
		"linux_64bit_ipv4_only":  {PointerSize: 8, DisableIPv6: true},
	}
	for profile, target := range profiles {
		var want struct {
			Packet uint32 `json:"NX_PACKET"`
			Pool   uint32 `json:"NX_PACKET_POOL"`
		}
		if err := json.Unmarshal(netx.ControlBlockSizes[profile], &want); err != nil {
			t.Fatal(err)
		}
		if got := target.HeaderSize(); got != want.Packet {
			t.Errorf("%s: NX_PACKET is %d bytes, want %d", profile, got, want.Packet)
		}
		if got := target.PoolSize(); got != want.Pool {
			t.Errorf("%s: NX_PACKET_POOL is %d bytes, want %d", profile, got, want.Pool)
		}
	}
}

func TestZeroTargetIs32Bit(t *testing.T) {
	var zero packetpool.Target
	if zero.HeaderSize() != packetpool.ILP32.HeaderSize() || zero.PoolSize() != packetpool.ILP32.PoolSize() {
		t.Error("the zero Target differs from ILP32")
	}
}

// countSlowly walks the area as nx_packet_pool_create does, packet by packet.
func countSlowly(header, align, payload, size uint32) int {
	size = size / align * align
	block := (header + payload + align - 1) / align * align
	count := 0
	for next := block; next <= size; next += block {
		count++
	}
	return count
}

func TestCountForAgainstWalk(t *testing.T) {
	for _, target := range []packetpool.Target{packetpool.ILP32, packetpool.LP64, {Alignment: 32, HeaderPad: 3}} {
		align := max(target.Alignment, 4)
		header := (target.HeaderSize() + align - 1) / align * align
		for payload := uint32(1); payload < 200; payload += 7 {
			for size := uint32(50); size < 3000; size += 13 {
				want := countSlowly(header, align, payload, size)
				if got := packetpool.CountFor(target, payload, size); got != want {
					t.Fatalf("%+v payload %d size %d: %d packets, want %d", target, payload, size, got, want)
				}
			}
		}
	}
}

func TestSizeForHoldsExactly(t *testing.T) {
	for _, target := range []packetpool.Target{packetpool.ILP32, packetpool.LP64, {Alignment: 64}} {
		for packets := 1; packets < 20; packets++ {
			size := packetpool.SizeFor(target, 1536, packets)
			if got := packetpool.CountFor(target, 1536, size); got != packets {
				t.Errorf("%d bytes hold %d packets, want %d", size, got, packets)
			}
			if got := packetpool.CountFor(target, 1536, size-1); got != packets-1 {
				t.Errorf("%d bytes hold %d packets, want %d", size-1, got, packets-1)
			}
		}
	}
}

// The sizes are those of the C compiler for the 64-bit Linux port.
func TestStructureSizesWithOptions(t *testing.T) {
	tests := []struct {
		target       packetpool.Target
		packet, pool uint32
	}{
		{packetpool.Target{DisableIPv6: true, DisableFragmentation: true}, 96, 96},
		{packetpool.Target{DisableFragmentation: true}, 104, 96},
		{packetpool.Target{DisablePacketChain: true, DisableFragmentation: true}, 88, 96},
		{packetpool.Target{EnableLowWatermark: true}, 104, 104},
		{packetpool.Target{EnableVLAN: true}, 104, 96},
		{packetpool.Target{EnablePacketDebugInfo: true}, 128, 96},
		{packetpool.Target{EnableInterfaceCapability: true}, 112, 96},
		{packetpool.Target{EnableIPsec: true}, 120, 96},
		{packetpool.Target{EnableThread: true}, 112, 96},
		{packetpool.Target{HeaderPad: 3}, 120, 96},
	}
	for _, test := range tests {
		test.target.PointerSize = 8
		if packet, pool := test.target.HeaderSize(), test.target.PoolSize(); packet != test.packet || pool != test.pool {
			t.Errorf("%+v: %d and %d bytes, want %d and %d", test.target, packet, pool, test.packet, test.pool)
		}
	}
}
