package scenario

import (
	"errors"
	"fmt"
	"time"

	"netxsim/netx/status"
)

// numbered is the size from which a datagram begins with its number.
const numbered = 8

// flow sends the datagrams of a session and waits for them to arrive.
func (x *session) flow() error {
	socket, err := x.open()
	if err != nil {
		return err
	}
	x.seen = make([]uint64, (x.Count+63)/64)
	began, data := x.w.kernel.Now(), make([]byte, x.Size)
	for n := 0; n < x.Count; {
		for range min(x.Burst, x.Count-n) {
			x.fill(data, n)
			if err := socket.send(data, x.to); err != nil {
				return fmt.Errorf("datagram %d of %d: %w", n+1, x.Count, err)
			}
			x.sent++
			n++
		}
		if n < x.Count {
			x.nextBurst(began, n)
		}
	}
	x.awaitDatagrams()
	return nil
}

// open returns the client's socket, the same for all its sessions.
func (x *session) open() (datagrams, error) {
	if x.socket == nil {
		socket, err := x.client.datagrams(x.work, 0)
		if err != nil {
			return nil, err
		}
		x.socket = socket
	}
	return x.socket, nil
}

// nextBurst waits until the datagram with a number is due.
func (x *session) nextBurst(began time.Duration, number int) {
	if x.Rate == 0 {
		x.pause(x.chance, x.Think)
		return
	}
	bits := float64(number) * float64(x.Size) * 8
	due := began + time.Duration(bits/float64(x.Rate)*float64(time.Second))
	x.w.sleep(due - x.w.kernel.Now())
}

// fill writes a datagram.
func (x *session) fill(data []byte, n int) {
	copy(data, pattern(x.forward(), n, len(data)))
	if len(data) >= numbered {
		putSequence(data, uint64(x.number)<<32|uint64(n))
	}
}

// awaitDatagrams waits for those that are still on their way.
func (x *session) awaitDatagrams() {
	for x.arrived < x.sent {
		if x.w.kernel.Wait(x, x.w.ticks(min(x.Wait, maxLate)), errSilent) != nil {
			return
		}
	}
}

// maxLate is how long a flow waits for its last datagrams at most.
const maxLate = Duration(time.Minute)

// receiveDatagrams starts the receiving side.
func (k *work) receiveDatagrams() error {
	socket, err := k.server.datagrams(k, uint16(k.Port))
	if err != nil {
		return err
	}
	return k.w.thread(k.Name+" receiver", k.server.priority(k.Priority), true, func() {
		for err == nil {
			err = socket.receive(k.datagram)
		}
		k.serverFailed(err)
	})
}

// datagram takes one that has arrived.
func (k *work) datagram(data []byte) {
	x, n := k.originOf(data)
	if x == nil {
		return
	}
	if bit := uint64(1) << (n % 64); len(data) >= numbered {
		if x.seen[n/64]&bit != 0 {
			return // a duplicate
		}
		x.seen[n/64] |= bit
	}
	x.arrived++
	x.record.Messages++
	x.record.Bytes += int64(len(data))
	x.last = x.w.kernel.Now()
	if x.arrived == x.sent {
		x.w.kernel.Wake(x, nil)
	}
}

// originOf returns the session of a datagram and its number in it, nil if it
// belongs to none. A session whose data are damaged is noted.
func (k *work) originOf(data []byte) (*session, int) {
	latest := k.sessions[len(k.sessions)-1]
	if len(data) != int(k.Size) {
		latest.broken()
		return nil, 0
	}
	if len(data) < numbered {
		return latest, 0
	}
	id := sequenceOf(data)
	number, n := int(id>>32), int(uint32(id))
	if number >= len(k.sessions) || n >= k.Count {
		latest.broken()
		return nil, 0
	}
	x := k.sessions[number]
	if string(data[numbered:]) != string(pattern(x.forward(), n, len(data))[numbered:]) {
		x.broken()
	}
	return x, n
}

// pings sends the echo requests of a session.
func (x *session) pings() error {
	t, ok := x.client.(*target)
	if !ok {
		return errors.New("plain hosts do not ping")
	}
	var lastError error
	for n := range x.Count {
		if n > 0 {
			x.pause(x.chance, x.Think)
		}
		x.sent++
		err := t.ping(x.to.Addr(), pattern(x.forward(), n, int(x.Size)), x.w.ticks(x.Wait))
		switch {
		case err == nil:
			x.arrived++
			x.record.Messages++
			x.record.Bytes += int64(x.Size)
		case errors.Is(err, errDiffers):
			x.broken()
		case errors.Is(err, status.NoResponse), errors.Is(err, status.NoPacket):
		default:
			lastError = fmt.Errorf("ping %d of %d: %w", n+1, x.Count, err)
		}
	}
	return lastError
}
