package regression_test

import (
	"testing"

	"netxsim/ipstack"
	. "netxsim/netx"
)

const (
	popPort     = 110
	popUser     = "reader@example.org"
	popPassword = "secret"
)

// popTurn is a command that the canned server expects, and what it sends then: each piece in a segment of its own. The
// greeting follows the command "", which nobody sends.
type popTurn struct {
	command string
	pieces  []string
}

// popPiece is what the client hands out at a time.
type popPiece struct {
	Text  string
	Bytes ULONG // as the client counts them
	Final bool
}

// popRun runs a session: host 1 is the client, host 2 the server, a TCP socket that answers by turns.
func popRun(t *testing.T, turns []popTurn, session func(l *netLab, client *NX_POP3_CLIENT, create func() UINT)) {
	t.Helper()
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		l.ok("enable TCP", NxTcpEnable(a.ip))
		l.thread("server", func() { b.servePOP3(turns) })
		l.thread("client", func() {
			l.sleep(10)
			client := new(NX_POP3_CLIENT)
			session(l, client, func() UINT {
				return NxPop3ClientCreate(client, NX_FALSE, a.ip, a.pool, b.address, popPort, popUser, popPassword)
			})
		})
	})
}

// servePOP3 accepts one connection, answers by turns, and waits until the client closes.
func (h *netHost) servePOP3(turns []popTurn) {
	l := h.lab
	s := h.acceptTCP(popPort)
	for _, turn := range turns {
		if turn.command != "" {
			netEqual(l.t, "command", h.lab.takeTCP(s), turn.command+"\r\n")
		}
		for _, piece := range turn.pieces {
			l.ok("send", NxTcpSocketSend(s, h.packet(NX_TCP_PACKET, []byte(piece)), netSecond))
		}
	}
	h.closeTCP(s, popPort)
}

// popLogin are the turns up to the answer to STAT.
func popLogin(stat string) []popTurn {
	return []popTurn{
		{"", []string{"+OK mail.example.org POP3 server ready <1896.697170952@mail.example.org>\r\n"}},
		{"USER " + popUser, []string{"+OK reader... who are you?\r\n"}},
		{"PASS " + popPassword, []string{"+OK the maildrop is yours\r\n"}},
		{"STAT", []string{stat}},
	}
}

// popMail are the turns of a mail that is retrieved and deleted.
func popMail(item, retr string, pieces ...string) []popTurn {
	return []popTurn{
		{"RETR " + item, append([]string{retr}, pieces...)},
		{"DELE " + item, []string{"+OK message " + item + " deleted\r\n"}},
	}
}

// popQuit is the last turn.
var popQuit = popTurn{"QUIT", []string{"+OK goodbye (maildrop empty)\r\n"}}

// fetch reads all mails of the maildrop, deletes them, and ends the session.
func (l *netLab) fetch(client *NX_POP3_CLIENT, items UINT, total, size ULONG) (mails [][]popPiece) {
	l.t.Helper()
	var gotItems UINT
	var gotTotal, gotSize ULONG
	l.ok("items", NxPop3ClientMailItemsGet(client, &gotItems, &gotTotal))
	netEqual(l.t, "items, total size", []ULONG{gotItems, gotTotal}, []ULONG{items, total})
	for item := UINT(1); item <= gotItems; item++ {
		l.ok("item", NxPop3ClientMailItemGet(client, item, &gotSize))
		netEqual(l.t, "size", gotSize, size)
		mails = append(mails, l.fetchMail(client))
		l.ok("delete", NxPop3ClientMailItemDelete(client, item))
		l.sleep(10)
	}
	l.ok("quit", NxPop3ClientQuit(client))
	l.ok("delete client", NxPop3ClientDelete(client))
	return mails
}

// fetchMail reads the mail that was asked for.
func (l *netLab) fetchMail(client *NX_POP3_CLIENT) (pieces []popPiece) {
	l.t.Helper()
	for final := UINT(NX_FALSE); final == NX_FALSE; {
		var p *NX_PACKET
		var bytes ULONG
		if got := NxPop3ClientMailItemMessageGet(client, &p, &bytes, &final); got != NX_SUCCESS {
			l.ok("message", got)
			break
		}
		pieces = append(pieces, popPiece{l.take(p), bytes, final != NX_FALSE})
	}
	return pieces
}
