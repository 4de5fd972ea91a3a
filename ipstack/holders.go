package ipstack

import "netxsim/sim"

// holder names a queue that holds packets, for reports.
type holder struct {
	name  string
	queue string // in C's debug information; empty if that has none for it
}

// What C's debug information calls its queues.
const (
	debugARP      = "ARP waiting queue"
	debugND       = "ND waiting queue"
	debugListen   = "TCP listen queue"
	debugTCP      = "TCP receive queue"
	debugUDP      = "UDP receive queue"
	debugFragment = "IP fragment queue"
)

// HolderName implements packetpool.Holder.
func (h *holder) HolderName() string { return h.name }

// QueueName implements packetpool.Queue.
func (h *holder) QueueName() string { return h.queue }

// ipHolders are the queues of an instance.
type ipHolders struct {
	deferred, driver, arp, neighbour, assembly, raw holder
}

func (h *ipHolders) init(name string) {
	h.deferred.name = "ip " + name + " receive queue"
	h.driver.name = "ip " + name + " driver"
	h.assembly = holder{"ip " + name + " reassembly", debugFragment}
	h.raw.name = "ip " + name + " raw packet queue"
	h.arp = holder{"ip " + name + " ARP queue", debugARP}
	h.neighbour = holder{"ip " + name + " neighbour queue", debugND}
}

// threadHolder is a thread as the holder of a packet it received; its name is
// the one it has as the holder of what it allocated.
type threadHolder sim.Thread

// HolderName implements packetpool.Holder. What is received outside threads is an
// event's.
func (t *threadHolder) HolderName() string {
	if t == nil {
		return "event"
	}
	return (*sim.Thread)(t).Name()
}
