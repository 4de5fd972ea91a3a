package netstack

import (
	"runtime"
	"sync"

	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"netxsim/sim"
)

// A stack's TCP works in goroutines that park in a way which a bubble of
// testing/synctest does not count as idle: time in a bubble that had them would
// never move. A goroutine is in the bubble of the one that starts it, so stacks
// must be made outside.

// making guards GOMAXPROCS, from which gVisor takes its number of TCP
// processors.
var making sync.Mutex

// newStack returns a new stack whose goroutines are in no bubble.
func newStack(options stack.Options) *stack.Stack {
	if !sim.InBubble() {
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
