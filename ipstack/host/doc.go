// Package host gives ordinary Go programs a computer of their own on a
// simulated wire: a network stack with the shapes of package net.
//
// A [Host] is the other end of what NetX talks to. It has as much memory as it
// wants, no packet pools, and TCP as a server has it, with window scaling,
// time stamps and selective acknowledgements for peers that know them.
//
// # Time
//
// The programs run as the simulation's (see sim.Kernel.Go): one at a time,
// after all RTOS threads of an instant. A call that would block suspends the
// program, and virtual time goes on. Deadlines are points of virtual time;
// [Host.Now] is the clock they are compared with. Calls from goroutines that
// the kernel does not know are mistakes.
package host
