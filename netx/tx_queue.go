package netx

import (
	"netxsim/netx/status"
)

// TxQueueCreate makes queue, a zero or deleted control block, an empty message
// queue. messageSize is the size of a message in 32-bit words, 1 to 16
// (TX_16_ULONG); queueSize, in bytes, divided by it is the number of messages.
//
// Unlike ThreadX, the messages are not kept in queueStart: it only counts for
// its size, and a queueSize beyond its end is TX_SIZE_ERROR.
//
// Status: TX_SUCCESS, TX_QUEUE_ERROR, TX_PTR_ERROR, TX_SIZE_ERROR,
// TX_CALLER_ERROR.
// Callers: initialization, threads.
func TxQueueCreate(queue *TX_QUEUE, name string, messageSize UINT, queueStart []byte, queueSize ULONG) UINT {
	k := current().Kernel
	switch {
	case queue == nil || exists(queue.Kernel()):
		return TX_QUEUE_ERROR
	case queueStart == nil:
		return TX_PTR_ERROR
	case messageSize < TX_1_ULONG || messageSize > TX_16_ULONG || queueSize/4 < messageSize || isShort(queueStart, queueSize):
		return TX_SIZE_ERROR
	case !txInitAndThreads(k):
		return TX_CALLER_ERROR
	}
	return status.Of(k.CreateQueue(queue, name, int(messageSize), int(queueSize)))
}

// TxQueueSend puts a copy of the message at source behind the others, or gives it
// to the first thread that waits for one. While the queue is full it waits for at
// most waitOption ticks; TX_NO_WAIT returns TX_QUEUE_FULL at once,
// TX_WAIT_FOREVER never times out.
//
// source is the message in 32-bit words. While the call waits, its words belong to
// the queue, which copies them when there is room. Unlike ThreadX, fewer words than
// the queue's message size are TX_PTR_ERROR; words beyond it do not count.
//
// Status: TX_SUCCESS, TX_QUEUE_FULL, TX_QUEUE_ERROR, TX_PTR_ERROR,
// TX_WAIT_ERROR, TX_DELETED, TX_WAIT_ABORTED.
// Callers: initialization, threads, timers, ISRs.
func TxQueueSend(queue *TX_QUEUE, source []ULONG, waitOption ULONG) UINT {
	if s := checkMessage(queue, source, waitOption); s != TX_SUCCESS {
		return s
	}
	return status.Of(queue.Send(source, waitOption))
}

// TxQueueFrontSend is TxQueueSend to the front: the message is the next to be
// received, and a caller that has to wait stands before all others.
//
// Status: TX_SUCCESS, TX_QUEUE_FULL, TX_QUEUE_ERROR, TX_PTR_ERROR,
// TX_WAIT_ERROR, TX_DELETED, TX_WAIT_ABORTED.
// Callers: initialization, threads, timers, ISRs.
func TxQueueFrontSend(queue *TX_QUEUE, source []ULONG, waitOption ULONG) UINT {
	if s := checkMessage(queue, source, waitOption); s != TX_SUCCESS {
		return s
	}
	return status.Of(queue.FrontSend(source, waitOption))
}

// TxQueueReceive takes the oldest message into destination, in 32-bit words. While
// there is none it waits for at most waitOption ticks; TX_NO_WAIT returns
// TX_QUEUE_EMPTY at once, TX_WAIT_FOREVER never times out. A sender that waits
// for room gets it.
//
// Unlike ThreadX, which would write past its end, a destination with fewer words
// than the queue's message size is TX_PTR_ERROR.
//
// Status: TX_SUCCESS, TX_QUEUE_EMPTY, TX_QUEUE_ERROR, TX_PTR_ERROR,
// TX_WAIT_ERROR, TX_DELETED, TX_WAIT_ABORTED.
// Callers: initialization, threads, timers, ISRs.
func TxQueueReceive(queue *TX_QUEUE, destination []ULONG, waitOption ULONG) UINT {
	if s := checkMessage(queue, destination, waitOption); s != TX_SUCCESS {
		return s
	}
	return status.Of(queue.Receive(destination, waitOption))
}

// checkMessage makes the checks of send and receive.
func checkMessage(queue *TX_QUEUE, message []ULONG, waitOption ULONG) UINT {
	k := queue.Kernel()
	switch {
	case !exists(k):
		return TX_QUEUE_ERROR
	case len(message) < queue.MessageWords():
		return TX_PTR_ERROR
	case !threadToWait(k, waitOption):
		return TX_WAIT_ERROR
	}
	return TX_SUCCESS
}

// TxQueueFlush drops all messages. Those of senders that wait for room are dropped
// too, and their sends succeed.
//
// Status: TX_SUCCESS, TX_QUEUE_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxQueueFlush(queue *TX_QUEUE) UINT {
	if !exists(queue.Kernel()) {
		return TX_QUEUE_ERROR
	}
	return status.Of(queue.Flush())
}

// TxQueueDelete ends the queue. Threads that wait for a message or for room return
// TX_DELETED.
//
// Status: TX_SUCCESS, TX_QUEUE_ERROR, TX_CALLER_ERROR.
// Callers: threads.
func TxQueueDelete(queue *TX_QUEUE) UINT {
	k := queue.Kernel()
	switch {
	case !exists(k):
		return TX_QUEUE_ERROR
	case !txThreadsOnly(k):
		return TX_CALLER_ERROR
	}
	return status.Of(queue.Delete())
}

// TxQueueInfoGet stores name, the number of messages in the queue and of those there
// is room for, the first waiting thread, the number of waiting threads and the
// queue created next. A nil pointer skips its value.
//
// Status: TX_SUCCESS, TX_QUEUE_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxQueueInfoGet(queue *TX_QUEUE, name *string, enqueued, availableStorage *ULONG, firstSuspended **TX_THREAD,
	suspendedCount *ULONG, nextQueue **TX_QUEUE) UINT {
	if !exists(queue.Kernel()) {
		return TX_QUEUE_ERROR
	}
	info := queue.Info()
	store(name, info.Name)
	store(enqueued, info.Enqueued)
	store(availableStorage, info.Available)
	store(firstSuspended, info.First)
	store(suspendedCount, info.Waiting)
	store(nextQueue, info.Next)
	return TX_SUCCESS
}

// TxQueuePrioritize moves the most urgent waiting thread to the front of the wait
// list and leaves the others in order. It wakes nobody.
//
// Status: TX_SUCCESS, TX_QUEUE_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxQueuePrioritize(queue *TX_QUEUE) UINT {
	if !exists(queue.Kernel()) {
		return TX_QUEUE_ERROR
	}
	return status.Of(queue.Prioritize())
}

// TxQueueSendNotify sets the function that is called after every successful send,
// in the context of the sender. Nil removes it. TX_FEATURE_NOT_ENABLED is what C
// answers when notifications are compiled out; it does not come here.
//
// Status: TX_SUCCESS, TX_QUEUE_ERROR, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxQueueSendNotify(queue *TX_QUEUE, queueSendNotify func(notifyQueue *TX_QUEUE)) UINT {
	if !exists(queue.Kernel()) {
		return TX_QUEUE_ERROR
	}
	return status.Of(queue.OnSend(queueSendNotify))
}
