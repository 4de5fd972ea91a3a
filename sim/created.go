package sim

// A registry lists the existing objects of a kind, in order of creation.
type registry[T any] struct{ first *place[T] }

// A place is where an object stands in the registry of its kernel; zero in none.
type place[T any] struct {
	object     *T
	next, prev *place[T]
}

func (r *registry[T]) add(p *place[T], object *T) {
	p.object = object
	if r.first == nil {
		p.next, p.prev = p, p
		r.first = p
		return
	}
	last := r.first.prev
	last.next, r.first.prev = p, p
	p.prev, p.next = last, r.first
}

func (r *registry[T]) remove(p *place[T]) {
	if p.next == p {
		r.first = nil
	} else {
		p.next.prev, p.prev.next = p.prev, p.next
		if r.first == p {
			r.first = p.next
		}
	}
	*p = place[T]{}
}

// following returns the object created next, the first one after the last; nil if p is in no registry.
func (p *place[T]) following() *T {
	if p.next == nil {
		return nil
	}
	return p.next.object
}

// each calls f for the objects in order.
func (r *registry[T]) each(f func(*T)) {
	for p := r.first; p != nil; {
		f(p.object)
		if p = p.next; p == r.first {
			return
		}
	}
}

// registries are those of a kernel; threads have a list of their own.
type registries struct {
	semaphores registry[Semaphore]
	mutexes    registry[Mutex]
	queues     registry[Queue]
	eventFlags registry[EventFlags]
	timers     registry[Timer]
	bytePools  registry[BytePool]
	blockPools registry[BlockPool]
}

// Ended reports whether the run is over. Objects of an ended kernel count as not created: another kernel may
// create them anew.
func (k *Kernel) Ended() bool { return k.run.over }

// taken reports whether an object of kernel k cannot be created again.
func taken(k *Kernel) bool { return k != nil && !k.Ended() }

// NextCreated returns the thread created next. After the last one comes the system timer thread, then the
// first; Go programs are left out (tx_thread_info_get).
func (t *Thread) NextCreated() *Thread {
	k := t.k
	if k == nil {
		return nil
	}
	next := t.createdNext
	if t == &k.timerThread {
		next = k.created.first
	}
	for next != nil && next.program {
		next = next.createdNext
	}
	if next == nil {
		return &k.timerThread
	}
	return next
}
