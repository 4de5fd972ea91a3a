package pop3client

import (
	"errors"
	"fmt"
	"io"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// A MessageReader streams the text of one message: without the end mark,
// without doubled dots, whatever fixes the client has. It holds one packet at a
// time and releases it as soon as it has been read; Close releases it when the
// message is not read to its end.
type MessageReader struct {
	c      *Client
	packet *packetpool.Packet // being read
	part   *packetpool.Packet // of its chain
	last   bool               // packet is the last one
	err    error              // for ever
}

// MessageReader returns a reader for the message that MailItem has asked for.
// It reads what Message has not handed out yet; use one of the two.
func (c *Client) MessageReader() *MessageReader { return &MessageReader{c: c} }

// Read reads up to len(p) bytes. It suspends the thread until the next packet
// is there, at most the reply wait. It returns io.EOF exactly at the end of the
// message.
//
// Errors: status.NoPacket after the reply wait, reading may go on then;
// status.NotConnected together with io.ErrUnexpectedEOF;
// status.Pop3ClientInvalidState when no message is being downloaded.
func (r *MessageReader) Read(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	text, err := r.next()
	if err != nil {
		return 0, err
	}
	n = copy(p, text)
	r.read(n)
	return n, nil
}

// WriteTo writes the rest of the message to w, packet by packet and without a
// copy. It implements io.WriterTo.
func (r *MessageReader) WriteTo(w io.Writer) (n int64, err error) {
	for {
		text, err := r.next()
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		wrote, err := w.Write(text)
		n += int64(wrote)
		r.read(wrote)
		if err != nil {
			return n, err
		}
	}
}

// Close releases the packet at hand. The rest of the message is not read.
func (r *MessageReader) Close() error {
	r.drop()
	if r.err == nil {
		r.err = io.ErrClosedPipe
	}
	return nil
}

// next returns bytes of the message, in the packet.
func (r *MessageReader) next() ([]byte, error) {
	for {
		for ; r.part != nil; r.part = r.part.Next {
			if text := r.part.Bytes(); len(text) > 0 {
				return text, nil
			}
		}
		r.drop()
		if err := r.receive(); err != nil {
			return nil, err
		}
	}
}

// read marks n bytes as read.
func (r *MessageReader) read(n int) {
	r.part.PrependPtr += n
	r.packet.Length -= uint32(n)
	if r.packet.Length == 0 {
		r.drop()
	}
}

// drop gives the packet at hand back.
func (r *MessageReader) drop() {
	if r.packet != nil {
		r.packet.Release()
		r.packet, r.part = nil, nil
	}
}

// receive takes the next packet.
func (r *MessageReader) receive() error {
	if r.err == nil && r.last {
		r.err = io.EOF
	}
	if r.err != nil {
		return r.err
	}
	packet, last, err := r.c.nextPart(r.c.fixes | textFixes)
	switch {
	case err == nil:
		r.packet, r.part, r.last = packet, packet, last
	case errors.Is(err, status.NotConnected):
		r.err = fmt.Errorf("%w: %w", err, io.ErrUnexpectedEOF)
		return r.err
	}
	return err
}
