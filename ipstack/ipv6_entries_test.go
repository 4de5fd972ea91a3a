package ipstack_test

import (
	"net/netip"
	"testing"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/sim/link"
)

// TestNeighbourEntries enters, finds and deletes neighbours.
func TestNeighbourEntries(t *testing.T) {
	n := datagramNetwork(t, link.Config{}, 12)
	tap := n.withTap6(t)
	known := ipstack.HardwareAddress{2, 0, 0, 0, 0, 9}
	friend := netip.MustParseAddr("2001:db8::9")
	n.thread(t, "app", func() error {
		_ = n.kernel.Sleep(500)
		_, _, err := n.a.Neighbour(friend)
		if err := want("find nobody", err, status.EntryNotFound); err != nil {
			return err
		}
		if err := n.a.SetNeighbour(friend, 0, known); err != nil {
			return err
		}
		if hardware, index, err := n.a.Neighbour(friend); err != nil || hardware != known || index != 0 {
			t.Errorf("found % x on %d: %v", hardware, index, err)
		}
		if address, index, err := n.a.NeighbourByHardware(known); err != nil || address != friend || index != 0 {
			t.Errorf("found %v on %d: %v", address, index, err)
		}
		// It stays for longer than one that was asked for, and is not asked for.
		if answer, err := n.a.Ping(tapAddress, nil, 10); err == nil {
			answer.Release()
		}
		_ = n.kernel.Sleep(6000)
		tap.take()
		_, err = n.a.Ping(friend, nil, 10)
		if err := want("ping", err, status.NoResponse); err != nil {
			return err
		}
		if got := tap.take(); len(got) != 0 {
			t.Errorf("the tap got % x", got)
		}
		if hardware, _, err := n.a.Neighbour(tapAddress); err != nil || hardware != routerMAC {
			t.Errorf("found % x: %v", hardware, err)
		}
		if err := want("delete", n.a.DeleteNeighbour(friend), nil); err != nil {
			return err
		}
		if err := want("delete again", n.a.DeleteNeighbour(friend), status.EntryNotFound); err != nil {
			return err
		}
		if err := n.a.SetNeighbour(friend, 0, known); err != nil {
			return err
		}
		n.a.InvalidateNeighbours()
		for _, address := range []netip.Addr{friend, tapAddress} {
			_, _, err := n.a.Neighbour(address)
			if err := want("find after all were forgotten", err, status.EntryNotFound); err != nil {
				return err
			}
		}
		return nil
	})
	n.run(t)
	allFree(t, n.a)
}

// TestNeighbourEntriesFull fills the cache with entries that stay, one of them on no interface.
func TestNeighbourEntriesFull(t *testing.T) {
	n := datagramNetwork(t, link.Config{}, 12)
	n.withTap6(t)
	n.thread(t, "app", func() error {
		_ = n.kernel.Sleep(500)
		address := tapAddress
		for k := range 17 {
			address = address.Next()
			number, wanted := uint32(0), error(nil)
			switch k {
			case 15:
				number = 2 // which no address has: C does not see that
			case 16:
				wanted = status.NotSuccessful
			}
			if err := want("set", n.a.SetNeighbour(address, number, ipstack.HardwareAddress{2, 5: byte(k)}), wanted); err != nil {
				return err
			}
			_, _, err := n.a.Neighbour(address)
			if (err == nil) != (k < 15) {
				t.Errorf("entry %d: %v", k, err)
			}
		}
		_, err := n.a.Ping(tapAddress, nil, 10)
		return want("ping without room for the neighbour", err, status.NoResponse)
	})
	n.run(t)
	allFree(t, n.a)
}
