package threadx

import (
	"netxsim/netx/status"
	"netxsim/sim"
)

func init() {
	register(map[string]func(m *machine, in args) out{
		"event_flags_create":     groupCreate,
		"event_flags_set":        groupSet,
		"event_flags_get":        groupGet,
		"event_flags_set_notify": groupNotify,
		"event_flags_delete":     groupDelete,
		"event_flags_info_get":   groupInfo,
	})
}

func (m *machine) group(in args) (*sim.EventFlags, error) {
	g := object(in, "group", m.groups[:], &m.blank.group)
	return g, when(g == nil || !g.Exists(), status.TxGroupError)
}

func groupCreate(m *machine, in args) out {
	g := object(in, "group", m.groups[:], &m.blank.group)
	if err := first(when(g == nil || g.Exists(), status.TxGroupError), m.mayCreate()); err != nil {
		return code(err)
	}
	return code(m.k.CreateEventFlags(g, ""))
}

func groupSet(m *machine, in args) out {
	g, err := m.group(in)
	if err != nil {
		return code(err)
	}
	return code(g.Set(in.u32("flags", 0), sim.FlagOption(in.u32("option", 0))))
}

func groupGet(m *machine, in args) out {
	g, err := m.group(in)
	option := in.u32("option", 0)
	err = first(err,
		when(in.null("actual"), status.TxPtrError),
		m.mayWait(in.wait()),
		when(option > 3, status.TxOptionError))
	if err != nil {
		return code(err)
	}
	actual, err := g.Get(in.u32("flags", 0), sim.FlagOption(option), in.wait())
	return out{"status": status.Of(err), "actual": actual}
}

func groupNotify(m *machine, in args) out {
	g, err := m.group(in)
	if err != nil {
		return code(err)
	}
	f := notified[*sim.EventFlags](m, "set_notify", "group", in["group"])
	if in.null("notify") {
		f = nil
	}
	return code(g.OnSet(f))
}

func groupDelete(m *machine, in args) out {
	g, err := m.group(in)
	if err = first(err, m.mayDelete()); err != nil {
		return code(err)
	}
	return code(g.Delete())
}

func groupInfo(m *machine, in args) out {
	g, err := m.group(in)
	if err != nil || in.null("outputs") {
		return code(err)
	}
	i := g.Info()
	return out{"status": 0, "flags": i.Flags, "first": m.ref(i.First), "suspended": i.Waiting}
}
