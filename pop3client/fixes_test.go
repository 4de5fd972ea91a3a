package pop3client

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// A situation is one in which C has a quirk.
type situation struct {
	answers []answer // with those of login, unless they say how to accept
	config  Config
	payload uint32 // of the pool, in bytes; 0 means 1536
	room    uint32 // payload of the pool of the commands behind create; 0 means that of the pool
	do      func(b *bench, create error) string
	wrong   string // what comes of do without fixes
	right   string // with the quirk fixed
	all     string // with all fixes; "" means as right
}

// outcome puts a result and an error into one text.
func outcome(result any, err error) string {
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(result)
}

func createOnly(_ *bench, err error) string { return outcome("ok", err) }

func statOnly(b *bench, _ error) string { return string(b.stat()) }

// sent returns the last line that the server has got.
func sent(b *bench, _ error) string {
	if len(b.server.sent) == 0 {
		return ""
	}
	return b.server.sent[len(b.server.sent)-1]
}

// fetch asks for the message of that number and returns its packets.
func fetch(item uint32) func(*bench, error) string {
	return func(b *bench, _ error) string {
		b.mailbox = mailbox{9, 9, true}
		size, err := b.MailItem(item)
		if err != nil {
			return err.Error()
		}
		out := fmt.Sprint(size, ":")
		for range 4 {
			packet, _, final, err := b.Message()
			if err != nil {
				return out + " stuck"
			}
			out += fmt.Sprintf(" %q", textOf(packet))
			packet.Release()
			if final {
				break
			}
		}
		return out
	}
}

// situations has one for each quirk that can be fixed.
var situations = map[Quirk]situation{
	QuirkPassReject: {
		answers: []answer{on("accept", "+OK\r\n"), on("USER", "+OK\r\n"), on("PASS", "-ERR no\r\n")},
		do:      createOnly, wrong: "ok", right: "pop3: PASS: -ERR no",
	},
	QuirkApopGreetingLeak: {
		answers: []answer{on("accept", "+OK <1.2@x>\r\n"), on("APOP", "+OK\r\n")}, config: Config{APOP: true},
		do:    func(b *bench, _ error) string { return fmt.Sprint(b.pool.Available(), " free") },
		wrong: "7 free", right: "8 free",
	},
	QuirkApopStampUnclosed: {
		answers: []answer{on("accept", "+OK <1.2\r\n"), on("APOP", "-ERR\r\n"), on("USER", "-ERR\r\n")}, config: Config{APOP: true, User: "u"},
		do:    func(b *bench, _ error) string { return strings.Join(b.server.sent, ", ")[:6] },
		wrong: "APOP u", right: "USER u",
	},
	QuirkApopStampCut: {
		answers: []answer{on("accept", "+OK <"+strings.Repeat("t", 80)+">\r\n"), on("APOP", "+OK\r\n")}, config: Config{APOP: true, Password: "tanstaaf"},
		do: sent, wrong: "APOP  " + digestOf("<"+strings.Repeat("t", 74)), right: "APOP  " + digestOf("<"+strings.Repeat("t", 80)+">"),
	},
	QuirkApopStampOverlay: {
		answers: []answer{on("accept", "+OK <"+strings.Repeat("t", 74)+"> <9.9@z>\r\n"), on("APOP", "+OK\r\n")}, config: Config{APOP: true, Password: "tanstaaf"},
		do: sent, wrong: "APOP  " + digestOf("<9.9@z>"+strings.Repeat("t", 68)), right: "APOP  " + digestOf("<"+strings.Repeat("t", 74)),
		all: "APOP  " + digestOf("<"+strings.Repeat("t", 74)+">"),
	},
	QuirkCreateFailOpen: {
		answers: []answer{on("accept", "-ERR busy\r\n")},
		do:      func(b *bench, _ error) string { return fmt.Sprint("open ", b.server.connected) },
		wrong:   "open true", right: "open false",
	},
	QuirkNxdAddress0: {
		answers: login(), config: Config{Server: netip.IPv4Unspecified()},
		do: createOnly, wrong: "ok", right: "NX_POP3_PARAM_ERROR", // the stack would refuse it, the fake does not
	},
	QuirkReplyOnePacket: {
		answers: login(on("STAT", "+OK 2 3", "20\r\n")), do: statOnly, wrong: "2 3", right: "2 320",
	},
	QuirkReplyLate: {
		answers: login(later("STAT", 1200, "+OK 7 777\r\n"), on("STAT", "+OK 8 888\r\n")),
		do:      func(b *bench, _ error) string { b.stat(); return string(b.stat()) }, wrong: "7 777", right: "8 888",
	},
	QuirkReplyChain: {
		answers: login(on("STAT", "+OK 2 320 "+strings.Repeat("x", 300)+"\r\n")), payload: 256,
		do: statOnly, wrong: "error 0 0", right: "2 320",
	},
	QuirkReplyPrefix: {
		answers: login(on("STAT", "+OKAY 2 320\r\n")), do: statOnly, wrong: "2 320", right: "error 0 0",
	},
	QuirkReplyWords: {
		answers: login(on("STAT", "+OK  2\t320\r\n")), do: statOnly, wrong: "error 0 0", right: "2 320",
	},
	QuirkStatStaleDigits: {
		answers: login(on("STAT", "+OK 1234567 12345\r\n")), do: statOnly, wrong: "1234567 1234567", right: "1234567 12345",
	},
	QuirkListStaleDigits: {
		answers: login(on("LIST", "+OK 12 5\r\n")),
		do: func(b *bench, _ error) string {
			b.mailbox = mailbox{20, 20, true}
			return outcome(b.MailItemSize(12))
		},
		wrong: "52", right: "5",
	},
	QuirkNumber10Digits: {
		answers: login(on("STAT", "+OK 2 4294967296\r\n")), do: statOnly, wrong: "2 0", right: "error 2 0", all: "error 0 0",
	},
	QuirkRetrSize: {
		answers: login(on("RETR", "+OK 1234567890\r\n")),
		do: func(b *bench, _ error) string {
			b.mailbox = mailbox{1, 1, true}
			return outcome(b.MailItem(1))
		},
		wrong: "123456789", right: "1234567890",
	},
	QuirkIndex10Digits: {
		answers: login(on("DELE", "+OK\r\n")),
		do: func(b *bench, err error) string {
			b.MailItemDelete(1000000000)
			return sent(b, err)
		},
		wrong: "DELE ", right: "DELE 1000000000",
	},
	QuirkStatPartial: {
		answers: login(on("STAT", "+OK 2\r\n")), do: statOnly, wrong: "error 2 0", right: "error 0 0",
	},
	QuirkStatClears: {
		answers: login(on("STAT", "+OK 2 320\r\n"), on("STAT", "-ERR\r\n"), on("LIST", "+OK 1 120\r\n")),
		do: func(b *bench, _ error) string {
			b.stat()
			b.stat()
			return outcome(b.MailItemSize(1))
		},
		wrong: "pop3: LIST 1: NX_POP3_INVALID_MAIL_ITEM", right: "120",
	},
	QuirkStatRequired: {
		answers: login(on("LIST", "+OK 1 120\r\n")),
		do:      func(b *bench, _ error) string { return outcome(b.MailItemSize(1)) },
		wrong:   "pop3: LIST 1: NX_POP3_INVALID_MAIL_ITEM", right: "120",
	},
	QuirkDeleNoRange: {
		answers: login(on("STAT", "+OK 2 320\r\n"), on("DELE", "+OK\r\n")),
		do: func(b *bench, _ error) string {
			b.stat()
			return outcome("ok", b.MailItemDelete(3))
		},
		wrong: "ok", right: "pop3: DELE 3: NX_POP3_INVALID_MAIL_ITEM",
	},
	QuirkTermCounted: {
		answers: login(on("RETR", "+OK 4\r\n", "text\r\n.\r\n")), do: fetch(1), wrong: `4: "text\r\n.\r\n"`, right: `4: "text\r\n"`,
	},
	QuirkTermSplit: {
		answers: login(on("RETR", "+OK 4\r\n", "text\r\n.", "\r\n")), do: fetch(1),
		wrong: `4: "text\r\n." "\r\n" stuck`, right: `4: "text\r\n." "\r\n"`, all: `4: "text\r\n" ""`,
	},
	QuirkTermMid: {
		answers: login(on("RETR", "+OK 4\r\n", "text\r\n.\r\n+OK\r\n")), do: fetch(1),
		wrong: `4: "text\r\n.\r\n+OK\r\n" stuck`, right: `4: "text\r\n.\r\n"`, all: `4: "text\r\n"`,
	},
	QuirkTermShortPrefix: {
		answers: login(on("RETR", "+OK 4\r\n", "text\r\n", ".\r\n+O")), do: fetch(1),
		wrong: `4: "text\r\n" ".\r\n+O"`, right: `4: "text\r\n" ".\r\n"`, all: `4: "text\r\n" ""`,
	},
	QuirkTermFalse: {
		answers: login(on("RETR", "+OK 4\r\n", "te", ".\r\n", "xt\r\n.\r\n")), do: fetch(1),
		wrong: `4: "te" ".\r\n"`, right: `4: "te" ".\r\n" "xt\r\n.\r\n"`, all: `4: "te" ".\r\n" "xt\r\n"`,
	},
	QuirkNoUnstuff: {
		answers: login(on("RETR", "+OK 4\r\n", "..text\r\n.\r\n")), do: fetch(1),
		wrong: `4: "..text\r\n.\r\n"`, right: `4: ".text\r\n.\r\n"`, all: `4: ".text\r\n"`,
	},
	QuirkChainFinal: {
		answers: login(on("RETR", "+OK 4\r\n", strings.Repeat("x", 210)+"\r\n.\r\n")), payload: 256, do: fetch(1),
		wrong: `4: "` + strings.Repeat("x", 210) + `\r\n.\r\n" stuck`, right: `4: "` + strings.Repeat("x", 210) + `\r\n.\r\n"`,
		all: `4: "` + strings.Repeat("x", 210) + `\r\n"`,
	},
	QuirkRetrSplit: {
		answers: login(on("RETR", "+OK 1", "20\r\ntext\r\n.\r\n")), do: fetch(1),
		wrong: `1: "" "20\r\ntext\r\n.\r\n"`, right: `120: "text\r\n.\r\n"`, all: `120: "text\r\n"`,
	},
	QuirkRetrHeldLost: {
		answers: login(on("RETR", "+OK\r\nold"), on("RETR", "+OK\r\nnew\r\n.\r\n")),
		do: func(b *bench, err error) string {
			fetchHead(b)
			fetch(2)(b, err)
			return fmt.Sprint(b.pool.Available(), " free")
		},
		wrong: "7 free", right: "8 free",
		// With late replies told apart the rest of the old message is awaited first.
		all: "8 free",
	},
	QuirkRetrStaleBody: {
		answers: login(on("RETR", "+OK\r\nold\r\n.\r\n"), on("RETR", "+OK 3\r\n", "new\r\n.\r\n")),
		do: func(b *bench, err error) string {
			fetchHead(b)
			return fetch(2)(b, err)
		},
		wrong: `3: "old\r\n.\r\n"`, right: `3: "new\r\n.\r\n"`, all: `3: "new\r\n"`,
	},
	QuirkRetrEndsDownload: {
		answers: login(on("RETR", "+OK 4\r\n", "text\r\n.\r\n")),
		do: func(b *bench, _ error) string {
			b.mailbox = mailbox{2, 2, true}
			b.MailItem(1)
			b.MailItem(3)
			packet, n, _, err := b.Message()
			if err == nil {
				packet.Release()
			}
			return outcome(n, err)
		},
		wrong: "pop3: message: NX_POP3_CLIENT_INVALID_STATE", right: "9", all: "6",
	},
	QuirkMessageState: {
		answers: login(on("RETR", "+OK 4\r\n")),
		do: func(b *bench, _ error) string {
			b.mailbox = mailbox{2, 2, true}
			b.MailItem(1)
			b.server.reset = true
			b.Message()
			_, _, _, err := b.Message()
			return outcome(nil, err)
		},
		wrong: "pop3: message: NX_NOT_CONNECTED", right: "pop3: message: NX_POP3_CLIENT_INVALID_STATE",
	},
	QuirkQuitNoDisconnect: {
		answers: login(on("QUIT", "+OK\r\n")),
		do: func(b *bench, _ error) string {
			b.Quit()
			return fmt.Sprint("open ", b.server.connected)
		},
		wrong: "open true", right: "open false",
	},
	QuirkCommandAfterServerClose: {
		answers: login(),
		do: func(b *bench, err error) string {
			b.server.closed = true
			b.MailItemDelete(1)
			return sent(b, err)
		},
		wrong: "DELE 1", right: "PASS ",
	},
	QuirkPayloadSpareByte: {
		answers: login(on("DELE", "+OK\r\n")), room: ipv4CommandRoom + 8,
		do:    func(b *bench, _ error) string { return outcome("ok", b.MailItemDelete(1)) },
		wrong: "pop3: DELE 1: NX_POP3_INSUFFICIENT_PACKET_PAYLOAD", right: "ok",
	},
	QuirkPayloadHeaders: {
		answers: login(), room: ipv4CommandRoom - 1,
		do:    func(b *bench, _ error) string { return outcome("ok", b.MailItemDelete(1)) },
		wrong: "pop3: DELE 1: NX_INVALID_PARAMETERS", right: "pop3: DELE 1: NX_POP3_INSUFFICIENT_PACKET_PAYLOAD",
	},
}

// fetchHead asks for message 1 and leaves what came of it.
func fetchHead(b *bench) {
	b.mailbox = mailbox{9, 9, true}
	b.MailItem(1)
}

// TestEveryFix puts the client into the situation of each quirk that can be
// fixed: without fixes it does the wrong thing and counts the quirk, with the
// one fix or with all of them the right thing, and counts nothing.
func TestEveryFix(t *testing.T) {
	for _, q := range Quirks() {
		at, ok := situations[q]
		if ok != q.Fixable() {
			t.Errorf("%v: can be fixed: %v, has a situation: %v", q, q.Fixable(), ok)
			continue
		}
		if !ok {
			continue
		}
		if at.all == "" {
			at.all = at.right
		}
		for fixes, want := range map[Fixes]string{NoFixes: at.wrong, FixesOf(q): at.right, AllFixes: at.all} {
			t.Run(q.String()+" "+fixes.String(), func(t *testing.T) {
				got, hits := at.play(t, q, fixes)
				if got != want {
					t.Errorf("%s, want %s", got, want)
				}
				if (hits > 0) != (fixes == NoFixes) {
					t.Errorf("counted %d times", hits)
				}
			})
		}
	}
}

// play makes a client with fixes and has it meet the situation. It returns what
// came of it and how often the client counted q.
func (at situation) play(t *testing.T, q Quirk, fixes Fixes) (got string, hits uint32) {
	t.Helper()
	payload := uint32(1536)
	if at.payload != 0 {
		payload = at.payload
	}
	b := newBench(t, payload, 8, at.answers...)
	config := at.config
	config.Fixes = fixes
	err := b.create(config)
	if at.room != 0 {
		b.config.Pool = newBench(t, at.room, 1).pool
	}
	got = at.do(b, err)
	b.lost = b.lostPackets()
	return got, b.hits(q)
}
