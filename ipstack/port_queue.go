package ipstack

import (
	"errors"
	"slices"

	"netxsim/netx/status"
)

// A portQueue is the threads that wait for a port in use, first come, first
// served, each to bind a socket to it.
type portQueue[S any] struct {
	waiting waitList
	next    []*portRequest[S] // of the waiting threads, in their order
}

// A portRequest is a thread's wait for a port for a socket.
type portRequest[S any] struct {
	queue  *portQueue[S]
	socket S
	done   bool
}

// pending reports whether the thread still waits. A nil request never does.
func (r *portRequest[S]) pending() bool { return r != nil && !r.done }

// drop takes a request off the queue, if it is still there, and returns the
// place it had, or -1.
func (r *portRequest[S]) drop() int {
	r.done = true
	i := slices.Index(r.queue.next, r)
	if i >= 0 {
		r.queue.next = slices.Delete(r.queue.next, i, i+1)
	}
	return i
}

// cancel has the thread return. Its socket is free at once, before that thread
// runs.
func (r *portRequest[S]) cancel() {
	if i := r.drop(); i >= 0 {
		r.queue.waiting.wakeAt(i, status.PortUnavailable)
	}
}

// await waits for the port for up to wait ticks. It returns
// status.PortUnavailable, or nil if somebody has bound the socket to the port.
func (r *portRequest[S]) await(ip *IP, wait uint32) error {
	r.queue.next = append(r.queue.next, r)
	defer r.drop() // also when the thread is terminated
	_, err := ip.await(&r.queue.waiting, wait)
	if errors.Is(err, errExpired) {
		return status.PortUnavailable
	}
	return err
}

// inherit has bind called for the socket of the thread that has waited longest,
// before that runs, and reports whether one waited. The others go on waiting.
// Nobody may preempt the caller.
func (q *portQueue[S]) inherit(bind func(S)) bool {
	for len(q.next) > 0 {
		r := q.next[0]
		r.drop()
		if q.waiting.wakeAt(0, nil) {
			bind(r.socket)
			return true
		}
	}
	return false
}
