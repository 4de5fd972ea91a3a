package packet

import (
	"slices"

	"netxsim/netx"
)

// pool returns the control block of a number, nil for -1.
func (r *replay) pool(id int) *netx.NX_PACKET_POOL {
	if id < 0 {
		return nil
	}
	return &r.pools[id]
}

// poolID is the number of a control block, -1 for nil.
func (r *replay) poolID(pool *netx.NX_PACKET_POOL) int {
	for i := range r.pools {
		if pool == &r.pools[i] {
			return i
		}
	}
	return -1
}

// packet returns the packet in a variable, nil for -1.
func (r *replay) packet(handle int) *netx.NX_PACKET {
	if handle < 0 {
		return nil
	}
	return r.handles[handle]
}

// region returns a pool's memory region from offset on.
func (r *replay) region(id, offset int) []byte {
	if r.regions[id] == nil {
		r.regions[id] = make([]byte, regionSize)
	}
	return r.regions[id][offset:]
}

// chain returns the packets of a chain, head first.
func chain(p *netx.NX_PACKET) (list []*netx.NX_PACKET) {
	for ; p != nil; p = p.Next {
		list = append(list, p)
	}
	return list
}

// view is the packet view of a chain.
func (r *replay) view(head *netx.NX_PACKET) result {
	packets := chain(head)
	bytes, owners := []int{}, []int{}
	for _, p := range packets {
		bytes = append(bytes, p.AppendPtr-p.PrependPtr)
		owners = append(owners, r.poolID(p.PoolOwner))
	}
	v := result{
		"length":   head.Length,
		"headroom": head.PrependPtr - head.DataStart,
		"room":     head.DataEnd - head.AppendPtr,
		"chain":    bytes,
	}
	if last, usual := lastIndex(head, packets); !usual {
		v["last"] = last
	}
	if slices.ContainsFunc(owners, func(id int) bool { return id != owners[0] }) {
		v["chain_pool"] = owners
	}
	return v
}

// lastIndex is where in the chain the head's last pointer points, -1 for nil,
// and whether that is where it should.
func lastIndex(head *netx.NX_PACKET, packets []*netx.NX_PACKET) (index int, usual bool) {
	want := len(packets) - 1
	if want == 0 {
		want = -1
	}
	index = slices.Index(packets, head.Last)
	return index, index == want
}

// addPacket puts the packet view into out, if there is a packet.
func (r *replay) addPacket(out result, p *netx.NX_PACKET) {
	if p != nil {
		out["pkt"] = lazy(func() any { return r.view(p) })
	}
}

// addPools puts the pool view of the pools with these numbers into out.
func (r *replay) addPools(out result, ids ...int) {
	ids = slices.DeleteFunc(ids, func(id int) bool { return id < 0 })
	if len(ids) == 0 {
		return
	}
	slices.Sort(ids)
	out["pools"] = lazy(func() any {
		var list []result
		for _, id := range slices.Compact(ids) {
			list = append(list, r.poolView(id))
		}
		return list
	})
}

func (r *replay) poolView(id int) result {
	pool := &r.pools[id]
	if !pool.Created() {
		return result{"id": id, "deleted": true}
	}
	info := pool.Info()
	v := result{"id": id, "available": info.Available}
	addCounter(v, "empty_requests", info.EmptyRequests)
	addCounter(v, "empty_suspensions", info.EmptySuspensions)
	addCounter(v, "invalid_releases", info.InvalidReleases)
	addCounter(v, "suspended", uint32(pool.Waiting()))
	return v
}

func addCounter(v result, name string, n uint32) {
	if n != 0 {
		v[name] = n
	}
}

// owners returns the numbers of the pools that a chain belongs to.
func (r *replay) owners(p *netx.NX_PACKET) (ids []int) {
	for ; p != nil; p = p.Next {
		ids = append(ids, r.poolID(p.PoolOwner))
	}
	return ids
}
