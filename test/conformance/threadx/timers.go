package threadx

import (
	"strconv"

	"netxsim/netx"
)

func init() {
	register(map[string]func(m *machine, in args) out{
		"timer_create":     timerCreate,
		"timer_activate":   func(m *machine, in args) out { return answer(netx.TxTimerActivate(m.timerOf(in))) },
		"timer_deactivate": func(m *machine, in args) out { return answer(netx.TxTimerDeactivate(m.timerOf(in))) },
		"timer_change": func(m *machine, in args) out {
			return answer(netx.TxTimerChange(m.timerOf(in), in.u32("initial", 0), in.u32("reschedule", 0)))
		},
		"timer_delete":   func(m *machine, in args) out { return answer(netx.TxTimerDelete(m.timerOf(in))) },
		"timer_info_get": timerInfo,
	})
}

func (m *machine) timerOf(in args) *netx.TX_TIMER {
	return object(in, "timer", m.timers[:], &m.blank.timer)
}

func timerCreate(m *machine, in args) out {
	return answer(netx.TxTimerCreate(m.timerOf(in), "", m.expire, in.u32("timer", 0),
		in.u32("initial", 0), in.u32("reschedule", 0), in.u32("activate", 1)))
}

// expire is the function of the timers; their number is its input.
func (m *machine) expire(number netx.ULONG) {
	m.timer = int(number)
	program, ok := m.v.Timers[strconv.Itoa(m.timer)]
	if !ok {
		m.note(m.who(), map[string]any{"ev": "expire"})
	}
	m.play(m.who(), program)
}

func timerInfo(m *machine, in args) out {
	if in.null("outputs") {
		return answer(netx.TxTimerInfoGet(m.timerOf(in), nil, nil, nil, nil, nil))
	}
	var name string
	var active netx.UINT
	var remaining, reschedule netx.ULONG
	var next *netx.TX_TIMER
	status := netx.TxTimerInfoGet(m.timerOf(in), &name, &active, &remaining, &reschedule, &next)
	return info(in, status, out{"active": active, "remaining": remaining, "reschedule": reschedule})
}
