#include <stdio.h>
#include "tx_api.h"
#include "nx_api.h"

#define STACK 1024
#define SIZE  ((sizeof(NX_PACKET) + 128) * 4)

TX_THREAD      sender, receiver;
NX_PACKET_POOL pool;
NX_IP          ip;
NX_UDP_SOCKET  out, in;
UCHAR          memory[SIZE];

VOID _nx_ram_network_driver(NX_IP_DRIVER *request);

VOID arrived(NX_UDP_SOCKET *socket)
{
    printf("one for port %u\n", socket == &in ? 7 : 0);
}

VOID send_entry(ULONG input)
{
    NX_PACKET *packet;
    UINT       status;

    nx_udp_socket_create(&ip, &out, "out", NX_IP_NORMAL, NX_FRAGMENT_OKAY, NX_IP_TIME_TO_LIVE, 5);
    nx_udp_socket_bind(&out, NX_ANY_PORT, NX_NO_WAIT);
    status = nx_packet_allocate(&pool, &packet, NX_UDP_PACKET, NX_WAIT_FOREVER);
    status += nx_packet_data_append(packet, "hello", 5, &pool, NX_NO_WAIT);
    if (status == NX_SUCCESS)
        status = nx_udp_socket_send(&out, packet, IP_ADDRESS(10, 0, 0, 1), 7);
    if (status != NX_SUCCESS)
        nx_packet_release(packet);
}

VOID receive_entry(ULONG input)
{
    NX_PACKET *packet = NX_NULL;

    nx_udp_socket_create(&ip, &in, "in", NX_IP_NORMAL, NX_FRAGMENT_OKAY, NX_IP_TIME_TO_LIVE, 5);
    nx_udp_socket_bind(&in, 7, NX_NO_WAIT);
    nx_udp_socket_receive_notify(&in, arrived);
    while (nx_udp_socket_receive(&in, &packet, 2 * NX_IP_PERIODIC_RATE) == NX_SUCCESS)
    {
        printf("%lu bytes: %.5s\n", (unsigned long)packet -> nx_packet_length, packet -> nx_packet_prepend_ptr);
        nx_packet_release(packet);
    }
}

VOID tx_application_define(VOID *first_unused_memory)
{
    CHAR *pointer = (CHAR *)first_unused_memory;

    tx_thread_create(&receiver, "receiver", receive_entry, 0, pointer, STACK, 3, 3, TX_NO_TIME_SLICE, TX_AUTO_START);
    pointer = pointer + STACK;
    tx_thread_create(&sender, "sender", send_entry, 0, pointer, STACK, 4, 4, TX_NO_TIME_SLICE, TX_AUTO_START);
    pointer = pointer + STACK;
    nx_packet_pool_create(&pool, "pool", 128, memory, SIZE);
    nx_ip_create(&ip, "ip", IP_ADDRESS(10, 0, 0, 1), 0xFFFFFF00UL, &pool, _nx_ram_network_driver, pointer, STACK, 1);
    nx_udp_enable(&ip);
}

int main(void)
{
    tx_kernel_enter();
    return 0;
}
