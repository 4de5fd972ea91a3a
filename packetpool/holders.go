package packetpool

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unsafe"
)

// A Holder is what keeps packets for a while: a socket's receive queue, a
// driver, a reassembly buffer.
type Holder interface {
	// HolderName is a phrase for reports, "socket client receive queue".
	HolderName() string
}

// HolderCount is how many packets one holder has.
type HolderCount struct {
	Name    string `json:"name"`
	Packets int    `json:"packets"`
}

// Hold notes that h has the packet and all that are chained to it; nil is the
// thread that allocated each. It changes reports only.
func (p *Packet) Hold(h Holder) {
	if p != nil && p.Next != nil && p.runsInCircle() {
		return // of no use to anybody; Release tells
	}
	for ; p != nil; p = p.Next {
		if p.home == nil || p.free {
			continue
		}
		p.home.beforeHold(p)
		p.hold(h)
		if p.debug != nil {
			p.noteHeld(h)
		}
		p.home.tellOf(p, CauseHold)
	}
}

func (p *Packet) hold(h Holder) {
	p.home.settleLater()
	p.home.ledger.move(p, h)
}

// HolderName returns who has the packet: the holder's name, or that of the
// thread that allocated it. It is empty if the packet is free.
func (p *Packet) HolderName() string {
	if p.free || p.home == nil {
		return ""
	}
	return p.home.ledger.entries[p.slot].name()
}

// Holders returns who has the pool's packets now, those with most first.
func (pool *Pool) Holders() []HolderCount { return group(pool.ledger.entries) }

// Stats is a report about a pool.
type Stats struct {
	Name      string
	Payload   uint32 // bytes per packet
	Total     uint32 // packets
	Available uint32 // free packets now

	Lowest        uint32        // fewest free packets ever
	LowestAt      time.Duration // virtual time when that was first so
	LowestHolders []HolderCount // who had the others, at the end of that instant

	EmptyRequests    uint32 // requests that found the pool empty
	EmptySuspensions uint32 // requests that waited
	InvalidReleases  uint32 // releases of packets that were not allocated

	Bytes        uint32 // RAM of the memory area on the target
	ControlBytes uint32 // RAM of the control block on the target
}

// Stats returns the report about the pool so far.
func (pool *Pool) Stats() Stats {
	pool.settle()
	return Stats{
		Name:             pool.name,
		Payload:          pool.payload,
		Total:            pool.geometry.count,
		Available:        pool.available,
		Lowest:           pool.ledger.lowest,
		LowestAt:         pool.ledger.lowestAt,
		LowestHolders:    group(pool.ledger.atLowest),
		EmptyRequests:    pool.emptyRequests,
		EmptySuspensions: pool.emptySuspensions,
		InvalidReleases:  pool.invalidReleases,
		Bytes:            pool.geometry.pad + pool.geometry.size,
		ControlBytes:     pool.target.PoolSize(),
	}
}

// A ledger says who has how many packets of a pool. Entries of holders that
// have none any more are used again, so it never has more than the pool has
// packets.
type ledger struct {
	entries []entry
	index   map[owner]uint32 // of entries, once they are many
	hand    uint32           // where the search for an unused entry goes on
	own     uint32           // packets in the books: all carved here, and those that came from other pools or went there

	lowest   uint32
	lowestAt time.Duration
	unsaved  bool // atLowest is not written yet
	atLowest []entry
}

// An owner is a holder, or a thread where holder is nil.
type owner struct {
	holder Holder
	thread string
}

// An entry is an owner and its packets.
type entry struct {
	owner
	packets int
}

func (e *entry) name() string {
	switch {
	case e.holder != nil:
		return e.holder.HolderName()
	case e.thread == "":
		return "somebody"
	}
	return e.thread
}

func (l *ledger) open(packets int) {
	*l = ledger{
		entries:  slices.Grow(l.entries[:0], packets),
		atLowest: slices.Grow(l.atLowest[:0], packets),
		own:      uint32(packets),
		lowest:   uint32(packets),
	}
}

// few is how many entries are looked through faster than found by an index.
const few = 16

// find returns the entry of an owner, a new one if there is none.
func (l *ledger) find(who owner) uint32 {
	if l.index != nil {
		return l.findIndexed(who)
	}
	unused := -1
	for i := range l.entries {
		e := &l.entries[i]
		if e.owner == who {
			return uint32(i)
		}
		if e.packets == 0 {
			unused = i
		}
	}
	switch {
	case unused >= 0:
		l.entries[unused] = entry{owner: who}
		return uint32(unused)
	case len(l.entries) < few:
		return l.append(who)
	}
	l.index = make(map[owner]uint32)
	for i := range l.entries {
		l.index[l.entries[i].owner] = uint32(i)
	}
	return l.findIndexed(who)
}

// findIndexed is find where entries are many.
func (l *ledger) findIndexed(who owner) uint32 {
	i, ok := l.index[who]
	if ok {
		return i
	}
	if i, ok = l.unused(); ok {
		delete(l.index, l.entries[i].owner)
		l.entries[i] = entry{owner: who}
	} else {
		i = l.append(who)
	}
	l.index[who] = i
	return i
}

// unused looks for an entry without packets, everywhere only if the ledger is
// full.
func (l *ledger) unused() (i uint32, ok bool) {
	n := uint32(len(l.entries))
	tries := n
	if n < l.own {
		tries = min(n, few)
	}
	for range tries {
		l.hand = (l.hand + 1) % n
		if l.entries[l.hand].packets == 0 {
			return l.hand, true
		}
	}
	return 0, false
}

func (l *ledger) append(who owner) uint32 {
	l.entries = append(l.entries, entry{owner: who})
	return uint32(len(l.entries) - 1)
}

// addAgain counts p for its thread if that thread had the packet last. It is
// the usual case, and small enough to be inlined.
func (l *ledger) addAgain(p *Packet) bool {
	if uint(p.slot) >= uint(len(l.entries)) {
		return false
	}
	e := &l.entries[p.slot]
	if e.holder != nil || !sameText(e.thread, p.thread) {
		return false
	}
	e.packets++
	return true
}

// add counts p for its thread.
func (l *ledger) add(p *Packet) {
	p.slot = l.find(owner{thread: p.thread})
	l.entries[p.slot].packets++
}

// move counts p for another holder.
func (l *ledger) move(p *Packet, h Holder) {
	l.entries[p.slot].packets--
	who := owner{holder: h}
	if h == nil {
		who.thread = p.thread
	}
	p.slot = l.find(who)
	l.entries[p.slot].packets++
}

// remove stops counting p.
func (l *ledger) remove(p *Packet) { l.entries[p.slot].packets-- }

// sameText reports whether a and b are the same string in the same place. It
// is how the name of a thread compares with itself.
func sameText(a, b string) bool {
	return unsafe.StringData(a) == unsafe.StringData(b) && len(a) == len(b)
}

// adopt counts p here, which was carved elsewhere: C lets a program change the
// owner of a packet, which then goes into another pool's free list.
func (pool *Pool) adopt(p *Packet) {
	if p.home != nil {
		p.home.settle()
		p.home.ledger.remove(p)
		p.home.ledger.own--
	}
	p.home = pool
	pool.ledger.own++
	pool.ledger.add(p)
}

// newLow notes that fewer packets are free than ever. The holders are saved
// when the instant is over: a packet that a queue gets is allocated first.
func (pool *Pool) newLow() {
	pool.ledger.lowest = pool.available
	pool.ledger.lowestAt = pool.now()
	pool.ledger.unsaved = true
}

// settleLater saves the holders of the low point once its instant is over.
func (pool *Pool) settleLater() {
	if pool.ledger.unsaved && pool.now() != pool.ledger.lowestAt {
		pool.settle()
	}
}

// settle saves the holders of the low point before they change.
func (pool *Pool) settle() {
	if pool.ledger.unsaved {
		pool.ledger.save()
	}
}

func (l *ledger) save() {
	l.unsaved = false
	l.atLowest = append(l.atLowest[:0], l.entries...)
}

func (pool *Pool) now() time.Duration {
	if pool.clock == nil {
		return 0
	}
	return pool.clock.Now()
}

func (pool *Pool) currentName() string {
	if pool.namer == nil {
		return ""
	}
	return pool.namer.CurrentName()
}

// group sums entries up by name, those with most packets first.
func group(entries []entry) []HolderCount {
	var list []HolderCount
	for i := range entries {
		if entries[i].packets == 0 {
			continue
		}
		name := entries[i].name()
		at := slices.IndexFunc(list, func(c HolderCount) bool { return c.Name == name })
		if at < 0 {
			list = append(list, HolderCount{Name: name})
			at = len(list) - 1
		}
		list[at].Packets += entries[i].packets
	}
	slices.SortFunc(list, func(a, b HolderCount) int {
		return cmp.Or(cmp.Compare(b.Packets, a.Packets), strings.Compare(a.Name, b.Name))
	})
	return list
}

// FormatHolders puts who has packets into words for one line, "socket a 9, thread b 3": "nobody" for an empty list.
func FormatHolders(list []HolderCount) string {
	if len(list) == 0 {
		return "nobody"
	}
	parts := make([]string, len(list))
	for i, c := range list {
		parts[i] = fmt.Sprintf("%s %d", c.Name, c.Packets)
	}
	return strings.Join(parts, ", ")
}

// Used returns how many packets are held, and how many bytes of data they
// have.
func (pool *Pool) Used() (packets, bytes int) {
	for i := range pool.packets {
		if p := &pool.packets[i]; !p.free {
			packets++
			bytes += max(0, p.AppendPtr-p.PrependPtr)
		}
	}
	return packets, bytes
}
