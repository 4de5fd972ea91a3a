package packetpool

import "fmt"

// Check reports whether the pool's books are in order: free + held = total,
// and the free list has each free packet once. Tests call it after every run.
func (pool *Pool) Check() error {
	if err := pool.balance(); err != nil {
		return err
	}
	listed := uint32(0)
	for p := pool.free; p != nil && listed <= pool.available; p = p.nextFree {
		if !p.free || p.home != pool {
			return fmt.Errorf("packetpool: pool %s: packet %d is in the free list but not free", pool.name, p.index)
		}
		listed++
	}
	if listed != pool.available {
		return fmt.Errorf("packetpool: pool %s: %d packets in the free list, %d counted", pool.name, listed, pool.available)
	}
	held := 0
	for _, e := range pool.ledger.entries {
		held += e.packets
	}
	if held != int(pool.ledger.held) {
		return fmt.Errorf("packetpool: pool %s: holders have %d packets, %d counted", pool.name, held, pool.ledger.held)
	}
	return nil
}

// balance compares the counters alone.
func (pool *Pool) balance() error {
	l := &pool.ledger
	if pool.available+l.held+l.lent != pool.geometry.count+l.adopted {
		return fmt.Errorf("packetpool: pool %s: %d free + %d held (%d lent, %d adopted) is not %d in total",
			pool.name, pool.available, l.held, l.lent, l.adopted, pool.geometry.count)
	}
	return nil
}

// assertBalance panics if a packet was lost or made, which only a bug here can
// do.
func (pool *Pool) assertBalance() {
	l := &pool.ledger
	if pool.available+l.held+l.lent != pool.geometry.count+l.adopted {
		panic(pool.balance().Error())
	}
}
