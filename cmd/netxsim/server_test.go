package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"netxsim/sim/mailbox"
	"netxsim/sim/pop3server"
)

// server starts a real POP3 server on loopback for mrose, whose password is
// tanstaaf: "server N" has N messages. The environment gets PLAIN and TLS, its
// two addresses; ca.pem is its certificate. "server -silent" accepts
// connections and says nothing.
func server(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: server N|-silent")
	}
	plain, secure := listen(ts), listen(ts)
	ts.Setenv("PLAIN", plain.Addr().String())
	ts.Setenv("TLS", secure.Addr().String())
	if args[0] == "-silent" {
		return // the kernel accepts
	}
	n := 0
	if _, err := fmt.Sscan(args[0], &n); err != nil {
		ts.Fatalf("server %s: %v", args[0], err)
	}
	config, certificate, err := selfSigned()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), certificate, 0o666))
	pop3, err := pop3server.New(pop3server.Config{
		Users: []pop3server.User{{Name: "mrose", Password: "tanstaaf", Mailbox: mailbox.Generate(3, n)}},
		TLS:   config,
	})
	ts.Check(err)
	var wg sync.WaitGroup
	for _, l := range []net.Listener{plain, tls.NewListener(secure, config)} {
		wg.Go(func() { _ = pop3.Serve(l) })
	}
	ts.Defer(func() {
		_ = pop3.Close()
		wg.Wait()
	})
}

func listen(ts *testscript.TestScript) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
	return l
}

// selfSigned makes a server's configuration and its certificate in PEM, which is
// valid for 127.0.0.1 and now.
func selfSigned() (*tls.Config, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:         true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{signed}, PrivateKey: key}}}
	return config, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}), nil
}

// interrupt starts a command, sends it an interrupt when its standard error has
// a text in it, and wants an exit status: "interrupt 1 TEXT command [args…]".
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: interrupt STATUS TEXT command [args…]")
	}
	ts.Check(runInterrupted(ts, args[0], args[1], args[2:]))
}
