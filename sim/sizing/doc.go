// Package sizing finds the least RAM with which a workload's packet pools still work, and shows why less is too little.
//
// # Advice
//
// [Advise] takes a scenario and returns an [Advice]: payload and packets of every pool that is not fixed, the bytes they
// take on the target with headers, control blocks and rounding, the lines of C that create them, the margin, what one packet
// less breaks, and what more RAM buys. [Enough] is for tests of firmware that assert a size. Folder examples has worked
// examples with what they print.
//
// # Rules
//
// [Check] judges inequalities between sizes before any run, in the spirit of the checks that lwIP makes when it is compiled:
// windows against pools, payloads against the MTU, queues and descriptors against packets. They say what a size was meant
// for; runs say what it does.
//
// # The search
//
// A [Search] works on any [Evaluator], a pure function of sizes and seed. For each combination of payloads it
//
//   - makes reference runs with plenty of packets, which show how many are ever used at once: nobody can tell a pool of that
//     many from a larger one, so there is nothing to look for above;
//   - bisects the packet counts, all pools and combinations together and the cheapest first, on the assumption that more
//     packets are never worse, which prunes what is cheaper in every pool than something that failed, and what costs more
//     than something that passed;
//   - verifies the assumption: sizes near those that failed, and near the answer, are tried too;
//   - tries everything that is cheaper than the answer, one by one, if there is little left of it ([Search].Confirm) or if the
//     assumption was seen to be wrong ([Hole]);
//   - tries to break the answer with fresh seeds. A seed that does joins the others, and the search goes on.
//
// Seeds that failed before go first, so that sizes that are too small cost about one run. Every run is made once.
//
// # What is guaranteed
//
// The answer passes every seed of the verdict. If its proof is [ProofExhaustive], every cheaper size in the search space was
// tried and fails: nothing is assumed. If it is [ProofMonotone], the answer is the least provided that more packets are
// never worse for a combination of payloads; the sizes that rest on that are counted, and nowhere did a run contradict it.
// Real workloads do contradict it now and then: a frame lost at a better moment may cost less. Runs, answer and texts do not
// depend on how many cores there are, nor on which machine made which run (package sweep).
//
// # When no size helps
//
// Leaks, where fewer and fewer packets are free while nothing runs, are told from sizes, with who has the packets. Deadlocks
// are those where a pool is empty however large it is made, and those where each side waits for the other to read while
// no pool is empty and no frame is lost. Where neither is so and the workload fails with more packets than it uses, packets are
// not what is missing. The kinds of advice say which.
package sizing
