package netstack

import (
	"runtime"
	"sync"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

// A stack's TCP works in goroutines that park in a way which a bubble of
// testing/synctest does not count as idle: time in a bubble that had them would
// never move. A goroutine is in the bubble of the one that starts it, so stacks
// must be made outside.

// started is before any bubble's time ends: in a bubble it is the year 2000.
var started = time.Now().Round(0) //netxlint:wallclock tells a bubble's clock from the system's

// inBubble reports whether the calling goroutine is in a bubble. A system clock that has
// been set back looks like one, which costs time only.
func inBubble() bool {
	return time.Now().Round(0).Before(started) //netxlint:wallclock tells a bubble's clock from the system's
}

// making guards GOMAXPROCS, from which gVisor takes its number of TCP
// processors.
var making sync.Mutex

// newStack returns a new stack whose goroutines are in no bubble.
func newStack(options stack.Options) *stack.Stack {
	if !inBubble() {
		return makeStack(options)
	}
	return outsideBubbles.make(options)
}

// makeStack makes a stack. One processor fixes the order of work inside it.
func makeStack(options stack.Options) *stack.Stack {
	making.Lock()
	defer making.Unlock()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	return stack.New(options)
}

// A factory makes stacks for goroutines in bubbles. Cleanups of the garbage
// collector run outside of any bubble, and unlike a goroutine that waits
// for work they are no leak.
type factory struct {
	mu   sync.Mutex // one stack at a time
	made chan *stack.Stack
}

// outsideBubbles has a channel that belongs to no bubble, since it is made here.
var outsideBubbles = factory{made: make(chan *stack.Stack, 1)}

func (f *factory) make(options stack.Options) *stack.Stack {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.order(options)
	for {
		runtime.GC()
		for range 1000 {
			select {
			case s := <-f.made:
				return s
			default:
				runtime.Gosched()
			}
		}
	}
}

// garbage is large enough to have a piece of memory for itself, which the collector demands.
type garbage [64]byte

// order has the next garbage collection make a stack.
//
//go:noinline
func (f *factory) order(options stack.Options) {
	runtime.AddCleanup(new(garbage), func(options stack.Options) { f.made <- makeStack(options) }, options)
}
