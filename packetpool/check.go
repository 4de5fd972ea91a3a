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
	return nil
}

// balance compares the packets that are free with those that somebody holds.
func (pool *Pool) balance() error {
	held := uint32(0)
	for _, e := range pool.ledger.entries {
		held += uint32(e.packets)
	}
	if pool.available+held != pool.ledger.own {
		return fmt.Errorf("packetpool: pool %s: %d free + %d held is not %d", pool.name, pool.available, held, pool.ledger.own)
	}
	return nil
}
