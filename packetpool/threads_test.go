package packetpool_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"netxsim/netx/status"
	"netxsim/packetpool"
	"netxsim/sim"
)

// A crowd is many threads that fight for the packets of a pool, and an observer
// that knows from the pool's events alone what must hold.
type crowd struct {
	*rapid.T
	kernel *sim.Kernel
	pool   *packetpool.Pool

	owner   map[*packetpool.Packet]string // who has it, by the threads' own account
	queue   []string                      // who waits, longest first
	skipped map[string]bool               // passed over: their waits must be over
	free    uint32
}

// observe checks an event against what must hold after every one.
func (c *crowd) observe(e packetpool.Event) {
	switch e.Cause {
	case packetpool.CauseAllocate:
		c.free--
	case packetpool.CauseRelease, packetpool.CauseTransmitRelease:
		c.free++
	case packetpool.CauseWait:
		c.queue = append(c.queue, e.Holder)
	case packetpool.CauseGiveUp:
		c.leave(e.Holder)
	case packetpool.CauseHandOver:
		for _, first := range c.queue[:max(slices.Index(c.queue, e.Holder), 0)] {
			c.skipped[first] = true
		}
		if c.skipped[e.Holder] {
			c.Errorf("%v: it was passed over before", e)
		}
		c.leave(e.Holder)
	}
	switch {
	case e.Free != c.free:
		c.Errorf("%v: %d free by the events", e, c.free)
	case e.Free > 0 && e.Waiting > 0:
		c.Errorf("%v: a wake-up was lost", e)
	}
}

func (c *crowd) leave(thread string) {
	i := slices.Index(c.queue, thread)
	if i < 0 {
		c.Fatalf("%s does not wait", thread)
	}
	c.queue = slices.Delete(c.queue, i, i+1)
	delete(c.skipped, thread)
}

// got notes that a thread has the packets of a chain.
func (c *crowd) got(thread string, p *packetpool.Packet) {
	for ; p != nil; p = p.Next {
		if other, taken := c.owner[p]; taken && other != thread {
			c.Errorf("packet %d is with %s and %s", p.Index(), other, thread)
		}
		c.owner[p] = thread
	}
}

// give releases a chain as the op says.
func (c *crowd) give(op int, p *packetpool.Packet) {
	for q := p; q != nil; q = q.Next {
		delete(c.owner, q)
	}
	release := p.Release
	if op%2 == 1 {
		release = p.TransmitRelease
	}
	if err := release(); err != nil {
		c.Errorf("release: %v", err)
	}
}

var waits = []uint32{0, 1, 3, 20, packetpool.WaitForever}

// run is the life of a thread: it never holds packets while it waits for its
// first, so the crowd cannot lock up.
func (c *crowd) run(name string, ops []int) {
	for _, op := range ops {
		p, err := c.pool.Allocate(0, waits[op%len(waits)])
		if err != nil {
			if !errors.Is(err, status.NoPacket) && !errors.Is(err, status.TxWaitAborted) {
				c.Errorf("%s: %v", name, err)
			}
			continue
		}
		c.got(name, p)
		if op%3 == 0 {
			_ = p.Append(make([]byte, op%200), c.pool, uint32(op%4))
			c.got(name, p)
		}
		if op%5 < 3 {
			p.Hold(queue("queue"))
		}
		if err := c.kernel.Sleep(uint32(op % 7)); err != nil && !errors.Is(err, status.TxWaitAborted) {
			c.Errorf("%s: sleep: %v", name, err)
		}
		c.give(op, p)
	}
}

// Random programs with many threads: nobody has another's packet, waits are
// served first come, first served, no wake-up is lost, and at the end all is
// free again.
func TestCrowd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		packets := rapid.IntRange(1, 6).Draw(t, "packets")
		programs := rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(0, 999), 1, 12), 2, 16).Draw(t, "programs")
		aborts := rapid.SliceOfN(rapid.IntRange(0, 999), 0, 10).Draw(t, "aborts")
		k := sim.New(sim.Config{})
		c := &crowd{
			T: t, kernel: k, free: uint32(packets),
			owner: make(map[*packetpool.Packet]string), skipped: make(map[string]bool),
		}
		_, err := k.Run(func() {
			c.pool = newCrowdPool(t, k, packets)
			c.pool.Watch(c.observe)
			var threads []*sim.Thread
			for i, ops := range programs {
				name := fmt.Sprint("thread ", i)
				thread, err := k.NewThread(sim.ThreadConfig{Name: name, Priority: uint32(5 + ops[0]%8), Entry: func() { c.run(name, ops) }})
				if err != nil {
					t.Fatal(err)
				}
				threads = append(threads, thread)
			}
			_, _ = k.NewThread(sim.ThreadConfig{Name: "spoiler", Priority: uint32(1 + packets*3), Entry: func() {
				for _, n := range aborts {
					_ = k.Sleep(uint32(n % 5))
					_ = threads[n%len(threads)].WaitAbort()
				}
			}})
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.pool.Check(); err != nil {
			t.Error(err)
		}
		if c.pool.Available() != c.pool.Total() || c.pool.Waiting() != 0 || len(c.queue) != 0 {
			t.Errorf("at the end %d of %d free, %d waiting, %v in the queue", c.pool.Available(), c.pool.Total(), c.pool.Waiting(), c.queue)
		}
	})
}

func newCrowdPool(t *rapid.T, k *sim.Kernel, packets int) *packetpool.Pool {
	pool, err := packetpool.New(k, packetpool.Config{
		Name: "crowd", Payload: 64, Size: packetpool.SizeFor(packetpool.ILP32, 64, packets),
	})
	if err != nil {
		t.Fatal(err)
	}
	return pool
}
