package ipstack

import (
	"gvisor.dev/gvisor/pkg/tcpip/checksum"

	"netxsim/packetpool"
)

// checksumOf returns the Internet checksum (RFC 1071) of a chain's data, added
// to initial. It is 0xffff where the data have a right checksum in them.
func checksumOf(packet *packetpool.Packet, initial uint16) uint16 {
	var c checksum.Checksumer
	for p := packet; p != nil; p = p.Next {
		c.Add(p.Bytes())
	}
	return checksum.Combine(c.Checksum(), initial)
}

// pseudoHeader is the checksum of what UDP and TCP count of the IP header.
func pseudoHeader(from, to uint32, protocol uint8, length uint32) uint16 {
	sum := from>>16 + from&0xffff + to>>16 + to&0xffff + uint32(protocol) + length
	sum = sum>>16 + sum&0xffff
	return uint16(sum>>16 + sum)
}
