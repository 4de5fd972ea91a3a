package netx

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"unsafe"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/pop3client"
)

type (
	// NX_IP is the control block of an IP instance.
	NX_IP = ipstack.IP
	// NX_POP3_CLIENT is the control block of a POP3 client. The zero value is
	// what NxPop3ClientCreate wants.
	NX_POP3_CLIENT = pop3client.Client
)

// NXD_ADDRESS is an address of either IP version. Its parts are in host byte
// order.
type NXD_ADDRESS struct {
	IpVersion ULONG // NX_IP_VERSION_V4 or NX_IP_VERSION_V6
	IpAddress struct {
		V4 ULONG
		V6 [4]ULONG
	}
}

// addr returns the address as Go has it; the zero Addr if its version is none.
func (a *NXD_ADDRESS) addr() netip.Addr {
	switch a.IpVersion {
	case NX_IP_VERSION_V4:
		return v4(a.IpAddress.V4)
	case NX_IP_VERSION_V6:
		var b [16]byte
		for i, part := range a.IpAddress.V6 {
			binary.BigEndian.PutUint32(b[4*i:], part)
		}
		return netip.AddrFrom16(b)
	}
	return netip.Addr{}
}

// set stores an address.
func (a *NXD_ADDRESS) set(address netip.Addr) {
	if address.Is4() {
		b := address.As4()
		a.IpVersion, a.IpAddress.V4 = NX_IP_VERSION_V4, binary.BigEndian.Uint32(b[:])
		return
	}
	a.IpVersion = NX_IP_VERSION_V6
	b := address.As16()
	for i := range a.IpAddress.V6 {
		a.IpAddress.V6[i] = binary.BigEndian.Uint32(b[4*i:])
	}
}

func v4(address ULONG) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], address)
	return netip.AddrFrom4(b)
}

var nullByte = [1]byte{}

// NX_NULL_STRING is the null pointer among strings: the services that refuse a
// null CHAR * refuse it. The empty string is not null.
var NX_NULL_STRING = unsafe.String(&nullByte[0], len(nullByte))

func isNullString(s string) bool { return unsafe.StringData(s) == &nullByte[0] }

// cString returns s as C reads it: up to the first zero byte.
func cString(s string) string {
	s, _, _ = strings.Cut(s, "\x00")
	return s
}

// isCreated reports whether ip is a control block in use.
func isCreated(ip *NX_IP) bool { return ip.Kernel() != nil }

// NxPop3ClientCreate connects to the POP3 server at serverIpAddress, an IPv4
// address in host byte order, and logs in: with APOP if apopAuthentication is
// not 0 and the server offers it, else with USER and PASS. Commands take their
// packets from packetPool.
//
// The name has at most 40 bytes, the password 20. [Program.Pop3] says which of
// the library's bugs the client is to avoid.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_POP3_PARAM_ERROR, NX_NO_PACKET,
// NX_INVALID_PACKET, NX_NOT_ENABLED, NX_WAIT_ABORTED, NX_IP_ADDRESS_ERROR,
// NX_NOT_CONNECTED, NX_NO_FREE_PORTS, NX_INVALID_PORT, NX_NOT_SUPPORTED,
// NX_INVALID_PARAMETERS, NX_POP3_APOP_FAILED_MD5_DIGEST,
// NX_POP3_SERVER_ERROR_STATUS, NX_POP3_INSUFFICIENT_PACKET_PAYLOAD.
// Callers: threads.
func NxPop3ClientCreate(client *NX_POP3_CLIENT, apopAuthentication UINT, ip *NX_IP, packetPool *NX_PACKET_POOL,
	serverIpAddress, serverPort ULONG, clientName, clientPassword string) UINT {
	switch {
	case ip == nil || client == nil || packetPool == nil || isNullString(clientName) || isNullString(clientPassword):
		return NX_PTR_ERROR
	case !isCreated(ip) || serverIpAddress == 0 || serverPort == 0:
		return NX_POP3_PARAM_ERROR
	}
	options := pop3Options()
	return status.Of(client.Create(pop3client.Config{
		IP:       ip,
		Pool:     packetPool,
		Server:   v4(serverIpAddress),
		Port:     serverPort,
		User:     cString(clientName),
		Password: cString(clientPassword),
		APOP:     apopAuthentication != 0,
		Fixes:    options.Fixes,
		Log:      options.Log,
	}))
}

// NxdPop3ClientCreate is NxPop3ClientCreate for a server of either IP version.
//
// Unlike NetX Duo, which never returns for an address whose version is neither
// 4 nor 6, it returns NX_POP3_PARAM_ERROR then.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_POP3_PARAM_ERROR, NX_NO_PACKET,
// NX_INVALID_PACKET, NX_NOT_ENABLED, NX_WAIT_ABORTED, NX_IP_ADDRESS_ERROR,
// NX_NOT_CONNECTED, NX_NO_FREE_PORTS, NX_INVALID_PORT, NX_INVALID_PARAMETERS,
// NX_NO_INTERFACE_ADDRESS, NX_POP3_APOP_FAILED_MD5_DIGEST,
// NX_POP3_SERVER_ERROR_STATUS, NX_POP3_INSUFFICIENT_PACKET_PAYLOAD.
// Callers: threads.
func NxdPop3ClientCreate(client *NX_POP3_CLIENT, apopAuthentication UINT, ip *NX_IP, packetPool *NX_PACKET_POOL,
	serverDuoAddress *NXD_ADDRESS, serverPort ULONG, clientName, clientPassword string) UINT {
	switch {
	case ip == nil || client == nil || packetPool == nil || serverDuoAddress == nil ||
		isNullString(clientName) || isNullString(clientPassword):
		return NX_PTR_ERROR
	case !isCreated(ip) || serverPort == 0:
		return NX_POP3_PARAM_ERROR
	}
	options := pop3Options()
	return status.Of(client.Create(pop3client.Config{
		IP:       ip,
		Pool:     packetPool,
		Server:   serverDuoAddress.addr(),
		Port:     serverPort,
		User:     cString(clientName),
		Password: cString(clientPassword),
		APOP:     apopAuthentication != 0,
		Fixes:    options.Fixes,
		Log:      options.Log,
	}))
}

// NxPop3ClientDelete closes the connection and clears client, which may be
// created again.
//
// Unlike NetX Duo, which crashes, it returns NX_PTR_ERROR for a client that is
// not created.
//
// Status: NX_SUCCESS, NX_PTR_ERROR.
// Callers: threads.
func NxPop3ClientDelete(client *NX_POP3_CLIENT) UINT {
	if client == nil {
		return NX_PTR_ERROR
	}
	return status.Of(client.Delete())
}

// NxPop3ClientMailItemsGet stores how many messages wait and how many bytes
// they have together. When nothing usable came from the server, both stay as
// they are.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_POP3_SERVER_ERROR_STATUS,
// NX_POP3_INSUFFICIENT_PACKET_PAYLOAD, NX_NO_PACKET, NX_INVALID_PACKET,
// NX_WAIT_ABORTED, NX_NOT_CONNECTED, NX_WINDOW_OVERFLOW,
// NX_INVALID_PARAMETERS.
// Callers: threads.
func NxPop3ClientMailItemsGet(client *NX_POP3_CLIENT, numberMailItems *UINT, maildropTotalSize *ULONG) UINT {
	if client == nil || numberMailItems == nil || maildropTotalSize == nil {
		return NX_PTR_ERROR
	}
	items, total, err := client.MailItems()
	s := status.Of(err)
	if s == NX_SUCCESS || s == NX_POP3_SERVER_ERROR_STATUS {
		*numberMailItems, *maildropTotalSize = items, total
	}
	return s
}

// NxPop3ClientMailItemSizeGet stores the size of a message in bytes, 0 if it
// fails. Messages count from 1.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_POP3_INVALID_MAIL_ITEM,
// NX_POP3_SERVER_ERROR_STATUS, NX_POP3_INSUFFICIENT_PACKET_PAYLOAD,
// NX_POP3_CLIENT_INVALID_INDEX, NX_NO_PACKET, NX_INVALID_PACKET,
// NX_WAIT_ABORTED, NX_NOT_CONNECTED, NX_WINDOW_OVERFLOW,
// NX_INVALID_PARAMETERS.
// Callers: threads.
func NxPop3ClientMailItemSizeGet(client *NX_POP3_CLIENT, mailItem UINT, size *ULONG) UINT {
	switch {
	case client == nil || size == nil:
		return NX_PTR_ERROR
	case mailItem == 0:
		return NX_POP3_CLIENT_INVALID_INDEX
	}
	bytes, err := client.MailItemSize(mailItem)
	*size = bytes
	return status.Of(err)
}

// NxPop3ClientMailItemGet asks for a message, which
// NxPop3ClientMailItemMessageGet brings then, and stores its size in bytes, 0
// if the server does not tell. Messages count from 1.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_POP3_INVALID_MAIL_ITEM,
// NX_POP3_SERVER_ERROR_STATUS, NX_POP3_INSUFFICIENT_PACKET_PAYLOAD,
// NX_POP3_CLIENT_INVALID_INDEX, NX_NO_PACKET, NX_INVALID_PACKET,
// NX_WAIT_ABORTED, NX_NOT_CONNECTED, NX_WINDOW_OVERFLOW,
// NX_INVALID_PARAMETERS.
// Callers: threads.
func NxPop3ClientMailItemGet(client *NX_POP3_CLIENT, mailItem UINT, itemSize *ULONG) UINT {
	switch {
	case client == nil || itemSize == nil:
		return NX_PTR_ERROR
	case mailItem == 0:
		return NX_POP3_CLIENT_INVALID_INDEX
	}
	bytes, err := client.MailItem(mailItem)
	if err == nil {
		*itemSize = bytes
	}
	return status.Of(err)
}

// NxPop3ClientMailItemMessageGet stores the next packet of the message, which
// the caller owns then, how many bytes it has, and NX_TRUE in *finalPacket if
// it is the last one.
//
// The end mark is part of the last packet. bytesRetrieved is 0 for a last
// packet of five bytes or less. *recvPacket stays as it is when no packet came.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_POP3_CLIENT_INVALID_STATE,
// NX_NO_PACKET, NX_WAIT_ABORTED, NX_NOT_CONNECTED.
// Callers: threads.
func NxPop3ClientMailItemMessageGet(client *NX_POP3_CLIENT, recvPacket **NX_PACKET, bytesRetrieved *ULONG, finalPacket *UINT) UINT {
	if client == nil || recvPacket == nil || bytesRetrieved == nil || finalPacket == nil {
		return NX_PTR_ERROR
	}
	*finalPacket = 0
	packet, bytes, final, err := client.Message()
	*bytesRetrieved = bytes
	if err != nil {
		return status.Of(err)
	}
	*recvPacket = packet
	if final {
		*finalPacket = 1
	}
	return NX_SUCCESS
}

// NxPop3ClientMailItemDelete asks the server to delete a message when the
// session ends. Messages count from 1.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_POP3_SERVER_ERROR_STATUS, NX_POP3_INSUFFICIENT_PACKET_PAYLOAD,
// NX_POP3_CLIENT_INVALID_INDEX, NX_NO_PACKET, NX_INVALID_PACKET,
// NX_WAIT_ABORTED, NX_NOT_CONNECTED, NX_WINDOW_OVERFLOW,
// NX_INVALID_PARAMETERS.
// Callers: threads.
func NxPop3ClientMailItemDelete(client *NX_POP3_CLIENT, mailIndex UINT) UINT {
	switch {
	case client == nil:
		return NX_PTR_ERROR
	case mailIndex == 0:
		return NX_POP3_CLIENT_INVALID_INDEX
	}
	return status.Of(client.MailItemDelete(mailIndex))
}

// NxPop3ClientQuit says QUIT. The connection stays until NxPop3ClientDelete.
//
// Status: NX_SUCCESS, NX_NO_PACKET, NX_PTR_ERROR, NX_INVALID_PACKET,
// NX_WAIT_ABORTED, NX_NOT_CONNECTED, NX_WINDOW_OVERFLOW,
// NX_INVALID_PARAMETERS, NX_POP3_SERVER_ERROR_STATUS,
// NX_POP3_INSUFFICIENT_PACKET_PAYLOAD.
// Callers: threads.
func NxPop3ClientQuit(client *NX_POP3_CLIENT) UINT {
	if client == nil {
		return NX_PTR_ERROR
	}
	return status.Of(client.Quit())
}
