package ipstack

import (
	"fmt"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"go.uber.org/zap"

	"netxsim/ipstack/internal/netstack"
	"netxsim/netx/status"
	"netxsim/packetpool"
	"netxsim/sim"
)

// Sizes of headers in bytes, and the room a received frame leaves in front so
// that its IP header is aligned: NX_PHYSICAL_HEADER.
const (
	ethernetHeader = 14
	physicalHeader = 16
	ipv4Header     = 20
	tcpHeader      = 20
)

// nicID is netstack's number of an instance's interface.
const nicID tcpip.NICID = 1

// Config describes an [IP] instance.
type Config struct {
	// Name appears in reports and logs.
	Name string
	// Address is the IPv4 address of the interface and its network, such as
	// 192.2.2.61/24.
	Address netip.Prefix
	// Gateway is the router for all other networks. The zero value means none.
	Gateway netip.Addr
	// Pool is the default pool: what arrives, and what the stack sends by
	// itself, is paid for by it.
	Pool *packetpool.Pool
	// Driver is the hardware of the interface.
	Driver Driver
	// Priority is that of the IP thread, 0 (most urgent) to 31. NetX programs
	// commonly use 1.
	Priority uint32
	// Target has the compile-time options; the zero Target is the default build.
	Target Target
	// Log gets socket and packet events at debug level; nil means none.
	Log *zap.Logger
}

// An IP is an instance of the stack, NX_IP: an address, an interface, and the
// protocols enabled on it.
type IP struct {
	kernel  *sim.Kernel
	name    string
	pool    *packetpool.Pool
	address netip.Prefix
	gateway netip.Addr
	target  Target
	log     *zap.Logger

	thread *sim.Thread
	work   workQueue

	driver         Driver
	stack          *netstack.Stack
	nic            *netstack.NIC
	holders        ipHolders
	sending        sendQueue
	identification uint16 // of the IP packets that are not netstack's
	frame          []byte // scratch: the frame being sent
	gather         []byte // scratch: a datagram that arrived in a chain

	arp     *arpCache
	icmp    bool
	tcp     *tcpProtocol
	stats   Stats
	deleted bool
}

// Stats counts the frames of an instance.
type Stats struct {
	// FramesReceived and FramesSent count frames at the driver.
	FramesReceived, FramesSent uint64
	// ReceiveNoPacket counts frames lost because the default pool was empty.
	ReceiveNoPacket uint64
	// SendNoPacket counts ACK, SYN, FIN, RST, ARP and ICMP messages not sent
	// because the default pool was empty.
	SendNoPacket uint64
	// SendNoRoom counts those not sent because a packet's payload is too small
	// for their headers.
	SendNoRoom uint64
	// ChecksumErrors counts segments dropped for their TCP checksum.
	ChecksumErrors uint64
}

// New creates an instance and starts its thread, as nx_ip_create does. It may
// be called while the program is defined or from a thread.
//
// Errors: status.PtrError without a pool or driver, status.OptionError for a
// priority above 31, status.IpAddressError for an address that is not a host's.
func New(kernel *sim.Kernel, config Config) (*IP, error) {
	if config.Pool == nil || config.Driver == nil {
		return nil, status.PtrError
	}
	if !config.Address.Addr().Is4() || config.Address.Addr().IsMulticast() {
		return nil, status.IpAddressError
	}
	ip := &IP{
		kernel:  kernel,
		name:    config.Name,
		pool:    config.Pool,
		address: config.Address,
		gateway: config.Gateway,
		driver:  config.Driver,
		target:  config.Target,
		log:     config.Log,
	}
	if ip.log == nil {
		ip.log = zap.NewNop()
	}
	ip.holders.init(ip.name)
	thread, err := kernel.NewThread(sim.ThreadConfig{
		Name:     ip.name + " IP thread",
		Priority: config.Priority,
		Entry:    ip.serve,
		Daemon:   true,
	})
	if err != nil {
		return nil, status.OptionError
	}
	ip.thread = thread
	ip.openStack()
	if err := ip.driver.Open(ip.name, ip.receiveFrame); err != nil {
		return nil, fmt.Errorf("ipstack: %s: %w", ip.name, err)
	}
	kernel.OnEnd(ip.shutdown)
	return ip, nil
}

// openStack makes netstack ready for the instance: one interface that needs no
// address resolution, and the route for everything.
func (ip *IP) openStack() {
	ip.stack = netstack.New(netstack.Config{Kernel: ip.kernel, Name: ip.name, Run: ip.postTimer})
	ip.nic = ip.stack.AddNIC(netstack.NICConfig{ID: nicID, MTU: ip.driver.MTU(), Output: ip.output})
	ip.stack.AddProtocolAddress(nicID, protocolAddress(ip.address), addressProperties)
	ip.stack.SetRouteTable([]tcpip.Route{{Destination: header.IPv4EmptySubnet, NIC: nicID}})
}

// Kernel returns the kernel the instance runs on.
func (ip *IP) Kernel() *sim.Kernel { return ip.kernel }

// Name returns the name given at creation.
func (ip *IP) Name() string { return ip.name }

// DefaultPool returns the pool that pays for what arrives.
func (ip *IP) DefaultPool() *packetpool.Pool { return ip.pool }

// Address returns the IPv4 address of the interface and its network.
func (ip *IP) Address() netip.Prefix { return ip.address }

// Stats returns the counters of the instance.
func (ip *IP) Stats() Stats { return ip.stats }

// EnableICMP lets the instance answer pings, as nx_icmp_enable does.
//
// Errors: status.AlreadyEnabled.
func (ip *IP) EnableICMP() error {
	if ip.icmp {
		return status.AlreadyEnabled
	}
	ip.icmp = true
	return nil
}

// Delete ends the instance: its thread stops, its interface leaves the wire,
// and the packets that it holds return to their pools. It mirrors nx_ip_delete.
//
// Errors: status.SocketsBound while a socket exists.
func (ip *IP) Delete() error {
	if ip.tcp != nil && len(ip.tcp.sockets) > 0 {
		return status.SocketsBound
	}
	ip.thread.Terminate()
	ip.shutdown()
	return nil
}

// shutdown gives back what the instance holds outside the simulation.
func (ip *IP) shutdown() {
	if ip.deleted {
		return
	}
	ip.deleted = true
	ip.driver.Close()
	ip.releaseHeld()
	ip.stack.Destroy()
}

// releaseHeld returns the packets of the instance's queues to their pools.
func (ip *IP) releaseHeld() {
	for w, ok := ip.work.pop(); ok; w, ok = ip.work.pop() {
		if w.packet != nil {
			w.packet.Release()
		}
	}
	if ip.arp != nil {
		ip.arp.flush()
	}
	ip.sending.flush()
}
