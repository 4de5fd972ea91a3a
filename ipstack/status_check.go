package ipstack

import "netxsim/netx/status"

// The states that a status check asks for, numbered as in C.
const (
	InitializeDone       = 0x001 // NX_IP_INITIALIZE_DONE
	AddressResolved      = 0x002 // NX_IP_ADDRESS_RESOLVED
	LinkEnabled          = 0x004 // NX_IP_LINK_ENABLED
	ARPEnabled           = 0x008 // NX_IP_ARP_ENABLED
	UDPEnabled           = 0x010 // NX_IP_UDP_ENABLED
	TCPEnabled           = 0x020 // NX_IP_TCP_ENABLED
	IGMPEnabled          = 0x040 // NX_IP_IGMP_ENABLED
	RARPComplete         = 0x080 // NX_IP_RARP_COMPLETE
	InterfaceLinkEnabled = 0x100 // NX_IP_INTERFACE_LINK_ENABLED
)

// CheckStatus waits, up to wait ticks, until an interface and its instance have
// all the states needed, and returns those of them that it has. It mirrors
// nx_ip_interface_status_check, which looks once a tick.
//
// Errors: status.InvalidInterface, status.NotSuccessful when a state is
// missing.
func (ip *IP) CheckStatus(index, needed, wait uint32) (actual uint32, err error) {
	i, err := ip.physicalInterface(index)
	if err != nil {
		return 0, err
	}
	for ; ; wait-- {
		if actual = ip.states(i, needed) & needed; actual == needed {
			return actual, nil
		}
		if wait == noWait || ip.inIPThread() {
			return actual, status.NotSuccessful
		}
		_ = ip.kernel.Sleep(1) // an aborted sleep only makes it look earlier
	}
}

// states returns the states of an interface. The driver is asked about its link
// once for each of the two that are needed.
func (ip *IP) states(i *Interface, needed uint32) uint32 {
	var states uint32
	for _, s := range []struct {
		bit uint32
		has bool
	}{
		{InitializeDone, ip.initialized},
		{AddressResolved | RARPComplete, i.address != 0},
		{ARPEnabled, ip.arp.enabled()},
		{UDPEnabled, ip.udp != nil},
		{TCPEnabled, ip.tcp != nil},
		{IGMPEnabled, ip.igmp.enabled},
		{LinkEnabled, needed&LinkEnabled != 0 && i.linkStatus()},
		{InterfaceLinkEnabled, needed&InterfaceLinkEnabled != 0 && i.linkStatus()},
	} {
		if s.has {
			states |= s.bit
		}
	}
	return states
}

// linkStatus asks the driver whether the link is up.
func (i *Interface) linkStatus() bool {
	var up uint32
	switch i.command(LinkGetStatus, 0, 0, &up) {
	case 0:
		return up == 1
	case uint32(status.UnhandledCommand):
		return i.up()
	}
	return false
}

// NotifyLinkChange has f called in the IP thread after a driver has reported
// that its link went up or down; nil ends that. It mirrors
// nx_ip_link_status_change_notify_set.
func (ip *IP) NotifyLinkChange(f func(ip *IP, index uint32, up bool)) { ip.onLinkChange = f }

// LinkChanged is how a driver reports that an interface's link went up or down,
// from any context. It mirrors _nx_ip_driver_link_status_event.
func (ip *IP) LinkChanged(index uint32) {
	ip.interfaces[index].linkChanged = true
	ip.post(work{run: ip.tellLinkChanges})
}

// DeferDriver has the IP thread call the driver of every interface with
// LinkDeferredProcessing. It may be called from any context and mirrors
// _nx_ip_driver_deferred_processing.
func (ip *IP) DeferDriver() {
	ip.post(work{run: func() {
		for n := range ip.physical() {
			if i := &ip.interfaces[n]; i.valid {
				i.command(LinkDeferredProcessing, 0, 0, nil)
			}
		}
	}})
}

func (ip *IP) tellLinkChanges() {
	if ip.onLinkChange == nil {
		return
	}
	for n := range ip.physical() {
		i := &ip.interfaces[n]
		if i.valid && i.linkChanged {
			i.linkChanged = false
			var up uint32
			i.command(LinkGetStatus, 0, 0, &up)
			ip.onLinkChange(ip, uint32(n), up != 0)
		}
	}
}
