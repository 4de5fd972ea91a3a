package netx_test

import (
	"net/netip"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	. "netxsim/netx"

	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/packetpool"
	"netxsim/pop3client"
	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/mailbox"
	"netxsim/sim/pop3server"
)

// TestPop3Fixes runs one ported program with and without fixes, which are the
// program's choice: no line of the C code says anything about them.
func TestPop3Fixes(t *testing.T) {
	tests := map[string]struct {
		fixes  pop3client.Fixes
		login  UINT // with a wrong password
		bytes  ULONG
		text   string
		logged int
	}{
		"none": {pop3client.NoFixes, NX_SUCCESS, 14, "Hello\r\n..\r\n.\r\n", 3},
		"one":  {pop3client.FixesOf(pop3client.QuirkPassReject), NX_POP3_SERVER_ERROR_STATUS, 14, "Hello\r\n..\r\n.\r\n", 3},
		"all":  {pop3client.AllFixes, NX_POP3_SERVER_ERROR_STATUS, 10, "Hello\r\n.\r\n", 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			core, logs := observer.New(zap.WarnLevel)
			runPop3(t, Pop3Options{Fixes: tt.fixes, Log: zap.New(core)}, func(ip *NX_IP, pool *NX_PACKET_POOL) {
				var client NX_POP3_CLIENT
				const server = 0xC0020259
				if got := NxPop3ClientCreate(&client, 0, ip, pool, server, 110, "mrose", "wrong"); got != tt.login {
					t.Errorf("wrong password: 0x%02X, want 0x%02X", got, tt.login)
				}
				if !tt.fixes.Has(pop3client.QuirkCreateFailOpen) {
					NxPop3ClientDelete(&client)
				}
				if got := NxPop3ClientCreate(&client, 0, ip, pool, server, 110, "mrose", "tanstaaf"); got != NX_SUCCESS {
					t.Errorf("create: 0x%02X", got)
				}
				var items UINT
				var size, bytes ULONG
				NxPop3ClientMailItemsGet(&client, &items, &size)
				NxPop3ClientMailItemGet(&client, 1, &size)
				text := ""
				for final := UINT(NX_FALSE); final == NX_FALSE; {
					var packet *NX_PACKET
					if got := NxPop3ClientMailItemMessageGet(&client, &packet, &bytes, &final); got != NX_SUCCESS {
						t.Fatalf("message: 0x%02X", got)
					}
					text += string(packet.Bytes())
					NxPacketRelease(packet)
				}
				if text != tt.text || bytes != tt.bytes {
					t.Errorf("%q, %d bytes in the last packet; want %q, %d", text, bytes, tt.text, tt.bytes)
				}
				NxPop3ClientDelete(&client)
			})
			if logs.Len() != tt.logged {
				t.Errorf("%d quirks logged, want %d: %v", logs.Len(), tt.logged, logs.All())
			}
		})
	}
}

// runPop3 runs f in a thread of a program with options, beside a server on
// 192.2.2.89.
func runPop3(t *testing.T, options Pop3Options, f func(ip *NX_IP, pool *NX_PACKET_POOL)) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	kernel := sim.New(sim.Config{})
	wire := link.New(kernel, link.Config{})
	pool, err := packetpool.New(kernel, packetpool.Config{Payload: 1536, Size: packetpool.SizeFor(packetpool.ILP32, 1536, 8)})
	must(err)
	ip, err := ipstack.New(kernel, ipstack.Config{
		Name:    "target",
		Address: netip.MustParsePrefix("192.2.2.61/24"),
		Pool:    pool,
		Driver:  ipstack.Ethernet(wire, ipstack.HardwareAddress{2, 0, 0, 0, 0, 1}),
	})
	must(err)
	must(ip.EnableARP(8))
	must(ip.EnableTCP())
	machine := host.New(kernel, host.Config{
		Name:            "server",
		Address:         netip.MustParsePrefix("192.2.2.89/24"),
		Wire:            wire,
		HardwareAddress: [6]byte{2, 0, 0, 0, 0, 2},
	})
	listener, err := machine.Listen("tcp", ":110")
	must(err)
	box := mailbox.New(mailbox.NewMessage("1", []byte("Hello\r\n.\r\n")))
	server, err := pop3server.New(pop3server.Config{
		Users:        []pop3server.User{{Name: "mrose", Password: "tanstaaf", Mailbox: box}},
		SplitReplies: true,
		Go:           machine.Go,
	})
	must(err)
	machine.Go(func() { server.Serve(listener) })
	_, err = kernel.NewThread(sim.ThreadConfig{Name: "client", Priority: 16, Entry: func() { f(ip, pool) }})
	must(err)
	program := Program{Kernel: kernel, Pop3: options}
	_, err = program.Run(func() {})
	must(err)
	if pool.Available() != pool.Total() {
		t.Errorf("%d of %d packets free: %v", pool.Available(), pool.Total(), pool.Holders())
	}
}
