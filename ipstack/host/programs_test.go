package host_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/textproto"
	"testing"
	"time"

	pop3 "github.com/knadh/go-pop3"

	"netxsim/ipstack/host"
	"netxsim/pop3client"
	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/mailbox"
	"netxsim/sim/pop3server"
)

// serve accepts connections on a port and handles each in a goroutine, until stop is called.
func serve(t *testing.T, on machine, address string, handle func(net.Conn)) (stop func()) {
	t.Helper()
	l, err := on.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				if !errors.Is(err, net.ErrClosed) {
					t.Error(err)
				}
				return
			}
			go handle(c)
		}
	}()
	return func() {
		l.Close()
		<-done
	}
}

// TestTextproto has a dialogue of lines.
func TestTextproto(t *testing.T) {
	pairs(t, func(t *testing.T, server, client machine) {
		defer serve(t, server, ":25", func(c net.Conn) {
			text := textproto.NewConn(c)
			defer text.Close()
			text.PrintfLine("220 ready")
			for {
				line, err := text.ReadLine()
				if err != nil {
					return
				}
				time.Sleep(time.Minute)
				text.PrintfLine("250 %s", line)
			}
		})()
		c, err := client.Dial("tcp", serverName(server)+":smtp")
		if err != nil {
			t.Fatal(err)
		}
		text := textproto.NewConn(c)
		defer text.Close()
		if _, _, err := text.ReadResponse(220); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		for _, line := range []string{"EHLO me", "NOOP"} {
			id, err := text.Cmd("%s", line)
			if err != nil {
				t.Fatal(err)
			}
			text.StartResponse(id)
			if _, got, err := text.ReadResponse(250); err != nil || got != line {
				t.Errorf("reply %q, %v", got, err)
			}
			text.EndResponse(id)
		}
		if d := time.Since(begin); d < 2*time.Minute || d > 2*time.Minute+100*time.Millisecond {
			t.Errorf("two commands of a minute took %v", d)
		}
	})
}

// certificate returns configurations of TLS for a server of that name and for its clients.
func certificate(t *testing.T, name string) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: sim.Epoch.Add(-time.Hour), NotAfter: sim.Epoch.AddDate(1, 0, 0),
		DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: roots, ServerName: name}
}

// TestTLS fetches a page by HTTPS, with HTTP/2, from a host and from a device.
func TestTLS(t *testing.T) {
	pairs(t, func(t *testing.T, server, client machine) {
		serverTLS, clientTLS := certificate(t, serverName(server))
		l, err := server.Listen("tcp", ":https")
		if err != nil {
			t.Fatal(err)
		}
		page := bytes.Repeat([]byte("0123456789abcdef"), 8192)
		web := &http.Server{
			TLSConfig: serverTLS,
			Handler:   http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(page) }),
		}
		done := make(chan error)
		go func() { done <- web.ServeTLS(l, "", "") }()
		transport := &http.Transport{DialContext: client.DialContext, TLSClientConfig: clientTLS, ForceAttemptHTTP2: true}
		response, err := (&http.Client{Transport: transport}).Get("https://" + serverName(server) + "/")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || !bytes.Equal(got, page) || response.ProtoMajor != 2 {
			t.Errorf("%d bytes of %d by %s, %v", len(got), len(page), response.Proto, err)
		}
		transport.CloseIdleConnections()
		web.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
}

// mail is a POP3 server's configuration with one mailbox.
func mail(box *mailbox.Mailbox) pop3server.Config {
	return pop3server.Config{Users: []pop3server.User{{Name: "mrose", Password: "tanstaaf", Mailbox: box}}}
}

// TestGoPOP3 has somebody else's POP3 client fetch mail.
func TestGoPOP3(t *testing.T) {
	pairs(t, func(t *testing.T, server, client machine) {
		box := mailbox.Generate(1, 4, 300, 5000, 60_000)
		service, err := pop3server.New(mail(box))
		if err != nil {
			t.Fatal(err)
		}
		l, err := server.Listen("tcp", ":pop3")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() { done <- service.Serve(l) }()
		conn, err := pop3.New(pop3.Opt{Host: serverName(server), Port: 110, Dialer: client}).NewConn()
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.Auth("mrose", "tanstaaf"); err != nil {
			t.Fatal(err)
		}
		for i, message := range box.Messages() {
			raw, err := conn.RetrRaw(i + 1)
			if err == nil {
				// This client leaves in the dots that the server puts in front of dots (RFC 1939, section 3).
				err = same(message, bytes.ReplaceAll(raw.Bytes(), []byte("\n.."), []byte("\n.")))
			}
			if err != nil {
				t.Errorf("message %d: %v", i+1, err)
			}
		}
		if err := conn.Quit(); err != nil {
			t.Error(err)
		}
		service.Close()
		if err := <-done; !errors.Is(err, pop3server.ErrServerClosed) {
			t.Error(err)
		}
	})
}

// TestThreads has an RTOS thread fetch mail with NX_POP3_CLIENT from a server of goroutines, while two goroutines talk HTTP beside it,
// also to the instance that the thread uses.
func TestThreads(t *testing.T) {
	devices(t, link.Config{Latency: 5 * time.Millisecond, Loss: 0.01}, 32, func(t *testing.T, n *network, c, d *host.Device) {
		box := mailbox.Generate(1, 3, 300, 5000, 20_000)
		service, err := pop3server.New(mail(box))
		if err != nil {
			t.Fatal(err)
		}
		l, err := n.a.Listen("tcp", ":pop3")
		if err != nil {
			t.Fatal(err)
		}
		served := make(chan error)
		go func() { served <- service.Serve(l) }()
		stopWeb := serveHTTP(t, c, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "from the device") })

		fetched := make(chan error, 1)
		n.kernel.Enter(func() {
			_, err := n.kernel.NewThread(sim.ThreadConfig{Name: "mail", Priority: 16, Entry: func() { fetched <- fetchMail(c, n.a, box) }})
			if err != nil {
				t.Error(err)
			}
		})
		transport := &http.Transport{DialContext: n.b.DialContext}
		for range 20 {
			response, err := (&http.Client{Transport: transport}).Get("http://c/")
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil || string(got) != "from the device" {
				t.Errorf("%q, %v", got, err)
			}
		}
		if err := <-fetched; err != nil {
			t.Error(err)
		}
		transport.CloseIdleConnections()
		stopWeb()
		service.Close()
		if err := <-served; !errors.Is(err, pop3server.ErrServerClosed) {
			t.Error(err)
		}
	})
}

// fetchMail fetches a mailbox from a server in the calling thread.
func fetchMail(d *host.Device, server *host.Host, box *mailbox.Mailbox) error {
	client, err := pop3client.Create(pop3client.Config{
		IP: d.IP(), Server: server.Addr(), User: "mrose", Password: "tanstaaf", APOP: true, Fixes: pop3client.AllFixes,
	})
	if err != nil {
		return err
	}
	for i, message := range box.Messages() {
		if _, err := client.MailItem(uint32(i + 1)); err != nil {
			return err
		}
		got, err := io.ReadAll(client.MessageReader())
		if err == nil {
			err = same(message, got)
		}
		if err != nil {
			return fmt.Errorf("message %d: %w", i+1, err)
		}
	}
	return client.Delete()
}

// same returns an error unless a message was fetched as it is, ends of lines apart.
func same(message *mailbox.Message, got []byte) error {
	want, err := message.Bytes()
	if err == nil && !bytes.Equal(lines(got), lines(want)) {
		err = fmt.Errorf("%d bytes, want %d", len(got), len(want))
	}
	return err
}

func lines(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")) }

// TestParallel runs networks side by side, each in a bubble: none may disturb the others.
func TestParallel(t *testing.T) {
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			bubble(t, link.Config{Latency: 10 * time.Millisecond}, func(t *testing.T, n *network) {
				stop := serveHTTP(t, n.b, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, i) })
				defer stop()
				client, idle := httpClient(n.a)
				defer idle()
				begin := time.Now()
				for range 50 {
					response, err := client.Get("http://b/")
					if err != nil {
						t.Fatal(err)
					}
					got, _ := io.ReadAll(response.Body)
					response.Body.Close()
					if string(got) != fmt.Sprint(i) {
						t.Fatalf("got %q from another network", got)
					}
				}
				// A round for each request, one for ARP and one for the handshake.
				if d := time.Since(begin); d < 52*20*time.Millisecond || d > 52*20*time.Millisecond+time.Millisecond {
					t.Errorf("50 requests took %v", d)
				}
			})
		})
	}
}
