// Package fault has what goes wrong on a wire: loss in all its forms, delay, jitter, reordering, duplication, corruption,
// truncation, bottlenecks, links that flap, networks that fall apart. It also records what has happened to each frame, and
// does it again. What goes wrong with a host is in package netxsim/sim/hostfault.
//
// # Faults
//
// A [Fault] is a value of two parts: a [Condition], which frames it happens to, and an [Effect], what happens to them. The usual ones
// have functions:
//
//   - [Loss], [BurstLoss] (Gilbert and Elliott), [Outage], [Flap], [Partition], [BlackHole] lose frames;
//   - [Jitter] and [Reorder] delay them, [Bottleneck] does and drops what its queue has no room for;
//   - [Duplication] and [Corruption] say it all.
//
// Everything else is put together. Conditions are [Chance], [Burst], [Nth], [Every], [From], [To], [Path], [Apart], [Longer],
// [Match] (protocol, addresses, ports, TCP flags, data), [Between], [After], [Until], [Cycle], [Check], and [All], [Any] and [Not] of
// others. Effects are [Drop], [Delay], [Duplicate], [Corrupt], [Truncate], [Queue] and [Func]. So the second segment with data from
// port 110, and what the server sends in the first minute, a tenth of it, with a changed byte that no checksum shows, are:
//
//	fault.Fault{If: fault.All(fault.Match{SourcePort: 110, Data: true}, fault.Nth(2)), Do: fault.Drop{}}
//	fault.Fault{If: fault.All(fault.From("server"), fault.Until(time.Minute), fault.Chance(0.1)), Do: fault.Corrupt{Bytes: 1, In: fault.Data, Repair: true}}
//
// [Fault.When], [Fault.Between], [Fault.Until], [Fault.Limited] and [Fault.Named] narrow a fault down, [Sequence] has one follow the other.
//
// # At work
//
// [Attach] puts faults on a wire. A frame goes through them in order, and each works on what those before have left: one that duplicates gives
// those behind it two copies, which are frames to them. A [Set] switches faults by name and counts how often each has happened.
// A frame's fate is decided when it is sent: what is on its way when a link goes down arrives.
//
// # Chance
//
// Every fault draws from random streams of its own, named after wire and fault, and draws for a frame that is lost already
// too: another fault beside it does not change what it draws for the n-th frame. (Another fault may well change which frames a program
// sends.) Conditions are asked from left to right, and one that draws or counts does so only for the frames that satisfy
// those in front of it.
//
// # Schedules
//
// A [FrameFault] is one thing that happens to one frame, and has a text: "lan client>server 17 drop". [Record] makes a list of all that
// happens on wires, whatever the cause, and [Replay] does what a list says, in place of chance: the same program then sees the
// same frames at the same nanoseconds. Package netxsim/sim/shrink makes such a list as short as it can be, and [GoSnippet] and
// [YAMLSnippet] write it down for a test or a scenario.
package fault
