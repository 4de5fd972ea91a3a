// Package report draws what scenarios and sizing found as one HTML file.
//
// # The file
//
// The file stands alone: styles and charts are in it, there is no script, and nothing is fetched. It follows the reader's
// choice of light or dark colours, and has a wide and a narrow form of each chart. Every chart has a text in its place for
// those who do not see it, and its numbers in a table behind it; nothing is told by hue alone. The same input gives the same
// bytes.
//
// # The charts
//
// Free packets of a pool over virtual time, with its low point and who held the packets then. The time-sequence plot of the
// worst session's TCP connection: segments, acknowledgements and window over time, with what was lost and what was sent
// again, all of it and then the longest time without progress from close by. For an advice the RAM of all sizes that were
// tried against the time they take, and a map of payload and packets.
//
// A run is drawn as far as its result has the data: see Series and Sequence of [scenario.Options].
package report
