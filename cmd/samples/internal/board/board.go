// Package board is what the ported samples run on: a program of package netx with memory for its stacks, for some
// virtual time.
package board

import (
	"fmt"
	"io"
	"time"

	"netxsim/ipstack"
	"netxsim/netx"
	"netxsim/sim"
	"netxsim/sim/link"
)

// Options say what a sample needs of its board. The zero value is a board with one interface for each instance.
type Options struct {
	Define     func(firstUnusedMemory []byte) // the sample's tx_application_define
	Interfaces int                            // NX_MAX_PHYSICAL_INTERFACES; 0 means 1
	Run        time.Duration                  // virtual time after which the sample stops; 0 means when nothing is left to do
	// Network adds to the wire of NxRamNetworkDriver before the sample starts; nil adds nothing.
	Network func(kernel *sim.Kernel, wire *link.Wire) error
}

// memory is what the linker of the C program leaves free, in bytes.
const memory = 64 << 10

// Boot runs a sample and reports how it ended.
func Boot(w io.Writer, o Options) error {
	kernel := sim.New(sim.Config{Seed: 1, Horizon: o.Run})
	wire := link.New(kernel, link.Config{Name: "ram", Latency: time.Millisecond, Bandwidth: 10_000_000})
	if o.Network != nil {
		if err := o.Network(kernel, wire); err != nil {
			return err
		}
	}
	program := &netx.Program{
		Kernel: kernel, Wire: wire, Name: "sample",
		Stack:               ipstack.Target{Interfaces: o.Interfaces},
		TxApplicationDefine: o.Define,
		FirstUnusedMemory:   make([]byte, memory),
	}
	report, err := program.Boot(nil)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%v after %v\n", report.End, kernel.Now())
	return nil
}
