/* A sensor that reports over UDP. nx_in_a_comment() is not used. */
#include "tx_api.h"
#include "nx_api.h"
#include "board.h"   // not there

#define STACK      1024
#define NX_REPORTS 5
#define SEND(p)    nx_udp_socket_send(&nx_report_socket, \
                                      (p), IP_ADDRESS(10, 0, 0, 1), 4000)

TX_THREAD      reporter;
NX_PACKET_POOL pool;
NX_IP          ip;
NX_UDP_SOCKET  nx_report_socket;
UCHAR          memory[20 * (sizeof(NX_PACKET) + 256)];

static void nx_report(ULONG input);
static UINT nx_helper(NX_PACKET *p) { return p -> nx_packet_length > 0 ? NX_SUCCESS : NX_NOT_SUCCESSFUL; }

void tx_application_define(void *first_unused_memory)
{
    CHAR *pointer = (CHAR *)first_unused_memory;

    tx_thread_create(&reporter, "reporter", nx_report, 0, pointer, STACK,
                     4, 4, TX_NO_TIME_SLICE, TX_AUTO_START);
    pointer = pointer + STACK;
    nx_system_initialize();
    nx_packet_pool_create(&pool, "nx_not_a_name", 256, memory, sizeof(memory));
    nx_ip_create(&ip, "ip", IP_ADDRESS(10, 0, 0, 2), 0xFFFFFF00UL, &pool,
                 board_driver, pointer, STACK, 1);
    pointer += STACK;
#if 0
    nx_dhcp_start(&dhcp);   /* don't */
#endif
#ifdef NX_ENABLE_DHCP
    nx_dhcp_create(&dhcp, &ip, "dhcp");
#else
    nx_udp_enable(&ip);
#endif
}

static void nx_report(ULONG input)
{
    NX_PACKET *packet;
    UINT       n, status, nx_left = NX_REPORTS;

    nx_udp_socket_create(&ip, &nx_report_socket, "report", NX_IP_NORMAL, NX_FRAGMENT_OKAY, NX_IP_TIME_TO_LIVE, 5);
    nx_udp_socket_bind(&nx_report_socket, NX_ANY_PORT, NX_WAIT_FOREVER);
    for (n = 0; n < nx_left; n++)
    {
        if (nx_packet_allocate(&pool, &packet, NX_UDP_PACKET, NX_NO_WAIT))
            continue;
        nx_packet_data_append(packet, "21.5", 4, &pool, NX_NO_WAIT);
        status = nx_helper(packet) ? NX_PTR_ERROR : SEND(packet);
        if (status != NX_SUCCESS)
            nx_packet_release(packet);
        tx_thread_sleep(TX_TIMER_TICKS_PER_SECOND);
    }
}
