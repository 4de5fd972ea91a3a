package netx

import (
	"net/netip"
	"slices"

	"netxsim/ipstack"
	"netxsim/netx/status"
)

// NX_IP_DRIVER is a request to a link driver.
type NX_IP_DRIVER = ipstack.DriverRequest

// NX_INTERFACE is a network interface of an instance.
type NX_INTERFACE = ipstack.Interface

// noIP reports whether ip is no control block in use.
func noIP(ip *NX_IP) bool { return ip == nil || ip.Kernel() == nil }

// word returns an IPv4 address in host byte order.
func word(address netip.Addr) ULONG {
	b := address.As4()
	return ULONG(b[0])<<24 | ULONG(b[1])<<16 | ULONG(b[2])<<8 | ULONG(b[3])
}

// isHost reports whether an address is of class A, B or C, or zero.
func isHost(address ULONG) bool { return address>>29 != 7 || uncheckedNX() }

// minimumStack is TX_MINIMUM_STACK.
const minimumStack = 200

// priorities is TX_MAX_PRIORITIES.
const priorities = 32

// NxIpCreate makes ip, a zero or deleted control block, an instance with one
// interface, "PRI", and starts its thread. The address and mask are in host
// byte order; what arrives is paid for by defaultPool.
//
// memory is the thread's stack, memorySize its size in bytes; it is not used.
// Unlike NetX Duo, a memorySize beyond the end of memory is NX_SIZE_ERROR.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_SIZE_ERROR, NX_OPTION_ERROR,
// NX_CALLER_ERROR, NX_IP_ADDRESS_ERROR, NX_NOT_IMPLEMENTED.
// Callers: initialization, threads.
func NxIpCreate(ip *NX_IP, name string, ipAddress, networkMask ULONG, defaultPool *NX_PACKET_POOL,
	ipLinkDriver func(*NX_IP_DRIVER), memory []byte, memorySize ULONG, priority UINT) UINT {
	program := current()
	switch {
	case ip == nil || !defaultPool.Created() || ipLinkDriver == nil || memory == nil:
		return NX_PTR_ERROR
	case memorySize < minimumStack || isShort(memory, memorySize):
		return NX_SIZE_ERROR
	case priority >= priorities:
		return NX_OPTION_ERROR
	case program.sharesStack(ip, memory, memorySize):
		return NX_PTR_ERROR
	case !isHost(ipAddress):
		return NX_IP_ADDRESS_ERROR
	case !initAndThreads(program.Kernel):
		return NX_CALLER_ERROR
	}
	program.stacks = append(program.stacks, stack{ip, areaOf(memory, memorySize)})
	err := ip.Create(program.Kernel, ipstack.Config{
		Name:     cString(name),
		Address:  netip.PrefixFrom(v4(ipAddress), 0),
		Mask:     networkMask,
		Pool:     defaultPool,
		Driver:   ipLinkDriver,
		Priority: priority,
		Target:   program.stackTarget(),
	})
	return status.Of(err)
}

// A stack is the memory that an instance's thread would use.
type stack struct {
	ip   *NX_IP
	area area
}

// sharesStack reports whether an instance exists already, or memory overlaps
// the stack of another one.
func (p *Program) sharesStack(ip *NX_IP, memory []byte, size ULONG) bool {
	p.stacks = slices.DeleteFunc(p.stacks, func(s stack) bool { return noIP(s.ip) })
	mine := areaOf(memory, size)
	return slices.ContainsFunc(p.stacks, func(s stack) bool { return s.ip == ip || mine.overlaps(s.area) })
}

// NxIpDelete ends an instance that has no sockets.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_SOCKETS_BOUND.
// Callers: threads.
func NxIpDelete(ip *NX_IP) UINT {
	if noIP(ip) {
		return NX_PTR_ERROR
	}
	if !threadsOnly(ip.Kernel()) {
		return NX_CALLER_ERROR
	}
	return status.Of(ip.Delete())
}

// NxIpStatusCheck waits until the instance and its first interface have all
// states of neededStatus, NX_IP_* bits, and stores those of them that they have.
//
// waitOption is in ticks; NX_NO_WAIT returns at once, NX_WAIT_FOREVER never
// times out.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_OPTION_ERROR, NX_CALLER_ERROR,
// NX_NOT_SUCCESSFUL.
// Callers: threads.
func NxIpStatusCheck(ip *NX_IP, neededStatus ULONG, actualStatus *ULONG, waitOption ULONG) UINT {
	return statusCheck(ip, 0, neededStatus, actualStatus, waitOption)
}

// NxIpInterfaceStatusCheck is NxIpStatusCheck for any interface.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_OPTION_ERROR, NX_CALLER_ERROR,
// NX_NOT_SUCCESSFUL, NX_INVALID_INTERFACE.
// Callers: threads.
func NxIpInterfaceStatusCheck(ip *NX_IP, interfaceIndex UINT, neededStatus ULONG, actualStatus *ULONG, waitOption ULONG) UINT {
	if noIP(ip) || actualStatus == nil {
		return NX_PTR_ERROR
	}
	if !ip.HasInterface(interfaceIndex) {
		return NX_INVALID_INTERFACE
	}
	return statusCheck(ip, interfaceIndex, neededStatus, actualStatus, waitOption)
}

// allStates has the bits that a status check may ask for.
const allStates = NX_IP_INITIALIZE_DONE | NX_IP_ADDRESS_RESOLVED | NX_IP_LINK_ENABLED | NX_IP_ARP_ENABLED |
	NX_IP_UDP_ENABLED | NX_IP_TCP_ENABLED | NX_IP_IGMP_ENABLED | NX_IP_RARP_COMPLETE | NX_IP_INTERFACE_LINK_ENABLED

func statusCheck(ip *NX_IP, index UINT, needed ULONG, actual *ULONG, wait ULONG) UINT {
	switch {
	case noIP(ip) || actual == nil:
		return NX_PTR_ERROR
	case needed&^allStates != 0:
		return NX_OPTION_ERROR
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	has, err := ip.CheckStatus(index, needed, wait)
	*actual = has
	return status.Of(err)
}

// NxIpInfoGet stores the instance's counters of IP packets. Bytes are those
// behind the IP headers. A nil pointer skips its value.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR.
// Callers: initialization, threads.
func NxIpInfoGet(ip *NX_IP, totalPacketsSent, totalBytesSent, totalPacketsReceived, totalBytesReceived, invalidPackets,
	receivePacketsDropped, receiveChecksumErrors, sendPacketsDropped, totalFragmentsSent, totalFragmentsReceived *ULONG) UINT {
	if s := checkInitAndThreads(ip); s != NX_SUCCESS {
		return s
	}
	info := ip.Info()
	store(totalPacketsSent, info.PacketsSent)
	store(totalBytesSent, info.BytesSent)
	store(totalPacketsReceived, info.PacketsReceived)
	store(totalBytesReceived, info.BytesReceived)
	store(invalidPackets, info.InvalidPackets)
	store(receivePacketsDropped, info.ReceiveDropped)
	store(receiveChecksumErrors, info.ChecksumErrors)
	store(sendPacketsDropped, info.SendDropped)
	store(totalFragmentsSent, info.FragmentsSent)
	store(totalFragmentsReceived, info.FragmentsReceived)
	return NX_SUCCESS
}

// checkInitAndThreads makes the checks of a service that takes an instance and
// nothing else that could be wrong.
func checkInitAndThreads(ip *NX_IP) UINT {
	if noIP(ip) {
		return NX_PTR_ERROR
	}
	if !initAndThreads(ip.Kernel()) {
		return NX_CALLER_ERROR
	}
	return NX_SUCCESS
}

// NxIpForwardingEnable makes the instance a router between its interfaces.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED.
// Callers: initialization, threads, timers.
func NxIpForwardingEnable(ip *NX_IP) UINT { return setForwarding(ip, (*NX_IP).EnableForwarding) }

// NxIpForwardingDisable ends what NxIpForwardingEnable began.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED.
// Callers: initialization, threads, timers.
func NxIpForwardingDisable(ip *NX_IP) UINT { return setForwarding(ip, (*NX_IP).DisableForwarding) }

func setForwarding(ip *NX_IP, set func(*NX_IP)) UINT {
	if noIP(ip) {
		return NX_PTR_ERROR
	}
	if !notISR(ip.Kernel()) {
		return NX_CALLER_ERROR
	}
	set(ip)
	return NX_SUCCESS
}

// NxIpFragmentEnable has the instance send long packets in pieces, and put
// received pieces together.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED.
// Callers: initialization, threads.
func NxIpFragmentEnable(ip *NX_IP) UINT { return call(ip, (*NX_IP).EnableFragmentation) }

// NxIpFragmentDisable ends what NxIpFragmentEnable began.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED.
// Callers: initialization, threads.
func NxIpFragmentDisable(ip *NX_IP) UINT { return call(ip, (*NX_IP).DisableFragmentation) }

// call does what cannot fail once the checks are passed.
func call(ip *NX_IP, f func(*NX_IP)) UINT {
	s := checkInitAndThreads(ip)
	if s == NX_SUCCESS {
		f(ip)
	}
	return s
}
