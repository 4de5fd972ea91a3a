package link

import "time"

// Freeze stops the port for d of virtual time: it neither receives nor sends, as if its host had hung. With drop set, the frames
// that reach it and those it is given are lost; otherwise they queue, and go on when d is over, in their order. Freezing a frozen
// port prolongs it, and what was queued stays queued. A d of 0 or less thaws the port for what comes from now on; what
// was queued keeps its time.
func (p *Port) Freeze(d time.Duration, drop bool) {
	now := p.w.k.Now()
	if d <= 0 {
		p.frozen, p.drops = now, false
		return
	}
	p.frozen, p.drops = max(p.frozen, now+d), drop
}

// Frozen returns how long the port will stay frozen; 0 if it is not.
func (p *Port) Frozen() time.Duration { return max(0, p.frozen-p.w.k.Now()) }

// loses reports whether the port is frozen and loses its frames.
func (p *Port) loses() bool { return p.drops && p.frozen > p.w.k.Now() }

// obstacle says why the port cannot send.
func (p *Port) obstacle() string {
	if p.full {
		return "the sender's queue is full"
	}
	return "the sender is frozen"
}

// thaw returns when the port may send again what it is given now; 0 if nothing holds it.
func (p *Port) thaw() time.Duration {
	if p.drops {
		return 0
	}
	return p.frozen
}

// Reattach puts a detached port back on its wire, behind the others. It panics if another port has got its address. Frames that are
// still on their way to it arrive.
func (p *Port) Reattach() {
	w := p.w
	if !p.closed {
		return
	}
	w.claim(p)
	p.closed = false
}
