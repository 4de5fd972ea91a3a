package main

import (
	"fmt"

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

	pool_0        NX_PACKET_POOL
	ip_0, ip_1    NX_IP
	client_socket NX_TCP_SOCKET
	server_socket NX_TCP_SOCKET
	pool_buffer   []UCHAR
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

	status = NxIpCreate(&ip_0, "NetX IP Instance 0", IP_ADDRESS(1, 2, 3, 4), 0xFFFFFF00, &pool_0, NxRamNetworkDriver,
		pointer, 2048, 1)
	pointer = pointer[2048:]
	status += NxIpCreate(&ip_1, "NetX IP Instance 1", IP_ADDRESS(1, 2, 3, 5), 0xFFFFFF00, &pool_0, NxRamNetworkDriver,
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

	status = NxTcpEnable(&ip_0)
	status += NxTcpEnable(&ip_1)
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

// thread_0_entry is the client.
func thread_0_entry(thread_input ULONG) {
	var (
		my_packet                                *NX_PACKET
		length                                   ULONG
		server_ipv4_address, server_ipv6_address NXD_ADDRESS
		peer_address                             NXD_ADDRESS
		peer_port                                ULONG
	)
	NX_PARAMETER_NOT_USED(thread_input)

	// Until then IPv6 makes sure that nobody else has its addresses.
	TxThreadSleep(5 * NX_IP_PERIODIC_RATE)

	server_ipv4_address.IpVersion = NX_IP_VERSION_V4
	server_ipv4_address.IpAddress.V4 = IP_ADDRESS(1, 2, 3, 5)

	server_ipv6_address.IpVersion = NX_IP_VERSION_V6
	server_ipv6_address.IpAddress.V6 = [4]ULONG{0x20010000, 0, 0, 2}

	for {
		status := NxTcpSocketCreate(&ip_0, &client_socket, "Client Socket",
			NX_IP_NORMAL, NX_FRAGMENT_OKAY, NX_IP_TIME_TO_LIVE, 200,
			nil, nil)
		if status != 0 {
			error_counter++
		}

		status = NxTcpClientSocketBind(&client_socket, 12, NX_WAIT_FOREVER)
		if status != 0 {
			error_counter++
		}

		// IPv6 first, then in turn.
		if thread_0_counter&1 != 0 {
			status = NxdTcpClientSocketConnect(&client_socket, &server_ipv4_address, 12, NX_IP_PERIODIC_RATE)
		} else {
			status = NxdTcpClientSocketConnect(&client_socket, &server_ipv6_address, 12, NX_IP_PERIODIC_RATE)
		}
		if status != 0 {
			fmt.Printf("Error with socket connect: 0x%x\n", status)
			return
		}

		status = NxdTcpSocketPeerInfoGet(&client_socket, &peer_address, &peer_port)
		if status != 0 || peer_port != 12 {
			error_counter++ // C does not look
		}

		status = NxPacketAllocate(&pool_0, &my_packet, NX_TCP_PACKET, NX_WAIT_FOREVER)
		if status != NX_SUCCESS {
			break
		}

		NxPacketDataAppend(my_packet, []UCHAR(DEMO_DATA), ULONG(len(DEMO_DATA)), &pool_0, TX_WAIT_FOREVER)

		status = NxPacketLengthGet(my_packet, &length)
		if status != 0 || length != ULONG(len(DEMO_DATA)) {
			error_counter++
		}

		status = NxTcpSocketSend(&client_socket, my_packet, NX_IP_PERIODIC_RATE)
		if status != 0 {
			error_counter++
			NxPacketRelease(my_packet)
		}

		status = NxTcpSocketDisconnect(&client_socket, NX_IP_PERIODIC_RATE)
		if status != 0 {
			error_counter++
		}

		status = NxTcpClientSocketUnbind(&client_socket)
		if status != 0 {
			error_counter++
		}

		status = NxTcpSocketDelete(&client_socket)
		if status != 0 {
			error_counter++
		}

		thread_0_counter++
	}
}

// thread_1_entry is the server.
func thread_1_entry(thread_input ULONG) {
	var (
		packet_ptr    *NX_PACKET
		actual_status ULONG
	)
	NX_PARAMETER_NOT_USED(thread_input)

	TxThreadSleep(5 * NX_IP_PERIODIC_RATE)

	status := NxIpStatusCheck(&ip_1, NX_IP_INITIALIZE_DONE, &actual_status, NX_IP_PERIODIC_RATE)
	if status != NX_SUCCESS {
		error_counter++
		return
	}

	status = NxTcpSocketCreate(&ip_1, &server_socket, "Server Socket",
		NX_IP_NORMAL, NX_FRAGMENT_OKAY, NX_IP_TIME_TO_LIVE, 100,
		nil, thread_1_disconnect_received)
	if status != 0 {
		error_counter++
	}

	status = NxTcpServerSocketListen(&ip_1, 12, &server_socket, 5, thread_1_connect_received)
	if status != 0 {
		error_counter++
	}

	for {
		thread_1_counter++

		status = NxTcpServerSocketAccept(&server_socket, NX_WAIT_FOREVER)
		if status != 0 {
			error_counter++
		}

		status = NxTcpSocketReceive(&server_socket, &packet_ptr, NX_IP_PERIODIC_RATE)
		if status != 0 {
			error_counter++
		} else {
			NxPacketRelease(packet_ptr)
		}

		status = NxTcpSocketDisconnect(&server_socket, NX_IP_PERIODIC_RATE)
		if status != 0 {
			error_counter++
		}

		status = NxTcpServerSocketUnaccept(&server_socket)
		if status != 0 {
			error_counter++
		}

		status = NxTcpServerSocketRelisten(&ip_1, 12, &server_socket)
		if status != 0 {
			error_counter++
		}
	}
}

// thread_1_connect_received is called when a connection comes in.
func thread_1_connect_received(socket_ptr *NX_TCP_SOCKET, port UINT) {
	if socket_ptr != &server_socket || port != 12 {
		error_counter++
	}
}

// thread_1_disconnect_received is called when the peer goes.
func thread_1_disconnect_received(socket *NX_TCP_SOCKET) {
	if socket != &server_socket {
		error_counter++
	}
}
