package sim

import (
	"time"

	"netxsim/netx/status"
)

// A State is what a thread is doing. The numbers are those of ThreadX.
type State uint32

// The states of a thread.
const (
	Ready          State = 0  // TX_READY: runs or could run
	Completed      State = 1  // TX_COMPLETED: its entry function has returned
	Terminated     State = 2  // TX_TERMINATED
	Suspended      State = 3  // TX_SUSPENDED: waits for Resume
	Sleeping       State = 4  // TX_SLEEP
	QueueWait      State = 5  // TX_QUEUE_SUSP
	SemaphoreWait  State = 6  // TX_SEMAPHORE_SUSP
	EventFlagsWait State = 7  // TX_EVENT_FLAG
	BlockPoolWait  State = 8  // TX_BLOCK_MEMORY
	BytePoolWait   State = 9  // TX_BYTE_MEMORY
	KeyWait        State = 12 // TX_TCP_IP: waits in Kernel.Wait or WaitDeadline
	MutexWait      State = 13 // TX_MUTEX_SUSP
)

// String returns the state in lower case.
func (s State) String() string {
	names := [...]string{"ready", "completed", "terminated", "suspended", "sleeping", "waiting for a queue",
		"waiting for a semaphore", "waiting for event flags", "waiting for a block", "waiting for bytes",
		12: "waiting", 13: "waiting for a mutex"}
	if int(s) < len(names) && names[s] != "" {
		return names[s]
	}
	return "unknown"
}

// ThreadConfig describes a thread.
type ThreadConfig struct {
	// Name stands in reports and panics.
	Name string
	// Priority is 0 (most urgent) to 31.
	Priority uint32
	// PreemptionThreshold keeps out threads that are not better than it while this
	// thread runs. 0 means the priority: no such threshold.
	PreemptionThreshold uint32
	// NoPreemption is a threshold of 0: nothing preempts the thread.
	NoPreemption bool
	// TimeSlice is for how many ticks the thread may be Busy while others of its priority
	// are ready. 0 means for as long as it likes; so does a preemption threshold.
	TimeSlice uint32
	// Entry is what the thread does; it completes when Entry returns.
	Entry func()
	// DontStart leaves the thread suspended until Resume.
	DontStart bool
	// Daemon marks a thread that serves others: it does not keep the run alive
	// and may wait for ever.
	Daemon bool
}

// An EntryExit tells a notification why it is called.
type EntryExit int

// The reasons of an entry and exit notification.
const (
	ThreadEntry EntryExit = 0 // TX_THREAD_ENTRY: the thread is about to run its entry function
	ThreadExit  EntryExit = 1 // TX_THREAD_EXIT: it has completed or was terminated
)

// A Thread is a thread of a kernel. The zero Thread belongs to no kernel; NewThread and
// CreateThread make threads.
type Thread struct {
	k     *Kernel
	name  string
	entry func()
	state State

	priority, threshold         uint32 // in effect
	userPriority, userThreshold uint32 // as set
	inherited                   uint32 // best priority inherited from waiters for its mutexes
	timeSlice                   uint32 // ticks, 0 for none
	sliceLeft                   uint32 // of it, when the thread last left the processor
	runCount                    uint32

	daemon  bool
	program bool // a Go program

	readyNext, readyPrev     *Thread
	createdNext, createdPrev *Thread

	suspendPending bool // Suspend was called while it waited
	timer          wheelEntry
	deadline       *Event // of WaitDeadline
	since          time.Duration

	queue                *waitQueue // it stands in this one
	queueNext, queuePrev *Thread
	result               error // of the wait
	timeout              error // result if it times out
	wish                 wish

	owned *Mutex // the first of the mutexes it owns

	life        *life
	onEntryExit func(*Thread, EntryExit)
}

// A wish is what a waiting thread wants.
type wish struct {
	words  []uint32 // message to send, or where to put the received one
	front  bool     // the message goes to the front
	flags  uint32   // event flags it waits for
	got    *uint32  // where to put those it got
	actual uint32   // a place for them
	option FlagOption
	size   uint32  // bytes
	into   *[]byte // where to put the memory it waits for
	memory []byte
}

// threadList is a list of threads in order of creation.
type threadList struct{ first, last *Thread }

func (l *threadList) push(t *Thread) {
	t.createdPrev, t.createdNext = l.last, nil
	if l.last == nil {
		l.first = t
	} else {
		l.last.createdNext = t
	}
	l.last = t
}

func (l *threadList) remove(t *Thread) {
	if t.createdPrev == nil {
		l.first = t.createdNext
	} else {
		t.createdPrev.createdNext = t.createdNext
	}
	if t.createdNext == nil {
		l.last = t.createdPrev
	} else {
		t.createdNext.createdPrev = t.createdPrev
	}
}

// NewThread creates a thread and, unless cfg says otherwise, makes it ready: if it is more urgent
// than the caller it runs before NewThread returns. Errors: status.TxPtrError without an
// entry function, status.TxPriorityError, status.TxThreshError if the threshold is worse than the
// priority (tx_thread_create).
func (k *Kernel) NewThread(cfg ThreadConfig) (*Thread, error) {
	t := new(Thread)
	return t, k.CreateThread(t, cfg)
}

// CreateThread is NewThread for a Thread that the caller provides, zero or deleted.
// It returns status.TxThreadError if t exists already.
func (k *Kernel) CreateThread(t *Thread, cfg ThreadConfig) error {
	threshold := cfg.PreemptionThreshold
	if threshold == 0 && !cfg.NoPreemption {
		threshold = cfg.Priority
	}
	switch {
	case taken(t.k):
		return status.TxThreadError
	case cfg.Entry == nil:
		return status.TxPtrError
	case cfg.Priority >= MaxPriorities:
		return status.TxPriorityError
	case threshold > cfg.Priority:
		return status.TxThreshError
	}
	*t = Thread{
		name: cfg.Name, entry: cfg.Entry, timeSlice: cfg.TimeSlice, sliceLeft: cfg.TimeSlice, daemon: cfg.Daemon,
		priority: cfg.Priority, threshold: threshold,
	}
	k.add(t)
	if !cfg.DontStart {
		k.makeReady(t)
	}
	k.check()
	return nil
}

// Go starts f as an ordinary Go program under the baton: a daemon that runs when no
// thread is ready, one level below priority 31. Use WaitDeadline and events in it rather than
// ticks. It is deleted by itself when f returns.
func (k *Kernel) Go(name string, f func()) *Thread {
	t := &Thread{
		name: name, entry: f, daemon: true, program: true,
		priority: programPriority, threshold: programPriority,
	}
	k.add(t)
	k.resume(t)
	return t
}

// add makes t a suspended thread of k.
func (k *Kernel) add(t *Thread) {
	t.k = k
	t.state = Suspended
	t.since = k.Now()
	t.userPriority, t.userThreshold = t.priority, t.threshold
	t.inherited = MaxPriorities
	t.timer.thread = t
	k.created.push(t)
	k.count(t, 1)
}

// count keeps track of the threads that keep the run alive.
func (k *Kernel) count(t *Thread, n int) {
	switch {
	case t.program:
		k.programs += n
	case !t.daemon:
		k.foreground += n
		k.hadThreads = true
	}
}

// Name returns the name the thread was given.
func (t *Thread) Name() string { return t.name }

// Kernel returns the kernel the thread belongs to, nil for a nil Thread and for one that was not created or is deleted.
func (t *Thread) Kernel() *Kernel {
	if t == nil {
		return nil
	}
	return t.k
}

// State returns what the thread is doing.
func (t *Thread) State() State { return t.state }

// Priority returns the priority in effect, which may be inherited through a mutex.
func (t *Thread) Priority() uint32 { return t.priority }

// PreemptionThreshold returns the threshold in effect.
func (t *Thread) PreemptionThreshold() uint32 { return t.threshold }

// ThreadInfo is what tx_thread_info_get tells.
type ThreadInfo struct {
	Name                string
	State               State
	RunCount            uint32  // times the scheduler has chosen it
	Priority            uint32  // as set, not inherited
	PreemptionThreshold uint32  // as set
	TimeSlice           uint32  // what is left of it, in ticks, as of when the thread was last interrupted
	NextSuspended       *Thread // the next one in the wait list it stands in
}

// Info returns what is known about the thread. It never waits (tx_thread_info_get).
func (t *Thread) Info() ThreadInfo {
	return ThreadInfo{
		Name: t.name, State: t.state, RunCount: t.runCount, Priority: t.userPriority,
		PreemptionThreshold: t.userThreshold, TimeSlice: t.sliceLeft, NextSuspended: t.queueNext,
	}
}

// WaitsFor returns what the thread waits for: the *Semaphore, *Mutex, *Queue, *EventFlags, *BytePool
// or *BlockPool, or the key given to Wait. It is nil if the thread stands in no wait list.
func (t *Thread) WaitsFor() any {
	if t.queue == nil {
		return nil
	}
	return t.queue.key
}

// OnEntryExit sets the function that is called when the thread starts, after a reset as well,
// and when it has ended: then by the thread itself, or by whoever terminates it. Nil
// removes it (tx_thread_entry_exit_notify).
func (t *Thread) OnEntryExit(f func(*Thread, EntryExit)) { t.onEntryExit = f }

func (t *Thread) notify(what EntryExit) {
	if t.onEntryExit != nil {
		t.onEntryExit(t, what)
	}
}

// ended reports whether the thread has completed or was terminated.
func (t *Thread) ended() bool { return t.state == Completed || t.state == Terminated }
