package threadx

import (
	"netxsim/netx/status"
	"netxsim/sim"
)

func init() {
	register(map[string]func(m *machine, in args) out{
		"semaphore_create":      semaphoreCreate,
		"semaphore_get":         semaphoreGet,
		"semaphore_put":         semaphorePut,
		"semaphore_ceiling_put": semaphoreCeilingPut,
		"semaphore_prioritize":  semaphorePrioritize,
		"semaphore_put_notify":  semaphoreNotify,
		"semaphore_delete":      semaphoreDelete,
		"semaphore_info_get":    semaphoreInfo,
	})
}

func (m *machine) semaphore(in args) (*sim.Semaphore, error) {
	s := object(in, "semaphore", m.semaphores[:], &m.blank.semaphore)
	return s, when(s == nil || !s.Exists(), status.TxSemaphoreError)
}

func semaphoreCreate(m *machine, in args) out {
	s := object(in, "semaphore", m.semaphores[:], &m.blank.semaphore)
	if err := first(when(s == nil || s.Exists(), status.TxSemaphoreError), m.mayCreate()); err != nil {
		return code(err)
	}
	return code(m.k.CreateSemaphore(s, "", in.u32("count", 0)))
}

func semaphoreGet(m *machine, in args) out {
	s, err := m.semaphore(in)
	if err = first(err, m.mayWait(in.wait())); err != nil {
		return code(err)
	}
	return code(s.Get(in.wait()))
}

func semaphorePut(m *machine, in args) out {
	s, err := m.semaphore(in)
	if err != nil {
		return code(err)
	}
	return code(s.Put())
}

func semaphoreCeilingPut(m *machine, in args) out {
	s, err := m.semaphore(in)
	if err != nil {
		return code(err)
	}
	return code(s.CeilingPut(in.u32("ceiling", 0)))
}

func semaphorePrioritize(m *machine, in args) out {
	s, err := m.semaphore(in)
	if err != nil {
		return code(err)
	}
	return code(s.Prioritize())
}

func semaphoreNotify(m *machine, in args) out {
	s, err := m.semaphore(in)
	if err != nil {
		return code(err)
	}
	f := notified[*sim.Semaphore](m, "put_notify", "semaphore", in["semaphore"])
	if in.null("notify") {
		f = nil
	}
	return code(s.OnPut(f))
}

func semaphoreDelete(m *machine, in args) out {
	s, err := m.semaphore(in)
	if err = first(err, m.mayDelete()); err != nil {
		return code(err)
	}
	return code(s.Delete())
}

func semaphoreInfo(m *machine, in args) out {
	s, err := m.semaphore(in)
	if err != nil || in.null("outputs") {
		return code(err)
	}
	i := s.Info()
	return out{"status": 0, "count": i.Count, "first": m.ref(i.First), "suspended": i.Waiting}
}
