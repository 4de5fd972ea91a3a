package ipstack

// TCPInfo counts what the TCP of an instance has done, as nx_tcp_info_get
// returns it. Packets and bytes are those of data.
type TCPInfo struct {
	PacketsSent, BytesSent         uint32
	PacketsReceived, BytesReceived uint32
	// InvalidPackets counts segments with a bad header or checksum, and packets
	// that could not be sent for theirs.
	InvalidPackets uint32
	// ReceivePacketsDropped counts segments outside of the window, or that
	// nobody waited for.
	ReceivePacketsDropped uint32
	ChecksumErrors        uint32
	// Connections and Disconnections count attempts of either side.
	Connections, Disconnections uint32
	// ConnectionsDropped counts clients that the listen queue had no place for.
	ConnectionsDropped uint32
	RetransmitPackets  uint32
}

// TCPSocketInfo is the situation of a socket's connection and what it has done,
// as nx_tcp_socket_info_get returns it.
type TCPSocketInfo struct {
	PacketsSent, BytesSent         uint32
	PacketsReceived, BytesReceived uint32
	RetransmitPackets              uint32
	PacketsQueued                  uint32 // in the receive queue
	ChecksumErrors                 uint32
	State                          TCPState
	TransmitQueueDepth             uint32 // packets not yet acknowledged
	TransmitWindow                 uint32 // bytes that may be sent now
	ReceiveWindow                  uint32 // bytes the peer may send now
}

// traffic is what a socket counts.
type traffic struct {
	packetsSent, bytesSent         uint32
	packetsReceived, bytesReceived uint32
	retransmitted, checksumErrors  uint32
}

// TCPEnabled reports whether the instance may use TCP.
func (ip *IP) TCPEnabled() bool { return ip.tcp != nil }

// TCPInfo returns the counters of the instance's TCP, which must be enabled.
func (ip *IP) TCPInfo() TCPInfo { return ip.tcp.info }

// CountInvalidTCP counts a packet that a caller's check refused to send.
func (ip *IP) CountInvalidTCP() { ip.tcp.info.InvalidPackets++ }

// Info returns the situation of the socket's connection.
func (s *TCPSocket) Info() TCPSocketInfo {
	return TCPSocketInfo{
		PacketsSent:        s.count.packetsSent,
		BytesSent:          s.count.bytesSent,
		PacketsReceived:    s.count.packetsReceived,
		BytesReceived:      s.count.bytesReceived,
		RetransmitPackets:  s.count.retransmitted,
		PacketsQueued:      uint32(s.rx.queue.len()),
		ChecksumErrors:     s.count.checksumErrors,
		State:              s.state,
		TransmitQueueDepth: uint32(len(s.tx.queue)),
		TransmitWindow:     s.tx.allowed(s.mss),
		ReceiveWindow:      uint32(s.rx.window),
	}
}
