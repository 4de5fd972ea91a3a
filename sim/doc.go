// Package sim is the real-time operating system of the simulator: a kernel in
// virtual time whose threads behave as those of ThreadX.
//
// # Terms
//
// A thread is a goroutine that the kernel runs. It has a priority, 0 (most
// urgent) to 31, and a preemption threshold. A better priority is a
// numerically lower one.
//
// The baton is the right to run. Exactly one goroutine of a kernel holds it;
// all the others are parked. It changes hands only inside a kernel call: when
// the caller has to wait, when the call makes a more urgent thread ready, and
// when a thread ends. Threads therefore need no locks among themselves.
//
// A thread is ready when it could run: it runs or stands in the list of its
// priority. It is waiting when a call has suspended it until something happens
// (a wake-up, a time-out, an abort), and suspended when it was told to stop.
//
// A tick is one interrupt of the periodic timer, by default 10 ms of virtual
// time. Sleeps, time-outs and application timers count ticks. Events have a
// resolution of one nanosecond and no ticks.
//
// The kernel is settled at an instant when no thread is ready. Only then does
// virtual time move on, and it jumps straight to the next tick on which
// something is due or to the next event. Kernel calls take no time. Where both
// fall on one instant the tick comes first; threads that it woke run before the
// event does.
//
// # Scheduling
//
// The best ready thread runs; among equals the one that became ready first. A
// thread preempts inside the call that made it ready, unless the running
// thread's threshold keeps it out. A preempted thread stays at the front of its
// list. Time-outs and timers are handled by a system timer thread of priority 0,
// all of a tick before any thread they wake. Equal priorities are time sliced where
// threads have a time slice: ThreadConfig.TimeSlice.
//
// Go programs (Kernel.Go) run one level below priority 31: after all threads
// of the instant.
//
// # Contexts
//
// Code runs in one of four contexts (Context): the definition function given to
// Run, threads, functions of application timers, and events, which are like
// interrupts. Only threads may wait.
//
// # Outside
//
// Goroutines that the kernel does not know get in by Post and Enter: what they give runs in
// event context, in their order, once no thread is ready. Start runs a kernel with a Clock beside
// them, KeepAlive has its run last for as long as they need it, and Over tells them that it is
// over.
//
// # The end of a run
//
// Run returns when every thread that is not a daemon has ended, at the horizon,
// when nothing is left to happen though threads wait (DeadlockError), when
// a thread panics (PanicError), or when one never gives up the baton
// (StuckError). Before it returns every thread is unwound, so that its deferred
// functions run and no goroutine is left.
//
// # Determinism
//
// A kernel reads no clock, takes random numbers only from its seed, and lets
// no order depend on the Go scheduler. The same program with the same seed does the
// same things at the same virtual nanoseconds. The one exception is the
// watchdog that finds stuck threads: it measures wall time and can only end a run.
package sim
