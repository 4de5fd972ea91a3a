package threadx

import "netxsim/netx"

func init() {
	register(map[string]func(m *machine, in args) out{
		"mutex_create": func(m *machine, in args) out {
			return answer(netx.TxMutexCreate(m.mutex(in), "", in.u32("inherit", 0)))
		},
		"mutex_get":        func(m *machine, in args) out { return answer(netx.TxMutexGet(m.mutex(in), in.wait())) },
		"mutex_put":        func(m *machine, in args) out { return answer(netx.TxMutexPut(m.mutex(in))) },
		"mutex_prioritize": func(m *machine, in args) out { return answer(netx.TxMutexPrioritize(m.mutex(in))) },
		"mutex_delete":     func(m *machine, in args) out { return answer(netx.TxMutexDelete(m.mutex(in))) },
		"mutex_info_get":   mutexInfo,
	})
}

func (m *machine) mutex(in args) *netx.TX_MUTEX {
	return object(in, "mutex", m.mutexes[:], &m.blank.mutex)
}

func mutexInfo(m *machine, in args) out {
	if in.null("outputs") {
		return answer(netx.TxMutexInfoGet(m.mutex(in), nil, nil, nil, nil, nil, nil))
	}
	var name string
	var count, suspended netx.ULONG
	var owner, first *netx.TX_THREAD
	var next *netx.TX_MUTEX
	status := netx.TxMutexInfoGet(m.mutex(in), &name, &count, &owner, &first, &suspended, &next)
	return info(in, status, out{"count": count, "owner": m.ref(owner), "first": m.ref(first), "suspended": suspended})
}
