package regression_test

import (
	"strings"
	"testing"

	"netxsim/ipstack"
	"netxsim/netx/status"
)

// TestTCPZeroWindowProbe: when a peer closes its window while data are unacknowledged, the retransmission is not of the data
// but one byte, the first unacknowledged one.
func TestTCPZeroWindowProbe(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	p.serve(100, func(s *ipstack.TCPSocket) {
		n.ok("send", n.send(s, tcpPattern(50), tcpHz))
		n.ok("send", n.send(s, tcpPattern(50), tcpHz))
		n.sleep(1)
		p.expect("data", "PSH,ACK seq 1 ack 1 50 bytes", "PSH,ACK seq 51 ack 1 50 bytes")
		p.window = 0
		p.send(tcpACK, 1, 1, "")
		n.sleep(2 * tcpHz)
		n.equal("data of the probe", string(p.got[0].data), "A")
		p.expect("probes", "ACK seq 1 ack 1 1 bytes", "ACK seq 1 ack 1 1 bytes")
		p.send(tcpACK, 1, 101, "")
		n.equal("packets not acknowledged", s.TransmitQueueLen(), 0)
	})
}

// TestTCPZeroWindowReopens: a sender whose peer reads late fills the window, probes it when it is closed, and goes on when
// it opens; no byte is lost or doubled by the probe.
func TestTCPZeroWindowReopens(t *testing.T) {
	const window = 128
	message := tcpPattern(2 * window)
	n := newTCPNet(t, tcpOptions{})
	n.thread("server", func() {
		s := n.server(window)
		n.sleep(3 * tcpHz)
		n.equal("message", strings.Join(n.receiveAll(s, 3*tcpHz), ""), string(message))
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.closeServer(s)
	})
	n.thread("client", func() {
		s := n.client(window)
		n.ok("fill the window", n.send(s, message[:window], tcpHz))
		n.ok("send more", n.send(s, message[window:], 5*tcpHz))
		probes := n.count("A", func(s tcpSegment) bool { return len(s.data) == 1 && s.data[0] == message[window] })
		n.equal("probed", probes > 0, true)
		n.ok("disconnect", s.Disconnect(10*tcpHz))
		n.closeClient(s)
	})
	n.run()
}

// tcpTransfer sends a message from a to b, whose window is given, in pieces of the given sizes.
func tcpTransfer(t *testing.T, options tcpOptions, window uint32, sizes ...int) *tcpNet {
	n := newTCPNet(t, options)
	total := 0
	for _, size := range sizes {
		total += size
	}
	message := tcpPattern(total)
	n.thread("server", func() {
		s := n.server(window)
		n.equal("message", strings.Join(n.receiveAll(s, 3*tcpHz), ""), string(message))
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.closeServer(s)
	})
	n.thread("client", func() {
		s := n.client(65535)
		at := 0
		for _, size := range sizes {
			n.ok("send", n.send(s, message[at:at+size], 5*tcpHz))
			at += size
		}
		n.ok("disconnect", s.Disconnect(10*tcpHz))
		n.closeClient(s)
	})
	n.run()
	return n
}

// TestTCPOddWindow: one byte, and then more than the window holds, leave the window at odd sizes; all of it arrives.
func TestTCPOddWindow(t *testing.T) { tcpTransfer(t, tcpOptions{}, 800, 1, 1499) }

// TestTCPSmallWindow: packets larger than the window are cut to it, and small ones that no longer fit wait for it.
func TestTCPSmallWindow(t *testing.T) {
	n := tcpTransfer(t, tcpOptions{}, 132, 300, 300, 28, 28, 28, 28, 28)
	n.equal("segments larger than the window", n.count("A", func(s tcpSegment) bool { return len(s.data) > 132 }), 0)
}

// TestTCPChainedPacket: data that take a chain of packets of a small pool arrive whole, though the window is smaller.
func TestTCPChainedPacket(t *testing.T) {
	tcpTransfer(t, tcpOptions{payload: 256, packets: 60}, 1202, 1500)
}

// TestTCPWindowWithData: a window that a peer announces together with data counts.
func TestTCPWindowWithData(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(0x221121)
	p.serve(200, func(s *ipstack.TCPSocket) {
		p.send(tcpACK|tcpPSH, 1, 1, string(tcpPattern(38)))
		n.equal("window", s.Info().TransmitWindow, uint32(4380)) // limited by congestion
		p.window = 0x200
		p.send(tcpACK|tcpPSH, 39, 1, string(tcpPattern(38)))
		n.equal("window", s.Info().TransmitWindow, uint32(0x200))
		n.equal("packets", len(n.receiveAll(s, 0)), 2)
	})
}

// TestTCPDataBeyondWindow: of a segment longer than the window the part inside it is taken.
func TestTCPDataBeyondWindow(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	message := string(tcpPattern(1000))
	p.serve(300, func(s *ipstack.TCPSocket) {
		n.equal("windows", [2]uint32{s.Info().ReceiveWindow, uint32(p.told)}, [2]uint32{300, 300})
		p.send(tcpACK|tcpPSH, 1, 1, message)
		n.equal("received", strings.Join(n.receiveAll(s, 0), ""), message[:300])
	})
}

// TestTCPControlOutsideWindow: with the window full, segments without data beyond it are neither answered nor do they call
// the urgent callback; only a reset ends the connection.
func TestTCPControlOutsideWindow(t *testing.T) {
	const window = 128
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	urgent := 0
	p.urgent = func(*ipstack.TCPSocket) { urgent++ }
	p.serve(window, func(s *ipstack.TCPSocket) {
		p.send(tcpACK|tcpPSH, 1, 1, string(tcpPattern(window)))
		n.sleep(tcpHz)
		p.expect("acknowledgement", "ACK seq 1 ack 129")
		for _, flags := range []byte{tcpURG, tcpACK} {
			p.send(flags, 1+2*window, 1, "")
			n.sleep(tcpHz)
			n.equal("state", s.State(), ipstack.TCPEstablished)
		}
		p.send(tcpRST, 1+2*window, 1, "")
		n.equal("state after a reset", s.State(), ipstack.TCPListen)
		p.expect("answers", []string(nil)...)
		n.equal("urgent callbacks", urgent, 0)
	})
}

// TestTCPUrgent: a segment of data with the urgent flag calls the callback once, and its data are received as any.
func TestTCPUrgent(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	urgent := 0
	p.urgent = func(*ipstack.TCPSocket) { urgent++ }
	p.serve(500, func(s *ipstack.TCPSocket) {
		p.send(tcpACK|tcpPSH|tcpURG, 1, 1, string(tcpPattern(28)))
		n.equal("urgent callbacks", urgent, 1)
		n.equal("received", n.receiveAll(s, 0), []string{string(tcpPattern(28))})
	})
}

// TestTCPBytesAvailable: the bytes that can be received are those that wait, and there are none to ask for without a
// connection.
func TestTCPBytesAvailable(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	available := func(s *ipstack.TCPSocket, want uint32) {
		n.Helper()
		bytes, err := s.BytesAvailable()
		n.ok("bytes available", err)
		n.equal("bytes available", bytes, want)
	}
	p.serve(200, func(s *ipstack.TCPSocket) {
		idle := n.socket(n.b, "idle", 200)
		_, err := idle.BytesAvailable()
		n.want("bytes available without a connection", err, status.NotConnected)
		n.ok("delete", idle.Delete())
		available(s, 0)
		p.send(tcpACK|tcpPSH, 1, 1, string(tcpPattern(28)))
		available(s, 28)
		p.send(tcpACK|tcpPSH, 29, 1, string(tcpPattern(28)))
		available(s, 56)
		p.send(tcpACK|tcpPSH, 100, 1, "early")
		available(s, 56)
		_, err = n.receive(s, 0)
		n.ok("receive", err)
		available(s, 28)
		p.send(tcpRST, 57, 1, "")
		_, err = s.BytesAvailable()
		n.want("bytes available after a reset", err, status.NotConnected)
	})
}

// TestTCPSendOverflow: a send without wait of more than the window sends what fits and keeps the rest for the caller.
func TestTCPSendOverflow(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	n.thread("server", func() {
		s := n.server(1460)
		n.sleep(tcpHz)
		n.equal("received", len(strings.Join(n.receiveAll(s, 0), "")), 1460)
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.closeServer(s)
	})
	n.thread("client", func() {
		s := n.client(65535)
		packet := n.packet(s, tcpPattern(1500))
		n.want("send", s.Send(packet, 0), status.WindowOverflow)
		n.equal("bytes left", packet.Length, uint32(40))
		n.ok("release", packet.Release())
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.closeClient(s)
	})
	n.run()
}

// TestTCPSendersTimeOut: several threads that wait to send through a full window give up when their time is over, each by
// itself.
func TestTCPSendersTimeOut(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	var s *ipstack.TCPSocket
	var ended [2]uint32
	n.thread("server", func() {
		server := n.server(100)
		n.sleep(4 * tcpHz)
		n.ok("disconnect", server.Disconnect(5*tcpHz))
		n.closeServer(server)
	})
	n.thread("first", func() {
		s = n.client(100)
		began := n.kernel.Ticks()
		n.want("send", n.send(s, tcpPattern(220), 2*tcpHz), status.WindowOverflow)
		ended[0] = n.kernel.Ticks() - began
		n.equal("ticks waited", ended, [2]uint32{2 * tcpHz, tcpHz})
		n.sleep(3 * tcpHz)
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.closeClient(s)
	})
	n.thread("second", func() {
		n.sleep(10)
		began := n.kernel.Ticks()
		n.want("send", n.send(s, tcpPattern(220), tcpHz), status.WindowOverflow)
		ended[1] = n.kernel.Ticks() - began
	})
	n.run()
}

// TestTCPTwoSenders: two threads send through one socket at the same time; every packet of both arrives.
func TestTCPTwoSenders(t *testing.T) {
	const each, size = 40, 512
	n := newTCPNet(t, tcpOptions{})
	var s *ipstack.TCPSocket
	sendAll := func(c byte) {
		data := []byte(strings.Repeat(string(c), size))
		for range each {
			n.ok("send", n.send(s, data, tcpHz))
		}
	}
	n.thread("server", func() {
		server := n.server(1024)
		data := strings.Join(n.receiveAll(server, tcpHz), "")
		n.equal("bytes of each", [3]int{len(data), strings.Count(data, "x"), strings.Count(data, "y")}, [3]int{2 * each * size, each * size, each * size})
		n.ok("disconnect", server.Disconnect(5*tcpHz))
		n.closeServer(server)
	})
	n.thread("first", func() {
		s = n.client(65535)
		sendAll('x')
		n.sleep(tcpHz)
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.closeClient(s)
	})
	n.thread("second", func() {
		n.sleep(1)
		sendAll('y')
	})
	n.run()
}

// TestTCPWindowToldLater: what an application takes late, when nothing else is going on, opens the window again; the peer is
// told after the time of a delayed acknowledgement, once.
func TestTCPWindowToldLater(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	p.serve(100, func(s *ipstack.TCPSocket) {
		p.send(tcpACK, 1, 1, "aaaaaaaaaa")
		p.send(tcpACK, 11, 1, "bbbbbbbbbb")
		n.sleep(tcpHz)
		p.expect("acknowledgement of the data", "ACK seq 1 ack 21")
		n.equal("window", p.told, uint16(80))
		_, err := n.receive(s, 0)
		n.ok("receive", err)
		p.expect("at once", []string(nil)...)
		n.sleep(tcpHz)
		p.expect("after a while", "ACK seq 1 ack 21")
		n.equal("window", p.told, uint16(90))
		n.equal("received", n.receiveAll(s, 0), []string{"bbbbbbbbbb"})
	})
}

// TestTCPTimeoutsInOrder: time-outs of one beat of the clock happen in the order in which the sockets were created, however
// they were started.
func TestTCPTimeoutsInOrder(t *testing.T) {
	const sockets = 5
	n := newTCPNet(t, tcpOptions{})
	n.lose("B", -1, func(tcpSegment) bool { return true }) // nobody answers
	var s [sockets]*ipstack.TCPSocket
	for i := range s {
		s[i] = n.socket(n.a, "client", 200)
	}
	n.thread("client", func() {
		for k, i := range []int{3, 0, 4, 1, 2} { // one after the other, for ever shorter times
			n.ok("bind", s[i].Bind(uint16(100+i), 0))
			s[i].ConfigureTransmit(20, uint32(200-10*k), 1, 0)
			n.want("connect", s[i].Connect(tcpAddrB, tcpPort, 0), status.InProgress)
			n.sleep(10)
		}
		n.sleep(10 * tcpHz)
		for i := range s {
			n.equal("state", s[i].State(), ipstack.TCPClosed)
			n.closeClient(s[i])
		}
	})
	n.run()
	var ports []uint16
	for _, f := range n.sent {
		if f.from == "A" && f.has(tcpSYN) {
			ports = append(ports, f.tcpSegment.from.Port())
		}
	}
	n.equal("SYNs", ports, []uint16{103, 100, 104, 101, 102, 100, 101, 102, 103, 104})
}
