// Command udp is the twin of NetX Duo's sample demo_netx_duo_udp.c: two IP instances in one program, connected by the RAM
// driver. One sends a datagram of 28 bytes every tick, over IPv6 and IPv4 in turn; the other receives them.
package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"netxsim/cmd/samples/internal/board"
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run lets the sample work for seven seconds of virtual time.
func run(w io.Writer) error {
	if err := board.Boot(w, board.Options{Define: tx_application_define, Run: 7 * time.Second}); err != nil {
		return err
	}
	fmt.Fprintf(w, "thread 0: %d sent, thread 1: %d received, errors: %d\n", thread_0_counter, thread_1_counter, error_counter)
	return nil
}
