package pop3client

import (
	"io"
	"testing"

	"github.com/emersion/go-sasl"
)

// A hostile server cuts the fuzzer's bytes into segments and sends them when it
// likes: before or behind the commands, late, or not at all. When it has sent as
// many as ending says, it closes or resets the connection.
func hostile(b *bench, data, plan []byte, ending byte) {
	defer func() {
		if at := int(ending >> 2); ending&3 >= 2 && at < len(b.server.queue) {
			b.server.queue[at].end = "FR"[ending&1]
		}
	}()
	for i, p := range plan {
		n := min(len(data), int(p>>2))
		b.server.queue = append(b.server.queue, segment{text: string(data[:n]), delay: []uint32{0, 0, 7, 600}[p&3]})
		data = data[n:]
		if len(b.server.queue) > 40 || i > 40 {
			break
		}
	}
	b.server.queue = append(b.server.queue, segment{text: string(data[:min(len(data), 2000)])})
}

// FuzzServer makes all calls against arbitrary bytes in arbitrary segments.
// Whatever comes, each call returns within its time-outs and no packet is lost
// but by the quirks that say so.
func FuzzServer(f *testing.F) {
	f.Add([]byte("+OK <1.2@x>\r\n+OK\r\n+OK 2 320\r\n+OK 1 120\r\n+OK 120\r\na\r\n..b\r\n.\r\n+OK\r\n+OK\r\n"),
		[]byte{52, 20, 48, 48, 60, 80}, uint64(AllFixes), true, byte(0))
	f.Add([]byte("+OK\r\n-ERR\r\n+OK\r\n.\r\n.\r\n\r\n.\r\n"), []byte{1, 2, 3, 255}, uint64(NoFixes), false, byte(5<<2|2))
	f.Add([]byte("+OK <\x00>\r\n+O"), []byte{255, 7}, uint64(FixesOf(QuirkReplyChain, QuirkNoUnstuff)), true, byte(1<<2|3))
	f.Add([]byte("+OK\r\n+OK\r\n+OK 1234567 12345\r\n+OK 12 5\r\n+OK 9"), []byte{20, 20, 72, 44}, uint64(0), false, byte(0))
	f.Add([]byte("+OK\r\n+OK\r\n+OK\r\n+OK\r\n1 a\r\n2 b\r\n.\r\n+ \r\n+ Zm9v\r\n+OK\r\nTOP\r\nSASL PLAIN\r\n.\r\n"), []byte{20, 20, 20, 80, 40}, uint64(AllFixes), false, byte(255))
	f.Fuzz(func(t *testing.T, data, plan []byte, fixes uint64, apop bool, ending byte) {
		b := newBench(t, 160, 64)
		hostile(b, data, plan, ending)
		b.deadline(t, func() { b.create(Config{User: "mrose", Password: "tanstaaf", APOP: apop, Fixes: Fixes(fixes)}) })
		if b.socket != nil {
			b.callAll(t)
		}
		b.lost = b.hits(QuirkApopGreetingLeak) + b.hits(QuirkRetrHeldLost)
		if b.lost > 0 { // a lost reply may be a chain
			b.lost = b.lostPackets()
		}
	})
}

// callAll makes every call, some in the wrong order.
func (b *bench) callAll(t *testing.T) {
	for range 2 {
		b.deadline(t, func() { b.MailItems() })
		b.deadline(t, func() { b.MailItemSize(1) })
		b.deadline(t, func() { b.MailItem(1) })
		for range 3 {
			b.deadline(t, func() {
				if packet, n, _, err := b.Message(); err == nil {
					if n > packet.Length || int(packet.Length) != len(textOf(packet)) {
						t.Errorf("%d bytes reported, length %d, %d in the packet", n, packet.Length, len(textOf(packet)))
					}
					packet.Release()
				}
			})
		}
		b.deadline(t, func() {
			r := b.MessageReader()
			defer r.Close()
			r.Read(make([]byte, 10))
		})
		b.deadline(t, func() { b.MailItemDelete(1) })
		b.deadline(t, func() { b.MailItem(1) })
		b.deadline(t, func() { io.CopyN(io.Discard, b.MessageReader(), 0) })
	}
	b.callBeyond(t)
	b.deadline(t, func() { b.Quit() })
}

// callBeyond makes the calls that C does not have. Those that read a list may
// wait for each of its packets.
func (b *bench) callBeyond(t *testing.T) {
	b.deadline(t, func() { b.Noop() })
	b.patient(t, func() { b.UniqueIDs() })
	b.patient(t, func() { b.MailItemSizes() })
	b.deadline(t, func() { b.UniqueID(1) })
	b.deadline(t, func() { b.Top(1, 2) })
	b.deadline(t, func() { b.Reset() })
	b.patient(t, func() { b.Capabilities() })
	b.deadline(t, func() { b.Authenticate(sasl.NewPlainClient("", "mrose", "tanstaaf")) })
}

// patient checks that call returns within the time that a list may take: a wait
// for each packet that the server still sends.
func (b *bench) patient(t *testing.T, call func()) {
	t.Helper()
	b.within(t, uint32(len(b.server.queue)+5)*DefaultReplyWait, call)
}

// deadline checks that call returns within the time that one call may take: a
// few waits for replies, never more.
func (b *bench) deadline(t *testing.T, call func()) {
	t.Helper()
	b.within(t, 5*DefaultReplyWait, call)
}

func (b *bench) within(t *testing.T, ticks uint32, call func()) {
	t.Helper()
	before := b.server.now
	call()
	if passed := b.server.now - before; passed > ticks {
		t.Errorf("took %d ticks", passed)
	}
}

// lostPackets counts the packets whose holder is a quirk.
func (b *bench) lostPackets() uint32 {
	n := 0
	for _, h := range b.pool.Holders() {
		for _, q := range []Quirk{QuirkApopGreetingLeak, QuirkRetrHeldLost} {
			if h.Name == leak(q).HolderName() {
				n += h.Packets
			}
		}
	}
	return uint32(n)
}

// FuzzEndMark checks the packets of a message against a slow reading of the
// same bytes.
func FuzzEndMark(f *testing.F) {
	for _, mail := range mails {
		f.Add([]byte(mail.wire+".\r\n+OK"), []byte{1, 3, 2})
	}
	f.Fuzz(func(t *testing.T, wire, cuts []byte) {
		if len(wire) > 3000 {
			return
		}
		want, ended := slowMessage(wire)
		b := connected(t, AllFixes, answer{on: "RETR", send: segments("+OK\r\n")})
		if _, err := b.MailItem(1); err != nil {
			t.Fatal(err)
		}
		for _, cut := range cuts {
			n := min(len(wire), 1+int(cut))
			b.server.queue = append(b.server.queue, segment{text: string(wire[:n])})
			if wire = wire[n:]; len(wire) == 0 {
				break
			}
		}
		if len(wire) > 0 {
			b.server.queue = append(b.server.queue, segment{text: string(wire)})
		}
		got, err := io.ReadAll(b.MessageReader())
		if ended != (err == nil) || string(got) != want {
			t.Errorf("read %q, %v; want %q, ended %v", got, err, want, ended)
		}
	})
}

// slowMessage returns the text of a message and whether it ends. Of one that
// does not end it leaves out what may still become the end mark.
func slowMessage(wire []byte) (text string, ended bool) {
	start := true
	for len(wire) > 0 {
		rest := string(wire)
		if start && len(rest) >= 3 && rest[:3] == ".\r\n" {
			return text, true
		}
		if start && (rest == "." || rest == ".\r") {
			return text, false
		}
		if start && rest[0] == '.' {
			rest = rest[1:]
		}
		start = false
		for i := range len(rest) {
			text += rest[i : i+1]
			if i+1 >= 2 && rest[i-1:i+1] == "\r\n" {
				start = true
				rest = rest[i+1:]
				break
			}
		}
		if !start {
			return text, false
		}
		wire = []byte(rest)
	}
	return text, false
}
