package main

import (
	. "netxsim/netx"
)

// What the C file defines.
const (
	DEMO_STACK_SIZE = 2048
	DEMO_DATA       = "ABCDEFGHIJKLMNOPQRSTUVWXYZ \x00" // C ends it with a zero, which sizeof counts
	PACKET_SIZE     = 1536

	PRIMARY_INTERFACE   = 0
	SECONDARY_INTERFACE = 1
	NUMBER_OF_TESTS     = 8 // ways to send: to six addresses from a chosen one, and to two from any
)

// POOL_SIZE is 16 packets with their headers.
func POOL_SIZE() ULONG { return (Sizeof[NX_PACKET]() + PACKET_SIZE) * 16 }

// Control blocks.
var (
	thread_0, thread_1 TX_THREAD

	pool_0      NX_PACKET_POOL
	ip_0, ip_1  NX_IP
	socket_0    NX_UDP_SOCKET
	socket_1    NX_UDP_SOCKET
	pool_buffer []UCHAR
)

// Counters.
var (
	thread_0_counter ULONG
	thread_1_counter ULONG
	error_counter    ULONG
)

// Addresses of the server.
var (
	ip1_primary_ipv4_address        NXD_ADDRESS
	ip1_secondary_ipv4_address      NXD_ADDRESS
	ip1_primary_linklocal_address   NXD_ADDRESS
	ip1_secondary_linklocal_address NXD_ADDRESS
	ip1_primary_global_address      NXD_ADDRESS
	ip1_secondary_global_address    NXD_ADDRESS
)

// Numbers of IPv6 addresses.
var (
	ip0_primary_linklocal_address_index   UINT
	ip0_primary_global_address_index      UINT
	ip0_secondary_linklocal_address_index UINT
	ip0_secondary_global_address_index    UINT

	ip1_primary_linklocal_address_index   UINT
	ip1_primary_global_address_index      UINT
	ip1_secondary_linklocal_address_index UINT
	ip1_secondary_global_address_index    UINT
)

// tx_application_define makes threads, pool and instances.
func tx_application_define(first_unused_memory []byte) {
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

	status = NxIpCreate(&ip_0, "NetX IP Instance 0", IP_ADDRESS(1, 2, 3, 4), 0xFFFFFF00, &pool_0, NxRamNetworkDriver,
		pointer, 2048, 1)
	pointer = pointer[2048:]
	status += NxIpCreate(&ip_1, "NetX IP Instance 1", IP_ADDRESS(1, 2, 3, 5), 0xFFFFFF00, &pool_0, NxRamNetworkDriver,
		pointer, 2048, 1)
	pointer = pointer[2048:]
	if status != 0 {
		error_counter++
	}

	ip1_primary_ipv4_address.IpVersion = NX_IP_VERSION_V4
	ip1_primary_ipv4_address.IpAddress.V4 = IP_ADDRESS(1, 2, 3, 5)

	// The first instance gets its second interface here, the other one in a thread.
	status = NxIpInterfaceAttach(&ip_0, "IP_0 Secondary Interface", IP_ADDRESS(2, 2, 3, 4), 0xFFFFFF00, NxRamNetworkDriver)
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
}

// set_addresses gives both instances their IPv6 addresses. C has it in thread_0_entry.
func set_addresses() {
	status := NxIpInterfaceAttach(&ip_1, "IP_1 Secondary Interface", IP_ADDRESS(2, 2, 3, 5), 0xFFFFFF00, NxRamNetworkDriver)
	if status != 0 {
		error_counter++
	}

	ip1_secondary_ipv4_address.IpVersion = NX_IP_VERSION_V4
	ip1_secondary_ipv4_address.IpAddress.V4 = IP_ADDRESS(2, 2, 3, 5)

	for _, interface_index := range []UINT{PRIMARY_INTERFACE, SECONDARY_INTERFACE} {
		var ip_address NXD_ADDRESS
		ip0_linklocal, ip0_global := &ip0_primary_linklocal_address_index, &ip0_primary_global_address_index
		ip1_linklocal, ip1_global := &ip1_primary_linklocal_address_index, &ip1_primary_global_address_index
		prefix := ULONG(0x20010000)
		if interface_index == SECONDARY_INTERFACE {
			ip0_linklocal, ip0_global = &ip0_secondary_linklocal_address_index, &ip0_secondary_global_address_index
			ip1_linklocal, ip1_global = &ip1_secondary_linklocal_address_index, &ip1_secondary_global_address_index
			prefix = 0x20020000
		}

		status = NxdIpv6AddressSet(&ip_0, interface_index, nil, 10, ip0_linklocal)
		if status != 0 {
			error_counter++
		}
		status = NxdIpv6AddressSet(&ip_1, interface_index, nil, 10, ip1_linklocal)
		if status != 0 {
			error_counter++
		}

		ip_address.IpVersion = NX_IP_VERSION_V6
		ip_address.IpAddress.V6 = [4]ULONG{prefix, 0, 0, 4}
		status = NxdIpv6AddressSet(&ip_0, interface_index, &ip_address, 64, ip0_global)
		if status != 0 {
			error_counter++
		}

		ip_address.IpVersion = NX_IP_VERSION_V6
		ip_address.IpAddress.V6 = [4]ULONG{prefix, 0, 0, 5}
		status = NxdIpv6AddressSet(&ip_1, interface_index, &ip_address, 64, ip1_global)
		if status != 0 {
			error_counter++
		}
	}
}

// read_addresses notes the IPv6 addresses of the server. C does it before it waits.
func read_addresses() {
	read_address(ip1_primary_linklocal_address_index, &ip1_primary_linklocal_address)
	read_address(ip1_primary_global_address_index, &ip1_primary_global_address)
	read_address(ip1_secondary_linklocal_address_index, &ip1_secondary_linklocal_address)
	read_address(ip1_secondary_global_address_index, &ip1_secondary_global_address)
}

// read_address stores an address of the server. C reads nx_ipv6_address of the control block; Go asks the service, which
// tells an address only when it is valid.
func read_address(address_index UINT, address *NXD_ADDRESS) {
	var prefix_length ULONG
	var interface_index UINT
	status := NxdIpv6AddressGet(&ip_1, address_index, address, &prefix_length, &interface_index)
	if status != 0 {
		error_counter++
	}
}

// thread_0_entry sends.
func thread_0_entry(thread_input ULONG) {
	var my_packet *NX_PACKET
	NX_PARAMETER_NOT_USED(thread_input)

	set_addresses()

	// Until then IPv6 makes sure that nobody else has its addresses.
	TxThreadSleep(5 * NX_IP_PERIODIC_RATE)
	read_addresses()

	status := NxUdpSocketCreate(&ip_0, &socket_0, "Socket 0", NX_IP_NORMAL, NX_FRAGMENT_OKAY, 0x80, 5)
	if status != 0 {
		error_counter++
	}

	status = NxUdpSocketBind(&socket_0, 0x88, TX_WAIT_FOREVER)
	if status != 0 {
		error_counter++
	}

	for {
		status = NxPacketAllocate(&pool_0, &my_packet, NX_UDP_PACKET, TX_WAIT_FOREVER)
		if status != NX_SUCCESS {
			break
		}

		NxPacketDataAppend(my_packet, []UCHAR(DEMO_DATA), ULONG(len(DEMO_DATA)), &pool_0, TX_WAIT_FOREVER)

		switch thread_0_counter & (NUMBER_OF_TESTS - 1) {
		case 0:
			status = NxdUdpSocketSourceSend(&socket_0, my_packet, &ip1_primary_ipv4_address, 0x89, PRIMARY_INTERFACE)
		case 1:
			status = NxdUdpSocketSourceSend(&socket_0, my_packet, &ip1_secondary_ipv4_address, 0x89, SECONDARY_INTERFACE)
		case 2:
			status = NxdUdpSocketSourceSend(&socket_0, my_packet, &ip1_primary_linklocal_address, 0x89, ip0_primary_linklocal_address_index)
		case 3:
			status = NxdUdpSocketSourceSend(&socket_0, my_packet, &ip1_secondary_linklocal_address, 0x89, ip0_secondary_linklocal_address_index)
		case 4:
			status = NxdUdpSocketSourceSend(&socket_0, my_packet, &ip1_primary_global_address, 0x89, ip0_primary_global_address_index)
		case 5:
			status = NxdUdpSocketSourceSend(&socket_0, my_packet, &ip1_secondary_global_address, 0x89, ip0_secondary_global_address_index)
		case 6:
			status = NxdUdpSocketSend(&socket_0, my_packet, &ip1_primary_global_address, 0x89)
		case 7:
			status = NxdUdpSocketSend(&socket_0, my_packet, &ip1_secondary_global_address, 0x89)
		}
		if status != 0 {
			NxPacketRelease(my_packet)
			error_counter++
		}

		thread_0_counter++

		// C lets thread 1 run with tx_thread_relinquish. Computing takes no time here, so a tick has to pass for a
		// neighbour to answer.
		TxThreadRelinquish()
		TxThreadSleep(1)
	}
}

// thread_1_entry receives.
func thread_1_entry(thread_input ULONG) {
	var my_packet *NX_PACKET
	var actual_status ULONG
	NX_PARAMETER_NOT_USED(thread_input)

	TxThreadSleep(5 * NX_IP_PERIODIC_RATE)

	status := NxIpStatusCheck(&ip_1, NX_IP_INITIALIZE_DONE, &actual_status, NX_IP_PERIODIC_RATE)
	if status != NX_SUCCESS {
		error_counter++
	}

	status = NxUdpSocketCreate(&ip_1, &socket_1, "Socket 1", NX_IP_NORMAL, NX_FRAGMENT_OKAY, 0x80, 5)
	if status != 0 {
		error_counter++
	}

	status = NxUdpSocketBind(&socket_1, 0x89, TX_WAIT_FOREVER)
	if status != 0 {
		error_counter++
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
