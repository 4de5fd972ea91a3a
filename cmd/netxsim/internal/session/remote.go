package session

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"time"

	"netxsim/ipstack/host"
	"netxsim/pop3client"
	"netxsim/sim"
	"netxsim/sim/uplink"
)

// Server is a real POP3 server and how to log in there.
type Server struct {
	Name      string           // of its host, as certificates have it
	Addresses []netip.AddrPort // where it may be, tried in order
	User      string
	Password  string
	Security  Security
	Roots     *x509.CertPool // that sign certificates to trust; nil: those of the system
	Delete    bool           // have the server delete what was fetched
}

// Security says what protects a session.
type Security int

// The protections.
const (
	Plain    Security = iota // none
	StartTLS                 // STLS before the login (RFC 2595)
	TLS                      // from the first byte (RFC 8314)
)

// String returns the address of the server with the name it was given by.
func (s *Server) String() string {
	return net.JoinHostPort(s.Name, strconv.Itoa(int(s.Addresses[0].Port())))
}

// client completes the configuration of the client for a server of the machine.
func (s *Server) client(config *pop3client.Config) {
	config.User, config.Password = s.User, s.Password
	if s.Security == Plain {
		return
	}
	config.ImplicitTLS = s.Security == TLS
	config.Port = pop3client.DefaultPort
	config.TLS = &tls.Config{
		ServerName: s.Name,
		RootCAs:    s.Roots,
		// A real server's certificate is valid at the real time.
		Time: time.Now,
	}
}

// dial connects with the first address that answers.
func (s *Server) dial(ctx context.Context) (net.Conn, error) {
	var errs []error
	for _, address := range s.Addresses {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address.String())
		if err == nil {
			return conn, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

// addUplink makes the other end: a host whose POP3 port is that of a real
// server.
func (n *network) addUplink(server *Server) {
	up := uplink.New(n.kernel, uplink.Config{
		Host: host.New(n.kernel, host.Config{
			Name: "uplink", Address: serverAddress, Wire: n.wire, HardwareAddress: serverHardware, Callers: host.Baton,
		}),
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			conn, err := server.dial(ctx)
			if err != nil {
				n.kernel.Post(func() { n.serverError = err })
			}
			return conn, err
		},
		Log: n.log,
	})
	up.Forward(pop3client.DefaultPort, server.String())
}

// ErrInterrupted is the end of a session that its user has ended.
var ErrInterrupted = errors.New("interrupted")

// abortAgain is how soon the waits of an interrupted thread are ended that came
// after the first: those of hanging up.
const abortAgain = 300 * time.Millisecond

// abortOn ends the waits of a thread from when ctx is done. The caller calls
// stop behind the run.
func (n *network) abortOn(ctx context.Context, thread *sim.Thread) (stop func() bool) {
	var abort func()
	abort = func() {
		_ = thread.WaitAbort() // it may be busy
		n.kernel.After(abortAgain, abort)
	}
	return context.AfterFunc(ctx, func() { n.kernel.Post(abort) })
}
