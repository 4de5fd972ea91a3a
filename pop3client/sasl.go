package pop3client

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/emersion/go-sasl"

	"netxsim/netx/status"
)

// maxCommand is the longest command line in bytes (RFC 2449, section 4); a
// first response that does not fit is sent when the server asks for it.
const maxCommand = 255

// Authenticate logs in with AUTH and a mechanism of package go-sasl, such as
// sasl.NewPlainClient (RFC 5034 and RFC 4616). It is for sessions that
// [Config.NoLogin] has left open, or with another user than Config's;
// [Config.SASL] has Create call it. Most mechanisms show the password to whoever sees the
// packets: use them behind [Config.TLS].
//
// It suspends the thread. Challenges of the server may have 512 bytes, what is
// answered has to fit a packet's payload.
//
// Errors: status.Pop3ParamError if the mechanism cannot start, those of
// commands, and status.Pop3ServerErrorStatus if the mechanism takes the
// server's challenge for wrong; the exchange is given up then.
func (c *Client) Authenticate(mechanism sasl.Client) error {
	name, first, err := mechanism.Start()
	if err != nil {
		return fmt.Errorf("pop3: AUTH: %w: %w", status.Pop3ParamError, err)
	}
	do := c.newCall("AUTH", name)
	later := first
	if line := len(do.line) + 1 + base64.StdEncoding.EncodedLen(len(first)); first != nil && line <= maxCommand {
		do, later = c.newCall("AUTH", name, response(first)), nil
	}
	do.about = name
	for {
		challenge, more, err := c.exchange(do)
		if err != nil || !more {
			return err
		}
		answer := later
		if later == nil {
			answer, err = mechanism.Next(challenge)
		}
		later = nil
		if err != nil {
			return c.giveUp(do, err)
		}
		do.line = append(base64.StdEncoding.AppendEncode(c.command[:0], answer), "\r\n"...)
	}
}

// response encodes what goes with AUTH: "=" if that is nothing (RFC 5034,
// section 4).
func response(b []byte) string {
	if len(b) == 0 {
		return "="
	}
	return base64.StdEncoding.EncodeToString(b)
}

// exchange sends one line of the exchange and waits for the server's. more says
// that it is a challenge.
func (c *Client) exchange(do call) (challenge []byte, more bool, err error) {
	if err := c.send(do); err != nil {
		return nil, false, err
	}
	reply, err := c.reply(do)
	if err != nil {
		return nil, false, err
	}
	defer c.replies.done()
	text, ok := bytes.CutPrefix(firstLine(reply), []byte("+"))
	if c.accepted(reply) {
		return nil, false, nil
	}
	if !ok || len(text) > 0 && !strings.ContainsRune(" \r\n", rune(text[0])) {
		return nil, false, replyError(do.String(), reply)
	}
	challenge, err = base64.StdEncoding.AppendDecode(nil, bytes.TrimSpace(text))
	if err != nil {
		return nil, false, c.giveUp(do, err)
	}
	return challenge, true, nil
}

// giveUp ends an exchange that the client cannot go on with (RFC 5034, section
// 4).
func (c *Client) giveUp(do call, why error) error {
	c.replies.done()
	do.line = append(c.command[:0], "*\r\n"...)
	if err := c.send(do); err != nil {
		return err
	}
	if _, err := c.reply(do); err != nil {
		return err
	}
	c.replies.done()
	return fmt.Errorf("pop3: %s: %w: %w", do, status.Pop3ServerErrorStatus, why)
}
