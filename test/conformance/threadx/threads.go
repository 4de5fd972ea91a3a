package threadx

import (
	"strconv"
	"time"

	"netxsim/netx/status"
	"netxsim/sim"
)

const (
	stackArea    = 1 << 16 // bytes reserved for every thread's stack
	defaultStack = 1024
	minStack     = 200
)

// A stack is the stack area of an existing thread; last is the offset of its last byte.
type stack struct {
	owner       *sim.Thread
	start, last uint64
}

func init() {
	register(map[string]func(m *machine, in args) out{
		"thread_create":            threadCreate,
		"thread_delete":            threadDelete,
		"thread_terminate":         threadTerminate,
		"thread_reset":             threadReset,
		"thread_resume":            threadResume,
		"thread_suspend":           threadSuspend,
		"thread_wait_abort":        threadWaitAbort,
		"thread_sleep":             threadSleep,
		"thread_relinquish":        threadRelinquish,
		"thread_identify":          threadIdentify,
		"thread_priority_change":   threadPriorityChange,
		"thread_preemption_change": threadPreemptionChange,
		"thread_time_slice_change": threadTimeSliceChange,
		"thread_entry_exit_notify": threadNotify,
		"thread_info_get":          threadInfo,
		"thread_peek":              threadPeek,
		"time_get":                 func(m *machine, in args) out { return out{"time": m.k.Ticks()} },
		"time_set":                 func(m *machine, in args) out { m.k.SetTicks(in.u32("time", 0)); return nil },
		"busy":                     busy,
	})
}

func busy(m *machine, in args) out {
	m.k.Busy(time.Duration(in.u32("ticks", 0)) * m.k.TickDuration())
	return nil
}

// thread returns the thread an input means, nil for a null pointer.
func (m *machine) thread(in args) *sim.Thread {
	if in.text("thread") == "self" {
		return m.k.Current()
	}
	return object(in, "thread", m.threads[:], &m.threads[maxThreads])
}

// existing returns the thread and an error if there is none.
func (m *machine) existing(in args) (*sim.Thread, error) {
	t := m.thread(in)
	if t == nil || t.Kernel() == nil {
		return nil, status.TxThreadError
	}
	return t, nil
}

// ref is how outputs name a thread.
func (m *machine) ref(t *sim.Thread) any {
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
	if t == nil {
		return code(status.TxThreadError)
	}
	size := in.u32("stack", defaultStack)
	area, err := m.placeStack(t, in, size)
	priority := in.u32("priority", 16)
	threshold := in.u32("threshold", priority)
	start := in.u32("start", 1)
	err = first(err,
		when(in.null("entry"), status.TxPtrError),
		when(size < minStack, status.TxSizeError),
		when(priority >= sim.MaxPriorities, status.TxPriorityError),
		when(threshold > priority, status.TxThreshError),
		when(start > 1, status.TxStartError),
		m.mayCreate())
	if err != nil {
		return code(err)
	}
	m.stacks = append(m.stacks, area)
	return code(m.k.CreateThread(t, sim.ThreadConfig{
		Name: m.name(t), Priority: priority, PreemptionThreshold: threshold, NoPreemption: threshold == 0,
		TimeSlice: in.u32("time_slice", 0), DontStart: start == 0, Entry: func() { m.enter(t) },
	}))
}

func (m *machine) name(t *sim.Thread) string {
	n, _ := m.ref(t).(int)
	return strconv.Itoa(n)
}

// enter is the entry function of t.
func (m *machine) enter(t *sim.Thread) {
	who := "T" + t.Name()
	m.note(who, map[string]any{"ev": "begin"})
	m.play(who, m.v.Threads[t.Name()])
	m.note(who, map[string]any{"ev": "end"})
}

// placeStack finds out where the stack lies, and whether it overlaps that of an existing
// thread. As in C, the last byte of another stack does not count.
func (m *machine) placeStack(t *sim.Thread, in args, size uint32) (stack, error) {
	n, _ := m.ref(t).(int)
	s := stack{owner: t, start: uint64(n+1) * stackArea}
	if in.text("memory") == "T7" {
		s.start = 8*stackArea + uint64(in.u32("memory_offset", 0))
	}
	s.last = s.start + uint64(size) - 1
	inside := func(at uint64, other stack) bool { return at >= other.start && at < other.last }
	for _, other := range m.stacks {
		switch {
		case other.owner == t:
			return s, status.TxThreadError
		case inside(s.start, other), inside(s.last, other):
			return s, status.TxPtrError
		}
	}
	return s, when(in.null("memory"), status.TxPtrError)
}

func threadDelete(m *machine, in args) out {
	if err := m.outsideSystem(); err != nil {
		return code(err)
	}
	t, err := m.existing(in)
	if err != nil {
		return code(err)
	}
	if err := t.Delete(); err != nil {
		return code(err)
	}
	for i, s := range m.stacks {
		if s.owner == t {
			m.stacks = append(m.stacks[:i], m.stacks[i+1:]...)
			break
		}
	}
	return code(nil)
}

func threadTerminate(m *machine, in args) out {
	t, err := m.existing(in)
	if err = first(err, m.outsideSystem()); err != nil {
		return code(err)
	}
	return code(t.Terminate())
}

func threadReset(m *machine, in args) out {
	t, err := m.existing(in)
	if err = first(err, m.mayDelete()); err != nil {
		return code(err)
	}
	return code(t.Reset())
}

func threadResume(m *machine, in args) out {
	t, err := m.existing(in)
	if err != nil {
		return code(err)
	}
	return code(t.Resume())
}

func threadSuspend(m *machine, in args) out {
	t, err := m.existing(in)
	if err != nil {
		return code(err)
	}
	return code(t.Suspend())
}

func threadWaitAbort(m *machine, in args) out {
	t, err := m.existing(in)
	if err != nil {
		return code(err)
	}
	return code(t.WaitAbort())
}

func threadSleep(m *machine, in args) out { return code(m.k.Sleep(in.u32("ticks", 0))) }

func threadRelinquish(m *machine, _ args) out {
	m.k.Relinquish()
	return nil
}

func threadIdentify(m *machine, _ args) out { return out{"thread": m.ref(m.k.Current())} }

func threadPriorityChange(m *machine, in args) out {
	t, err := m.existing(in)
	priority := in.u32("priority", 0)
	err = first(err,
		when(in.null("old"), status.TxPtrError),
		when(priority >= sim.MaxPriorities, status.TxPriorityError),
		m.outsideSystem())
	if err != nil {
		return code(err)
	}
	old, err := t.ChangePriority(priority)
	return out{"status": status.Of(err), "old": old}
}

func threadPreemptionChange(m *machine, in args) out {
	t, err := m.existing(in)
	if err = first(err, when(in.null("old"), status.TxPtrError), m.outsideSystem()); err != nil {
		return code(err)
	}
	old, err := t.ChangePreemption(in.u32("threshold", 0))
	if err != nil {
		return code(err)
	}
	return out{"status": 0, "old": old}
}

func threadTimeSliceChange(m *machine, in args) out {
	t, err := m.existing(in)
	if err = first(err, when(in.null("old"), status.TxPtrError), m.outsideSystem()); err != nil {
		return code(err)
	}
	return out{"status": 0, "old": t.ChangeTimeSlice(in.u32("time_slice", 0))}
}

func threadNotify(m *machine, in args) out {
	t, err := m.existing(in)
	switch {
	case err != nil:
	case in.null("notify"):
		t.OnEntryExit(nil)
	default:
		t.OnEntryExit(func(t *sim.Thread, what sim.EntryExit) {
			event := map[sim.EntryExit]string{sim.ThreadEntry: "entry_notify", sim.ThreadExit: "exit_notify"}[what]
			m.note(m.who(), map[string]any{"ev": event, "thread": m.ref(t)})
		})
	}
	return code(err)
}

func threadInfo(m *machine, in args) out {
	t, err := m.existing(in)
	if err != nil || in.null("outputs") {
		return code(err)
	}
	i := t.Info()
	return out{
		"status": 0, "state": i.State, "run_count": i.RunCount, "priority": i.Priority,
		"threshold": i.PreemptionThreshold, "time_slice": i.TimeSlice, "next_suspended": m.ref(i.NextSuspended),
	}
}

func threadPeek(m *machine, in args) out {
	t, err := m.existing(in)
	if err != nil {
		return nil
	}
	i := t.Info()
	return out{
		"state": i.State, "priority": t.Priority(), "threshold": t.PreemptionThreshold(),
		"user_priority": i.Priority, "user_threshold": i.PreemptionThreshold,
	}
}
