package soak

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc64"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"time"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/sim/simtest"
)

// udpRoom is the header room of a datagram, NX_UDP_PACKET.
const udpRoom = 44

// A flow is datagrams from one port to another, numbered from 0.
type flow struct {
	w    *world
	name string
	id   uint32
	port uint16
	to   netip.AddrPort
	sent []int // sizes
	got  []int // how often each has arrived
}

// newFlow draws a flow to a machine: what is large goes in fragments.
func (w *world) newFlow(r *rand.Rand, name string, to netip.Addr, large bool) *flow {
	w.nextID++
	f := &flow{w: w, name: name, id: w.nextID, port: uint16(5000 + w.nextID)}
	f.to = netip.AddrPortFrom(to, f.port)
	most := 400
	if large {
		most = 4000
	}
	for range 1 + r.IntN(15) {
		f.sent = append(f.sent, datagramHead+r.IntN(most))
	}
	f.got = make([]int, len(f.sent))
	return f
}

// A datagram has the flow's number, its own, data, and a sum over these.
const datagramHead = 4 + 4 + 8

func (f *flow) datagram(number int) []byte {
	b := binary.BigEndian.AppendUint32(nil, f.id)
	b = binary.BigEndian.AppendUint32(b, uint32(number))
	b = append(b, payload(f.id<<8+uint32(number), false, uint32(f.sent[number]-datagramHead))...)
	return binary.BigEndian.AppendUint64(b, crc64.Checksum(b, table))
}

// receive checks a datagram that has arrived.
func (f *flow) receive(b []byte) {
	if len(b) < datagramHead || crc64.Checksum(b[:len(b)-8], table) != binary.BigEndian.Uint64(b[len(b)-8:]) {
		f.w.fail("datagram", "%s: %d bytes have arrived that nobody has sent", f.name, len(b))
		return
	}
	id, number := binary.BigEndian.Uint32(b), int(binary.BigEndian.Uint32(b[4:]))
	if id != f.id || number >= len(f.sent) || !bytes.Equal(b, f.datagram(number)) {
		f.w.fail("datagram", "%s: datagram %d of flow %d has arrived at flow %d", f.name, number, id, f.id)
		return
	}
	f.got[number]++
}

// check counts what has arrived when the run is over.
func (f *flow) check() {
	lost := 0
	for number, times := range f.got {
		switch {
		case times == 0:
			lost++
		case times > 1 && f.w.row.Excuse&Copies == 0:
			f.w.fail("twice", "%s: datagram %d of %d bytes has arrived %d times", f.name, number, f.sent[number], times)
		}
	}
	if lost > 0 && !f.w.lossy() {
		f.w.fail("lost", "%s: %d of %d datagrams are lost", f.name, lost, len(f.sent))
	}
	f.w.figures.Datagrams += uint64(len(f.sent))
	f.w.figures.DatagramsLost += uint64(lost)
}

// lossy reports whether frames may get lost, by faults or for want of packets.
func (w *world) lossy() bool { return w.row.Excuse&LostFrames != 0 || w.small[0] || w.small[1] }

// netxSend has a thread of a device send the flow.
func (f *flow) netxSend(d *simtest.Device, r *rand.Rand) {
	pause := between(r, 10*ms, 500*ms)
	f.w.start(true, f.name+" sender", true, func() {
		socket, err := f.w.udpSocket(d, f.name, 0)
		if err != nil {
			f.w.fail("udp", "%s: %v", f.name, err)
			return
		}
		for number := range f.sent {
			f.w.nap(pause)
			f.w.judge("udp send", f.name, f.netxSendOne(d, socket, number))
		}
		f.w.drop(socket, f.name)
	})
}

func (f *flow) netxSendOne(d *simtest.Device, socket *ipstack.UDPSocket, number int) error {
	packet, err := d.Pool.Allocate(udpRoom, patienceTicks)
	if err != nil {
		return err
	}
	if err = packet.Append(f.datagram(number), d.Pool, patienceTicks); err == nil {
		err = socket.Send(packet, f.to)
	}
	if err != nil {
		return errors.Join(err, packet.Release())
	}
	return nil
}

func (w *world) udpSocket(d *simtest.Device, name string, port uint16) (*ipstack.UDPSocket, error) {
	socket, err := d.IP().NewUDPSocket(ipstack.UDPSocketConfig{Name: name, TimeToLive: 128, QueueLimit: 20})
	if err != nil {
		return nil, err
	}
	return socket, socket.Bind(port, 0)
}

func (w *world) drop(socket *ipstack.UDPSocket, name string) {
	if err := errors.Join(socket.Unbind(), socket.Delete()); err != nil {
		w.fail("socket", "%s: %v", name, err)
	}
}

// netxReceive has a thread of a device receive the flow.
func (f *flow) netxReceive(d *simtest.Device) {
	f.w.start(true, f.name+" receiver", false, func() {
		socket, err := f.w.udpSocket(d, f.name, f.port)
		if err != nil {
			f.w.fail("udp", "%s: %v", f.name, err)
			return
		}
		for err == nil || !f.w.closing {
			err = f.netxReceiveOne(socket)
			if err != nil && !errors.Is(err, status.NoPacket) {
				f.w.fail("udp", "%s: %v", f.name, err)
				break
			}
		}
		f.w.drop(socket, f.name)
		f.check()
	})
}

func (f *flow) netxReceiveOne(socket *ipstack.UDPSocket) error {
	packet, err := socket.Receive(500)
	if err != nil {
		return err
	}
	b := make([]byte, packet.Length)
	n, err := packet.Retrieve(b)
	f.receive(b[:n])
	return errors.Join(err, packet.Release())
}

// goSend has an ordinary program send the flow.
func (f *flow) goSend(m program, r *rand.Rand) {
	pause := between(r, 10*ms, 500*ms)
	f.w.start(false, f.name+" sender", true, func() {
		conn, err := m.ListenPacket("udp", ":0")
		if err != nil {
			f.w.fail("udp", "%s: %v", f.name, err)
			return
		}
		defer conn.Close()
		to := net.UDPAddrFromAddrPort(f.to)
		for number := range f.sent {
			f.w.nap(pause)
			if err := conn.SetWriteDeadline(m.Now().Add(patience)); err != nil {
				f.w.fail("udp", "%s: %v", f.name, err)
			}
			_, err := conn.WriteTo(f.datagram(number), to)
			f.w.judge("udp send", f.name, err)
		}
	})
}

// goReceive has an ordinary program receive the flow.
func (f *flow) goReceive(m program) {
	conn, err := m.ListenPacket("udp", fmt.Sprintf(":%d", f.port))
	if err != nil {
		f.w.fail("udp", "%s: %v", f.name, err)
		return
	}
	f.w.start(false, f.name+" receiver", false, func() {
		defer f.check()
		defer conn.Close()
		b := make([]byte, 65536)
		for {
			if err := conn.SetReadDeadline(m.Now().Add(5 * time.Second)); err != nil {
				f.w.fail("udp", "%s: %v", f.name, err)
			}
			n, _, err := conn.ReadFrom(b)
			switch {
			case err == nil:
				f.receive(b[:n])
			case !errors.Is(err, os.ErrDeadlineExceeded):
				f.w.fail("udp", "%s: %v", f.name, err)
				return
			case f.w.closing:
				return
			}
		}
	})
}

// pinger is a thread that pings a machine a few times.
func (w *world) pinger(d *simtest.Device, name string, r *rand.Rand, to netip.Addr, large bool) {
	pause := between(r, 50*ms, time.Second)
	most := 400
	if large {
		most = 4000
	}
	sizes := make([]int, 1+r.IntN(6))
	for i := range sizes {
		sizes[i] = r.IntN(most)
	}
	w.start(true, name, true, func() {
		for i, size := range sizes {
			w.nap(pause)
			w.ping(d, name, to, payload(uint32(i), true, uint32(size)))
		}
	})
}

func (w *world) ping(d *simtest.Device, name string, to netip.Addr, data []byte) {
	w.figures.Pings++
	packet, err := d.IP().Ping(to, data, 500)
	if err != nil {
		w.figures.PingsLost++
		lost := errors.Is(err, status.NoResponse) || errors.Is(err, status.NoPacket)
		if !lost || !w.lossy() {
			w.fail("ping", "%s, %d bytes: %v", name, len(data), err)
		}
		return
	}
	got := make([]byte, packet.Length)
	if n, err := packet.Retrieve(got); err != nil || !bytes.Equal(got[:n], data) {
		w.fail("ping data", "%s: %d bytes come back as %d others, %v", name, len(data), n, err)
	}
	if err := packet.Release(); err != nil {
		w.fail("ping", "%s: %v", name, err)
	}
}
