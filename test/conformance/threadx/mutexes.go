package threadx

import (
	. "netxsim/netx"
)

func init() {
	register(map[string]func(m *machine, in args) out{
		"mutex_create": func(m *machine, in args) out {
			return answer(TxMutexCreate(m.mutex(in), "", in.u32("inherit", 0)))
		},
		"mutex_get":        func(m *machine, in args) out { return answer(TxMutexGet(m.mutex(in), in.wait())) },
		"mutex_put":        func(m *machine, in args) out { return answer(TxMutexPut(m.mutex(in))) },
		"mutex_prioritize": func(m *machine, in args) out { return answer(TxMutexPrioritize(m.mutex(in))) },
		"mutex_delete":     func(m *machine, in args) out { return answer(TxMutexDelete(m.mutex(in))) },
		"mutex_info_get":   mutexInfo,
	})
}

func (m *machine) mutex(in args) *TX_MUTEX {
	return object(in, "mutex", m.mutexes[:], &m.blank.mutex)
}

func mutexInfo(m *machine, in args) out {
	if in.null("outputs") {
		return answer(TxMutexInfoGet(m.mutex(in), nil, nil, nil, nil, nil, nil))
	}
	var name string
	var count, suspended ULONG
	var owner, first *TX_THREAD
	var next *TX_MUTEX
	status := TxMutexInfoGet(m.mutex(in), &name, &count, &owner, &first, &suspended, &next)
	return info(in, status, out{"count": count, "owner": m.ref(owner), "first": m.ref(first), "suspended": suspended})
}
