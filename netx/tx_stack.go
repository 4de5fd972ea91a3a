package netx

import "slices"

// A threadStack is the stack that the C program has given to a thread.
type threadStack struct {
	owner  *TX_THREAD
	memory []byte
	size   ULONG
}

// area is where the stack is.
func (s threadStack) area() area { return areaOf(s.memory, s.size) }

// checkStack makes the first checks of TxThreadCreate: that the thread does not exist, and
// that its stack is there and overlaps no other. They go through the threads in the
// order of creation, so that the first hit decides.
func (p *Program) checkStack(stack threadStack) UINT {
	if stack.owner == nil {
		return TX_THREAD_ERROR
	}
	p.threadStacks = slices.DeleteFunc(p.threadStacks, func(s threadStack) bool { return !exists(s.owner.Kernel()) })
	hit := slices.IndexFunc(p.threadStacks, func(s threadStack) bool { return s.owner == stack.owner || stack.area().overlaps(s.area()) })
	switch {
	case hit < 0 && exists(stack.owner.Kernel()):
		return TX_THREAD_ERROR // not created here
	case hit >= 0 && p.threadStacks[hit].owner == stack.owner,
		hit >= 0 && hit+1 < len(p.threadStacks) && p.threadStacks[hit+1].owner == stack.owner: // C looks one thread on
		return TX_THREAD_ERROR
	case hit >= 0 || stack.memory == nil:
		return TX_PTR_ERROR
	}
	return TX_SUCCESS
}

// dropStack forgets the stack of a deleted thread.
func (p *Program) dropStack(thread *TX_THREAD) {
	p.threadStacks = slices.DeleteFunc(p.threadStacks, func(s threadStack) bool { return s.owner == thread })
}
