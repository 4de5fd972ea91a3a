// Package trace records what a kernel's scheduler did: which thread ran when,
// why it stopped, what woke it, and what it waited for, beside the levels of
// packet pools or whatever else a program counts.
//
// # Timelines
//
// [Recorder.WriteJSON] writes the trace event format of Chrome and Perfetto: a
// row for each thread with a slice for each stretch in which it ran, and one
// for each wait, named by its reason; a row for the processor; and a curve for
// each counter. Open it at ui.perfetto.dev or chrome://tracing. Virtual
// computing takes no time, so running slices have none either, and are shown
// as marks; waits are what has length.
//
// # Text
//
// [Recorder.WriteText] writes a line per step, for reading and comparing.
package trace
