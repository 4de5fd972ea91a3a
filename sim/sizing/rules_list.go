package sizing

import "netxsim/sim/scenario"

// rules are in the spirit of the checks that lwIP makes when it is compiled.
var rules = []Rule{
	{
		"payload-headers", "payload > 16 + 20 + 20",
		"the stack's own segments, ACK and SYN among them, do not fit into a packet of the pool and are never sent",
		payloadHeaders,
	},
	{
		"payload-frame", "payload >= mtu + 16",
		"a full frame is a chain of packets: it needs several at once, and each has a header of its own",
		payloadFrame,
	},
	{
		"payload-alignment", "payload is a multiple of the alignment",
		"the rounding of every packet is RAM that nothing uses",
		payloadAlignment,
	},
	{
		"pool-one-frame", "packets x payload >= mtu + 16",
		"not even one full frame fits into the pool: it can never be received",
		poolOneFrame,
	},
	{
		"window-segment", "window >= MSS",
		"the other side may never send a full segment: one small segment per round trip (RFC 9293, section 3.8.6)",
		windowSegment,
	},
	{
		"window-pool", "packets for a window <= packets of the pool that receives",
		"the window promises room that the pool does not have: what arrives beyond it is lost and sent again after a second",
		windowPool,
	},
	{
		"windows-pool", "sum of the windows of all connections <= packets of the pool that receives",
		"connections that are busy together take each other's packets",
		windowsPool,
	},
	{
		"queue-segments", "transmit_queue >= 2 x (segments of the other side's window), at most 20",
		"the sender waits for acknowledgements although the other side has room",
		queueSegments,
	},
	{
		"queue-pool", "packets for a transmit queue < packets of the pool that sends",
		"sent data wait for their acknowledgement in the pool, which may have nothing left to receive that acknowledgement with",
		queuePool,
	},
	{
		"one-pool-both-ways", "window + transmit queue < packets of a pool used for both",
		"what has arrived and what waits to be sent can fill the pool together: each then waits for the other",
		onePoolBothWays,
	},
	{
		"driver-receive", "receive descriptors < packets of the pool",
		"the driver alone holds the pool",
		driverReceive,
	},
	{
		"driver-transmit", "transmit + receive descriptors + 1 < packets",
		"frames that wait to be sent and filled descriptors leave nothing for sockets",
		driverTransmit,
	},
	{
		"listen-queue", "listen <= packets of the pool - 1",
		"each connection request that waits to be accepted holds a packet",
		listenQueue,
	},
	{
		"arp-queue", "packets > 4 (NX_ARP_MAX_QUEUE_DEPTH)",
		"until an address is known, packets sent to it wait; with them the pool is empty and the answer cannot be received",
		arpQueue,
	},
	{
		"arp-entries", "arp >= hosts talked to",
		"entries push each other out, and each time packets wait for an ARP answer",
		arpEntries,
	},
	{
		"udp-queue", "packets for a full UDP queue <= packets - 1",
		"datagrams that nobody has read yet can take the whole pool",
		udpQueue,
	},
	{
		"pop3-pool", "a pool with use pop3, or room for a window and two commands in the default pool",
		"the POP3 client's commands compete with what the server sends (the manual's advice is a pool of its own)",
		pop3Pool,
	},
}

func payloadHeaders(c *ruleCheck) {
	c.hosts(func(h *scenario.Host, _ *scenario.Pool) {
		p := c.pool(h)
		c.add(p.Payload > segmentRoom, poolName(p), "payload %d > %d", p.Payload, segmentRoom)
	})
}

func payloadFrame(c *ruleCheck) {
	c.hosts(func(h *scenario.Host, p *scenario.Pool) {
		frame := mtuOf(c.scenario, h.Name) + frameRoom
		c.add(int(p.Payload) >= frame, poolName(p), "payload %d >= mtu %d + %d", p.Payload, frame-frameRoom, frameRoom)
	})
}

func payloadAlignment(c *ruleCheck) {
	align := max(int64(c.scenario.Target.Alignment), 4)
	for _, p := range c.scenario.Pools() {
		c.add(int64(p.Payload)%align == 0, poolName(p), "payload %d is a multiple of %d", p.Payload, align)
	}
}

func poolOneFrame(c *ruleCheck) {
	c.hosts(func(h *scenario.Host, p *scenario.Pool) {
		frame := mtuOf(c.scenario, h.Name) + frameRoom
		c.add(int(p.Payload)*p.Packets >= frame, poolName(p), "%d x %d >= mtu %d + %d", p.Packets, p.Payload, frame-frameRoom, frameRoom)
	})
}

func windowSegment(c *ruleCheck) {
	c.ends(func(e *end) {
		if e.receives {
			c.add(e.window >= e.mss, e.where(), "window %d >= MSS %d", e.window, e.mss)
		}
	})
}

func windowPool(c *ruleCheck) {
	c.ends(func(e *end) {
		if e.receives {
			c.add(e.windowPackets() <= e.receive.Packets, e.where(), "%d bytes of the window take %d packets <= pool %s", e.incoming(), e.windowPackets(), poolAt(e.receive))
		}
	})
}

func windowsPool(c *ruleCheck) {
	c.hosts(func(h *scenario.Host, p *scenario.Pool) {
		sum, count := h.Driver.Receive, 0
		c.ends(func(e *end) {
			if e.host == h && e.receives {
				sum, count = sum+e.windowPackets(), count+1
			}
		})
		if count > 0 && (count > 1 || h.Driver.Receive > 0) {
			c.add(sum <= p.Packets, poolName(p), "%d windows and %d receive descriptors take %d packets <= pool %s", count, h.Driver.Receive, sum, poolAt(p))
		}
	})
}

func queueSegments(c *ruleCheck) {
	c.ends(func(e *end) {
		peer := e.workload.ServerWindow
		if e.server {
			peer = e.workload.Window
		}
		other := e.workload.To
		if e.server {
			other = e.workload.From
		}
		if !e.sends || hostOf(c.scenario, other).Kind != scenario.NetX {
			return
		}
		segments := (int(peer) + e.mss - 1) / e.mss
		c.add(e.workload.TransmitQueue >= min(2*segments, 20), e.where(), "transmit queue %d >= 2 x %d segments of window %d, at most 20", e.workload.TransmitQueue, segments, peer)
	})
}

func queuePool(c *ruleCheck) {
	c.ends(func(e *end) {
		if e.sends {
			c.add(e.queuePackets() < e.send.Packets, e.where(), "%d segments take %d packets < pool %s", e.queue(), e.queuePackets(), poolAt(e.send))
		}
	})
}

func onePoolBothWays(c *ruleCheck) {
	c.ends(func(e *end) {
		if e.sends && e.receives && e.send == e.receive {
			c.add(e.windowPackets()+e.queuePackets() < e.send.Packets, e.where(), "window %d + transmit queue %d packets < pool %s",
				e.windowPackets(), e.queuePackets(), poolAt(e.send))
		}
	})
}

func driverReceive(c *ruleCheck) {
	c.hosts(func(h *scenario.Host, p *scenario.Pool) {
		if n := h.Driver.Receive * packetsFor(p, mtuOf(c.scenario, h.Name)-tcpipHeader); n > 0 {
			c.add(n < p.Packets, poolName(p), "%d receive descriptors take %d packets < pool %s", h.Driver.Receive, n, poolAt(p))
		}
	})
}

func driverTransmit(c *ruleCheck) {
	c.hosts(func(h *scenario.Host, p *scenario.Pool) {
		if h.Driver.Transmit > 0 && p == c.pool(h) {
			n := h.Driver.Transmit + h.Driver.Receive + 1
			c.add(n < p.Packets, poolName(p), "%d transmit + %d receive descriptors + 1 < pool %s", h.Driver.Transmit, h.Driver.Receive, poolAt(p))
		}
	})
}

func listenQueue(c *ruleCheck) {
	c.ends(func(e *end) {
		if e.server {
			c.add(e.workload.Listen <= e.receive.Packets-1, e.where(), "listen queue %d <= pool %s - 1", e.workload.Listen, poolAt(e.receive))
		}
	})
}

func arpQueue(c *ruleCheck) {
	c.hosts(func(h *scenario.Host, _ *scenario.Pool) {
		p := c.pool(h)
		c.add(p.Packets > arpDepth, poolName(p), "ARP queue %d < pool %s", arpDepth, poolAt(p))
	})
}

func arpEntries(c *ruleCheck) {
	c.hosts(func(h *scenario.Host, _ *scenario.Pool) {
		peers := map[string]bool{}
		for _, w := range c.scenario.Workloads {
			if w.From == h.Name && w.To != "" {
				peers[w.To] = true
			}
			if w.To == h.Name {
				peers[w.From] = true
			}
		}
		c.add(h.ARP >= len(peers), h.Name, "%d ARP entries >= %d hosts", h.ARP, len(peers))
	})
}

func udpQueue(c *ruleCheck) {
	for i := range c.scenario.Workloads {
		w := &c.scenario.Workloads[i]
		h := hostOf(c.scenario, w.To)
		if w.Kind != scenario.UDP || h.Kind != scenario.NetX || c.pool(h) == nil {
			continue
		}
		p := c.pool(h, scenario.UseDriver)
		n := w.Queue * ((int(w.Size) + frameRoom + 28 + int(p.Payload) - 1) / int(p.Payload))
		c.add(n <= p.Packets-1, w.Name+" on "+h.Name, "%d datagrams take %d packets <= pool %s - 1", w.Queue, n, poolAt(p))
	}
}

func pop3Pool(c *ruleCheck) {
	c.ends(func(e *end) {
		if e.workload.Kind != scenario.POP3 {
			return
		}
		if e.send != e.receive {
			c.add(true, e.where(), "commands come from pool %s", poolAt(e.send))
			return
		}
		c.add(e.windowPackets()+2 <= e.receive.Packets, e.where(), "window %d packets + 2 commands <= shared pool %s", e.windowPackets(), poolAt(e.receive))
	})
}
