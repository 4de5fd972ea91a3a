package pop3server_test

import (
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"net/textproto"

	"netxsim/sim/mailbox"
	"netxsim/sim/pop3server"
)

// A session over a pipe; on a simulated host the connection is one of its sockets.
func Example() {
	box := mailbox.New(mailbox.NewMessage("hello", []byte("Subject: Hello\n\nOne line.\n.\n")))
	srv, err := pop3server.New(pop3server.Config{
		Users: []pop3server.User{{Name: "mrose", Password: "tanstaaf", Mailbox: box}},
		Rand:  rand.NewPCG(1, 2),
		Trace: func(l pop3server.Line) { fmt.Println(l) },
	})
	if err != nil {
		log.Fatal(err)
	}
	clientEnd, serverEnd := net.Pipe()
	served := make(chan error)
	go func() { served <- srv.ServeConn(serverEnd) }()

	client := textproto.NewConn(clientEnd)
	defer client.Close()
	for _, command := range []string{"", "USER mrose", "PASS tanstaaf", "RETR 1", "QUIT"} {
		if command != "" {
			if err := client.PrintfLine("%s", command); err != nil {
				log.Fatal(err)
			}
		}
		if _, err := client.ReadLine(); err != nil {
			log.Fatal(err)
		}
		if command == "RETR 1" {
			if _, err := client.ReadDotBytes(); err != nil {
				log.Fatal(err)
			}
		}
	}
	if err := <-served; err != nil {
		log.Fatal(err)
	}
	// Output:
	// S: +OK POP3 server ready <1.14192431797130687760@netxsim>
	// C: USER mrose
	// S: +OK send PASS
	// C: PASS ****
	// S: +OK maildrop has 1 message (32 octets)
	// C: RETR 1
	// S: +OK 32 octets
	// S: (4 lines, 32 octets)
	// S: .
	// C: QUIT
	// S: +OK bye, 0 deleted
}
