package threadx

import (
	"strconv"

	"netxsim/netx/status"
	"netxsim/sim"
)

func init() {
	register(map[string]func(m *machine, in args) out{
		"timer_create":     timerCreate,
		"timer_activate":   timerActivate,
		"timer_deactivate": timerDeactivate,
		"timer_change":     timerChange,
		"timer_delete":     timerDelete,
		"timer_info_get":   timerInfo,
	})
}

func (m *machine) timerOf(in args) (*sim.Timer, error) {
	t := object(in, "timer", m.timers[:], &m.blank.timer)
	return t, when(t == nil || !t.Exists(), status.TxTimerError)
}

func timerCreate(m *machine, in args) out {
	t := object(in, "timer", m.timers[:], &m.blank.timer)
	initial, activate := in.u32("initial", 0), in.u32("activate", 1)
	err := first(
		when(t == nil || t.Exists(), status.TxTimerError),
		when(initial == 0, status.TxTickError),
		when(activate > 1, status.TxActivateError),
		m.mayCreate())
	if err != nil {
		return code(err)
	}
	number := int(in.u32("timer", 0))
	return code(m.k.CreateTimer(t, sim.TimerConfig{
		Initial: initial, Reschedule: in.u32("reschedule", 0), DontActivate: activate == 0,
		Expired: func() { m.expire(number) },
	}))
}

// expire is the function of a timer.
func (m *machine) expire(number int) {
	m.timer = number
	program, ok := m.v.Timers[strconv.Itoa(number)]
	if !ok {
		m.note(m.who(), map[string]any{"ev": "expire"})
	}
	m.play(m.who(), program)
}

func timerActivate(m *machine, in args) out {
	t, err := m.timerOf(in)
	if err != nil {
		return code(err)
	}
	return code(t.Activate())
}

func timerDeactivate(m *machine, in args) out {
	t, err := m.timerOf(in)
	if err == nil {
		t.Deactivate()
	}
	return code(err)
}

func timerChange(m *machine, in args) out {
	t, err := m.timerOf(in)
	initial := in.u32("initial", 0)
	err = first(err,
		when(initial == 0, status.TxTickError),
		when(m.k.Context() == sim.Initialization, status.TxCallerError))
	if err != nil {
		return code(err)
	}
	return code(t.Change(initial, in.u32("reschedule", 0)))
}

func timerDelete(m *machine, in args) out {
	t, err := m.timerOf(in)
	if err = first(err, m.mayDelete()); err == nil {
		t.Delete()
	}
	return code(err)
}

func timerInfo(m *machine, in args) out {
	t, err := m.timerOf(in)
	if err != nil || in.null("outputs") {
		return code(err)
	}
	i := t.Info()
	return out{"status": 0, "active": flag(i.Active), "remaining": i.Remaining, "reschedule": i.Reschedule}
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
