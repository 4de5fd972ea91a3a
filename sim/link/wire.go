package link

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/cespare/xxhash/v2"

	"netxsim/sim"
)

const (
	// HeaderLen is the length of an Ethernet header in bytes.
	HeaderLen = 14

	defaultMTU = 1500
	minLatency = time.Microsecond
)

// A Wire is an Ethernet segment. Its methods are for the holder of the kernel's baton, or a goroutine that
// it waits for.
type Wire struct {
	k         *sim.Kernel
	cfg       Config
	random    *rand.Rand
	ports     []*Port
	owners    map[[6]byte]*Port
	known     map[string]bool // names that ports have had
	rules     []Rule
	observers []func(FrameEvent)
	free      *flight
	hash      *xxhash.Digest
	stamp     [24]byte
	counters  Counters
	number    uint64
	arriving  *flight

	faults        []Fault
	instead       Fault
	fateObservers []func(*Fate)
	fate          *Fate // for the next delivery, if a fault may change it
}

// Counters says what a wire has done with its frames. A frame to several ports counts
// once as sent and once per port as delivered or lost.
type Counters struct {
	Frames    uint64 // sent
	Bytes     uint64 // in sent frames, headers included
	Delivered uint64
	Lost      uint64 // dropped by loss, another rule or a fault
	TooLong   uint64 // larger than the MTU, or shorter than a header
	Unknown   uint64 // to an address nobody has

	Duplicated uint64 // copies that faults have made; each is delivered or lost besides
	Changed    uint64 // deliveries whose bytes a fault has changed
	Delayed    uint64 // deliveries that a fault or rule has put off
}

// Kernel returns the kernel of the wire.
func (w *Wire) Kernel() *sim.Kernel { return w.k }

// New returns a wire of k without ports. It panics if Config.Check finds something, as do the methods that change one of its fields.
func New(k *sim.Kernel, cfg Config) *Wire {
	cfg.must()
	cfg.Latency = max(cfg.Latency, minLatency)
	if cfg.MTU == 0 {
		cfg.MTU = defaultMTU
	}
	return &Wire{
		k: k, cfg: cfg,
		random: k.Rand("wire " + cfg.Name),
		owners: make(map[[6]byte]*Port),
		known:  make(map[string]bool),
		hash:   xxhash.New(),
	}
}

// Name returns the name the wire was given.
func (w *Wire) Name() string { return w.cfg.Name }

// MTU returns the largest payload of a frame in bytes.
func (w *Wire) MTU() int { return w.cfg.MTU }

// Counters returns what the wire has done so far.
func (w *Wire) Counters() Counters { return w.counters }

// Arriving returns the number of the frame that a port is receiving at this moment, and the port. It is for those who
// watch what a frame does to its receiver. Between frames the number is 0 and the port nil.
func (w *Wire) Arriving() (number uint64, to *Port) {
	if w.arriving == nil {
		return 0, nil
	}
	return w.arriving.number, w.arriving.to
}

// Hash returns the hash of everything sent so far: each frame, when it was sent, and its fate at every port.
func (w *Wire) Hash() uint64 { return w.hash.Sum64() }

// Observe calls f for every frame when it is sent and for every delivery or loss. Observers
// must not send on this wire from f, and must not keep the frame.
func (w *Wire) Observe(f func(FrameEvent)) { w.observers = append(w.observers, f) }

// A Port is a host's connection to a wire.
type Port struct {
	w       *Wire
	name    string
	mac     [6]byte
	receive func(frame []byte)
	busy    time.Duration // until then earlier frames are being sent
	closed  bool
	frozen  time.Duration // until then the port is frozen
	drops   bool          // what it gets and sends meanwhile is lost
	full    bool          // there is no room for the frame that it sends
}

// Attach adds a port with a hardware address. receive gets the frames; it runs in event context, and the
// frame is its own only until it returns. Attach panics if another port has the address.
func (w *Wire) Attach(name string, mac [6]byte, receive func(frame []byte)) *Port {
	p := &Port{w: w, name: name, mac: mac, receive: receive}
	w.claim(p)
	return p
}

// claim makes p a port of the wire.
func (w *Wire) claim(p *Port) {
	if other := w.owners[p.mac]; other != nil {
		panic(fmt.Sprintf("link: %s and %s have the same address %x on wire %s", other.name, p.name, p.mac, w.cfg.Name))
	}
	w.ports = append(w.ports, p)
	w.owners[p.mac] = p
	w.known[p.name] = true
}

// Port returns the port of that name, the one attached first if there are several; nil if there is none.
func (w *Wire) Port(name string) *Port {
	for _, p := range w.ports {
		if p.name == name {
			return p
		}
	}
	return nil
}

// Knows reports whether a port of that name is on the wire, or has been.
func (w *Wire) Knows(name string) bool { return w.known[name] }

// Name returns the name the port was given.
func (p *Port) Name() string { return p.name }

// MAC returns the hardware address of the port.
func (p *Port) MAC() [6]byte { return p.mac }

// Detach takes the port off the wire: frames on their way to it, and those it sends, are lost.
func (p *Port) Detach() {
	w := p.w
	if p.closed {
		return
	}
	p.closed = true
	delete(w.owners, p.mac)
	for i, other := range w.ports {
		if other == p {
			w.ports = append(w.ports[:i:i], w.ports[i+1:]...)
			return
		}
	}
}

// Send puts a copy of frame on the wire, behind what the port is still sending. It returns how
// long from now the last bit leaves: 0 with unlimited bandwidth, and for a frame that finds no room in the queue. A frame too long for the MTU or too short for a
// header goes nowhere.
func (p *Port) Send(frame []byte) (sent time.Duration) {
	w := p.w
	if len(frame) < HeaderLen || len(frame) > w.cfg.MTU+HeaderLen {
		w.counters.TooLong++
		w.record(FrameEvent{Kind: TooLong, From: p, Frame: frame})
		return 0
	}
	now := w.k.Now()
	p.full = !w.room(p.busy-max(now, p.thaw()), len(frame))
	if !p.full {
		p.busy = max(p.busy, now, p.thaw()) + w.transmission(len(frame))
		sent = p.busy - now
	}
	w.counters.Frames++
	w.counters.Bytes += uint64(len(frame))
	w.number++
	w.record(FrameEvent{Kind: Sent, From: p, Frame: frame, Number: w.number, Receivers: w.receivers(p, frame)})
	if !p.closed {
		w.route(p, frame, sent+w.cfg.Latency)
	}
	return sent
}

// room reports whether a frame of n bytes may wait behind what leaves within backlog.
func (w *Wire) room(backlog time.Duration, n int) bool {
	if w.cfg.Queue <= 0 || w.cfg.Bandwidth <= 0 {
		return true
	}
	return n <= w.cfg.Queue && backlog <= w.transmission(w.cfg.Queue-n)
}

// receivers is how many ports a frame is for.
func (w *Wire) receivers(from *Port, frame []byte) int {
	switch {
	case len(w.observers) == 0 || from.closed:
		return 0
	case frame[0]&1 != 0:
		return len(w.ports) - 1
	}
	if to := w.owners[[6]byte(frame)]; to != nil && to != from {
		return 1
	}
	return 0
}

// transmission is the time a frame of n bytes occupies the wire.
func (w *Wire) transmission(n int) time.Duration {
	if w.cfg.Bandwidth <= 0 {
		return 0
	}
	return time.Duration(int64(n) * 8 * int64(time.Second) / w.cfg.Bandwidth)
}

// route sends the frame on its way to the ports it is for, to arrive after delay.
func (w *Wire) route(from *Port, frame []byte, delay time.Duration) {
	var to [6]byte
	copy(to[:], frame)
	if to[0]&1 != 0 {
		for _, p := range w.ports {
			if p != from {
				w.deliver(from, p, frame, delay)
			}
		}
		return
	}
	p := w.owners[to]
	if p == nil || p == from {
		w.counters.Unknown++
		w.record(FrameEvent{Kind: Unknown, From: from, Frame: frame, Number: w.number})
		return
	}
	w.deliver(from, p, frame, delay)
}

// deliver lets the rules judge the frame for one receiver and schedules its arrival.
func (w *Wire) deliver(from, to *Port, frame []byte, delay time.Duration) {
	if from.full || from.loses() {
		w.lose(FrameEvent{From: from, To: to, Frame: frame, Number: w.number, Cause: from.obstacle()})
		return
	}
	if !w.plain() {
		w.deliverFate(from, to, frame, delay)
		return
	}
	verdict := w.judge(from, to, frame)
	if verdict.drop {
		w.lose(FrameEvent{From: from, To: to, Frame: frame, Number: w.number})
		return
	}
	if verdict.delay != 0 {
		w.counters.Delayed++
		w.record(FrameEvent{Kind: Delayed, From: from, To: to, Frame: frame, Number: w.number, Delay: verdict.delay})
	}
	f := w.take()
	f.from, f.to, f.number = from, to, w.number
	f.frame = append(f.frame[:0], frame...)
	f.event.Reset(delay + verdict.delay)
}

// lose records the loss of a copy.
func (w *Wire) lose(e FrameEvent) {
	w.counters.Lost++
	e.Kind = Lost
	w.record(e)
}

// A flight is a frame on its way to one port, with the event of its arrival. Flights are reused.
type flight struct {
	w        *Wire
	next     *flight
	from, to *Port
	number   uint64
	copy     int    // 0 for the frame itself
	changed  bool   // its bytes are not those that were sent
	cause    string // what has done something to it
	frame    []byte
	event    *sim.Event
}

func (w *Wire) take() *flight {
	f := w.free
	if f != nil {
		w.free = f.next
		return f
	}
	f = &flight{w: w, frame: make([]byte, 0, w.cfg.MTU+HeaderLen)}
	f.event = w.k.NewEvent(f.arrive)
	return f
}

// give takes a flight back.
func (w *Wire) give(f *flight) {
	f.from, f.to, f.copy, f.changed, f.cause = nil, nil, 0, false, ""
	f.next, w.free = w.free, f
}

// arrive hands the frame to its port and recycles the flight.
func (f *flight) arrive() {
	w, to := f.w, f.to
	e := FrameEvent{From: f.from, To: to, Frame: f.frame, Number: f.number, Copy: f.copy, Changed: f.changed, Cause: f.cause}
	switch {
	case to.closed:
		e.Cause = "the receiver is gone"
		w.lose(e)
	case to.loses():
		e.Cause = "the receiver is frozen"
		w.lose(e)
	case to.frozen > w.k.Now():
		f.event.Reset(to.frozen - w.k.Now())
		return
	default:
		w.counters.Delivered++
		e.Kind = Delivered
		w.record(e)
		w.arriving = f
		to.receive(f.frame)
		w.arriving = nil
	}
	w.give(f)
}

// record stamps the event, adds it to the hash and shows it to the observers.
func (w *Wire) record(e FrameEvent) {
	e.Time = w.k.Now()
	if e.Kind != Delivered {
		w.addToHash(e)
	}
	for _, f := range w.observers {
		f(e)
	}
}

// addToHash hashes a fate when it is decided. Deliveries are left out: they follow
// from the sending.
func (w *Wire) addToHash(e FrameEvent) {
	binary.LittleEndian.PutUint64(w.stamp[:8], uint64(e.Time))
	binary.LittleEndian.PutUint32(w.stamp[8:12], uint32(len(e.Frame)))
	binary.LittleEndian.PutUint32(w.stamp[12:], uint32(e.Kind))
	stamp := w.stamp[:16]
	if e.Kind == Delayed {
		stamp = w.stamp[:]
		binary.LittleEndian.PutUint64(w.stamp[16:], uint64(e.Delay))
	}
	_, _ = w.hash.Write(stamp)
	if e.To != nil {
		_, _ = w.hash.Write(e.To.mac[:])
	}
	if e.Kind == Sent || e.Kind == TooLong || e.Kind == Changed {
		_, _ = w.hash.Write(e.Frame)
	}
}
