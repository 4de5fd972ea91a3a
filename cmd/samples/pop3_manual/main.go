// Command pop3_manual is the twin of the example in the manual of NetX Duo's POP3 client. It differs from the sample in
// the packets (500 bytes) and in a flaw: it reads the first message only, since nobody sets final_packet back. The server's
// lines show what the client then makes of the others.
package main

import (
	"fmt"
	"io"
	"os"

	"netxsim/cmd/samples/internal/board"
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run lets the sample fetch three messages from a simulated server.
func run(w io.Writer) error {
	out = w
	return board.Boot(w, board.Options{Define: tx_application_define, Network: board.MailServer(w, board.Box())})
}
