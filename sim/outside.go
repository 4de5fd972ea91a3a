package sim

import (
	"sync"
	"sync/atomic"
)

// A phase is where a kernel stands with its run.
type phase int

const (
	beforeRun phase = iota
	duringRun
	afterRun
)

// border is what goroutines that do not hold the baton may ask a kernel for at any time.
type border struct {
	mu     sync.Mutex // held while somebody enters before the run
	phase  phase
	begun  chan struct{}
	over   chan struct{}
	kept   atomic.Int32 // KeepAlive
	shared map[any]any
}

// Virtual reports whether time jumps from one thing that happens to the next: the kernel has no Clock.
func (k *Kernel) Virtual() bool { return k.cfg.Clock == nil }

// Enter is Post that can also be called around the run: before it, and in its definition function, f runs at
// once, in initialization context, on the calling goroutine. What goroutines enter one after the other runs in
// that order. When the run is over f does not run, and Enter returns false.
func (k *Kernel) Enter(f func()) (alive bool) {
	b := &k.border
	b.mu.Lock()
	switch b.phase {
	case beforeRun:
		defer b.mu.Unlock()
		f()
		return true
	case afterRun:
		b.mu.Unlock()
		return false
	}
	b.mu.Unlock()
	k.Post(f)
	return true
}

// Do is Enter that waits until f has run: for goroutines, never for who has the baton while the run goes on. It returns false, without f having
// come to its end, when the run is over.
func (k *Kernel) Do(f func()) (done bool) {
	returned := make(chan struct{})
	if !k.Enter(func() { f(); close(returned) }) {
		return false
	}
	select {
	case <-returned:
		return true
	case <-k.Over():
	}
	select {
	case <-returned:
		return true
	default:
		return false
	}
}

// Over returns a channel that is closed when the run is over, before the threads are unwound. What was posted and has not run by then
// never will.
func (k *Kernel) Over() <-chan struct{} { return k.border.over }

// setPhase notes that the run begins or ends.
func (k *Kernel) setPhase(p phase) {
	b := &k.border
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.phase < duringRun {
		close(b.begun)
	}
	if p == afterRun && b.phase < afterRun {
		close(b.over)
	}
	b.phase = p
}

// KeepAlive keeps the run alive, whether it has threads or not, until the function it returns is called; meanwhile somebody
// outside may call Post (see Outside). Both may be called from any goroutine, the second once.
func (k *Kernel) KeepAlive() (done func()) {
	k.border.kept.Add(1)
	open := k.Outside()
	return func() {
		k.border.kept.Add(-1)
		open()
	}
}

// Start runs the kernel in a goroutine of its own, as Run does, and keeps the run alive until stop is called. It returns when the
// definition function has. Stop lets what was
// posted before it happen, waits for the end of the run, and returns its result; if threads are left that keep the run
// alive it waits for them. It is for runs with a Clock, beside ordinary goroutines.
func (k *Kernel) Start(define func()) (stop func() (*Report, error)) {
	done := k.KeepAlive()
	ended := make(chan struct{})
	var report *Report
	var err error
	go func() {
		defer close(ended)
		report, err = k.Run(define)
	}()
	<-k.border.begun
	var once sync.Once
	return func() (*Report, error) {
		once.Do(func() { k.Post(done) })
		<-ended
		return report, err
	}
}

// Shared returns what the packages of a program share in this kernel under key; create makes it when it is first asked
// for. It may be called from any goroutine, but not by create.
func (k *Kernel) Shared(key any, create func() any) any {
	k.outside.mu.Lock()
	defer k.outside.mu.Unlock()
	b := &k.border
	value, ok := b.shared[key]
	if !ok {
		if b.shared == nil {
			b.shared = make(map[any]any)
		}
		value = create()
		b.shared[key] = value
	}
	return value
}
