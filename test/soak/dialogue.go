package soak

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
)

// An order is what a client asks of a server: it sends up bytes and gets down bytes, in turns of turn bytes each.
type order struct {
	id             uint32
	up, down, turn uint32
	manner         manner
}

// A manner is how the two sides of a connection behave.
type manner byte

const (
	serverCloses manner = 1 << iota // first
	half                            // the client closes its direction when it has sent all, and gets the answer behind that
	duplex                          // both send at the same time; for ordinary programs
	abrupt                          // the client goes with a reset in its first turn; the server is not told
)

func (o order) has(m manner) bool { return o.manner&m != 0 }

// The head of a connection says what follows: id, up, down, turn, the manner, and a sum over these.
const headSize = 4*4 + 1 + 8

var table = crc64.MakeTable(crc64.ECMA)

func (o order) head() []byte {
	b := make([]byte, 0, headSize)
	for _, v := range []uint32{o.id, o.up, o.down, o.turn} {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	b = append(b, byte(o.manner&^abrupt))
	return binary.BigEndian.AppendUint64(b, crc64.Checksum(b, table))
}

// errContent is what TCP must never let happen.
var errContent = errors.New("other bytes have arrived than were sent")

func parseOrder(b []byte) (order, error) {
	if crc64.Checksum(b[:headSize-8], table) != binary.BigEndian.Uint64(b[headSize-8:]) {
		return order{}, fmt.Errorf("head: %w", errContent)
	}
	word := func(i int) uint32 { return binary.BigEndian.Uint32(b[4*i:]) }
	return order{id: word(0), up: word(1), down: word(2), turn: word(3), manner: manner(b[16])}, nil
}

// payload is what one side of a connection sends: numbers that follow from the order, and no two places of which look alike.
func payload(id uint32, down bool, size uint32) []byte {
	b := make([]byte, size)
	x := uint64(id)*2 + 1
	if down {
		x++
	}
	x *= 0x9E3779B97F4A7C15
	for i := range b {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b[i] = byte(x >> 32)
	}
	return b
}

// A reader gets exact numbers of bytes out of a stream.
type reader struct {
	stream stream
	rest   []byte
}

// next returns n bytes, or fewer and an error.
func (r *reader) next(n int) ([]byte, error) {
	var b []byte
	for {
		take := min(n-len(b), len(r.rest))
		b = append(b, r.rest[:take]...)
		r.rest = r.rest[take:]
		if len(b) == n {
			return b, nil
		}
		more, err := r.stream.receive()
		r.rest = more
		if err != nil && len(more) == 0 {
			if errors.Is(err, io.EOF) {
				err = errors.Join(io.ErrUnexpectedEOF, err)
			}
			return b, err
		}
	}
}

// end wants nothing more to come.
func (r *reader) end() error {
	if b, err := r.next(1); !errors.Is(err, io.ErrUnexpectedEOF) {
		if err != nil {
			return err
		}
		return fmt.Errorf("% x behind the end: %w", b, errContent)
	}
	return nil
}

// expect reads what want says.
func (r *reader) expect(want []byte) error {
	got, err := r.next(len(want))
	if !bytes.Equal(got, want[:len(got)]) {
		return errContent
	}
	return err
}

// turns sends and receives by turns. begins says whether this side begins a turn.
func turns(s stream, r *reader, out, in []byte, turn int, begins bool) error {
	for len(out) > 0 || len(in) > 0 {
		o, i := min(turn, len(out)), min(turn, len(in))
		if begins && o > 0 {
			if err := send(s, out[:o]); err != nil {
				return err
			}
		}
		if i > 0 {
			if err := r.expect(in[:i]); err != nil {
				return fmt.Errorf("receive: %w", err)
			}
		}
		if !begins && o > 0 {
			if err := send(s, out[:o]); err != nil {
				return err
			}
		}
		out, in = out[o:], in[i:]
	}
	return nil
}

func send(s stream, data []byte) error {
	if err := s.send(data); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	return nil
}

// atOnce sends and receives at the same time.
func atOnce(s stream, r *reader, out, in []byte) error {
	join := s.(interface {
		beside(f func() error) (join func() error)
	}).beside(func() error { return send(s, out) })
	err := r.expect(in)
	if err != nil {
		err = fmt.Errorf("receive: %w", err)
	}
	return errors.Join(err, join())
}

// errAbrupt is what a client ends with that goes with a reset.
var errAbrupt = errors.New("gone")

// call is the client's side of a connection. When it returns nil the server has got all, and so has the client.
func call(s stream, o order) (err error) {
	defer func() { err = finish(s, err) }()
	if err := send(s, o.head()); err != nil {
		return err
	}
	r := &reader{stream: s}
	up, down := payload(o.id, false, o.up), payload(o.id, true, o.down)
	switch {
	case o.has(abrupt):
		if err := send(s, up[:min(len(up)/2, int(o.turn))]); err != nil {
			return err
		}
		return errAbrupt
	case o.has(half):
		if err = send(s, up); err == nil {
			err = s.closeSend()
		}
		if err == nil {
			err = r.expect(down)
		}
	case o.has(duplex):
		err = atOnce(s, r, up, down)
	default:
		err = turns(s, r, up, down, int(o.turn), true)
	}
	if err != nil {
		return err
	}
	// The server says that it has got all by repeating the head.
	if err := r.expect(o.head()); err != nil {
		return fmt.Errorf("receive: %w", err)
	}
	if o.has(serverCloses | half) {
		if err := r.end(); err != nil {
			return fmt.Errorf("end: %w", err)
		}
	}
	return nil
}

// answer is the server's side of a connection. complete is told when all of an order has arrived.
func answer(s stream, complete func(order)) (err error) {
	defer func() { err = finish(s, err) }()
	r := &reader{stream: s}
	head, err := r.next(headSize)
	if err != nil {
		return fmt.Errorf("head: %w", err)
	}
	o, err := parseOrder(head)
	if err != nil {
		return err
	}
	up, down := payload(o.id, false, o.up), payload(o.id, true, o.down)
	switch {
	case o.has(half):
		if err = r.expect(up); err == nil {
			err = r.end()
		}
		if err == nil {
			err = send(s, down)
		}
	case o.has(duplex):
		err = atOnce(s, r, down, up)
	default:
		err = turns(s, r, down, up, int(o.turn), false)
	}
	if err != nil {
		return err
	}
	complete(o)
	if err := send(s, o.head()); err != nil {
		return err
	}
	if !o.has(serverCloses | half) {
		if err := r.end(); err != nil {
			return fmt.Errorf("end: %w", err)
		}
	}
	return nil
}

// errGoodbye is in the error of closing a connection on which everything has arrived.
var errGoodbye = errors.New("close")

// finish closes a stream with which err has happened.
func finish(s stream, err error) error {
	if closing := s.close(err != nil); closing != nil {
		return fmt.Errorf("%w: %w", errGoodbye, closing)
	}
	return err
}
