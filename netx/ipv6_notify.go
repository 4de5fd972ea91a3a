package netx

import (
	"encoding/binary"

	"netxsim/ipstack"
	"netxsim/netx/status"
)

// NxdIpv6AddressChangeNotify has notify called when an IPv6 address was set,
// deleted, or found to be unique or a duplicate; nil ends that. It needs a
// Program with Stack.IPv6AddressNotify (NX_ENABLE_IPV6_ADDRESS_CHANGE_NOTIFY).
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_SUPPORTED.
// Callers: threads.
func NxdIpv6AddressChangeNotify(ip *NX_IP,
	notify func(ip *NX_IP, status, interfaceIndex, addressIndex UINT, ipAddress *[4]ULONG)) UINT {
	switch {
	case !current().Stack.IPv6AddressNotify:
		return NX_NOT_ENABLED
	case noIP(ip):
		return NX_PTR_ERROR
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	if notify == nil {
		return status.Of(ip.NotifyIPv6Change(nil))
	}
	return status.Of(ip.NotifyIPv6Change(func(ip *NX_IP, c ipstack.IPv6Change) {
		var words [4]ULONG
		for n := range words {
			words[n] = binary.BigEndian.Uint32(c.Address.AsSlice()[4*n:])
		}
		notify(ip, c.What, c.Index, c.Number, &words)
	}))
}
