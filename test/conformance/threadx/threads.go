package threadx

import (
	"strconv"
	"time"

	"netxsim/netx"
)

const (
	stackArea    = 1 << 16 // bytes reserved for every thread's stack
	defaultStack = 1024
)

func init() {
	register(map[string]func(m *machine, in args) out{
		"thread_create":    threadCreate,
		"thread_delete":    func(m *machine, in args) out { return answer(netx.TxThreadDelete(m.thread(in))) },
		"thread_terminate": func(m *machine, in args) out { return answer(netx.TxThreadTerminate(m.thread(in))) },
		"thread_reset":     func(m *machine, in args) out { return answer(netx.TxThreadReset(m.thread(in))) },
		"thread_resume":    func(m *machine, in args) out { return answer(netx.TxThreadResume(m.thread(in))) },
		"thread_suspend":   func(m *machine, in args) out { return answer(netx.TxThreadSuspend(m.thread(in))) },
		"thread_wait_abort": func(m *machine, in args) out {
			return answer(netx.TxThreadWaitAbort(m.thread(in)))
		},
		"thread_sleep":             func(m *machine, in args) out { return answer(netx.TxThreadSleep(in.u32("ticks", 0))) },
		"thread_relinquish":        func(m *machine, in args) out { netx.TxThreadRelinquish(); return nil },
		"thread_identify":          func(m *machine, in args) out { return out{"thread": m.ref(netx.TxThreadIdentify())} },
		"thread_priority_change":   threadPriorityChange,
		"thread_preemption_change": threadPreemptionChange,
		"thread_time_slice_change": threadTimeSliceChange,
		"thread_entry_exit_notify": threadNotify,
		"thread_info_get":          threadInfo,
		"thread_peek":              threadPeek,
		"time_get":                 func(m *machine, in args) out { return out{"time": netx.TxTimeGet()} },
		"time_set":                 func(m *machine, in args) out { netx.TxTimeSet(in.u32("time", 0)); return nil },
		"busy":                     busy,
	})
}

func busy(m *machine, in args) out {
	m.k.Busy(time.Duration(in.u32("ticks", 0)) * m.k.TickDuration())
	return nil
}

// thread returns the thread an input means, nil for a null pointer.
func (m *machine) thread(in args) *netx.TX_THREAD {
	if in.text("thread") == "self" {
		return netx.TxThreadIdentify()
	}
	return object(in, "thread", m.threads[:], &m.threads[maxThreads])
}

// ref is how outputs name a thread.
func (m *machine) ref(t *netx.TX_THREAD) any {
	if t == nil {
		return nil
	}
	for i := range m.threads {
		if t == &m.threads[i] {
			return i
		}
	}
	return "timer"
}

func threadCreate(m *machine, in args) out {
	t := m.thread(in)
	entry := func(netx.ULONG) { m.enter(t) }
	if in.null("entry") {
		entry = nil
	}
	n, _ := m.ref(t).(int)
	priority := in.u32("priority", 16)
	return answer(netx.TxThreadCreate(t, strconv.Itoa(n), entry, 0, m.stack(n, in), in.u32("stack", defaultStack),
		priority, in.u32("threshold", priority), in.u32("time_slice", 0), in.u32("start", 1)))
}

// stack returns the memory for the stack of the n-th thread.
func (m *machine) stack(n int, in args) []byte {
	switch {
	case in.null("memory"):
		return nil
	case in.text("memory") == "T7":
		return m.stacks[8*stackArea+int(in.u32("memory_offset", 0)):]
	}
	return m.stacks[(n+1)*stackArea:]
}

// enter is the entry function of t.
func (m *machine) enter(t *netx.TX_THREAD) {
	who := "T" + t.Name()
	m.note(who, map[string]any{"ev": "begin"})
	m.play(who, m.v.Threads[t.Name()])
	m.note(who, map[string]any{"ev": "end"})
}

// changed is the answer of a service that stores an old value.
func changed(status uint32, old netx.ULONG) out {
	if old == unset {
		return answer(status)
	}
	return out{"status": status, "old": old}
}

func threadPriorityChange(m *machine, in args) out {
	var old netx.UINT = unset
	status := netx.TxThreadPriorityChange(m.thread(in), in.u32("priority", 0), unlessNull(in, "old", &old))
	return changed(status, old)
}

func threadPreemptionChange(m *machine, in args) out {
	var old netx.UINT = unset
	status := netx.TxThreadPreemptionChange(m.thread(in), in.u32("threshold", 0), unlessNull(in, "old", &old))
	return changed(status, old)
}

func threadTimeSliceChange(m *machine, in args) out {
	var old netx.ULONG = unset
	status := netx.TxThreadTimeSliceChange(m.thread(in), in.u32("time_slice", 0), unlessNull(in, "old", &old))
	return changed(status, old)
}

func threadNotify(m *machine, in args) out {
	if in.null("notify") {
		return answer(netx.TxThreadEntryExitNotify(m.thread(in), nil))
	}
	return answer(netx.TxThreadEntryExitNotify(m.thread(in), func(t *netx.TX_THREAD, id netx.UINT) {
		event := map[netx.UINT]string{netx.TX_THREAD_ENTRY: "entry_notify", netx.TX_THREAD_EXIT: "exit_notify"}[id]
		m.note(m.who(), map[string]any{"ev": event, "thread": m.ref(t)})
	}))
}

func threadInfo(m *machine, in args) out {
	if in.null("outputs") {
		return answer(netx.TxThreadInfoGet(m.thread(in), nil, nil, nil, nil, nil, nil, nil, nil))
	}
	var name string
	var state, priority, threshold netx.UINT
	var runs, slice netx.ULONG
	var next, nextSuspended *netx.TX_THREAD
	status := netx.TxThreadInfoGet(m.thread(in), &name, &state, &runs, &priority, &threshold, &slice, &next, &nextSuspended)
	return info(in, status, out{
		"state": state, "run_count": runs, "priority": priority, "threshold": threshold,
		"time_slice": slice, "next_suspended": m.ref(nextSuspended),
	})
}

// threadPeek looks into the control block.
func threadPeek(m *machine, in args) out {
	t := m.thread(in)
	if t.Kernel() == nil {
		return nil
	}
	i := t.Info()
	return out{
		"state": i.State, "priority": t.Priority(), "threshold": t.PreemptionThreshold(),
		"user_priority": i.Priority, "user_threshold": i.PreemptionThreshold,
	}
}
