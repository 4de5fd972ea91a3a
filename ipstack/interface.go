package ipstack

import (
	"net/netip"

	"netxsim/netx/status"
)

// An Interface is a network interface of an instance, NX_INTERFACE. Its
// exported fields are those that its driver reads and sets.
type Interface struct {
	// IpMtuSize is the largest IP packet in bytes.
	IpMtuSize uint32
	// PhysicalAddressMsw and PhysicalAddressLsw are the hardware address.
	PhysicalAddressMsw, PhysicalAddressLsw uint32
	// AddressMappingNeeded is 1 where neighbours are found by ARP.
	AddressMappingNeeded uint32
	// Capability is the sum of the Capability constants that the hardware has. It
	// counts on a target with InterfaceCapability.
	Capability uint32
	// LinkUp is 1 while the interface can send and receive.
	LinkUp uint8
	// ReceiveRoom is the number of bytes that ReceiveFrame leaves in front of a
	// frame, usually so many that its IP header is aligned.
	ReceiveRoom int

	ip      *IP
	index   int
	name    string
	valid   bool
	driver  Driver // nil for the loopback interface
	address uint32
	mask    uint32

	linkChanged bool // its driver said so
	defending   int  // seconds until its address may be defended again

	solicitations   solicitations // of IPv6 routers
	manualAddresses bool          // none are made from what IPv6 routers advertise
}

// InterfaceInfo is what InterfaceInfo of an instance returns.
type InterfaceInfo struct {
	Name     string
	Address  netip.Addr // IPv4
	Mask     uint32     // host byte order
	MTU      uint32     // largest IP packet in bytes
	Hardware HardwareAddress
}

const (
	loopbackAddress = 0x7F000001
	loopbackMask    = 0xFF000000
	loopbackMTU     = 65535
)

// Index returns the interface's number in its instance, from 0.
func (i *Interface) Index() int { return i.index }

// Name returns the interface's name; "PRI" is the first of an instance.
func (i *Interface) Name() string { return i.name }

// IP returns the instance that the interface belongs to.
func (i *Interface) IP() *IP { return i.ip }

func (i *Interface) up() bool { return i.LinkUp != 0 }

func (i *Interface) hardware() HardwareAddress {
	return HardwareAddressFrom(i.PhysicalAddressMsw, i.PhysicalAddressLsw)
}

func (i *Interface) network() uint32 { return i.address & i.mask }

// onLink reports whether an address is in the interface's network.
func (i *Interface) onLink(address uint32) bool { return address&i.mask == i.network() }

// isBroadcast reports whether an address reaches everybody on the interface's
// network.
func (i *Interface) isBroadcast(address uint32) bool {
	return address == limitedBroadcast || i.isDirectedBroadcast(address)
}

// isDirectedBroadcast is isBroadcast without the limited broadcast address.
func (i *Interface) isDirectedBroadcast(address uint32) bool {
	return i.onLink(address) && address&^i.mask == ^i.mask
}

// command sends a request without a packet to the interface's driver and
// returns its status.
func (i *Interface) command(command DriverCommand, msw, lsw uint32, answer *uint32) uint32 {
	r := DriverRequest{
		Command: command, Ptr: i.ip, Interface: i, PhysicalAddressMsw: msw, PhysicalAddressLsw: lsw, ReturnPtr: answer,
	}
	if i.driver != nil {
		i.driver(&r)
	}
	return r.Status
}

// start brings the interface to life.
func (i *Interface) start() {
	i.command(LinkInterfaceAttach, 0, 0, nil)
	i.command(LinkInitialize, 0, 0, nil)
	i.command(LinkEnable, 0, 0, nil)
	i.ip.updateNIC()
}

// initInterfaces makes the first interface and the loopback interface.
func (ip *IP) initInterfaces(config *Config) {
	ip.interfaces = make([]Interface, max(1, config.Target.Interfaces)+1)
	for n := range ip.interfaces {
		ip.interfaces[n].ip, ip.interfaces[n].index = ip, n
	}
	first := &ip.interfaces[0]
	first.name, first.valid, first.driver = "PRI", true, config.Driver
	first.address, first.mask = addressAndMask(config)
	loop := ip.loopback()
	loop.name, loop.valid, loop.LinkUp = "Internal IP Loopback", true, 1
	loop.address, loop.mask, loop.IpMtuSize = loopbackAddress, loopbackMask, loopbackMTU
}

func addressAndMask(config *Config) (address, mask uint32) {
	if config.Address.IsValid() {
		address, mask = toWord(config.Address.Addr()), prefixMask(config.Address.Bits())
	}
	if config.Mask != 0 {
		mask = config.Mask
	}
	return address, mask
}

// loopback is the instance's last interface.
func (ip *IP) loopback() *Interface { return &ip.interfaces[len(ip.interfaces)-1] }

// physical returns the interfaces that may have hardware.
func (ip *IP) physical() []Interface { return ip.interfaces[:len(ip.interfaces)-1] }

// HasInterface reports whether the instance has a physical interface of that
// number.
func (ip *IP) HasInterface(index uint32) bool {
	return int64(index) < int64(len(ip.physical())) && ip.interfaces[index].valid
}

// HasAnyInterface is HasInterface with the loopback interface, the one behind
// the last physical one.
func (ip *IP) HasAnyInterface(index uint32) bool {
	return int64(index) < int64(len(ip.interfaces)) && ip.interfaces[index].valid
}

// HasAddress reports whether any physical interface has an IPv4 address.
func (ip *IP) HasAddress() bool {
	for n := range ip.physical() {
		if ip.interfaces[n].address != 0 {
			return true
		}
	}
	return false
}

// InterfaceLimit returns the number of physical interfaces an instance can
// have, NX_MAX_PHYSICAL_INTERFACES.
func (ip *IP) InterfaceLimit() uint32 { return uint32(len(ip.physical())) }

// physicalInterface returns a physical interface that exists.
func (ip *IP) physicalInterface(index uint32) (*Interface, error) {
	if !ip.HasInterface(index) {
		return nil, status.InvalidInterface
	}
	return &ip.interfaces[index], nil
}

// AttachInterface gives the instance one more interface, as
// nx_ip_interface_attach does. mask is in host byte order.
//
// Errors: status.DuplicatedEntry when another interface has the address,
// status.NoMoreEntries when the instance has as many as it can.
func (ip *IP) AttachInterface(name string, address netip.Addr, mask uint32, driver Driver) error {
	word := toWord(address)
	free := -1
	for n := range ip.physical() {
		if word != 0 && ip.interfaces[n].address == word {
			return status.DuplicatedEntry
		}
		if free < 0 && !ip.interfaces[n].valid {
			free = n
		}
	}
	if free < 0 {
		return status.NoMoreEntries
	}
	i := &ip.interfaces[free]
	*i = Interface{ip: ip, index: free, name: name, valid: true, driver: driver, address: word, mask: mask}
	ip.addressesChanged()
	if ip.initialized {
		i.start()
	}
	return nil
}

// DetachInterface takes an interface away, as nx_ip_interface_detach does: its
// connections end without a word to their peers, and what is known about its
// network is forgotten.
//
// Errors: status.InvalidInterface.
func (ip *IP) DetachInterface(index uint32) error {
	i, err := ip.physicalInterface(index)
	if err != nil {
		return err
	}
	ip.resetConnections(i)
	ip.arp.forgetInterface(i)
	ip.forgetRoutes(i)
	if ip.gatewayInterface == i {
		ip.gateway, ip.gatewayInterface = 0, nil
	}
	ip.leaveGroups(i)
	ip.ipv6.forgetInterface(i)
	i.command(LinkInterfaceDetach, 0, 0, nil)
	*i = Interface{ip: ip, index: i.index}
	ip.addressesChanged()
	return nil
}

// InterfaceInfo returns what is known about an interface, as
// nx_ip_interface_info_get does.
//
// Errors: status.InvalidInterface.
func (ip *IP) InterfaceInfo(index uint32) (InterfaceInfo, error) {
	i, err := ip.physicalInterface(index)
	if err != nil {
		return InterfaceInfo{}, err
	}
	return InterfaceInfo{Name: i.name, Address: fromWord(i.address), Mask: i.mask, MTU: i.IpMtuSize, Hardware: i.hardware()}, nil
}

// InterfaceAddress returns the IPv4 address of a physical interface and its
// mask in host byte order; both are zero if it has none.
func (ip *IP) InterfaceAddress(index uint32) (address netip.Addr, mask uint32) {
	i := &ip.interfaces[index]
	return fromWord(i.address), i.mask
}

// MaxPayload returns how many bytes fit in one packet of TCP, or else UDP, to
// an address, and the header room that they need in front. For IPv4 index is the number of
// the interface, for IPv6 that of the instance's own address. It mirrors nx_ip_max_payload_size_find.
//
// Errors: status.InvalidInterface for an interface without an address,
// status.IpAddressError for an IPv6 address that there cannot be or that is not set.
func (ip *IP) MaxPayload(to netip.Addr, index uint32, tcp bool) (room, bytes uint32, err error) {
	i, room, err := ip.payloadInterface(to, index)
	if err != nil {
		return 0, 0, err
	}
	if tcp {
		room += tcpHeader
	} else {
		room += udpHeader
	}
	return room, i.IpMtuSize + physicalHeader - room, nil
}

// payloadInterface returns the interface that MaxPayload means, and the room for the headers below TCP and UDP.
func (ip *IP) payloadInterface(to netip.Addr, index uint32) (i *Interface, room uint32, err error) {
	if to.Is6() {
		if index >= uint32(len(ip.ipv6.addresses)) || !ip.ipv6.addresses[index].address.IsValid() {
			return nil, 0, status.IpAddressError
		}
		return ip.ipv6.addresses[index].via, physicalHeader + ipv6Header, nil
	}
	if !ip.HasInterface(index) || ip.interfaces[index].address == 0 {
		return nil, 0, status.InvalidInterface
	}
	return &ip.interfaces[index], physicalHeader + ipv4Header, nil
}

// SetInterfaceMTU sets the size in bytes of the largest IP packet on an
// interface, as nx_ip_interface_mtu_set does.
//
// Nothing need be attached there: as in C the size is stored, and an interface
// that is attached sets its own.
//
// Errors: status.InvalidInterface for a number that no interface can have.
func (ip *IP) SetInterfaceMTU(index, mtu uint32) error {
	if index >= ip.InterfaceLimit() {
		return status.InvalidInterface
	}
	ip.interfaces[index].IpMtuSize = mtu
	ip.updateNIC()
	return nil
}

// SetInterfaceHardware gives an interface another hardware address, and its
// driver too if tell is set, as nx_ip_interface_physical_address_set does.
//
// Errors: status.InvalidInterface, and what the driver answers.
func (ip *IP) SetInterfaceHardware(index uint32, address HardwareAddress, tell bool) error {
	i, err := ip.physicalInterface(index)
	if err != nil {
		return err
	}
	msw, lsw := address.Words()
	if tell {
		if s := i.command(LinkSetPhysicalAddress, msw, lsw, nil); s != 0 {
			return status.Code(s)
		}
	}
	i.PhysicalAddressMsw, i.PhysicalAddressLsw = msw, lsw
	return nil
}

// SetInterfaceMapping says whether neighbours on an interface are found by ARP,
// as nx_ip_interface_address_mapping_configure does.
//
// Errors: status.InvalidInterface.
func (ip *IP) SetInterfaceMapping(index uint32, needed bool) error {
	i, err := ip.physicalInterface(index)
	if err != nil {
		return err
	}
	i.AddressMappingNeeded = 0
	if needed {
		i.AddressMappingNeeded = 1
	}
	return nil
}

// DriverCommand sends a command to an interface's driver and returns the
// driver's answer, as nx_ip_driver_interface_direct_command does.
//
// Errors: status.InvalidInterface, and what the driver answers, commonly
// status.UnhandledCommand.
func (ip *IP) DriverCommand(index uint32, command DriverCommand) (answer uint32, err error) {
	i, err := ip.physicalInterface(index)
	if err != nil {
		return 0, err
	}
	if s := i.command(command, 0, 0, &answer); s != 0 {
		return answer, status.Code(s)
	}
	return answer, nil
}
