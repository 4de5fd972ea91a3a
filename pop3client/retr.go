package pop3client

import (
	"bytes"

	"netxsim/packetpool"
)

// maxSizeDigits is how many digits RETR reads of a size in C.
const maxSizeDigits = 9

// MailItem asks with RETR for a message; Message or a [MessageReader] bring
// its text then. size is what the server says it has in bytes, 0 if it does
// not say. Indexes count from 1. It mirrors nx_pop3_client_mail_item_get and
// suspends the thread.
//
// What was not read of the message before is mistaken for the reply
// ([QuirkReplyLate]); with that fixed it is read and dropped first.
//
// Errors: status.Pop3InvalidMailItem for an index above the count, and those of
// commands.
func (c *Client) MailItem(item uint32) (size uint32, err error) {
	if err := c.checkItem("RETR", item); err != nil {
		running := c.downloading
		c.downloading = false
		c.endDownload(running)
		return 0, err
	}
	do := c.newItemCall("RETR", item)
	do.text = true
	reply, err := c.openBody(do)
	if err != nil {
		return 0, err
	}
	size = c.mailSize(reply)
	c.startDownload("message")
	return size, nil
}

// endDownload says whether the download that was running goes on although
// another message was asked for in vain.
func (c *Client) endDownload(running bool) {
	if running && !c.scan.ended() && c.fixed(QuirkRetrEndsDownload) {
		c.downloading = true
	}
}

// mailSize returns the size in a RETR reply.
func (c *Client) mailSize(reply []byte) uint32 {
	r := numberReader{c: c, reply: reply}
	number := digits(r.word(2))
	if len(number) > maxSizeDigits {
		if !c.fixed(QuirkRetrSize) {
			number = number[:maxSizeDigits]
		} else if decimal(number) > 1<<32-1 {
			return 0
		}
	}
	return uint32(decimal(number))
}

// holdBody keeps what is behind the line end of the reply for Message. A reply
// without line end is kept too, empty: see [QuirkRetrSplit].
func (c *Client) holdBody() {
	packet := c.replies.take()
	line := c.lineLength(packet)
	if line == packet.Length {
		packet.Release()
		c.dropStale()
		return
	}
	if line > packet.Length {
		c.hit(QuirkRetrSplit)
		line = packet.Length
	}
	cutFront(packet, line)
	c.loseHeld()
	c.held = packet
}

// lineLength returns how many bytes the first line of a reply has with its
// line end, more than the packet holds if there is none.
func (c *Client) lineLength(packet *packetpool.Packet) uint32 {
	text := packet.Bytes()
	if packet.Next != nil {
		n, _ := packet.Extract(0, c.replies.line[:])
		text = c.replies.line[:n]
	}
	end := bytes.Index(text, []byte("\r\n"))
	if end < 0 {
		return packet.Length + 1
	}
	return uint32(end + 2)
}

// cutFront removes the first n bytes of a chain. The packets in front stay in
// the chain, empty.
func cutFront(packet *packetpool.Packet, n uint32) {
	packet.Length -= n
	for p := packet; p != nil && n > 0; p = p.Next {
		cut := min(n, uint32(p.AppendPtr-p.PrependPtr))
		p.PrependPtr += int(cut)
		n -= cut
	}
}

// dropStale releases the packet held of the former message, or leaves it to be
// taken for the first of this one.
func (c *Client) dropStale() {
	if c.held != nil && c.fixed(QuirkRetrStaleBody) {
		c.held.Release()
		c.held = nil
	}
}

// loseHeld releases the packet held of the former message, or forgets it.
func (c *Client) loseHeld() {
	if c.held == nil {
		return
	}
	if c.fixed(QuirkRetrHeldLost) {
		c.held.Release()
	} else {
		lose(c.held, QuirkRetrHeldLost)
	}
	c.held = nil
}
