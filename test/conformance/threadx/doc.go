// Package threadx replays the kernel vectors: small multi-threaded programs with the totally ordered
// record of what the ThreadX C kernel answered.
//
// # Vectors
//
// A vector is a line of JSON with a program for the definition function, one for every
// thread and timer, the log of all calls in the order in which they returned, and the state at the
// end. Replay runs the programs on a kernel of its own and compares log and state.
//
// # Checks
//
// The vectors were recorded through the error-checked entry points of ThreadX, and are replayed through those of package
// netx. State that no service tells is read from the objects of package sim.
package threadx
