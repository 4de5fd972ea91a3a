package ipstack

// Info has the counters of nx_ip_info_get. Bytes are those behind the IP
// headers.
type Info struct {
	PacketsSent, BytesSent           uint32
	PacketsReceived, BytesReceived   uint32
	InvalidPackets                   uint32 // malformed, or with a bad checksum
	ReceiveDropped                   uint32 // received and not delivered
	ChecksumErrors                   uint32 // of IP headers
	SendDropped                      uint32 // not sent: too long, unresolved or no packet
	FragmentsSent, FragmentsReceived uint32
}

// Info returns the counters of the instance, as nx_ip_info_get does.
func (ip *IP) Info() Info { return ip.info }
