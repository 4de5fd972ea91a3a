package pop3

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net/netip"

	"netxsim/netx"
	"netxsim/packetpool"
)

// unwritten marks an output parameter before the call.
const unwritten = 0xA5C35A3C

// A player makes the calls of a case.
type player struct {
	network *network
	ip      *netx.NX_IP
	client  netx.NX_POP3_CLIENT
	taken   []*packetpool.Packet // by pool_take
	kept    []*packetpool.Packet // by mail_item_message_get
}

// result is what a call answered: status, and output parameters by name.
type result map[string]any

// call makes the call of a step.
func (p *player) call(s step) (result, error) {
	client := &p.client
	if s.In.Null == "client" {
		client = nil
	}
	switch s.Op {
	case "create":
		return p.create(client, s.In)
	case "mail_items_get":
		return p.mailItemsGet(client, s.In), nil
	case "mail_item_size_get":
		return p.sized(s.In, func(size *uint32) uint32 { return netx.NxPop3ClientMailItemSizeGet(client, s.In.Index, size) }), nil
	case "mail_item_get":
		return p.sized(s.In, func(size *uint32) uint32 { return netx.NxPop3ClientMailItemGet(client, s.In.Index, size) }), nil
	case "mail_item_message_get":
		return p.messageGet(client, s.In), nil
	case "mail_item_delete":
		return result{"status": netx.NxPop3ClientMailItemDelete(client, s.In.Index)}, nil
	case "quit":
		return result{"status": netx.NxPop3ClientQuit(client)}, nil
	case "delete":
		return result{"status": netx.NxPop3ClientDelete(client)}, nil
	}
	return p.aside(s)
}

// aside carries out a step that is not a call of the client.
func (p *player) aside(s step) (result, error) {
	var err error
	switch s.Op {
	case "sleep":
		err = p.network.kernel.Sleep(s.In.Ticks)
	case "pool_take":
		for err == nil && p.network.pool.Available() > s.In.Leave {
			var packet *packetpool.Packet
			packet, err = p.network.pool.Allocate(0, 0)
			p.taken = append(p.taken, packet)
		}
	case "pool_restore":
		p.taken, err = releaseAll(p.taken)
	case "release_kept":
		p.kept, err = releaseAll(p.kept)
	default:
		err = fmt.Errorf("pop3 vector: unknown op %q", s.Op)
	}
	return result{"status": uint32(0)}, err
}

func releaseAll(packets []*packetpool.Packet) ([]*packetpool.Packet, error) {
	for _, packet := range packets {
		if err := packet.Release(); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func (p *player) create(client *netx.NX_POP3_CLIENT, in input) (result, error) {
	address, err := netip.ParseAddr(in.Address)
	if err != nil {
		return nil, err
	}
	ip, pool := p.ip, p.network.pool
	user, password := string(latin1(in.User)), string(latin1(in.Password))
	duo := duoAddress(address)
	switch in.Null {
	case "ip":
		ip = nil
	case "pool":
		pool = nil
	case "address":
		duo = nil
	case "name":
		user = netx.NX_NULL_STRING
	case "password":
		password = netx.NX_NULL_STRING
	}
	if in.API == "nx" {
		b := address.As4()
		return result{"status": netx.NxPop3ClientCreate(client, in.apop(), ip, pool,
			binary.BigEndian.Uint32(b[:]), in.Port, user, password)}, nil
	}
	return result{"status": netx.NxdPop3ClientCreate(client, in.apop(), ip, pool, duo, in.Port, user, password)}, nil
}

// duoAddress returns an address in the form of the dual-stack calls.
func duoAddress(address netip.Addr) *netx.NXD_ADDRESS {
	var duo netx.NXD_ADDRESS
	if address.Is4() {
		b := address.As4()
		duo.IpVersion, duo.IpAddress.V4 = netx.NX_IP_VERSION_V4, binary.BigEndian.Uint32(b[:])
		return &duo
	}
	b := address.As16()
	duo.IpVersion = netx.NX_IP_VERSION_V6
	for i := range duo.IpAddress.V6 {
		duo.IpAddress.V6[i] = binary.BigEndian.Uint32(b[4*i:])
	}
	return &duo
}

// pointer returns where an output parameter goes, nil for the one that is to be
// null.
func pointer(in input, name string, to *uint32) *uint32 {
	*to = unwritten
	if in.Null == name {
		return nil
	}
	return to
}

// written returns the value of an output parameter, nil if it has none.
func written(value uint32) any {
	if value == unwritten {
		return nil
	}
	return value
}

func (p *player) mailItemsGet(client *netx.NX_POP3_CLIENT, in input) result {
	var items, total uint32
	s := netx.NxPop3ClientMailItemsGet(client, pointer(in, "items", &items), pointer(in, "total", &total))
	return result{"status": s, "items": written(items), "total": written(total)}
}

// sized makes a call whose only output is a size.
func (p *player) sized(in input, call func(size *uint32) uint32) result {
	var size uint32
	s := call(pointer(in, "size", &size))
	return result{"status": s, "size": written(size)}
}

func (p *player) messageGet(client *netx.NX_POP3_CLIENT, in input) result {
	var bytes, final uint32
	var packet *netx.NX_PACKET
	to := &packet
	if in.Null == "packet" {
		to = nil
	}
	s := netx.NxPop3ClientMailItemMessageGet(client, to, pointer(in, "bytes", &bytes), pointer(in, "final", &final))
	r := result{"status": s, "packet": describe(packet), "bytes_retrieved": written(bytes), "final_packet": written(final)}
	switch {
	case packet == nil:
	case in.Release:
		packet.Release()
	default:
		p.kept = append(p.kept, packet)
	}
	return r
}

// describe returns what a vector says about a packet, nil without one.
func describe(packet *packetpool.Packet) any {
	if packet == nil {
		return nil
	}
	chain := uint32(0)
	for q := packet; q != nil; q = q.Next {
		chain++
	}
	text := textOf(packet)
	text = text[:min(len(text), int(packet.Length))]
	m := map[string]any{"length": packet.Length, "chain": chain, "crc32": crc32.ChecksumIEEE(text)}
	if len(text) <= shownText {
		m["text"] = fromLatin1(text)
	}
	return m
}

// shownText is how many bytes of a packet a vector spells out.
const shownText = 64
