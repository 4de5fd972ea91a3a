package uplink_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/sim"
	"netxsim/sim/uplink"
)

// serveUDP has f answer the datagrams that come to a port of the machine's loopback: it returns the answers. The end of the test
// waits for it.
func serveUDP(t *testing.T, f func(datagram []byte) [][]byte) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() {
		_ = conn.Close()
		wg.Wait()
	})
	wg.Go(func() {
		buffer := make([]byte, 65535)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			for _, answer := range f(buffer[:n]) {
				_, _ = conn.WriteTo(answer, from)
			}
		}
	})
	return conn.LocalAddr().String()
}

func echoUDP(datagram []byte) [][]byte { return [][]byte{datagram} }

// closedUDPPort returns an address of the machine at which nobody receives.
func closedUDPPort(t *testing.T) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.LocalAddr().String()
}

// exchange sends datagrams over a connection one after the other, each of which has to come back within some seconds. It is for
// programs of the simulation.
func exchange(now func() time.Time, conn net.Conn, datagrams ...[]byte) error {
	buffer := make([]byte, 65535)
	for i, want := range datagrams {
		if _, err := conn.Write(want); err != nil {
			return err
		}
		if err := conn.SetReadDeadline(now().Add(5 * time.Second)); err != nil {
			return err
		}
		got, err := conn.Read(buffer)
		if err != nil {
			return fmt.Errorf("datagram %d of %d bytes: %w", i, len(want), err)
		}
		if !bytes.Equal(buffer[:got], want) {
			return fmt.Errorf("datagram %d: %d bytes came back of %d, or others", i, got, len(want))
		}
	}
	return nil
}

// sizes has a datagram of every kind of size.
func sizes() (list [][]byte) {
	for _, size := range []int{1, 1472, 1473, 9000, 65507, 0, 5} {
		list = append(list, noise(size))
	}
	return list
}

// runDatagrams runs program on the client, to its end, with a UDP port for the echo port of the uplink.
func (n *network) runDatagrams(program func(net.Conn) error) {
	n.t.Helper()
	n.run(func() error {
		conn, err := n.client.Dial("udp", echoPort.String())
		if err != nil {
			return err
		}
		defer conn.Close()
		return program(conn)
	})
}

// TestForwardUDP has both kinds of client exchange datagrams of every size with a server of the machine.
func TestForwardUDP(t *testing.T) {
	t.Run("host", func(t *testing.T) {
		n := newNetwork(t, uplink.Config{})
		n.uplink.ForwardUDP(7, serveUDP(t, echoUDP))
		n.run(func() error { return n.exchange(&n.client.Net, echoPort, sizes()...) })
		want := uplink.UDPCounters{Flows: 1, Out: 7, In: 7}
		if got := n.uplink.UDPCounters(); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	})
	t.Run("device", func(t *testing.T) {
		n := newNetwork(t, uplink.Config{})
		n.uplink.ForwardUDP(7, serveUDP(t, echoUDP))
		device := host.NewDevice(n.target, host.DeviceConfig{Callers: host.Baton})
		n.runTarget(func() error { return n.exchange(&device.Net, echoPort, sizes()...) })
	})
	t.Run("netx", func(t *testing.T) {
		n := newNetwork(t, uplink.Config{})
		n.uplink.ForwardUDP(7, serveUDP(t, echoUDP))
		n.runTarget(func() error {
			socket, err := n.openUDP()
			if err != nil {
				return err
			}
			for _, size := range []int{1, 1472, 1473, 20_000} {
				if err := n.echoOnce(socket, echoPort, noise(size)); err != nil {
					return err
				}
			}
			return errors.Join(socket.Unbind(), socket.Delete())
		})
	})
}

// exchange opens a port on a machine and exchanges datagrams with an address.
func (n *network) exchange(on *host.Net, with netip.AddrPort, datagrams ...[]byte) error {
	conn, err := on.Dial("udp", with.String())
	if err != nil {
		return err
	}
	defer conn.Close()
	return exchange(on.Now, conn, datagrams...)
}

// openUDP opens a port of the target.
func (n *network) openUDP() (*ipstack.UDPSocket, error) {
	socket, err := n.target.NewUDPSocket(ipstack.UDPSocketConfig{Name: "client", TimeToLive: 128, QueueLimit: 5})
	if err != nil {
		return nil, err
	}
	return socket, socket.Bind(0, sim.NoWait)
}

// echoOnce sends a datagram from a thread of the target and wants it back, from where it was sent to.
func (n *network) echoOnce(socket *ipstack.UDPSocket, to netip.AddrPort, text []byte) error {
	pool := n.target.DefaultPool()
	packet, err := pool.Allocate(44, sim.NoWait)
	if err != nil {
		return err
	}
	if err := packet.Append(text, pool, sim.NoWait); err != nil {
		return errors.Join(err, packet.Release())
	}
	if err := socket.Send(packet, to); err != nil {
		return errors.Join(err, packet.Release())
	}
	if packet, err = socket.Receive(500); err != nil {
		return fmt.Errorf("%d bytes: %w", len(text), err)
	}
	var got []byte
	for p := packet; p != nil; p = p.Next {
		got = append(got, p.Bytes()...)
	}
	if !bytes.Equal(got, text) {
		err = fmt.Errorf("%d bytes came back of %d, or others", len(got), len(text))
	}
	return errors.Join(err, packet.Release())
}

// TestForwardAllUDP reaches a server by an address that no host of the wire has, and wants the answers to come from there.
func TestForwardAllUDP(t *testing.T) {
	far := netip.MustParseAddrPort("203.0.113.9:53")
	n := newNetwork(t, uplink.Config{})
	server := serveUDP(t, echoUDP)
	var asked []netip.AddrPort
	n.uplink.ForwardAllUDP(func(to netip.AddrPort) (string, bool) {
		asked = append(asked, to)
		return server, to == far
	})
	n.runTarget(func() error {
		if err := n.exchange(&n.client.Net, netip.MustParseAddrPort("203.0.113.9:54"), []byte("?")); !errors.Is(err, syscall.ECONNREFUSED) {
			return fmt.Errorf("what is not forwarded: %v", err)
		}
		socket, err := n.openUDP()
		if err != nil {
			return err
		}
		for range 2 {
			if err := n.echoOnce(socket, far, noise(3000)); err != nil {
				return err
			}
		}
		return errors.Join(socket.Unbind(), socket.Delete())
	})
	if len(asked) != 2 || asked[0].Port() != 54 || asked[1] != far {
		t.Errorf("asked for %v", asked)
	}
}

// TestManyFlows has a hundred ports at once, each with more than one datagram, and wants each to get its own answers.
func TestManyFlows(t *testing.T) {
	n := newNetwork(t, uplink.Config{})
	n.uplink.ForwardUDP(7, serveUDP(t, echoUDP))
	const programs, turns = 100, 5
	for i := range programs {
		n.client.Go(func() {
			var datagrams [][]byte
			for turn := range turns {
				datagrams = append(datagrams, fmt.Appendf(nil, "program %d, turn %d", i, turn))
			}
			if err := n.exchange(&n.client.Net, echoPort, datagrams...); err != nil {
				t.Errorf("program %d: %v", i, err)
			}
		})
	}
	n.finish()
	want := uplink.UDPCounters{Flows: programs, Out: programs * turns, In: programs * turns}
	if got := n.uplink.UDPCounters(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestUDPRefused wants a client to hear that nobody is there, and its flow to work as soon as somebody is.
func TestUDPRefused(t *testing.T) {
	core, logs := observer.New(zap.WarnLevel)
	n := newNetwork(t, uplink.Config{Log: zap.New(core)})
	address := closedUDPPort(t)
	n.uplink.ForwardUDP(7, address)
	n.runDatagrams(func(conn net.Conn) error {
		for range 2 {
			if err := exchange(n.client.Now, conn, []byte("anybody?")); !errors.Is(err, syscall.ECONNREFUSED) {
				return fmt.Errorf("with nobody there: %v", err)
			}
		}
		server, err := net.ListenPacket("udp", address)
		if err != nil {
			return err
		}
		defer server.Close()
		go func() {
			buffer := make([]byte, 100)
			if n, from, err := server.ReadFrom(buffer); err == nil {
				_, _ = server.WriteTo(buffer[:n], from)
			}
		}()
		return exchange(n.client.Now, conn, []byte("now?"))
	})
	if got := n.uplink.UDPCounters(); got.Flows != 1 || got.Refused != 2 || got.In != 1 {
		t.Errorf("%+v", got)
	}
	if warnings := logs.FilterMessage("uplink: datagram refused").Len(); warnings != 1 {
		t.Errorf("%d warnings, want 1", warnings)
	}
}

// TestUDPDialFails wants a client to hear that there is no socket for it, and another try with its next datagram.
func TestUDPDialFails(t *testing.T) {
	tries := 0
	server := serveUDP(t, echoUDP)
	n := newNetwork(t, uplink.Config{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		if tries++; tries == 1 {
			return nil, errors.New("no such host")
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}})
	n.uplink.ForwardUDP(7, server)
	n.runDatagrams(func(conn net.Conn) error {
		if err := exchange(n.client.Now, conn, []byte("anybody?")); !errors.Is(err, syscall.ECONNREFUSED) {
			return fmt.Errorf("without a socket: %v", err)
		}
		return exchange(n.client.Now, conn, []byte("now?"))
	})
	if got, want := n.uplink.UDPCounters(), (uplink.UDPCounters{Flows: 2, Out: 1, In: 1, Refused: 1, Dropped: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestFlowTimeout wants a flow to end when nothing has passed for so long, and only then: the server sees who comes later from another port.
func TestFlowTimeout(t *testing.T) {
	const timeout = 300 * time.Millisecond
	core, logs := observer.New(zap.DebugLevel)
	n := newNetwork(t, uplink.Config{FlowTimeout: timeout, Log: zap.New(core)})
	n.uplink.ForwardUDP(7, serveUDP(t, echoUDP))
	n.runDatagrams(func(conn net.Conn) error {
		for _, pause := range []time.Duration{0, timeout / 2, timeout / 2, timeout / 2, 3 * timeout} {
			_ = n.kernel.WaitDeadline("a pause", pause, nil)
			if err := exchange(n.client.Now, conn, []byte("again")); err != nil {
				return err
			}
		}
		return nil
	})
	if got, want := n.uplink.UDPCounters(), (uplink.UDPCounters{Flows: 2, Expired: 1, Out: 5, In: 5}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if opened, closed := logs.FilterMessage("uplink: flow opened").Len(), logs.FilterMessage("uplink: flow closed").Len(); opened != 2 || closed != 1 {
		t.Errorf("%d flows opened and %d closed in the log", opened, closed)
	}
}

// TestFlowLimit wants the flow that was idle longest to make room for another, and to come back with the next datagram.
func TestFlowLimit(t *testing.T) {
	n := newNetwork(t, uplink.Config{Flows: 2})
	n.uplink.ForwardUDP(7, serveUDP(t, echoUDP))
	n.run(func() error {
		var conns []net.Conn
		for range 3 {
			conn, err := n.client.Dial("udp", echoPort.String())
			if err != nil {
				return err
			}
			defer conn.Close()
			conns = append(conns, conn)
		}
		for _, i := range []int{0, 1, 0, 2, 0, 1} { // 2 evicts 1, and then 1 evicts 2
			if err := exchange(n.client.Now, conns[i], fmt.Appendf(nil, "client %d", i)); err != nil {
				return err
			}
		}
		return nil
	})
	if got, want := n.uplink.UDPCounters(), (uplink.UDPCounters{Flows: 4, Evicted: 2, Out: 6, In: 6}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestUDPQueue has a client send more than a flow may have waiting while the machine's socket is being opened: the rest is dropped, and counted.
func TestUDPQueue(t *testing.T) {
	held := &heldDial{release: make(chan struct{})}
	n := newNetwork(t, uplink.Config{Dial: held.dial})
	n.uplink.ForwardUDP(7, serveUDP(t, func([]byte) [][]byte { return nil }))
	n.runDatagrams(func(conn net.Conn) error {
		if _, err := conn.Write([]byte("first")); err != nil { // which asks for the uplink's hardware address
			return err
		}
		for n.uplink.UDPCounters().Flows < 1 {
			_ = n.kernel.WaitDeadline("a flow", time.Millisecond, nil)
		}
		for range 10 {
			if _, err := conn.Write(make([]byte, 60_000)); err != nil {
				return err
			}
		}
		for n.uplink.UDPCounters().Dropped < 6 { // 256 KiB hold four
			_ = n.kernel.WaitDeadline("drops", time.Millisecond, nil)
		}
		close(held.release)
		for n.uplink.UDPCounters().Out < 5 {
			_ = n.kernel.WaitDeadline("datagrams", time.Millisecond, nil)
		}
		return nil
	})
	if got, want := n.uplink.UDPCounters(), (uplink.UDPCounters{Flows: 1, Out: 5, Dropped: 6}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestUDPEndOfRun ends the run with flows open both ways, one that is being opened, and answers on their way.
func TestUDPEndOfRun(t *testing.T) {
	held := &heldDial{release: make(chan struct{})} // for ever
	n := newNetwork(t, uplink.Config{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasPrefix(address, "held") {
			return held.dial(ctx, network, address)
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}})
	n.uplink.ForwardUDP(7, serveUDP(t, func(datagram []byte) (answers [][]byte) {
		for range 100 {
			answers = append(answers, datagram)
		}
		return answers
	}))
	n.uplink.ForwardUDP(8, "held:8")
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n.uplink.ExposeUDP(conn, netip.AddrPortFrom(clientAddr, 9))
	n.run(func() error {
		for port := uint16(7); port <= 8; port++ {
			c, err := n.client.Dial("udp", netip.AddrPortFrom(uplinkAddr, port).String())
			if err != nil {
				return err
			}
			defer c.Close()
			if _, err := c.Write(noise(10_000)); err != nil {
				return err
			}
			if port == 7 {
				if _, err := c.Read(make([]byte, 10_000)); err != nil {
					return err
				}
			}
		}
		for n.uplink.UDPCounters().Flows < 2 {
			_ = n.kernel.WaitDeadline("flows", time.Millisecond, nil)
		}
		return nil
	})
	if _, err := conn.WriteTo([]byte("?"), conn.LocalAddr()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the machine's port is open after the run: %v", err)
	}
}

// TestSilentServerUDP wants a client of a server that says nothing to wait, and the run to go on meanwhile.
func TestSilentServerUDP(t *testing.T) {
	n := newNetwork(t, uplink.Config{})
	n.uplink.ForwardUDP(7, serveUDP(t, func([]byte) [][]byte { return nil }))
	n.runDatagrams(func(conn net.Conn) error {
		if err := conn.SetReadDeadline(n.client.Now().Add(100 * time.Millisecond)); err != nil {
			return err
		}
		_, _ = conn.Write([]byte("hello?"))
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			return fmt.Errorf("read: %v", err)
		}
		return nil
	})
}
