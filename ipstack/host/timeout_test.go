package host_test

import (
	"io"
	"net"
	"testing"
	"time"

	"netxsim/ipstack/host"
	"netxsim/sim/link"
)

// TestTimeoutBehindDelayedACK has a host send lone segments to a device, which acknowledges them after up to 200 ms. A time-out as long
// as that would have the host repeat a segment that has arrived, at the instant at which the acknowledgement comes, and after a loss
// crawl on in this way.
func TestTimeoutBehindDelayedACK(t *testing.T) {
	const writes, size = 5, 1000
	devices(t, link.Config{}, 64, func(t *testing.T, n *network, c, _ *host.Device) {
		segments := 0
		n.kernel.Enter(func() {
			n.wire.Observe(func(e link.FrameEvent) {
				if e.Kind == link.Sent && len(e.Frame) > size {
					segments++
				}
			})
		})
		begin := time.Now()
		defer serve(t, n.a, ":80", func(conn net.Conn) {
			defer conn.Close()
			for i := range writes {
				time.Sleep(time.Until(begin.Add(time.Duration(i+1) * time.Second))) // on a beat of the device's clock
				if _, err := conn.Write(make([]byte, size)); err != nil {
					t.Error(err)
				}
			}
			time.Sleep(time.Second)
		})()
		conn, err := host.NewDevice(c.IP(), host.DeviceConfig{Window: 65535}).Dial("tcp", "a:80")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if got, err := io.Copy(io.Discard, conn); err != nil || got != writes*size {
			t.Errorf("%d bytes, %v", got, err)
		}
		if segments != writes {
			t.Errorf("%d writes went out in %d segments", writes, segments)
		}
	})
}
