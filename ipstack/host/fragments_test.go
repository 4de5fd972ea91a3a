package host_test

import (
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"time"

	"netxsim/ipstack/host"
	"netxsim/sim/link"
	"netxsim/sim/link/fault"
)

// TestFragmentsAreNumbered sends long datagrams of which the last fragment arrives twice: the second one is left over at the receiver and must not
// be taken for one of the next datagram.
func TestFragmentsAreNumbered(t *testing.T) {
	inside(t, link.Config{Latency: time.Millisecond}, func(n *network, _, _ *host.Device) {
		numbers := map[uint16]bool{}
		n.wire.Observe(func(e link.FrameEvent) {
			if e.Kind == link.Sent && fault.Decode(e.Frame).Fragment {
				numbers[binary.BigEndian.Uint16(e.Frame[18:])] = true
			}
		})
		again := fault.Check{Text: "the last fragment", F: func(f *link.Fate, i int) bool {
			return fault.Decode(f.Copies[i].Frame).Fragment && f.Copies[i].Frame[20]&0x20 == 0
		}}
		fault.Attach(n.wire, fault.Fault{If: again, Do: fault.Duplicate{After: 2 * time.Millisecond}})
		from, to := listenPacket(t, n.a), listenPacket(t, n.b)
		defer from.Close()
		defer to.Close()
		b := make([]byte, 10_000)
		for i := range 5 {
			size := 3000 + 100*i
			_, err := from.WriteTo(make([]byte, size), to.LocalAddr())
			deadline := to.SetReadDeadline(n.b.Now().Add(time.Second))
			got, _, receive := to.ReadFrom(b)
			if err := errors.Join(err, deadline, receive); err != nil || got != size {
				t.Errorf("datagram %d: %d of %d bytes, %v", i, got, size, err)
			}
			n.kernel.WaitDeadline("the second fragment", 10*time.Millisecond, nil)
		}
		if len(numbers) != 5 {
			t.Errorf("the fragments of 5 datagrams have the numbers %v", numbers)
		}
	})
}

// TestEndBeforeReset has a device read late what a peer has sent that has closed and gone: the reset that answers the device's window update is
// not the end of the stream, the FIN was.
func TestEndBeforeReset(t *testing.T) {
	inside(t, link.Config{Latency: time.Millisecond}, func(n *network, c, d *host.Device) {
		l, err := c.Listen("tcp", ":80")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		conn, err := d.Dial("tcp", "10.0.0.3:80")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		peer, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		// The device closes its direction first, then the peer all of it: nothing of the connection is left there.
		if err := conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if _, err := peer.Write(make([]byte, 2000)); err != nil {
			t.Fatal(err)
		}
		n.kernel.WaitDeadline("the data", 100*time.Millisecond, nil)
		if err := peer.Close(); err != nil {
			t.Fatal(err)
		}
		n.kernel.WaitDeadline("both ends", time.Second, nil)
		total, b := 0, make([]byte, 4000)
		for {
			got, err := conn.Read(b)
			total += got
			if err != nil {
				if !errors.Is(err, io.EOF) {
					t.Errorf("after %d bytes: %v", total, err)
				}
				break
			}
			n.kernel.WaitDeadline("the answer to a window update", time.Second, nil)
		}
		if total != 2000 {
			t.Errorf("%d bytes have arrived", total)
		}
	})
}
