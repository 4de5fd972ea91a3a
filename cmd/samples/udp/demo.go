package main

import (
	. "netxsim/netx"
)

// What the C file defines.
const (
	DEMO_STACK_SIZE = 2048
	DEMO_DATA       = "ABCDEFGHIJKLMNOPQRSTUVWXYZ \x00" // C ends it with a zero, which sizeof counts
	PACKET_SIZE     = 1536
)

// POOL_SIZE is 16 packets with their headers.
func POOL_SIZE() ULONG { return (Sizeof[NX_PACKET]() + PACKET_SIZE) * 16 }

// Control blocks.
var (
	thread_0, thread_1 TX_THREAD

	pool_0             NX_PACKET_POOL
	ip_0, ip_1         NX_IP
	socket_0, socket_1 NX_UDP_SOCKET
	pool_buffer        []UCHAR
)

// Counters.
var (
	thread_0_counter ULONG
	thread_1_counter ULONG
	error_counter    ULONG
)

// tx_application_define makes threads, pool and instances.
func tx_application_define(first_unused_memory []byte) {
	var ip_address NXD_ADDRESS

	pointer := first_unused_memory

	TxThreadCreate(&thread_0, "thread 0", thread_0_entry, 0,
		pointer, DEMO_STACK_SIZE,
		4, 4, TX_NO_TIME_SLICE, TX_AUTO_START)
	pointer = pointer[DEMO_STACK_SIZE:]

	TxThreadCreate(&thread_1, "thread 1", thread_1_entry, 0,
		pointer, DEMO_STACK_SIZE,
		3, 3, TX_NO_TIME_SLICE, TX_AUTO_START)
	pointer = pointer[DEMO_STACK_SIZE:]

	NxSystemInitialize()

	pool_buffer = make([]UCHAR, POOL_SIZE())
	status := NxPacketPoolCreate(&pool_0, "NetX Main Packet Pool", PACKET_SIZE, pool_buffer, POOL_SIZE())
	if status != 0 {
		error_counter++
	}

	status = NxIpCreate(&ip_0, "NetX IP Instance 0", IP_ADDRESS(1, 2, 3, 4), 0xFFFFF000, &pool_0, NxRamNetworkDriver,
		pointer, 2048, 1)
	pointer = pointer[2048:]
	status += NxIpCreate(&ip_1, "NetX IP Instance 1", IP_ADDRESS(1, 2, 3, 5), 0xFFFFF000, &pool_0, NxRamNetworkDriver,
		pointer, 2048, 1)
	pointer = pointer[2048:]
	if status != 0 {
		error_counter++
	}

	status = NxArpEnable(&ip_0, pointer, 1024)
	pointer = pointer[1024:]
	status += NxArpEnable(&ip_1, pointer, 1024)
	if status != 0 {
		error_counter++
	}

	status = NxdIpv6Enable(&ip_0)
	if status != 0 {
		error_counter++
	}
	status = NxdIpv6Enable(&ip_1)
	if status != 0 {
		error_counter++
	}

	status = NxdIcmpEnable(&ip_0)
	if status != 0 {
		error_counter++
	}
	status = NxdIcmpEnable(&ip_1)
	if status != 0 {
		error_counter++
	}

	status = NxUdpEnable(&ip_0)
	status += NxUdpEnable(&ip_1)
	if status != 0 {
		error_counter++
	}

	ip_address.IpVersion = NX_IP_VERSION_V6
	ip_address.IpAddress.V6 = [4]ULONG{0x20010000, 0, 0, 1}
	status = NxdIpv6GlobalAddressSet(&ip_0, &ip_address, 64)
	if status != 0 {
		error_counter++
	}

	ip_address.IpVersion = NX_IP_VERSION_V6
	ip_address.IpAddress.V6 = [4]ULONG{0x20010000, 0, 0, 2}
	status = NxdIpv6GlobalAddressSet(&ip_1, &ip_address, 64)
	if status != 0 {
		error_counter++
	}
}

// thread_0_entry sends.
func thread_0_entry(thread_input ULONG) {
	var (
		my_packet                  *NX_PACKET
		ipv4_address, ipv6_address NXD_ADDRESS
	)
	NX_PARAMETER_NOT_USED(thread_input)

	TxThreadSleep(NX_IP_PERIODIC_RATE)

	// Until then IPv6 makes sure that nobody else has its addresses.
	TxThreadSleep(5 * NX_IP_PERIODIC_RATE)

	ipv4_address.IpVersion = NX_IP_VERSION_V4
	ipv4_address.IpAddress.V4 = IP_ADDRESS(1, 2, 3, 5)

	ipv6_address.IpVersion = NX_IP_VERSION_V6
	ipv6_address.IpAddress.V6 = [4]ULONG{0x20010000, 0, 0, 2}

	status := NxUdpSocketCreate(&ip_0, &socket_0, "Socket 0", NX_IP_NORMAL, NX_FRAGMENT_OKAY, 0x80, 5)
	if status != 0 {
		error_counter++
		return
	}

	status = NxUdpSocketBind(&socket_0, 0x88, TX_WAIT_FOREVER)
	if status != 0 {
		error_counter++
		return
	}

	NxUdpSocketChecksumDisable(&socket_0)

	// An entry without an address asks for it.
	NxArpDynamicEntrySet(&ip_0, IP_ADDRESS(1, 2, 3, 5), 0, 0)

	for {
		status = NxPacketAllocate(&pool_0, &my_packet, NX_UDP_PACKET, TX_WAIT_FOREVER)
		if status != NX_SUCCESS {
			break
		}

		NxPacketDataAppend(my_packet, []UCHAR(DEMO_DATA), ULONG(len(DEMO_DATA)), &pool_0, TX_WAIT_FOREVER)

		// IPv6 first, then in turn.
		if thread_0_counter&1 != 0 {
			status = NxdUdpSocketSend(&socket_0, my_packet, &ipv4_address, 0x89)
		} else {
			status = NxdUdpSocketSend(&socket_0, my_packet, &ipv6_address, 0x89)
		}
		if status != NX_SUCCESS {
			error_counter++
			break
		}

		thread_0_counter++

		// Not in C, where the loop takes time by itself: computing takes none here, and a neighbour whose address is
		// not known yet could never answer.
		TxThreadSleep(1)
	}
}

// thread_1_entry receives.
func thread_1_entry(thread_input ULONG) {
	var my_packet *NX_PACKET
	NX_PARAMETER_NOT_USED(thread_input)

	TxThreadSleep(NX_IP_PERIODIC_RATE)
	TxThreadSleep(5 * NX_IP_PERIODIC_RATE)

	status := NxUdpSocketCreate(&ip_1, &socket_1, "Socket 1", NX_IP_NORMAL, NX_FRAGMENT_OKAY, 0x80, 5)
	if status != 0 {
		error_counter++
		return
	}

	status = NxUdpSocketBind(&socket_1, 0x89, TX_WAIT_FOREVER)
	if status != 0 {
		error_counter++
		return
	}

	for {
		status = NxUdpSocketReceive(&socket_1, &my_packet, TX_WAIT_FOREVER)
		if status != NX_SUCCESS {
			break
		}

		status = NxPacketRelease(my_packet)
		if status != NX_SUCCESS {
			break
		}

		thread_1_counter++
	}
}
