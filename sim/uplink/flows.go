package uplink

import (
	"container/list"
	"errors"
	"sync/atomic"
	"syscall"
	"time"

	"go.uber.org/zap"

	"netxsim/sim"
)

// What a flow may have waiting for the machine's socket; more is dropped.
const (
	queueBytes     = 256 << 10 // four datagrams of the longest
	queueDatagrams = 256
)

// maxDatagram is the longest UDP payload that IPv4 can carry.
const maxDatagram = 65507

// UDPCounters says what an uplink has done with datagrams. Out is the way from the wire to the machine, In the other.
type UDPCounters struct {
	Flows   uint64 // opened
	Expired uint64 // closed after Config.FlowTimeout
	Evicted uint64 // closed to make room for another, see Config.Flows
	Out, In uint64 // datagrams handed over
	Refused uint64 // how often the other side said that nobody is there
	Dropped uint64 // datagrams for which there was no room, or that could not be sent
}

type udpCounters struct {
	flows, expired, evicted, out, in, refused, dropped atomic.Uint64
}

// UDPCounters returns what the uplink has done with datagrams so far. Any goroutine may call it.
func (u *Uplink) UDPCounters() UDPCounters {
	c := &u.flows.counters
	return UDPCounters{
		Flows: c.flows.Load(), Expired: c.expired.Load(), Evicted: c.evicted.Load(),
		Out: c.out.Load(), In: c.in.Load(), Refused: c.refused.Load(), Dropped: c.dropped.Load(),
	}
}

// sent counts a datagram as handed over or as dropped.
func (c *udpCounters) sent(handed *atomic.Uint64, err error) {
	if err != nil {
		handed = &c.dropped
	}
	handed.Add(1)
}

// A flow is what an uplink remembers of a sender of datagrams, so that the answers find it.
type flow struct {
	flows   *flows
	used    time.Duration // when a datagram last passed
	element *list.Element
	end     func() // called once, when the flow is over
	log     *zap.Logger
	warned  bool // of a refusal
}

// flows are the flows of an uplink. Apart from the counters they are for the holder of the baton.
type flows struct {
	kernel   *sim.Kernel
	log      *zap.Logger
	timeout  time.Duration
	limit    int
	order    *list.List // of *flow, the one used last at the back
	expiry   *sim.Event // while there are any
	counters udpCounters
}

func (s *flows) init(kernel *sim.Kernel, config Config, log *zap.Logger) {
	s.kernel, s.log, s.timeout, s.limit = kernel, log, config.FlowTimeout, config.Flows
	if s.timeout <= 0 {
		s.timeout = DefaultFlowTimeout
	}
	if s.limit <= 0 {
		s.limit = DefaultFlows
	}
	s.order = list.New()
	s.expiry = kernel.NewEvent(s.expire)
}

// open begins a flow. With as many as there may be, the one that was idle longest makes room.
func (s *flows) open(f *flow, end func(), name ...zap.Field) {
	if s.order.Len() >= s.limit {
		s.counters.evicted.Add(1)
		s.oldest().close("another needs its place")
	}
	*f = flow{flows: s, used: s.kernel.Now(), end: end, log: s.log.With(name...)}
	f.element = s.order.PushBack(f)
	if s.order.Len() == 1 {
		s.expiry.Reset(s.timeout)
	}
	s.counters.flows.Add(1)
	f.log.Debug("uplink: flow opened")
}

func (s *flows) oldest() *flow { return s.order.Front().Value.(*flow) }

// expire closes what was idle too long. Flows that were used meanwhile have it called too early, and again.
func (s *flows) expire() {
	for s.order.Len() > 0 {
		f := s.oldest()
		if left := f.used + s.timeout - s.kernel.Now(); left > 0 {
			s.expiry.Reset(left)
			return
		}
		s.counters.expired.Add(1)
		f.close("idle")
	}
}

// open reports whether the flow is not over.
func (f *flow) open() bool { return f.element != nil }

// touch notes that a datagram passes.
func (f *flow) touch() {
	f.used = f.flows.kernel.Now()
	f.flows.order.MoveToBack(f.element)
}

// close ends the flow.
func (f *flow) close(why string) {
	if !f.open() {
		return
	}
	s := f.flows
	s.order.Remove(f.element)
	f.element = nil
	if s.order.Len() == 0 {
		s.expiry.Stop()
	}
	f.log.Debug("uplink: flow closed", zap.String("why", why))
	f.end()
}

// refused notes that nobody wants the flow's datagrams. Only the first time is worth a warning.
func (f *flow) refused(err error) {
	f.flows.counters.refused.Add(1)
	if !f.warned {
		f.warned = true
		f.log.Warn("uplink: datagram refused", zap.Error(err))
	}
}

// refusal reports whether an error is what the network says about a datagram, and not the end of a socket.
func refusal(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH)
}

// An outbox is datagrams on their way to a goroutine that writes them to a socket of the machine.
type outbox[T any] struct {
	waiting chan T
	bytes   atomic.Int64
}

func newOutbox[T any]() *outbox[T] {
	return &outbox[T]{waiting: make(chan T, queueDatagrams)}
}

// put adds a datagram of so many bytes, unless that is too much.
func (o *outbox[T]) put(d T, size int) bool {
	if o.bytes.Add(int64(size)) <= queueBytes {
		select {
		case o.waiting <- d:
			return true
		default:
		}
	}
	o.took(size)
	return false
}

// took makes room for others.
func (o *outbox[T]) took(size int) { o.bytes.Add(-int64(size)) }
