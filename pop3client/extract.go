package pop3client

import "netxsim/packetpool"

// extract reduces the packets of a chain, in place, to the text of the message
// and reports whether the message ends there. Bytes behind the end mark are
// dropped. A dot at the end of the chain that may begin the end mark is kept
// back; if it turns out to be text it goes in front of the next chain, into
// its header room.
func (s *scanner) extract(packet *packetpool.Packet, fixes Fixes) (final bool) {
	var w textWriter
	var length int
	for p := packet; p != nil; p = p.Next {
		w.begin(p, s)
		if !s.ended() {
			w.filter(s, fixes)
		}
		length += w.end()
	}
	packet.Length = uint32(length)
	return s.ended()
}

// A textWriter moves the text of one packet together.
type textWriter struct {
	packet *packetpool.Packet
	area   []byte // of the packet
	base   int    // where area begins in the pool's memory
	from   int    // next byte to look at, in area
	to     int    // where the next byte of text goes; never behind from
	stop   int    // end of the received bytes
}

// begin takes a packet, with room in front of its bytes for those that s keeps
// back.
func (w *textWriter) begin(p *packetpool.Packet, s *scanner) {
	back := min(len(s.pending()), p.PrependPtr-p.DataStart)
	*w = textWriter{
		packet: p,
		area:   p.Area(),
		base:   p.DataStart,
		from:   p.PrependPtr - p.DataStart,
		to:     p.PrependPtr - p.DataStart - back,
		stop:   p.AppendPtr - p.DataStart,
	}
	p.PrependPtr -= back
}

// filter reads the packet and keeps its text.
func (w *textWriter) filter(s *scanner, fixes Fixes) {
	for w.from < w.stop && !s.ended() {
		begin, pending := w.from, s.pending()
		if s.state == scanText {
			w.from += s.skipText(w.area[begin:w.stop])
		} else {
			s.step(w.area[begin])
			w.from++
		}
		if s.pending() != "" {
			continue // may be the end mark
		}
		if s.ended() {
			pending, begin = markOf(fixes), w.from
		} else if fixes.Has(QuirkNoUnstuff) && pending != "" {
			pending = pending[1:]
		}
		w.to += copy(w.area[w.to:begin], pending)
		w.to += copy(w.area[w.to:], w.area[begin:w.from])
	}
}

// markOf returns what is handed out of the end mark.
func markOf(fixes Fixes) string {
	if fixes.Has(QuirkTermCounted) {
		return ""
	}
	return string(endTag)
}

// end gives the packet its new end and returns how many bytes it holds.
func (w *textWriter) end() int {
	w.packet.AppendPtr = w.base + w.to
	return w.packet.AppendPtr - w.packet.PrependPtr
}
