package ipstack

// A Target has the compile-time options of NetX Duo that change how an
// instance behaves. The zero Target is the default build.
type Target struct {
	// ExtendedNotify has the callbacks for an established connection, a
	// completed disconnect and the timed wait: NX_ENABLE_EXTENDED_NOTIFY_SUPPORT.
	ExtendedNotify bool
	// QueueDepthNotify has the callback for a transmit queue that drains:
	// NX_ENABLE_TCP_QUEUE_DEPTH_UPDATE_NOTIFY.
	QueueDepthNotify bool
	// StaticRoutes has a routing table: NX_ENABLE_IP_STATIC_ROUTING.
	StaticRoutes bool
	// RawFilter has the filter of raw packets: NX_ENABLE_IP_RAW_PACKET_FILTER.
	RawFilter bool
	// DualPool has a second pool for small packets:
	// NX_ENABLE_DUAL_PACKET_POOL.
	DualPool bool
	// IPv6AddressNotify has the callback for IPv6 addresses that change:
	// NX_ENABLE_IPV6_ADDRESS_CHANGE_NOTIFY.
	IPv6AddressNotify bool
	// IPv6Multicast has groups that the application joins:
	// NX_ENABLE_IPV6_MULTICAST.
	IPv6Multicast bool
	// LowWatermark limits what receiving takes from a pool and keeps in a TCP
	// socket: NX_ENABLE_LOW_WATERMARK. The pool's target needs it too.
	LowWatermark bool
	// InterfaceCapability lets the hardware verify checksums:
	// NX_ENABLE_INTERFACE_CAPABILITY.
	InterfaceCapability bool
	// VLAN has priorities for what sockets send: NX_ENABLE_VLAN.
	VLAN bool
	// PeriodicRate is the number of ticks in a second, by which the timers of
	// the stack go: NX_IP_PERIODIC_RATE. 0 means 100.
	PeriodicRate uint32
	// IPv6PathMTU has paths whose MTU is smaller than the interface's, which
	// routers tell: NX_ENABLE_IPV6_PATH_MTU_DISCOVERY.
	IPv6PathMTU bool
	// IPv6Destinations is the number of IPv6 addresses that something can be
	// sent to before neighbours are forgotten; 0 means 8,
	// NX_IPV6_DESTINATION_TABLE_SIZE.
	IPv6Destinations int
	// IPv6AutoconfigControl has a switch for the addresses made from what
	// routers advertise: NX_IPV6_STATELESS_AUTOCONFIG_CONTROL.
	IPv6AutoconfigControl bool
	// Interfaces is the number of physical interfaces; 0 means 1,
	// NX_MAX_PHYSICAL_INTERFACES.
	Interfaces int
}

// ExtendedTarget is a build with all options and two interfaces.
var ExtendedTarget = Target{ExtendedNotify: true, QueueDepthNotify: true, StaticRoutes: true, Interfaces: 2}
