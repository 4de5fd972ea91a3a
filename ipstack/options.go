package ipstack

import (
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/packetpool"
)

// The options of an IPv4 header that are looked at (RFC 791, section 3.1).
const (
	optionEnd       = 0
	optionNothing   = 1
	optionTimestamp = 68
)

// checkOptions reports whether the options of an IPv4 header, which may be
// damaged, are ones that a packet can be received with: each within the header,
// and at most one timestamp, which makes sense. at is the byte of the header,
// from 0, that its sender should be told about; 0 means not to tell. It mirrors
// _nx_ipv4_option_process.
func checkOptions(options []byte) (at uint8, ok bool) {
	timestamps := 0
	for n := 0; n < len(options); {
		rest := options[n:]
		switch rest[0] {
		case optionEnd:
			return 0, true
		case optionNothing:
			n++
			continue
		case optionTimestamp:
			if timestamps++; timestamps > 1 {
				return uint8(ipv4Header + n + 2), false
			}
			if wrong := checkTimestamp(rest); wrong > 0 {
				return uint8(ipv4Header + n + wrong), false
			}
		}
		if len(rest) < 2 || rest[1] < 2 || int(rest[1]) > len(rest) {
			return 0, false
		}
		n += int(rest[1])
	}
	return 0, true
}

// checkTimestamp returns which byte of a timestamp option is wrong, counted from
// 1, or 0. Its flags say what is recorded: times, or addresses too, or at given
// addresses.
func checkTimestamp(option []byte) (wrong int) {
	if len(option) < 4 {
		return 2
	}
	length, pointer, overflow, flags := option[1], option[2], option[3]>>4, option[3]&15
	switch {
	case length < 8 || length > 40 || length%4 != 0:
		return 2
	case pointer < 5 || pointer%2 == 0:
		return 3
	case overflow == 15 || flags != 0 && flags != 1 && flags != 3:
		return 4
	}
	return 0
}

// refuseOptions drops a packet for its options, and tells its sender about a
// byte of the header unless that is 0.
func (ip *IP) refuseOptions(packet *packetpool.Packet, at uint8) {
	if at > 0 {
		ip.sendICMPErrorAt(packet, header.ICMPv4ParamProblem, 0, at)
	}
	ip.dropReceived(packet)
}
