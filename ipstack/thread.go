package ipstack

import (
	"time"

	"netxsim/packetpool"
	"netxsim/sim"
)

// work is something for the IP thread: a received packet or a timer's function.
type work struct {
	packet *packetpool.Packet // an IP packet, or
	arp    bool               // an ARP message
	run    func()
}

// workQueue is a ring of work, first in, first out.
type workQueue struct {
	ring  []work
	first int
	count int
}

func (q *workQueue) push(w work) {
	if q.count == len(q.ring) {
		grown := make([]work, max(16, 2*len(q.ring)))
		n := copy(grown, q.ring[q.first:])
		copy(grown[n:], q.ring[:q.first])
		q.ring, q.first = grown, 0
	}
	q.ring[(q.first+q.count)%len(q.ring)] = w
	q.count++
}

func (q *workQueue) pop() (work, bool) {
	if q.count == 0 {
		return work{}, false
	}
	w := q.ring[q.first]
	q.ring[q.first] = work{}
	q.first = (q.first + 1) % len(q.ring)
	q.count--
	return w, true
}

// post gives the IP thread something to do. It may be called from any context.
func (ip *IP) post(w work) {
	ip.work.push(w)
	ip.kernel.Wake(&ip.work, nil)
}

// postTimer runs what one of netstack's timers has to do in the IP thread.
func (ip *IP) postTimer(f func()) {
	ip.post(work{run: func() {
		f()
		ip.settle()
	}})
}

// serve is the IP thread. Like C's, which holds the instance's mutex, it lets
// nobody in before it is done with a packet, whomever that packet wakes.
func (ip *IP) serve() {
	ip.begin()
	for {
		w, ok := ip.work.pop()
		if !ok {
			if err := ip.kernel.Wait(&ip.work, sim.WaitForever, nil); err != nil {
				return
			}
			continue
		}
		ip.compute(w.packet)
		ip.kernel.HoldPreemption()
		switch {
		case w.packet == nil:
			w.run()
		case w.arp:
			ip.receiveARP(w.packet)
		default:
			ip.receivePacket(w.packet)
		}
		ip.kernel.AllowPreemption()
	}
}

// compute takes the time that a received packet costs the processor.
func (ip *IP) compute(packet *packetpool.Packet) {
	if packet == nil || ip.cost == (Cost{}) {
		return
	}
	ip.kernel.Busy(ip.cost.Frame + time.Duration(packet.Length)*ip.cost.Byte)
}

// begin brings the interfaces to life.
func (ip *IP) begin() {
	ip.kernel.HoldPreemption()
	defer ip.kernel.AllowPreemption()
	ip.initialized = true
	for n := range ip.physical() {
		if i := &ip.interfaces[n]; i.valid {
			i.LinkUp = 1
			i.start()
		}
	}
}

// inIPThread reports whether a service was called from one of the instance's
// own callbacks, where it must not wait.
func (ip *IP) inIPThread() bool { return ip.kernel.Current() == ip.thread }

// settle lets netstack finish, sends what it has to send, and then looks at the
// sockets that it said something about, in the IP thread.
func (ip *IP) settle() {
	ip.stack.Settle()
	if ip.tcp == nil || len(ip.tcp.noted) == 0 {
		return
	}
	if ip.inIPThread() {
		ip.tcp.refreshNoted()
	} else {
		ip.post(work{run: ip.tcp.refreshNoted})
	}
}
