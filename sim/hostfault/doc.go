// Package hostfault has what goes wrong with a host rather than with a wire: it hangs, it starts anew, its packets run out, its clock
// jumps. What goes wrong on a wire is in package netxsim/sim/link/fault.
//
// # Faults and effects
//
// A [Fault] is a value: an [Effect] with a time at which it begins, how long it holds and after how long it comes again. [Attach]
// schedules it. A fault without a time waits for [Set.Trigger]. Effects are [Freeze], [Reboot], [Exhaust], [ClockStep],
// [TickStep] and [Func]; each describes itself in words and is counted by name.
//
//	set := hostfault.Attach(kernel,
//		hostfault.Fault{At: 2 * time.Second, For: time.Second, Do: hostfault.Freeze{Wire: wire, Ports: []string{"server"}}},
//		hostfault.Fault{Name: "no packets", OnDemand: true, Do: hostfault.Exhaust{Pool: pool}},
//	)
//
// All of them happen in event context, as interrupts do. A run in virtual time ends when its threads have ended: what is due
// later does not happen.
package hostfault
