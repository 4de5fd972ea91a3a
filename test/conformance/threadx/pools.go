package threadx

import (
	"netxsim/netx/status"
	"netxsim/sim"
)

func init() {
	register(map[string]func(m *machine, in args) out{
		"byte_pool_create":      bytePoolCreate,
		"byte_allocate":         byteAllocate,
		"byte_release":          byteRelease,
		"byte_pool_prioritize":  bytePoolPrioritize,
		"byte_pool_delete":      bytePoolDelete,
		"byte_pool_info_get":    bytePoolInfo,
		"block_pool_create":     blockPoolCreate,
		"block_allocate":        blockAllocate,
		"block_release":         blockRelease,
		"block_pool_prioritize": blockPoolPrioritize,
		"block_pool_delete":     blockPoolDelete,
		"block_pool_info_get":   blockPoolInfo,
	})
}

func (m *machine) bytePool(in args) (*sim.BytePool, error) {
	p := object(in, "byte_pool", m.bytePools[:], &m.blank.bytePool)
	return p, when(p == nil || !p.Exists(), status.TxPoolError)
}

func (m *machine) blockPool(in args) (*sim.BlockPool, error) {
	p := object(in, "block_pool", m.blockPools[:], &m.blank.blockPool)
	return p, when(p == nil || !p.Exists(), status.TxPoolError)
}

// allocated is the answer of an allocate that has got as far as the service itself.
func (m *machine) allocated(in args, got sim.Memory, err error) out {
	if err != nil {
		return out{"status": status.Of(err), "memory": nil}
	}
	m.regs[in.u32("reg", 0)] = got
	return out{"status": 0, "offset": got.Offset}
}

// release gives back the content of a variable, which is null meanwhile.
func (m *machine) release(in args, block bool, check func() error) out {
	n, ok := in["reg"].(float64)
	if !ok { // null or memory inside no pool
		return code(first(when(in.null("reg"), status.TxPtrError), check(), status.TxPtrError))
	}
	reg := &m.regs[int(n)]
	held := *reg
	if held.Bytes == nil || held.FromBlockPool() != block {
		return code(status.TxPtrError)
	}
	if err := check(); err != nil {
		return code(err)
	}
	keep := in.u32("keep", 0) == 1
	if !keep {
		*reg = sim.Memory{}
	}
	err := held.Release()
	if err != nil && !keep {
		*reg = held
	}
	return code(err)
}

func bytePoolCreate(m *machine, in args) out {
	p := object(in, "byte_pool", m.bytePools[:], &m.blank.bytePool)
	size := in.u32("pool_size", 0)
	err := first(
		when(p == nil || p.Exists(), status.TxPoolError),
		when(in.null("memory"), status.TxPtrError),
		when(size < 100, status.TxSizeError),
		m.mayCreate())
	if err != nil {
		return code(err)
	}
	return code(m.k.CreateBytePool(p, "", size))
}

func byteAllocate(m *machine, in args) out {
	p, err := m.bytePool(in)
	if err != nil {
		return code(err)
	}
	size := in.u32("size", 0)
	err = first(
		when(in.null("memory"), status.TxPtrError),
		when(size == 0 || size > p.Size(), status.TxSizeError),
		when(in.wait() != 0 && m.inSystem(), status.TxWaitError),
		m.mayCreate())
	if err != nil {
		return code(err)
	}
	got, err := p.Allocate(size, in.wait())
	return m.allocated(in, got, err)
}

func byteRelease(m *machine, in args) out { return m.release(in, false, m.mayCreate) }

func bytePoolPrioritize(m *machine, in args) out {
	p, err := m.bytePool(in)
	if err != nil {
		return code(err)
	}
	return code(p.Prioritize())
}

func bytePoolDelete(m *machine, in args) out {
	p, err := m.bytePool(in)
	if err = first(err, m.mayDelete()); err != nil {
		return code(err)
	}
	return code(p.Delete())
}

func bytePoolInfo(m *machine, in args) out {
	p, err := m.bytePool(in)
	if err != nil || in.null("outputs") {
		return code(err)
	}
	i := p.Info()
	return out{
		"status": 0, "available": i.Available, "fragments": i.Fragments,
		"first": m.ref(i.First), "suspended": i.Waiting,
	}
}

func blockPoolCreate(m *machine, in args) out {
	p := object(in, "block_pool", m.blockPools[:], &m.blank.blockPool)
	block, size := in.u32("block_size", 0), in.u32("pool_size", 0)
	err := first(
		when(p == nil || p.Exists(), status.TxPoolError),
		when(in.null("memory"), status.TxPtrError),
		when(!m.blockFits(block, size), status.TxSizeError),
		m.mayCreate())
	if err != nil {
		return code(err)
	}
	return code(m.k.CreateBlockPool(p, "", block, size))
}

// blockFits is C's check that a block, rounded down, and its pointer fit the pool.
func (m *machine) blockFits(block, size uint32) bool {
	unit := map[string]uint64{"lp64": 8, "ilp32": 4}[m.v.Profile]
	return uint64(block)/unit*unit+unit <= uint64(size)/unit*unit
}

func blockAllocate(m *machine, in args) out {
	p, err := m.blockPool(in)
	err = first(err, when(in.null("memory"), status.TxPtrError), m.mayWait(in.wait()))
	if err != nil {
		return code(err)
	}
	got, err := p.Allocate(in.wait())
	return m.allocated(in, got, err)
}

func blockRelease(m *machine, in args) out {
	return m.release(in, true, func() error { return nil })
}

func blockPoolPrioritize(m *machine, in args) out {
	p, err := m.blockPool(in)
	if err != nil {
		return code(err)
	}
	return code(p.Prioritize())
}

func blockPoolDelete(m *machine, in args) out {
	p, err := m.blockPool(in)
	if err = first(err, m.mayDelete()); err != nil {
		return code(err)
	}
	return code(p.Delete())
}

func blockPoolInfo(m *machine, in args) out {
	p, err := m.blockPool(in)
	if err != nil || in.null("outputs") {
		return code(err)
	}
	i := p.Info()
	return out{
		"status": 0, "available": i.Available, "total": i.Total,
		"first": m.ref(i.First), "suspended": i.Waiting,
	}
}
