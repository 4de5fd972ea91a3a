//go:build linux

package tap

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// A Device is an open TAP device. One simulation at a time can use it.
type Device struct {
	file     *os.File
	raw      syscall.RawConn
	name     string
	mac      [6]byte
	mtu      int
	joined   atomic.Bool
	counters counters
}

// Open opens the TAP device name, at most 15 bytes ("nx0"; with %d in it Linux
// chooses a number), in the network namespace of the calling thread. A device
// that did not exist is made, is down and has no address, and goes away with Close. The errors are
// those of the operating system, as *os.PathError or wrapping one:
// os.ErrNotExist without TUN support, os.ErrPermission without the rights,
// EBUSY when another program uses the device.
func Open(name string) (*Device, error) {
	request, err := unix.NewIfreq(name)
	if err != nil {
		return nil, fmt.Errorf("tap: name %q: %w", name, err)
	}
	const path = "/dev/net/tun"
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	request.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		return nil, errors.Join(fmt.Errorf("tap: device %s: %w", name, err), unix.Close(fd))
	}
	d := &Device{file: os.NewFile(uintptr(fd), path), name: request.Name()}
	if err := d.describe(); err != nil {
		return nil, errors.Join(err, d.file.Close())
	}
	return d, nil
}

// describe asks Linux what it knows of the device.
func (d *Device) describe() (err error) {
	if d.raw, err = d.file.SyscallConn(); err != nil {
		return fmt.Errorf("tap: device %s: %w", d.name, err)
	}
	i, err := net.InterfaceByName(d.name)
	if err != nil {
		return fmt.Errorf("tap: device %s: %w", d.name, err)
	}
	d.mtu = i.MTU
	copy(d.mac[:], i.HardwareAddr)
	return nil
}

// Name returns the name that Linux has for the device.
func (d *Device) Name() string { return d.name }

// HardwareAddress returns the Ethernet address under which Linux sends.
func (d *Device) HardwareAddress() [6]byte { return d.mac }

// MTU returns the largest payload of a frame in bytes, as Linux had it when the device was opened.
func (d *Device) MTU() int { return d.mtu }

// Close gives the device back. A simulation that still uses it loses its cable.
func (d *Device) Close() error { return d.file.Close() }

// Counters says what a device has carried. Sent is the way from the wire to
// Linux, Received the other.
type Counters struct {
	Sent, SentBytes         uint64
	Received, ReceivedBytes uint64
	Dropped                 uint64 // frames of the wire that Linux did not take
}

type counters struct{ sent, sentBytes, received, receivedBytes, dropped atomic.Uint64 }

// Counters returns what the device has carried so far. Any goroutine may call it.
func (d *Device) Counters() Counters {
	c := &d.counters
	return Counters{
		Sent: c.sent.Load(), SentBytes: c.sentBytes.Load(),
		Received: c.received.Load(), ReceivedBytes: c.receivedBytes.Load(),
		Dropped: c.dropped.Load(),
	}
}
