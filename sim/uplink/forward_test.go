package uplink_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/netx/status"
	"netxsim/sim"
	"netxsim/sim/uplink"
)

// echo sends back what comes, and then closes.
func echo(c *net.TCPConn) { _, _ = io.Copy(c, c) }

// noise is n bytes without a period that divides a buffer.
func noise(n int) []byte {
	text := make([]byte, n)
	for i := range text {
		text[i] = byte(i * i / 251)
	}
	return text
}

// TestEcho sends text to a server of the machine and reads it back after the
// half-close.
func TestEcho(t *testing.T) {
	for _, size := range []int{0, 1, 1460, 100_000, 3_000_000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			n := newNetwork(t, uplink.Config{})
			n.uplink.Forward(7, serve(t, echo))
			sent := noise(size)
			n.run(func() error {
				conn, err := n.dial(echoPort)
				if err != nil {
					return err
				}
				defer conn.Close()
				n.client.Go(func() {
					_, _ = conn.Write(sent)
					_ = conn.CloseWrite()
				})
				got, err := io.ReadAll(conn)
				if !bytes.Equal(sent, got) {
					t.Errorf("%d bytes came back of %d, or others", len(got), len(sent))
				}
				return err
			})
		})
	}
}

// TestForwardAll reaches a server by an address that no host of the wire has.
func TestForwardAll(t *testing.T) {
	far := netip.MustParseAddrPort("203.0.113.9:80")
	n := newNetwork(t, uplink.Config{})
	server := serve(t, echo)
	var asked []netip.AddrPort
	n.uplink.ForwardAll(func(to netip.AddrPort) (string, bool) {
		asked = append(asked, to)
		return server, to == far
	})
	n.run(func() error {
		if _, err := n.dial(netip.MustParseAddrPort("203.0.113.9:81")); !errors.Is(err, syscall.ECONNREFUSED) {
			return fmt.Errorf("dial of what is not forwarded: %v", err)
		}
		conn, err := n.dial(far)
		if err != nil {
			return err
		}
		defer conn.Close()
		_, _ = conn.Write([]byte("hello"))
		_ = conn.CloseWrite()
		got, err := io.ReadAll(conn)
		if string(got) != "hello" {
			t.Errorf("got %q", got)
		}
		return err
	})
	if len(asked) != 2 || asked[0].Port() != 81 || asked[1] != far {
		t.Errorf("asked for %v", asked)
	}
}

// TestManyConnections has fifty connections at once, and more one after the
// other from one address.
func TestManyConnections(t *testing.T) {
	n := newNetwork(t, uplink.Config{})
	n.uplink.Forward(7, serve(t, echo))
	const programs, turns = 50, 4
	whole := 0
	for i := range programs {
		n.client.Go(func() {
			for turn := range turns {
				conn, err := n.dial(echoPort)
				if err != nil {
					t.Error(err)
					return
				}
				want := fmt.Sprintf("program %d, turn %d", i, turn)
				_, _ = io.WriteString(conn, want)
				_ = conn.CloseWrite()
				if got, err := io.ReadAll(conn); err != nil || string(got) != want {
					t.Errorf("%s: got %q, %v", want, got, err)
				}
				_ = conn.Close()
				whole++
			}
		})
	}
	n.finish()
	if whole != programs*turns {
		t.Errorf("%d echoes, want %d", whole, programs*turns)
	}
}

// TestRefused wants the reset of a port at which nobody listens, for both kinds
// of client, and nothing before it.
func TestRefused(t *testing.T) {
	t.Run("host", func(t *testing.T) {
		n := newNetwork(t, uplink.Config{})
		n.uplink.Forward(7, closedPort(t))
		n.run(func() error {
			if _, err := n.dial(echoPort); !errors.Is(err, syscall.ECONNREFUSED) {
				return fmt.Errorf("dial: %v", err)
			}
			return nil
		})
	})
	t.Run("netx", func(t *testing.T) {
		n := newNetwork(t, uplink.Config{})
		n.uplink.Forward(7, closedPort(t))
		n.runTarget(func() error {
			socket, err := n.target.NewTCPSocket(ipstack.TCPSocketConfig{Name: "client", Window: 8192})
			if err != nil {
				return err
			}
			if err := socket.Bind(0, sim.NoWait); err != nil {
				return err
			}
			if err := socket.Connect(uplinkAddr, 7, 500); !errors.Is(err, status.NotConnected) {
				return fmt.Errorf("connect: %v", err)
			}
			return errors.Join(socket.Unbind(), socket.Delete())
		})
	})
}

// TestResets wants a reset at one end to be a reset at the other.
func TestResets(t *testing.T) {
	t.Run("by the server", func(t *testing.T) {
		n := newNetwork(t, uplink.Config{})
		n.uplink.Forward(7, serve(t, func(c *net.TCPConn) {
			_, _ = c.Read(make([]byte, 1))
			_ = c.SetLinger(0)
		}))
		n.run(func() error {
			conn, err := n.dial(echoPort)
			if err != nil {
				return err
			}
			defer conn.Close()
			_, _ = conn.Write([]byte("x"))
			if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
				return fmt.Errorf("read: %v, want a reset", err)
			}
			return nil
		})
	})
	t.Run("by the client", func(t *testing.T) {
		n := newNetwork(t, uplink.Config{})
		failed := make(chan error, 1)
		n.uplink.Forward(7, serve(t, func(c *net.TCPConn) {
			_, _ = c.Write([]byte("x"))
			_, err := io.Copy(io.Discard, c)
			failed <- err
		}))
		n.run(func() error {
			conn, err := n.dial(echoPort)
			if err != nil {
				return err
			}
			_, _ = conn.Read(make([]byte, 1))
			_ = conn.SetLinger(0)
			_ = conn.Close()
			return n.await(failed, syscall.ECONNRESET)
		})
	})
}

// await waits for an error from outside and compares it.
func (n *network) await(from <-chan error, want error) error {
	var got error
	done := n.kernel.Outside()
	go func() {
		err := <-from
		n.kernel.Post(func() {
			got = err
			n.kernel.Wake(from, nil)
			done()
		})
	}()
	if err := n.kernel.WaitDeadline(from, 20*time.Second, os.ErrDeadlineExceeded); err != nil {
		return err
	}
	if !errors.Is(got, want) {
		return fmt.Errorf("%v outside, want %v", got, want)
	}
	return nil
}

// TestClientGivesUp has the client go away while the machine still connects,
// and come back.
func TestClientGivesUp(t *testing.T) {
	held := &heldDial{release: make(chan struct{})}
	n := newNetwork(t, uplink.Config{Dial: held.dial})
	n.uplink.Forward(7, serve(t, echo))
	n.runTarget(func() error {
		socket, err := n.target.NewTCPSocket(ipstack.TCPSocketConfig{Name: "client", Window: 8192})
		if err != nil {
			return err
		}
		if err := socket.Bind(4000, sim.NoWait); err != nil {
			return err
		}
		// 1.3 s: the SYN is sent a second time, which must not be a second request.
		if err := socket.Connect(uplinkAddr, 7, 130); err == nil {
			return errors.New("connected before the machine had")
		}
		close(held.release)
		if err := socket.Connect(uplinkAddr, 7, 500); err != nil {
			return err
		}
		return errors.Join(socket.Disconnect(100), socket.Unbind(), socket.Delete())
	})
	if held.dials != 2 {
		t.Errorf("%d dials, want 2", held.dials)
	}
}

// TestEndOfRun ends the run in the middle of everything: a connection that is
// used, one that is being made, and a listener.
func TestEndOfRun(t *testing.T) {
	failed := make(chan error, 1)
	held := &heldDial{release: make(chan struct{})} // for ever
	n := newNetwork(t, uplink.Config{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == "held:8" {
			return held.dial(ctx, network, address)
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}})
	n.uplink.Forward(7, serve(t, func(c *net.TCPConn) {
		_, err := io.Copy(io.Discard, c)
		failed <- err
	}))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n.uplink.Expose(listener, netip.AddrPortFrom(targetAddr, 80))
	n.uplink.Forward(8, "held:8")
	n.client.Go(func() { _, _ = n.dial(netip.AddrPortFrom(uplinkAddr, 8)) })
	n.runTarget(func() error {
		n.client.Go(func() {
			conn, err := n.dial(echoPort)
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = conn.Write(noise(100_000))
			n.kernel.Wake("sent", nil)
			_, _ = conn.Read(make([]byte, 1))
		})
		return n.kernel.Wait("sent", sim.WaitForever, nil)
	})
	if held.dials != 1 {
		t.Errorf("%d dials are being made, want 1", held.dials)
	}
	if err := <-failed; err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", listener.Addr().String()); err == nil {
		t.Error("the machine still listens after the run")
	}
}

// noticed is a connection that tells when it is closed.
type noticed struct {
	*net.TCPConn
	closed chan error
}

func (c noticed) Close() error {
	select {
	case c.closed <- nil:
	default: // it is closed twice
	}
	return c.TCPConn.Close()
}

// TestResetAfterEnd has a client that closes, and resets what a server that says nothing does not close: the machine's socket
// must not stay for the rest of the run.
func TestResetAfterEnd(t *testing.T) {
	ended, closed := make(chan error, 1), make(chan error, 1)
	n := newNetwork(t, uplink.Config{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return noticed{conn.(*net.TCPConn), closed}, nil
	}})
	silence := make(chan struct{})
	n.uplink.Forward(7, serve(t, func(c *net.TCPConn) {
		_, err := io.Copy(io.Discard, c)
		ended <- err
		<-silence
	}))
	device := host.NewDevice(n.target, host.DeviceConfig{Callers: host.Baton, Linger: 200 * time.Millisecond})
	n.runTarget(func() error {
		defer close(silence)
		conn, err := device.Dial("tcp", echoPort.String())
		if err != nil {
			return err
		}
		return errors.Join(conn.Close(), n.await(ended, nil), n.await(closed, nil))
	})
}
