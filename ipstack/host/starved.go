package host

import (
	"errors"
	"slices"
	"syscall"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// A starved socket waits for packets.
type starved struct {
	socket *deviceSocket
	need   uint32 // packets that have to be free for another try
}

// packetFor allocates a packet for data, with room for headers. Without one, the
// socket is told when there are enough. What the pool never has enough packets for is ENOBUFS.
func (d *Device) packetFor(s *deviceSocket, room uint32, data []byte) (*packetpool.Packet, error) {
	pool := d.config.Pool
	packet, err := pool.Allocate(room, 0)
	if err == nil && len(data) > 0 {
		if err = packet.Append(data, pool, 0); err != nil {
			packet.Release()
		}
	}
	if !errors.Is(err, status.NoPacket) {
		return packet, deviceError(err)
	}
	need := chainOf(pool.Payload(), room, uint32(len(data)))
	if need > pool.Total() {
		return nil, syscall.ENOBUFS
	}
	d.starve(s, need)
	return nil, errWait
}

// chainOf is the number of packets that hold size bytes behind room for headers.
func chainOf(payload, room, size uint32) uint32 {
	if size <= payload-room {
		return 1
	}
	return 1 + (size-(payload-room)+payload-1)/payload
}

// starve notes that a socket waits until need packets are free. With fewer it would try in vain, and wake the others, who
// would do the same to it, with the packets that it gives back.
func (d *Device) starve(s *deviceSocket, need uint32) {
	if i := slices.IndexFunc(d.starved, func(w starved) bool { return w.socket == s }); i >= 0 {
		d.starved[i].need = need
	} else {
		d.starved = append(d.starved, starved{s, need})
	}
	if d.unwatch != nil {
		return
	}
	d.unwatch = d.config.Pool.Watch(func(e packetpool.Event) {
		if (e.Cause == packetpool.CauseRelease || e.Cause == packetpool.CauseTransmitRelease) && slices.ContainsFunc(d.starved, d.enough) {
			d.refill.Reset(0)
		}
	})
}

// enough reports whether a socket may try again.
func (d *Device) enough(w starved) bool { return w.need <= d.config.Pool.Available() }

// sate forgets that a socket waits.
func (d *Device) sate(s *deviceSocket) {
	d.starved = slices.DeleteFunc(d.starved, func(w starved) bool { return w.socket == s })
	d.look()
}

// feed lets the sockets try again for which there are enough packets.
func (d *Device) feed() {
	var fed []*deviceSocket
	d.starved = slices.DeleteFunc(d.starved, func(w starved) bool {
		enough := d.enough(w)
		if enough {
			fed = append(fed, w.socket)
		}
		return enough
	})
	d.look()
	for _, s := range fed {
		s.tell()
	}
}

// look ends the watch of the pool when nobody waits.
func (d *Device) look() {
	if len(d.starved) == 0 && d.unwatch != nil {
		d.unwatch()
		d.unwatch = nil
	}
}
