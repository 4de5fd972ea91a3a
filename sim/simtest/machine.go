package simtest

import (
	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/packetpool"
)

// routerNumber is the last byte of a router's addresses.
const routerNumber = 254

// A machine is what has to be left tidy at the end of a test.
type machine struct {
	name string
	pool *packetpool.Pool // nil: as much memory as it wants
	open func() []string
}

// Host adds an ordinary computer, with as much memory as it wants, on a wire (nil: the first one). Its address is the wire's next one, and
// other machines find it by its name.
func (n *Net) Host(name string, on *Wire) *host.Host {
	n.t.Helper()
	if on == nil {
		on = n.first()
	}
	n.claim("machine", name)
	id := on.address()
	var h *host.Host
	n.enter(func() {
		h = host.New(n.kernel, host.Config{
			Name: name, Address: id.address, Gateway: on.gateway, Address6: id.address6, Wire: on.Wire, HardwareAddress: id.hardware,
		})
	})
	n.add(machine{name: name, open: h.Open})
	return h
}

// DeviceConfig describes a device. The zero value is one with 32 packets of 1536 bytes on the first wire.
type DeviceConfig struct {
	// Wires is what the interfaces are attached to, in their order. Nil means the first wire.
	Wires []*Wire
	// Payload is that of a packet of the default pool in bytes. 0 means 1536.
	Payload uint32
	// Packets is the number of packets in the default pool. 0 means 32.
	Packets int
	// Priority is that of the IP thread. 0 means 1.
	Priority uint32
	// Target has the compile-time options; Interfaces follows from Wires.
	Target ipstack.Target
	// Net describes how ordinary programs use the device.
	Net host.DeviceConfig
}

// A Device is a target with NetX Duo on it: an NX_IP with ARP, ICMP, TCP and UDP enabled, and its default pool. RTOS threads use IP, ordinary programs the
// functions of package net that it has.
type Device struct {
	*host.Device
	Pool *packetpool.Pool
}

// Device adds a device. Its addresses are the next ones of its wires.
func (n *Net) Device(name string, config DeviceConfig) *Device {
	n.t.Helper()
	if config.Wires == nil {
		config.Wires = []*Wire{n.first()}
	}
	ids := make([]identity, len(config.Wires))
	for i, w := range config.Wires {
		ids[i] = w.address()
	}
	return n.device(name, config, ids)
}

// Router adds a device that forwards between wires, with pools that are large enough for it, and is the gateway of all machines that are added to these wires after
// it. NetX Duo forwards IPv4 only.
func (n *Net) Router(name string, wires ...*Wire) *Device {
	n.t.Helper()
	ids := make([]identity, len(wires))
	for i, w := range wires {
		ids[i] = w.numbered(routerNumber)
		w.gateway = ids[i].address.Addr()
	}
	d := n.device(name, DeviceConfig{Wires: wires, Packets: 1000}, ids)
	n.enter(d.IP().EnableForwarding)
	return d
}

func (n *Net) device(name string, config DeviceConfig, ids []identity) *Device {
	n.t.Helper()
	n.claim("machine", name)
	if config.Payload == 0 {
		config.Payload = 1536
	}
	if config.Packets == 0 {
		config.Packets = 32
	}
	if config.Priority == 0 {
		config.Priority = 1
	}
	config.Target.Interfaces = len(config.Wires)
	var d *Device
	var err error
	n.enter(func() { d, err = n.build(name, config, ids) })
	if err != nil {
		n.t.Fatalf("simtest: device %s: %v", name, err)
	}
	n.add(machine{name: name, pool: d.Pool, open: d.Open})
	return d
}

// build makes a device. The caller may touch the kernel.
func (n *Net) build(name string, config DeviceConfig, ids []identity) (*Device, error) {
	pool, err := packetpool.New(n.kernel, packetpool.Config{
		Name: name, Payload: config.Payload, Target: n.config.Target,
		Size: packetpool.SizeFor(n.config.Target, config.Payload, config.Packets),
	})
	if err != nil {
		return nil, err
	}
	ip, err := ipstack.New(n.kernel, ipstack.Config{
		Name: name, Address: ids[0].address, Gateway: config.Wires[0].gateway, Pool: pool, Priority: config.Priority,
		Driver: ipstack.Ethernet(config.Wires[0].Wire, ids[0].hardware), Target: config.Target,
	})
	if err != nil {
		return nil, err
	}
	for i, id := range ids[1:] {
		w := config.Wires[1+i]
		if err := ip.AttachInterface(w.Name(), id.address.Addr(), mask24, ipstack.Ethernet(w.Wire, id.hardware)); err != nil {
			return nil, err
		}
	}
	if n.config.IPv6 {
		if err := enableIPv6(ip, ids); err != nil {
			return nil, err
		}
	}
	for _, enable := range []func() error{func() error { return ip.EnableARP(20) }, ip.EnableICMP, ip.EnableTCP, ip.EnableUDP} {
		if err := enable(); err != nil {
			return nil, err
		}
	}
	if n.capture != nil {
		n.capture.Pool(pool)
	}
	return &Device{Device: host.NewDevice(ip, config.Net), Pool: pool}, nil
}

// enableIPv6 gives an instance IPv6. An address that is set before ICMPv6 is enabled can be used at once.
func enableIPv6(ip *ipstack.IP, ids []identity) error {
	for i, id := range ids {
		if _, err := ip.SetIPv6Address(uint32(i), id.address6.Addr(), uint32(id.address6.Bits())); err != nil {
			return err
		}
	}
	err := ip.EnableIPv6()
	ip.EnableICMPv6()
	return err
}

// mask24 is the network mask of every wire, in host byte order.
const mask24 = 0xffffff00

func (n *Net) add(m machine) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.machines = append(n.machines, m)
}
