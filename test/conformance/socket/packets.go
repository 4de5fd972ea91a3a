package socket

import (
	"hash/crc32"
	"slices"

	"netxsim/netx"
)

// registers hold what the application keeps in its variables.
type registers struct {
	packets map[uint32]*netx.NX_PACKET
	drained map[*netx.NX_PACKET_POOL][]*netx.NX_PACKET
	tcp     map[uint32]*netx.NX_TCP_SOCKET
	udp     map[uint32]*netx.NX_UDP_SOCKET
}

func (g *registers) init() {
	g.packets = make(map[uint32]*netx.NX_PACKET)
	g.drained = make(map[*netx.NX_PACKET_POOL][]*netx.NX_PACKET)
	g.tcp = make(map[uint32]*netx.NX_TCP_SOCKET)
	g.udp = make(map[uint32]*netx.NX_UDP_SOCKET)
}

// packetTypes are the header rooms of packet_allocate.
var packetTypes = map[string]uint32{
	"tcp": netx.NX_TCP_PACKET, "udp": netx.NX_UDP_PACKET, "ip": netx.NX_IP_PACKET, "icmp": netx.NX_ICMP_PACKET,
	"ipv4_tcp": netx.NX_IPv4_TCP_PACKET, "ipv4_udp": netx.NX_IPv4_UDP_PACKET, "receive": netx.NX_RECEIVE_PACKET,
}

func init() {
	register(map[string]op{
		"pool_create": poolCreate, "pool_delete": poolDelete, "pools": pools, "pool_info": poolInfo,
		"pool_drain": poolDrain, "pool_refill": poolRefill,
		"packet_allocate": packetAllocate, "packet_append": packetAppend, "packet_release": packetRelease,
		"packet_info": packetInfo,
	})
}

// pool returns the pool that an argument names, nil for null.
func (r *run) pool(in input) *netx.NX_PACKET_POOL {
	if in.isNull("pool") {
		return nil
	}
	name := in.text("pool", "A")
	if r.pools[name] == nil {
		return new(netx.NX_PACKET_POOL)
	}
	return r.pools[name]
}

// packet returns the packet in the register that an argument names, nil for null.
func (r *run) packet(in input) *netx.NX_PACKET {
	if in.isNull("packet") {
		return nil
	}
	return r.packets[in.number("packet", 0)]
}

// obtain calls a service that stores a packet in a register. It returns its status, and a view of the packet if it has
// got one.
func (r *run) obtain(in input, call func(to **netx.NX_PACKET) netx.UINT) result {
	if in.isNull("packet") {
		return result{"status": call(nil)}
	}
	register := in.number("packet", 0)
	stored := r.packets[register]
	s := call(&stored)
	r.packets[register] = stored
	out := result{"status": s}
	if s == netx.NX_SUCCESS {
		out["packet"] = view(stored)
	}
	return out
}

// give calls a service that takes the packet of a register over if it succeeds.
func (r *run) give(in input, call func(*netx.NX_PACKET) netx.UINT) netx.UINT {
	s := call(r.packet(in))
	if s == netx.NX_SUCCESS && !in.isNull("packet") {
		delete(r.packets, in.number("packet", 0))
	}
	return s
}

// view is how the vectors show a packet.
func view(p *netx.NX_PACKET) any {
	if p == nil {
		return nil
	}
	sizes, data := []int{}, []byte{}
	for q := p; q != nil; q = q.Next {
		sizes = append(sizes, len(q.Bytes()))
		data = append(data, q.Bytes()...)
	}
	return result{"len": p.Length, "chain": sizes, "crc32": crc32.ChecksumIEEE(data), "pool": p.PoolOwner.Name()}
}

func poolCreate(r *run, in input) result {
	name := in.text("pool", "")
	s := r.createPool(name, poolSetup{in.number("payload", 0), int(in.number("count", 0))})
	out := result{"status": s}
	if s == netx.NX_SUCCESS {
		out["free"] = r.pools[name].Available()
	}
	return out
}

func poolDelete(r *run, in input) result {
	s := netx.NxPacketPoolDelete(r.pool(in))
	if name := in.text("pool", ""); s == netx.NX_SUCCESS {
		r.poolNames = slices.DeleteFunc(r.poolNames, func(other string) bool { return other == name })
	}
	return result{"status": s}
}

func pools(r *run, _ input) result {
	free := map[string]uint32{}
	for _, name := range r.poolNames {
		free[name] = r.pools[name].Available()
	}
	return result{"free": free}
}

func poolInfo(r *run, in input) result {
	var total, free, requests, suspensions, invalid netx.ULONG
	s := netx.NxPacketPoolInfoGet(r.pool(in), &total, &free, &requests, &suspensions, &invalid)
	if s != netx.NX_SUCCESS {
		return result{"status": s}
	}
	return result{"status": s, "total": total, "free": free, "empty_requests": requests,
		"empty_suspensions": suspensions, "invalid_releases": invalid}
}

// poolDrain allocates packets until a number of them is left.
func poolDrain(r *run, in input) result {
	pool, taken := r.pool(in), 0
	for pool.Available() > in.number("leave", 0) {
		var p *netx.NX_PACKET
		if netx.NxPacketAllocate(pool, &p, netx.NX_RECEIVE_PACKET, netx.NX_NO_WAIT) != netx.NX_SUCCESS {
			break
		}
		r.drained[pool] = append(r.drained[pool], p)
		taken++
	}
	return result{"taken": taken, "free": pool.Available()}
}

// poolRefill releases packets that poolDrain holds.
func poolRefill(r *run, in input) result {
	pool := r.pool(in)
	held := r.drained[pool]
	n := min(len(held), int(in.number("count", uint32(len(held)))))
	for _, p := range held[len(held)-n:] {
		netx.NxPacketRelease(p)
	}
	r.drained[pool] = held[:len(held)-n]
	return result{"returned": n, "free": pool.Available()}
}

func packetAllocate(r *run, in input) result {
	out := r.obtain(in, func(to **netx.NX_PACKET) netx.UINT {
		return netx.NxPacketAllocate(r.pool(in), to, packetTypes[in.text("type", "tcp")], in.wait())
	})
	if out["status"] == netx.UINT(netx.NX_SUCCESS) {
		p := r.packet(in)
		out["headroom"] = p.PrependPtr - p.DataStart
	}
	delete(out, "packet")
	return out
}

func packetAppend(r *run, in input) result {
	data := in.pattern("data")
	s := netx.NxPacketDataAppend(r.packet(in), data, uint32(len(data)), r.pool(in), in.wait())
	return result{"status": s, "packet": view(r.packet(in))}
}

func packetRelease(r *run, in input) result {
	return result{"status": r.give(in, netx.NxPacketRelease)}
}

func packetInfo(r *run, in input) result { return result{"packet": view(r.packet(in))} }
