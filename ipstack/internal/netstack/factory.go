package netstack

import (
	"math"
	"runtime"
	"sync"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

// A factory makes gVisor's stacks in goroutines that belong to no bubble of
// testing/synctest, whoever asks.
//
// A stack's TCP works in goroutines that park in a way which a bubble does not
// count as idle: time in a bubble that had them would never move. A goroutine
// is in the bubble of the one that starts it; that of a timer is where the timer
// was made. So a timer that is older than any bubble starts them, and no
// goroutine has to wait for requests.
type factory struct {
	mu      sync.Mutex // one stack at a time
	timer   *time.Timer
	options stack.Options
	made    chan *stack.Stack
}

var stacks = newFactory()

func newFactory() *factory {
	f := &factory{made: make(chan *stack.Stack)}
	f.timer = time.AfterFunc(math.MaxInt64, f.work) //netxlint:wallclock it fires when somebody waits for it
	f.timer.Stop()
	return f
}

// newStack returns a new stack.
func (f *factory) newStack(options stack.Options) *stack.Stack {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.options = options
	f.timer.Reset(0)
	return <-f.made
}

// work makes a stack. Nobody else touches GOMAXPROCS, from which gVisor takes
// its number of TCP processors: one a stack fixes the order of work inside it.
func (f *factory) work() {
	processors := runtime.GOMAXPROCS(1)
	s := stack.New(f.options)
	runtime.GOMAXPROCS(processors)
	f.options = stack.Options{}
	f.made <- s
}
