package scenario

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"
)

// connection runs a session on a TCP connection.
func (x *session) connection() error {
	var local netip.AddrPort
	s, err := x.client.dial(x.work, x.to, func(a netip.AddrPort) {
		local = a
		x.going[a] = x
	})
	defer func() {
		if x.going[local] == x {
			delete(x.going, local)
		}
	}()
	if err != nil {
		return err
	}
	if err := x.clientSide(s); err != nil {
		s.abort()
		return err
	}
	return s.close()
}

// clientSide is what the client does on its connection.
func (x *session) clientSide(s stream) error {
	var err error
	switch {
	case x.Kind == Idle:
		x.w.sleep(time.Duration(x.Length))
		return nil
	case x.Kind == Request:
		err = x.requests(s)
	case x.Direction == "receive":
		err = x.receiveAll(s, x.backward(), x.Size)
	case x.Direction == "send":
		err = x.sendAll(s, x.forward(), x.Size)
	default:
		back := x.backward()
		if x.Direction == "echo" {
			back = x.forward()
		}
		if x.SendFirst {
			err = errors.Join(x.sendAll(s, x.forward(), x.Size), x.receiveAll(s, back, x.Size))
			break
		}
		err = x.parallel(x.client, x.Name+" receiver",
			func() error { return x.sendAll(s, x.forward(), x.Size) },
			func() error { return x.receiveAll(s, back, x.Size) })
	}
	if err != nil {
		return err
	}
	return x.awaitServer()
}

// handle is what the server does on a connection.
func (k *work) handle(s stream) {
	x := k.going[s.peer()]
	if x == nil {
		return // the client has given up
	}
	if err := x.serverSide(s); err != nil || k.Kind != Idle {
		x.serverEnds(err)
	}
	// The client closes first.
	for {
		if err := s.read(func([]byte) {}); err != nil && !(isTimeout(err) && !x.over) {
			return
		}
	}
}

func (x *session) serverSide(s stream) error {
	switch {
	case x.Kind == Idle:
		return nil
	case x.Kind == Request:
		return x.responses(s)
	case x.Direction == "receive":
		return x.sendAll(s, x.backward(), x.Size)
	case x.Direction == "send":
		return x.receiveAll(s, x.forward(), x.Size)
	case x.Direction == "echo":
		return x.echo(s)
	}
	return x.parallel(x.server, x.Name+" server sender",
		func() error { return x.receiveAll(s, x.forward(), x.Size) },
		func() error { return x.sendAll(s, x.backward(), x.Size) })
}

// requests sends requests and receives the responses.
func (x *session) requests(s stream) error {
	for n := range x.Count {
		if n > 0 {
			x.pause(x.chance, x.Think)
		}
		x.sent++
		if err := x.sendAll(s, x.forward(), x.Size); err != nil {
			return fmt.Errorf("request %d of %d: %w", n+1, x.Count, err)
		}
		if err := x.receiveAll(s, x.backward(), x.Response); err != nil {
			return fmt.Errorf("response %d of %d: %w", n+1, x.Count, err)
		}
		x.arrived++
		x.record.Messages++
	}
	return nil
}

// responses receives requests and sends the responses.
func (x *session) responses(s stream) error {
	for range x.Count {
		if err := x.receiveAll(s, x.forward(), x.Size); err != nil {
			return err
		}
		if err := x.sendAll(s, x.backward(), x.Response); err != nil {
			return err
		}
	}
	return nil
}

// echo sends back what it receives. The packet received is held until what it
// brought has been sent.
func (x *session) echo(s stream) error {
	salt, done := x.forward(), 0
	for done < int(x.Size) {
		var failed error
		err := s.read(func(b []byte) {
			x.check(salt, done, b)
			done += len(b)
			x.record.Bytes += int64(len(b))
			if failed == nil {
				failed = s.write(b)
			}
		})
		if err := errors.Join(err, failed); err != nil {
			return err
		}
	}
	return nil
}

// sendAll sends so many bytes of a pattern, a piece at a time.
func (x *session) sendAll(s stream, salt int, size Bytes) error {
	piece := int(x.Write)
	if piece == 0 {
		piece = s.piece()
	}
	for done := 0; done < int(size); {
		if done > 0 && x.Kind == TCP {
			x.pause(x.chance, x.Think)
		}
		n := min(piece, int(size)-done)
		if err := s.write(pattern(salt, done, n)); err != nil {
			return fmt.Errorf("behind byte %d of %d: %w", done, size, err)
		}
		done += n
		if x.Kind == TCP {
			x.sent += n
		}
	}
	return nil
}

// receiveAll receives so many bytes of a pattern.
func (x *session) receiveAll(s stream, salt int, size Bytes) error {
	for done := 0; done < int(size); {
		err := s.read(func(b []byte) {
			x.check(salt, done, b)
			done += len(b)
			x.record.Bytes += int64(len(b))
			if x.Kind == TCP {
				x.arrived += len(b)
			}
		})
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return fmt.Errorf("behind byte %d of %d: %w", done, size, err)
		}
	}
	return nil
}

// check compares what arrived with the pattern at its place.
func (x *session) check(salt, at int, b []byte) {
	for len(b) > 0 {
		n := min(len(b), period)
		if !slices.Equal(b[:n], pattern(salt, at, n)) {
			x.broken()
		}
		b, at = b[n:], at+n
	}
}

// forward and backward are where the patterns of the session's two directions
// begin, so that neither is taken for the other, nor for that of another
// session.
func (x *session) forward() int  { return x.number * 7919 }
func (x *session) backward() int { return x.number*7919 + 4211 }

// period is the length of the pattern, a prime number.
const period = 65537

// patternBytes is the pattern twice, so that each piece of it is in one place.
var patternBytes = func() []byte {
	b := make([]byte, 2*period)
	state := uint32(1)
	for i := range period {
		state = state*1664525 + 1013904223
		b[i], b[i+period] = byte(state>>24), byte(state>>24)
	}
	return b
}()

// pattern returns n bytes, at most period, of the endless pattern. They must
// not be changed.
func pattern(salt, at, n int) []byte {
	begin := (salt + at) % period
	return patternBytes[begin : begin+n]
}
