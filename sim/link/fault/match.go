package fault

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"

	"netxsim/sim/link"
)

// Match selects frames by what is in them: all that is set has to fit. The zero Match selects everything.
type Match struct {
	// Protocol is ICMP, TCP, UDP, ICMPv6, ARP or another protocol number of IP. 0 means any; a match with ports, flags or data
	// selects none but TCP and UDP anyway.
	Protocol int
	// Source and Destination are networks that the addresses belong to. The zero Prefix means any.
	Source, Destination netip.Prefix
	// SourcePort, DestinationPort, and Port, which either may be. 0 means any.
	SourcePort, DestinationPort, Port uint16
	// Flags are TCP flags of which all are set, Clear flags of which none is.
	Flags, Clear TCPFlags
	// Data says that the TCP segment or UDP datagram carries data.
	Data bool
	// Contains is in the data. Nil means whatever.
	Contains []byte
	// F is asked last. Nil means yes.
	F func(p *Packet) bool
}

// String describes the condition.
func (m Match) String() string {
	var words []string
	add := func(set bool, format string, args ...any) {
		if set {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	add(m.Protocol != 0, "of %s", protocolName(m.Protocol))
	add(m.Source.IsValid(), "from address %v", m.Source)
	add(m.Destination.IsValid(), "to address %v", m.Destination)
	add(m.SourcePort != 0, "from port %d", m.SourcePort)
	add(m.DestinationPort != 0, "to port %d", m.DestinationPort)
	add(m.Port != 0, "from or to port %d", m.Port)
	add(m.Flags != 0, "with %v", m.Flags)
	add(m.Clear != 0, "without %v", m.Clear)
	add(m.Data, "with data")
	add(m.Contains != nil, "containing %q", m.Contains)
	add(m.F != nil, "that the program selects")
	if words == nil {
		return "of any kind"
	}
	return strings.Join(words, " ")
}

func protocolName(n int) string {
	switch n {
	case ICMP:
		return "ICMP"
	case TCP:
		return "TCP"
	case UDP:
		return "UDP"
	case ICMPv6:
		return "ICMPv6"
	case ARP:
		return "ARP"
	}
	return fmt.Sprintf("protocol %d", n)
}

func (m Match) start(*setup) condition {
	var p Packet
	return func(f *link.Fate, i int) bool {
		p = Decode(f.Copies[i].Frame)
		return m.addressed(&p) && m.carries(&p) && (m.F == nil || m.F(&p))
	}
}

// addressed reports whether protocol, addresses and ports fit.
func (m *Match) addressed(p *Packet) bool {
	switch {
	case m.Protocol != 0 && p.Protocol != m.Protocol,
		m.Source.IsValid() && !m.Source.Contains(p.Source),
		m.Destination.IsValid() && !m.Destination.Contains(p.Destination),
		m.SourcePort != 0 && p.SourcePort != m.SourcePort,
		m.DestinationPort != 0 && p.DestinationPort != m.DestinationPort,
		m.Port != 0 && p.SourcePort != m.Port && p.DestinationPort != m.Port:
		return false
	}
	return true
}

// carries reports whether flags and data fit.
func (m *Match) carries(p *Packet) bool {
	switch {
	case (m.Flags|m.Clear) != 0 && p.Protocol != TCP,
		p.Flags&m.Flags != m.Flags,
		p.Flags&m.Clear != 0,
		(m.Data || m.Contains != nil) && p.DestinationPort == 0,
		m.Data && len(p.Payload) == 0,
		m.Contains != nil && !bytes.Contains(p.Payload, m.Contains):
		return false
	}
	return true
}
