package socket

import "netxsim/netx"

func init() {
	register(map[string]op{
		"rarp_enable":                    ipOp(netx.NxRarpEnable),
		"arp_enable":                     arpEnable,
		"arp_static_entry_create":        arpEntryOp(netx.NxArpStaticEntryCreate),
		"arp_static_entry_delete":        arpEntryOp(netx.NxArpStaticEntryDelete),
		"arp_static_entries_delete":      ipOp(netx.NxArpStaticEntriesDelete),
		"arp_dynamic_entry_set":          arpEntryOp(netx.NxArpDynamicEntrySet),
		"arp_dynamic_entries_invalidate": ipOp(netx.NxArpDynamicEntriesInvalidate),
		"arp_entry_delete": func(r *run, in input) result {
			return result{"status": netx.NxArpEntryDelete(r.ip(in), in.v4("address"))}
		},
		"arp_gratuitous_send": func(r *run, in input) result {
			return result{"status": netx.NxArpGratuitousSend(r.ip(in), nil)}
		},
		"arp_hardware_address_find": arpHardwareAddressFind,
		"arp_ip_address_find":       arpIPAddressFind,
		"arp_info_get":              arpInfoGet,
	})
}

// arpEntryBytes is the size of an ARP entry by the size of a pointer.
var arpEntryBytes = map[uint32]uint32{4: 52, 8: 88}

func arpEnable(r *run, in input) result {
	entry := arpEntryBytes[r.target.packets.PointerSize]
	size := in.number("bytes", entry*in.number("entries", arpEntries))
	memory := make([]byte, size)
	if in.isNull("memory") {
		memory = nil
	}
	return result{"status": netx.NxArpEnable(r.ip(in), memory, size)}
}

// arpEntryOp makes an op of a service about a neighbour and its hardware address.
func arpEntryOp(service func(*netx.NX_IP, netx.ULONG, netx.ULONG, netx.ULONG) netx.UINT) op {
	return func(r *run, in input) result {
		return result{"status": service(r.ip(in), in.v4("address"), in.number("physical_msw", 0), in.number("physical_lsw", 0))}
	}
}

func arpHardwareAddressFind(r *run, in input) result {
	var msw, lsw netx.ULONG
	s := netx.NxArpHardwareAddressFind(r.ip(in), in.v4("address"), hardwarePointer(in, "physical_msw", &msw), hardwarePointer(in, "physical_lsw", &lsw))
	return counters(s, []string{"physical_msw", "physical_lsw"}, []netx.ULONG{msw, lsw})
}

// hardwarePointer returns to, or nil if the argument or "physical" is null.
func hardwarePointer(in input, name string, to *netx.ULONG) *netx.ULONG {
	if in.isNull("physical") {
		return nil
	}
	return pointer(in, name, to)
}

func arpIPAddressFind(r *run, in input) result {
	var address netx.ULONG
	s := netx.NxArpIpAddressFind(r.ip(in), pointer(in, "address", &address), in.number("physical_msw", 0), in.number("physical_lsw", 0))
	out := result{"status": s}
	if s == netx.NX_SUCCESS {
		out["address"] = dotted(address)
	}
	return out
}

var arpCounters = []string{"requests_sent", "requests_received", "responses_sent", "responses_received",
	"dynamic_entries", "static_entries", "aged_entries", "invalid_messages"}

func arpInfoGet(r *run, in input) result {
	v := make([]netx.ULONG, len(arpCounters))
	s := netx.NxArpInfoGet(r.ip(in), &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7])
	return counters(s, arpCounters, v)
}
