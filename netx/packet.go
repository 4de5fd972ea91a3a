package netx

import (
	"netxsim/netx/status"
)

// NxPacketAllocate takes a packet from pool and stores it in *packet, nil if
// there is none. The caller owns the packet.
//
// The packet starts with packetType bytes of header room. waitOption is in
// ticks; NX_NO_WAIT returns at once, NX_WAIT_FOREVER never times out.
//
// Status: NX_SUCCESS, NX_NO_PACKET, NX_PTR_ERROR, NX_OPTION_ERROR,
// NX_CALLER_ERROR, NX_WAIT_ABORTED, NX_POOL_DELETED, NX_INVALID_PARAMETERS.
// Callers: initialization, threads, timers, ISRs; only threads may wait.
func NxPacketAllocate(pool *NX_PACKET_POOL, packet **NX_PACKET, packetType, waitOption ULONG) UINT {
	switch {
	case pool.Unchecked() && packet != nil:
	case !pool.Created() || packet == nil:
		return NX_PTR_ERROR
	case packetType%4 != 0: // sizeof(ULONG)
		return NX_OPTION_ERROR
	case !threadToWait(pool.Kernel(), waitOption):
		return NX_CALLER_ERROR
	}
	if packetType > pool.Payload() {
		return NX_INVALID_PARAMETERS // before anything is stored
	}
	*packet = nil
	p, err := pool.Allocate(packetType, waitOption)
	*packet = p
	return status.Of(err)
}

// NxPacketCopy stores a copy of the chain in *newPacket, nil if it fails. The
// packets of the copy come from pool; the caller owns the copy and keeps the
// original.
//
// waitOption, in ticks, holds for each packet needed; NX_NO_WAIT returns at
// once, NX_WAIT_FOREVER never times out.
//
// Status: NX_SUCCESS, NX_NO_PACKET, NX_UNDERFLOW, NX_OVERFLOW, NX_PTR_ERROR,
// NX_CALLER_ERROR, NX_INVALID_PACKET, NX_WAIT_ABORTED, NX_POOL_DELETED.
// Callers: initialization, threads, timers, ISRs; only threads may wait.
func NxPacketCopy(packet *NX_PACKET, newPacket **NX_PACKET, pool *NX_PACKET_POOL, waitOption ULONG) UINT {
	switch {
	case pool.Unchecked() && !isNull(packet) && newPacket != nil:
	case !pool.Created() || isNull(packet) || newPacket == nil:
		return NX_PTR_ERROR
	case pointers(packet) != NX_SUCCESS:
		return pointers(packet)
	case !threadToWait(pool.Kernel(), waitOption):
		return NX_CALLER_ERROR
	}
	*newPacket = nil
	p, err := packet.Copy(pool, waitOption)
	*newPacket = p
	return status.Of(err)
}

// NxPacketDataAppend copies dataSize bytes of dataStart behind the data of the
// chain. Where it has no room left, packets of pool are chained to it.
//
// waitOption, in ticks, holds for each packet needed; NX_NO_WAIT returns at
// once, NX_WAIT_FOREVER never times out. Unlike NetX Duo, a dataSize beyond the
// end of dataStart is NX_PTR_ERROR.
//
// Status: NX_SUCCESS, NX_NO_PACKET, NX_UNDERFLOW, NX_OVERFLOW, NX_PTR_ERROR,
// NX_SIZE_ERROR, NX_CALLER_ERROR, NX_WAIT_ABORTED, NX_POOL_DELETED.
// Callers: initialization, threads, timers, ISRs; only threads may wait.
func NxPacketDataAppend(packet *NX_PACKET, dataStart []byte, dataSize ULONG, pool *NX_PACKET_POOL, waitOption ULONG) UINT {
	switch {
	case isShort(dataStart, dataSize):
		return NX_PTR_ERROR
	case pool.Unchecked():
	case !pool.Created() || isNull(packet):
		return NX_PTR_ERROR
	case dataSize == 0:
		return NX_SIZE_ERROR
	case pointers(packet) != NX_SUCCESS:
		return pointers(packet)
	case !threadToWait(pool.Kernel(), waitOption):
		return NX_CALLER_ERROR
	}
	return status.Of(packet.Append(dataStart[:dataSize], pool, waitOption))
}

// NxPacketDataExtractOffset copies data of the chain, from offset on, into
// bufferStart until bufferLength bytes are there or the data end, and stores
// the number of bytes.
//
// Unlike NetX Duo, which would write past the end of bufferStart if
// bufferLength is too large, it returns NX_PTR_ERROR then.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_PACKET_OFFSET_ERROR.
// Callers: initialization, threads, timers, ISRs.
func NxPacketDataExtractOffset(packet *NX_PACKET, offset ULONG, bufferStart []byte, bufferLength ULONG, bytesCopied *ULONG) UINT {
	if isNull(packet) || bufferStart == nil || bytesCopied == nil {
		return NX_PTR_ERROR
	}
	if isShort(bufferStart, min(bufferLength, packet.Length-offset)) && offset < packet.Length {
		return NX_PTR_ERROR
	}
	n, err := packet.Extract(offset, bufferStart[:min(uint64(bufferLength), uint64(len(bufferStart)))])
	if err == nil {
		*bytesCopied = uint32(n)
	}
	return status.Of(err)
}

// NxPacketDataRetrieve copies the data of the whole chain into bufferStart and
// stores the number of bytes.
//
// Unlike NetX Duo, which writes past the end of a buffer that is too small, it
// returns NX_OVERFLOW then.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_INVALID_PACKET.
// Callers: initialization, threads, timers, ISRs.
func NxPacketDataRetrieve(packet *NX_PACKET, bufferStart []byte, bytesCopied *ULONG) UINT {
	if isNull(packet) || bufferStart == nil || bytesCopied == nil {
		return NX_PTR_ERROR
	}
	n, err := packet.Retrieve(bufferStart)
	*bytesCopied = uint32(n)
	return status.Of(err)
}

// NxPacketLengthGet stores the number of data bytes in the chain.
//
// Status: NX_SUCCESS, NX_PTR_ERROR.
// Callers: initialization, threads, timers, ISRs.
func NxPacketLengthGet(packet *NX_PACKET, length *ULONG) UINT {
	switch {
	case unchecked(packet) && length != nil:
	case isNull(packet) || !packet.PoolOwner.Created() || length == nil:
		return NX_PTR_ERROR
	}
	*length = packet.Length
	return NX_SUCCESS
}

// NxPacketRelease gives the packet, and all that are chained to it, back to
// their pools; a thread that waits for a packet gets it at once. The caller
// must not use it again.
//
// Status: NX_SUCCESS, NX_UNDERFLOW, NX_OVERFLOW, NX_PTR_ERROR.
// Callers: initialization, threads, timers, ISRs.
func NxPacketRelease(packet *NX_PACKET) UINT {
	switch {
	case unchecked(packet):
	case packet == nil || !packet.PoolOwner.Created():
		return NX_PTR_ERROR
	case pointers(packet) != NX_SUCCESS:
		return pointers(packet)
	}
	return status.Of(packet.Release())
}

// NxPacketTransmitRelease is how a driver gives a packet back that it has sent.
// One that TCP still holds for a retransmission is marked as sent, any other is
// released. The driver must not use it again.
//
// Status: NX_SUCCESS, NX_UNDERFLOW, NX_OVERFLOW, NX_PTR_ERROR.
// Callers: initialization, threads, timers, ISRs.
func NxPacketTransmitRelease(packet *NX_PACKET) UINT {
	switch {
	case unchecked(packet):
	case packet == nil || !packet.PoolOwner.Created():
		return NX_PTR_ERROR
	case pointers(packet) != NX_SUCCESS:
		return pointers(packet)
	}
	return status.Of(packet.TransmitRelease())
}

// NxPacketVlanPrioritySet sets the VLAN priority, 0 to 7, that the packet is
// sent with. It needs a target with EnableVLAN (NX_ENABLE_VLAN).
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_NOT_SUPPORTED, NX_INVALID_PARAMETERS.
// Callers: initialization, threads, timers, ISRs.
func NxPacketVlanPrioritySet(packet *NX_PACKET, vlanPriority UINT) UINT {
	switch {
	case !current().Target.EnableVLAN:
		return NX_NOT_SUPPORTED
	case unchecked(packet):
	case isNull(packet) || !packet.PoolOwner.Created():
		return NX_PTR_ERROR
	case vlanPriority > NX_VLAN_PRIORITY_MAX:
		return NX_INVALID_PARAMETERS
	}
	packet.VlanPriority = uint8(vlanPriority)
	return NX_SUCCESS
}

// NxPacketDataAdjust makes room for headerSize bytes in front of the data: the
// internal service _nx_packet_data_adjust, which checks nothing.
func NxPacketDataAdjust(packet *NX_PACKET, headerSize ULONG) UINT {
	return status.Of(packet.Adjust(headerSize))
}

// NxPacketDebugInfoGet stores what is known about the packet at a position in
// the pool's memory: the packet, its state, the thread that used it last ("ISR"
// outside threads), and the source file and line where it did. The file of a
// packet in a queue is the queue's name, such as NX_PACKET_UDP_RECEIVE_QUEUE. A
// nil pointer skips its value. It needs a target with EnablePacketDebugInfo
// (NX_ENABLE_PACKET_DEBUG_INFO), without which C does not have the service.
//
// Unlike NetX Duo, packetStatus takes the value of UnionNext.TcpQueueNext, so
// that it compares with NX_PACKET_FREE, NX_PACKET_ALLOCATED and
// NX_PACKET_ENQUEUED, which all packets of TCP queues have; file and line are
// those of the call into the library where there is one, not inside it; and a
// packetIndex behind the last packet is NX_INVALID_PARAMETERS.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_NOT_SUPPORTED, NX_INVALID_PARAMETERS.
// Callers: initialization, threads, timers, ISRs.
func NxPacketDebugInfoGet(pool *NX_PACKET_POOL, packetIndex UINT, packet, packetStatus **NX_PACKET,
	threadInfo, fileInfo *string, line *ULONG) UINT {
	if !current().Target.EnablePacketDebugInfo {
		return NX_NOT_SUPPORTED
	}
	info, err := pool.DebugInfo(int(packetIndex))
	if err != nil {
		return status.Of(err)
	}
	store(packet, info.Packet)
	store(packetStatus, info.Packet.UnionNext.TcpQueueNext)
	store(threadInfo, info.Thread)
	store(fileInfo, info.File)
	store(line, ULONG(info.Line))
	return NX_SUCCESS
}

// unchecked reports whether the packet's program was built with
// NX_DISABLE_ERROR_CHECKING. What its services do with what the checks would
// have refused is up to the native packages, which do not crash where C would.
func unchecked(packet *NX_PACKET) bool { return packet != nil && packet.PoolOwner.Unchecked() }

// isNull reports whether packet is what C would have as a null pointer.
func isNull(packet *NX_PACKET) bool { return packet == nil || packet.Released() }

// isShort reports whether memory is null or ends before its C size.
func isShort(memory []byte, size ULONG) bool {
	return memory == nil || uint64(size) > uint64(len(memory))
}

// pointers tests the packet's pointers against its payload.
func pointers(packet *NX_PACKET) UINT {
	switch {
	case packet.PrependPtr < packet.DataStart:
		return NX_UNDERFLOW
	case packet.AppendPtr > packet.DataEnd:
		return NX_OVERFLOW
	}
	return NX_SUCCESS
}
