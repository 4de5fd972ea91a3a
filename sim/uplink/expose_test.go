package uplink_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"testing"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/sim"
	"netxsim/sim/uplink"
)

// expose opens a port of the machine for a server on the wire.
func (n *network) expose(server netip.AddrPort) string {
	n.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		n.t.Fatal(err)
	}
	n.uplink.Expose(listener, server)
	return listener.Addr().String()
}

// clients runs f in a goroutine per client, and waits for them in the calling
// thread.
func (n *network) clients(count int, f func(i int) error) error {
	errs := make([]error, count)
	all := make(chan error, 1)
	go func() {
		var wg sync.WaitGroup
		for i := range count {
			wg.Go(func() { errs[i] = f(i) })
		}
		wg.Wait()
		all <- nil
	}()
	if err := n.await(all, nil); err != nil {
		return err // some of them are still at it
	}
	return errors.Join(errs...)
}

// ask sends text to an exposed server and returns what comes back behind the
// half-close.
func ask(address, text string) (string, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, text); err != nil {
		return "", err
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return "", err
	}
	answer, err := io.ReadAll(conn)
	return string(answer), err
}

// TestExposeHost has clients of the machine at an ordinary server on the wire,
// all at once.
func TestExposeHost(t *testing.T) {
	n := newNetwork(t, uplink.Config{})
	address := n.expose(netip.AddrPortFrom(clientAddr, 80))
	listener, err := n.client.Listen("tcp", ":80")
	if err != nil {
		t.Fatal(err)
	}
	n.client.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			n.client.Go(func() {
				defer conn.Close()
				_, _ = io.Copy(conn, conn)
			})
		}
	})
	n.runTarget(func() error {
		return n.clients(20, func(i int) error {
			want := fmt.Sprintf("client %d: %s", i, noise(i*10_000))
			got, err := ask(address, want)
			if got != want {
				return fmt.Errorf("client %d: %d bytes came back of %d, or others: %v", i, len(got), len(want), err)
			}
			return err
		})
	})
}

// TestExposeTarget has clients of the machine one after the other at a
// listening socket of NetX.
func TestExposeTarget(t *testing.T) {
	n := newNetwork(t, uplink.Config{})
	address := n.expose(netip.AddrPortFrom(targetAddr, 80))
	n.runTarget(func() error {
		socket, err := n.target.NewTCPSocket(ipstack.TCPSocketConfig{Name: "server", Window: 8192})
		if err != nil {
			return err
		}
		if err := n.target.Listen(80, socket, 5, nil); err != nil {
			return err
		}
		const turns = 3
		served := false
		_, err = n.kernel.NewThread(sim.ThreadConfig{Name: "server", Priority: 15, Entry: func() {
			for range turns {
				if err := n.serveOne(socket); err != nil {
					t.Error(err)
				}
			}
			served = true
		}})
		if err != nil {
			return err
		}
		for i := range turns {
			err := n.clients(1, func(int) error {
				answer, err := ask(address, fmt.Sprint("hello ", i))
				if want := fmt.Sprint("NetX says: hello ", i); answer != want {
					return fmt.Errorf("got %q, want %q, %v", answer, want, err)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		for !served { // the last client knows before the server that its connection is over
			if err := n.kernel.Sleep(1); err != nil {
				return err
			}
		}
		return errors.Join(n.target.Unlisten(80), socket.Delete())
	})
}

// serveOne answers one client of a listening socket, and listens again.
func (n *network) serveOne(socket *ipstack.TCPSocket) error {
	if err := socket.Accept(sim.WaitForever); err != nil {
		return err
	}
	packet, err := socket.Receive(500)
	if err != nil {
		return err
	}
	text := "NetX says: " + string(packet.Bytes())
	if err := packet.Release(); err != nil {
		return err
	}
	pool := n.target.DefaultPool()
	if packet, err = pool.Allocate(56, sim.NoWait); err != nil {
		return err
	}
	if err := fillAndSend(socket, packet, []byte(text), 100); err != nil {
		return errors.Join(err, packet.Release())
	}
	if err := errors.Join(socket.Disconnect(500), socket.Unaccept()); err != nil {
		return err
	}
	// The next client may have come already: the socket is its then.
	if err := n.target.Relisten(80, socket); !errors.Is(err, status.ConnectionPending) {
		return err
	}
	return nil
}

// TestExposeRefused wants a client of the machine to be reset when nobody
// listens on the wire.
func TestExposeRefused(t *testing.T) {
	n := newNetwork(t, uplink.Config{})
	address := n.expose(netip.AddrPortFrom(targetAddr, 81))
	n.runTarget(func() error {
		return n.clients(1, func(int) error {
			if answer, err := ask(address, "hello"); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ENOTCONN) {
				return fmt.Errorf("got %q, %v; want a reset", answer, err)
			}
			return nil
		})
	})
}
