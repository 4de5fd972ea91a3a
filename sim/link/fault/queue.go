package fault

import (
	"fmt"
	"strings"
	"time"

	"netxsim/sim/link"
)

// Queue is a bottleneck in front of each receiving port, as the outgoing port of a switch is: frames pass one after the other at a
// rate and wait for their turn; what comes when the queue is full is lost (tail drop). Frames join it in the order in which they were
// sent. The frame that is passing counts as in the queue.
type Queue struct {
	// Rate is in bits per second. 0 means unlimited, and then nothing ever waits.
	Rate int64
	// Frames and Bytes are how much there may be in the queue, what comes included. 0 means any number.
	Frames, Bytes int
}

// String describes the effect.
func (q Queue) String() string {
	var limits []string
	if q.Frames > 0 {
		limits = append(limits, fmt.Sprintf("%d frames", q.Frames))
	}
	if q.Bytes > 0 {
		limits = append(limits, fmt.Sprintf("%d bytes", q.Bytes))
	}
	if limits == nil {
		limits = []string{"any length"}
	}
	return fmt.Sprintf("passes at %d bit/s, from a queue of %s", q.Rate, strings.Join(limits, " and "))
}

func (q Queue) word() string { return "queue" }

func (q Queue) start(s *setup) effect {
	lines := make(map[string]*line)
	return func(f *link.Fate, i int) bool {
		if q.Rate <= 0 {
			return false
		}
		l := lines[f.To.Name()]
		if l == nil {
			l = new(line)
			lines[f.To.Name()] = l
		}
		at, size := s.now()+f.Arrives+f.Copies[i].Delay, len(f.Copies[i].Frame)
		l.leave(at)
		if q.Frames > 0 && len(l.waiting) >= q.Frames || q.Bytes > 0 && l.bytes+size > q.Bytes {
			f.Drop(i, s.name)
			return true
		}
		f.Delay(i, l.join(at, size, q.Rate)-at, s.name)
		return true
	}
}

// line is the queue of a port.
type line struct {
	waiting []passing
	bytes   int
}

// passing is a frame in a queue, which leaves it at a time.
type passing struct {
	until time.Duration
	bytes int
}

// leave removes what has left at a time.
func (l *line) leave(now time.Duration) {
	n := 0
	for n < len(l.waiting) && l.waiting[n].until <= now {
		l.bytes -= l.waiting[n].bytes
		n++
	}
	l.waiting = append(l.waiting[:0], l.waiting[n:]...)
}

// join adds a frame of size bytes and returns when it leaves.
func (l *line) join(now time.Duration, size int, rate int64) time.Duration {
	begins := now
	if n := len(l.waiting); n > 0 {
		begins = max(now, l.waiting[n-1].until)
	}
	p := passing{begins + time.Duration(int64(size)*8*int64(time.Second)/rate), size}
	l.waiting = append(l.waiting, p)
	l.bytes += size
	return p.until
}
