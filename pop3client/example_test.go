package pop3client_test

import (
	"fmt"
	"io"

	"netxsim/packetpool"
	"netxsim/pop3client"
	"netxsim/sim/link"
	"netxsim/sim/mailbox"
)

// samples is what waits in the examples.
func samples() *mailbox.Mailbox {
	return mailbox.New(
		mailbox.NewMessage("1", []byte("Subject: dots\r\n\r\n.one\r\n..two\r\n.\r\n")),
		mailbox.NewMessage("2", []byte("Subject: bye\r\n\r\nSee you.\r\n")),
	)
}

// A whole session with APOP: every message is read as a stream and deleted.
func Example() {
	n, err := newNetwork(1, link.Config{}, 8, samples())
	if err != nil {
		fmt.Println(err)
		return
	}
	err = n.run(func() error {
		client, err := pop3client.Create(pop3client.Config{
			IP:       n.target,
			Server:   n.host.Addr(),
			User:     "mrose",
			Password: "tanstaaf",
			APOP:     true,
			Fixes:    pop3client.AllFixes,
		})
		if err != nil {
			return err
		}
		defer client.Delete()
		count, total, err := client.MailItems()
		if err != nil {
			return err
		}
		fmt.Println(count, "messages,", total, "bytes")
		for item := uint32(1); item <= count; item++ {
			if _, err := client.MailItem(item); err != nil {
				return err
			}
			text, err := io.ReadAll(client.MessageReader())
			if err != nil {
				return err
			}
			fmt.Printf("%d: %q\n", item, text)
			if err := client.MailItemDelete(item); err != nil {
				return err
			}
		}
		return client.Quit()
	})
	fmt.Println(err, n.pool.Available(), "packets free")
	// Output:
	// 2 messages, 59 bytes
	// 1: "Subject: dots\r\n\r\n.one\r\n..two\r\n.\r\n"
	// 2: "Subject: bye\r\n\r\nSee you.\r\n"
	// <nil> 8 packets free
}

// The loop that C programs have: packets until the last one is final. Without
// fixes the client hands out the text as it came, end mark included, and says
// which quirks it ran into.
func ExampleClient_Message() {
	n, err := newNetwork(1, link.Config{}, 8, samples())
	if err != nil {
		fmt.Println(err)
		return
	}
	err = n.run(func() error {
		client, err := pop3client.Create(pop3client.Config{
			IP: n.target, Server: n.host.Addr(), User: "mrose", Password: "tanstaaf",
		})
		if err != nil {
			return err
		}
		defer client.Delete()
		if _, _, err := client.MailItems(); err != nil { // LIST and RETR need the count
			return err
		}
		if _, err := client.MailItem(1); err != nil {
			return err
		}
		for final := false; !final; {
			var packet *packetpool.Packet
			var bytes uint32
			packet, bytes, final, err = client.Message()
			if err != nil {
				return err
			}
			fmt.Printf("%d bytes, final %v: %q\n", bytes, final, packet.Bytes())
			if err := packet.Release(); err != nil {
				return err
			}
		}
		for _, hit := range client.Quirks() {
			fmt.Println(hit.Quirk)
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 39 bytes, final true: "Subject: dots\r\n\r\n..one\r\n...two\r\n..\r\n.\r\n"
	// Q-TERM-COUNTED
	// Q-NO-UNSTUFF
}

// The server says why it refuses.
func ExampleReplyError() {
	n, err := newNetwork(1, link.Config{}, 8, samples())
	if err != nil {
		fmt.Println(err)
		return
	}
	err = n.run(func() error {
		_, err := pop3client.Create(pop3client.Config{
			IP: n.target, Server: n.host.Addr(), User: "mrose", Password: "wrong", Fixes: pop3client.AllFixes,
		})
		return err
	})
	fmt.Println(err)
	// Output: pop3: PASS: -ERR [AUTH] wrong user name or password
}
