// Package threadx replays the kernel vectors: small multi-threaded programs with the totally ordered
// record of what the ThreadX C kernel answered.
//
// # Vectors
//
// A vector is a line of JSON with a program for the definition function, one for every
// thread and timer, the log of all calls in the order in which they returned, and the state at the
// end. Replay runs the programs on a kernel of package sim and compares log and state.
//
// # Checks
//
// The vectors were recorded through the error-checked entry points of ThreadX. Package sim has no such
// layer, so the replayer makes those checks of arguments and callers, in C's order, before it calls sim.
package threadx
