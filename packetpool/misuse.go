package packetpool

import (
	"fmt"
	"strings"

	"netxsim/netx/status"
)

// A MisuseError is what a service returns to a caller that uses a packet in a
// way that would corrupt memory on the device. It wraps the status that the C
// library returns, or the nearest one where C checks nothing.
type MisuseError struct {
	Op     string      // what was tried, "release"
	Fault  string      // what is wrong, "it is free already"
	Pool   string      // the pool the packet belongs to; empty if it is in none
	Index  int         // its position there, -1 if it is in none
	Holder string      // who has it; empty if it is free
	Thread string      // who allocated it last; empty if unknown
	Status status.Code // the status

	// Where the packet was allocated and released the last time, as
	// "folder/file.go:12"; empty if it was not, or without debug information.
	Allocated, Released string
}

// Error returns all of it in a line.
func (e *MisuseError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "packetpool: %s", e.Op)
	if e.Index >= 0 {
		fmt.Fprintf(&b, " packet %d of pool %s", e.Index, e.Pool)
	}
	fmt.Fprintf(&b, ": %s", e.Fault)
	for _, clause := range []struct{ before, what string }{
		{"; held by ", e.Holder}, {"; allocated by ", e.Thread}, {" at ", e.Allocated}, {"; released at ", e.Released},
	} {
		if clause.what != "" {
			b.WriteString(clause.before + clause.what)
		}
	}
	return b.String() + ": " + e.Status.Error()
}

// Unwrap returns the status.
func (e *MisuseError) Unwrap() error { return e.Status }

// misuse describes what was done to p, and tells the watchers: a ported program
// sees only the status.
func (p *Packet) misuse(op, fault string, code status.Code) error {
	e := &MisuseError{Op: op, Fault: fault, Index: -1, Status: code}
	if p == nil || p.home == nil {
		return e
	}
	e.Pool, e.Index = p.home.name, p.index
	e.Holder, e.Thread = p.HolderName(), p.thread
	if p.debug != nil {
		e.Allocated, e.Released = p.debug.allocated.String(), p.debug.released.String()
	}
	if p.home.watchers != nil {
		p.home.emit(Event{Cause: CauseMisuse, Packet: p, Holder: e.Holder, Err: e})
	}
	return e
}

// outside is the error of a write of n bytes at ptr that leaves the payload.
func (p *Packet) outside(ptr, n int) error {
	code, fault := status.Overflow, fmt.Sprintf("%d bytes at offset %d of a payload of %d", n, ptr-p.DataStart, p.DataEnd-p.DataStart)
	if ptr < p.DataStart {
		code = status.Underflow
	}
	return p.misuse("write", fault, code)
}

// whyNotReleasable says it in words.
func (p *Packet) whyNotReleasable() string {
	switch {
	case p == nil:
		return "there is no packet"
	case p.PoolOwner == nil:
		return "it belongs to no pool"
	case !p.PoolOwner.created:
		return "its pool is deleted"
	case p.free || p.UnionNext.TcpQueueNext == Free:
		return "it is free already"
	case p.UnionNext.TcpQueueNext != Allocated:
		return "it is in a TCP queue"
	}
	return "its chain runs in a circle"
}

// check returns an error if the packet, or its chain, cannot be used for op.
func (p *Packet) check(op string) error {
	switch {
	case p == nil || p.home == nil:
		return p.misuse(op, p.whyNotReleasable(), status.PtrError)
	case p.free:
		return p.misuse(op, "it is free", status.PtrError)
	case p.Next != nil && p.runsInCircle(), p.Last != nil && p.Last.runsInCircle():
		return p.misuse(op, "its chain runs in a circle", status.InvalidPacket)
	}
	return nil
}

// runsInCircle reports whether the chain comes back to itself.
func (p *Packet) runsInCircle() bool { return p.meet() != nil }

// meet returns a packet of the circle that the chain runs into, nil if it ends:
// a walk in steps of one and a walk in steps of two meet there.
func (p *Packet) meet() *Packet {
	slow := p
	for fast := p; fast != nil && fast.Next != nil; {
		slow, fast = slow.Next, fast.Next.Next
		if slow == fast {
			return slow
		}
	}
	return nil
}

// uncircle ends a chain that runs in a circle where it would come to a packet
// for the second time, and returns that packet; nil if the chain was fine.
func (p *Packet) uncircle() *Packet {
	twice := p.meet()
	if twice == nil {
		return nil
	}
	for from := p; from != twice; from, twice = from.Next, twice.Next {
	}
	last := twice
	for last.Next != twice {
		last = last.Next
	}
	last.Next = nil
	return twice
}
