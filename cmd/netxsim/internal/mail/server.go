package mail

import (
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"unicode"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/cmd/netxsim/internal/session"
	"netxsim/pop3client"
)

// serverOptions are the flags about a real server.
type serverOptions struct {
	address      string
	user         string
	passwordFile string
	tls          bool
	startTLS     bool
	ca           string
	delete       bool
}

// define defines the flags.
func (o *serverOptions) define(flags *flag.FlagSet) {
	flags.StringVar(&o.address, "server", "", "fetch in real time from a real server at `host:port`, on loopback or a private address, in place of --mail")
	flags.StringVar(&o.user, "user", "", "`name` to log in with at --server")
	flags.StringVar(&o.passwordFile, "password-file", "", "`file` with the password for --server; else it is taken from $"+passwordVariable+", or asked for")
	flags.BoolVar(&o.tls, "tls", false, "speak TLS with --server from the first byte")
	flags.BoolVar(&o.startTLS, "starttls", false, "secure the session with --server by STLS before the login")
	flags.StringVar(&o.ca, "ca", "", "trust certificates signed by those in this PEM `file`, in place of the system's")
	flags.BoolVar(&o.delete, "delete", false, "have --server delete the messages that were fetched whole")
}

// senseless are the flags that say nothing about a real server, with why.
var senseless = map[string]string{
	"mail":  "the mailbox is the server's",
	"seed":  "what happens in real time does not repeat",
	"twice": "what happens in real time does not repeat",
}

// serverOnly are the flags that need a real server.
var serverOnly = map[string]bool{
	"user": true, "password-file": true, "tls": true, "starttls": true, "ca": true, "delete": true,
}

// check looks for flags that do not fit together. set are the flags that were
// given.
func (o *serverOptions) check(set *flag.FlagSet) (err error) {
	set.Visit(func(f *flag.Flag) {
		switch why := senseless[f.Name]; {
		case err != nil:
		case o.address != "" && why != "":
			err = cli.WrongUse("--%s makes no sense with --server: %s", f.Name, why)
		case o.address == "" && serverOnly[f.Name]:
			err = cli.WrongUse("--%s needs --server", f.Name)
		}
	})
	switch {
	case err != nil || o.address == "":
		return err
	case o.user == "":
		return cli.WrongUse("--user is missing: name whose mail to fetch from %s", o.address)
	case len(o.user) > pop3client.MaxUser:
		return cli.WrongUse("--user: %d bytes, more than the %d that the NetX client takes", len(o.user), pop3client.MaxUser)
	case strings.ContainsFunc(o.user, unicode.IsControl):
		return cli.WrongUse("--user: control characters in the name")
	case o.tls && o.startTLS:
		return cli.WrongUse("--tls and --starttls exclude each other")
	case o.ca != "" && !o.tls && !o.startTLS:
		return cli.WrongUse("--ca needs --tls or --starttls")
	}
	return nil
}

// server returns the server that the flags name, with the password.
func (o *serverOptions) server(ctx context.Context, s cli.Streams) (*session.Server, error) {
	host, addresses, err := resolve(ctx, o.address)
	if err != nil {
		return nil, err
	}
	server := &session.Server{Name: host, Addresses: addresses, User: o.user, Delete: o.delete}
	switch {
	case o.tls:
		server.Security = session.TLS
	case o.startTLS:
		server.Security = session.StartTLS
	}
	if server.Roots, err = o.roots(); err != nil {
		return nil, err
	}
	server.Password, err = o.password(ctx, s)
	return server, err
}

// resolve looks up the addresses of host:port, all of which have to be near.
func resolve(ctx context.Context, address string) (host string, addresses []netip.AddrPort, err error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil || host == "" {
		return "", nil, cli.WrongUse("--server: want host:port, such as localhost:110, not %q", address)
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return "", nil, cli.WrongUse("--server: %q is no port", text)
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return "", nil, cli.BadInput(fmt.Errorf("--server: %w", err))
	}
	for _, a := range found {
		if a = a.Unmap(); !near(a) {
			return "", nil, cli.WrongUse("--server: %s is a public address; netxsim fetches from loopback and private addresses only", named(host, a))
		}
		addresses = append(addresses, netip.AddrPortFrom(a, uint16(port)))
	}
	return host, addresses, nil
}

// named is an address with the name that led to it, unless that is itself.
func named(host string, a netip.Addr) string {
	if host == a.String() {
		return host
	}
	return fmt.Sprintf("%v of %s", a, host)
}

// near reports whether an address is one of loopback, of a private network, or
// of the link. The client is one for tests: a stranger's server is none of its
// business.
func near(a netip.Addr) bool { return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() }

// roots reads the certificates to trust, nil for those of the system.
func (o *serverOptions) roots() (*x509.CertPool, error) {
	if o.ca == "" {
		return nil, nil
	}
	text, err := os.ReadFile(o.ca)
	if err != nil {
		return nil, cli.BadInput(fmt.Errorf("--ca: %w", err))
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, cli.BadInput(fmt.Errorf("--ca: no certificate in %s", o.ca))
	}
	return pool, nil
}

// errNoPassword says where passwords come from.
var errNoPassword = errors.New("no password: name a --password-file, set $" + passwordVariable + ", or run it in a terminal to be asked")
