package ipstack

import (
	"errors"

	"netxsim/packetpool"
	"netxsim/sim"
)

// errExpired is what a wait ends with when its ticks have passed. Services
// turn it into the status C would choose at that moment.
var errExpired = errors.New("ipstack: wait expired")

// waitList is the threads that wait for one thing of a socket, first come,
// first served.
type waitList struct {
	kernel  *sim.Kernel
	what    func() string // for reports: what is waited for
	waiting []*suspended
	spare   []*suspended
}

// suspended is one waiting thread, and the key it waits on.
type suspended struct {
	list   *waitList
	packet *packetpool.Packet // handed over by who wakes
	early  bool               // the thread is in the list but does not wait yet
	woken  bool               // and has been woken already
	err    error              // with this
}

// WaitReason says in a report what the thread waits for.
func (w *suspended) WaitReason() string { return w.list.what() }

// wait suspends the calling thread for at most ticks. It returns the error it
// was woken with and the packet handed over, or errExpired, or the kernel's
// error for an aborted wait.
func (l *waitList) wait(ticks uint32) (*packetpool.Packet, error) {
	w := l.enter()
	return l.suspend(w, ticks)
}

// suspend is the waiting of a thread that has entered the list.
func (l *waitList) suspend(w *suspended, ticks uint32) (*packetpool.Packet, error) {
	// Also when the thread is terminated, which unwinds it.
	defer l.leave(w)
	w.early = false
	if w.woken {
		return w.packet, w.err
	}
	err := l.kernel.Wait(w, ticks, errExpired)
	return w.packet, err
}

func (l *waitList) enter() *suspended {
	var w *suspended
	if n := len(l.spare); n > 0 {
		w, l.spare = l.spare[n-1], l.spare[:n-1]
	} else {
		w = &suspended{list: l}
	}
	w.early, w.woken = true, false
	l.waiting = append(l.waiting, w)
	return w
}

func (l *waitList) leave(w *suspended) {
	l.remove(w)
	w.packet = nil
	l.spare = append(l.spare, w)
}

func (l *waitList) remove(w *suspended) {
	for i := range l.waiting {
		if l.waiting[i] == w {
			l.waiting = append(l.waiting[:i], l.waiting[i+1:]...)
			return
		}
	}
}

// empty reports whether nobody waits.
func (l *waitList) empty() bool { return len(l.waiting) == 0 }

// wake resumes the first thread that still waits, with err and a packet, and
// reports whether there was one.
func (l *waitList) wake(packet *packetpool.Packet, err error) bool {
	for len(l.waiting) > 0 {
		w := l.waiting[0]
		l.waiting = append(l.waiting[:0], l.waiting[1:]...)
		w.packet = packet
		if w.resume(err) {
			return true
		}
		w.packet = nil // its time was up before it could run
	}
	return false
}

// wakeAll resumes all waiting threads with err.
func (l *waitList) wakeAll(err error) {
	for l.wake(nil, err) {
	}
}

// wakeAt resumes the i-th waiting thread with err, and reports whether its time
// was not up before it could run.
func (l *waitList) wakeAt(i int, err error) bool {
	w := l.waiting[i]
	l.waiting = append(l.waiting[:i], l.waiting[i+1:]...)
	return w.resume(err)
}

// resume ends the wait, even if it has not begun, and reports whether there was
// one to end.
func (w *suspended) resume(err error) bool {
	if w.early {
		w.woken, w.err = true, err
		return true
	}
	return w.list.kernel.Wake(w, err)
}

// enter begins a service of the instance: until leave nobody else runs, as
// nobody does in C while a service has the instance's mutex.
func (ip *IP) enter() { ip.kernel.HoldPreemption() }

// leave ends a service.
func (ip *IP) leave() { ip.kernel.AllowPreemption() }

// await is wait in the middle of a service.
func (ip *IP) await(l *waitList, ticks uint32) (*packetpool.Packet, error) {
	w := l.enter()
	ip.leave()
	defer ip.enter()
	return l.suspend(w, ticks)
}
