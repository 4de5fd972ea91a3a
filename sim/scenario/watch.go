package scenario

import (
	"fmt"
	"slices"
	"time"

	"netxsim/packetpool"
	"netxsim/sim"
)

// poolWatch is a pool while a scenario runs, and what has happened to it.
type poolWatch struct {
	w      *world
	config *Pool
	pool   *packetpool.Pool
	target *target

	result   PoolResult
	failures int // requests that failed for good
	waits    []poolWait
	lowest   uint32 // as of the last look at what the packets hold
	looks    int
}

// poolWait is a thread that waits for a packet.
type poolWait struct {
	thread  string
	since   time.Duration
	holders []packetpool.HolderCount
}

// newPool makes a pool and watches it.
func (w *world) newPool(config *Pool) (*poolWatch, error) {
	device := w.s.Target.Device()
	pool, err := packetpool.New(w.kernel, packetpool.Config{
		Name:    config.Name,
		Payload: uint32(config.Payload),
		Size:    packetpool.SizeFor(device, uint32(config.Payload), config.Packets),
		Target:  device,
	})
	if err != nil {
		return nil, fmt.Errorf("pool %s of %d packets of %d bytes: %w", config.Name, config.Packets, config.Payload, err)
	}
	p := &poolWatch{w: w, config: config, pool: pool, lowest: pool.Total()}
	if w.o.Series {
		p.note(0, pool.Available())
	}
	pool.Watch(p.observe)
	return p, nil
}

// observe takes an event of the pool.
func (p *poolWatch) observe(e packetpool.Event) {
	switch e.Cause {
	case packetpool.CauseAllocate, packetpool.CauseRelease, packetpool.CauseTransmitRelease:
		if p.w.o.Series {
			p.note(e.At, e.Free)
		}
	case packetpool.CauseHold:
		p.look(e.Free)
	case packetpool.CauseEmpty:
		p.failed(e)
	case packetpool.CauseWait:
		p.look(e.Free)
		p.waits = append(p.waits, poolWait{e.Holder, e.At, p.pool.Holders()})
	case packetpool.CauseHandOver:
		p.served(e.Holder, e.At)
	case packetpool.CauseGiveUp:
		p.served(e.Holder, e.At)
		p.failed(e)
	}
}

// note keeps the number of free packets from an instant on; of several in one instant the lowest, if it is a dip, and the
// last.
func (p *poolWatch) note(at time.Duration, free uint32) {
	series, now := p.result.Series, Point{at, int(free)}
	n := len(series)
	switch {
	case n > 1 && series[n-2].At == at && series[n-2].Free >= now.Free:
		series[n-2] = now
		p.result.Series = series[:n-1]
	case n > 1 && series[n-2].At == at:
		series[n-1] = now
	case n > 0 && series[n-1].At == at && series[n-1].Free >= now.Free:
		series[n-1] = now
	default:
		p.result.Series = append(series, now)
	}
}

// maxLooks is how often the packets are looked at while the pool is at one
// low.
const maxLooks = 64

// look notes how much of the held packets is used, at low points.
func (p *poolWatch) look(free uint32) {
	if free > p.lowest || free == p.lowest && p.looks >= maxLooks {
		return
	}
	if free < p.lowest {
		p.lowest, p.looks = free, 0
	}
	p.looks++
	if packets, bytes := p.pool.Used(); bytes >= p.result.PeakUsedBytes {
		p.result.PeakUsedBytes = bytes
		p.result.PeakHeldBytes = packets * int(p.config.Payload)
	}
}

// failed notes a request that got no packet.
func (p *poolWatch) failed(e packetpool.Event) {
	if p.failures++; p.failures == 1 {
		p.result.FirstEmptyAt, p.result.FirstEmptyBy = e.At, asker(e.Holder)
		p.result.FirstEmptyHolders = p.pool.Holders()
	}
}

// asker names who asks for a packet; what is no thread is a driver's interrupt.
func asker(name string) string {
	if name == sim.Interrupt.String() {
		return "a received frame"
	}
	return name
}

// served notes the end of a thread's wait.
func (p *poolWatch) served(thread string, at time.Duration) {
	i := slices.IndexFunc(p.waits, func(w poolWait) bool { return w.thread == thread })
	if i < 0 {
		return
	}
	p.waited(p.waits[i], at)
	p.waits = slices.Delete(p.waits, i, i+1)
}

func (p *poolWatch) waited(w poolWait, until time.Duration) {
	if took := until - w.since; took > p.result.LongestSuspension {
		p.result.LongestSuspension, p.result.LongestSuspensionAt = took, w.since
		p.result.LongestSuspensionThread, p.result.LongestSuspensionHolders = w.thread, w.holders
	}
}

// waiting returns the number of packets that wait in receive descriptors.
func (p *poolWatch) waiting() int {
	n := 0
	if p.target.pool(UseDriver) == p.pool {
		for _, d := range p.target.drivers {
			n += d.Stats().Waiting
		}
	}
	return n
}

// missing returns the number of packets that are neither free nor in receive
// descriptors.
func (p *poolWatch) missing() int {
	return int(p.pool.Total()-p.pool.Available()) - p.waiting()
}

// maxQuiet is how many quiet points are kept.
const maxQuiet = 1000

// quiet notes the free packets while no session goes on. Those in receive
// descriptors count as free.
func (p *poolWatch) quiet() {
	point := Point{p.w.kernel.Now(), int(p.pool.Total()) - p.missing()}
	if len(p.result.Quiet) < maxQuiet {
		p.result.Quiet = append(p.result.Quiet, point)
	}
	p.result.Leaked = p.missing()
	p.result.LeakedHolders = nil
	if p.result.Leaked > 0 {
		p.result.LeakedHolders = p.pool.Holders()
	}
}

// report returns what has happened to the pool.
func (p *poolWatch) report() PoolResult {
	for _, w := range p.waits {
		p.waited(w, p.w.kernel.Now())
	}
	r, stats := p.result, p.pool.Stats()
	r.Host, r.Name, r.Use = p.config.Host, p.config.Name, p.config.Use
	r.Payload, r.Packets = int(p.config.Payload), p.config.Packets
	r.RAM = int(stats.Bytes + stats.ControlBytes)
	r.HeaderBytes = r.RAM - r.Payload*r.Packets
	r.Lowest, r.LowestAt = int(stats.Lowest), stats.LowestAt
	r.LowestHolders = stats.LowestHolders
	r.EmptyRequests = p.failures
	r.Suspensions = int(stats.EmptySuspensions)
	return r
}
