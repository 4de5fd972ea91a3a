package session

import (
	"errors"
	"fmt"
	"strings"

	"netxsim/netx/status"
)

// explain turns what went wrong into what to do about it; nil if every message
// arrived as it was.
func (r *result) explain(err error) error {
	if err == nil {
		err = r.damage()
	}
	if err == nil {
		return nil
	}
	if r.serverStopped != nil && r.real {
		return fmt.Errorf("%w (%w)", err, r.serverStopped)
	}
	if r.serverStopped != nil {
		return fmt.Errorf("%w (the server stopped: %v)", err, r.serverStopped)
	}
	if advice := r.advice(err); advice != "" {
		return fmt.Errorf("%w\n%s", err, advice)
	}
	return err
}

// damage is the error of messages that differ from the mailbox.
func (r *result) damage() error {
	var bad []string
	for _, m := range r.fetched {
		if m.check.bad() || m.check == asSent && !r.faithful {
			bad = append(bad, fmt.Sprint(m.number))
		}
	}
	switch {
	case len(bad) > 0:
		return fmt.Errorf("messages that differ from %s: %s", r.against(), strings.Join(bad, ", "))
	case len(r.fetched) < r.total:
		return fmt.Errorf("%d of %d messages were fetched", len(r.fetched), r.total)
	}
	return nil
}

// against says what the messages were checked against.
func (r *result) against() string {
	if r.real {
		return "the size that the server said"
	}
	return "the mailbox"
}

// advice says what to raise when the pool was to blame.
func (r *result) advice(err error) string {
	p := r.pool
	size := fmt.Sprintf("pool %s (%s of %d bytes, %d bytes of RAM)", p.Name, count(p.Total, "packet"), p.Payload, p.Bytes)
	switch {
	case r.ip.SendNoRoom > 0:
		return size + ": a payload is too small for the headers of a TCP segment: raise payload="
	case errors.Is(err, status.InvalidParameters), errors.Is(err, status.Pop3InsufficientPacketPayload):
		return size + ": a payload is too small for a command and its headers: raise payload="
	case errors.Is(err, status.InvalidPacket):
		return size + ": a reply came as a chain of packets, which the C client refuses: raise payload="
	case r.ip.ReceiveNoPacket+r.ip.SendNoPacket > 0 || p.EmptyRequests > 0:
		return fmt.Sprintf("%s ran empty, first at %v, held by: %s; %s lost, %s not sent: raise packets=",
			size, p.LowestAt, holders(p.LowestHolders), count(r.ip.ReceiveNoPacket, "received frame"), count(r.ip.SendNoPacket, "message"))
	}
	return ""
}

// count returns "1 packet", "2 packets".
func count[N uint32 | uint64 | int](n N, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
