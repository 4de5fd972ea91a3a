package host

import (
	"errors"
	"net/netip"
	"syscall"
	"time"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/packetpool"
	"netxsim/sim"
)

// DeviceConfig describes a [Device]. The zero value is a usable one.
type DeviceConfig struct {
	// Callers says who uses the device.
	Callers Callers
	// Pool pays for what programs send; nil means the instance's default pool.
	Pool *packetpool.Pool
	// Window is the receive window of a connection in bytes, up to 65535; 0 means
	// 8192.
	Window uint32
	// TransmitQueue is the number of packets of a connection that may be
	// unacknowledged; 0 means 20.
	TransmitQueue int
	// Backlog is the number of connections that may wait for Accept, and of SYNs
	// that may wait for those to be fewer; 0 means 5.
	Backlog int
	// DatagramQueue is the number of datagrams that may wait at a UDP port; 0 means 16.
	DatagramQueue uint32
	// Linger is how long a closed connection may take to end before it is reset;
	// 0 means a minute.
	Linger time.Duration
}

func (c *DeviceConfig) setDefaults(ip *ipstack.IP) {
	if c.Pool == nil {
		c.Pool = ip.DefaultPool()
	}
	if c.Window == 0 {
		c.Window = 8192
	}
	if c.Backlog == 0 {
		c.Backlog = 5
	}
	if c.DatagramQueue == 0 {
		c.DatagramQueue = 16
	}
	if c.Linger == 0 {
		c.Linger = time.Minute
	}
}

// A Device is an instance of NetX Duo as a machine for ordinary Go programs: its
// connections are sockets of the instance, and every byte they send, receive and
// have not read yet is paid for by its packet pools. A write waits for packets as it
// waits for the peer's window; a connection holds no packet for a program that
// waits.
//
// RTOS threads may use the same instance at the same time.
type Device struct {
	Net
	ip      *ipstack.IP
	kernel  *sim.Kernel
	config  DeviceConfig
	starved []starved  // in the order in which they began to wait
	unwatch func()     // nil while none does
	refill  *sim.Event // there may be enough packets for one of them
}

// NewDevice gives programs an instance, whose ARP, IPv6, TCP and UDP, as far as they use
// them, have been enabled, and enters it in the host table, with those of its addresses that it may use already.
func NewDevice(ip *ipstack.IP, config DeviceConfig) *Device {
	config.setDefaults(ip)
	d := &Device{ip: ip, kernel: ip.Kernel(), config: config}
	d.Net = newNet(d.kernel, ip.Name(), config.Callers, (*deviceBackend)(d))
	d.refill = d.kernel.NewEvent(d.feed)
	if ip.Name() != "" {
		NamesOf(d.kernel).Add(ip.Name(), d.addrs()...)
	}
	return d
}

// addrs returns the addresses of the instance by which others find it.
func (d *Device) addrs() (addrs []netip.Addr) {
	if addr := d.ip.Address().Addr(); !addr.IsUnspecified() {
		addrs = append(addrs, addr)
	}
	if addr := d.Addr6(); addr.IsValid() {
		addrs = append(addrs, addr)
	}
	return addrs
}

// Addr6 returns the instance's first global IPv6 address that may be used already, the zero Addr if there is none.
func (d *Device) Addr6() netip.Addr {
	for n := range d.ip.IPv6AddressLimit() {
		if addr, _, _, err := d.ip.IPv6Address(n); err == nil && !addr.IsLinkLocalUnicast() {
			return addr
		}
	}
	return netip.Addr{}
}

// IP returns the instance.
func (d *Device) IP() *ipstack.IP { return d.ip }

// A deviceSocket is what the sockets of a device have in common: news of the
// instance are handled in an event of their own.
type deviceSocket struct {
	device  *Device
	changed func()
	event   *sim.Event
}

func (d *Device) newSocket(news func()) deviceSocket {
	return deviceSocket{device: d, event: d.kernel.NewEvent(news)}
}

func (s *deviceSocket) watch(changed func()) { s.changed = changed }

// tell has the program look at the socket.
func (s *deviceSocket) tell() {
	if s.changed != nil {
		s.changed()
	}
}

// deviceBackend is a device as the backend of its Net.
type deviceBackend Device

func (b *deviceBackend) address(six bool) netip.Addr {
	if six {
		return (*Device)(b).Addr6()
	}
	return b.ip.Address().Addr()
}

// owns reports whether programs may listen on an address.
func (b *deviceBackend) owns(addr netip.Addr) bool {
	if !addr.IsValid() || addr.IsUnspecified() || addr.IsLoopback() {
		return true
	}
	for n := range b.ip.InterfaceLimit() {
		if own, _ := b.ip.InterfaceAddress(n); own == addr {
			return true
		}
	}
	for n := range b.ip.IPv6AddressLimit() {
		if own, _, _, err := b.ip.IPv6Address(n); err == nil && own == addr.WithZone("") {
			return true
		}
	}
	return false
}

// deviceErrors are the errors a system gives for statuses.
var deviceErrors = []struct {
	status status.Code
	number syscall.Errno
}{
	{status.PortUnavailable, syscall.EADDRINUSE},
	{status.DuplicateListen, syscall.EADDRINUSE},
	{status.NoFreePorts, syscall.EADDRNOTAVAIL},
	{status.MaxListen, syscall.ENOBUFS},
	{status.IpAddressError, syscall.ENETUNREACH},
	{status.NotEnabled, syscall.EPROTONOSUPPORT},
	{status.NotConnected, syscall.ENOTCONN},
	{status.OptionError, syscall.EINVAL},
}

// deviceError is the error a system gives for a status of the instance.
func deviceError(err error) error {
	for _, e := range deviceErrors {
		if errors.Is(err, e.status) {
			return e.number
		}
	}
	return err
}
