package threadx

import (
	. "netxsim/netx"
)

func init() {
	register(map[string]func(m *machine, in args) out{
		"semaphore_create": func(m *machine, in args) out {
			return answer(TxSemaphoreCreate(m.semaphore(in), "", in.u32("count", 0)))
		},
		"semaphore_get": func(m *machine, in args) out {
			return answer(TxSemaphoreGet(m.semaphore(in), in.wait()))
		},
		"semaphore_put": func(m *machine, in args) out {
			return answer(TxSemaphorePut(m.semaphore(in)))
		},
		"semaphore_ceiling_put": func(m *machine, in args) out {
			return answer(TxSemaphoreCeilingPut(m.semaphore(in), in.u32("ceiling", 0)))
		},
		"semaphore_prioritize": func(m *machine, in args) out {
			return answer(TxSemaphorePrioritize(m.semaphore(in)))
		},
		"semaphore_put_notify": func(m *machine, in args) out {
			return answer(TxSemaphorePutNotify(m.semaphore(in), notified[TX_SEMAPHORE](m, in, "put_notify", "semaphore")))
		},
		"semaphore_delete": func(m *machine, in args) out {
			return answer(TxSemaphoreDelete(m.semaphore(in)))
		},
		"semaphore_info_get": semaphoreInfo,
	})
}

func (m *machine) semaphore(in args) *TX_SEMAPHORE {
	return object(in, "semaphore", m.semaphores[:], &m.blank.semaphore)
}

func semaphoreInfo(m *machine, in args) out {
	if in.null("outputs") {
		return answer(TxSemaphoreInfoGet(m.semaphore(in), nil, nil, nil, nil, nil))
	}
	var name string
	var count, suspended ULONG
	var first *TX_THREAD
	var next *TX_SEMAPHORE
	status := TxSemaphoreInfoGet(m.semaphore(in), &name, &count, &first, &suspended, &next)
	return info(in, status, out{"count": count, "first": m.ref(first), "suspended": suspended})
}
