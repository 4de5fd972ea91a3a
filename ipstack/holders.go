package ipstack

import "netxsim/sim"

// holder names a queue that holds packets, for reports.
type holder struct{ name string }

// HolderName implements packetpool.Holder.
func (h *holder) HolderName() string { return h.name }

// ipHolders are the queues of an instance.
type ipHolders struct {
	deferred, driver, arp, assembly, raw holder
}

func (h *ipHolders) init(name string) {
	h.deferred.name = "ip " + name + " receive queue"
	h.driver.name = "ip " + name + " driver"
	h.assembly.name = "ip " + name + " reassembly"
	h.raw.name = "ip " + name + " raw packet queue"
	h.arp.name = "ip " + name + " ARP queue"
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
