package threadx

import "netxsim/netx"

func init() {
	register(map[string]func(m *machine, in args) out{
		"semaphore_create": func(m *machine, in args) out {
			return answer(netx.TxSemaphoreCreate(m.semaphore(in), "", in.u32("count", 0)))
		},
		"semaphore_get": func(m *machine, in args) out {
			return answer(netx.TxSemaphoreGet(m.semaphore(in), in.wait()))
		},
		"semaphore_put": func(m *machine, in args) out {
			return answer(netx.TxSemaphorePut(m.semaphore(in)))
		},
		"semaphore_ceiling_put": func(m *machine, in args) out {
			return answer(netx.TxSemaphoreCeilingPut(m.semaphore(in), in.u32("ceiling", 0)))
		},
		"semaphore_prioritize": func(m *machine, in args) out {
			return answer(netx.TxSemaphorePrioritize(m.semaphore(in)))
		},
		"semaphore_put_notify": func(m *machine, in args) out {
			return answer(netx.TxSemaphorePutNotify(m.semaphore(in), notified[netx.TX_SEMAPHORE](m, in, "put_notify", "semaphore")))
		},
		"semaphore_delete": func(m *machine, in args) out {
			return answer(netx.TxSemaphoreDelete(m.semaphore(in)))
		},
		"semaphore_info_get": semaphoreInfo,
	})
}

func (m *machine) semaphore(in args) *netx.TX_SEMAPHORE {
	return object(in, "semaphore", m.semaphores[:], &m.blank.semaphore)
}

func semaphoreInfo(m *machine, in args) out {
	if in.null("outputs") {
		return answer(netx.TxSemaphoreInfoGet(m.semaphore(in), nil, nil, nil, nil, nil))
	}
	var name string
	var count, suspended netx.ULONG
	var first *netx.TX_THREAD
	var next *netx.TX_SEMAPHORE
	status := netx.TxSemaphoreInfoGet(m.semaphore(in), &name, &count, &first, &suspended, &next)
	return info(in, status, out{"count": count, "first": m.ref(first), "suspended": suspended})
}
