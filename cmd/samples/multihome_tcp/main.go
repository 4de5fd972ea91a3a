// Command multihome_tcp is the twin of NetX Duo's sample demo_netx_duo_multihome_tcp.c: two IP instances with two
// interfaces each, all on one wire. A client connects to each of four addresses of a server in turn, sends 28 bytes and
// disconnects.
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

// run lets the sample work for a few virtual seconds.
func run(w io.Writer) error {
	if err := board.Boot(w, board.Options{Define: tx_application_define, Interfaces: 2, Run: 10 * time.Second}); err != nil {
		return err
	}
	fmt.Fprintf(w, "thread 0: %d connections, thread 1: %d, errors: %d\n", thread_0_counter, thread_1_counter, error_counter)
	return nil
}
