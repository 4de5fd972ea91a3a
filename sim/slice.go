package sim

// Time slices: a thread that is interrupted by as many ticks as its time slice has goes behind the
// others of its priority. Only Busy takes time, so only a thread in Busy can use its slice up.
// Giving the processor up in a kernel call makes the slice a fresh one; being preempted does not.

// changeSlice stores what is left of the slice of the thread that leaves, and begins or goes on with that of t.
func (k *Kernel) changeSlice(t *Thread) {
	k.leaveSlice()
	k.slice = t.sliceLeft
}

// leaveSlice stores what is left of the slice of the thread that leaves.
func (k *Kernel) leaveSlice() {
	if k.slice != 0 && k.current != nil {
		k.current.sliceLeft = k.slice
	}
	k.slice = 0
}

// sliceTick takes a tick off the slice of the running thread and reports whether that was the last.
func (k *Kernel) sliceTick() bool {
	if k.slice == 0 {
		return false
	}
	k.slice--
	return k.slice == 0
}

// sliceTicks takes ticks that have passed without an interrupt of their own off the slice of the running thread: on a
// clock it computes for as long as it does. One that has used its slice up gives way in its next kernel call.
func (k *Kernel) sliceTicks(passed uint64) {
	for ; passed > 0 && k.slice != 0 && k.next == k.current; passed-- {
		if k.sliceTick() {
			k.endSlice()
		}
	}
}

// endSlice gives the running thread a fresh slice and lets the next one of its priority run. A thread with a
// preemption threshold goes on.
func (k *Kernel) endSlice() {
	t := k.current
	if t == nil || t.state != Ready {
		return
	}
	t.sliceLeft = t.timeSlice
	k.slice = t.timeSlice
	if t.readyNext == t || t.threshold != t.priority {
		return
	}
	k.ready.heads[t.priority] = t.readyNext
	k.next = k.ready.heads[k.ready.best()]
}
