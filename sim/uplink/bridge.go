package uplink

import (
	"errors"
	"io"
	"net"
	"sync/atomic"

	"go.uber.org/zap"
)

const (
	// pieceSize is how much is handed over at a time, in bytes.
	pieceSize = 32 << 10
	// pieces is how many pieces a direction has.
	pieces = 2
	// sendBuffer is what a connection on the wire keeps to send, in bytes.
	sendBuffer = 64 << 10
	// segment is the usual size of a TCP segment on the wire, in bytes. Netstack
	// never fills up a segment from the next write; one that is not full costs
	// the 200 ms of NetX's delayed ACK when the window takes but one.
	segment = 1460
)

// A stream is a TCP connection, of the machine or of a simulated host.
type stream interface {
	net.Conn
	CloseWrite() error
	SetLinger(sec int) error
	SetWriteBuffer(bytes int) error
}

// An inside stream is one of a simulated host.
type inside interface {
	stream
	AwaitEnd() error
}

// A piece is a part of a stream: data, or how the stream ends.
type piece struct {
	data []byte
	end  error // io.EOF, or why there is no more
}

// A bridge joins a connection on the wire, inner, with one of the machine.
type bridge struct {
	u     *Uplink
	inner inside
	outer stream
	legs  atomic.Int32 // goroutines that still use outer
	done  func()

	// Towards the machine. The writing goroutine takes pieces out of work, which
	// has room for all there are, and gives the buffers back by Post.
	work  chan piece
	empty [][]byte
	stuck bool // nothing can be written any more

	// Towards the wire. The reading goroutine fills buffers out of spare, which
	// has room for all there are, and hands them over by Post.
	spare   chan []byte
	arrived []piece

	programs int  // that still use inner
	ended    bool // the input of inner; one of the programs watches for a reset
}

// The keys on which the programs of a bridge wait.
type (
	waitEmpty   struct{ *bridge }
	waitArrived struct{ *bridge }
)

// WaitReason says in a report what a program waits for.
func (b waitEmpty) WaitReason() string {
	return "room in the socket of " + b.inner.RemoteAddr().String()
}

// WaitReason says in a report what a program waits for.
func (b waitArrived) WaitReason() string {
	return "input of the socket of " + b.inner.RemoteAddr().String()
}

// join carries bytes between the two connections until both directions have
// ended. It returns at once.
func (u *Uplink) join(inner inside, outer stream) {
	b := &bridge{
		u: u, inner: inner, outer: outer, done: u.kernel.Outside(), programs: 2,
		work: make(chan piece, pieces+1), spare: make(chan []byte, pieces),
	}
	for range pieces {
		b.empty = append(b.empty, make([]byte, pieceSize))
		b.spare <- make([]byte, pieceSize)
	}
	b.legs.Store(2)
	_ = inner.SetWriteBuffer(sendBuffer)
	u.log.Debug("uplink: connected", zap.Stringer("inside", inner.RemoteAddr()), zap.Stringer("outside", outer.RemoteAddr()))
	u.outside.start(b.write)
	u.outside.start(b.read)
	u.start(b.takeOut)
	u.start(b.bringIn)
}

// takeOut is the program that reads from the wire.
func (b *bridge) takeOut() {
	defer b.leave()
	for {
		if len(b.empty) == 0 && !b.stuck {
			_ = b.u.kernel.WaitDeadline(waitEmpty{b}, -1, nil)
			continue
		}
		if b.stuck {
			return
		}
		buffer := b.empty[0]
		b.empty = b.empty[1:]
		n, err := b.inner.Read(buffer)
		if n > 0 {
			b.work <- piece{data: buffer[:n]}
		}
		if err == nil {
			continue
		}
		if errors.Is(err, io.EOF) {
			b.work <- piece{end: err}
			b.ended = true
			err = b.inner.AwaitEnd()
		}
		if err != nil && !errors.Is(err, net.ErrClosed) {
			b.u.abort(b.outer) // also when the goroutine cannot: it may be in the middle of a write
		}
		if !b.ended {
			b.work <- piece{end: err}
		}
		return
	}
}

// write is the goroutine that writes to the machine's socket.
func (b *bridge) write() {
	defer b.letGo()
	for {
		var p piece
		select {
		case p = <-b.work:
		case <-b.u.outside.ctx.Done():
			return
		}
		if p.end != nil {
			_ = b.outer.CloseWrite()
			return
		}
		_, err := b.outer.Write(p.data)
		b.u.kernel.Post(func() { b.written(p.data[:pieceSize], err) })
		if err != nil {
			return
		}
	}
}

// written takes a buffer back.
func (b *bridge) written(buffer []byte, err error) {
	b.empty = append(b.empty, buffer)
	if err != nil {
		b.stuck = true
		b.reset()
	}
	b.u.kernel.Wake(waitEmpty{b}, nil)
}

// read is the goroutine that reads from the machine's socket.
func (b *bridge) read() {
	defer b.letGo()
	for {
		var buffer []byte
		select {
		case buffer = <-b.spare:
		case <-b.u.outside.ctx.Done():
			return
		}
		n, err := b.outer.Read(buffer)
		b.u.kernel.Post(func() {
			b.arrived = append(b.arrived, piece{buffer[:n], err})
			b.u.kernel.Wake(waitArrived{b}, nil)
		})
		if err != nil {
			return
		}
	}
}

// bringIn is the program that writes to the wire.
func (b *bridge) bringIn() {
	defer b.leave()
	var text []byte
	for {
		if len(b.arrived) == 0 && len(text) == 0 {
			_ = b.u.kernel.WaitDeadline(waitArrived{b}, -1, nil)
			continue
		}
		n := len(text) // nothing came to fill a segment
		var end error
		if len(b.arrived) > 0 {
			text, end = b.gather(text)
			n = len(text)
			if n > segment && end == nil {
				n -= n % segment
			}
		}
		if _, err := b.inner.Write(text[:n]); err != nil {
			b.u.abort(b.outer)
			return
		}
		text = text[:copy(text, text[n:])]
		if end != nil {
			b.end(end)
			return
		}
	}
}

// gather appends all that has arrived to text. Buffers go back to the goroutine, so that the
// socket is read on, and seen to be closed, while text is written.
func (b *bridge) gather(text []byte) (_ []byte, end error) {
	for _, p := range b.arrived {
		text = append(text, p.data...)
		if end = p.end; end == nil {
			b.spare <- p.data[:pieceSize]
		}
	}
	b.arrived = b.arrived[:0]
	return text, end
}

// end ends the connection on the wire as that of the machine has ended.
func (b *bridge) end(how error) {
	if errors.Is(how, io.EOF) {
		_ = b.inner.CloseWrite()
		return
	}
	b.reset()
}

// reset resets the connection on the wire.
func (b *bridge) reset() {
	_ = b.inner.SetLinger(0)
	_ = b.inner.Close()
}

// leave ends a program. The last one that carries something closes the connection on the wire.
func (b *bridge) leave() {
	if b.programs--; b.programs == 0 || b.ended {
		_ = b.inner.Close()
	}
}

// letGo ends a goroutine. The last one closes the socket.
func (b *bridge) letGo() {
	if b.legs.Add(-1) == 0 {
		b.u.outside.close(b.outer)
		b.done()
	}
}
