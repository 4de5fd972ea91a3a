package pop3client

import (
	"bytes"
	"errors"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// maxReply is the longest reply line of RFC 1939, section 3, in bytes.
const maxReply = 512

// A replyReader takes replies from the connection. In C a reply is one packet;
// with [QuirkReplyOnePacket] fixed it is one line, put together from as many
// packets as it takes, and the bytes behind it wait for the next reader.
type replyReader struct {
	c *Client

	packet *packetpool.Packet // the reply; or in line mode bytes not read yet
	part   *packetpool.Packet // the packet of that chain where they begin

	line    [maxReply]byte
	lineLen int  // bytes of line that are here
	open    bool // the line goes on

	owed []debt // line mode: what the server has still to send, oldest first
	late int    // packet mode: replies that did not come in time
}

// A debt is something the server has still to send although nobody waits for
// it any more.
type debt uint8

const (
	debtReply  debt = iota // one line
	debtMail               // one line, and if that is +OK a message
	debtOfMail             // the rest of a message
)

func (r *replyReader) init(c *Client) { r.c = c }

// reply waits for the answer to a command and returns its text, valid until
// done is called.
//
// Errors: status.NoPacket after the reply wait, status.NotConnected,
// status.InvalidPacket for a chain where that is not to be avoided.
func (c *Client) reply(do call) ([]byte, error) {
	text, err := c.replies.next(do.debt())
	if err != nil {
		return nil, c.noReply(do.String(), err)
	}
	return text, nil
}

// debt is what the server owes for a command that nobody waits for.
func (do call) debt() debt {
	if do.text {
		return debtMail
	}
	return debtReply
}

// next waits for the next reply.
func (r *replyReader) next(owe debt) ([]byte, error) {
	if !r.c.fixes.Has(QuirkReplyOnePacket) {
		text, err := r.nextPacket()
		if err == nil {
			r.inspect(text, owe)
		} else if errors.Is(err, status.NoPacket) {
			r.late++
		}
		return text, err
	}
	deadline := r.deadline()
	if r.c.fixes.Has(QuirkReplyLate) {
		if err := r.collect(deadline); err != nil {
			r.owed = append(r.owed, owe)
			return nil, err
		}
	}
	text, err := r.nextLine(deadline)
	if errors.Is(err, status.NoPacket) && r.c.fixes.Has(QuirkReplyLate) {
		r.owed = append(r.owed, owe)
	}
	return text, err
}

// nextPacket waits for a packet and takes it for the reply.
func (r *replyReader) nextPacket() ([]byte, error) {
	packet, err := r.c.socket.Receive(r.c.config.ReplyWait)
	if err != nil {
		return nil, err
	}
	if packet.Next != nil && !r.c.fixed(QuirkReplyChain) {
		packet.Release()
		return nil, status.InvalidPacket
	}
	r.packet, r.part = packet, packet
	text := packet.Bytes()
	if packet.Next != nil {
		n, _ := packet.Extract(0, r.line[:])
		text = r.line[:n]
	}
	return text, nil
}

// inspect counts the quirks of taking packets for replies.
func (r *replyReader) inspect(text []byte, owe debt) {
	end := bytes.IndexByte(text, '\n')
	if owe != debtMail && end != len(text)-1 {
		r.c.hit(QuirkReplyOnePacket)
	}
	if r.late > 0 || !r.c.scan.ended() {
		r.c.hit(QuirkReplyLate)
	}
	r.late = max(r.late, 1) - 1
}

// done gives the packet of the reply back. Lines keep theirs: what is behind
// the line has not been read.
func (r *replyReader) done() {
	if !r.c.fixes.Has(QuirkReplyOnePacket) {
		r.drop()
	}
}

// drop gives back the packet at hand with all that has not been read of it.
func (r *replyReader) drop() {
	if r.packet != nil {
		r.packet.Release()
		r.packet, r.part = nil, nil
	}
}

// take hands the packet at hand over to the caller, without what was read.
func (r *replyReader) take() *packetpool.Packet {
	packet := r.packet
	r.packet, r.part = nil, nil
	return packet
}

// deadline is the tick when a wait that begins now ends.
func (r *replyReader) deadline() uint32 { return r.c.socket.ticks() + r.c.config.ReplyWait }

// receive waits until deadline for a packet.
func (r *replyReader) receive(deadline uint32) (*packetpool.Packet, error) {
	left := int32(deadline - r.c.socket.ticks())
	return r.c.socket.Receive(uint32(max(left, 0)))
}

// fill makes bytes ready to be read, and waits until deadline for them.
func (r *replyReader) fill(deadline uint32) error {
	for {
		for ; r.part != nil; r.part = r.part.Next {
			if r.part.AppendPtr > r.part.PrependPtr {
				return nil
			}
		}
		r.drop()
		packet, err := r.receive(deadline)
		if err != nil {
			return err
		}
		r.packet, r.part = packet, packet
	}
}

// skip marks n bytes of the part at hand as read, and gives the packet back
// when all of it is.
func (r *replyReader) skip(n int) {
	r.part.PrependPtr += n
	r.packet.Length -= uint32(n)
	if r.packet.Length == 0 {
		r.drop()
	}
}

// nextLine waits until deadline for a line. A line that is not complete then
// goes on with the next call. Bytes beyond the 512th are left out.
func (r *replyReader) nextLine(deadline uint32) ([]byte, error) {
	if !r.open {
		r.open, r.lineLen = true, 0
	}
	for r.open {
		if err := r.fill(deadline); err != nil {
			return nil, err
		}
		here := r.part.Bytes()
		if end := bytes.IndexByte(here, '\n'); end >= 0 {
			here, r.open = here[:end+1], false
		}
		r.lineLen += copy(r.line[r.lineLen:], here)
		r.skip(len(here))
	}
	return r.line[:r.lineLen], nil
}
