// Package samples is the place of ported programs: twins of NetX Duo's sample programs, each a program of its own that
// `go run` runs. They were written by the rule of package netx, with the names and the order of the C files, so that
// both can be laid side by side.
//
//	tcp            demo_netx_duo_tcp.c: a client that connects over IPv4 and IPv6 in turn
//	udp            demo_netx_duo_udp.c: datagrams over both
//	multihome_tcp  demo_netx_duo_multihome_tcp.c: two interfaces each, four addresses
//	multihome_udp  demo_netx_duo_multihome_udp.c: two interfaces each, eight ways to send
//	pop3_client    demo_netxduo_pop3_client.c: fetches mail and deletes it
//	pop3_manual    the example in the POP3 client's manual, with what it does wrong
//
// Each has the C program's functions in demo.go, and in main.go what C gets from its board: the program of package
// netx, the simulated network and, for POP3, a server. The C samples run for ever; these stop after some virtual time
// and print their counters.
package samples
