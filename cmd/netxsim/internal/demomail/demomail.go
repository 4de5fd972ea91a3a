// Package demomail holds the messages that the demo fetches: an ordinary one, one
// that is full of dots, one in UTF-8 with 8-bit encoding, one without a body, one with long
// lines and one with a picture of 200 kB.
package demomail

import (
	"bytes"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"

	"netxsim/sim/mailbox"
)

//go:embed mail/*.eml
var files embed.FS

// Messages returns the demo messages in their order, the one with the attachment last.
func Messages() []*mailbox.Message {
	// The tree is embedded: reading it cannot fail.
	entries, err := fs.ReadDir(files, "mail")
	if err != nil {
		panic(err)
	}
	var msgs []*mailbox.Message
	for _, e := range entries {
		text, err := files.ReadFile("mail/" + e.Name())
		if err != nil {
			panic(err)
		}
		text = bytes.Replace(text, []byte("{{picture}}\n"), encode(Picture()), 1)
		msgs = append(msgs, mailbox.NewMessage(e.Name(), text))
	}
	return msgs
}

// Mailbox returns a new mailbox with the demo messages.
func Mailbox() *mailbox.Mailbox { return mailbox.New(Messages()...) }

// The picture's size in pixels, of one byte each.
const (
	width  = 500
	height = 400
)

// Picture returns the picture that is attached to the last message: rings around two
// points, as a PGM file of 200,015 bytes.
func Picture() []byte {
	var buf bytes.Buffer
	fmt.Fprintf(&buf, "P5\n%d %d\n255\n", width, height)
	for y := range height {
		for x := range width {
			a := (x-150)*(x-150) + (y-200)*(y-200)
			b := (x-350)*(x-350) + (y-200)*(y-200)
			buf.WriteByte(byte(a>>6 ^ b>>7))
		}
	}
	return buf.Bytes()
}

// encode returns data in base64, in lines of 76 characters (RFC 2045, section 6.8).
func encode(data []byte) []byte {
	const perLine = 76 / 4 * 3
	var out []byte
	for len(data) > 0 {
		n := min(perLine, len(data))
		out = base64.StdEncoding.AppendEncode(out, data[:n])
		out = append(out, '\n')
		data = data[n:]
	}
	return out
}
