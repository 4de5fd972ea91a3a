package threadx

import (
	"fmt"

	"netxsim/sim"
)

// final is the state of all existing objects.
func (m *machine) final() map[string]any {
	f := map[string]any{"tick": uint64(m.k.Now() / m.k.TickDuration())}
	list(f, "threads", m.threads[:], func(t *sim.Thread) bool { return t.Kernel() != nil }, m.finalThread)
	list(f, "semaphores", m.semaphores[:], (*sim.Semaphore).Exists, func(s *sim.Semaphore) map[string]any {
		return map[string]any{"count": s.Info().Count, "waiting": m.refs(s.Waiters())}
	})
	list(f, "mutexes", m.mutexes[:], (*sim.Mutex).Exists, func(x *sim.Mutex) map[string]any {
		i := x.Info()
		return map[string]any{"count": i.Count, "owner": m.owner(i.Owner), "waiting": m.refs(x.Waiters())}
	})
	list(f, "queues", m.queues[:], (*sim.Queue).Exists, func(q *sim.Queue) map[string]any {
		i := q.Info()
		return map[string]any{"enqueued": i.Enqueued, "available": i.Available, "waiting": m.refs(q.Waiters())}
	})
	list(f, "groups", m.groups[:], (*sim.EventFlags).Exists, func(g *sim.EventFlags) map[string]any {
		return map[string]any{"flags": g.Info().Flags, "waiting": m.refs(g.Waiters())}
	})
	list(f, "timers", m.timers[:], (*sim.Timer).Exists, func(t *sim.Timer) map[string]any {
		i := t.Info()
		return map[string]any{"active": flag(i.Active), "remaining": i.Remaining, "reschedule": i.Reschedule}
	})
	list(f, "byte_pools", m.bytePools[:], (*sim.BytePool).Exists, func(p *sim.BytePool) map[string]any {
		i := p.Info()
		return map[string]any{"available": i.Available, "fragments": i.Fragments, "waiting": m.refs(p.Waiters())}
	})
	list(f, "block_pools", m.blockPools[:], (*sim.BlockPool).Exists, func(p *sim.BlockPool) map[string]any {
		i := p.Info()
		return map[string]any{"available": i.Available, "total": i.Total, "waiting": m.refs(p.Waiters())}
	})
	return f
}

// list adds the existing objects of a kind, each with its number, if there are any.
func list[T any](f map[string]any, kind string, all []T, exists func(*T) bool, describe func(*T) map[string]any) {
	var found []map[string]any
	for i := range all {
		if exists(&all[i]) {
			d := describe(&all[i])
			d["id"] = i
			found = append(found, d)
		}
	}
	if found != nil {
		f[kind] = found
	}
}

// owner is how the final state names the owner of a mutex.
func (m *machine) owner(t *sim.Thread) any {
	ref := m.ref(t)
	if ref == "timer" {
		return -1
	}
	return ref
}

func (m *machine) refs(threads []*sim.Thread) []any {
	refs := []any{}
	for _, t := range threads {
		refs = append(refs, m.ref(t))
	}
	return refs
}

func (m *machine) finalThread(t *sim.Thread) map[string]any {
	i := t.Info()
	d := map[string]any{
		"state": i.State, "priority": t.Priority(), "threshold": t.PreemptionThreshold(), "run_count": i.RunCount,
	}
	if on := m.waitsFor(t); on != "" {
		d["on"] = on
	}
	return d
}

// waitsFor names the object that t waits for.
func (m *machine) waitsFor(t *sim.Thread) string {
	switch key := t.WaitsFor().(type) {
	case *sim.Semaphore:
		return number("semaphore", m.semaphores[:], key)
	case *sim.Mutex:
		return number("mutex", m.mutexes[:], key)
	case *sim.Queue:
		return number("queue", m.queues[:], key)
	case *sim.EventFlags:
		return number("group", m.groups[:], key)
	case *sim.BytePool:
		return number("byte_pool", m.bytePools[:], key)
	case *sim.BlockPool:
		return number("block_pool", m.blockPools[:], key)
	}
	return ""
}

func number[T any](kind string, all []T, object *T) string {
	for i := range all {
		if &all[i] == object {
			return fmt.Sprintf("%s%d", kind, i)
		}
	}
	return kind
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
