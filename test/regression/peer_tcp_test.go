package regression_test

import (
	"encoding/binary"
	"net/netip"

	"netxsim/ipstack"
	"netxsim/sim/link"
)

// tcpPeer is a host whose segments the test writes itself. It answers ARP by itself and nothing else.
type tcpPeer struct {
	net      *tcpNet
	port     *link.Port
	mac      [6]byte
	local    netip.AddrPort
	remote   netip.AddrPort
	iss, irs uint32 // where the peer's numbers and the instance's begin
	window   uint16
	told     uint16       // the last window that has arrived
	got      []tcpSegment // not yet taken
	urgent   func(*ipstack.TCPSocket)
}

// peer attaches a peer that talks to port 12 of b from its port 12345 and begins its sequence numbers at iss.
func (n *tcpNet) peer(iss uint32) *tcpPeer {
	p := &tcpPeer{net: n, mac: [6]byte{2, 0, 0, 0, 0, 9}, iss: iss, window: 8192}
	p.local = netip.AddrPortFrom(tcpAddrPeer, 12345)
	p.remote = netip.AddrPortFrom(tcpAddrB, tcpPort)
	p.port = n.wire.Attach("peer", p.mac, p.frame)
	return p
}

// frame takes a frame off the wire.
func (p *tcpPeer) frame(frame []byte) {
	if seg, ok := tcpParse(frame); ok {
		p.got = append(p.got, seg)
		p.told = seg.window
		return
	}
	if binary.BigEndian.Uint16(frame[12:]) == 0x0806 && frame[21] == 1 && [4]byte(frame[38:42]) == p.local.Addr().As4() {
		p.answerARP(frame)
	}
}

func (p *tcpPeer) answerARP(request []byte) {
	reply := make([]byte, 42)
	copy(reply, request[6:12])
	copy(reply[6:], p.mac[:])
	copy(reply[12:22], request[12:22])
	reply[21] = 2
	copy(reply[22:], p.mac[:])
	copy(reply[28:], request[38:42])
	copy(reply[32:], request[22:32])
	p.port.Send(reply)
}

// raw sends a datagram to an instance.
func (p *tcpPeer) raw(datagram []byte) {
	frame := make([]byte, 14, 14+len(datagram))
	copy(frame, []byte{2, 0, 0, 0, 0, datagram[19]})
	copy(frame[6:], p.mac[:])
	frame[12] = 8
	p.port.Send(append(frame, datagram...))
}

// segment returns a segment whose numbers are relative to where the two sides begin.
func (p *tcpPeer) segment(flags byte, seq, ack int, data string) tcpSegment {
	s := tcpSegment{from: p.local, to: p.remote, seq: p.iss + uint32(seq), flags: flags, window: p.window, data: []byte(data)}
	if flags&tcpACK != 0 {
		s.ack = p.irs + uint32(ack)
	}
	return s
}

// send sends a segment and gives the instance a tick to answer it.
func (p *tcpPeer) send(flags byte, seq, ack int, data string) {
	p.raw(p.segment(flags, seq, ack, data).datagram())
	p.net.sleep(1)
}

// take returns what has arrived since the last time, as text.
func (p *tcpPeer) take() []string {
	var texts []string
	for _, seg := range p.got {
		texts = append(texts, seg.text(p.irs, p.iss))
	}
	p.got = nil
	return texts
}

// expect checks what has arrived since the last time.
func (p *tcpPeer) expect(what string, want ...string) {
	p.net.Helper()
	p.net.equal(what, p.take(), want)
}

// connect opens a connection to a server that accepts it.
func (p *tcpPeer) connect() {
	p.net.Helper()
	syn := p.segment(tcpSYN, 0, 0, "")
	syn.options = tcpMSSOption(1460)
	p.raw(syn.datagram())
	p.net.sleep(1)
	p.learn()
	p.expect("answer to the SYN", "SYN,ACK seq 0 ack 1")
	p.send(tcpACK, 1, 1, "")
}

// learn takes the instance's first number from the SYN that has arrived.
func (p *tcpPeer) learn() {
	for _, seg := range p.got {
		if seg.has(tcpSYN) {
			p.irs = seg.seq
		}
	}
}

// serve runs a test between the peer, which has connected, and a server socket of b with a receive window. The connection
// is reset when the test is done, unless it has ended by itself.
func (p *tcpPeer) serve(window uint32, test func(s *ipstack.TCPSocket)) {
	p.net.Helper()
	n := p.net
	s, err := n.b.NewTCPSocket(ipstack.TCPSocketConfig{Name: "server", Window: window, Urgent: p.urgent})
	n.must("create the server's socket", err)
	n.thread("server", func() {
		n.ok("listen", n.b.Listen(tcpPort, s, 5, nil))
		n.ok("accept", s.Accept(5*tcpHz))
	})
	n.thread("peer", func() {
		p.connect()
		n.equal("state of the server", s.State(), ipstack.TCPEstablished)
		test(s)
		s.Disconnect(0)
		n.closeServer(s)
	})
	n.run()
}
