package host_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"netxsim/ipstack/host"
	"netxsim/sim/link"
	"netxsim/sim/link/fault"
)

// bubble6 runs a test in a bubble on a network with two hosts and two devices that all have both protocols.
func bubble6(t *testing.T, config link.Config, test func(t *testing.T, n *network, machines []machine)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := buildWith(config, 1, true)
		c, d := n.device(t, "c", 3, 32), n.device(t, "d", 4, 32)
		n.stop = n.kernel.Start(nil)
		test(t, n, []machine{n.a, n.b, c, d})
		time.Sleep(time.Minute)
		n.end(t)
		whole(t, c, d)
	})
}

// TestTCP6 moves data both ways over IPv6 alone, between hosts and devices, over a wire that loses frames.
func TestTCP6(t *testing.T) {
	for _, p := range somePairs() {
		t.Run(p.name, func(t *testing.T) {
			bubble6(t, link.Config{Latency: time.Millisecond, Loss: 0.02}, func(t *testing.T, n *network, machines []machine) {
				server, client := machines[p.server], machines[p.client]
				n.kernel.Do(func() {
					fault.Attach(n.wire, fault.Fault{Name: "IPv4", If: fault.Check{Text: "IPv4", F: func(f *link.Fate, i int) bool {
						return fault.Decode(f.Copies[i].Frame).EtherType == 0x0800
					}}, Do: fault.Drop{}})
				})
				l := listen(t, server, "tcp6", ":7")
				defer l.Close()
				go func() {
					if c, err := l.Accept(); err == nil {
						echo(c)
					}
				}()
				c, err := client.Dial("tcp", l.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				for _, a := range []net.Addr{c.LocalAddr(), c.RemoteAddr()} {
					if ip := a.(*net.TCPAddr).IP; ip.To4() != nil {
						t.Errorf("%v is no IPv6 address", ip)
					}
				}
				wantEcho(t, spawn, c, bytes.Repeat([]byte("six "), 20_000))
			})
		})
	}
}

// listen opens a TCP port.
func listen(t *testing.T, m machine, network, address string) net.Listener {
	t.Helper()
	l, err := m.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestUDP6 sends datagrams both ways over IPv6, whole and in fragments.
func TestUDP6(t *testing.T) {
	for _, p := range somePairs() {
		t.Run(p.name, func(t *testing.T) {
			bubble6(t, link.Config{Latency: time.Millisecond}, func(t *testing.T, n *network, machines []machine) {
				for _, m := range machines[2:] {
					n.kernel.Do(m.(*host.Device).IP().EnableFragmentation)
				}
				to, err := machines[p.server].ListenPacket("udp6", ":7")
				if err != nil {
					t.Fatal(err)
				}
				defer to.Close()
				from, err := machines[p.client].Dial("udp", to.LocalAddr().String())
				if err != nil {
					t.Fatal(err)
				}
				defer from.Close()
				for _, size := range []int{0, 1, 1400, 5000} {
					sent, got := bytes.Repeat([]byte{byte(size)}, size), make([]byte, 6000)
					if _, err := from.Write(sent); err != nil {
						t.Fatal(err)
					}
					to.SetReadDeadline(time.Now().Add(5 * time.Second))
					k, addr, err := to.ReadFrom(got)
					if err != nil || !bytes.Equal(got[:k], sent) {
						t.Fatalf("%d of %d bytes have arrived, %v", k, size, err)
					}
					if _, err := to.WriteTo(got[:k], addr); err != nil {
						t.Fatal(err)
					}
					from.SetReadDeadline(time.Now().Add(5 * time.Second))
					if k, err := from.Read(got); err != nil || !bytes.Equal(got[:k], sent) {
						t.Errorf("%d of %d bytes have come back, %v", k, size, err)
					}
				}
			})
		})
	}
}

// TestDualStack wants a port without a host to be one for both protocols, and one of a protocol for that only.
func TestDualStack(t *testing.T) {
	for _, test := range []struct {
		network, address string
		four, six        bool
	}{
		{"tcp", ":7", true, true},
		{"tcp", "[::]:7", true, true},
		{"tcp4", ":7", true, false},
		{"tcp", "0.0.0.0:7", true, false},
		{"tcp6", ":7", false, true},
		{"tcp6", "[::]:7", false, true},
		{"tcp", "[fd00::1]:7", false, true},
	} {
		t.Run(test.network+" "+test.address, func(t *testing.T) {
			bubble6(t, link.Config{}, func(t *testing.T, n *network, machines []machine) {
				l := listen(t, n.a, test.network, test.address)
				defer l.Close()
				for address, want := range map[string]bool{"10.0.0.1:7": test.four, "[fd00::1]:7": test.six} {
					c, err := n.b.Dial("tcp", address)
					if want != (err == nil) || err != nil && !errors.Is(err, syscall.ECONNREFUSED) {
						t.Errorf("dial %s: %v, want a connection: %v", address, err, want)
					}
					if err == nil {
						peer, _ := l.Accept()
						if got := peer.LocalAddr().String(); got != address {
							t.Errorf("accepted at %s, dialled %s", got, address)
						}
						peer.Close()
						c.Close()
					}
				}
			})
		})
	}
}

// TestDualStackUDP has one port talk to machines by both protocols.
func TestDualStackUDP(t *testing.T) {
	bubble6(t, link.Config{}, func(t *testing.T, n *network, machines []machine) {
		for _, m := range machines[1:] {
			port, err := n.a.ListenPacket("udp", ":7")
			if err != nil {
				t.Fatal(err)
			}
			for network, want := range map[string]string{"udp4": "10.0.0.1:7", "udp6": "[fd00::1]:7"} {
				c, err := m.Dial(network, "a:7")
				if err != nil {
					t.Fatal(err)
				}
				c.Write([]byte("?"))
				_, from, err := port.ReadFrom(make([]byte, 9))
				if err != nil || from.String() != c.LocalAddr().String() {
					t.Errorf("from %v, %v, want %v", from, err, c.LocalAddr())
				}
				port.WriteTo([]byte("!"), from)
				if k, err := c.Read(make([]byte, 9)); k != 1 || err != nil || c.RemoteAddr().String() != want {
					t.Errorf("%s: %d, %v from %v", network, k, err, c.RemoteAddr())
				}
				c.Close()
			}
			port.Close()
		}
	})
}

// TestNames6 wants names to lead to both protocols, in the order of the table, and each machine to use what it has.
func TestNames6(t *testing.T) {
	bubble6(t, link.Config{}, func(t *testing.T, n *network, machines []machine) {
		old := host.New(n.kernel, host.Config{
			Name: "old", Address: netip.MustParsePrefix("10.0.0.9/24"), Wire: n.wire, HardwareAddress: [6]byte{2, 5: 9},
		})
		l := listen(t, n.b, "tcp6", ":7")
		defer l.Close()
		// The first address of b, of IPv4, refuses.
		c, err := n.a.Dial("tcp", "b:7")
		if err != nil || c.RemoteAddr().String() != "[fd00::2]:7" {
			t.Errorf("%v, %v", c, err)
		} else {
			c.Close()
		}
		for network, want := range map[string]error{"tcp": syscall.ECONNREFUSED, "tcp4": syscall.ECONNREFUSED, "tcp6": syscall.ENETUNREACH} {
			if _, err := old.Dial(network, "b:7"); !errors.Is(err, want) {
				t.Errorf("without IPv6: dial %s: %v, want %v", network, err, want)
			}
		}
		if _, err := old.Listen("tcp6", ":7"); !errors.Is(err, syscall.EAFNOSUPPORT) {
			t.Errorf("without IPv6: listen: %v", err)
		}
		if _, err := n.a.Dial("tcp4", "[fd00::2]:7"); err == nil || err.Error() != "dial tcp4: address fd00::2: no suitable address found" {
			t.Errorf("IPv4 to an IPv6 address: %v", err)
		}
		if _, err := n.a.Dial("tcp6", "10.0.0.2:7"); err == nil || err.Error() != "dial tcp6: address 10.0.0.2: no suitable address found" {
			t.Errorf("IPv6 to an IPv4 address: %v", err)
		}
	})
}

// TestOwnAddresses6 has a host talk to itself, and to a neighbour by the addresses that only their link knows.
func TestOwnAddresses6(t *testing.T) {
	bubble6(t, link.Config{}, func(t *testing.T, n *network, _ []machine) {
		l := listen(t, n.a, "tcp", ":7")
		defer l.Close()
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go echo(c)
			}
		}()
		for _, dial := range []struct {
			from *host.Host
			to   string
		}{{n.a, "[::1]:7"}, {n.a, "localhost:7"}, {n.a, "[fd00::1]:7"}, {n.a, ":7"}, {n.a, "[fe80::ff:fe00:1%eth0]:7"}, {n.b, "[fe80::ff:fe00:1%eth0]:7"}} {
			c, err := dial.from.Dial("tcp", dial.to)
			if err != nil {
				t.Errorf("%s: %v", dial.to, err)
				continue
			}
			if host, _, _ := net.SplitHostPort(dial.to); host == "fe80::ff:fe00:1%eth0" && c.RemoteAddr().String() != dial.to {
				t.Errorf("connected with %v", c.RemoteAddr())
			}
			wantEcho(t, spawn, c, []byte(dial.to))
			c.Close()
		}
	})
}

// TestHTTP6 has net/http ask a device for pages by an IPv6 address in the URL.
func TestHTTP6(t *testing.T) {
	bubble6(t, link.Config{Latency: 5 * time.Millisecond}, func(t *testing.T, n *network, machines []machine) {
		l := listen(t, machines[2], "tcp6", ":80")
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.RemoteAddr) })}
		go server.Serve(l)
		defer server.Close()
		transport := &http.Transport{DialContext: n.a.DialContext}
		defer transport.CloseIdleConnections()
		response, err := (&http.Client{Transport: transport}).Get("http://[fd00::3]/")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if from, _, _ := net.SplitHostPort(string(text)); err != nil || from != "fd00::1" {
			t.Errorf("%s, %v", text, err)
		}
	})
}

// TestRouters6 has hosts in two networks, and a router that does not exist.
func TestRouters6(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := buildWith(link.Config{}, 1, true)
		h := host.New(n.kernel, host.Config{
			Name: "far", Address: netip.MustParsePrefix("10.0.0.8/24"), Wire: n.wire, HardwareAddress: [6]byte{2, 5: 8},
			Address6: netip.MustParsePrefix("fd01::8/64"), Gateway6: netip.MustParseAddr("fd01::ff"),
		})
		n.stop = n.kernel.Start(nil)
		defer n.end(t)
		if _, err := n.a.Dial("tcp", "[fd01::8]:7"); !errors.Is(err, syscall.ENETUNREACH) && !errors.Is(err, syscall.EHOSTUNREACH) {
			t.Errorf("without a route: %v", err)
		}
		begin := time.Now()
		if _, err := h.Dial("tcp", "[fd00::1]:7"); !errors.Is(err, syscall.EHOSTUNREACH) {
			t.Errorf("by way of a router that is not there: %v", err)
		}
		took(t, "giving up", begin, 3*time.Second)
	})
}
