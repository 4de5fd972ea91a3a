package ipstack

import (
	"encoding/binary"
	"errors"
	"time"

	"go.uber.org/zap"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"netxsim/netx/status"
	"netxsim/packetpool"
	"netxsim/sim"
)

// controlPacketType is the header room of the messages the stack makes by
// itself: NX_IPv4_TCP_PACKET.
const controlPacketType = physicalHeader + ipv4Header + tcpHeader

// controlRoom is the room NetX wants behind the headers of such a message: a
// SYN with its options.
const controlRoom = synHeader + 1

// output takes a packet that netstack sends. It is called while netstack
// settles.
func (ip *IP) output(pkt *stack.PacketBuffer) {
	datagram := header.IPv4(ip.frameFor(pkt))
	if datagram.TransportProtocol() == header.TCPProtocolNumber {
		ip.tcp.edgeOut(datagram)
	}
}

// listens reports whether what netstack sends means anything now: a SYN of the
// connection that is being opened does, and nothing else.
func (ip *IP) listens() bool { return ip.tcp != nil && ip.tcp.opening != nil }

// frameFor copies a packet of netstack into the scratch frame, behind room for
// the link header, and returns the IP datagram in it.
func (ip *IP) frameFor(pkt *stack.PacketBuffer) []byte {
	ip.frame = append(ip.frame[:0], make([]byte, ethernetHeader)...)
	for _, part := range pkt.AsSlices() {
		ip.frame = append(ip.frame, part...)
	}
	return ip.frame[ethernetHeader:]
}

// datagramRoom returns n bytes of the scratch frame for a datagram.
func (ip *IP) datagramRoom(n int) []byte {
	if cap(ip.frame) < ethernetHeader+n {
		ip.frame = make([]byte, ethernetHeader+n)
	}
	ip.frame = ip.frame[:ethernetHeader+n]
	return ip.frame[ethernetHeader:]
}

// chargeControl takes the packet that a message of the stack's own costs, or
// returns nil when there is none.
func (ip *IP) chargeControl() *packetpool.Packet {
	packet, err := ip.allocateSmall(controlPacketType)
	switch {
	case errors.Is(err, status.NoPacket):
		ip.stats.SendNoPacket++
		ip.logNoPacket("not sent")
		return nil
	case err != nil:
		ip.stats.SendNoRoom++
		return nil
	case packet.DataEnd-packet.PrependPtr < controlRoom:
		ip.stats.SendNoRoom++
		packet.Release()
		return nil
	}
	packet.Hold(&ip.holders.driver)
	return packet
}

// logNoPacket notes that the default pool was empty.
func (ip *IP) logNoPacket(fate string) {
	if entry := ip.log.Check(zap.DebugLevel, "no packet: "+fate); entry != nil {
		entry.Write(zap.String("ip", ip.name), zap.String("pool", ip.pool.Name()), zap.Uint32("free", ip.pool.Available()))
	}
}

// wordAt reads a number of 32 bits in network byte order.
func wordAt(b []byte) uint32 { return binary.BigEndian.Uint32(b) }

// SetAuxiliaryPool gives the instance a second pool, which pays for TCP segments
// without data, ARP and IGMP; of the two, the one with the larger payload is
// the default pool from now on. It mirrors nx_ip_auxiliary_packet_pool_set.
func (ip *IP) SetAuxiliaryPool(pool *packetpool.Pool) {
	if pool.Payload() > ip.pool.Payload() {
		ip.pool = pool
		return
	}
	ip.auxiliary = pool
}

// allocateSmall takes a packet for a small message from the auxiliary pool, or
// else from the default pool.
func (ip *IP) allocateSmall(packetType uint32) (*packetpool.Packet, error) {
	if ip.auxiliary != nil {
		if packet, err := ip.auxiliary.Allocate(packetType, noWait); err == nil {
			return packet, nil
		}
	}
	return ip.pool.Allocate(packetType, noWait)
}

func release(packet *packetpool.Packet) {
	if packet != nil {
		packet.Release()
	}
}

// sendQueue holds the packets of frames that the driver is still sending, in
// the order in which they leave.
type sendQueue struct {
	items []sendingPacket
	event *sim.Event
}

type sendingPacket struct {
	packet *packetpool.Packet
	at     time.Duration
}

// add keeps packet until after has passed.
func (q *sendQueue) add(kernel *sim.Kernel, packet *packetpool.Packet, after time.Duration) {
	if after <= 0 {
		packet.Release()
		return
	}
	q.items = append(q.items, sendingPacket{packet, kernel.Now() + after})
	if q.event == nil {
		q.event = kernel.After(after, func() { q.expire(kernel) })
	} else if len(q.items) == 1 {
		q.event.Reset(after)
	}
}

// expire releases the packets whose frames have left.
func (q *sendQueue) expire(kernel *sim.Kernel) {
	gone := 0
	for gone < len(q.items) && q.items[gone].at <= kernel.Now() {
		q.items[gone].packet.Release()
		gone++
	}
	q.items = append(q.items[:0], q.items[gone:]...)
	if len(q.items) > 0 {
		q.event.Reset(q.items[0].at - kernel.Now())
	}
}

// flush releases all packets at once.
func (q *sendQueue) flush() {
	for _, item := range q.items {
		item.packet.Release()
	}
	q.items = nil
	if q.event != nil {
		q.event.Stop()
	}
}
