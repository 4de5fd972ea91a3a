package regression_test

import (
	"fmt"
	"net/netip"
	"testing"

	"netxsim/ipstack"
	"netxsim/netx/status"
)

// illegalMSS is a maximum segment size option whose length is not its own, and padding.
var illegalMSS = []byte{2, 3, 2, 24, 1, 1, 1, 0}

// sendWith sends a segment with options and gives the instance a tick to answer it.
func (p *tcpPeer) sendWith(options []byte, flags byte, seq, ack int) {
	s := p.segment(flags, seq, ack, "")
	s.options = options
	p.raw(s.datagram())
	p.net.sleep(1)
}

// TestTCPOptionsOfSYN: a SYN without a maximum segment size is good for 536 bytes; one that has an option of length 0, or
// one that is longer than the header, or a segment size of another length, is refused, whatever stands in front of it.
func TestTCPOptionsOfSYN(t *testing.T) {
	const refused = "RST,ACK seq 0 ack 1"
	for _, tt := range []struct {
		name    string
		options []byte
		mss     uint32 // 0 for a refused one
	}{
		{"padding only", []byte{1, 0, 0, 0, 1, 1, 1, 0}, 536},
		{"padding, then a size", []byte{1, 1, 2, 4, 4, 0, 0, 0}, 1024},
		{"an unknown option, then a size", []byte{200, 4, 9, 9, 2, 4, 4, 1}, 1025},
		{"a length of one", []byte{200, 1, 1, 1, 2, 4, 4, 2}, 1026},
		{"a length of one, the next option a size", []byte{200, 1, 2, 4, 4, 3, 0, 0}, 1027},
		{"a size of 0", []byte{2, 4, 0, 0}, 536},
		{"a length beyond the header that is not looked at", []byte{1, 1, 1, 1, 1, 200, 9, 0}, 536},
		{"a length of 0", []byte{4, 0, 0, 0, 1, 1, 1, 0}, 0},
		{"a length beyond the header", []byte{4, 9, 0, 0, 1, 1, 1, 0}, 0},
		{"a size of another length", illegalMSS, 0},
		{"an unknown option, then a size of another length", []byte{200, 4, 9, 9, 2, 3, 4, 1}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := newTCPNet(t, tcpOptions{})
			p := n.peer(1000)
			s := n.socket(n.b, "server", 200)
			n.ok("listen", n.b.Listen(tcpPort, s, 5, nil))
			n.thread("server", func() {
				s.Accept(2)
				n.equal("segment size of the peer", s.PeerMSS(), tt.mss)
				s.Disconnect(0)
				n.closeServer(s)
			})
			n.thread("peer", func() {
				p.sendWith(tt.options, tcpSYN, 0, 0)
				want, invalid := refused, uint32(1)
				if tt.mss > 0 {
					p.learn()
					want, invalid = "SYN,ACK seq 0 ack 1", 0
				}
				p.expect("answer", want)
				n.equal("invalid segments", n.b.TCPInfo().InvalidPackets, invalid)
			})
			n.run()
		})
	}
}

// TestTCPOptionOfConnection: an illegal option in a segment outside of the window is not looked at; in the peer's FIN it
// ends the connection with a reset instead.
func TestTCPOptionOfConnection(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	p.serve(100, func(s *ipstack.TCPSocket) {
		p.sendWith(illegalMSS, tcpACK|tcpPSH, -999, 0)
		p.expect("outside of the window", "ACK seq 1 ack 1")
		n.equal("state", s.State(), ipstack.TCPEstablished)
		p.sendWith(illegalMSS, tcpPSH, 1, 0)
		p.expect("without an acknowledgement", []string(nil)...)
		n.equal("state", s.State(), ipstack.TCPEstablished)

		p.sendWith(illegalMSS, tcpFIN|tcpACK, 1, 1)
		p.expect("FIN", "RST seq 1")
		n.equal("state", s.State(), ipstack.TCPListen)
		n.equal("invalid segments", n.b.TCPInfo().InvalidPackets, uint32(1))
	})
}

// TestTCPOptionOfAnswer: an illegal option in what answers a client's SYN ends the attempt at once; the reset acknowledges
// the segment, which had no acknowledgement itself.
func TestTCPOptionOfAnswer(t *testing.T) {
	for _, tt := range []struct {
		flags byte
		ack   uint32 // of the reset, relative to the peer's first number
	}{{tcpSYN, 1}, {tcpFIN, 1}, {0, 0}} {
		t.Run(fmt.Sprintf("flags %#x", tt.flags), func(t *testing.T) {
			n := newTCPNet(t, tcpOptions{})
			p := n.peer(1000)
			n.thread("client", func() {
				s := n.socket(n.b, "client", 200)
				n.ok("bind", s.Bind(0, 0))
				p.remote = netip.AddrPortFrom(tcpAddrB, s.Port())
				n.want("connect", s.Connect(tcpAddrPeer, 12345, tcpHz), status.NotConnected)
				n.equal("ticks waited", n.kernel.Ticks(), uint32(1))
				n.closeClient(s)
			})
			n.thread("peer", func() {
				n.sleep(1)
				p.learn()
				p.expect("attempt", "SYN seq 0")
				p.sendWith(illegalMSS, tt.flags, 0, 0)
				n.equal("answers", len(p.got), 1)
				n.equal("reset", p.got[0].flags, byte(tcpRST|tcpACK))
				n.equal("acknowledged", p.got[0].ack-p.iss, tt.ack)
			})
			n.run()
		})
	}
}

// TestTCPOptionOfStranger: a segment with an illegal option that belongs to no connection is answered with a reset, even if
// it is one itself.
func TestTCPOptionOfStranger(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	n.thread("peer", func() {
		p.sendWith(illegalMSS, tcpRST|tcpACK, 0, 7)
		p.expect("answer", "RST seq 7")
		n.equal("invalid segments", n.b.TCPInfo().InvalidPackets, uint32(1))
	})
	n.run()
}

// TestTCPSpoofedSYN: a SYN from an address from which nobody connects is dropped without an answer and counted.
func TestTCPSpoofedSYN(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	s := n.socket(n.b, "server", 200)
	n.ok("listen", n.b.Listen(tcpPort, s, 5, nil))
	n.thread("server", func() {
		n.want("accept", s.Accept(tcpHz), status.NotConnected)
		n.closeServer(s)
	})
	n.thread("peer", func() {
		for i, from := range []string{"1.2.3.5:12", "224.0.0.1:99", "1.2.3.255:99", "1.2.3.0:99", "255.255.255.255:99"} {
			p.local = netip.MustParseAddrPort(from)
			p.send(tcpSYN, 0, 0, "")
			n.equal("invalid segments after "+from, n.b.TCPInfo().InvalidPackets, uint32(i+1))
		}
		n.sleep(tcpHz)
		p.expect("answers", []string(nil)...)
	})
	n.run()
}
