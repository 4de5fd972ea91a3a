package mailbox

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-message/textproto"
)

// maxUID is the length limit of a unique id in bytes (RFC 1939, section 7).
const maxUID = 70

// A source gives the wire bytes of a message, from the start at each call.
type source interface {
	open() (io.ReadCloser, error)
}

// A Message is one message of a mailbox. Its methods may be called from several
// goroutines. The zero Message is not valid: use [NewMessage] or [Open].
type Message struct {
	name string
	uid  string
	size int64
	src  source
}

// NewMessage returns a message in memory whose wire bytes are those of content,
// with line ends made CRLF and the last line terminated. The name is for people
// only. The message keeps no reference to content.
func NewMessage(name string, content []byte) *Message {
	var buf bytes.Buffer
	buf.Grow(len(content) + len(content)/32)
	// Neither a bytes.Reader nor a bytes.Buffer fails.
	_, _ = io.Copy(&buf, newWireReader(bytes.NewReader(content), false))
	wire := buf.Bytes()
	return &Message{name: name, uid: contentUID(wire), size: int64(len(wire)), src: memory(wire)}
}

// newMessage measures src. An empty uid stands for the hash of the content.
func newMessage(name, uid string, src source) (*Message, error) {
	r, err := src.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, r)
	if err != nil {
		return nil, err
	}
	if uid == "" {
		uid = hashUID(sum.Sum(nil))
	}
	return &Message{name: name, uid: uid, size: size, src: src}, nil
}

// Name tells people where the message comes from: the path of its file, or the
// path of the mbox file and the number of the message in it.
func (m *Message) Name() string { return m.name }

// UID returns the unique id of the message in its mailbox: 1 to 70 characters from
// 0x21 to 0x7E, the same in every session (RFC 1939, section 7).
func (m *Message) UID() string { return m.uid }

// Size returns the number of wire bytes, without dot-stuffing.
func (m *Message) Size() int64 { return m.size }

// Open returns a reader of the wire bytes, which the caller closes. It fails when the
// file of the message is gone, or has been changed in a way that shows.
func (m *Message) Open() (io.ReadCloser, error) {
	r, err := m.src.open()
	if err != nil {
		return nil, fmt.Errorf("mailbox: %w", err)
	}
	return r, nil
}

// Bytes returns a copy of the wire bytes. It fails as [Message.Open] does, and
// when there are not [Message.Size] bytes any more.
func (m *Message) Bytes() ([]byte, error) {
	r, err := m.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	buf := bytes.NewBuffer(make([]byte, 0, m.size+bytes.MinRead))
	if _, err := buf.ReadFrom(r); err != nil {
		return nil, fmt.Errorf("mailbox: %w", err)
	}
	if int64(buf.Len()) != m.size {
		return nil, fmt.Errorf("mailbox: %s: %d bytes, but %d when the mailbox was opened: changed meanwhile", m.name, buf.Len(), m.size)
	}
	return buf.Bytes(), nil
}

// Subject returns the decoded text of the Subject field (RFC 2047), or the raw
// text if it cannot be decoded. It is empty if the message has no such field, or
// cannot be read.
func (m *Message) Subject() string {
	r, err := m.Open()
	if err != nil {
		return ""
	}
	defer r.Close()
	fields, err := textproto.ReadHeader(bufio.NewReader(r))
	if err != nil {
		return ""
	}
	var h mail.Header
	h.Header.Header = fields
	subject, err := h.Subject()
	if err != nil {
		return fields.Get("Subject")
	}
	return subject
}

// memory is the wire bytes themselves.
type memory []byte

func (b memory) open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }

// contentUID returns the unique id that stands for content.
func contentUID(wire []byte) string {
	sum := sha256.Sum256(wire)
	return hashUID(sum[:])
}

func hashUID(sum []byte) string { return hex.EncodeToString(sum[:16]) }

// validUID reports whether s can serve as a unique id, with room for a suffix
// that tells equal ones apart.
func validUID(s string) bool {
	if s == "" || len(s) > maxUID-8 {
		return false
	}
	for i := range len(s) {
		if s[i] < 0x21 || s[i] > 0x7e {
			return false
		}
	}
	return true
}
