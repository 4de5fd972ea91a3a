package pop3client

import "netxsim/netx/status"

// mailbox is what STAT said last. It is known once a STAT has told a count.
type mailbox struct {
	items, total uint32
	known        bool
}

// MailItems asks with STAT how many messages wait and how many bytes they have
// together (RFC 1939, section 5). The count is remembered: MailItemSize and
// MailItem accept no index above it. It mirrors nx_pop3_client_mail_items_get
// and suspends the thread.
//
// The count may come with an error: a reply with a good count and a bad size
// fails, but the count is stored ([QuirkStatPartial]).
//
// Errors: those of commands, see the package comment.
func (c *Client) MailItems() (count, total uint32, err error) {
	do := c.newCall("STAT")
	if err := c.send(do); err != nil {
		c.hit(QuirkOutputs)
		return 0, 0, err
	}
	before := c.mailbox
	c.mailbox = mailbox{}
	reply, err := c.reply(do)
	if err != nil {
		c.hit(QuirkOutputs)
		c.keep(before)
		return 0, 0, err
	}
	defer c.replies.done()
	if c.readMailbox(reply) {
		return c.mailbox.items, c.mailbox.total, nil
	}
	count = c.mailbox.items
	c.keep(before)
	return count, 0, replyError(do.String(), reply)
}

// readMailbox stores the numbers of a STAT reply and reports whether both are
// there.
func (c *Client) readMailbox(reply []byte) bool {
	if !c.accepted(reply) {
		return false
	}
	r := numberReader{c: c, reply: reply, stale: QuirkStatStaleDigits}
	r.buf.store(firstWordC(reply))
	r.buf.clear()
	items, ok := r.number(2)
	if !ok {
		return false
	}
	r.buf.clear()
	total, ok := r.number(3)
	if ok || !c.fixed(QuirkStatPartial) {
		c.mailbox = mailbox{items, total, true}
	}
	return ok
}

// keep restores what was known before a STAT that told nothing, if the client
// is to do so.
func (c *Client) keep(before mailbox) {
	if !c.mailbox.known && before.known && c.fixed(QuirkStatClears) {
		c.mailbox = before
	}
}

// checkItem refuses an index above the count of the last STAT. Index 0 is not
// refused here: the server will.
func (c *Client) checkItem(name string, item uint32) error {
	if item <= c.mailbox.items || !c.mailbox.known && c.fixed(QuirkStatRequired) {
		return nil
	}
	return failed(call{name: name, item: item}.String(), status.Pop3InvalidMailItem)
}

// MailItemSize asks with LIST for the size of a message in bytes. Indexes count
// from 1. It mirrors nx_pop3_client_mail_item_size_get and suspends the thread.
//
// Errors: status.Pop3InvalidMailItem for an index above the count, and those of
// commands. The size is 0 then.
func (c *Client) MailItemSize(item uint32) (size uint32, err error) {
	if err := c.checkItem("LIST", item); err != nil {
		return 0, err
	}
	do := c.newItemCall("LIST", item)
	if err := c.send(do); err != nil {
		return 0, err
	}
	reply, err := c.reply(do)
	if err != nil {
		return 0, err
	}
	defer c.replies.done()
	size, ok := c.readSize(reply, item)
	if !ok {
		return 0, replyError(do.String(), reply)
	}
	return size, nil
}

// readSize returns the size in a LIST reply, which repeats the index first.
func (c *Client) readSize(reply []byte, item uint32) (size uint32, ok bool) {
	if !c.accepted(reply) {
		return 0, false
	}
	r := numberReader{c: c, reply: reply, stale: QuirkListStaleDigits}
	r.buf.storeIndex(item)
	r.buf.store(firstWordC(reply))
	r.buf.clear()
	if echo, ok := r.number(2); !ok || echo != item {
		return 0, false
	}
	return r.number(3)
}

// storeIndex leaves in b what C leaves there when it turns an index into text:
// at most nine digits and a zero byte, the first digit '0' if there are more.
func (b *cBuffer) storeIndex(item uint32) {
	text := appendDecimal(b[:0], item%1e9)
	if item >= 1e9 {
		for len(text) < maxIndexDigits {
			text = append(text, 0)
			copy(text[1:], text)
			text[0] = '0'
		}
		b[0] = '0'
	}
	b[len(text)] = 0
}
