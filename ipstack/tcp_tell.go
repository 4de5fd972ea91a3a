package ipstack

import (
	"io"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/seqnum"

	"netxsim/ipstack/internal/netstack"
)

// The data of an established connection are in the packets of the receive queue,
// and it is NetX's rules that order them. netstack has to know only how far the
// peer has got, and that when its answer matters: once the connection ends. So it
// is told seldom, of much at a time, in segments of the same sequence numbers
// whose bytes are blank.

// delivered notes that netstack has seen a segment.
func (r *receiver) delivered(seg *segment) {
	if seg.has(header.TCPFlagSyn) {
		r.told = seg.seq.Add(1) // of a SYN netstack gets no data
		return
	}
	end := seg.seq.Add(seqnum.Size(seg.payload))
	if seg.has(header.TCPFlagFin) {
		end++
	}
	if seg.seq.LessThanEq(r.told) && r.told.LessThan(end) {
		r.told = end
	}
}

// untold returns how many bytes have come in order of which netstack does not
// know, and whether they are the last ones and a FIN has come too of which it
// does not know.
func (r *receiver) untold() (bytes int, fin bool) {
	end := r.next
	if r.finSeen && r.fin.LessThan(end) {
		end = r.fin
	}
	if r.told.LessThan(end) {
		bytes = int(r.told.Size(end))
	}
	return bytes, r.complete() && r.told.LessThanEq(r.fin)
}

// tell has netstack know what the peer has sent and acknowledged, if it is
// time: enough data, a FIN behind all data, or anything once our own FIN is
// acknowledged.
func (s *TCPSocket) tell() {
	bytes, fin := s.rx.untold()
	if s.endpoint == nil || bytes < netstack.MaxBlank && !fin && !s.tx.finAcked {
		return
	}
	for ; bytes > netstack.MaxBlank; bytes -= netstack.MaxBlank {
		s.deliverBlank(netstack.MaxBlank, false)
	}
	s.deliverBlank(bytes, fin)
}

// deliverBlank hands netstack the next segment of the connection, as the peer of
// somebody who sends no data would have sent it, lets netstack settle, and
// throws away what it received.
func (s *TCPSocket) deliverBlank(bytes int, fin bool) {
	var room [ipv4Header + tcpHeader]byte
	ip := header.IPv4(room[:])
	ip.Encode(&header.IPv4Fields{
		TotalLength: uint16(len(room) + bytes), TTL: timeToLive, Protocol: uint8(header.TCPProtocolNumber),
		SrcAddr: toTCPIP(s.innerRemote), DstAddr: toTCPIP(s.innerLocal),
	})
	ip.SetChecksum(^ip.CalculateChecksum())
	fields := header.TCPFields{
		SrcPort: s.remote.Port(), DstPort: s.port, SeqNum: uint32(s.rx.told), AckNum: uint32(s.shadowACK()),
		DataOffset: tcpHeader, Flags: header.TCPFlagAck, WindowSize: maxWindow,
	}
	s.rx.told = s.rx.told.Add(seqnum.Size(bytes))
	if fin {
		fields.Flags |= header.TCPFlagFin
		s.rx.told++
	}
	header.TCP(room[ipv4Header:]).Encode(&fields)
	s.ip.nic.DeliverBlank(ipv4.ProtocolNumber, room[:], bytes)
	s.ip.stack.Settle()
	s.moved = true
	if bytes > 0 {
		s.endpoint.Read(io.Discard, tcpip.ReadOptions{})
	}
}

// shadowACK is the acknowledgement number that netstack, which sends no data,
// is to see.
func (s *TCPSocket) shadowACK() seqnum.Value {
	if s.tx.finAcked {
		return s.tx.base + 1
	}
	return s.tx.base
}
