package mailbox_test

import (
	"fmt"
	"log"
	"os"

	"netxsim/sim/mailbox"
)

func Example() {
	box := mailbox.New(
		mailbox.NewMessage("first", []byte("Subject: Hello\n\nA line.\n")),
		mailbox.NewMessage("second", []byte("Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\n\n.\n")),
	)
	for i, m := range box.Messages() {
		fmt.Printf("%d: %d bytes, %s\n", i+1, m.Size(), m.Subject())
	}
	// Output:
	// 1: 27 bytes, Hello
	// 2: 43 bytes, Grüße
}

func ExampleGenerate() {
	dir, err := os.MkdirTemp("", "maildir")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := mailbox.Generate(1, 3, 0, 1000).WriteMaildir(dir); err != nil {
		log.Fatal(err)
	}
	box, err := mailbox.Open(dir)
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range box.Messages() {
		fmt.Println(m.UID(), m.Subject())
	}
	// Output:
	// 1000000000.M0P1Q1.netxsim Message 1 of seed 1, body of 0 bytes
	// 1000000001.M0P1Q2.netxsim Message 2 of seed 1, body of 1000 bytes
	// 1000000002.M0P1Q3.netxsim Message 3 of seed 1, body of 0 bytes
}
