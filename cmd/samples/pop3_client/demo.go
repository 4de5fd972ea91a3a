package main

import (
	"fmt"
	"io"

	. "netxsim/netx"
)

// What the C file defines.
const (
	DEMO_STACK_SIZE = 4096
	SERVER_PORT     = 110

	PAYLOAD_SIZE = 1460

	LOCALHOST          = "recipient@domain.com"
	LOCALHOST_PASSWORD = "testpwd" // APOP's shared secret too
)

// Addresses.
var (
	CLIENT_ADDRESS = IP_ADDRESS(192, 2, 2, 61)
	SERVER_ADDRESS = IP_ADDRESS(192, 2, 2, 89)
)

// Control blocks.
var (
	demo_client_thread TX_THREAD
	demo_client        NX_POP3_CLIENT
	client_packet_pool NX_PACKET_POOL
	client_ip          NX_IP
)

// out is where printf of C prints.
var out io.Writer

// tx_application_define makes the thread, the pool and the instance.
func tx_application_define(first_unused_memory []byte) {
	free_memory_pointer := first_unused_memory

	TxThreadCreate(&demo_client_thread, "Client", demo_thread_entry, 0,
		free_memory_pointer, DEMO_STACK_SIZE, 1, 1,
		TX_NO_TIME_SLICE, TX_AUTO_START)
	free_memory_pointer = free_memory_pointer[DEMO_STACK_SIZE:]

	NxSystemInitialize()

	// The headers come out of these bytes too: there are not ten packets in them.
	status := NxPacketPoolCreate(&client_packet_pool, "POP3 Client Packet Pool",
		PAYLOAD_SIZE, free_memory_pointer, (PAYLOAD_SIZE * 10))
	if status != NX_SUCCESS {
		return
	}
	free_memory_pointer = free_memory_pointer[PAYLOAD_SIZE*10:]

	status = NxIpCreate(&client_ip, "POP3 Client IP Instance", CLIENT_ADDRESS, 0xFFFFFF00,
		&client_packet_pool, NxRamNetworkDriver, free_memory_pointer,
		2048, 1)
	if status != NX_SUCCESS {
		return
	}
	free_memory_pointer = free_memory_pointer[2048:]

	NxArpEnable(&client_ip, free_memory_pointer, 1024)

	NxTcpEnable(&client_ip)
	NxIcmpEnable(&client_ip)
}

// demo_thread_entry fetches all messages.
func demo_thread_entry(info ULONG) {
	var (
		mail_item, number_mail_items                UINT
		bytes_downloaded                            UINT
		final_packet                                UINT = NX_FALSE
		total_size, mail_item_size, bytes_retrieved ULONG
		packet_ptr                                  *NX_PACKET
	)
	NX_PARAMETER_NOT_USED(info)

	TxThreadSleep(NX_IP_PERIODIC_RATE)

	// It connects and logs in: with APOP, if the server can.
	status := NxPop3ClientCreate(&demo_client,
		NX_TRUE,
		&client_ip, &client_packet_pool, SERVER_ADDRESS, SERVER_PORT,
		LOCALHOST, LOCALHOST_PASSWORD)
	if status != NX_SUCCESS {
		status = NxPop3ClientDelete(&demo_client)
		fmt.Fprintf(out, "delete: 0x%02X\n", status)
		return
	}

	status = NxPop3ClientMailItemsGet(&demo_client, &number_mail_items, &total_size)
	if status != NX_SUCCESS {
		fmt.Fprintf(out, "items: 0x%02X\n", status) // C does not look
	}
	fmt.Fprintf(out, "Got %d mail items, total size%d \n", number_mail_items, total_size)

	if number_mail_items == 0 {
		NxPop3ClientDelete(&demo_client)
		return
	}

	mail_item = 1
	for mail_item <= number_mail_items {
		NxPop3ClientMailItemGet(&demo_client, mail_item, &mail_item_size) // C keeps the status and does not look

		// do … while (final_packet == NX_FALSE)
		for {
			status = NxPop3ClientMailItemMessageGet(&demo_client, &packet_ptr,
				&bytes_retrieved,
				&final_packet)
			if status != NX_SUCCESS {
				break
			}

			if bytes_retrieved != 0 {
				fmt.Fprintf(out, "Received %d bytes of data for item %d: %q\n", packet_ptr.Length, mail_item, text(packet_ptr))
			}

			NxPacketRelease(packet_ptr)

			if final_packet != 0 {
				// All of it is there: the server may delete it.
				status = NxPop3ClientMailItemDelete(&demo_client, mail_item)
				if status != NX_SUCCESS {
					break
				}
			}

			bytes_downloaded += bytes_retrieved

			if final_packet != NX_FALSE {
				break
			}
		}

		mail_item++

		TxThreadSleep(NX_IP_PERIODIC_RATE)
	}

	status = NxPop3ClientQuit(&demo_client)
	status += NxPop3ClientDelete(&demo_client)
	fmt.Fprintf(out, "%d bytes, status %d\n", bytes_downloaded, status)
}

// text is the data of a packet, up to its first zero: what %s of C prints from its prepend pointer on.
func text(packet_ptr *NX_PACKET) string {
	data := packet_ptr.At(packet_ptr.PrependPtr)[:packet_ptr.AppendPtr-packet_ptr.PrependPtr]
	for n, b := range data {
		if b == 0 {
			return string(data[:n])
		}
	}
	return string(data)
}
