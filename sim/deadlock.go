package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Reasoner is a key of Kernel.Wait that can say what its waiters wait for. The text
// stands in deadlock reports, after the name of the thread: "2 packets of pool rx, 0 of 12
// free, held by: ...".
type Reasoner interface{ WaitReason() string }

// Waiting describes a thread that waits.
type Waiting struct {
	Thread string
	State  State
	Reason string        // what it waits for
	Since  time.Duration // virtual time at which it began to
}

// String returns "thread client: 2 packets of pool rx, 0 of 12 free (since 1.5s)".
func (w Waiting) String() string {
	return fmt.Sprintf("thread %s: %s (since %v)", w.Thread, w.Reason, w.Since)
}

// A DeadlockError ends a run in which nothing is left to happen although threads wait.
type DeadlockError struct {
	Now     time.Duration // virtual time of the deadlock
	Waiting []Waiting     // the waiting threads that are no daemons, in order of creation
	Cycles  [][]string    // names of threads that wait for each other's mutexes, each for the next one's
}

// Error gives a line for the deadlock and one for every waiting thread.
func (e *DeadlockError) Error() string {
	var b strings.Builder
	threads := "1 thread waits"
	if n := len(e.Waiting); n != 1 {
		threads = fmt.Sprintf("%d threads wait", n)
	}
	fmt.Fprintf(&b, "sim: deadlock at %v: nothing is left to happen and %s", e.Now, threads)
	for _, w := range e.Waiting {
		b.WriteString("\n" + w.String())
	}
	for _, c := range e.Cycles {
		fmt.Fprintf(&b, "\ncycle: %s waits for %s", strings.Join(c, " waits for "), c[0])
	}
	return b.String()
}

// deadlock describes the threads that keep the run alive and wait, nil if none does.
func (k *Kernel) deadlock() error {
	e := &DeadlockError{Now: k.Now()}
	for t := k.created.first; t != nil; t = t.createdNext {
		if t.ended() || t.daemon && !(t.program && !k.hadThreads) {
			continue
		}
		e.Waiting = append(e.Waiting, t.waiting())
	}
	if len(e.Waiting) == 0 {
		return nil
	}
	e.Cycles = k.cycles()
	return e
}

// cycles finds the threads that wait for mutexes in a circle, each circle once.
func (k *Kernel) cycles() [][]string {
	var found [][]string
	seen := make(map[*Thread]bool)
	for t := k.created.first; t != nil; t = t.createdNext {
		var path []*Thread
		for at := t; at != nil && !seen[at]; at = at.blocker() {
			seen[at] = true
			path = append(path, at)
		}
		if len(path) == 0 {
			continue
		}
		closing := slices.Index(path, path[len(path)-1].blocker())
		if closing < 0 {
			continue
		}
		var names []string
		for _, at := range path[closing:] {
			names = append(names, at.name)
		}
		found = append(found, names)
	}
	return found
}

// blocker returns the owner of the mutex that t waits for, nil if it waits for none.
func (t *Thread) blocker() *Thread {
	if m, ok := t.WaitsFor().(*Mutex); ok {
		return m.owner
	}
	return nil
}

func (t *Thread) waiting() Waiting {
	w := Waiting{Thread: t.name, State: t.state, Since: t.since}
	switch {
	case t.queue != nil:
		w.Reason = t.reason(t.queue.key)
	case t.state == Sleeping:
		w.Reason = "sleep for ever"
	default:
		w.Reason = "suspended until somebody resumes it"
	}
	if t.suspendPending {
		w.Reason += ", and suspended"
	}
	return w
}

// reason describes the key of the wait of t.
func (t *Thread) reason(key any) string {
	switch key := key.(type) {
	case interface{ waitReason(*Thread) string }:
		return key.waitReason(t)
	case Reasoner:
		return key.WaitReason()
	case fmt.Stringer:
		return key.String()
	case string:
		return key
	}
	return fmt.Sprintf("a wake-up on %T", key)
}
