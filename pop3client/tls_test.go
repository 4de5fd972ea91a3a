package pop3client_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/emersion/go-sasl"

	"netxsim/netx/status"
	"netxsim/pop3client"
	"netxsim/sim/link"
	"netxsim/sim/mailbox"
	"netxsim/sim/pop3server"
)

// certificate returns what the server shows and what the client trusts. It is
// valid in the year 2000, when simulations begin.
func certificate(t testing.TB) (server, client *tls.Config) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(2000, 1, 2, 0, 0, 0, 0, time.UTC),
		IPAddresses:  []net.IP{net.IPv4(192, 2, 2, 89)},
	}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	now := func() time.Time { return template.NotBefore.AddDate(0, 0, 1) }
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, Time: now},
		&tls.Config{RootCAs: roots}
}

// secureNetwork is a network whose server has a certificate.
func secureNetwork(t testing.TB, box *mailbox.Mailbox) (*network, *tls.Config) {
	t.Helper()
	server, client := certificate(t)
	n, err := newHosts(1, link.Config{Latency: time.Millisecond, Bandwidth: 10_000_000}, 10)
	if err != nil {
		t.Fatal(err)
	}
	err = n.serve(pop3server.Config{
		Users: []pop3server.User{{Name: "mrose", Password: "tanstaaf", Mailbox: box}},
		TLS:   server,
	})
	if err != nil {
		t.Fatal(err)
	}
	return n, client
}

// TestTLS fetches mail through STLS and through TLS from the first byte, with
// all logins. Every packet comes back, nobody on the wire sees the text, and
// the same frames go over it at the same times in every run.
func TestTLS(t *testing.T) {
	for _, implicit := range []bool{false, true} {
		for _, login := range []string{"USER", "APOP", "PLAIN"} {
			var hashes [2]uint64
			for i := range hashes {
				hashes[i] = fetchSecurely(t, implicit, login)
			}
			if hashes[0] != hashes[1] {
				t.Errorf("implicit %v, %s: two runs differ: %x", implicit, login, hashes)
			}
		}
	}
}

// fetchSecurely returns the hash of the wire.
func fetchSecurely(t *testing.T, implicit bool, login string) uint64 {
	t.Helper()
	cryptotest.SetGlobalRandom(t, 1)
	box := mailbox.New(
		mailbox.NewMessage("1", []byte("Subject: secret\r\n\r\n.one\r\n")),
		mailbox.NewMessage("2", bytes.Repeat([]byte("a secret line of some length\r\n"), 2000)),
	)
	n, config := secureNetwork(t, box)
	n.wire.Observe(func(e link.FrameEvent) {
		if bytes.Contains(e.Frame, []byte("secret")) || bytes.Contains(e.Frame, []byte("mrose")) {
			t.Errorf("in the clear: %q", e.Frame)
		}
	})
	session := pop3client.Config{APOP: login == "APOP", TLS: config, ImplicitTLS: implicit}
	if login == "PLAIN" {
		session.SASL = sasl.NewPlainClient("", "mrose", "tanstaaf")
	}
	if err := fetchAll(n, box, session); err != nil {
		t.Errorf("implicit %v, %s: %v", implicit, login, err)
	}
	if free := n.pool.Available(); free != n.pool.Total() {
		t.Errorf("%d of %d packets free: %v", free, n.pool.Total(), n.pool.Holders())
	}
	return n.wire.Hash()
}

// TestTLSRefused has the client turn down certificates, and servers without
// TLS, and close the connection.
func TestTLSRefused(t *testing.T) {
	tests := []struct {
		name   string
		change func(*tls.Config)
		want   string
	}{
		{"unknown authority", func(c *tls.Config) { c.RootCAs = x509.NewCertPool() }, "certificate signed by unknown authority"},
		{"other name", func(c *tls.Config) { c.ServerName = "mail.example" }, "mail.example"},
		{"expired", func(c *tls.Config) {
			c.Time = func() time.Time { return time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC) }
		}, "expired"},
	}
	for _, test := range tests {
		n, config := secureNetwork(t, samples())
		test.change(config)
		err := n.run(func() error {
			client, err := pop3client.Create(pop3client.Config{IP: n.target, Server: n.host.Addr(), User: "mrose", Password: "tanstaaf", TLS: config})
			if client != nil {
				t.Error("the connection is open")
			}
			return err
		})
		if !errors.Is(err, status.Pop3ServerErrorStatus) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
		if n.pool.Available() != n.pool.Total() {
			t.Errorf("%s: %v", test.name, n.pool.Holders())
		}
	}
}

// TestSTLSRefused has a server without TLS: Create fails, StartTLS leaves the
// session in the clear.
func TestSTLSRefused(t *testing.T) {
	const refused = "pop3: STLS: -ERR STLS is not to be had"
	n, err := newNetwork(1, link.Config{}, 8, samples())
	if err != nil {
		t.Fatal(err)
	}
	config := pop3client.Config{IP: n.target, Server: n.host.Addr(), User: "mrose", Password: "tanstaaf", Fixes: pop3client.AllFixes}
	err = n.run(func() error {
		config.TLS = &tls.Config{}
		if _, err := pop3client.Create(config); err == nil || err.Error() != refused {
			t.Errorf("Create: %v", err)
		}
		config.TLS, config.NoLogin = nil, true
		client, err := pop3client.Create(config)
		if err != nil {
			return err
		}
		defer client.Delete()
		if err := client.StartTLS(&tls.Config{}); err == nil || err.Error() != refused {
			t.Errorf("StartTLS: %v", err)
		}
		return client.Login()
	})
	if err != nil {
		t.Error(err)
	}
}

// TestSTLSInjection has somebody on the wire put text behind the reply to STLS,
// to be taken for what the server says under TLS.
func TestSTLSInjection(t *testing.T) {
	for _, fixes := range []pop3client.Fixes{pop3client.AllFixes, pop3client.NoFixes} {
		n, err := newHosts(1, link.Config{}, 8)
		if err != nil {
			t.Fatal(err)
		}
		listener, err := n.host.Listen("tcp", ":110")
		if err != nil {
			t.Fatal(err)
		}
		n.host.Go(func() {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			io.WriteString(conn, "+OK\r\n")
			conn.Read(make([]byte, 100))
			io.WriteString(conn, "+OK\r\n+OK logged in\r\n")
			io.Copy(io.Discard, conn)
		})
		err = n.run(func() error {
			client, err := pop3client.Create(pop3client.Config{IP: n.target, Server: n.host.Addr(), Fixes: fixes, NoLogin: true})
			if err != nil {
				return err
			}
			defer client.Delete()
			err = client.StartTLS(&tls.Config{})
			if later := client.Noop(); !errors.Is(later, status.NotConnected) {
				t.Errorf("NOOP behind it: %v", later)
			}
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "text behind the reply") {
			t.Errorf("fixes %v: %v", fixes, err)
		}
		if n.pool.Available() != n.pool.Total() {
			t.Error(n.pool.Holders())
		}
	}
}
