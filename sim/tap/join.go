//go:build linux

package tap

import (
	"errors"
	"io"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"netxsim/sim"
	"netxsim/sim/link"
)

const (
	// batchFrames is how many frames enter the simulation at once, if so many are there.
	batchFrames = 64
	// batches is how many such batches may be on their way. With all of them full
	// Linux's own queue for the device fills, as with a slow card.
	batches = 4
)

// A batch is frames of Linux on their way into the simulation.
type batch struct {
	memory []byte
	frames [][]byte
}

// A cable is a device on a wire for the time of a run.
type cable struct {
	device *Device
	kernel *sim.Kernel
	port   *link.Port

	free  chan *batch // to be filled
	size  int         // of the largest frame and a byte more, by which a longer one, of which Linux gives the front, shows
	mu    sync.Mutex  // held while frames are read, too, so that they stay in order
	full  []*batch    // read, not yet on the wire
	enter func()      // deliver, made once
	over  chan struct{}
	ended chan struct{}
}

// ErrJoined is the error of [Device.Join] for a device that is on a wire already.
var ErrJoined = errors.New("tap: device is on a wire already")

// Join attaches the device to a wire of kernel, whose clock has to be real. Frames pass until the run ends; then the device can
// join another wire. Join panics if the wire has the device's hardware address already.
func (d *Device) Join(kernel *sim.Kernel, wire *link.Wire) error {
	if !d.joined.CompareAndSwap(false, true) {
		return ErrJoined
	}
	if err := d.file.SetReadDeadline(time.Time{}); err != nil {
		d.joined.Store(false)
		return err
	}
	c := &cable{device: d, kernel: kernel, free: make(chan *batch, batches)}
	c.over, c.ended = make(chan struct{}), make(chan struct{})
	c.enter = c.deliver
	c.size = max(wire.MTU(), d.mtu) + link.HeaderLen + 1
	for range batches {
		c.free <- &batch{memory: make([]byte, batchFrames*c.size), frames: make([][]byte, 0, batchFrames)}
	}
	c.port = wire.Attach(d.name, d.mac, c.send)
	kernel.Poll(c.poll)
	inside := kernel.Outside()
	kernel.OnEnd(func() {
		c.unplug()
		inside()
	})
	go c.read()
	return nil
}

// unplug ends the reading and takes the device off the wire.
func (c *cable) unplug() {
	c.port.Detach()
	// A device closed meanwhile has ended the reading by itself.
	_ = c.device.file.SetReadDeadline(time.Unix(1, 0))
	close(c.over)
	<-c.ended
	c.device.joined.Store(false)
}

// send hands a frame of the wire to Linux. It is called in event context.
func (c *cable) send(frame []byte) {
	counters := &c.device.counters
	n, err := 0, error(unix.EAGAIN)
	// A closed device drops the frame like a full one.
	_ = c.device.raw.Write(func(fd uintptr) bool {
		n, err = unix.Write(int(fd), frame)
		return true
	})
	if err != nil || n < len(frame) {
		counters.dropped.Add(1)
		return
	}
	counters.sent.Add(1)
	counters.sentBytes.Add(uint64(n))
}

// read takes frames from Linux until the run ends or the device is closed.
func (c *cable) read() {
	defer close(c.ended)
	for {
		select {
		case b := <-c.free:
			if c.wait(b) != nil {
				return
			}
			c.kernel.Post(c.enter)
		case <-c.over:
			return
		}
	}
}

// wait waits for a frame, fills a batch with that and what else is there, and queues it.
func (c *cable) wait(b *batch) error {
	var failure error
	err := c.device.raw.Read(func(fd uintptr) (done bool) {
		done, failure = c.fill(b, int(fd))
		return done || failure != nil
	})
	return errors.Join(err, failure)
}

// poll takes what is there without waiting, for a run that would have to wait for it. A device that fails
// is left to the goroutine that reads.
func (c *cable) poll() (found bool) {
	var b *batch
	select {
	case b = <-c.free:
	default:
		return false
	}
	// The device's own way to read would wait for the goroutine that does.
	_ = c.device.raw.Control(func(fd uintptr) { found, _ = c.fill(b, int(fd)) })
	if !found {
		c.free <- b
		return false
	}
	c.kernel.Post(c.enter)
	return true
}

// fill fills a batch with the frames that are there, and queues it if there are any.
func (c *cable) fill(b *batch, fd int) (found bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b.frames = b.frames[:0]
	for err == nil && len(b.frames) < batchFrames {
		at := len(b.frames) * c.size
		n := 0
		n, err = unix.Read(fd, b.memory[at:at+c.size])
		switch {
		case errors.Is(err, syscall.EINTR):
			err = nil
		case err == nil && n == 0:
			err = io.EOF
		case err == nil:
			b.frames = append(b.frames, b.memory[at:at+n])
		}
	}
	if len(b.frames) > 0 {
		c.full = append(c.full, b)
	}
	if errors.Is(err, syscall.EAGAIN) {
		err = nil
	}
	return len(b.frames) > 0, err
}

// deliver puts the oldest batch on the wire. It runs in event context.
func (c *cable) deliver() {
	c.mu.Lock()
	b := c.full[0]
	c.full = c.full[:copy(c.full, c.full[1:])]
	c.mu.Unlock()
	counters := &c.device.counters
	for _, frame := range b.frames {
		counters.received.Add(1)
		counters.receivedBytes.Add(uint64(len(frame)))
		c.port.Send(frame)
	}
	c.free <- b
}
