package netstack

import (
	"sync"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

// NICConfig describes a network interface of a [Stack].
type NICConfig struct {
	// ID numbers the interface, from 1.
	ID tcpip.NICID
	// MTU is the largest network-layer packet in bytes.
	MTU uint32
	// Ethernet selects an interface that frames packets and resolves addresses
	// itself. Without it packets leave and enter bare, as network-layer
	// packets, and addresses are the owner's business.
	Ethernet bool
	// Loopback marks the interface of the addresses 127.0.0.0/8, which needs no
	// checksums.
	Loopback bool
	// Checked says that the owner has verified the checksums of all that it
	// delivers.
	Checked bool
	// Address is the hardware address; empty without Ethernet.
	Address tcpip.LinkAddress
	// Output takes a packet that the stack sends. It is called while the stack
	// settles, must not keep the packet, and must not touch the stack.
	Output func(*stack.PacketBuffer)
	// Listens reports whether Output is interested in anything now; what is
	// sent while it is not is dropped. Nil means that it always is. It is called
	// from the stack's goroutines, and must not touch the stack.
	Listens func() bool
}

// A NIC is a network interface of a [Stack], the stack's only way to the world.
type NIC struct {
	config     NICConfig
	owner      *Stack
	dispatcher stack.NetworkDispatcher
	onClose    func()
}

// Deliver hands the stack a packet, a frame if the interface is an Ethernet
// one, whose bytes are the concatenated parts. They are copied. The caller
// settles the stack afterwards.
func (n *NIC) Deliver(protocol tcpip.NetworkProtocolNumber, parts ...[]byte) {
	if n.dispatcher == nil {
		return
	}
	pkt := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: copyOf(parts)})
	defer pkt.DecRef()
	if n.config.Ethernet {
		if !n.ParseHeader(pkt) {
			return
		}
		eth := header.Ethernet(pkt.LinkHeader().Slice())
		protocol = eth.Type()
		pkt.PktType = packetType(eth.DestinationAddress())
	}
	n.dispatcher.DeliverNetworkPacket(protocol, pkt)
}

// DeliverBlank hands the stack a datagram of an interface that is Checked and not an
// Ethernet one: head, which is copied, and size bytes, at most MaxBlank, that
// nobody is going to look at. The caller settles the stack afterwards.
func (n *NIC) DeliverBlank(protocol tcpip.NetworkProtocolNumber, head []byte, size int) {
	if n.dispatcher == nil {
		return
	}
	payload := buffer.MakeWithView(buffer.NewViewWithData(head))
	if size > 0 {
		view := blank().Clone()
		view.CapLength(size)
		_ = payload.Append(view) // fails for nil only
	}
	pkt := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: payload})
	defer pkt.DecRef()
	n.dispatcher.DeliverNetworkPacket(protocol, pkt)
}

// MaxBlank is the largest number of bytes that DeliverBlank makes up.
const MaxBlank = 32 << 10

// blank is memory that all stacks share and nobody writes.
var blank = sync.OnceValue(func() *buffer.View { return buffer.NewViewSize(MaxBlank) })

func copyOf(parts [][]byte) buffer.Buffer {
	size := 0
	for _, part := range parts {
		size += len(part)
	}
	view := buffer.NewView(size)
	for _, part := range parts {
		view.Write(part)
	}
	return buffer.MakeWithView(view)
}

func packetType(to tcpip.LinkAddress) tcpip.PacketType {
	switch {
	case to == header.EthernetBroadcastAddress:
		return tcpip.PacketBroadcast
	case header.IsMulticastEthernetAddress(to):
		return tcpip.PacketMulticast
	default:
		return tcpip.PacketHost
	}
}

// WritePackets implements stack.LinkWriter: packets wait for the next settling,
// if anybody listens.
func (n *NIC) WritePackets(pkts stack.PacketBufferList) (int, tcpip.Error) {
	if n.config.Listens != nil && !n.config.Listens() {
		return pkts.Len(), nil
	}
	n.owner.mu.Lock()
	defer n.owner.mu.Unlock()
	for _, pkt := range pkts.AsSlice() {
		n.owner.sent = append(n.owner.sent, sent{n, pkt.IncRef()})
	}
	return pkts.Len(), nil
}

// MTU implements stack.LinkEndpoint.
func (n *NIC) MTU() uint32 { return n.config.MTU }

// SetMTU implements stack.LinkEndpoint.
func (n *NIC) SetMTU(mtu uint32) { n.config.MTU = mtu }

// MaxHeaderLength implements stack.LinkEndpoint.
func (n *NIC) MaxHeaderLength() uint16 {
	if n.config.Ethernet {
		return header.EthernetMinimumSize
	}
	return 0
}

// LinkAddress implements stack.LinkEndpoint.
func (n *NIC) LinkAddress() tcpip.LinkAddress { return n.config.Address }

// SetLinkAddress implements stack.LinkEndpoint.
func (n *NIC) SetLinkAddress(address tcpip.LinkAddress) { n.config.Address = address }

// Capabilities implements stack.LinkEndpoint.
func (n *NIC) Capabilities() stack.LinkEndpointCapabilities {
	switch {
	case n.config.Ethernet:
		return stack.CapabilityResolutionRequired
	case n.config.Loopback:
		return stack.CapabilityLoopback | stack.CapabilityTXChecksumOffload | stack.CapabilityRXChecksumOffload
	case n.config.Checked:
		return stack.CapabilityRXChecksumOffload
	}
	return 0
}

// Attach implements stack.LinkEndpoint; a nil dispatcher detaches.
func (n *NIC) Attach(dispatcher stack.NetworkDispatcher) { n.dispatcher = dispatcher }

// IsAttached implements stack.LinkEndpoint.
func (n *NIC) IsAttached() bool { return n.dispatcher != nil }

// Wait implements stack.LinkEndpoint; the interface has no goroutines.
func (n *NIC) Wait() {}

// ARPHardwareType implements stack.LinkEndpoint.
func (n *NIC) ARPHardwareType() header.ARPHardwareType {
	switch {
	case n.config.Ethernet:
		return header.ARPHardwareEther
	case n.config.Loopback:
		return header.ARPHardwareLoopback
	}
	return header.ARPHardwareNone
}

// AddHeader implements stack.LinkEndpoint.
func (n *NIC) AddHeader(pkt *stack.PacketBuffer) {
	if !n.config.Ethernet {
		return
	}
	header.Ethernet(pkt.LinkHeader().Push(header.EthernetMinimumSize)).Encode(&header.EthernetFields{
		SrcAddr: pkt.EgressRoute.LocalLinkAddress,
		DstAddr: pkt.EgressRoute.RemoteLinkAddress,
		Type:    pkt.NetworkProtocolNumber,
	})
}

// ParseHeader implements stack.LinkEndpoint.
func (n *NIC) ParseHeader(pkt *stack.PacketBuffer) bool {
	if !n.config.Ethernet {
		return true
	}
	_, ok := pkt.LinkHeader().Consume(header.EthernetMinimumSize)
	return ok
}

// Close implements stack.LinkEndpoint.
func (n *NIC) Close() {
	if n.onClose != nil {
		n.onClose()
	}
}

// SetOnCloseAction implements stack.LinkEndpoint.
func (n *NIC) SetOnCloseAction(f func()) { n.onClose = f }
