package packetpool_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// bytesIn returns the data bytes of each packet of a chain.
func bytesIn(p *packetpool.Packet) (counts []int) {
	for ; p != nil; p = p.Next {
		counts = append(counts, len(p.Bytes()))
	}
	return counts
}

func counting(n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i)
	}
	return data
}

func TestAppendChains(t *testing.T) {
	tests := []struct {
		name  string
		sizes []int
		want  []int
	}{
		{"fits", []int{60}, []int{60}},
		{"exactly", []int{80}, []int{80}},
		{"one more", []int{81}, []int{80, 1}},
		{"three packets", []int{250}, []int{80, 100, 70}},
		{"fills the last first", []int{90, 90, 30}, []int{80, 100, 30}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pool := newPool(t, nil, 100, 8)
			p := mustAllocate(t, pool, 20)
			var all []byte
			for _, size := range test.sizes {
				data := counting(size)
				if err := p.Append(data, pool, 0); err != nil {
					t.Fatal(err)
				}
				all = append(all, data...)
			}
			if diff := cmp.Diff(test.want, bytesIn(p)); diff != "" {
				t.Errorf("bytes per packet (-want +got):\n%s", diff)
			}
			got := make([]byte, len(all))
			if n, err := p.Retrieve(got); err != nil || !bytes.Equal(got[:n], all) {
				t.Errorf("Retrieve: %d bytes, %v", n, err)
			}
			if err := p.Release(); err != nil || pool.Available() != 8 {
				t.Errorf("Release: %v, %d of 8 free", err, pool.Available())
			}
			checked(t, pool)
		})
	}
}

func TestAppendKeepsNothingWhenThePoolIsTooSmall(t *testing.T) {
	pool := newPool(t, nil, 100, 3)
	p := mustAllocate(t, pool, 0)
	_ = p.Append(counting(50), pool, 0)
	if err := p.Append(counting(300), pool, 0); !errors.Is(err, status.NoPacket) {
		t.Errorf("Append: %v, want NX_NO_PACKET", err)
	}
	if p.Length != 50 || p.Next != nil || pool.Available() != 2 {
		t.Errorf("length %d, chained %v, %d free: the packet has changed", p.Length, p.Next != nil, pool.Available())
	}
	checked(t, pool)
}

func TestAppendRefusesToLeaveThePacket(t *testing.T) {
	pool := newPool(t, nil, 100, 2)
	p := mustAllocate(t, pool, 0)
	p.AppendPtr = p.DataEnd + 40
	if err := p.Append(counting(10), pool, 0); !errors.Is(err, status.Overflow) {
		t.Errorf("Append: %v, want NX_OVERFLOW", err)
	}
}

func TestNoChainTarget(t *testing.T) {
	pool, err := packetpool.New(nil, packetpool.Config{
		Payload: 100, Size: 1000, Target: packetpool.Target{DisablePacketChain: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := mustAllocate(t, pool, 0)
	if err := p.Append(counting(101), pool, 0); !errors.Is(err, status.SizeError) {
		t.Errorf("Append: %v, want NX_SIZE_ERROR", err)
	}
	if err := p.Append(counting(100), pool, 0); err != nil {
		t.Error(err)
	}
	if err := p.Adjust(4); !errors.Is(err, status.Underflow) {
		t.Errorf("Adjust: %v, want NX_UNDERFLOW", err)
	}
}

func TestExtract(t *testing.T) {
	pool := newPool(t, nil, 100, 8)
	p := mustAllocate(t, pool, 20)
	all := counting(250)
	_ = p.Append(all, pool, 0)
	tests := []struct {
		offset uint32
		size   int
		want   []byte
		err    error
	}{
		{0, 10, all[:10], nil},
		{79, 2, all[79:81], nil},
		{100, 1000, all[100:], nil},
		{249, 5, all[249:], nil},
		{0, 0, nil, nil},
		{250, 5, nil, status.PacketOffsetError},
		{0xFFFFFFFF, 5, nil, status.PacketOffsetError},
	}
	for _, test := range tests {
		buf := make([]byte, test.size)
		n, err := p.Extract(test.offset, buf)
		if !errors.Is(err, test.err) || !bytes.Equal(buf[:n], test.want) {
			t.Errorf("Extract(%d, %d bytes): %d bytes, %v", test.offset, test.size, n, err)
		}
	}
}

func TestRetrieveTellsShortBuffersAndLyingLengths(t *testing.T) {
	pool := newPool(t, nil, 100, 8)
	p := mustAllocate(t, pool, 0)
	_ = p.Append(counting(150), pool, 0)
	_, err := p.Retrieve(make([]byte, 149))
	if err == nil || err.Error() != "packetpool: retrieve from packet 0 of pool test: 150 bytes into a buffer of 149; held by somebody: NX_OVERFLOW" {
		t.Errorf("short buffer: %v", err)
	}
	p.Length = 200
	if n, err := p.Retrieve(make([]byte, 300)); n != 150 || !errors.Is(err, status.InvalidPacket) {
		t.Errorf("length too large: %d bytes, %v", n, err)
	}
}

func TestCopyKeepsHeaderRoom(t *testing.T) {
	source, target := newPool(t, nil, 100, 8), newPool(t, nil, 64, 8)
	p := mustAllocate(t, source, 20)
	copy(p.At(p.DataStart), "header room")
	_ = p.Append(counting(150), source, 0)
	p.IpVersion = 6
	dup, err := p.Copy(target, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := dup.PrependPtr - dup.DataStart; got != 20 || string(dup.Area()[:11]) != "header room" || dup.IpVersion != 6 {
		t.Errorf("header room %d with %q, IP version %d", got, dup.Area()[:11], dup.IpVersion)
	}
	if diff := cmp.Diff([]int{44, 64, 42}, bytesIn(dup)); diff != "" {
		t.Errorf("bytes per packet (-want +got):\n%s", diff)
	}
	got := make([]byte, 150)
	if _, err := dup.Retrieve(got); err != nil || !bytes.Equal(got, counting(150)) {
		t.Errorf("Retrieve: %v, the data differ", err)
	}
	if err := dup.Release(); err != nil || target.Available() != 8 {
		t.Errorf("Release: %v, %d free", err, target.Available())
	}
}

func TestCopyErrors(t *testing.T) {
	pool := newPool(t, nil, 100, 3)
	p := mustAllocate(t, pool, 0)
	if _, err := p.Copy(pool, 0); !errors.Is(err, status.InvalidPacket) {
		t.Errorf("copy of an empty packet: %v", err)
	}
	_ = p.Append(counting(150), pool, 0)
	if _, err := p.Copy(pool, 0); !errors.Is(err, status.NoPacket) || pool.Available() != 1 {
		t.Errorf("copy with too few packets: %v, %d free", err, pool.Available())
	}
	checked(t, pool)
}

func TestAdjust(t *testing.T) {
	tests := []struct {
		name               string
		room, bytes        int
		header             uint32
		err                error
		wantRoom, wantFree int
		want               []int
	}{
		{"room enough", 20, 50, 20, nil, 20, 3, []int{50}},
		{"moved back", 0, 50, 40, nil, 40, 3, []int{50}},
		{"spilled", 0, 90, 40, nil, 40, 2, []int{60, 30}},
		{"odd header", 0, 90, 41, status.NotSupported, 0, 3, []int{90}},
		{"larger than the payload", 0, 10, 104, status.Underflow, 0, 3, []int{10}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pool := newPool(t, nil, 100, 4)
			p := mustAllocate(t, pool, uint32(test.room))
			_ = p.Append(counting(test.bytes), pool, 0)
			if err := p.Adjust(test.header); !errors.Is(err, test.err) {
				t.Errorf("Adjust: %v, want %v", err, test.err)
			}
			if got := p.PrependPtr - p.DataStart; got != test.wantRoom || int(pool.Available()) != test.wantFree {
				t.Errorf("header room %d, %d free; want %d and %d", got, pool.Available(), test.wantRoom, test.wantFree)
			}
			if diff := cmp.Diff(test.want, bytesIn(p)); diff != "" {
				t.Errorf("bytes per packet (-want +got):\n%s", diff)
			}
			got := make([]byte, test.bytes)
			if _, err := p.Retrieve(got); err != nil || !bytes.Equal(got, counting(test.bytes)) {
				t.Errorf("Retrieve: %v, the data differ", err)
			}
			checked(t, pool)
		})
	}
}
