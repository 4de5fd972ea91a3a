package pop3client

import (
	"errors"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// greet waits for the greeting and logs in (RFC 1939, section 4).
func (c *Client) greet() error {
	greeting := call{name: "greeting"}
	text, err := c.reply(greeting)
	if err != nil {
		return err
	}
	if !c.accepted(text) {
		c.replies.done()
		return replyError(greeting.name, text)
	}
	if c.config.APOP && c.stamp.read(c, text) {
		return c.apopOrPassword()
	}
	return c.password(c.keepGreeting())
}

// keepGreeting returns the packet of the greeting, which C keeps until the
// login is over; nil if replies are lines.
func (c *Client) keepGreeting() *packetpool.Packet {
	if c.fixes.Has(QuirkReplyOnePacket) {
		return nil
	}
	return c.replies.take()
}

// apopOrPassword logs in with APOP, or with USER and PASS if the server
// refuses.
func (c *Client) apopOrPassword() error {
	greeting := c.keepGreeting()
	err := c.apop()
	if errors.Is(err, status.Pop3ServerErrorStatus) {
		return c.password(greeting)
	}
	if err != nil {
		c.hit(QuirkApopFallbackOnlyOnReply)
	}
	switch {
	case greeting == nil:
	case c.fixed(QuirkApopGreetingLeak):
		greeting.Release()
	default:
		lose(greeting, QuirkApopGreetingLeak)
	}
	return err
}

// password logs in with USER and PASS and releases the greeting then.
func (c *Client) password(greeting *packetpool.Packet) error {
	if greeting != nil {
		defer greeting.Release()
	}
	if err := c.ask(c.newCall("USER", c.config.User)); err != nil {
		return err
	}
	err := c.ask(c.newCall("PASS", c.config.Password))
	if errors.Is(err, status.Pop3ServerErrorStatus) && !c.fixed(QuirkPassReject) {
		return nil
	}
	return err
}
