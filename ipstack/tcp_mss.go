package ipstack

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// What a peer takes that names no largest segment (RFC 9293, section 3.7.1; RFC
// 8200, section 5).
const (
	defaultMSS     = 536
	defaultMSSIPv6 = 1220
)

// mssOption looks for the maximum segment size in the options of a TCP header
// (RFC 9293, section 3.2), and returns 0 if there is none. It reports whether
// the lengths of the options up to there can be right. Like
// _nx_tcp_mss_option_get it leaves out the last three bytes.
func mssOption(options []byte) (mss uint32, ok bool) {
	for len(options) >= header.TCPOptionMSSLength {
		size := int(options[1])
		switch options[0] {
		case header.TCPOptionEOL:
			return 0, true
		case header.TCPOptionNOP:
			size = 1
		case header.TCPOptionMSS:
			if size != header.TCPOptionMSSLength {
				return 0, false
			}
			return uint32(binary.BigEndian.Uint16(options[2:])), true
		}
		if size == 0 || size > len(options) {
			return 0, false
		}
		options = options[size:]
	}
	return 0, true
}

// optionsValid reports whether the lengths of the segment's options can be
// right.
func (s *segment) optionsValid() bool {
	_, ok := mssOption(s.tcp.Options())
	return ok
}

// mss returns the maximum segment size that a SYN names.
func (s *segment) mss() uint32 {
	mss, _ := mssOption(s.tcp.Options())
	switch {
	case mss > 0:
		return mss
	case isStandIn(wordAt(s.datagram[12:])):
		return defaultMSSIPv6
	}
	return defaultMSS
}

// learnMSS takes over the largest segment that the peer's SYN names. As in C,
// every SYN counts, and a size that the application set counts for more than
// what the interface can carry.
func (s *TCPSocket) learnMSS(syn *segment) {
	if !syn.optionsValid() {
		return
	}
	s.peerMSS = syn.mss()
	switch {
	case s.wantedMSS != 0 && s.peerMSS > s.wantedMSS:
		s.mss = s.wantedMSS
	case s.state != TCPSynSent || s.mss > s.peerMSS:
		s.mss = s.peerMSS
	}
}

// refuseOptions resets the connection for a segment whose options make no
// sense.
func (s *TCPSocket) refuseOptions(seg *segment) {
	s.ip.tcp.info.InvalidPackets++
	s.sendRST(seg)
	s.ended()
}
