package threadx

import (
	"unsafe"

	"netxsim/netx"
)

// A piece is what a variable of the program holds: allocated memory and where it came from.
type piece struct {
	bytes []byte
	block bool // of a block pool
}

func init() {
	register(map[string]func(m *machine, in args) out{
		"byte_pool_create": bytePoolCreate,
		"byte_allocate":    byteAllocate,
		"byte_release":     func(m *machine, in args) out { return m.release(in, false, netx.TxByteRelease) },
		"byte_pool_prioritize": func(m *machine, in args) out {
			return answer(netx.TxBytePoolPrioritize(m.bytePool(in)))
		},
		"byte_pool_delete":   func(m *machine, in args) out { return answer(netx.TxBytePoolDelete(m.bytePool(in))) },
		"byte_pool_info_get": bytePoolInfo,
		"block_pool_create":  blockPoolCreate,
		"block_allocate":     blockAllocate,
		"block_release":      func(m *machine, in args) out { return m.release(in, true, netx.TxBlockRelease) },
		"block_pool_prioritize": func(m *machine, in args) out {
			return answer(netx.TxBlockPoolPrioritize(m.blockPool(in)))
		},
		"block_pool_delete":   func(m *machine, in args) out { return answer(netx.TxBlockPoolDelete(m.blockPool(in))) },
		"block_pool_info_get": blockPoolInfo,
	})
}

func (m *machine) bytePool(in args) *netx.TX_BYTE_POOL {
	return object(in, "byte_pool", m.bytePools[:], &m.blank.bytePool)
}

func (m *machine) blockPool(in args) *netx.TX_BLOCK_POOL {
	return object(in, "block_pool", m.blockPools[:], &m.blank.blockPool)
}

// poison is memory that no pool hands out.
var poison = make([]byte, 1)

// allocated is the answer of an allocate: memory is what it has stored, poison if nothing. areas has the memory of
// the pools of its kind, kind names a pool in the inputs.
func (m *machine) allocated(in args, status uint32, memory []byte, kind string, areas [][]byte) out {
	switch {
	case status == netx.TX_SUCCESS:
		m.regs[in.u32("reg", 0)] = piece{memory, kind == "block_pool"}
		return out{"status": 0, "offset": distance(areas[in.u32(kind, 0)], memory)}
	case memory == nil:
		return out{"status": status, "memory": nil}
	}
	return answer(status)
}

// distance is how far behind the start of area memory begins, in bytes.
func distance(area, memory []byte) uintptr {
	return uintptr(unsafe.Pointer(unsafe.SliceData(memory))) - uintptr(unsafe.Pointer(unsafe.SliceData(area)))
}

// release gives back the content of a variable, which is null meanwhile.
func (m *machine) release(in args, block bool, service func([]byte) netx.UINT) out {
	n, ok := in["reg"].(float64)
	switch {
	case !ok && in.null("reg"):
		return answer(service(nil))
	case !ok: // foreign
		return answer(service(make([]byte, 64)[32:]))
	}
	reg := &m.regs[int(n)]
	held := *reg
	if held.block != block { // seen as null
		return answer(service(nil))
	}
	keep := in.u32("keep", 0) == 1
	if !keep {
		*reg = piece{}
	}
	status := service(held.bytes)
	if status != netx.TX_SUCCESS && !keep {
		*reg = held
	}
	return answer(status)
}

func bytePoolCreate(m *machine, in args) out {
	size := in.u32("pool_size", 0)
	memory := memoryOf(in, size)
	status := netx.TxBytePoolCreate(m.bytePool(in), "", memory, size)
	if status == netx.TX_SUCCESS {
		m.byteAreas[in.u32("byte_pool", 0)] = memory
	}
	return answer(status)
}

func byteAllocate(m *machine, in args) out {
	memory := poison
	status := netx.TxByteAllocate(m.bytePool(in), unlessNull(in, "memory", &memory), in.u32("size", 0), in.wait())
	return m.allocated(in, status, memory, "byte_pool", m.byteAreas[:])
}

func bytePoolInfo(m *machine, in args) out {
	if in.null("outputs") {
		return answer(netx.TxBytePoolInfoGet(m.bytePool(in), nil, nil, nil, nil, nil, nil))
	}
	var name string
	var available, fragments, suspended netx.ULONG
	var first *netx.TX_THREAD
	var next *netx.TX_BYTE_POOL
	status := netx.TxBytePoolInfoGet(m.bytePool(in), &name, &available, &fragments, &first, &suspended, &next)
	return info(in, status, out{
		"available": available, "fragments": fragments, "first": m.ref(first), "suspended": suspended,
	})
}

func blockPoolCreate(m *machine, in args) out {
	size := in.u32("pool_size", 0)
	memory := memoryOf(in, size)
	status := netx.TxBlockPoolCreate(m.blockPool(in), "", in.u32("block_size", 0), memory, size)
	if status == netx.TX_SUCCESS {
		m.blockAreas[in.u32("block_pool", 0)] = memory
	}
	return answer(status)
}

func blockAllocate(m *machine, in args) out {
	memory := poison
	status := netx.TxBlockAllocate(m.blockPool(in), unlessNull(in, "memory", &memory), in.wait())
	return m.allocated(in, status, memory, "block_pool", m.blockAreas[:])
}

func blockPoolInfo(m *machine, in args) out {
	if in.null("outputs") {
		return answer(netx.TxBlockPoolInfoGet(m.blockPool(in), nil, nil, nil, nil, nil, nil))
	}
	var name string
	var available, total, suspended netx.ULONG
	var first *netx.TX_THREAD
	var next *netx.TX_BLOCK_POOL
	status := netx.TxBlockPoolInfoGet(m.blockPool(in), &name, &available, &total, &first, &suspended, &next)
	return info(in, status, out{
		"available": available, "total": total, "first": m.ref(first), "suspended": suspended,
	})
}
