package host

import (
	"context"
	"errors"
	"net"
	"os"
	"slices"
	"time"

	"netxsim/sim"
)

// errWait is what a back end's function returns when it would have to wait. It is
// called again when something has changed.
var errWait = errors.New("host: would wait")

// A side is one direction of a socket: the operations on it, which happen one
// after the other, and until when they may last. Only who holds the baton touches it.
type side struct {
	world   *world
	what    string // for reports: what is waited for
	closed  bool
	limited bool
	limit   time.Duration // the kernel's time
	queue   []*operation  // the first is being tried
	retry   *sim.Event
	spare   *operation
}

func (s *side) init(w *world, what string) {
	s.world, s.what = w, what
	s.retry = w.kernel.NewEvent(s.pump)
}

// An operation is something that a caller wants done and waits for. It is the key
// of a wait in the kernel.
type operation struct {
	side  *side
	try   func() error // errWait: not yet
	done  chan error   // for goroutines
	timer *sim.Event   // for goroutines, nil without a limit
	over  bool
}

// WaitReason says in a report what the caller waits for.
func (o *operation) WaitReason() string { return o.side.what }

// check returns the error of an operation that comes too late.
func (s *side) check() error {
	switch {
	case s.closed:
		return net.ErrClosed
	case s.limited && s.world.kernel.Now() >= s.limit:
		return os.ErrDeadlineExceeded
	}
	return nil
}

// do tries until it succeeds, fails, the side is closed or its deadline has
// passed.
func (s *side) do(try func() error) error { return s.doContext(context.Background(), try) }

// doContext is do that the end of a context ends too, if the caller is a goroutine.
func (s *side) doContext(ctx context.Context, try func() error) error {
	if s.world.goroutines {
		return s.doOutside(ctx, try)
	}
	return s.doInside(try)
}

// doInside is do for the holder of the baton.
func (s *side) doInside(try func() error) error {
	o := s.begin(try)
	defer s.leave(o) // also when the thread is terminated
	for {
		if err := s.check(); err != nil {
			return err
		}
		if s.queue[0] == o {
			if err := try(); !errors.Is(err, errWait) {
				return err
			}
		}
		limit := time.Duration(-1)
		if s.limited {
			limit = s.limit - s.world.kernel.Now()
		}
		if err := s.world.kernel.WaitDeadline(o, limit, os.ErrDeadlineExceeded); err != nil {
			return err
		}
	}
}

// begin queues an operation of the holder of the baton.
func (s *side) begin(try func() error) *operation {
	o := s.spare
	s.spare = nil
	if o == nil {
		o = &operation{side: s}
	}
	o.try = try
	s.queue = append(s.queue, o)
	return o
}

// leave ends it, and lets the next one try.
func (s *side) leave(o *operation) {
	first := s.queue[0] == o
	s.remove(o)
	o.try = nil
	s.spare = o
	if first {
		s.ready()
	}
}

func (s *side) remove(o *operation) {
	if i := slices.Index(s.queue, o); i >= 0 {
		s.queue = slices.Delete(s.queue, i, i+1)
	}
}

// ready has the first operation tried again. It does not touch the back end.
func (s *side) ready() {
	switch {
	case len(s.queue) == 0:
	case s.world.goroutines:
		s.retry.Reset(0)
	default:
		s.world.kernel.Wake(s.queue[0], nil)
	}
}

// doOutside is do for a goroutine: the kernel does the trying.
func (s *side) doOutside(ctx context.Context, try func() error) error {
	o := &operation{side: s, try: try, done: make(chan error, 1)}
	if !s.world.kernel.Enter(o.enqueue) {
		return net.ErrClosed
	}
	if ctx.Done() != nil {
		stop := context.AfterFunc(ctx, func() { s.world.kernel.Enter(func() { o.finish(ctx.Err()) }) })
		defer stop()
	}
	select {
	case err := <-o.done:
		return err
	case <-s.world.kernel.Over():
	}
	select {
	case err := <-o.done:
		return err
	default:
		return net.ErrClosed
	}
}

// enqueue begins a goroutine's operation.
func (o *operation) enqueue() {
	if o.over { // its context was quicker
		return
	}
	o.side.queue = append(o.side.queue, o)
	if len(o.side.queue) == 1 {
		o.side.pump()
	} else {
		o.arm()
	}
}

// pump tries the goroutines' operations until one has to wait.
func (s *side) pump() {
	for len(s.queue) > 0 {
		o := s.queue[0]
		err := s.check()
		if err == nil {
			err = o.try()
		}
		if errors.Is(err, errWait) {
			o.arm()
			return
		}
		o.finish(err)
	}
}

// arm starts the time of a goroutine's operation, or ends it if that is up.
func (o *operation) arm() {
	s := o.side
	if err := s.check(); err != nil {
		o.finish(err)
		return
	}
	if !s.limited {
		if o.timer != nil {
			o.timer.Stop()
		}
		return
	}
	if o.timer == nil {
		o.timer = s.world.kernel.NewEvent(func() { o.finish(os.ErrDeadlineExceeded) })
	}
	o.timer.Reset(s.limit - s.world.kernel.Now())
}

// finish ends a goroutine's operation.
func (o *operation) finish(err error) {
	if o.over {
		return
	}
	o.over = true
	if o.timer != nil {
		o.timer.Stop()
	}
	s := o.side
	first := len(s.queue) > 0 && s.queue[0] == o
	s.remove(o)
	o.done <- err
	if first {
		s.ready()
	}
}

// changed has all operations look at the side's deadline, and whether it is closed.
func (s *side) changed() {
	for _, o := range slices.Clone(s.queue) {
		if s.world.goroutines {
			o.arm()
		} else {
			s.world.kernel.Wake(o, nil)
		}
	}
}

// setLimit changes the deadline.
func (s *side) setLimit(limited bool, limit time.Duration) {
	s.limited, s.limit = limited, limit
	s.changed()
}

// close ends all operations, and those to come.
func (s *side) close() {
	s.closed = true
	s.changed()
}
