package packetpool_test

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"netxsim/packetpool"
	"netxsim/sim"
)

// A ledgerModel is what a test knows about the packets it holds: each chain
// and the bytes that must be in it.
type ledgerModel struct {
	pool   *packetpool.Pool
	chains []*packetpool.Packet
	data   [][]byte
}

// packets returns the number of packets in all chains, and fails if one is in
// two of them.
func (m *ledgerModel) packets() (int, error) {
	owner := make(map[*packetpool.Packet]int)
	for i, head := range m.chains {
		for p := head; p != nil; p = p.Next {
			if other, taken := owner[p]; taken {
				return 0, fmt.Errorf("packet %d is in chains %d and %d", p.Index(), other, i)
			}
			if p.Released() {
				return 0, fmt.Errorf("packet %d of chain %d is free", p.Index(), i)
			}
			owner[p] = i
		}
	}
	return len(owner), nil
}

// verify compares the pool with the model.
func (m *ledgerModel) verify() error {
	if err := m.pool.Check(); err != nil {
		return err
	}
	held, err := m.packets()
	if err != nil {
		return err
	}
	if free := int(m.pool.Available()); free+held != int(m.pool.Total()) {
		return fmt.Errorf("%d free + %d held is not %d in total", free, held, m.pool.Total())
	}
	for i, head := range m.chains {
		got := make([]byte, len(m.data[i]))
		if n, err := head.Retrieve(got); err != nil || n != len(got) || !bytes.Equal(got, m.data[i]) {
			return fmt.Errorf("chain %d: %d bytes, %v, want %d", i, n, err, len(got))
		}
	}
	return nil
}

func (m *ledgerModel) add(p *packetpool.Packet, data []byte) {
	m.chains = append(m.chains, p)
	m.data = append(m.data, data)
}

// step performs one operation. a and b choose its objects and sizes.
func (m *ledgerModel) step(op, a, b uint32) error {
	if len(m.chains) == 0 || op%6 == 0 {
		if p, err := m.pool.Allocate(a%(m.pool.Payload()/2)&^3, 0); err == nil {
			m.add(p, nil)
		}
		return nil
	}
	i := int(a) % len(m.chains)
	head := m.chains[i]
	switch op % 6 {
	case 1:
		data := bytes.Repeat([]byte{byte(b)}, int(b%300))
		if head.Append(data, m.pool, 0) == nil {
			m.data[i] = append(m.data[i][:len(m.data[i]):len(m.data[i])], data...)
		}
	case 2:
		if dup, err := head.Copy(m.pool, 0); err == nil {
			m.add(dup, m.data[i])
		}
	case 3:
		_ = head.Adjust(b % 64)
	case 4:
		return m.extract(i, a, b)
	case 5:
		if err := head.Release(); err != nil {
			return err
		}
		m.chains = append(m.chains[:i], m.chains[i+1:]...)
		m.data = append(m.data[:i], m.data[i+1:]...)
	}
	return nil
}

func (m *ledgerModel) extract(i int, a, b uint32) error {
	if len(m.data[i]) == 0 {
		return nil
	}
	offset := int(a) % len(m.data[i])
	buf := make([]byte, b%400)
	n, err := m.chains[i].Extract(uint32(offset), buf)
	if err != nil {
		return err
	}
	want := m.data[i][offset:]
	want = want[:min(len(want), len(buf))]
	if !bytes.Equal(buf[:n], want) {
		return fmt.Errorf("extract from %d of chain %d: %d bytes differ", offset, i, n)
	}
	return nil
}

func TestFreePlusHeldIsTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		payload := rapid.Uint32Range(8, 400).Draw(t, "payload")
		packets := rapid.IntRange(1, 20).Draw(t, "packets")
		pool, err := packetpool.New(nil, packetpool.Config{
			Payload: payload, Size: packetpool.SizeFor(packetpool.ILP32, payload, packets),
		})
		if err != nil {
			t.Fatal(err)
		}
		m := &ledgerModel{pool: pool}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			err := m.step(rapid.Uint32().Draw(t, "op"), rapid.Uint32().Draw(t, "a"), rapid.Uint32().Draw(t, "b"))
			if err == nil {
				err = m.verify()
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func FuzzOps(f *testing.F) {
	f.Add([]byte{0, 4, 0, 1, 0, 200, 2, 0, 0, 3, 0, 40, 5, 0, 0})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 1, 1, 255, 5, 0, 0, 4, 0, 9})
	f.Fuzz(func(t *testing.T, program []byte) {
		pool := newPool(t, nil, 64, 12)
		m := &ledgerModel{pool: pool}
		for ; len(program) >= 3; program = program[3:] {
			err := m.step(uint32(program[0]), uint32(program[1]), uint32(program[2]))
			if err == nil {
				err = m.verify()
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Whatever the priorities of the threads, the one that has waited longest gets
// the packet.
func TestWaitersAreServedInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		waiters := rapid.SliceOfN(rapid.Uint32Range(1, 31), 2, 8).Draw(t, "priorities")
		var asked, served []int
		k := sim.New(sim.Config{})
		_, err := k.Run(func() {
			pool, err := packetpool.New(k, packetpool.Config{Payload: 64, Size: packetpool.SizeFor(packetpool.ILP32, 64, 1)})
			if err != nil {
				t.Fatal(err)
			}
			p, _ := pool.Allocate(0, 0)
			for i, priority := range waiters {
				_, _ = k.NewThread(sim.ThreadConfig{Name: fmt.Sprint(i), Priority: priority, Entry: func() {
					asked = append(asked, i)
					got, err := pool.Allocate(0, packetpool.WaitForever)
					if err != nil {
						t.Errorf("thread %d: %v", i, err)
					}
					served = append(served, i)
					_ = k.Sleep(1)
					_ = got.Release()
				}})
			}
			_, _ = k.NewThread(sim.ThreadConfig{Name: "first", Priority: 0, Entry: func() {
				_ = k.Sleep(3)
				_ = p.Release()
			}})
			k.OnEnd(func() {
				if err := pool.Check(); err != nil || pool.Available() != 1 {
					t.Errorf("%v, %d free", err, pool.Available())
				}
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(asked) != fmt.Sprint(served) {
			t.Errorf("asked in order %v, served in order %v", asked, served)
		}
	})
}
