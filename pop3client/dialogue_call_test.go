package pop3client_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/emersion/go-sasl"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// call makes a call of a script and returns its result as text.
func (p *player) call(words []string) string {
	numbers := [2]uint32{}
	for i, word := range words[1:] {
		n, _ := strconv.ParseUint(word, 10, 32)
		numbers[i] = uint32(n)
	}
	n := numbers[0]
	switch words[0] {
	case "create":
		return result(p.client.Create(p.config))
	case "login":
		return result(p.client.Login())
	case "auth":
		return result(p.client.Authenticate(sasl.NewPlainClient("", p.config.User, p.config.Password)))
	case "tls":
		return result(p.client.StartTLS(&tls.Config{}))
	case "stat":
		count, total, err := p.client.MailItems()
		return result(err, count, total)
	case "list":
		size, err := p.client.MailItemSize(n)
		return result(err, size)
	case "retr":
		size, err := p.client.MailItem(n)
		return result(err, size)
	case "top":
		return result(p.client.Top(n, numbers[1]))
	case "dele":
		return result(p.client.MailItemDelete(n))
	case "noop":
		return result(p.client.Noop())
	case "rset":
		return result(p.client.Reset())
	case "quit":
		return result(p.client.Quit())
	case "delete":
		return result(p.client.Delete())
	}
	return p.callForText(words, n)
}

// callForText makes the calls that bring text, and those that only look.
func (p *player) callForText(words []string, n uint32) string {
	switch words[0] {
	case "uidl":
		if n > 0 {
			id, err := p.client.UniqueID(n)
			return result(err, id)
		}
		ids, err := p.client.UniqueIDs()
		return result(err, ids)
	case "capa":
		list, err := p.client.Capabilities()
		return result(err, list)
	case "message":
		return p.message()
	case "read":
		return p.read()
	case "quirks":
		return p.quirks()
	case "wire":
		return fmt.Sprintf("%q", p.server.lines)
	case "lost":
		p.lost = n
		return ""
	case "sleep":
		p.kernel.Sleep(n * 100)
		return ""
	}
	return "no such call"
}

// result is "ok" with values, or the status and the text of an error.
func result(err error, values ...any) string {
	if err != nil {
		return fmt.Sprintf("%v: %v", status.Code(status.Of(err)), err)
	}
	return strings.TrimSuffix("ok "+strings.TrimSuffix(fmt.Sprintln(values...), "\n"), " ")
}

// message takes one packet of a message.
func (p *player) message() string {
	packet, n, final, err := p.client.Message()
	if err != nil {
		return result(err)
	}
	defer packet.Release()
	var text []byte
	for part := packet; part != nil; part = part.Next {
		text = append(text, part.Bytes()...)
	}
	if n > packet.Length || int(packet.Length) != len(text) {
		return fmt.Sprintf("%d bytes reported, length %d, %d there", n, packet.Length, len(text))
	}
	kind := "more"
	if final {
		kind = "final"
	}
	return fmt.Sprintf("ok %d %s %s", n, kind, shown(text))
}

// read reads the rest of a message.
func (p *player) read() string {
	r := p.client.MessageReader()
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		return result(err) + ", behind " + shown(text)
	}
	return result(nil) + " " + shown(text)
}

// shown quotes text, and leaves out the middle of a long one.
func shown(text []byte) string {
	const most = 160
	if len(text) <= most {
		return strconv.Quote(string(text))
	}
	return fmt.Sprintf("%d bytes %q...%q", len(text), text[:30], text[len(text)-30:])
}

// quirks lists the ids of what the client ran into.
func (p *player) quirks() string {
	var ids []string
	for _, hit := range p.client.Quirks() {
		ids = append(ids, hit.Quirk.String())
	}
	if len(ids) == 0 {
		return "none"
	}
	return strings.Join(ids, " ")
}

// packetText returns the bytes of a chain.
func packetText(packet *packetpool.Packet) []byte {
	var text bytes.Buffer
	for p := packet; p != nil; p = p.Next {
		text.Write(p.Bytes())
	}
	return text.Bytes()
}
