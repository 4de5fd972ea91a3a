package host_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"netxsim/ipstack/host"
	"netxsim/sim/link"
)

// TestDeviceEcho has programs on two instances of NetX Duo talk, one connection after the other.
func TestDeviceEcho(t *testing.T) {
	devices(t, link.Config{Latency: time.Millisecond}, 32, func(t *testing.T, n *network, c, d *host.Device) {
		for range 3 {
			client, server, stop, err := pipe(c, d)
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				io.Copy(server, server)
				server.Close()
			}()
			sent := bytes.Repeat([]byte("0123456789abcdef"), 4096)
			go func() {
				client.Write(sent)
				client.(interface{ CloseWrite() error }).CloseWrite()
			}()
			got, err := io.ReadAll(client)
			if err != nil || !bytes.Equal(got, sent) {
				t.Errorf("%d bytes of %d, %v", len(got), len(sent), err)
			}
			stop()
		}
	})
}
