package mailbox

import (
	"bytes"
	"fmt"
	"math/rand/v2"
)

// usualSizes are the body sizes that [Generate] takes by default, in bytes: small
// ones, those around the payload of a 1500-byte frame, and large ones.
var usualSizes = []int{0, 2, 100, 700, 1459, 1460, 1461, 3000, 8192, 20000, 60000}

// Generate returns a mailbox of n random messages. The same arguments give the same
// messages on every machine. Body sizes, in bytes of the wire, go round through
// sizes; with none given they vary from 0 to 60,000. A size of 1 becomes 2,
// since the shortest line is an empty one.
//
// The bodies hold what a mail client has to survive: lines that begin
// with dots or are only a dot, UTF-8 and other 8-bit bytes, empty lines and lines
// of many hundred characters.
func Generate(seed uint64, n int, sizes ...int) *Mailbox {
	vary := len(sizes) == 0
	if vary {
		sizes = usualSizes
	}
	rng := rand.New(rand.NewPCG(seed, 0x6d61696c626f78))
	msgs := make([]*Message, n)
	for i := range msgs {
		size := sizes[i%len(sizes)]
		if vary && i >= len(sizes) {
			size = rng.IntN(sizes[rng.IntN(len(sizes))] + 1)
		}
		name := fmt.Sprintf("generated message %d of seed %d", i+1, seed)
		msgs[i] = NewMessage(name, generate(rng, seed, i+1, size))
	}
	return New(msgs...)
}

// generate writes message number with a body of size bytes.
func generate(rng *rand.Rand, seed uint64, number, size int) []byte {
	var buf bytes.Buffer
	fmt.Fprintf(&buf, "From: Generator <generator@example.com>\r\n")
	fmt.Fprintf(&buf, "To: Client <client@example.com>\r\n")
	fmt.Fprintf(&buf, "Subject: Message %d of seed %d, body of %d bytes\r\n", number, seed, size)
	fmt.Fprintf(&buf, "Message-ID: <%d.%d.%016x@example.com>\r\n", seed, number, rng.Uint64())
	fmt.Fprintf(&buf, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n")
	if size == 1 {
		size = 2
	}
	for left := size; left > 0; {
		line := generateLine(rng)
		if len(line) > left-2 {
			line = line[:left-2]
		}
		if left-len(line)-2 == 1 { // no room for another line end
			line = append(line, 'x')
		}
		buf.Write(line)
		buf.Write(crlf)
		left -= len(line) + 2
	}
	return buf.Bytes()
}

// generateLine returns one line without its end.
func generateLine(rng *rand.Rand) []byte {
	switch rng.IntN(10) {
	case 0:
		return nil
	case 1:
		return bytes.Repeat([]byte("."), 1+rng.IntN(4))
	case 2:
		return append([]byte("."), generateText(rng, 1+rng.IntN(60))...)
	case 3:
		return []byte("Grüße, 日本語, ελληνικά: 8-bit text")
	case 4:
		line := make([]byte, 1+rng.IntN(40))
		for i := range line {
			line[i] = byte(0x80 + rng.IntN(0x80))
		}
		return line
	case 5:
		return generateText(rng, 500+rng.IntN(498))
	}
	return generateText(rng, 30+rng.IntN(48))
}

// generateText returns n printable characters.
func generateText(rng *rand.Rand, n int) []byte {
	const letters = "etaoin shrdlu cmfwyp vbgkqjxz ETAOIN 0123456789 .,;:-=+>"
	line := make([]byte, n)
	for i := range line {
		line[i] = letters[rng.IntN(len(letters))]
	}
	return line
}
