package netx

import (
	"fmt"
	"unsafe"
)

// Sizeof is sizeof of a C type on the program's target, in bytes: of the control
// blocks of NetX Duo, of NX_PACKET, which depends on the build's options, of
// NXD_ADDRESS, and of plain values.
//
// Go's unsafe.Sizeof tells the size in the simulator, which a pool's arithmetic
// must not use. Control blocks whose C size is not recorded (those of ThreadX)
// panic.
func Sizeof[T any]() ULONG {
	program := current()
	var zero T
	switch v := any(&zero).(type) {
	case *NX_PACKET:
		return program.Target.HeaderSize()
	case *NX_PACKET_POOL:
		return program.Target.PoolSize()
	case *NXD_ADDRESS:
		return sizes[program.profile()].address
	case *NX_IP:
		return sizes[program.profile()].ip
	case *NX_UDP_SOCKET:
		return sizes[program.profile()].udp
	case *NX_TCP_SOCKET:
		return sizes[program.profile()].tcp
	case *NX_POP3_CLIENT:
		return sizes[program.profile()].pop3
	case *byte, *uint16, *int16, *uint32, *int32, *uint64, *int64:
		return ULONG(unsafe.Sizeof(zero))
	default:
		panic(fmt.Sprintf("netx: the size of %T in C is not recorded", v))
	}
}

// A profile is a build that changes the size of control blocks.
type profile struct {
	pointer uint32
	ipv6    bool
}

func (p *Program) profile() profile {
	return profile{max(p.Target.PointerSize, 4), !p.Target.DisableIPv6}
}

// sizes are bytes per control block in builds with default options; a test
// compares them with the inventory.
var sizes = map[profile]struct{ address, udp, tcp, ip, pop3 ULONG }{
	{4, true}:  {20, 120, 316, 3804, 576},
	{4, false}: {8, 120, 300, 1992, 560},
	{8, true}:  {20, 192, 440, 5904, 712},
	{8, false}: {8, 192, 416, 3440, 688},
}
