package threadx

import "netxsim/netx"

func init() {
	register(map[string]func(m *machine, in args) out{
		"event_flags_create": func(m *machine, in args) out {
			return answer(netx.TxEventFlagsCreate(m.group(in), ""))
		},
		"event_flags_set": func(m *machine, in args) out {
			return answer(netx.TxEventFlagsSet(m.group(in), in.u32("flags", 0), in.u32("option", 0)))
		},
		"event_flags_get": groupGet,
		"event_flags_set_notify": func(m *machine, in args) out {
			return answer(netx.TxEventFlagsSetNotify(m.group(in), notified[netx.TX_EVENT_FLAGS_GROUP](m, in, "set_notify", "group")))
		},
		"event_flags_delete": func(m *machine, in args) out {
			return answer(netx.TxEventFlagsDelete(m.group(in)))
		},
		"event_flags_info_get": groupInfo,
	})
}

func (m *machine) group(in args) *netx.TX_EVENT_FLAGS_GROUP {
	return object(in, "group", m.groups[:], &m.blank.group)
}

// unset is what an output holds that no service stores.
const unset = 0xA5A5A5A5

func groupGet(m *machine, in args) out {
	var actual netx.ULONG = unset
	status := netx.TxEventFlagsGet(m.group(in), in.u32("flags", 0), in.u32("option", 0), unlessNull(in, "actual", &actual), in.wait())
	if actual == unset {
		return answer(status)
	}
	return out{"status": status, "actual": actual}
}

func groupInfo(m *machine, in args) out {
	if in.null("outputs") {
		return answer(netx.TxEventFlagsInfoGet(m.group(in), nil, nil, nil, nil, nil))
	}
	var name string
	var flags, suspended netx.ULONG
	var first *netx.TX_THREAD
	var next *netx.TX_EVENT_FLAGS_GROUP
	status := netx.TxEventFlagsInfoGet(m.group(in), &name, &flags, &first, &suspended, &next)
	return info(in, status, out{"flags": flags, "first": m.ref(first), "suspended": suspended})
}
