package pop3client

import (
	"bufio"
	"errors"
	"fmt"

	"netxsim/netx/status"
)

// maxList is how many lines a list may have; a server that sends more is taken
// for hostile. RFC 1939 has no limit, a target's memory has a much lower one.
const maxList = 1 << 16

// openText sends a command whose reply goes on to a dot alone on a line, and
// waits for the status line. What follows is read like a message.
func (c *Client) openText(do call) error {
	if _, err := c.openBody(do); err != nil {
		return err
	}
	c.startDownload(do.String())
	return nil
}

// openBody sends a command whose reply has a body and waits for the status
// line, which it returns. The caller starts the download when it has read it.
func (c *Client) openBody(do call) (reply []byte, err error) {
	running := c.downloading
	c.downloading = false
	if err := c.send(do); err != nil {
		c.endDownload(running)
		return nil, err
	}
	if reply, err = c.reply(do); err != nil {
		return nil, err
	}
	if !c.accepted(reply) {
		c.replies.done()
		return nil, replyError(do.String(), reply)
	}
	return reply, nil
}

// startDownload makes what follows the status line ready to be read, under a
// name for errors.
func (c *Client) startDownload(reading string) {
	c.downloading, c.reading = true, reading
	c.scan.reset()
	if !c.fixes.Has(QuirkReplyOnePacket) {
		c.holdBody()
	}
}

// list sends a command and calls each with every line of the list that the
// server answers with, without line ends and doubled dots. The first line that
// each does not know is the error, but the list is read to its end.
func (c *Client) list(do call, each func(line string) (known bool)) error {
	do.text = true
	if err := c.openText(do); err != nil {
		return err
	}
	text := c.MessageReader()
	defer text.Close()
	lines := bufio.NewScanner(text)
	lines.Buffer(make([]byte, maxReply), maxReply)
	var wrong error
	for n := 0; lines.Scan(); n++ {
		if n == maxList {
			return fmt.Errorf("pop3: %s: more than %d lines: %w", do, maxList, status.Pop3ServerErrorStatus)
		}
		if !each(lines.Text()) && wrong == nil {
			wrong = replyError(do.String(), lines.Bytes())
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("pop3: %s: a line of more than %d bytes: %w", do, maxReply, status.Pop3ServerErrorStatus)
	case err != nil:
		return err
	}
	return wrong
}
