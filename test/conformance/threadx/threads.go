package threadx

import (
	"strconv"
	"time"

	. "netxsim/netx"
)

const (
	stackArea    = 1 << 16 // bytes reserved for every thread's stack
	defaultStack = 1024
)

func init() {
	register(map[string]func(m *machine, in args) out{
		"thread_create":    threadCreate,
		"thread_delete":    func(m *machine, in args) out { return answer(TxThreadDelete(m.thread(in))) },
		"thread_terminate": func(m *machine, in args) out { return answer(TxThreadTerminate(m.thread(in))) },
		"thread_reset":     func(m *machine, in args) out { return answer(TxThreadReset(m.thread(in))) },
		"thread_resume":    func(m *machine, in args) out { return answer(TxThreadResume(m.thread(in))) },
		"thread_suspend":   func(m *machine, in args) out { return answer(TxThreadSuspend(m.thread(in))) },
		"thread_wait_abort": func(m *machine, in args) out {
			return answer(TxThreadWaitAbort(m.thread(in)))
		},
		"thread_sleep":             func(m *machine, in args) out { return answer(TxThreadSleep(in.u32("ticks", 0))) },
		"thread_relinquish":        func(m *machine, in args) out { TxThreadRelinquish(); return nil },
		"thread_identify":          func(m *machine, in args) out { return out{"thread": m.ref(TxThreadIdentify())} },
		"thread_priority_change":   threadPriorityChange,
		"thread_preemption_change": threadPreemptionChange,
		"thread_time_slice_change": threadTimeSliceChange,
		"thread_entry_exit_notify": threadNotify,
		"thread_info_get":          threadInfo,
		"thread_peek":              threadPeek,
		"time_get":                 func(m *machine, in args) out { return out{"time": TxTimeGet()} },
		"time_set":                 func(m *machine, in args) out { TxTimeSet(in.u32("time", 0)); return nil },
		"busy":                     busy,
	})
}

func busy(m *machine, in args) out {
	m.k.Busy(time.Duration(in.u32("ticks", 0)) * m.k.TickDuration())
	return nil
}

// thread returns the thread an input means, nil for a null pointer.
func (m *machine) thread(in args) *TX_THREAD {
	if in.text("thread") == "self" {
		return TxThreadIdentify()
	}
	return object(in, "thread", m.threads[:], &m.threads[maxThreads])
}

// ref is how outputs name a thread.
func (m *machine) ref(t *TX_THREAD) any {
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
	entry := func(ULONG) { m.enter(t) }
	if in.null("entry") {
		entry = nil
	}
	n, _ := m.ref(t).(int)
	priority := in.u32("priority", 16)
	return answer(TxThreadCreate(t, strconv.Itoa(n), entry, 0, m.stack(n, in), in.u32("stack", defaultStack),
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
func (m *machine) enter(t *TX_THREAD) {
	who := "T" + t.Name()
	m.note(who, map[string]any{"ev": "begin"})
	m.play(who, m.v.Threads[t.Name()])
	m.note(who, map[string]any{"ev": "end"})
}

// changed is the answer of a service that stores an old value.
func changed(status uint32, old ULONG) out {
	if old == unset {
		return answer(status)
	}
	return out{"status": status, "old": old}
}

func threadPriorityChange(m *machine, in args) out {
	var old UINT = unset
	status := TxThreadPriorityChange(m.thread(in), in.u32("priority", 0), unlessNull(in, "old", &old))
	return changed(status, old)
}

func threadPreemptionChange(m *machine, in args) out {
	var old UINT = unset
	status := TxThreadPreemptionChange(m.thread(in), in.u32("threshold", 0), unlessNull(in, "old", &old))
	return changed(status, old)
}

func threadTimeSliceChange(m *machine, in args) out {
	var old ULONG = unset
	status := TxThreadTimeSliceChange(m.thread(in), in.u32("time_slice", 0), unlessNull(in, "old", &old))
	return changed(status, old)
}

func threadNotify(m *machine, in args) out {
	if in.null("notify") {
		return answer(TxThreadEntryExitNotify(m.thread(in), nil))
	}
	return answer(TxThreadEntryExitNotify(m.thread(in), func(t *TX_THREAD, id UINT) {
		event := map[UINT]string{TX_THREAD_ENTRY: "entry_notify", TX_THREAD_EXIT: "exit_notify"}[id]
		m.note(m.who(), map[string]any{"ev": event, "thread": m.ref(t)})
	}))
}

func threadInfo(m *machine, in args) out {
	if in.null("outputs") {
		return answer(TxThreadInfoGet(m.thread(in), nil, nil, nil, nil, nil, nil, nil, nil))
	}
	var name string
	var state, priority, threshold UINT
	var runs, slice ULONG
	var next, nextSuspended *TX_THREAD
	status := TxThreadInfoGet(m.thread(in), &name, &state, &runs, &priority, &threshold, &slice, &next, &nextSuspended)
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
