// Package sweep runs a scenario with many seeds, on many cores or many machines, and keeps what came of it in files.
//
// # Shards
//
// A run is a pure function of scenario, seed and version. A sweep is a list of seeds, and a shard a part of that list:
// [Shard] says which. Shards need not know of each other; who runs one, how often and in which order does not matter.
//
// # Files
//
// A result file has one JSON object a line: a [Header], then a [scenario.Result] for each run, in the order in which the runs
// were over. Lines are only ever appended, each with one write. [Open] takes a file up again where a killed sweep left it; a
// last line that is torn is cut off.
//
// # Joining
//
// [Read] joins files. Results are keyed by the hash of the scenario, the seed and the version, so that a shard that was run
// twice does no harm. Two files that say different things about one key are an error that names both: one of them was made
// by something else than it says.
package sweep
