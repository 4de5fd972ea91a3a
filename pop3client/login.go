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
	stamped := c.config.APOP && c.stamp.read(c, text)
	if c.config.NoLogin || c.config.TLS != nil || c.config.SASL != nil {
		c.replies.done()
		return c.greeted()
	}
	packet := c.keepGreeting()
	if stamped {
		return c.apopOrPassword(packet)
	}
	return c.password(packet)
}

// greeted does what C does not know between greeting and login.
func (c *Client) greeted() error {
	if c.config.TLS != nil && !c.config.ImplicitTLS {
		if err := c.StartTLS(c.config.TLS); err != nil {
			return err
		}
	}
	if c.config.NoLogin {
		return nil
	}
	return c.Login()
}

// Login logs in as [Config] says, when [Config.NoLogin] has left that to the
// caller: with SASL, else with APOP if asked for and offered, else with USER
// and PASS. It suspends the thread.
//
// Errors: those of commands and of Authenticate.
func (c *Client) Login() error {
	switch {
	case c.config.SASL != nil:
		return c.Authenticate(c.config.SASL)
	case c.stamp.len > 0:
		return c.apopOrPassword(nil)
	}
	return c.password(nil)
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
func (c *Client) apopOrPassword(greeting *packetpool.Packet) error {
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
