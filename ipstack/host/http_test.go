package host_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"netxsim/ipstack/host"
	"netxsim/sim/link"
)

// serveHTTP serves a handler on port 80 of a machine until the test's end.
func serveHTTP(t *testing.T, on machine, handler http.HandlerFunc) (stop func()) {
	t.Helper()
	l, err := on.Listen("tcp", ":http")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	done := make(chan error)
	go func() { done <- server.Serve(l) }()
	return func() {
		server.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	}
}

// httpClient is a client on a host.
func httpClient(h *host.Host) (client *http.Client, stop func()) {
	transport := &http.Transport{DialContext: h.DialContext}
	return &http.Client{Transport: transport}, transport.CloseIdleConnections
}

// TestHTTP has a handler that thinks for half a minute, all of it time of the bubble.
func TestHTTP(t *testing.T) {
	bubble(t, link.Config{Latency: 50 * time.Millisecond}, func(t *testing.T, n *network) {
		body := bytes.Repeat([]byte("x"), 1<<20)
		stop := serveHTTP(t, n.b, func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(30 * time.Second)
			w.Write(body)
		})
		defer stop()
		client, idle := httpClient(n.a)
		defer idle()

		begin := time.Now()
		response, err := client.Get("http://b/")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || !bytes.Equal(got, body) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		if d := time.Since(begin); d < 30*time.Second || d > 32*time.Second {
			t.Errorf("the request took %v", d)
		}

		begin = time.Now()
		client.Timeout = 10 * time.Second
		_, err = client.Get("http://b/")
		took(t, "the time-out", begin, 10*time.Second)
		if timeout := net.Error(nil); !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("time-out: %v", err)
		}

		begin = time.Now()
		client.Timeout = 0
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		request, _ := http.NewRequestWithContext(ctx, "GET", "http://b/", nil)
		_, err = client.Do(request)
		took(t, "the context", begin, 3*time.Second)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("context: %v", err)
		}
		time.Sleep(time.Minute) // the handlers of the two that gave up
	})
}

// TestManyRequests fetches a thousand pages over a long and lossy link.
func TestManyRequests(t *testing.T) {
	wall := time.Now()
	var simulated time.Duration
	bubble(t, link.Config{Latency: 100 * time.Millisecond, Loss: 0.02}, func(t *testing.T, n *network) {
		stop := serveHTTP(t, n.b, func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "page %s", r.URL.Path) })
		defer stop()
		client, idle := httpClient(n.a)
		defer idle()
		begin := time.Now()
		for i := range 1000 {
			response, err := client.Get(fmt.Sprintf("http://b/%d", i))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(response.Body)
			response.Body.Close()
			if want := fmt.Sprintf("page /%d", i); err != nil || string(got) != want {
				t.Fatalf("got %q, %v; want %q", got, err, want)
			}
		}
		simulated = time.Since(begin)
	})
	t.Logf("1000 requests: %v of the bubble in %v", simulated, time.Since(wall))
	if simulated < 200*time.Second {
		t.Errorf("1000 round trips of 200 ms took %v", simulated)
	}
}
