// Command multihome_udp is the twin of NetX Duo's sample demo_netx_duo_multihome_udp.c: two IP instances with two
// interfaces each, all on one wire. One sends datagrams in eight ways: over IPv4 and IPv6, to link-local and global
// addresses, from a chosen address and from whichever fits. The other receives them.
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
	if err := board.Boot(w, board.Options{Define: tx_application_define, Interfaces: 2, Run: 7 * time.Second}); err != nil {
		return err
	}
	fmt.Fprintf(w, "thread 0: %d sent, thread 1: %d received, errors: %d\n", thread_0_counter, thread_1_counter, error_counter)
	return nil
}
