package pop3client

import (
	"bytes"
	"errors"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// End marks of a message, as C looks for them.
var (
	endOfMessage = []byte("\r\n.\r\n")
	endTag       = []byte(".\r\n")
)

// Message waits for the next packet of the message that MailItem has asked for
// and hands it to the caller, who releases it. It mirrors
// nx_pop3_client_mail_item_message_get and suspends the thread.
//
// bytes is the length of the packet, or 0 for a last packet of five bytes or
// less. final is set with the last packet: the one that ends with the end mark
// in C's eyes ([QuirkTermSplit] and others), or the one that holds the end of
// the text with the fixes. With [QuirkNoUnstuff] and [QuirkTermCounted] fixed
// the packets hold the text of the message and nothing else, so the last one
// may be empty.
//
// Errors: status.Pop3ClientInvalidState when no message is being downloaded,
// status.NoPacket after the reply wait, status.NotConnected. The first ends no
// session, the second no download, the third only with [QuirkMessageState]
// fixed.
func (c *Client) Message() (packet *packetpool.Packet, bytes uint32, final bool, err error) {
	packet, final, err = c.nextPart(c.fixes)
	if err != nil {
		return nil, 0, false, err
	}
	if bytes = packet.Length; final && bytes <= uint32(len(endOfMessage)) && !c.fixes.Has(QuirkTermCounted) {
		bytes = 0
	}
	return packet, bytes, final, nil
}

// nextPart returns the next packet of the message, made as fixes ask.
func (c *Client) nextPart(fixes Fixes) (packet *packetpool.Packet, final bool, err error) {
	if !c.downloading {
		return nil, false, failed("message", status.Pop3ClientInvalidState)
	}
	deadline := c.replies.deadline()
	for {
		if packet, err = c.receivePart(deadline); err != nil {
			return nil, false, err
		}
		final = c.examine(packet, fixes)
		if final {
			c.downloading = false
		}
		if final || packet.Length > 0 || fixes&textFixes == 0 {
			return packet, final, nil
		}
		packet.Release() // nothing but a dot that may belong to the end mark
	}
}

// receivePart returns the next packet of the message as it came, for which it
// waits until deadline.
func (c *Client) receivePart(deadline uint32) (*packetpool.Packet, error) {
	if packet := c.held; packet != nil {
		c.held = nil
		return packet, nil
	}
	if packet := c.replies.take(); packet != nil {
		return packet, nil
	}
	packet, err := c.replies.receive(deadline)
	if err == nil {
		return packet, nil
	}
	if !errors.Is(err, status.NoPacket) && c.fixed(QuirkMessageState) {
		c.downloading = false
		c.scan = scanner{}
	}
	return nil, c.noReply(c.reading, err)
}

// examine looks for the end of the message in packet and reports whether it is
// the last one.
func (c *Client) examine(packet *packetpool.Packet, fixes Fixes) (final bool) {
	if fixes&textFixes != 0 {
		return c.scan.extract(packet, fixes)
	}
	seen := c.endSeenByC(packet)
	running := !c.scan.ended()
	end, behind := c.scan.packet(packet)
	if c.scan.dotted {
		c.hit(QuirkNoUnstuff)
	}
	switch {
	case running && end:
		final = c.trueEnd(packet, seen, behind)
	case seen:
		final = !running || !c.fixed(QuirkTermFalse)
	}
	if final {
		c.hit(QuirkTermCounted)
	}
	return final
}

// trueEnd decides about a packet that holds the end of the message, behind
// bytes before its own end. Where C is blind to it, a fix is needed.
func (c *Client) trueEnd(packet *packetpool.Packet, seen bool, behind uint32) bool {
	blind := QuirkTermSplit
	switch {
	case behind > 0 && seen && packet.Length <= uint32(len(endOfMessage)):
		blind = QuirkTermShortPrefix
	case behind > 0:
		blind = QuirkTermMid
	case seen:
		return true
	case packet.Next != nil:
		blind = QuirkChainFinal
	}
	if !c.fixed(blind) {
		return seen
	}
	truncate(packet, packet.Length-behind)
	return true
}

// endSeenByC reports whether C takes packet for the last one. C compares past
// the end of the packet when it is short or the first of a chain; here only
// what is in the packet counts.
func (c *Client) endSeenByC(packet *packetpool.Packet) bool {
	text := packet.Bytes()
	if packet.Length > uint32(len(endOfMessage)) {
		return packet.Next == nil && bytes.HasSuffix(text, endOfMessage)
	}
	if packet.Next == nil && len(text) < len(endOfMessage) && len(text) > 0 &&
		(bytes.HasPrefix(endOfMessage, text) || len(text) < len(endTag) && bytes.HasPrefix(endTag, text)) {
		c.hit(QuirkShortOverread)
	}
	return bytes.HasPrefix(text, endTag) || bytes.Equal(text, endOfMessage)
}

// truncate cuts a chain to its first length bytes. The packets behind stay in
// the chain, empty.
func truncate(packet *packetpool.Packet, length uint32) {
	packet.Length = length
	left := int(length)
	for p := packet; p != nil; p = p.Next {
		p.AppendPtr = min(p.AppendPtr, p.PrependPtr+left)
		left -= p.AppendPtr - p.PrependPtr
	}
}

// packet follows the text of a chain. It reports whether the message ends in
// it, and how many bytes are behind the end then.
func (s *scanner) packet(packet *packetpool.Packet) (end bool, behind uint32) {
	dotted := false
	behind = packet.Length
	for p := packet; p != nil && !s.ended(); p = p.Next {
		behind -= uint32(s.scan(p.Bytes()))
		dotted = dotted || s.dotted
	}
	s.dotted = dotted
	return s.ended(), behind
}
