// Package netstack runs a gVisor network stack under a simulation kernel.
//
// # Time and chance
//
// The stack's clock is the kernel's: each of its timers is a kernel event. Its
// two sources of randomness are streams of the kernel's seed.
//
// # Settling
//
// gVisor's TCP works in goroutines of its own. [Stack.Settle] waits until they
// have nothing left to do and only then hands on what they produced: packets to
// send and endpoints that became ready. Whoever touches a stack (a delivered
// packet, a socket call, a timer) settles it before the kernel goes on, so that
// nothing of it ever runs beside the simulation, and its order never varies.
//
// # Bubbles
//
// A stack works in a bubble of testing/synctest as well: its goroutines are
// outside of the bubble, and only append to lists that the kernel looks at when
// the stack settles.
package netstack
