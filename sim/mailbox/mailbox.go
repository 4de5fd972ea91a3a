package mailbox

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
)

// A Mailbox is a list of messages that one session at a time has to itself. Its
// methods may be called from several goroutines; none waits for another program.
type Mailbox struct {
	path   string
	remove remover // deletes from disk; nil = memory only

	mu     sync.Mutex
	msgs   []*Message
	uids   map[string]int // how often each id was given out; never walked
	locked bool
}

// A remover removes messages from disk. It returns one error for each, nil where
// the message is gone.
type remover func(msgs []*Message) []error

// each returns a remover that removes one message after the other.
func each(remove func(*Message) error) remover {
	return func(msgs []*Message) []error {
		errs := make([]error, len(msgs))
		for i, m := range msgs {
			errs[i] = remove(m)
		}
		return errs
	}
}

// New returns a mailbox in memory that holds copies of msgs in the order given.
// Messages with the same content get different unique ids.
func New(msgs ...*Message) *Mailbox {
	b := &Mailbox{uids: make(map[string]int)}
	b.Add(msgs...)
	return b
}

// Path returns the path the mailbox was opened at, empty for one in memory.
func (b *Mailbox) Path() string { return b.path }

// Add puts copies of msgs at the end of the mailbox, as a delivery does. A session that
// has begun does not see them. Nothing is written to disk. An id is
// never given out twice, even when the message that had it was deleted.
func (b *Mailbox) Add(msgs ...*Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range msgs {
		added := *m
		added.uid = b.unique(m.uid)
		b.msgs = append(b.msgs, &added)
	}
}

// unique returns uid, or uid with a number behind it if it was given out before.
func (b *Mailbox) unique(uid string) string {
	for {
		b.uids[uid]++
		n := b.uids[uid]
		if n == 1 {
			return uid
		}
		if next := uid + "-" + strconv.Itoa(n); b.uids[next] == 0 {
			b.uids[next] = 1
			return next
		}
	}
}

// Messages returns the messages in order, in a slice that the caller owns.
func (b *Mailbox) Messages() []*Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.msgs)
}

// Size returns the number of wire bytes of all messages together.
func (b *Mailbox) Size() int64 {
	var sum int64
	for _, m := range b.Messages() {
		sum += m.size
	}
	return sum
}

// Delete takes msgs, which came from [Mailbox.Messages], out of the mailbox. With
// [Options].Remove it also removes them from disk; a message for which that fails
// stays in the mailbox, the others go, and the error names every one that stayed.
func (b *Mailbox) Delete(msgs ...*Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var failed []error
	msgs = slices.Clone(msgs)
	msgs = slices.DeleteFunc(msgs, func(m *Message) bool {
		missing := !slices.Contains(b.msgs, m)
		if missing {
			failed = append(failed, fmt.Errorf("mailbox: delete %s: not in the mailbox", m.name))
		}
		return missing
	})
	errs := make([]error, len(msgs))
	if b.remove != nil && len(msgs) > 0 {
		errs = b.remove(msgs)
	}
	for i, m := range msgs {
		if errs[i] != nil {
			failed = append(failed, fmt.Errorf("mailbox: delete %s: %w", m.name, errs[i]))
			continue
		}
		b.msgs = slices.DeleteFunc(b.msgs, func(have *Message) bool { return have == m })
	}
	return errors.Join(failed...)
}

// TryLock takes the exclusive-access lock of the maildrop (RFC 1939, section 4)
// and reports whether it was free. It never waits. The lock binds only those who ask
// for it: the other methods work without it.
func (b *Mailbox) TryLock() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.locked {
		return false
	}
	b.locked = true
	return true
}

// Unlock gives the lock back. It panics if the lock is not taken.
func (b *Mailbox) Unlock() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.locked {
		panic("mailbox: Unlock of a mailbox that is not locked")
	}
	b.locked = false
}
