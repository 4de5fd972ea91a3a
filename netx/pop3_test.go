package netx_test

import (
	"net/netip"
	"testing"

	. "netxsim/netx"

	"netxsim/ipstack"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

// TestPop3Checks covers what the POP3 vectors cannot: they were recorded on a
// library that crashes or hangs there.
func TestPop3Checks(t *testing.T) {
	inThread(t, func(ip *NX_IP, pool *NX_PACKET_POOL) {
		var client NX_POP3_CLIENT
		var address NXD_ADDRESS
		address.IpVersion = 5
		expect := func(call string, got, want UINT) {
			t.Helper()
			if got != want {
				t.Errorf("%s: 0x%02X, want 0x%02X", call, got, want)
			}
		}
		expect("version 5", NxdPop3ClientCreate(&client, 0, ip, pool, &address, 110, "u", "p"), NX_POP3_PARAM_ERROR)
		expect("no address", NxdPop3ClientCreate(&client, 0, ip, pool, nil, 110, "u", "p"), NX_PTR_ERROR)
		expect("no name", NxPop3ClientCreate(&client, 0, ip, pool, 0xC0020259, 110, NX_NULL_STRING, "p"), NX_PTR_ERROR)
		expect("no TCP", NxPop3ClientCreate(&client, 0, ip, pool, 0xC0020259, 110, "", ""), NX_NOT_ENABLED)
		address.IpVersion = NX_IP_VERSION_V6
		expect("IPv6", NxdPop3ClientCreate(&client, 0, ip, pool, &address, 110, "u", "p"), NX_NOT_ENABLED)

		var n, total, final ULONG
		packet := new(NX_PACKET)
		kept := packet
		expect("STAT", NxPop3ClientMailItemsGet(&client, &n, &total), NX_PTR_ERROR)
		expect("LIST", NxPop3ClientMailItemSizeGet(&client, 1, &n), NX_POP3_INVALID_MAIL_ITEM)
		expect("RETR", NxPop3ClientMailItemGet(&client, 1, &n), NX_POP3_INVALID_MAIL_ITEM)
		expect("message", NxPop3ClientMailItemMessageGet(&client, &packet, &n, &final), NX_POP3_CLIENT_INVALID_STATE)
		expect("DELE", NxPop3ClientMailItemDelete(&client, 1), NX_PTR_ERROR)
		expect("QUIT", NxPop3ClientQuit(&client), NX_PTR_ERROR)
		expect("delete", NxPop3ClientDelete(&client), NX_PTR_ERROR)
		if packet != kept {
			t.Error("the failed call stored a packet")
		}
	})
}

// inThread runs f in a thread, with an instance without TCP.
func inThread(t *testing.T, f func(ip *NX_IP, pool *NX_PACKET_POOL)) {
	t.Helper()
	kernel := sim.New(sim.Config{})
	pool, err := packetpool.New(kernel, packetpool.Config{Payload: 1536, Size: packetpool.SizeFor(packetpool.ILP32, 1536, 4)})
	if err != nil {
		t.Fatal(err)
	}
	ip, err := ipstack.New(kernel, ipstack.Config{
		Name:    "target",
		Address: netip.MustParsePrefix("192.2.2.61/24"),
		Pool:    pool,
		Driver:  ipstack.Ethernet(link.New(kernel, link.Config{}), ipstack.HardwareAddress{2, 0, 0, 0, 0, 1}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kernel.NewThread(sim.ThreadConfig{Name: "client", Priority: 16, Entry: func() { f(ip, pool) }}); err != nil {
		t.Fatal(err)
	}
	program := Program{Kernel: kernel}
	if _, err := program.Run(func() {}); err != nil {
		t.Fatal(err)
	}
}
