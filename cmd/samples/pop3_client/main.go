// Command pop3_client is the twin of NetX Duo's sample demo_netxduo_pop3_client.c: it logs in with APOP, fetches every
// message packet by packet, deletes it and quits. The C client's quirks are on (see package pop3client): with packets of 1460 bytes it cannot read
// the third message, since the segment that the message begins in does not fit into one packet (Q-REPLY-CHAIN).
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
