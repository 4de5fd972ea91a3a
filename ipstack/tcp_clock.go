package ipstack

import (
	"container/heap"
	"slices"

	"netxsim/sim"
)

// A tcpClock is the clock of TCP's time-outs. It beats ten times a second, on the
// beat it has kept since TCP was enabled, while a socket needs it. A beat looks
// at the sockets that have something to do, in the order of their creation;
// sockets that wait for nothing cost nothing.
type tcpClock struct {
	ip      *IP
	timer   *sim.Timer
	period  uint32 // ticks from one beat to the next
	ticking bool
	began   uint32     // tick at which it began
	beat    uint64     // how often it has beaten
	looking uint64     // number of the socket that a beat is at, 0 between beats
	due     dueSockets // a heap
}

// init makes the clock ready. It does not run yet.
func (c *tcpClock) init(ip *IP) error {
	*c = tcpClock{ip: ip, period: ip.ticks(fastTimerTicks), began: ip.kernel.Ticks()}
	timer, err := ip.kernel.NewTimer(sim.TimerConfig{
		Name:         ip.name + " TCP fast timer",
		Initial:      c.period,
		Reschedule:   c.period,
		DontActivate: true,
		Expired:      func() { ip.post(work{run: c.fastTick}) },
	})
	c.timer = timer
	return err
}

// need starts the clock.
func (c *tcpClock) need() {
	if c.ticking {
		return
	}
	c.ticking = true
	since := (c.ip.kernel.Ticks() - c.began) % c.period
	c.timer.Deactivate()
	if err := c.timer.Change(c.period-since, c.period); err != nil {
		panic(err) // the ticks are never 0
	}
	c.timer.Activate()
}

// fastTick is one beat, in the IP thread.
func (c *tcpClock) fastTick() {
	c.beat++
	for len(c.due) > 0 && c.due[0].clock.visit <= c.beat {
		s := c.due[0]
		c.forget(s)
		c.looking = s.clock.number
		s.fastTick(c.beat)
		if s.Created() && s.ip == c.ip && s.needsClock() {
			c.visit(s, s.nextVisit(c.beat))
		}
	}
	c.looking = 0
	if c.ticking && !slices.ContainsFunc(c.due, (*TCPSocket).needsClock) {
		c.stop()
	}
}

// stop stops the clock. What is left in the heap needs it no more.
func (c *tcpClock) stop() {
	for _, s := range c.due {
		s.clock.place = 0
	}
	c.due = c.due[:0]
	c.ticking = false
	c.timer.Deactivate()
}

// after returns the beat at which so many ticks, more than 0, have passed for a
// socket. Within a beat, that one counts too for the sockets it has not reached.
func (c *tcpClock) after(s *TCPSocket, ticks uint32) uint64 {
	period := uint64(c.period)
	beats := (uint64(ticks) + period - 1) / period
	if c.looking != 0 && s.clock.number > c.looking {
		beats--
	}
	return c.beat + beats
}

// visit has a beat look at a socket, or an earlier one if that is to look at it
// anyway.
func (c *tcpClock) visit(s *TCPSocket, beat uint64) {
	switch {
	case s.clock.place == 0:
		s.clock.visit = beat
		heap.Push(&c.due, s)
	case beat < s.clock.visit:
		s.clock.visit = beat
		heap.Fix(&c.due, s.clock.place-1)
	}
	c.need()
}

// forget undoes visit.
func (c *tcpClock) forget(s *TCPSocket) {
	if s.clock.place > 0 {
		heap.Remove(&c.due, s.clock.place-1)
	}
}

// dueSocket is what the clock knows about a socket.
type dueSocket struct {
	number uint64 // by creation, from 1
	visit  uint64 // the beat that looks at it next
	place  int    // in the heap, from 1; 0 when no beat will
}

// dueSockets are sockets by the beat that looks at them next, and their number.
type dueSockets []*TCPSocket

// Len implements heap.Interface.
func (d dueSockets) Len() int { return len(d) }

// Less implements heap.Interface.
func (d dueSockets) Less(i, j int) bool {
	a, b := &d[i].clock, &d[j].clock
	return a.visit < b.visit || a.visit == b.visit && a.number < b.number
}

// Swap implements heap.Interface.
func (d dueSockets) Swap(i, j int) {
	d[i], d[j] = d[j], d[i]
	d[i].clock.place, d[j].clock.place = i+1, j+1
}

// Push implements heap.Interface.
func (d *dueSockets) Push(x any) {
	s := x.(*TCPSocket)
	*d = append(*d, s)
	s.clock.place = len(*d)
}

// Pop implements heap.Interface.
func (d *dueSockets) Pop() any {
	last := len(*d) - 1
	s := (*d)[last]
	(*d)[last] = nil
	*d = (*d)[:last]
	s.clock.place = 0
	return s
}
