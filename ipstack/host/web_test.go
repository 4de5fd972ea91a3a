package host_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"syscall"
	"testing"
	"time"

	"netxsim/ipstack/host"
	"netxsim/sim/link"
)

// protocols is HTTP/2 without TLS, or HTTP/1.1.
func protocols(two bool) *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(!two)
	p.SetUnencryptedHTTP2(two)
	return p
}

// startHTTP serves a handler on port 80 of a machine and returns the server and how it ends.
func startHTTP(t *testing.T, on machine, two bool, handler http.Handler) (server *http.Server, served chan error) {
	t.Helper()
	l, err := on.Listen("tcp", ":http")
	if err != nil {
		t.Fatal(err)
	}
	server, served = &http.Server{Handler: handler, Protocols: protocols(two)}, make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	return server, served
}

// events sends one of three events every ten seconds.
func events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for i := range 3 {
		time.Sleep(10 * time.Second)
		fmt.Fprintf(w, "data: %d for %s\n\n", i, r.Header.Get("X-Forwarded-For"))
		w.(http.Flusher).Flush()
	}
}

// TestReverseProxy has events of a server come through a proxy on a device, each when it happens.
func TestReverseProxy(t *testing.T) {
	for _, two := range []bool{false, true} {
		devices(t, link.Config{Latency: 5 * time.Millisecond}, 64, func(t *testing.T, n *network, c, _ *host.Device) {
			origin, originServed := startHTTP(t, n.a, two, http.HandlerFunc(events))
			onward := &http.Transport{DialContext: c.DialContext, Protocols: protocols(two)}
			proxy := &httputil.ReverseProxy{
				Transport: onward,
				Rewrite: func(r *httputil.ProxyRequest) {
					r.SetURL(&url.URL{Scheme: "http", Host: "a"})
					r.SetXForwarded()
				},
			}
			middle, middleServed := startHTTP(t, c, two, proxy)
			transport := &http.Transport{DialContext: n.b.DialContext, Protocols: protocols(two)}
			begin := time.Now()
			response, err := (&http.Client{Transport: transport}).Get("http://c/events")
			if err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(response.Body)
			for i := range 3 {
				want := fmt.Sprintf("data: %d for 10.0.0.2", i)
				if !lines.Scan() || lines.Text() != want || !lines.Scan() {
					t.Errorf("event %q, want %q", lines.Text(), want)
				}
				if late := time.Since(begin) - time.Duration(i+1)*10*time.Second; late > 100*time.Millisecond {
					t.Errorf("event %d came %v late", i, late)
				}
			}
			if lines.Scan() || lines.Err() != nil {
				t.Errorf("at the end: %q, %v", lines.Text(), lines.Err())
			}
			response.Body.Close()
			if (response.ProtoMajor == 2) != two {
				t.Errorf("HTTP/2: %t, and the client speaks %s", two, response.Proto)
			}
			transport.CloseIdleConnections()
			onward.CloseIdleConnections()
			middle.Close()
			origin.Close()
			for _, served := range []chan error{middleServed, originServed} {
				if err := <-served; !errors.Is(err, http.ErrServerClosed) {
					t.Error(err)
				}
			}
		})
	}
}

// TestShutdown ends a server that still has a request to answer and an idle connection.
func TestShutdown(t *testing.T) {
	pairs(t, func(t *testing.T, server, client machine) {
		web, served := startHTTP(t, server, false, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/slow" {
				time.Sleep(30 * time.Second)
			}
			io.WriteString(w, r.URL.Path)
		}))
		transport := &http.Transport{DialContext: client.DialContext}
		get := func(path string) (string, error) {
			response, err := (&http.Client{Transport: transport}).Get("http://" + serverName(server) + path)
			if err != nil {
				return "", err
			}
			defer response.Body.Close()
			return readAll(response.Body)
		}
		slow := make(chan error)
		go func() {
			got, err := get("/slow")
			if err == nil && got != "/slow" {
				err = fmt.Errorf("got %q", got)
			}
			slow <- err
		}()
		time.Sleep(time.Second)
		if got, err := get("/idle"); err != nil || got != "/idle" { // its connection stays
			t.Errorf("%q, %v", got, err)
		}
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if err := web.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Shutdown behind a request: %v", err)
		}
		cancel()
		took(t, "Shutdown", begin, 5*time.Second)
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
		if _, err := get("/late"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("a request behind Shutdown: %v", err)
		}
		if err := web.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-slow; err != nil {
			t.Error(err)
		}
		if d := time.Since(begin); d < 29*time.Second || d > 31*time.Second {
			t.Errorf("the server was gone after %v", d)
		}
		transport.CloseIdleConnections()
	})
}
