package board

import (
	"fmt"
	"io"
	"net/netip"

	"netxsim/ipstack/host"
	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/mailbox"
	"netxsim/sim/pop3server"
)

// MailServer adds a host with the POP3 server that the samples want, 192.2.2.89, to a network; recipient@domain.com has the
// box. What is said is printed to w.
func MailServer(w io.Writer, box *mailbox.Mailbox) func(*sim.Kernel, *link.Wire) error {
	return func(kernel *sim.Kernel, wire *link.Wire) error {
		server := host.New(kernel, host.Config{
			Name: "server", Address: netip.MustParsePrefix("192.2.2.89/24"), Wire: wire, HardwareAddress: [6]byte{2, 0, 0, 0, 0, 89},
		})
		pop3, err := pop3server.New(pop3server.Config{
			Users: []pop3server.User{{Name: "recipient@domain.com", Password: "testpwd", Mailbox: box}},
			Go:    server.Go,
			Trace: func(l pop3server.Line) { fmt.Fprintln(w, l) },
		})
		if err != nil {
			return err
		}
		listener, err := server.Listen("tcp", ":pop3")
		if err != nil {
			return err
		}
		server.Go(func() { _ = pop3.Serve(listener) }) // ends with the simulation
		return nil
	}
}

// Box is a mailbox with three messages: one of a line, one of ten, and one that is longer than a packet.
func Box() *mailbox.Mailbox {
	return mailbox.New(
		mailbox.NewMessage("1", []byte("Subject: short\r\n\r\nHello.\r\n")),
		mailbox.NewMessage("2", message("ten lines", 10)),
		mailbox.NewMessage("3", message("thirty lines", 30)),
	)
}

func message(subject string, lines int) []byte {
	text := fmt.Appendf(nil, "Subject: %s\r\n\r\n", subject)
	for n := range lines {
		text = fmt.Appendf(text, "line %2d of %2d, and what else there is to say about it.\r\n", n+1, lines)
	}
	return text
}
