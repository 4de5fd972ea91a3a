//go:build linux

package tap_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/tap"
)

// A program of Linux that talks to the device.
type program struct {
	name    string
	command []string
	input   string
	serve   func(n *network) error // what the device does
	want    string                 // in its output
}

var programs = []program{
	{
		name:    "ping",
		command: []string{"ping", "-w", "10", "-c", "3", "-i", "0.05", "-s", "1000", nxAddress},
		serve:   answer,
		want:    "3 received, 0% packet loss",
	},
	{
		name:    "ping in fragments",
		command: []string{"ping", "-w", "10", "-c", "2", "-i", "0.05", "-s", "4000", nxAddress},
		serve:   answer,
		want:    "2 received, 0% packet loss",
	},
	{
		name:    "netcat to the device",
		command: []string{"nc", "-N", "-w", "10", nxAddress, "7"},
		input:   "some words for the echo\n",
		serve:   echo,
		want:    "some words for the echo\n",
	},
	{
		name:    "curl",
		command: []string{"curl", "-sS", "--max-time", "10", "http://" + nxAddress + "/index.html"},
		serve:   serveHTTP,
		want:    strings.Repeat("It works.\n", 1000),
	},
	{
		name:    "netcat from the device",
		command: []string{"nc", "-l", "-N", "-w", "10", linuxAddress, "4000"},
		input:   "Linux speaks first\n",
		serve:   talk,
		want:    "the device says: Linux speaks first\n",
	},
}

// TestPrograms has programs of Linux talk to an NX_IP through a TAP device, both ways.
func TestPrograms(t *testing.T) {
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			n := newNetwork(t, 32)
			n.thread("device", func() error { return p.serve(n) })
			var out bytes.Buffer
			n.outside(p.name, func() error {
				c := exec.Command(p.command[0], p.command[1:]...) // each has a time-out of its own
				c.Stdin, c.Stdout, c.Stderr = strings.NewReader(p.input), &out, &out
				if err := c.Run(); err != nil {
					return fmt.Errorf("%w: %s", err, &out)
				}
				if !strings.Contains(out.String(), p.want) {
					return fmt.Errorf("%q, want %q in it", &out, p.want)
				}
				return nil
			})
			n.run()
		})
	}
}

// answer lets the device answer by itself until the program of Linux has ended.
func answer(n *network) error {
	n.ip.EnableFragmentation()
	for n.busy.Load() > 0 {
		if err := n.kernel.Sleep(1); err != nil {
			return err
		}
	}
	return nil
}

// echo sends back what a client sends until it closes.
func echo(n *network) error {
	s, err := n.accept(7, 8192)
	if err != nil {
		return err
	}
	for {
		packet, err := s.Receive(1000)
		if errors.Is(err, status.NotConnected) {
			return n.closeServer(s, 7)
		}
		if err != nil {
			return err
		}
		if err := s.Send(packet, 100); err != nil {
			return err
		}
	}
}

// serveHTTP answers one request.
func serveHTTP(n *network) error {
	s, err := n.accept(80, 8192)
	if err != nil {
		return err
	}
	var request []byte
	for !bytes.Contains(request, []byte("\r\n\r\n")) {
		if err := receive(s, func(b []byte) { request = append(request, b...) }, 1); err != nil {
			return err
		}
	}
	if !bytes.HasPrefix(request, []byte("GET /index.html HTTP/1.1\r\n")) {
		return fmt.Errorf("request %q", request)
	}
	body := strings.Repeat("It works.\n", 1000)
	reply := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body)
	if err := n.send(s, []byte(reply)); err != nil {
		return err
	}
	return n.closeServer(s, 80)
}

// talk connects to Linux and answers what it says.
func talk(n *network) error {
	s, err := n.connectPatiently(4000)
	if err != nil {
		return err
	}
	var line []byte
	for !bytes.HasSuffix(line, []byte("\n")) {
		if err := receive(s, func(b []byte) { line = append(line, b...) }, 1); err != nil {
			return err
		}
	}
	if err := n.send(s, append([]byte("the device says: "), line...)); err != nil {
		return err
	}
	if err := s.Disconnect(100); err != nil {
		return err
	}
	return s.Unbind()
}

// connectPatiently connects to a program of Linux that may need a moment to listen.
func (n *network) connectPatiently(port uint16) (s *ipstack.TCPSocket, err error) {
	for range 100 {
		if s, err = n.connect(port, 8192); err == nil {
			return s, nil
		}
		if err := errors.Join(s.Unbind(), s.Delete()); err != nil {
			return nil, err
		}
		if err := n.kernel.Sleep(5); err != nil {
			return nil, err
		}
	}
	return nil, err
}

// TestPingLinux has the device ping Linux.
func TestPingLinux(t *testing.T) {
	n := newNetwork(t, 8)
	n.thread("device", func() error {
		reply, err := n.ip.Ping(netip.MustParseAddr(linuxAddress), []byte("are you there?"), 200)
		if err != nil {
			return err
		}
		if got := string(reply.Bytes()); got != "are you there?" {
			t.Errorf("reply %q", got)
		}
		return reply.Release()
	})
	n.run()
}

// TestTooLong has Linux send longer frames than when the device joined: they are lost, and counted, whole.
func TestTooLong(t *testing.T) {
	n := newNetwork(t, 8)
	if out, err := exec.Command("ip", "link", "set", n.device.Name(), "mtu", "4000").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	longest := 0
	n.wire.Observe(func(e link.FrameEvent) {
		if e.Kind == link.Delivered {
			longest = max(longest, len(e.Frame))
		}
	})
	n.thread("device", func() error { return answer(n) })
	n.outside("ping", func() error {
		out, err := exec.Command("ping", "-c", "1", "-W", "1", "-s", "2000", nxAddress).CombinedOutput()
		if err == nil {
			return fmt.Errorf("there is an answer: %s", out)
		}
		return nil
	})
	n.run()
	if got := n.wire.Counters().TooLong; got != 1 {
		t.Errorf("%d frames were too long, want 1", got)
	}
	if longest >= 1500 {
		t.Errorf("a frame of %d bytes has arrived, a part of what Linux sent", longest)
	}
}

// TestJoinTwice wants one wire at a time, and the next one after a run.
func TestJoinTwice(t *testing.T) {
	n := newNetwork(t, 8)
	if err := n.device.Join(n.kernel, n.wire); !errors.Is(err, tap.ErrJoined) {
		t.Errorf("second Join: %v", err)
	}
	n.thread("device", func() error { return nil })
	n.run()
	kernel := sim.New(sim.Config{Clock: sim.RealTime()})
	check(t, n.device.Join(kernel, link.New(kernel, link.Config{})))
	must(kernel.Run(nil))
}

// TestCloseWhileJoined wants a device that is closed during a run to lose its cable, no more.
func TestCloseWhileJoined(t *testing.T) {
	n := newNetwork(t, 8)
	n.thread("device", func() error {
		if err := n.device.Close(); err != nil {
			return err
		}
		if _, err := n.ip.Ping(netip.MustParseAddr(linuxAddress), nil, 5); !errors.Is(err, status.NoResponse) {
			return fmt.Errorf("ping: %w", err)
		}
		return nil
	})
	if _, err := n.kernel.Run(nil); err != nil {
		t.Error(err)
	}
	if n.device.Counters().Dropped == 0 {
		t.Error("no frame was dropped")
	}
}

// TestOpenErrors wants the operating system's errors.
func TestOpenErrors(t *testing.T) {
	if _, err := tap.Open("a name that is far too long"); err == nil {
		t.Error("long name: no error")
	}
	d := device(t, linuxNetwork)
	if _, err := tap.Open(d.Name()); err == nil || !strings.Contains(err.Error(), d.Name()) {
		t.Errorf("device in use: %v", err)
	}
	if _, err := net.InterfaceByName(d.Name()); err != nil {
		t.Error(err)
	}
	check(t, d.Close())
	for range 100 { // Linux takes the device away a moment after the file is closed
		if _, err := net.InterfaceByName(d.Name()); err != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("device %s is still there", d.Name())
}
