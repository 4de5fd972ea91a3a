package packetpool_test

import "time"

// A fakeKernel has one thread of control. A Wait runs the functions queued in
// meanwhile, which play the other threads, until one of them ends the wait;
// then it times out.
type fakeKernel struct {
	now       time.Duration
	name      string
	meanwhile []func()
	waits     map[any]*fakeWait
	held      int
	woken     []any // keys of successful Wakes while preemption was held
}

type fakeWait struct {
	done bool
	err  error
}

func (k *fakeKernel) Wait(key any, ticks uint32, timeout error) error {
	if k.waits == nil {
		k.waits = make(map[any]*fakeWait)
	}
	wait := &fakeWait{err: timeout}
	k.waits[key] = wait
	for !wait.done && len(k.meanwhile) > 0 {
		next := k.meanwhile[0]
		k.meanwhile = k.meanwhile[1:]
		next()
	}
	delete(k.waits, key)
	return wait.err
}

func (k *fakeKernel) Wake(key any, err error) bool {
	wait := k.waits[key]
	if wait == nil || wait.done {
		return false
	}
	if k.held > 0 {
		k.woken = append(k.woken, key)
	}
	*wait = fakeWait{done: true, err: err}
	return true
}

// abort ends the wait on every key, as tx_thread_wait_abort does for a thread.
func (k *fakeKernel) abort(err error) {
	for _, wait := range k.waits {
		if !wait.done {
			*wait = fakeWait{done: true, err: err}
		}
	}
}

func (k *fakeKernel) Now() time.Duration  { return k.now }
func (k *fakeKernel) CurrentName() string { return k.name }
func (k *fakeKernel) HoldPreemption()     { k.held++ }
func (k *fakeKernel) AllowPreemption()    { k.held-- }
