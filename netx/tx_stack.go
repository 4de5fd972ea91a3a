package netx

import (
	"slices"
	"unsafe"
)

// A threadStack is the stack that the C program has given to a thread.
type threadStack struct {
	owner  *TX_THREAD
	memory []byte
	size   ULONG
}

// bounds returns the addresses of the first and the last byte.
func (s threadStack) bounds() (first, last uintptr) {
	first = uintptr(unsafe.Pointer(unsafe.SliceData(s.memory)))
	return first, first + uintptr(s.size) - 1
}

// overlaps reports whether s begins or ends in the other stack. As in C, the last
// byte of that one does not count.
func (s threadStack) overlaps(other threadStack) bool {
	first, last := s.bounds()
	start, end := other.bounds()
	return first >= start && first < end || last >= start && last < end
}

// checkStack makes the first checks of TxThreadCreate: that the thread does not exist, and
// that its stack is there and overlaps no other. They go through the threads in the
// order of creation, so that the first hit decides.
func (p *Program) checkStack(stack threadStack) UINT {
	if stack.owner == nil {
		return TX_THREAD_ERROR
	}
	p.threadStacks = slices.DeleteFunc(p.threadStacks, func(s threadStack) bool { return !exists(s.owner.Kernel()) })
	hit := slices.IndexFunc(p.threadStacks, func(s threadStack) bool { return s.owner == stack.owner || stack.overlaps(s) })
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
