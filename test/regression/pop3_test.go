package regression_test

import (
	"fmt"
	"strings"
	"testing"

	. "netxsim/netx"
)

// The three pieces of a mail, 82 bytes each, and the end mark without anything in front.
var (
	popFirst  = popPad("Return-Path: <writer@example.net>\r\nSubject: three pieces\r\n")
	popSecond = popPad("\r\nDear reader,\r\n    this goes on in the next packet")
	popLast   = popPad("and here it ends, ") + "yours\r\n.\r\n"
	popMark   = "\r\n.\r\n"
)

func popPad(text string) string {
	n := 82 - len(text)
	if strings.HasPrefix(text, "and") {
		n -= len("yours\r\n.\r\n")
	}
	return text + strings.Repeat("~", n)
}

// A mail comes in as many pieces as the server's segments, each counted with all its bytes, the last with the end mark,
// whatever size the server announced.
func TestPOP3MailReceive(t *testing.T) {
	turns := append(popLogin("+OK 1 187402\r\n"), popMail("1", "+OK 187402 octets\r\n", popFirst, popSecond, popLast)...)
	popRun(t, append(turns, popQuit), func(l *netLab, client *NX_POP3_CLIENT, create func() UINT) {
		l.ok("create", create())
		netEqual(t, "mails", l.fetch(client, 1, 187402, 187402), [][]popPiece{
			{{popFirst, 82, false}, {popSecond, 82, false}, {popLast, 82, true}},
		})
	})
}

// Two mails are read one after the other in one session.
func TestPOP3TwoMails(t *testing.T) {
	turns := popLogin("+OK 2 187402\r\n")
	for item := range 2 {
		turns = append(turns, popMail(fmt.Sprint(item+1), "+OK 187402 octets\r\n", popFirst, popSecond, popLast)...)
	}
	mail := []popPiece{{popFirst, 82, false}, {popSecond, 82, false}, {popLast, 82, true}}
	popRun(t, append(turns, popQuit), func(l *netLab, client *NX_POP3_CLIENT, create func() UINT) {
		l.ok("create", create())
		netEqual(t, "mails", l.fetch(client, 2, 187402, 187402), [][]popPiece{mail, mail})
	})
}

// A last packet with nothing but the end mark is the final one and counts no bytes.
func TestPOP3EndMarkAlone(t *testing.T) {
	turns := append(popLogin("+OK 2 187402\r\n"), popMail("1", "+OK 187402 octets\r\n", popFirst, popSecond, popLast)...)
	turns = append(turns, popMail("2", "+OK 187402 octets\r\n", popFirst, popSecond, popMark)...)
	popRun(t, append(turns, popQuit), func(l *netLab, client *NX_POP3_CLIENT, create func() UINT) {
		l.ok("create", create())
		netEqual(t, "mails", l.fetch(client, 2, 187402, 187402), [][]popPiece{
			{{popFirst, 82, false}, {popSecond, 82, false}, {popLast, 82, true}},
			{{popFirst, 82, false}, {popSecond, 82, false}, {popMark, 0, true}},
		})
	})
}

// A reply that is a lone line feed is no acceptance of any command, harms nothing, and the session goes on; only PASS
// takes every reply for one, as in C.
func TestPOP3LoneLineFeed(t *testing.T) {
	lone := []string{"\n"}
	login := popLogin("+OK 1 100\r\n")[:3]
	for name, test := range map[string]struct {
		turns  []popTurn
		status UINT
	}{
		"greeting": {[]popTurn{{"", lone}}, NX_POP3_SERVER_ERROR_STATUS},
		"USER":     {[]popTurn{login[0], {"USER " + popUser, lone}}, NX_POP3_SERVER_ERROR_STATUS},
		"PASS":     {[]popTurn{login[0], login[1], {"PASS " + popPassword, lone}}, NX_SUCCESS},
	} {
		t.Run(name, func(t *testing.T) {
			popRun(t, test.turns, func(l *netLab, client *NX_POP3_CLIENT, create func() UINT) {
				l.status("create", create(), test.status)
				l.ok("delete client", NxPop3ClientDelete(client))
			})
		})
	}
	t.Run("commands", func(t *testing.T) {
		turns := append(popLogin("+OK 2 200\r\n"), []popTurn{
			{"LIST 1", lone}, {"RETR 1", lone}, {"DELE 1", lone}, {"LIST 2", []string{"+OK 2 100\r\n"}}, {"STAT", lone}, {"QUIT", lone},
		}...)
		popRun(t, turns, func(l *netLab, client *NX_POP3_CLIENT, create func() UINT) {
			l.ok("create", create())
			l.refused(client)
			l.ok("delete client", NxPop3ClientDelete(client))
		})
	})
}

// refused uses a client whose server answers with a lone line feed to all commands but the first STAT and the second
// LIST.
func (l *netLab) refused(client *NX_POP3_CLIENT) {
	l.t.Helper()
	var items, final UINT
	var total, size, bytes ULONG
	var p *NX_PACKET
	l.ok("items", NxPop3ClientMailItemsGet(client, &items, &total))
	netEqual(l.t, "items, total size", []ULONG{items, total}, []ULONG{2, 200})
	size = 77
	l.status("size", NxPop3ClientMailItemSizeGet(client, 1, &size), NX_POP3_SERVER_ERROR_STATUS)
	netEqual(l.t, "size", size, 0)
	size = 77
	l.status("item", NxPop3ClientMailItemGet(client, 1, &size), NX_POP3_SERVER_ERROR_STATUS)
	netEqual(l.t, "size", size, 77)
	l.status("message", NxPop3ClientMailItemMessageGet(client, &p, &bytes, &final), NX_POP3_CLIENT_INVALID_STATE)
	l.status("delete", NxPop3ClientMailItemDelete(client, 1), NX_POP3_SERVER_ERROR_STATUS)
	l.ok("size of the next", NxPop3ClientMailItemSizeGet(client, 2, &size))
	netEqual(l.t, "size", size, 100)
	l.status("items", NxPop3ClientMailItemsGet(client, &items, &total), NX_POP3_SERVER_ERROR_STATUS)
	netEqual(l.t, "items, total size", []ULONG{items, total}, []ULONG{0, 0})
	l.status("quit", NxPop3ClientQuit(client), NX_POP3_SERVER_ERROR_STATUS)
}
