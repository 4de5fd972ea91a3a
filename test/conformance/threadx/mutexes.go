package threadx

import (
	"netxsim/netx/status"
	"netxsim/sim"
)

func init() {
	register(map[string]func(m *machine, in args) out{
		"mutex_create":     mutexCreate,
		"mutex_get":        mutexGet,
		"mutex_put":        mutexPut,
		"mutex_prioritize": mutexPrioritize,
		"mutex_delete":     mutexDelete,
		"mutex_info_get":   mutexInfo,
	})
}

func (m *machine) mutex(in args) (*sim.Mutex, error) {
	x := object(in, "mutex", m.mutexes[:], &m.blank.mutex)
	return x, when(x == nil || !x.Exists(), status.TxMutexError)
}

func mutexCreate(m *machine, in args) out {
	x := object(in, "mutex", m.mutexes[:], &m.blank.mutex)
	inherit := in.u32("inherit", 0)
	err := first(
		when(x == nil || x.Exists(), status.TxMutexError),
		when(inherit > 1, status.TxInheritError),
		m.mayCreate())
	if err != nil {
		return code(err)
	}
	return code(m.k.CreateMutex(x, "", inherit == 1))
}

// notInterrupt answers a service that everybody but interrupts can call.
func (m *machine) notInterrupt() error {
	return when(m.k.Context() == sim.Interrupt, status.TxCallerError)
}

func mutexGet(m *machine, in args) out {
	x, err := m.mutex(in)
	if err = first(err, m.mayWait(in.wait()), m.notInterrupt()); err != nil {
		return code(err)
	}
	return code(x.Get(in.wait()))
}

func mutexPut(m *machine, in args) out {
	x, err := m.mutex(in)
	if err = first(err, m.notInterrupt()); err != nil {
		return code(err)
	}
	return code(x.Put())
}

func mutexPrioritize(m *machine, in args) out {
	x, err := m.mutex(in)
	if err != nil {
		return code(err)
	}
	return code(x.Prioritize())
}

func mutexDelete(m *machine, in args) out {
	x, err := m.mutex(in)
	if err = first(err, m.mayDelete()); err != nil {
		return code(err)
	}
	return code(x.Delete())
}

func mutexInfo(m *machine, in args) out {
	x, err := m.mutex(in)
	if err != nil || in.null("outputs") {
		return code(err)
	}
	i := x.Info()
	return out{
		"status": 0, "count": i.Count, "owner": m.ref(i.Owner),
		"first": m.ref(i.First), "suspended": i.Waiting,
	}
}
