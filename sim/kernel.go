package sim

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

const (
	// NoWait as the limit of a wait: return at once (TX_NO_WAIT).
	NoWait uint32 = 0
	// WaitForever as the limit of a wait: no time-out (TX_WAIT_FOREVER).
	WaitForever uint32 = 0xFFFFFFFF
	// MaxPriorities is the number of thread priorities, 0 to 31 (TX_MAX_PRIORITIES).
	MaxPriorities = 32

	defaultTicksPerSecond = 100
)

// Config describes a kernel. The zero value is 100 ticks a second, seed 0, no
// horizon, no log.
type Config struct {
	// TicksPerSecond is the rate of the timer interrupt. 0 means 100. A tick
	// lasts a second divided by it, in whole nanoseconds.
	TicksPerSecond int
	// Seed determines every random number of the run.
	Seed uint64
	// Horizon is the virtual time at which the run ends. 0 means none.
	Horizon time.Duration
	// UntilHorizon makes the run last until the horizon even when every thread
	// has ended or nothing is left to happen, and beyond it until no thread is
	// ready if one is busy then. It needs a Horizon.
	UntilHorizon bool
	// PointerSize is the size of a pointer on the simulated device in bytes, 4 or 8; it decides what the
	// headers in byte and block pools take. 0 means 4.
	PointerSize uint32
	// Clock paces the run. Nil means virtual time.
	Clock Clock
	// StuckAfter is the wall time after which a thread that has not given up
	// the baton ends the run with a StuckError, and threads that take turns without virtual time moving. 0 means 30 s, negative never.
	StuckAfter time.Duration
	// WallClock measures StuckAfter. Nil means real time.
	WallClock WallClock
	// Log receives the start and the end of runs. Nil means no log.
	Log *zap.Logger
}

// A Kernel is one simulated RTOS: its clock, threads and events. Kernels share
// nothing; any number may run at once. Apart from what is said at After, Event
// and Now, its methods are for the goroutine that holds the baton.
type Kernel struct {
	cfg  Config
	log  *zap.Logger
	tick time.Duration

	now       atomic.Int64 // virtual nanoseconds since the start
	tickCount uint64       // timer interrupts since the start
	tickShift uint32       // what SetTicks has added to the clock

	ready        readyList
	current      *Thread // who runs; nil outside threads
	next         *Thread // who ought to run
	slice        uint32  // ticks that current may still run before others of its priority; 0 for ever
	hold         int     // preemption is held off while not 0
	interrupts   int     // nesting of event context
	initializing bool

	wheel       wheel
	timerThread Thread
	events      eventHeap

	created    threadList // every thread there is, in order of creation
	foreground int        // threads that keep the run alive
	programs   int        // live Go programs
	hadThreads bool       // a thread that is not a daemon was ever created
	registries

	waits     map[any]*waitQueue
	waitsFree *waitQueue

	streams map[string]*rand.Rand
	outside outside
	border  border
	tracer  func(*TraceEvent)

	run runState
}

// New returns a kernel that has not run yet, at virtual time 0 in initialization
// context. It panics if cfg.TicksPerSecond is negative or above a thousand million.
func New(cfg Config) *Kernel {
	if cfg.TicksPerSecond == 0 {
		cfg.TicksPerSecond = defaultTicksPerSecond
	}
	if cfg.TicksPerSecond < 0 || time.Duration(cfg.TicksPerSecond) > time.Second {
		panic(fmt.Sprintf("sim: %d ticks per second", cfg.TicksPerSecond))
	}
	if cfg.Log == nil {
		cfg.Log = zap.NewNop()
	}
	k := &Kernel{
		cfg:          cfg,
		log:          cfg.Log,
		tick:         time.Second / time.Duration(cfg.TicksPerSecond),
		initializing: true,
		waits:        make(map[any]*waitQueue),
		streams:      make(map[string]*rand.Rand),
	}
	k.run.done = make(chan struct{}, 1)
	k.run.stir = make(chan struct{}, 1)
	k.run.seen.Store(-1)
	k.outside.bell = make(chan struct{}, 1)
	k.border.begun, k.border.over = make(chan struct{}), make(chan struct{})
	k.wheel.init()
	k.timerThread = Thread{k: k, name: "system timer", state: Suspended}
	k.timerThread.timer.thread = &k.timerThread
	return k
}

// Now returns the time since the start of the run, virtual unless Config.Clock is set. It may be called
// from any goroutine.
func (k *Kernel) Now() time.Duration {
	now := time.Duration(k.now.Load())
	if k.cfg.Clock != nil {
		now = max(now, k.cfg.Clock.Now())
	}
	return now
}

// Epoch is the wall time at which every run begins.
var Epoch = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// WallTime returns the date and time in the run: Epoch and the time since its start.
func (k *Kernel) WallTime() time.Time { return Epoch.Add(k.Now()) }

// Ticks returns the system clock: the number of timer interrupts since the
// start, or since the value given to SetTicks. It wraps at 2^32 (tx_time_get).
func (k *Kernel) Ticks() uint32 { return uint32(k.tickCount) + k.tickShift }

// SetTicks changes the number that Ticks returns. Timers and waits do not care
// (tx_time_set).
func (k *Kernel) SetTicks(ticks uint32) { k.tickShift = ticks - uint32(k.tickCount) }

// TickDuration returns the virtual time from one timer interrupt to the next.
func (k *Kernel) TickDuration() time.Duration { return k.tick }

// Seed returns the seed of the run.
func (k *Kernel) Seed() uint64 { return k.cfg.Seed }

// A Context says what kind of code is running.
type Context int

// The contexts. Only ThreadContext may wait.
const (
	Initialization Context = iota // the definition function given to Run, and before
	ThreadContext                 // a thread or Go program
	TimerContext                  // the function of an application timer
	Interrupt                     // an event
)

// String returns the name of the context in lower case.
func (c Context) String() string {
	return [...]string{"initialization", "thread", "timer", "event"}[c]
}

// Context returns the context of the caller.
func (k *Kernel) Context() Context {
	switch {
	case k.initializing:
		return Initialization
	case k.interrupts > 0 || k.current == nil:
		return Interrupt
	case k.current == &k.timerThread:
		return TimerContext
	}
	return ThreadContext
}

// Current returns the running thread: nil in the definition function and in
// events that came while no thread ran, the interrupted thread in an interrupt,
// the system timer thread in functions of application timers (tx_thread_identify).
func (k *Kernel) Current() *Thread { return k.current }

// CurrentName returns the name of the running thread. Outside threads it names
// the context: "initialization", "event" or "system timer".
func (k *Kernel) CurrentName() string {
	if k.current != nil && k.interrupts == 0 {
		return k.current.name
	}
	return k.Context().String()
}

// mayWait reports whether the running code is a thread that can be suspended.
func (k *Kernel) mayWait() bool {
	return k.hold == 0 && k.current != nil && k.Context() == ThreadContext
}

// PointerSize returns the size of a pointer on the simulated device in bytes.
func (k *Kernel) PointerSize() uint32 {
	if k.cfg.PointerSize == 0 {
		return 4
	}
	return k.cfg.PointerSize
}

// slot returns a place for the result of a call that may wait: the running thread's own, or a new one.
func (k *Kernel) slot() *[]byte {
	if k == nil || k.current == nil {
		return new([]byte)
	}
	m := &k.current.wish.memory
	*m = nil
	return m
}
