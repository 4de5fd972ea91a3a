package packet

import (
	"hash/crc32"

	"netxsim/netx"
)

// ops has what every op does. It is filled by init because a spawn performs
// ops itself.
var ops map[string]func(*replay, *input) result

func init() {
	ops = map[string]func(*replay, *input) result{
		"pool_create": (*replay).poolCreate, "pool_delete": (*replay).poolDelete,
		"pool_info": (*replay).poolInfo, "low_watermark": (*replay).lowWatermark,
		"allocate": (*replay).allocate, "copy": (*replay).copy,
		"release": (*replay).release, "transmit_release": (*replay).transmitRelease,
		"append": (*replay).append, "retrieve": (*replay).retrieve, "extract": (*replay).extract,
		"length_get": (*replay).lengthGet, "vlan_priority_set": (*replay).vlanPrioritySet,
		"adjust": (*replay).adjust,

		"prepend": (*replay).prepend, "trim_front": (*replay).trimFront,
		"write": (*replay).write, "trim_back": (*replay).trimBack,
		"link": (*replay).link, "alias": (*replay).alias, "poke": (*replay).poke,

		"spawn": (*replay).spawn, "sleep": (*replay).sleep, "poll": (*replay).poll, "join": (*replay).join,
		"wait_abort": (*replay).waitAbort, "terminate": (*replay).terminate,
	}
}

// perform runs a step and adds how long it took, if it might wait.
func (r *replay) perform(s *step) result {
	start := r.kernel.Ticks()
	out := ops[s.Op](r, &s.In)
	if s.In.Wait != 0 {
		out["ticks"] = r.kernel.Ticks() - start
	}
	return out
}

func (r *replay) poolCreate(in *input) result {
	region := in.Pool
	if in.Region != nil {
		region = *in.Region
	}
	var memory []byte
	if !in.NullMemory {
		memory = r.region(max(region, 0), in.AlignOffset)
	}
	name := "pool"
	if in.NullName {
		name = ""
	}
	pool := r.pool(in.Pool)
	out := result{"status": netx.NxPacketPoolCreate(pool, name, in.Payload, memory, in.Memory)}
	if out["status"] == netx.UINT(netx.NX_SUCCESS) {
		out["total"], out["available"] = pool.Total(), pool.Available()
		out["payload_size"], out["pad"], out["size"] = pool.Payload(), pool.Pad(), pool.Size()
	}
	return out
}

func (r *replay) poolDelete(in *input) result {
	return result{"status": netx.NxPacketPoolDelete(r.pool(in.Pool))}
}

func (r *replay) poolInfo(in *input) result {
	var values [5]netx.ULONG
	var to [5]*netx.ULONG
	for i := range values {
		if in.NullMask>>i&1 == 0 {
			to[i] = &values[i]
		}
	}
	s := netx.NxPacketPoolInfoGet(r.pool(in.Pool), to[0], to[1], to[2], to[3], to[4])
	if s != netx.NX_SUCCESS {
		return result{"status": s}
	}
	return result{"status": s, "total": values[0], "available": values[1], "empty_requests": values[2],
		"empty_suspensions": values[3], "invalid_releases": values[4]}
}

func (r *replay) lowWatermark(in *input) result {
	out := result{"status": netx.NxPacketPoolLowWatermarkSet(r.pool(in.Pool), in.Value)}
	r.addPools(out, in.Pool)
	return out
}

func (r *replay) allocate(in *input) result {
	return r.obtain(in, in.Pkt, func(place **netx.NX_PACKET) netx.UINT {
		return netx.NxPacketAllocate(r.pool(in.Pool), place, netx.ULONG(in.Type), netx.ULONG(in.Wait))
	})
}

func (r *replay) copy(in *input) result {
	return r.obtain(in, in.New, func(place **netx.NX_PACKET) netx.UINT {
		return netx.NxPacketCopy(r.packet(in.Pkt), place, r.pool(in.Pool), netx.ULONG(in.Wait))
	})
}

// obtain calls a service that stores a packet, and reports what it stored.
func (r *replay) obtain(in *input, handle int, call func(place **netx.NX_PACKET) netx.UINT) result {
	untouched := new(netx.NX_PACKET)
	stored := untouched
	place := &stored
	if in.NullOut {
		place = nil
	}
	s := call(place)
	out := result{"status": s}
	if stored != untouched && handle >= 0 {
		r.handles[handle] = stored
	}
	switch {
	case s == netx.NX_SUCCESS:
		out["block"] = stored.Index()
		if stored.IpVersion != netx.NX_IP_VERSION_V4 {
			out["ip_version"] = stored.IpVersion
		}
		r.addPacket(out, stored)
	case stored == untouched:
		out["handle"] = "untouched"
	case stored == nil:
		out["handle"] = "null"
	}
	r.addPools(out, in.Pool)
	return out
}

func (r *replay) release(in *input) result {
	return r.giveBack(in, netx.NxPacketRelease)
}

func (r *replay) transmitRelease(in *input) result {
	p := r.packet(in.Pkt)
	queued := p != nil && p.UnionNext.TcpQueueNext != netx.NX_PACKET_ALLOCATED &&
		p.UnionNext.TcpQueueNext != netx.NX_PACKET_FREE
	out := r.giveBack(in, netx.NxPacketTransmitRelease)
	if queued && out["status"] == netx.UINT(netx.NX_SUCCESS) {
		out["tx_done"] = p.QueueNext == netx.NX_DRIVER_TX_DONE
		r.addPacket(out, p)
	}
	return out
}

// giveBack calls a service that releases the packet in a variable.
func (r *replay) giveBack(in *input, call func(*netx.NX_PACKET) netx.UINT) result {
	p := r.packet(in.Pkt)
	owners := r.owners(p)
	s := call(p)
	if s == netx.NX_SUCCESS && in.Pkt >= 0 {
		r.handles[in.Pkt] = nil
	}
	out := result{"status": s, "handle": "kept"}
	if r.packet(in.Pkt) == nil {
		out["handle"] = "null"
	}
	r.addPools(out, owners...)
	return out
}

func (r *replay) append(in *input) result {
	data := pattern(in)
	if in.NullData {
		data = nil
	}
	p := r.packet(in.Pkt)
	out := result{"status": netx.NxPacketDataAppend(p, data, in.Len, r.pool(in.Pool), netx.ULONG(in.Wait))}
	r.addPacket(out, p)
	r.addPools(out, in.Pool)
	return out
}

// pattern is the bytes an op writes.
func pattern(in *input) []byte {
	data := make([]byte, in.Len)
	for i := range data {
		data[i] = byte(int(in.Fill) + i)
	}
	return data
}

func (r *replay) retrieve(in *input) result {
	return r.fetch(in, func(p *netx.NX_PACKET, buffer []byte, copied *netx.ULONG) netx.UINT {
		return netx.NxPacketDataRetrieve(p, buffer, copied)
	})
}

func (r *replay) extract(in *input) result {
	return r.fetch(in, func(p *netx.NX_PACKET, buffer []byte, copied *netx.ULONG) netx.UINT {
		return netx.NxPacketDataExtractOffset(p, in.Offset, buffer, in.BufLen, copied)
	})
}

// fetch calls a service that copies data out, and reports what it copied.
func (r *replay) fetch(in *input, call func(*netx.NX_PACKET, []byte, *netx.ULONG) netx.UINT) result {
	const untouched = 0xDEADBEEF
	if r.buffer == nil {
		r.buffer = make([]byte, bufferSize)
	}
	clear(r.buffer)
	place, copied := r.buffer, netx.ULONG(untouched)
	count := &copied
	if in.NullBuffer {
		place = nil
	}
	if in.NullCopied {
		count = nil
	}
	p := r.packet(in.Pkt)
	out := result{"status": call(p, place, count)}
	if copied != untouched {
		out["bytes"] = copied
		out["crc"] = crc32.ChecksumIEEE(r.buffer[:copied])
	}
	r.addPacket(out, p)
	return out
}

func (r *replay) lengthGet(in *input) result {
	var length netx.ULONG
	place := &length
	if in.NullOut {
		place = nil
	}
	s := netx.NxPacketLengthGet(r.packet(in.Pkt), place)
	if s != netx.NX_SUCCESS {
		return result{"status": s}
	}
	return result{"status": s, "length": length}
}

func (r *replay) vlanPrioritySet(in *input) result {
	return result{"status": netx.NxPacketVlanPrioritySet(r.packet(in.Pkt), in.Value)}
}

func (r *replay) adjust(in *input) result {
	p := r.packet(in.Pkt)
	out := result{"status": netx.NxPacketDataAdjust(p, in.Header)}
	r.addPacket(out, p)
	r.addPools(out, r.owners(p)...)
	return out
}
