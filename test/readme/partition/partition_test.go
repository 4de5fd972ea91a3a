// Package partition is the test that the README shows.
package partition

import (
	"bytes"
	"io"
	"net/http"
	"testing"
	"time"

	"netxsim/sim/link"
	"netxsim/sim/link/fault"
	"netxsim/sim/simtest"
)

func TestPartition(t *testing.T) {
	simtest.Test(t, simtest.Config{}, func(t *testing.T, n *simtest.Net) {
		n.Wire(link.Config{Latency: 20 * time.Millisecond}, fault.Loss(0.01), fault.Outage(1200*time.Millisecond, 8*time.Second))
		server, client := n.Host("server", nil), n.Host("client", nil)

		listener, err := server.Listen("tcp", ":http")
		if err != nil {
			t.Fatal(err)
		}
		page := bytes.Repeat([]byte("page "), 200_000)
		serving := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(page) })}
		go serving.Serve(listener)
		defer serving.Close()

		transport := &http.Transport{DialContext: client.DialContext}
		defer transport.CloseIdleConnections()
		response, err := (&http.Client{Transport: transport, Timeout: time.Minute}).Get("http://server/")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if got, err := io.ReadAll(response.Body); err != nil || !bytes.Equal(got, page) {
			t.Errorf("%d of %d bytes, %v", len(got), len(page), err)
		}
	})
}
