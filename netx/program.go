package netx

import (
	"context"
	"runtime/pprof"
	"sync"
	"unsafe"

	"go.uber.org/zap"

	"netxsim/ipstack"
	"netxsim/packetpool"
	"netxsim/pop3client"
	"netxsim/sim"
	"netxsim/sim/link"
)

// A Program is what a C image has once: the kernel it runs on, its
// compile-time options and the list of pools it has created.
type Program struct {
	Kernel *sim.Kernel       // must be set; no other program may use it
	Target packetpool.Target // the modelled device; zero is a 32-bit one
	Stack  ipstack.Target    // its build of the IP stack; zero is the default one
	// TxDisableErrorChecking is TX_DISABLE_ERROR_CHECKING; NX_DISABLE_ERROR_CHECKING is
	// Target.DisableErrorChecking. See Checks in the package comment.
	TxDisableErrorChecking bool
	Pop3                   Pop3Options // of all POP3 clients; zero is the C library as it is
	Name                   string      // label in profiles; may be empty

	// Wire is what the interfaces with NxRamNetworkDriver are on; nil is one of
	// 100 Mbit/s that loses nothing.
	Wire *link.Wire

	// TxApplicationDefine is the function of that name, tx_application_define, that
	// the C program has: TxKernelEnter calls it with FirstUnusedMemory, which may be nil.
	TxApplicationDefine func(firstUnusedMemory []byte)
	FirstUnusedMemory   []byte

	pools        []*NX_PACKET_POOL                // created, in order; deleted ones until the next creation
	stacks       []stack                          // of the instances, likewise
	threadStacks []threadStack                    // of the threads, likewise
	drivers      map[*NX_INTERFACE]ipstack.Driver // of the interfaces on the wire
	attached     uint32                           // interfaces that have ever been on the wire
	report       *sim.Report                      // what the kernel's run has returned
	err          error
}

// Run starts the kernel with define as its definition function, like
// tx_kernel_enter calls tx_application_define, and returns what the kernel's
// Run returns.
//
// Services that have no other way to know, such as NxPacketPoolCreate, find
// the program by the profiler labels of the calling goroutine: Run sets them,
// and every goroutine started from there inherits them. So pprof.Do must not
// be used around such calls.
//
// Boot does the same for a program that has a main function or a
// tx_application_define.
func (p *Program) Run(define func()) (*sim.Report, error) {
	defer p.label()()
	return p.Kernel.Run(define)
}

// label makes the calling goroutine one of the program until the returned function
// is called.
func (p *Program) label() (restore func()) {
	before := getLabels()
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("netx", p.Name)))
	mine := getLabels()
	programs.Store(mine, p)
	return func() {
		programs.Delete(mine)
		setLabels(before)
	}
}

// programs are the running programs by the address of their labels.
var programs sync.Map

// Pop3Options are what a program can choose about its POP3 clients and C code
// cannot say.
type Pop3Options struct {
	// Fixes are the quirks to avoid, such as pop3client.AllFixes. None by
	// default.
	Fixes pop3client.Fixes
	// Log gets each quirk once per session, at warn level. Nil means no log.
	Log *zap.Logger
}

// stackTarget returns the program's build of the stack. Macros of C that change
// packets too are in Target.
func (p *Program) stackTarget() ipstack.Target {
	target := p.Stack
	target.LowWatermark = target.LowWatermark || p.Target.EnableLowWatermark
	target.InterfaceCapability = target.InterfaceCapability || p.Target.EnableInterfaceCapability
	target.VLAN = target.VLAN || p.Target.EnableVLAN
	return target
}

// pop3Options returns the choice of the program that the calling goroutine
// belongs to; the zero value without one.
func pop3Options() Pop3Options {
	if p, ok := programs.Load(getLabels()); ok {
		return p.(*Program).Pop3
	}
	return Pop3Options{}
}

// current returns the program that the calling goroutine belongs to.
func current() *Program {
	p, ok := programs.Load(getLabels())
	if !ok {
		panic("netx: service called outside Program.Run")
	}
	return p.(*Program)
}

// The runtime keeps these two for users outside; they are one load and one
// store.

//go:linkname getLabels runtime/pprof.runtime_getProfLabel
func getLabels() unsafe.Pointer

//go:linkname setLabels runtime/pprof.runtime_setProfLabel
func setLabels(unsafe.Pointer)

// A contexter is a kernel that knows what kind of code calls.
type contexter interface{ Context() sim.Context }

// contextOf returns the context of the caller; a kernel that does not know has
// threads only.
func contextOf(k any) sim.Context {
	if c, ok := k.(contexter); ok {
		return c.Context()
	}
	return sim.ThreadContext
}

// uncheckedNX reports whether the caller's program has NX_DISABLE_ERROR_CHECKING.
func uncheckedNX() bool {
	p, ok := programs.Load(getLabels())
	return ok && p.(*Program).Target.DisableErrorChecking
}

// uncheckedTX reports whether the caller's program has TX_DISABLE_ERROR_CHECKING.
func uncheckedTX() bool {
	p, ok := programs.Load(getLabels())
	return ok && p.(*Program).TxDisableErrorChecking
}

// The caller checks of NetX Duo. Each reports whether the caller may go on.

// threadToWait lets threads wait, and everybody who does not wait
// (NX_THREAD_WAIT_CALLER_CHECKING).
func threadToWait(k any, waitOption ULONG) bool {
	return waitOption == NX_NO_WAIT || contextOf(k) == sim.ThreadContext
}

// threadsOnly is NX_THREADS_ONLY_CALLER_CHECKING.
func threadsOnly(k any) bool { return uncheckedNX() || contextOf(k) == sim.ThreadContext }

// initAndThreads is NX_INIT_AND_THREADS_CALLER_CHECKING.
func initAndThreads(k any) bool {
	c := contextOf(k)
	return c == sim.ThreadContext || c == sim.Initialization || uncheckedNX()
}

// notISR is NX_NOT_ISR_CALLER_CHECKING.
func notISR(k any) bool { return uncheckedNX() || contextOf(k) != sim.Interrupt }

// The caller checks of ThreadX, likewise.

// txThreadsOnly lets threads go on.
func txThreadsOnly(k any) bool { return uncheckedTX() || contextOf(k) == sim.ThreadContext }

// txInitAndThreads lets the definition function and threads go on.
func txInitAndThreads(k any) bool {
	c := contextOf(k)
	return c == sim.ThreadContext || c == sim.Initialization || uncheckedTX()
}

// txThreadsAndTimers lets threads and timers go on: ThreadX's checks of its system state.
func txThreadsAndTimers(k any) bool {
	c := contextOf(k)
	return c == sim.ThreadContext || c == sim.TimerContext || uncheckedTX()
}

// txNotISR lets everybody go on but interrupts.
func txNotISR(k any) bool { return uncheckedTX() || contextOf(k) != sim.Interrupt }

// txNotInitialization lets everybody go on but the definition function.
func txNotInitialization(k any) bool { return uncheckedTX() || contextOf(k) != sim.Initialization }
