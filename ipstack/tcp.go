package ipstack

import (
	"slices"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"

	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// TCP's clock, in ticks at 100 a second.
const (
	fastTimerTicks  = 10  // NX_TCP_FAST_TIMER_RATE: the clock of time-outs
	delayedAckTicks = 20  // NX_TCP_ACK_TIMER_RATE
	retryTicks      = 100 // NX_TCP_TRANSMIT_TIMER_RATE: first retransmission
	maxRetries      = 10  // NX_TCP_MAXIMUM_RETRIES
)

// timedWaitTicks is how long a closed connection is remembered: twice the
// maximum segment lifetime of 120 s.
const timedWaitTicks = 24000

// never is longer than any simulation: netstack's own time-outs do not expire.
const never = 1 << 60 * time.Nanosecond

// maxListeners is the number of ports an instance can listen on:
// NX_MAX_LISTEN_REQUESTS.
const maxListeners = 10

// tcpProtocol is the TCP of an instance.
type tcpProtocol struct {
	ip          *IP
	sockets     []*TCPSocket
	ports       map[uint16]*portUse
	connections map[connection]*TCPSocket
	listeners   map[uint16]*listener
	endpoints   map[uint16]tcpip.Endpoint // netstack's listeners
	noted       []*TCPSocket              // netstack said something about them
	opening     *TCPSocket                // netstack is to send its SYN
	info        TCPInfo

	clock   tcpClock
	created uint64 // sockets so far
}

// EnableTCP lets the instance use TCP, as nx_tcp_enable does.
//
// Errors: status.AlreadyEnabled.
func (ip *IP) EnableTCP() error {
	if ip.tcp != nil {
		return status.AlreadyEnabled
	}
	t := &tcpProtocol{
		ip:          ip,
		ports:       make(map[uint16]*portUse),
		connections: make(map[connection]*TCPSocket),
		listeners:   make(map[uint16]*listener),
		endpoints:   make(map[uint16]tcpip.Endpoint),
	}
	if err := t.clock.init(ip); err != nil {
		return err
	}
	ip.tcp = t
	ip.addInside()
	ip.configureTCP()
	return nil
}

// hugeBuffer keeps netstack's own buffers from ever being the limit.
const hugeBuffer = 1 << 28

// configureTCP takes from netstack what NetX does not do.
func (ip *IP) configureTCP() {
	sack, moderate, recovery := tcpip.TCPSACKEnabled(false), tcpip.TCPModerateReceiveBufferOption(false), tcpip.TCPRecovery(0)
	reno, syns, retries := tcpip.CongestionControlOption("reno"), tcpip.TCPSynRetriesOption(255), tcpip.TCPMaxRetriesOption(maxRetries)
	minRTO, maxRTO := tcpip.TCPMinRTOOption(never), tcpip.TCPMaxRTOOption(never)
	wait := tcpip.TCPTimeWaitTimeoutOption(never)
	receive := tcpip.TCPReceiveBufferSizeRangeOption{Min: 1, Default: hugeBuffer, Max: hugeBuffer}
	send := tcpip.TCPSendBufferSizeRangeOption{Min: 1, Default: hugeBuffer, Max: hugeBuffer}
	ip.stack.SetTCP(&sack, &moderate, &recovery, &reno, &syns, &retries, &maxRTO, &minRTO, &wait, &receive, &send)
}

// receive handles a segment in the IP thread. The datagram is the packet's own
// memory, or a copy where the packet is a chain.
func (t *tcpProtocol) receive(packet *packetpool.Packet, datagram header.IPv4) {
	seg, ok := parseSegment(datagram)
	if !ok || seg.headers() > uint32(packet.AppendPtr-packet.PrependPtr) {
		t.info.InvalidPackets++
		packet.Release()
		return
	}
	if !seg.checksumValid() && !t.ip.verified(packet, CapabilityTCPRxChecksum) {
		t.ip.stats.ChecksumErrors++
		t.info.ChecksumErrors++
		t.info.InvalidPackets++
		packet.Release()
		return
	}
	if s := t.connections[seg.incoming()]; s != nil {
		if seg.has(header.TCPFlagSyn) {
			s.learnMSS(&seg)
		}
		s.receiveSegment(packet, &seg)
		return
	}
	t.receiveUnconnected(packet, &seg)
}

// receiveUnconnected handles a segment that belongs to no connection.
func (t *tcpProtocol) receiveUnconnected(packet *packetpool.Packet, seg *segment) {
	in := t.ip.arrivedOn(packet)
	mayConnect := !seg.has(header.TCPFlagAck) && len(t.listeners) > 0
	switch {
	case !seg.optionsValid():
		t.info.InvalidPackets++
		t.refuse(seg, in)
		packet.Release()
	case mayConnect && t.spoofed(seg, in):
		t.info.InvalidPackets++
		packet.Release()
	case mayConnect && t.listeners[seg.tcp.DestinationPort()] != nil:
		t.listeners[seg.tcp.DestinationPort()].receive(packet, seg)
	default:
		t.receiveStray(packet, seg, in)
	}
}

// spoofed reports whether a segment that came in at an interface has a source
// from which nobody connects: its own destination, a group, or everybody on the
// network (RFC 9293, section 3.9.2.3).
func (t *tcpProtocol) spoofed(seg *segment, in *Interface) bool {
	from, to := wordAt(seg.datagram[12:]), wordAt(seg.datagram[16:])
	switch {
	case from == to && seg.tcp.SourcePort() == seg.tcp.DestinationPort():
		return true
	case isStandIn(from):
		return t.ip.ipv6.outer(fromWord(from)).IsMulticast()
	}
	return isMulticast(from) || in.isBroadcast(from) || from == in.network()
}

// receiveStray handles a segment that nobody waits for.
func (t *tcpProtocol) receiveStray(packet *packetpool.Packet, seg *segment, in *Interface) {
	t.info.ReceivePacketsDropped++
	if seg.has(header.TCPFlagSyn) {
		t.info.ConnectionsDropped++
	}
	if !seg.has(header.TCPFlagRst) {
		t.refuse(seg, in)
	}
	packet.Release()
}

// refuse answers a stranger's segment with a reset.
func (t *tcpProtocol) refuse(seg *segment, in *Interface) {
	remote := seg.incoming().remote
	via, hop, ok := t.ip.route(toWord(remote.Addr()), in)
	if !ok {
		return
	}
	s := TCPSocket{
		ip:     t.ip,
		config: TCPSocketConfig{TimeToLive: timeToLive},
		via:    via,
		hop:    hop,
		port:   seg.tcp.DestinationPort(),
		local:  t.ip.localFor(via, remote.Addr()),
		remote: remote,
	}
	s.sendRST(seg)
}

// deliver hands a segment to netstack; a SYN without options that NetX would
// not have offered.
func (t *tcpProtocol) deliver(seg *segment) {
	if seg.has(header.TCPFlagSyn) {
		var room [ipv4Header + synHeader]byte
		t.ip.nic.Deliver(ipv4.ProtocolNumber, seg.netxSYN(room[:], uint16(seg.mss()), maxWindow))
		return
	}
	t.ip.nic.Deliver(ipv4.ProtocolNumber, seg.datagram)
}

// edgeOut takes a segment of netstack's, in the scratch frame. The SYN of the
// connection that is being opened begins it; everything else the sockets send by
// themselves.
func (t *tcpProtocol) edgeOut(datagram header.IPv4) {
	seg, ok := parseSegment(datagram)
	if !ok || t == nil {
		return
	}
	if s := t.opening; s != nil && seg.has(header.TCPFlagSyn) && seg.tcp.SourcePort() == s.port {
		s.netstackSYN(&seg)
	}
}

// refreshNoted looks at the sockets of which netstack said that they ended.
func (t *tcpProtocol) refreshNoted() {
	for len(t.noted) > 0 {
		s := t.noted[0]
		t.noted = append(t.noted[:0], t.noted[1:]...)
		s.noted = false
		s.refresh()
	}
}

// connected has segments of the socket's peer found. Only those to a bound
// socket are, and from a port that exists.
func (t *tcpProtocol) connected(s *TCPSocket) {
	if s.bound && s.remote.IsValid() && s.portOverflow == 0 {
		t.connections[s.connection()] = s
	}
}

// disconnected undoes connected.
func (t *tcpProtocol) disconnected(s *TCPSocket) {
	if t.connections[s.connection()] == s {
		delete(t.connections, s.connection())
	}
}

// remove takes a socket out of the instance's list.
func (t *tcpProtocol) remove(s *TCPSocket) {
	t.clock.forget(s)
	t.sockets = slices.DeleteFunc(t.sockets, func(other *TCPSocket) bool { return other == s })
}
