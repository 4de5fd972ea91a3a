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
	mu    sync.Mutex
	full  []*batch // read, not yet on the wire
	enter func()   // deliver, made once
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
	size := max(wire.MTU(), d.mtu) + link.HeaderLen
	for range batches {
		c.free <- &batch{memory: make([]byte, batchFrames*size), frames: make([][]byte, 0, batchFrames)}
	}
	c.port = wire.Attach(d.name, d.mac, c.send)
	inside := kernel.Outside()
	kernel.OnEnd(func() {
		c.unplug()
		inside()
	})
	go c.read(size)
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
func (c *cable) read(size int) {
	defer close(c.ended)
	for {
		var b *batch
		select {
		case b = <-c.free:
		case <-c.over:
			return
		}
		if c.fill(b, size) != nil {
			return
		}
		c.mu.Lock()
		c.full = append(c.full, b)
		c.mu.Unlock()
		c.kernel.Post(c.enter)
	}
}

// fill waits for a frame and then takes what else is there.
func (c *cable) fill(b *batch, size int) error {
	b.frames = b.frames[:0]
	var failure error
	err := c.device.raw.Read(func(fd uintptr) bool {
		for len(b.frames) < batchFrames {
			at := len(b.frames) * size
			n, err := unix.Read(int(fd), b.memory[at:at+size])
			switch {
			case errors.Is(err, syscall.EINTR):
				continue
			case errors.Is(err, syscall.EAGAIN):
				return len(b.frames) > 0
			case err == nil && n == 0:
				err = io.EOF
			}
			if err != nil {
				failure = err
				return true
			}
			b.frames = append(b.frames, b.memory[at:at+n])
		}
		return true
	})
	return errors.Join(err, failure)
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
