// Package shrink finds out which of many things make a run fail: it takes a list, such as a fault schedule, with which a
// program fails, and finds a short one with which it still fails.
//
// # Method
//
// First the list gets shorter, by delta debugging (Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, 2002,
// algorithm ddmin): halves of it are tried, then what is left without them, then quarters, down to single elements. In the end no
// element can be left out (the list is 1-minimal), though a quite different list may be shorter still. Then the elements get simpler, one
// after the other: shorter delays, fewer changed bits. As that may have made one superfluous, the list is tried once more.
//
// # Schedules
//
// Scenarios and tests have functions that do all that follows, scenario.Shrink and simtest.Shrink. For others:
// record a run that fails (fault.Record), and give its list to Schedule with a function that runs the program anew with fault.Replay and
// reports whether it still fails in the same way. A run has to depend on nothing but the list: then so does the result. The
// result prints itself as Go and as YAML.
package shrink
