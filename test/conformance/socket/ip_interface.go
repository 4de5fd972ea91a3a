package socket

import "netxsim/netx"

func init() {
	register(map[string]op{
		"ip_address_get":           ipAddressGet,
		"ip_address_set":           ipAddressSet,
		"ip_address_change_notify": ipAddressChangeNotify,
		"ip_gateway_address_get":   ipGatewayAddressGet,
		"ip_gateway_address_clear": ipOp(netx.NxIpGatewayAddressClear),
		"ip_interface_address_get": ipInterfaceAddressGet,
		"ip_interface_address_set": ipInterfaceAddressSet,
		"ip_interface_attach":      ipInterfaceAttach,
		"ip_interface_info_get":    ipInterfaceInfoGet,
		"ip_driver_direct_command": ipDriverDirectCommand,
		"ip_interface_mtu_set":     ipInterfaceMTUSet,
		"ip_static_route_add":      ipStaticRouteAdd,
		"ip_static_route_delete":   ipStaticRouteDelete,
		"ip_gateway_address_set": func(r *run, in input) result {
			return result{"status": netx.NxIpGatewayAddressSet(r.ip(in), in.v4("address"))}
		},
		"ip_interface_detach": func(r *run, in input) result {
			return result{"status": netx.NxIpInterfaceDetach(r.ip(in), in.number("interface", 0))}
		},
		"ip_interface_physical_address_get":      ipInterfacePhysicalAddressGet,
		"ip_interface_physical_address_set":      ipInterfacePhysicalAddressSet,
		"ip_interface_address_mapping_configure": ipInterfaceAddressMappingConfigure,
		"ip_link_status_change_notify_set":       ipLinkStatusChangeNotifySet,
		"ip_driver_interface_direct_command":     ipDriverInterfaceDirectCommand,
	})
}

// addressAndMask is the answer of a query for both.
func addressAndMask(s netx.UINT, address, mask netx.ULONG) result {
	out := result{"status": s}
	if s == netx.NX_SUCCESS {
		out["address"], out["mask"] = dotted(address), dotted(mask)
	}
	return out
}

func ipAddressGet(r *run, in input) result {
	var address, mask netx.ULONG
	s := netx.NxIpAddressGet(r.ip(in), pointer(in, "address", &address), pointer(in, "mask", &mask))
	return addressAndMask(s, address, mask)
}

func ipAddressSet(r *run, in input) result {
	return result{"status": netx.NxIpAddressSet(r.ip(in), in.v4("address"), in.v4("mask"))}
}

func ipInterfaceAddressGet(r *run, in input) result {
	var address, mask netx.ULONG
	s := netx.NxIpInterfaceAddressGet(r.ip(in), in.number("interface", 0), pointer(in, "address", &address), pointer(in, "mask", &mask))
	return addressAndMask(s, address, mask)
}

func ipInterfaceAddressSet(r *run, in input) result {
	return result{"status": netx.NxIpInterfaceAddressSet(r.ip(in), in.number("interface", 0), in.v4("address"), in.v4("mask"))}
}

func ipAddressChangeNotify(r *run, in input) result {
	var notify func(*netx.NX_IP, any)
	if !in.isNull("notify") {
		name := in.text("ip", "A")
		notify = func(*netx.NX_IP, any) { r.record("address_change ip=%s", name) }
	}
	return result{"status": netx.NxIpAddressChangeNotify(r.ip(in), notify, nil)}
}

func ipLinkStatusChangeNotifySet(r *run, in input) result {
	var notify func(*netx.NX_IP, netx.UINT, netx.UINT)
	if !in.isNull("notify") {
		name := in.text("ip", "A")
		notify = func(_ *netx.NX_IP, index, up netx.UINT) {
			r.record("link_status ip=%s interface=%d up=%d", name, index, up)
		}
	}
	return result{"status": netx.NxIpLinkStatusChangeNotifySet(r.ip(in), notify)}
}

func ipGatewayAddressGet(r *run, in input) result {
	var address netx.ULONG
	s := netx.NxIpGatewayAddressGet(r.ip(in), pointer(in, "address", &address))
	out := result{"status": s}
	if s == netx.NX_SUCCESS {
		out["address"] = dotted(address)
	}
	return out
}

func ipStaticRouteAdd(r *run, in input) result {
	return result{"status": netx.NxIpStaticRouteAdd(r.ip(in), in.v4("network"), in.v4("mask"), in.v4("next_hop"))}
}

func ipStaticRouteDelete(r *run, in input) result {
	return result{"status": netx.NxIpStaticRouteDelete(r.ip(in), in.v4("network"), in.v4("mask"))}
}

func ipInterfaceAttach(r *run, in input) result {
	driver := r.newDriver(ethernetMTU)
	if in.isNull("driver") {
		driver = nil
	}
	return result{"status": netx.NxIpInterfaceAttach(r.ip(in), "second", in.v4("address"), in.v4("mask"), driver)}
}

func ipInterfaceInfoGet(r *run, in input) result {
	var name string
	var address, mask, mtu, msw, lsw netx.ULONG
	s := netx.NxIpInterfaceInfoGet(r.ip(in), in.number("interface", 0), &name, &address, &mask, &mtu, &msw, &lsw)
	out := addressAndMask(s, address, mask)
	if s == netx.NX_SUCCESS {
		out["name"], out["mtu"], out["physical_msw"], out["physical_lsw"] = name, mtu, msw, lsw
	}
	return out
}

func ipInterfaceMTUSet(r *run, in input) result {
	return result{"status": netx.NxIpInterfaceMtuSet(r.ip(in), in.number("interface", 0), in.number("mtu", 0))}
}

func ipInterfacePhysicalAddressGet(r *run, in input) result {
	var msw, lsw netx.ULONG
	s := netx.NxIpInterfacePhysicalAddressGet(r.ip(in), in.number("interface", 0), hardwarePointer(in, "physical_msw", &msw),
		hardwarePointer(in, "physical_lsw", &lsw))
	return counters(s, []string{"physical_msw", "physical_lsw"}, []netx.ULONG{msw, lsw})
}

func ipInterfacePhysicalAddressSet(r *run, in input) result {
	return result{"status": netx.NxIpInterfacePhysicalAddressSet(r.ip(in), in.number("interface", 0), in.number("physical_msw", 0),
		in.number("physical_lsw", 0), in.number("update_driver", 0))}
}

func ipInterfaceAddressMappingConfigure(r *run, in input) result {
	return result{"status": netx.NxIpInterfaceAddressMappingConfigure(r.ip(in), in.number("interface", 0), in.number("mapping_needed", 0))}
}

func ipDriverDirectCommand(r *run, in input) result {
	var answer netx.ULONG
	s := netx.NxIpDriverDirectCommand(r.ip(in), in.number("command", 0), pointer(in, "return_value", &answer))
	return result{"status": s, "return_value": answer}
}

func ipDriverInterfaceDirectCommand(r *run, in input) result {
	var answer netx.ULONG
	s := netx.NxIpDriverInterfaceDirectCommand(r.ip(in), in.number("command", 0), in.number("interface", 0), pointer(in, "return_value", &answer))
	return result{"status": s, "return_value": answer}
}
