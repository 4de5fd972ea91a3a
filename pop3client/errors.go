package pop3client

import (
	"bytes"
	"errors"
	"fmt"

	"netxsim/netx/status"
)

// A ReplyError is a reply of the server that is not the success the command
// needs: "-ERR ...", or anything that cannot be read. It wraps
// status.Pop3ServerErrorStatus.
type ReplyError struct {
	// Command is what was asked, such as "RETR 3"; passwords and digests are
	// left out. It is "greeting" for the first line of the server.
	Command string
	// Reply is the first line of the server's answer without its line end, at
	// most 512 bytes.
	Reply string
}

// Error returns "pop3: RETR 3: -ERR no such message".
func (e *ReplyError) Error() string { return "pop3: " + e.Command + ": " + e.Reply }

// Unwrap returns status.Pop3ServerErrorStatus.
func (e *ReplyError) Unwrap() error { return status.Pop3ServerErrorStatus }

// replyError makes a ReplyError of what the server sent.
func replyError(command string, text []byte) error {
	line := bytes.TrimSuffix(bytes.TrimSuffix(firstLine(text), []byte("\n")), []byte("\r"))
	return &ReplyError{Command: command, Reply: string(line[:min(len(line), maxReply)])}
}

// firstLine returns the first line of text with its line end.
func firstLine(text []byte) []byte {
	if end := bytes.IndexByte(text, '\n'); end >= 0 {
		return text[:end+1]
	}
	return text
}

// failed says which step an error belongs to.
func failed(step string, err error) error { return fmt.Errorf("pop3: %s: %w", step, err) }

// noReply says why a call got nothing: silence or the end of the connection.
func (c *Client) noReply(step string, err error) error {
	if !errors.Is(err, status.NoPacket) {
		return failed(step, err)
	}
	c.hit(QuirkTimeoutStatus)
	return fmt.Errorf("pop3: %s: no reply within %d ticks: %w", step, c.config.ReplyWait, err)
}
