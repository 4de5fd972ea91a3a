package host_test

import (
	"io"
	"testing"
	"time"

	"netxsim/sim/link"
)

// TestNoPortsLeft takes all ports there are, and wants the errors of Linux with net.ipv4.ip_local_port_range "50000 50009".
func TestNoPortsLeft(t *testing.T) {
	for _, test := range []struct {
		open func(n *network) (io.Closer, error)
		want string
	}{
		{func(n *network) (io.Closer, error) { return n.b.ListenPacket("udp", "10.0.0.2:0") }, "listen udp 10.0.0.2:0: bind: address already in use"},
		{func(n *network) (io.Closer, error) { return n.b.Dial("udp", "10.0.0.1:9") }, "dial udp 10.0.0.1:9: connect: resource temporarily unavailable"},
		{func(n *network) (io.Closer, error) { return n.b.Listen("tcp", "10.0.0.2:0") }, "listen tcp 10.0.0.2:0: bind: address already in use"},
		{func(n *network) (io.Closer, error) { return n.b.Dial("tcp", "10.0.0.1:7") }, "dial tcp 10.0.0.1:7: connect: cannot assign requested address"},
	} {
		bubble(t, link.Config{Latency: time.Millisecond}, func(t *testing.T, n *network) {
			n.b.SetPortRange(50000, 50009)
			defer serve(t, n.a, ":7", echo)()
			var open []io.Closer
			for range 10 {
				c, err := test.open(n)
				if err != nil {
					t.Fatal(err)
				}
				open = append(open, c)
			}
			if _, err := test.open(n); err == nil || err.Error() != test.want {
				t.Errorf("the eleventh: %v, want %s", err, test.want)
			}
			open[3].Close()
			time.Sleep(2 * time.Minute) // TIME_WAIT too
			c, err := test.open(n)
			if err != nil {
				t.Errorf("when one is free again: %v", err)
			} else {
				open[3] = c
			}
			for _, c := range open {
				c.Close()
			}
		})
	}
}
