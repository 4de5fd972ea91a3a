package pop3client

import (
	"errors"

	"netxsim/netx/status"
)

// MailItemDelete marks a message as deleted with DELE; the server removes it
// when the session ends with QUIT (RFC 1939, sections 5 and 6). Indexes count
// from 1; any index is sent ([QuirkDeleNoRange]). It mirrors
// nx_pop3_client_mail_item_delete and suspends the thread.
//
// Errors: those of commands.
func (c *Client) MailItemDelete(item uint32) error {
	if c.mailbox.known && item > c.mailbox.items && c.socket != nil && c.fixed(QuirkDeleNoRange) {
		return c.checkItem("DELE", item)
	}
	return c.ask(c.newItemCall("DELE", item))
}

// Quit says QUIT, with which the server deletes what MailItemDelete has marked.
// The connection stays open until Delete ([QuirkQuitNoDisconnect]); with that
// fixed it is closed when the server has answered. It mirrors
// nx_pop3_client_quit and suspends the thread.
//
// Errors: those of commands.
func (c *Client) Quit() error {
	do := c.newCall("QUIT")
	do.slop = 2
	err := c.ask(do)
	answered := err == nil || errors.Is(err, status.Pop3ServerErrorStatus)
	if answered && c.fixed(QuirkQuitNoDisconnect) {
		c.downloading = false
		c.socket.Disconnect(c.config.DisconnectWait)
	}
	return err
}

// ask sends a command and waits for +OK.
func (c *Client) ask(do call) error {
	if err := c.send(do); err != nil {
		return err
	}
	reply, err := c.reply(do)
	if err != nil {
		return err
	}
	defer c.replies.done()
	if !c.accepted(reply) {
		return replyError(do.String(), reply)
	}
	return nil
}
