package sim

import (
	"fmt"

	"netxsim/netx/status"
)

// MaxMessageWords is the largest message of a queue, in 32-bit words (TX_16_ULONG).
const MaxMessageWords = 16

// A Queue holds messages of a fixed size, first in first out. The zero Queue belongs to no
// kernel; what does not exist answers status.TxQueueError.
type Queue struct {
	created  place[Queue]
	k        *Kernel
	name     string
	words    int      // 32-bit words per message
	capacity int      // messages
	first    int      // index of the oldest message
	len      int      // messages stored
	store    []uint32 // capacity*words
	waiters  waitQueue
	onSend   func(*Queue)
}

// NewQueue creates a queue of size bytes for messages of so many 32-bit words, 1 to 16; bytes that are not enough
// for a message stay unused. Error: status.TxSizeError (tx_queue_create).
func (k *Kernel) NewQueue(name string, words, size int) (*Queue, error) {
	q := new(Queue)
	return q, k.CreateQueue(q, name, words, size)
}

// CreateQueue is NewQueue for a Queue that the caller provides, zero or deleted. Error besides:
// status.TxQueueError if q exists already.
func (k *Kernel) CreateQueue(q *Queue, name string, words, size int) error {
	switch {
	case taken(q.k):
		return status.TxQueueError
	case words < 1 || words > MaxMessageWords || size/4 < words:
		return status.TxSizeError
	}
	capacity := size / (4 * words)
	*q = Queue{k: k, name: name, words: words, capacity: capacity, store: make([]uint32, capacity*words)}
	q.waiters.key = q
	k.queues.add(&q.created, q)
	return nil
}

// MessageWords returns the size of a message in 32-bit words.
func (q *Queue) MessageWords() int { return q.words }

// slot returns the i-th message, counted from the oldest.
func (q *Queue) slot(i int) []uint32 {
	at := (q.first + i) % q.capacity * q.words
	return q.store[at : at+q.words]
}

// Send puts a copy of message, which must have the queue's size, behind the others, or gives it to the first
// thread that waits for one. It waits for at most ticks while the queue is full. Errors: status.TxQueueFull, status.TxDeleted,
// status.TxWaitAborted, status.TxWaitError if it had to wait outside threads (tx_queue_send).
func (q *Queue) Send(message []uint32, ticks uint32) error { return q.send(message, ticks, false) }

// FrontSend is Send to the front: the message is the next to be received, and a caller that has to wait stands before
// all others (tx_queue_front_send).
func (q *Queue) FrontSend(message []uint32, ticks uint32) error {
	return q.send(message, ticks, true)
}

func (q *Queue) send(message []uint32, ticks uint32, front bool) error {
	k, notify := q.k, q.onSend
	switch {
	case k == nil:
		return status.TxQueueError
	case q.len == q.capacity:
		if ticks == 0 || !k.mayWait() {
			return k.waitNot(ticks, status.TxQueueFull)
		}
		if err := q.waitToSend(message, ticks, front); err != nil {
			return err
		}
	case q.waiters.head != nil:
		copy(q.waiters.head.wish.words, message[:q.words])
		k.wake(&q.waiters, nil)
		k.check()
	default:
		q.add(message, front)
		k.poll()
	}
	if notify != nil {
		notify(q)
	}
	return nil
}

// add stores a message; there is room.
func (q *Queue) add(message []uint32, front bool) {
	at := q.len
	if front {
		q.first = (q.first + q.capacity - 1) % q.capacity
		at = 0
	}
	q.len++
	copy(q.slot(at), message[:q.words])
}

func (q *Queue) waitToSend(message []uint32, ticks uint32, front bool) error {
	k := q.k
	t := k.current
	t.wish.words, t.wish.front = message[:q.words], front
	t.timeout = status.TxQueueFull
	q.waiters.push(t)
	if front {
		q.waiters.head = t
	}
	return k.suspend(t, QueueWait, ticks)
}

// Receive takes the oldest message into message, which must have room for it, and waits for at most ticks while there is none. The
// first waiting sender's message then takes the free place. Errors: status.TxQueueEmpty, status.TxDeleted,
// status.TxWaitAborted, status.TxWaitError if it had to wait outside threads (tx_queue_receive).
func (q *Queue) Receive(message []uint32, ticks uint32) error {
	k := q.k
	switch {
	case k == nil:
		return status.TxQueueError
	case q.len == 0:
		if k.current != nil {
			k.current.wish.words, k.current.wish.front = message[:q.words], false
		}
		return k.waitFor(&q.waiters, QueueWait, ticks, status.TxQueueEmpty)
	case q.waiters.head == nil:
		q.take(message)
		k.poll()
		return nil
	}
	if sender := q.waiters.head; sender.wish.front {
		copy(message, sender.wish.words)
	} else {
		q.take(message)
		q.add(sender.wish.words, false)
	}
	k.wake(&q.waiters, nil)
	k.check()
	return nil
}

// take removes the oldest message into message.
func (q *Queue) take(message []uint32) {
	copy(message[:q.words], q.slot(0))
	q.first = (q.first + 1) % q.capacity
	q.len--
}

// Flush drops all messages, those of waiting senders too: their sends succeed (tx_queue_flush).
func (q *Queue) Flush() error {
	k := q.k
	if k == nil {
		return status.TxQueueError
	}
	if q.len > 0 {
		q.first, q.len = 0, 0
		k.wakeAll(&q.waiters, nil)
	}
	k.check()
	return nil
}

// Prioritize moves the best waiting thread to the front (tx_queue_prioritize).
func (q *Queue) Prioritize() error {
	if q.k == nil {
		return status.TxQueueError
	}
	q.waiters.prioritize()
	return nil
}

// OnSend sets the function that is called after every successful send, in the sender's context. Nil removes it
// (tx_queue_send_notify).
func (q *Queue) OnSend(f func(*Queue)) error {
	if q.k == nil {
		return status.TxQueueError
	}
	q.onSend = f
	return nil
}

// Delete removes the queue. Whoever waits gets status.TxDeleted (tx_queue_delete).
func (q *Queue) Delete() error {
	k := q.k
	if k == nil {
		return status.TxQueueError
	}
	q.k = nil
	k.queues.remove(&q.created)
	k.wakeAll(&q.waiters, status.TxDeleted)
	k.check()
	return nil
}

// QueueInfo is what tx_queue_info_get tells.
type QueueInfo struct {
	Name      string
	Enqueued  uint32  // messages stored
	Available uint32  // messages there is room for
	First     *Thread // first waiting thread, nil if none
	Waiting   uint32  // number of waiting threads
	Next      *Queue  // the one created next, the first after the last
}

// Info returns the state of the queue (tx_queue_info_get).
func (q *Queue) Info() QueueInfo {
	return QueueInfo{q.name, uint32(q.len), uint32(q.capacity - q.len), q.waiters.head, q.waiters.len, q.created.following()}
}

// Name returns the name the queue was given.
func (q *Queue) Name() string { return q.name }

// Kernel returns the kernel of the queue, nil for a nil Queue and for one that was not created or is deleted.
func (q *Queue) Kernel() *Kernel {
	if q == nil {
		return nil
	}
	return q.k
}

// Exists reports whether the queue was created and not deleted.
func (q *Queue) Exists() bool { return q.k != nil }

// Waiters returns the waiting threads in order.
func (q *Queue) Waiters() []*Thread { return q.waiters.list() }

func (q *Queue) waitReason(*Thread) string {
	if q.len == 0 {
		return fmt.Sprintf("a message in queue %s", q.name)
	}
	return fmt.Sprintf("room in queue %s, %d of %d messages stored", q.name, q.len, q.capacity)
}
