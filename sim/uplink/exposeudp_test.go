package uplink_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/sim"
	"netxsim/sim/uplink"
)

// exposeUDP opens a port of the machine for a server on the wire.
func (n *network) exposeUDP(server netip.AddrPort) string {
	n.t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		n.t.Fatal(err)
	}
	n.uplink.ExposeUDP(conn, server)
	return conn.LocalAddr().String()
}

// exchangeOutside exchanges datagrams with an exposed server, from a goroutine.
func exchangeOutside(address string, datagrams ...[]byte) error {
	conn, err := net.Dial("udp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	return exchange(time.Now, conn, datagrams...)
}

// echoAt returns what comes to a UDP port of a machine.
func echoAt(n *host.Net, port string) error {
	c, err := n.ListenPacket("udp", port)
	if err != nil {
		return err
	}
	n.Go(func() {
		defer c.Close()
		buffer := make([]byte, 65535)
		for {
			size, from, err := c.ReadFrom(buffer)
			if err != nil {
				return
			}
			_, _ = c.WriteTo(buffer[:size], from)
		}
	})
	return nil
}

// TestExposeUDPHost has many clients of the machine at an ordinary server on the wire, and one of them with datagrams of every size.
func TestExposeUDPHost(t *testing.T) {
	n := newNetwork(t, uplink.Config{})
	address := n.exposeUDP(echoPortOf(clientAddr))
	if err := echoAt(&n.client.Net, ":7"); err != nil {
		t.Fatal(err)
	}
	const count = 20
	n.runTarget(func() error {
		return n.clients(count, func(i int) error {
			datagrams := [][]byte{fmt.Appendf(nil, "client %d", i), noise(1000 + i)}
			if i == 0 {
				datagrams = append(datagrams, sizes()...)
			}
			return exchangeOutside(address, datagrams...)
		})
	})
	want := uplink.UDPCounters{Flows: count, Out: 2*count + 7, In: 2*count + 7}
	if got := n.uplink.UDPCounters(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func echoPortOf(addr netip.Addr) netip.AddrPort { return netip.AddrPortFrom(addr, 7) }

// TestExposeUDPTarget has clients of the machine at a thread of NetX.
func TestExposeUDPTarget(t *testing.T) {
	n := newNetwork(t, uplink.Config{})
	address := n.exposeUDP(echoPortOf(targetAddr))
	n.runTarget(func() error {
		socket, err := n.openUDP()
		if err != nil {
			return err
		}
		if err := errors.Join(socket.Unbind(), socket.Bind(7, sim.NoWait)); err != nil {
			return err
		}
		_, err = n.kernel.NewThread(sim.ThreadConfig{Name: "server", Priority: 15, Entry: func() {
			for {
				packet, err := socket.Receive(sim.WaitForever)
				if err != nil {
					return // unbound
				}
				from, err := ipstack.Source(packet)
				if err == nil {
					err = socket.Send(packet, from)
				}
				if err != nil {
					t.Error(err, packet.Release())
				}
			}
		}})
		if err != nil {
			return err
		}
		err = n.clients(3, func(i int) error {
			return exchangeOutside(address, noise(10), noise(1472), noise(5000), fmt.Appendf(nil, "client %d", i))
		})
		return errors.Join(err, socket.Unbind(), socket.Delete())
	})
}

// TestExposeUDPRefused wants the uplink to go on when nobody is there on the wire, and the next datagram to arrive when somebody is.
func TestExposeUDPRefused(t *testing.T) {
	n := newNetwork(t, uplink.Config{})
	address := n.exposeUDP(echoPortOf(clientAddr))
	n.runTarget(func() error {
		conn, err := net.Dial("udp", address)
		if err != nil {
			return err
		}
		defer conn.Close()
		for n.uplink.UDPCounters().Refused < 3 {
			if _, err := conn.Write([]byte("anybody?")); err != nil {
				return err
			}
			if err := n.kernel.Sleep(1); err != nil {
				return err
			}
		}
		if err := echoAt(&n.client.Net, ":7"); err != nil {
			return err
		}
		return n.clients(1, func(int) error { return exchange(time.Now, conn, []byte("now?")) })
	})
	if got := n.uplink.UDPCounters(); got.Flows != 1 || got.Out != 1 || got.Dropped != 0 {
		t.Errorf("%+v", got)
	}
}

// TestExposeUDPFlows wants clients to lose their flows for lack of use and for lack of room, and to get another.
func TestExposeUDPFlows(t *testing.T) {
	n := newNetwork(t, uplink.Config{FlowTimeout: 200 * time.Millisecond, Flows: 1})
	address := n.exposeUDP(echoPortOf(clientAddr))
	if err := echoAt(&n.client.Net, ":7"); err != nil {
		t.Fatal(err)
	}
	n.runTarget(func() error {
		err := n.clients(1, func(int) error {
			return errors.Join(exchangeOutside(address, []byte("first")), exchangeOutside(address, []byte("second")))
		})
		for n.uplink.UDPCounters().Expired < 1 {
			err = errors.Join(err, n.kernel.Sleep(1))
		}
		return errors.Join(err, n.clients(1, func(int) error { return exchangeOutside(address, []byte("third")) }))
	})
	if got, want := n.uplink.UDPCounters(), (uplink.UDPCounters{Flows: 3, Evicted: 1, Expired: 1, Out: 3, In: 3}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestExposeUDPFlood has a client send faster than the simulation takes: what is lost is lost in front of it, in the machine's socket, and the
// server's answers arrive.
func TestExposeUDPFlood(t *testing.T) {
	n := newNetwork(t, uplink.Config{})
	address := n.exposeUDP(echoPortOf(clientAddr))
	if err := echoAt(&n.client.Net, ":7"); err != nil {
		t.Fatal(err)
	}
	n.runTarget(func() error {
		return n.clients(1, func(int) error {
			conn, err := net.Dial("udp", address)
			if err != nil {
				return err
			}
			defer conn.Close()
			for range 2000 {
				if _, err := conn.Write(bytes.Repeat([]byte("flood"), 2000)); err != nil {
					return err
				}
			}
			deadline, buffer := time.Now().Add(20*time.Second), make([]byte, 65535)
			for time.Now().Before(deadline) { // one that is sent when there is room arrives
				_, _ = conn.Write([]byte("last"))
				_ = conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
				for {
					n, err := conn.Read(buffer)
					if err != nil {
						break
					}
					if string(buffer[:n]) == "last" {
						return nil
					}
				}
			}
			return errors.New("no datagram came back after the flood")
		})
	})
	t.Logf("%+v", n.uplink.UDPCounters())
}
