package pop3client_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-sasl"

	"netxsim/pop3client"
	"netxsim/sim/link"
	"netxsim/sim/mailbox"
)

// letter is a message with a text and an attachment. A line of the text begins
// with a dot.
const letter = `From: Marshall Rose <mrose@dbc.mtview.ca.us>
To: Tanya <tanya@example.org>
Subject: =?utf-8?q?Caf=C3=A9?=
Mime-Version: 1.0
Content-Type: multipart/mixed; boundary=limit

--limit
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Let us meet at the caf=C3=A9.
.. is no place.
--limit
Content-Type: text/csv
Content-Disposition: attachment; filename=table.csv
Content-Transfer-Encoding: base64

YSxiCjEsMgo=
--limit--
`

// A message is walked with package mail of go-message while it arrives: the
// reader takes one packet at a time out of the pool and ends at the end mark,
// so that eight packets do for a message of any size.
func ExampleClient_MessageReader() {
	text := strings.ReplaceAll(letter, "\n", "\r\n")
	n, err := newNetwork(1, link.Config{}, 8, mailbox.New(mailbox.NewMessage("1", []byte(text))))
	if err != nil {
		fmt.Println(err)
		return
	}
	err = n.run(func() error {
		client, err := pop3client.Create(pop3client.Config{
			IP: n.target, Server: n.host.Addr(), User: "mrose", Password: "tanstaaf", Fixes: pop3client.AllFixes,
		})
		if err != nil {
			return err
		}
		defer client.Delete()
		if _, err := client.MailItem(1); err != nil {
			return err
		}
		message, err := mail.CreateReader(client.MessageReader())
		if err != nil {
			return err
		}
		if err := printMail(message); err != nil {
			return err
		}
		return client.Quit()
	})
	fmt.Println(err, n.pool.Available(), "packets free")
	// Output:
	// Subject: Café
	// text: "Let us meet at the café.\r\n.. is no place."
	// table.csv: "a,b\n1,2\n"
	// <nil> 8 packets free
}

// printMail prints the parts of a message.
func printMail(message *mail.Reader) error {
	subject, err := message.Header.Subject()
	if err != nil {
		return err
	}
	fmt.Println("Subject:", subject)
	for {
		part, err := message.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := "text"
		if header, ok := part.Header.(*mail.AttachmentHeader); ok {
			name, _ = header.Filename()
		}
		body, err := io.ReadAll(part.Body)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %q\n", name, body)
	}
}

// A session as a mail program of today has it: TLS before the login, AUTH
// PLAIN, and unique ids to know which messages are new.
func ExampleClient_UniqueIDs() {
	n, err := newNetwork(1, link.Config{}, 8, samples())
	if err != nil {
		fmt.Println(err)
		return
	}
	err = n.run(func() error {
		client, err := pop3client.Create(pop3client.Config{
			IP: n.target, Server: n.host.Addr(), Fixes: pop3client.AllFixes, NoLogin: true,
		})
		if err != nil {
			return err
		}
		defer client.Delete()
		list, err := client.Capabilities()
		if err != nil {
			return err
		}
		if _, ok := list.Lookup("STLS"); ok {
			if err := client.StartTLS(&tls.Config{ServerName: "mail.example.org"}); err != nil {
				return err
			}
		}
		if mechanisms, ok := list.Lookup("SASL"); ok {
			fmt.Println("mechanisms:", mechanisms)
		}
		if err := client.Authenticate(sasl.NewPlainClient("", "mrose", "tanstaaf")); err != nil {
			return err
		}
		ids, err := client.UniqueIDs()
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := client.Top(id.Item, 0); err != nil {
				return err
			}
			header, err := io.ReadAll(client.MessageReader())
			if err != nil {
				return err
			}
			fmt.Printf("%d, id of %d characters: %q\n", id.Item, len(id.ID), header)
		}
		return client.Quit()
	})
	fmt.Println(err)
	// Output:
	// mechanisms: [PLAIN]
	// 1, id of 32 characters: "Subject: dots\r\n\r\n"
	// 2, id of 32 characters: "Subject: bye\r\n\r\n"
	// <nil>
}
