// Package fault has the faults that go wrong on a wire: loss in all its forms, delay, jitter, reordering, duplication, corruption,
// truncation, bottlenecks, links that flap and networks that fall apart.
package fault
