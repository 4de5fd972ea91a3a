package ipstack_test

import (
	"bytes"
	"errors"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/sim/link"
)

// hears collects what is on the wire, in words.
func (n *network) hears(words func(frame []byte) string) *[]string {
	var heard []string
	last := uint64(0)
	n.wire.AddRule(func(d link.Delivery) link.Verdict {
		if w := words(d.Frame); w != "" && d.Number != last {
			last = d.Number
			heard = append(heard, w)
		}
		return link.Pass
	})
	return &heard
}

func TestPing(t *testing.T) {
	for _, test := range []struct {
		name string
		to   string
		size int
		wait uint32
		err  error
	}{
		{"peer", "192.2.2.89", 100, 10, nil},
		{"no data", "192.2.2.89", 0, 10, nil},
		{"itself", "192.2.2.61", 100, 10, nil},
		{"loopback", "127.0.0.1", 100, 10, nil},
		{"everybody", "192.2.2.255", 100, 10, nil},
		{"nobody", "192.2.2.1", 100, 10, status.NoResponse},
		{"no wait", "192.2.2.89", 100, 0, status.NoResponse},
		{"no route", "10.0.0.1", 100, 10, status.IpAddressError},
		{"too long", "192.2.2.89", 1473, 10, status.NoResponse},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := newNetwork(t, 1, link.Config{}, 8)
			n.thread(t, "app", func() error {
				packet, err := n.a.Ping(netip.MustParseAddr(test.to), pattern(test.size), test.wait)
				if err := want("ping", err, test.err); err != nil || packet == nil {
					return err
				}
				if !bytes.Equal(packet.Bytes(), pattern(test.size)) {
					t.Errorf("%d bytes came back", packet.Length)
				}
				return packet.Release()
			})
			n.run(t)
			if test.name != "nobody" {
				allFree(t, n.a, n.b)
			}
		})
	}
}

func TestGroupsAreReported(t *testing.T) {
	n := newNetwork(t, 1, link.Config{}, 8)
	if err := n.a.EnableIGMP(); err != nil {
		t.Fatal(err)
	}
	heard := n.hears(func(frame []byte) string {
		const igmp = 2
		switch {
		case frame[23] != igmp || len(frame) < 46:
			return ""
		case frame[38] == 0x16:
			return "report"
		case frame[38] == 0x17:
			return "leave"
		}
		return "?"
	})
	group := netip.MustParseAddr("224.1.2.3")
	n.thread(t, "app", func() error {
		_ = n.kernel.Sleep(1)
		for range 2 {
			if err := n.a.JoinGroup(group, 0, false); err != nil {
				return err
			}
		}
		_ = n.kernel.Sleep(300)
		for _, wanted := range []error{nil, nil, status.EntryNotFound} {
			if err := want("leave", n.a.LeaveGroup(group, 0), wanted); err != nil {
				return err
			}
		}
		_ = n.kernel.Sleep(1)
		return nil
	})
	n.run(t)
	if diff := cmp.Diff([]string{"report", "leave"}, *heard); diff != "" {
		t.Errorf("on the wire (-want +got):\n%s", diff)
	}
	if info := n.a.IGMPInfo(); info.ReportsSent != 1 || info.GroupsJoined != 0 {
		t.Errorf("counters %+v", info)
	}
	allFree(t, n.a, n.b)
}

func TestAddressIsDefended(t *testing.T) {
	n := newNetwork(t, 1, link.Config{}, 8)
	n.thread(t, "app", func() error {
		_ = n.kernel.Sleep(1)
		if err := n.b.SetAddress(0, n.a.Address().Addr(), 0xffffff00); err != nil {
			return err
		}
		n.b.AnnounceARP(nil)
		_ = n.kernel.Sleep(1)
		if sent := n.a.ARPInfo().RequestsSent; sent != 1 {
			t.Errorf("%d announcements in defence, want 1", sent)
		}
		n.b.AnnounceARP(nil)
		_ = n.kernel.Sleep(1)
		if sent := n.a.ARPInfo().RequestsSent; sent != 1 {
			t.Errorf("%d announcements in defence, want no second one within 10 s", sent)
		}
		return nil
	})
	n.run(t)
	allFree(t, n.a, n.b)
}

func TestUnresolvedDatagramsAreReleasedInTheEnd(t *testing.T) {
	n := datagramNetwork(t, link.Config{}, 8)
	n.thread(t, "app", func() error {
		tx, err := udpSocket(n.a, 1000, 5)
		if err != nil {
			return err
		}
		for range 6 {
			if err := sendTo(tx, netip.MustParseAddr("192.2.2.1"), 1, []byte("?")); err != nil {
				return err
			}
		}
		if free := n.a.DefaultPool().Available(); free != 4 {
			t.Errorf("%d packets free while 4 wait for ARP", free)
		}
		_ = n.kernel.Sleep(19100)
		if info := n.a.Info(); info.SendDropped != 6 {
			t.Errorf("counters %+v", info)
		}
		return errors.Join(tx.Unbind(), tx.Delete())
	})
	n.run(t)
	allFree(t, n.a, n.b)
}

func TestDeletedInstanceCanBeCreatedAgain(t *testing.T) {
	n := newNetwork(t, 1, link.Config{}, 8)
	n.thread(t, "app", func() error {
		_ = n.kernel.Sleep(1)
		pool := n.a.DefaultPool()
		if err := n.a.Delete(); err != nil {
			return err
		}
		if n.a.Kernel() != nil {
			t.Error("a deleted instance has a kernel")
		}
		if err := n.a.Create(n.kernel, ipstack.Config{
			Name: "A", Address: netip.MustParsePrefix("192.2.2.7/24"), Pool: pool, Priority: 1,
			Driver: ipstack.Ethernet(n.wire, ipstack.HardwareAddress{0, 0x11, 0x22, 0x33, 0x44, 7}),
		}); err != nil {
			return err
		}
		if err := errors.Join(n.a.EnableARP(4), n.a.EnableICMP()); err != nil {
			return err
		}
		packet, err := n.a.Ping(n.b.Address().Addr(), nil, 10)
		if err != nil {
			return err
		}
		return packet.Release()
	})
	n.run(t)
	allFree(t, n.a, n.b)
}
