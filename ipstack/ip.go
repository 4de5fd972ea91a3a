package ipstack

import (
	"net/netip"
	"time"

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

// nicID is netstack's number of the one interface it sees of an instance.
const nicID tcpip.NICID = 1

// defaultMTU is that of an Ethernet, until the driver says another.
const defaultMTU = 1500

// Config describes an [IP] instance.
type Config struct {
	// Name appears in reports and logs.
	Name string
	// Address is the IPv4 address of the first interface and its network, such
	// as 192.2.2.61/24. The zero value means none yet.
	Address netip.Prefix
	// Mask replaces the network's mask, in host byte order, unless it is 0: for
	// a mask that is no prefix.
	Mask uint32
	// Gateway is the router for all other networks. The zero value means none.
	Gateway netip.Addr
	// Pool is the default pool: what arrives, and what the stack sends by
	// itself, is paid for by it.
	Pool *packetpool.Pool
	// Driver is the hardware of the first interface.
	Driver Driver
	// Priority is that of the IP thread, 0 (most urgent) to 31. NetX programs
	// commonly use 1.
	Priority uint32
	// Target has the compile-time options; the zero Target is the default build.
	Target Target
	// Cost is what a received packet costs the processor; zero is nothing.
	Cost Cost
	// Log gets socket and packet events at debug level; nil means none.
	Log *zap.Logger
}

// A Cost is the virtual time for which the IP thread computes before it
// handles a received IP packet or ARP message. Meanwhile frames arrive and wait in their packets, and
// threads that are not more urgent do not run.
type Cost struct {
	Frame time.Duration // for each packet
	Byte  time.Duration // besides, for each byte of it
}

// An IP is an instance of the stack, NX_IP: its interfaces, and the protocols
// enabled on it. The zero value is what [IP.Create] wants.
type IP struct {
	kernel *sim.Kernel
	name   string
	pool   *packetpool.Pool

	auxiliary *packetpool.Pool // for small packets; nil for none

	target  Target
	cost    Cost
	log     *zap.Logger
	deleted bool

	thread      *sim.Thread
	work        workQueue
	clock       periodicClock // of a second
	fastClock   periodicClock // of a tenth
	initialized bool          // the IP thread has started the interfaces

	interfaces       []Interface // the physical ones, then the loopback interface
	gateway          uint32
	gatewayInterface *Interface
	routes           []staticRoute
	onAddressChange  func(*IP)
	onLinkChange     func(ip *IP, index uint32, up bool)

	stack          *netstack.Stack
	nic            *netstack.NIC
	holders        ipHolders
	sending        sendQueue
	request        DriverRequest // scratch: the one for a packet
	identification uint32        // of the IP packets that are not netstack's; IPv4 has 16 bits of it
	frame          []byte        // scratch: the frame being sent
	room           int           // and the room in front of it on the device
	vlan           uint8         // scratch: its VLAN priority, if TCP keeps its packet
	gather         []byte        // scratch: a datagram that arrived in a chain
	pieces         []byte        // scratch: a datagram being fragmented

	fragmenting bool
	forwarding  bool
	assembly    reassembly
	raw         rawReceiver
	arp         arpCache
	rarp        rarpProtocol
	icmp        icmpProtocol
	igmp        igmpProtocol
	ipv6        ipv6Protocol
	udp         *udpProtocol
	tcp         *tcpProtocol
	stats       Stats
	info        Info
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

// New creates an instance, as [IP.Create] does.
func New(kernel *sim.Kernel, config Config) (*IP, error) {
	ip := new(IP)
	if err := ip.Create(kernel, config); err != nil {
		return nil, err
	}
	return ip, nil
}

// Create makes ip, a zero value or a deleted instance, an instance and starts
// its thread, which brings the interface to life. It mirrors nx_ip_create, and
// may be called while the program is defined or from a thread.
//
// Errors: status.PtrError without a pool or driver, status.OptionError for a
// priority above 31, status.IpAddressError for an address that is not a host's.
func (ip *IP) Create(kernel *sim.Kernel, config Config) error {
	switch {
	case config.Pool == nil || config.Driver == nil:
		return status.PtrError
	case config.Priority > 31:
		return status.OptionError
	case config.Address.IsValid() && (!config.Address.Addr().Is4() || !isHost(toWord(config.Address.Addr()))):
		return status.IpAddressError
	}
	*ip = IP{kernel: kernel, name: config.Name, pool: config.Pool, target: config.Target, cost: config.Cost, log: config.Log}
	if ip.log == nil {
		ip.log = zap.NewNop()
	}
	ip.initInterfaces(&config)
	ip.openStack()
	ip.initServices()
	if config.Gateway.IsValid() {
		if err := ip.SetGateway(config.Gateway); err != nil {
			ip.stack.Destroy()
			return err
		}
	}
	kernel.OnEnd(ip.shutdown)
	return ip.startThread(config.Priority)
}

// startThread starts the IP thread, which does not run before the instance is
// complete.
func (ip *IP) startThread(priority uint32) error {
	ip.kernel.HoldPreemption()
	defer ip.kernel.AllowPreemption()
	thread, err := ip.kernel.NewThread(sim.ThreadConfig{
		Name:     ip.name + " IP thread",
		Priority: priority,
		Entry:    ip.serve,
		Daemon:   true,
	})
	ip.thread = thread
	return err
}

// initServices makes what every instance has ready for use.
func (ip *IP) initServices() {
	ip.holders.init(ip.name)
	ip.arp.ip, ip.igmp.ip = ip, ip
	ip.assembly.ip, ip.rarp.ip = ip, ip
	ip.raw.init(ip)
	ip.ipv6.init(ip)
	ip.clock.init(ip, "periodic timer", ip.ticks(periodicTicks), ip.second)
	ip.fastClock.init(ip, "neighbour timer", ip.ticks(fastTicks), ip.ipv6.retryNeighbours)
}

// openStack makes netstack ready for the instance: one interface for all
// addresses that needs no address resolution, and the route for everything.
func (ip *IP) openStack() {
	ip.stack = netstack.New(netstack.Config{Kernel: ip.kernel, Name: ip.name, Run: ip.postTimer})
	ip.nic = ip.stack.AddNIC(netstack.NICConfig{ID: nicID, MTU: defaultMTU, Checked: true, Output: ip.output, Listens: ip.listens})
	ip.stack.SetRouteTable([]tcpip.Route{{Destination: header.IPv4EmptySubnet, NIC: nicID}})
	ip.addressesChanged()
}

// Kernel returns the kernel the instance runs on, nil before it was created and
// after it was deleted.
func (ip *IP) Kernel() *sim.Kernel {
	if ip.deleted {
		return nil
	}
	return ip.kernel
}

// Name returns the name given at creation.
func (ip *IP) Name() string { return ip.name }

// DefaultPool returns the pool that pays for what arrives.
func (ip *IP) DefaultPool() *packetpool.Pool { return ip.pool }

// Stats returns the counters of the instance.
func (ip *IP) Stats() Stats { return ip.stats }

// Delete ends the instance: its thread stops, its interfaces leave their wires,
// and the packets that it holds return to their pools. Threads that wait for a
// raw packet or a ping go on with the status of a time-out. It mirrors
// nx_ip_delete.
//
// Errors: status.SocketsBound while a socket exists.
func (ip *IP) Delete() error {
	if ip.tcp != nil && len(ip.tcp.sockets) > 0 || ip.udp != nil && len(ip.udp.sockets) > 0 {
		return status.SocketsBound
	}
	for n := range ip.physical() {
		if i := &ip.interfaces[n]; i.valid {
			i.command(LinkDisable, 0, 0, nil)
			i.command(LinkUninitialize, 0, 0, nil)
		}
	}
	ip.kernel.HoldPreemption()
	defer ip.kernel.AllowPreemption()
	ip.clock.stop()
	ip.fastClock.stop()
	ip.thread.Terminate()
	ip.shutdown()
	ip.raw.waiting.wakeAll(status.NoPacket)
	ip.icmp.abandon()
	return nil
}

// shutdown gives back what the instance holds outside the simulation.
func (ip *IP) shutdown() {
	if ip.deleted {
		return
	}
	ip.deleted = true
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
	ip.arp.forgetDynamic()
	ip.ipv6.forgetNeighbours(nil)
	ip.assembly.flush()
	ip.raw.flush()
	ip.sending.flush()
}
