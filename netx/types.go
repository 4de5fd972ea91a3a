package netx

import (
	"netxsim/packetpool"
	"netxsim/sim"
)

// The C types of arguments, results and control blocks.
type (
	UINT  = uint32 // unsigned int
	ULONG = uint32 // unsigned long, 32 bits on every target
	UCHAR = byte   // unsigned char

	// NX_PACKET is a packet; its pointer fields are offsets into the pool's memory.
	NX_PACKET = packetpool.Packet
	// NX_PACKET_POOL is the control block of a packet pool. The zero value is
	// what NxPacketPoolCreate wants.
	NX_PACKET_POOL = packetpool.Pool

	// TX_THREAD is the control block of a thread; the zero value is what its create
	// service wants.
	TX_THREAD = sim.Thread
	// TX_SEMAPHORE is the control block of a counting semaphore; the zero value is what its create
	// service wants.
	TX_SEMAPHORE = sim.Semaphore
	// TX_MUTEX is the control block of a mutex; the zero value is what its create
	// service wants.
	TX_MUTEX = sim.Mutex
	// TX_QUEUE is the control block of a message queue; the zero value is what its create
	// service wants.
	TX_QUEUE = sim.Queue
	// TX_EVENT_FLAGS_GROUP is the control block of a group of event flags; the zero value is what its create
	// service wants.
	TX_EVENT_FLAGS_GROUP = sim.EventFlags
	// TX_TIMER is the control block of an application timer; the zero value is what its create
	// service wants.
	TX_TIMER = sim.Timer
	// TX_BYTE_POOL is the control block of a byte pool; the zero value is what its create
	// service wants.
	TX_BYTE_POOL = sim.BytePool
	// TX_BLOCK_POOL is the control block of a block pool; the zero value is what its create
	// service wants.
	TX_BLOCK_POOL = sim.BlockPool
)

// The markers of packet.UnionNext.TcpQueueNext, and of packet.QueueNext in the
// last case, that stand for a state instead of a packet.
var (
	NX_PACKET_FREE      = packetpool.Free
	NX_PACKET_ALLOCATED = packetpool.Allocated
	NX_PACKET_ENQUEUED  = packetpool.Enqueued
	NX_DRIVER_TX_DONE   = packetpool.DriverTxDone
)

// What NxPacketDebugInfoGet calls the queues that hold packets, in the place of a
// source file.
const (
	NX_PACKET_ARP_WAITING_QUEUE = "ARP waiting queue" // for a neighbour's hardware address
	NX_PACKET_ND_WAITING_QUEUE  = "ND waiting queue"  // the same of IPv6
	NX_PACKET_TCP_LISTEN_QUEUE  = "TCP listen queue"  // connection requests
	NX_PACKET_TCP_RECEIVE_QUEUE = "TCP receive queue"
	NX_PACKET_UDP_RECEIVE_QUEUE = "UDP receive queue"
	NX_PACKET_IP_FRAGMENT_QUEUE = "IP fragment queue"
)

// TX_BYTE_POOL_MIN is the smallest byte pool, in bytes.
const TX_BYTE_POOL_MIN = 100
