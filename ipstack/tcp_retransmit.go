package ipstack

import (
	"go.uber.org/zap"
)

// startTimeout starts the time after which what is not acknowledged is sent
// again for the first time.
func (s *TCPSocket) startTimeout() {
	s.retries = 0
	s.setTimeout(s.resend.timeout)
}

// setTimeout has something sent again after so many ticks; 0 means never.
func (s *TCPSocket) setTimeout(ticks uint32) {
	s.due = 0
	if ticks > 0 {
		s.due = s.ip.tcp.clock.after(s, ticks)
		s.ip.tcp.clock.visit(s, s.due)
	}
}

// owe has an acknowledgement sent that the peer is owed, unless something else
// does so before its time.
func (s *TCPSocket) owe() {
	if s.owesACK() {
		s.ip.tcp.clock.visit(s, s.ip.tcp.clock.after(s, s.ip.tcp.clock.period))
	}
}

func (s *TCPSocket) owesACK() bool { return s.state >= TCPEstablished && s.rx.owesACK() }

// again starts the time until the next retry.
func (s *TCPSocket) again() {
	s.retries++
	s.setTimeout(s.resend.delay(s.retries))
}

// needsClock reports whether a time-out of the socket is running.
func (s *TCPSocket) needsClock() bool {
	return s.due > 0 || s.owesACK()
}

// nextVisit returns the beat that has to look at the socket next. Until an
// acknowledgement that is owed has been sent, all do.
func (s *TCPSocket) nextVisit(beat uint64) uint64 {
	if s.owesACK() {
		return beat + 1
	}
	return max(s.due, beat+1)
}

// fastTick is one beat of the clock of time-outs.
func (s *TCPSocket) fastTick(beat uint64) {
	if s.owesACK() {
		if period := s.ip.tcp.clock.period; s.rx.ackTimeout <= period {
			s.sendACK()
		} else {
			s.rx.ackTimeout -= period
		}
	}
	if s.due > 0 && s.due <= beat {
		s.timedOut()
	}
}

// timedOut sends again what the peer did not answer, or gives up.
func (s *TCPSocket) timedOut() {
	t := &s.tx
	failed := s.retries
	if t.probe.armed {
		failed = t.probe.failures
	}
	switch {
	case failed >= s.resend.retries:
		s.log("no answer")
		s.ended()
	case s.state == TCPSynSent || s.state == TCPSynReceived:
		s.again()
		s.log("SYN again")
		s.sendSYN()
	case len(t.queue) > 0 || t.peerWindow == 0 && s.state <= TCPCloseWait:
		t.recover = t.next - 1
		s.retransmit(false)
		t.recovering = false
		t.congestion = t.threshold
	case s.awaitsFinACK():
		s.again()
		s.log("FIN again")
		s.sendFIN()
	case s.state == TCPTimedWait:
		s.cleanup()
	default:
		s.due = 0 // nothing is waited for
	}
}

// retransmit sends the first packets of the transmit queue again: one in a fast
// retransmission, else as many as the congestion window, which begins anew,
// allows. A peer with a closed window gets a probe.
func (s *TCPSocket) retransmit(fast bool) {
	t := &s.tx
	if t.peerWindow == 0 {
		s.sendProbe()
		return
	}
	t.probe.armed = false
	s.retries++
	if fast || !t.recovering {
		window := max(t.outstanding/2, 2*s.mss)
		t.threshold, t.congestion = window, s.mss
		if fast {
			t.congestion += window + 2*s.mss
			t.recovering, t.recover = true, t.next-1
		}
	}
	s.setTimeout(s.resend.delay(s.retries))
	available := t.congestion
	for i := range t.queue {
		sent := &t.queue[i]
		if sent.size > available {
			return
		}
		available -= sent.size
		s.count.retransmitted++
		s.ip.tcp.info.RetransmitPackets++
		s.log("data again")
		s.sendData(sent)
		if t.recovering {
			return
		}
	}
}

// sendProbe asks a peer with a closed window whether it has opened.
func (s *TCPSocket) sendProbe() {
	p := &s.tx.probe
	if len(s.tx.queue) > 0 {
		first := &s.tx.queue[0]
		*p = probe{armed: true, data: firstByte(first.packet), seq: first.begin}
	} else if !p.armed {
		return
	}
	p.failures++
	s.again()
	s.log("window probe")
	s.sendControl(controlSegment{flags: ackOnly, seq: p.seq, ack: s.rx.next, data: []byte{p.data}})
	s.rx.ackTimeout = s.ip.ticks(delayedAckTicks)
}

// log notes something about the socket.
func (s *TCPSocket) log(what string) {
	if entry := s.ip.log.Check(zap.DebugLevel, "tcp: "+what); entry != nil {
		entry.Write(zap.String("ip", s.ip.name), zap.String("socket", s.config.Name), zap.Stringer("state", s.state),
			zap.Stringer("peer", s.remote), zap.Uint32("retries", s.retries))
	}
}
