package ipstack

import (
	"time"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

// EthernetConfig describes an [EthernetDriver]. With Wire and Address alone it
// holds no packets but those of frames that are being sent.
type EthernetConfig struct {
	// Wire is what the interface is attached to.
	Wire *link.Wire
	// Address is the interface's hardware address.
	Address HardwareAddress
	// TransmitDescriptors is the number of frames that may wait to be sent; one
	// more is lost. 0 means unlimited.
	TransmitDescriptors int
	// ReceiveDescriptors is the number of packets into which frames are
	// received: the driver takes them when its interface comes to life, and
	// hands on those in which a frame has arrived. 0 means that the frame takes
	// its packets when it has arrived.
	ReceiveDescriptors int
	// ReceivePool is where the packets of the descriptors come from; nil means
	// the default pool of the instance. It is not used without descriptors.
	ReceivePool *packetpool.Pool
	// RefillLater hands a frame on even if its descriptors get no other packets;
	// they stay empty until a later frame finds some. False means that such a
	// frame is lost, and its packets stay where they are.
	RefillLater bool
}

// EthernetStats is what an [EthernetDriver] has counted.
type EthernetStats struct {
	// TransmitFull counts frames lost because all transmit descriptors were in
	// use.
	TransmitFull uint64
	// ReceiveEmpty counts frames lost because too few receive descriptors had
	// a packet.
	ReceiveEmpty uint64
	// Waiting is the number of packets in receive descriptors now.
	Waiting int
}

// Stats returns the counters of the driver.
func (e *EthernetDriver) Stats() EthernetStats {
	return EthernetStats{TransmitFull: e.transmit.full, ReceiveEmpty: e.receive.empty, Waiting: len(e.receive.packets)}
}

// transmitRing counts the frames that wait to be sent.
type transmitRing struct {
	size   int             // 0: unlimited
	leaves []time.Duration // when the last bit of each does
	full   uint64
}

// hasRoom reports whether another frame may wait. If not, it is counted as
// lost.
func (t *transmitRing) hasRoom(kernel *sim.Kernel) bool {
	if t.size == 0 {
		return true
	}
	gone := 0
	for gone < len(t.leaves) && t.leaves[gone] <= kernel.Now() {
		gone++
	}
	t.leaves = append(t.leaves[:0], t.leaves[gone:]...)
	if len(t.leaves) < t.size {
		return true
	}
	t.full++
	return false
}

// add notes a frame that leaves after so long.
func (t *transmitRing) add(kernel *sim.Kernel, after time.Duration) {
	if t.size > 0 && after > 0 {
		t.leaves = append(t.leaves, kernel.Now()+after)
	}
}

// receiveRing has the packets into which frames are received.
type receiveRing struct {
	size    int
	later   bool
	pool    *packetpool.Pool
	packets []*packetpool.Packet // first in, first out
	spare   []*packetpool.Packet // scratch: those that replace a frame's
	holder  holder
	empty   uint64
}

func (r *receiveRing) init(config *EthernetConfig) {
	r.size, r.pool, r.later = config.ReceiveDescriptors, config.ReceivePool, config.RefillLater
}

// open fills the descriptors, as far as there are packets.
func (r *receiveRing) open(i *Interface) {
	if r.pool == nil {
		r.pool = i.ip.pool
	}
	r.holder.name = "ip " + i.ip.name + " receive descriptors"
	r.fill()
}

// fill gives packets to the descriptors that have none.
func (r *receiveRing) fill() {
	for len(r.packets) < r.size {
		packet := r.allocate()
		if packet == nil {
			return
		}
		r.packets = append(r.packets, packet)
	}
}

// allocate takes a packet for a descriptor, nil if there is none.
func (r *receiveRing) allocate() *packetpool.Packet {
	packet, err := r.pool.Allocate(receivePacketType, noWait)
	if err != nil {
		return nil
	}
	packet.Hold(&r.holder)
	return packet
}

// close releases the packets.
func (r *receiveRing) close() {
	for _, packet := range r.packets {
		packet.Release()
	}
	r.packets = nil
}

// take receives a frame.
func (r *receiveRing) take(i *Interface, frame []byte) {
	n := r.needed(i, frame)
	switch {
	case n == 0 || n > len(r.packets):
		r.empty++
		r.fill()
	case r.later:
		packet := r.chain(i, frame, n)
		r.fill()
		i.accept(packet, header.Ethernet(frame).Type())
	case r.replace(n):
		packet := r.chain(i, frame, n)
		r.packets = append(r.packets, r.spare...)
		i.accept(packet, header.Ethernet(frame).Type())
	default:
		i.lost()
	}
}

// needed returns how many packets a frame takes, 0 if it does not fit at all.
func (r *receiveRing) needed(i *Interface, frame []byte) int {
	payload := int(r.pool.Payload())
	if i.ReceiveRoom >= payload {
		return 0
	}
	return (i.ReceiveRoom + len(frame) + payload - 1) / payload
}

// replace gets the packets that are to take the place of n others. It keeps
// none if there are too few.
func (r *receiveRing) replace(n int) bool {
	r.spare = r.spare[:0]
	for range n {
		packet := r.allocate()
		if packet == nil {
			for _, got := range r.spare {
				got.Release()
			}
			return false
		}
		r.spare = append(r.spare, packet)
	}
	return true
}

// chain moves a frame into the first n packets and takes them out of the
// ring.
func (r *receiveRing) chain(i *Interface, frame []byte, n int) *packetpool.Packet {
	head := r.packets[0]
	head.Length = uint32(len(frame))
	last := head
	for at, packet := range r.packets[:n] {
		if at == 0 {
			packet.PrependPtr += i.ReceiveRoom
			packet.AppendPtr = packet.PrependPtr
		} else {
			last.Next, head.Last = packet, packet
			last = packet
		}
		size := copy(packet.At(packet.PrependPtr), frame)
		packet.AppendPtr += size
		frame = frame[size:]
	}
	r.packets = append(r.packets[:0], r.packets[n:]...)
	return head
}
