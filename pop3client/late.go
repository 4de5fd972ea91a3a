package pop3client

import (
	"errors"

	"netxsim/netx/status"
)

// maxStray bounds how many packets are dropped before a command that nobody
// asked for; a server that sends without end is not waited for.
const maxStray = 64

// settle reads, before a command is sent, what belongs to earlier ones: the
// rest of an abandoned message, for at most the reply wait, and the late
// replies that are here. If the server owes nothing then, whatever else is here
// was not asked for and is dropped: RFC 1939 has one reply per command.
func (r *replyReader) settle() error {
	if !r.c.scan.ended() && !r.oweMail() {
		r.c.downloading = false
		r.owed = append(r.owed, debtOfMail)
	}
	now := r.c.socket.ticks()
	deadline := now
	if r.oweMail() {
		deadline = r.deadline()
	}
	switch err := r.collect(deadline); {
	case err == nil:
		r.dropStray()
	case r.oweMail() && errors.Is(err, status.NoPacket):
		return err
	}
	return nil // whether the connection is lost the command will tell
}

// oweMail reports whether the server is in the middle of a message.
func (r *replyReader) oweMail() bool { return len(r.owed) > 0 && r.owed[0] == debtOfMail }

// dropStray drops what is here.
func (r *replyReader) dropStray() {
	r.open = false
	for range maxStray {
		r.drop()
		packet, err := r.c.socket.Receive(0)
		if err != nil {
			return
		}
		r.packet, r.part = packet, packet
	}
	r.drop()
}

// collect reads until deadline what the server owes. It returns nil if that is
// nothing any more.
func (r *replyReader) collect(deadline uint32) error {
	for len(r.owed) > 0 {
		if err := r.collectOne(deadline); err != nil {
			return err
		}
	}
	return nil
}

// collectOne reads the oldest debt.
func (r *replyReader) collectOne(deadline uint32) error {
	if r.oweMail() {
		if err := r.skipMail(deadline); err != nil {
			return err
		}
		r.pay()
		return nil
	}
	text, err := r.nextLine(deadline)
	if err != nil {
		return err
	}
	if r.owed[0] == debtMail && r.c.accepted(text) {
		r.owed[0] = debtOfMail
		r.c.scan.reset()
		return nil
	}
	r.pay()
	return nil
}

// pay removes the oldest debt.
func (r *replyReader) pay() {
	n := copy(r.owed, r.owed[1:])
	r.owed = r.owed[:n]
}

// skipMail reads to the end of the message.
func (r *replyReader) skipMail(deadline uint32) error {
	for !r.c.scan.ended() {
		if err := r.fill(deadline); err != nil {
			return err
		}
		r.skip(r.c.scan.scan(r.part.Bytes()))
	}
	return nil
}
