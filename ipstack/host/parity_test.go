package host_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"netxsim/sim/link"
	"netxsim/sim/link/fault"
)

// A netFuncs is what has the functions of package net, which itself is one.
type netFuncs interface {
	Listen(network, address string) (net.Listener, error)
	Dial(network, address string) (net.Conn, error)
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
	DialTimeout(network, address string, timeout time.Duration) (net.Conn, error)
	ListenPacket(network, address string) (net.PacketConn, error)
}

// packageNet is package net.
type packageNet struct{}

func (packageNet) Listen(network, address string) (net.Listener, error) {
	return net.Listen(network, address)
}

func (packageNet) Dial(network, address string) (net.Conn, error) { return net.Dial(network, address) }

func (packageNet) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, network, address)
}

func (packageNet) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	return net.DialTimeout(network, address, timeout)
}

func (packageNet) ListenPacket(network, address string) (net.PacketConn, error) {
	return net.ListenPacket(network, address)
}

// An arm runs a body of the parity test on two machines, of which one may be the other.
type arm struct {
	name string
	run  func(t *testing.T, body func(p *parity))
}

// realArm is package net on the loopback interface of this computer.
func realArm() arm {
	return arm{"net", func(t *testing.T, body func(p *parity)) {
		p := &parity{t: t, server: packageNet{}, client: packageNet{}, ip: "127.0.0.1", broadcast: "127.255.255.255"}
		p.silent = func() string { return deafListener(t) }
		body(p)
	}}
}

// simulatedArms are two hosts, two devices, and one of each that talks to itself.
func simulatedArms() []arm {
	all := []arm{simulatedArm("host", 0, 1), simulatedArm("device", 2, 3), simulatedArm("host itself", 0, 0), simulatedArm("device itself", 2, 2)}
	if testing.Short() {
		return all[:2]
	}
	return all
}

func simulatedArm(name string, server, client int) arm {
	return arm{name, func(t *testing.T, body func(p *parity)) {
		synctest.Test(t, func(t *testing.T) {
			n := build(link.Config{Latency: 100 * time.Microsecond}, 1)
			machines := []machine{n.a, n.b, n.device(t, "c", 3, 64), n.device(t, "d", 4, 64)}
			n.stop = n.kernel.Start(nil)
			p := &parity{t: t, server: machines[server], client: machines[client], ip: fmt.Sprintf("10.0.0.%d", server+1), broadcast: "10.0.0.255"}
			if server == client {
				p.ip, p.broadcast = "127.0.0.1", "127.255.255.255"
			}
			p.silent = func() string {
				n.kernel.Do(func() { fault.Attach(n.wire, fault.Fault{If: fault.Match{DestinationPort: 9999}, Do: fault.Drop{}}) })
				if client == 0 {
					return "10.0.0.2:9999"
				}
				return "10.0.0.1:9999"
			}
			body(p)
			time.Sleep(2 * time.Minute)
			n.end(t)
		})
	}}
}

// deafListener returns the address of a listener that has as many connections waiting as it takes: it answers no SYN.
func deafListener(t *testing.T) string {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return address
}

// A parity is one run of a body: what it has seen, line by line, in words that do not depend on the arm.
type parity struct {
	t              *testing.T
	server, client netFuncs
	ip             string // the server's
	broadcast      string
	silent         func() string // an address that does not answer
	lines          []line
	ports          []string       // in the order they were seen
	pending        sync.WaitGroup // what happens later
	cleanups       []func()
}

// A line is something a program sees, and what it sees.
type line struct{ what, is string }

// saw notes what a program sees: errors, addresses and numbers of bytes.
func (p *parity) saw(what string, values ...any) {
	var words []string
	for _, v := range values {
		switch v := v.(type) {
		case error:
			words = append(words, p.describe(v))
		case net.Addr:
			words = append(words, fmt.Sprintf("%T %s", v, p.normalised(v.String())))
		case string:
			words = append(words, p.normalised(v))
		default:
			words = append(words, fmt.Sprint(v))
		}
	}
	p.lines = append(p.lines, line{p.normalised(what), strings.Join(words, ", ")})
}

// sawOneOf notes an error of which package net's is one or the other by chance. why says what the chance is.
func (p *parity) sawOneOf(what string, err error, why string, choice ...error) {
	if !slices.ContainsFunc(choice, func(one error) bool { return errors.Is(err, one) }) {
		p.t.Errorf("%s: %v, want one of %v: %s", what, err, choice, why)
	}
	p.lines = append(p.lines, line{what, fmt.Sprintf("one of %v", choice)})
}

// sentinels are what programs compare errors with.
var sentinels = []struct {
	name string
	err  error
}{
	{"io.EOF", io.EOF}, {"net.ErrClosed", net.ErrClosed}, {"os.ErrClosed", os.ErrClosed}, {"os.ErrDeadlineExceeded", os.ErrDeadlineExceeded},
	{"context.Canceled", context.Canceled}, {"context.DeadlineExceeded", context.DeadlineExceeded}, {"net.ErrWriteToConnected", net.ErrWriteToConnected},
	{"os.ErrPermission", os.ErrPermission}, {"os.ErrNotExist", os.ErrNotExist}, {"os.ErrExist", os.ErrExist}, {"os.ErrInvalid", os.ErrInvalid},
	{"ECONNREFUSED", syscall.ECONNREFUSED}, {"ECONNRESET", syscall.ECONNRESET}, {"ECONNABORTED", syscall.ECONNABORTED}, {"EPIPE", syscall.EPIPE},
	{"EADDRINUSE", syscall.EADDRINUSE}, {"EADDRNOTAVAIL", syscall.EADDRNOTAVAIL}, {"EINVAL", syscall.EINVAL}, {"ENOTCONN", syscall.ENOTCONN},
	{"EMSGSIZE", syscall.EMSGSIZE}, {"EDESTADDRREQ", syscall.EDESTADDRREQ}, {"ETIMEDOUT", syscall.ETIMEDOUT}, {"EAGAIN", syscall.EAGAIN},
	{"EHOSTUNREACH", syscall.EHOSTUNREACH}, {"ENETUNREACH", syscall.ENETUNREACH}, {"EISCONN", syscall.EISCONN}, {"EACCES", syscall.EACCES},
}

// describe tells all that a program can learn of an error.
func (p *parity) describe(err error) string {
	if err == nil {
		return "<nil>"
	}
	var is []string
	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			is = append(is, s.name)
		}
	}
	text := fmt.Sprintf("%q %s is %v", p.normalised(err.Error()), strings.Join(p.chain(err), " > "), is)
	if limited, ok := errors.AsType[net.Error](err); ok {
		text += fmt.Sprintf(" timeout %t", limited.Timeout())
	}
	return text
}

// chain lists the exported types that an error is made of, with their fields.
func (p *parity) chain(err error) (types []string) {
	for ; err != nil; err = errors.Unwrap(err) {
		switch e := err.(type) {
		case *net.OpError:
			types = append(types, fmt.Sprintf("OpError{%s %s %s %s}", e.Op, e.Net, p.end(e.Source), p.end(e.Addr)))
		case *net.DNSError:
			types = append(types, fmt.Sprintf("DNSError{%s %s timeout %t temporary %t not found %t}", e.Err, e.Name, e.IsTimeout, e.IsTemporary, e.IsNotFound))
		case *os.SyscallError, syscall.Errno, *net.AddrError, *net.ParseError, net.UnknownNetworkError, net.InvalidAddrError:
			types = append(types, fmt.Sprintf("%T", e))
		}
	}
	return types
}

// end is an address of an error's.
func (p *parity) end(a net.Addr) string {
	if a == nil {
		return "none"
	}
	text := p.normalised(a.String())
	switch a.(type) {
	case *net.TCPAddr, *net.UDPAddr:
		return fmt.Sprintf("%T(%s)", a, text)
	}
	return fmt.Sprintf("%s(%s)", a.Network(), text)
}

var (
	machinePattern = regexp.MustCompile(`\b(10\.0\.0\.[1-4]|127\.0\.0\.1)\b`)
	portPattern    = regexp.MustCompile(`:[0-9]{4,5}\b`)
	serverPattern  = regexp.MustCompile(` on [0-9.:\[\]a-f]+:53`)
)

// normalised replaces the machines' addresses, and the ports by the order in which they are seen.
func (p *parity) normalised(text string) string {
	text = machinePattern.ReplaceAllString(text, "machine")
	text = portPattern.ReplaceAllStringFunc(text, func(port string) string {
		if !slices.Contains(p.ports, port) {
			p.ports = append(p.ports, port)
		}
		return fmt.Sprintf(":P%d", slices.Index(p.ports, port)+1)
	})
	return serverPattern.ReplaceAllString(text, "")
}

// cleanup has f called at the end of the body, the last one first.
func (p *parity) cleanup(f func()) { p.cleanups = append(p.cleanups, f) }

// fatal ends the body if something goes wrong that it needs.
func (p *parity) fatal(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// pause is longer than what is on its way takes to arrive.
const pause = 20 * time.Millisecond

// settle waits until what was sent has arrived. Loopback delivers at once, except when this computer is busy: no body may depend on it
// for what package net does.
func (p *parity) settle() { time.Sleep(pause) }

// later calls f when the caller waits in its next call.
func (p *parity) later(f func()) {
	p.pending.Add(1)
	time.AfterFunc(pause, func() {
		defer p.pending.Done()
		f()
	})
}

// forget begins to count ports anew: those of what has ended may come again, which is a matter of chance.
func (p *parity) forget() { p.ports = nil }

// pair returns the two ends of a TCP connection.
func (p *parity) pair() (client, server *tcpConn) {
	p.t.Helper()
	p.pending.Wait()
	p.forget()
	l, err := p.server.Listen("tcp", p.ip+":0")
	p.fatal(err)
	accepted := make(chan net.Conn, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			p.t.Error(err)
		}
		accepted <- c
	}()
	dialled, err := p.client.Dial("tcp", l.Addr().String())
	if err != nil {
		l.Close()
	}
	p.fatal(err)
	client, server = &tcpConn{dialled}, &tcpConn{<-accepted}
	l.Close()
	p.cleanup(func() {
		client.Close()
		server.Close()
	})
	return client, server
}

// A tcpConn is a connection with what *net.TCPConn has beside the methods of net.Conn.
type tcpConn struct{ net.Conn }

func (c *tcpConn) closeRead() error  { return c.Conn.(interface{ CloseRead() error }).CloseRead() }
func (c *tcpConn) closeWrite() error { return c.Conn.(interface{ CloseWrite() error }).CloseWrite() }
func (c *tcpConn) setLinger(s int) error {
	return c.Conn.(interface{ SetLinger(int) error }).SetLinger(s)
}

// run runs a body on an arm and returns what it has seen.
func (a arm) lines(t *testing.T, body func(p *parity)) (lines []line) {
	t.Helper()
	a.run(t, func(p *parity) {
		defer func() {
			p.pending.Wait()
			for _, f := range slices.Backward(p.cleanups) {
				f()
			}
			lines = p.lines
		}()
		body(p)
	})
	return lines
}

// A parityCase is something that programs do with package net.
type parityCase struct {
	name string
	body func(p *parity)
}

// TestParity has the same bodies run with package net and on simulated machines, and wants them to see the same, but for the
// differences that are known.
func TestParity(t *testing.T) {
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Skipf("no loopback interface: %v", err)
	} else {
		l.Close()
	}
	seen := map[string]bool{} // differences that were there
	arms := simulatedArms()
	all := slices.Concat(dialCases, listenCases, streamCases, packetCases)
	ran := 0
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			ran++
			want := realArm().lines(t, c.body)
			for _, a := range arms {
				t.Run(a.name, func(t *testing.T) { compareArm(t, c.name, a, want, a.lines(t, c.body), seen) })
			}
		})
	}
	if testing.Short() || ran < len(all) {
		return
	}
	for _, d := range differences {
		for a := range strings.SplitSeq(d.arms, "|") {
			if key := d.body + "|" + a + "|" + d.what; !seen[key] {
				t.Errorf("%s on %s: %q is a known difference, and is none", d.body, a, d.what)
			}
		}
	}
}

// compareArm compares what an arm has seen with what package net has shown.
func compareArm(t *testing.T, body string, a arm, want, got []line, seen map[string]bool) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("saw %d things, package net shows %d:\n%s", len(got), len(want), cmp.Or(fmt.Sprint(got), "none"))
	}
	for i := range want {
		if got[i] == want[i] {
			continue
		}
		known := slices.IndexFunc(differences, func(d difference) bool {
			return d.body == body && d.what == want[i].what && d.here == got[i].is && slices.Contains(strings.Split(d.arms, "|"), a.name)
		})
		if known < 0 {
			t.Errorf("%s\n got %s\nwant %s", got[i].what, got[i].is, want[i].is)
			continue
		}
		seen[body+"|"+a.name+"|"+want[i].what] = true
	}
}
