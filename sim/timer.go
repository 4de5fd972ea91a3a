package sim

import "netxsim/netx/status"

// TimerConfig describes an application timer.
type TimerConfig struct {
	// Name stands in reports and panics.
	Name string
	// Initial is the number of ticks to the first expiration, at least 1.
	Initial uint32
	// Reschedule is the number of ticks between later ones. 0 means that the timer
	// expires once.
	Reschedule uint32
	// Expired is what the timer does. It runs in timer context and must not wait.
	Expired func()
	// DontActivate leaves the timer inactive until Activate.
	DontActivate bool
}

// A Timer is an application timer. The zero Timer belongs to no kernel.
type Timer struct {
	created place[Timer]
	k       *Kernel
	name    string
	expired func()
	entry   wheelEntry
}

// NewTimer creates an application timer. Errors: status.TxTickError if Initial is 0,
// status.TxPtrError without a function (tx_timer_create).
func (k *Kernel) NewTimer(cfg TimerConfig) (*Timer, error) {
	t := new(Timer)
	return t, k.CreateTimer(t, cfg)
}

// CreateTimer is NewTimer for a Timer that the caller provides, zero or deleted. It returns
// status.TxTimerError if t exists already.
func (k *Kernel) CreateTimer(t *Timer, cfg TimerConfig) error {
	switch {
	case taken(t.k):
		return status.TxTimerError
	case cfg.Initial == 0:
		return status.TxTickError
	case cfg.Expired == nil:
		return status.TxPtrError
	}
	*t = Timer{k: k, name: cfg.Name, expired: cfg.Expired}
	t.entry.timer = t
	k.timers.add(&t.created, t)
	t.entry.remaining, t.entry.reload = cfg.Initial, cfg.Reschedule
	if !cfg.DontActivate {
		k.wheel.activate(&t.entry)
	}
	return nil
}

// Name returns the name the timer was given.
func (t *Timer) Name() string { return t.name }

// Activate starts the timer with the ticks it has left. Error: status.TxActivateError if it is
// active, or expires once and has (tx_timer_activate).
func (t *Timer) Activate() error {
	if t.entry.list != nil || t.entry.remaining == 0 {
		return status.TxActivateError
	}
	t.k.wheel.activate(&t.entry)
	return nil
}

// Deactivate stops the timer; it keeps the ticks it has left (tx_timer_deactivate).
func (t *Timer) Deactivate() {
	e := &t.entry
	if e.list == nil {
		return
	}
	w := &t.k.wheel
	switch {
	case e.list.slot >= 0:
		e.remaining = w.left(e)
	case w.running != e && e.remaining > wheelSlots:
		e.remaining -= wheelSlots
	default:
		e.remaining = e.reload
	}
	w.cancel(e)
}

// Change sets the ticks to the next expiration and between later ones. It does nothing while the
// timer is active. Error: status.TxTickError if initial is 0 (tx_timer_change).
func (t *Timer) Change(initial, reschedule uint32) error {
	if initial == 0 {
		return status.TxTickError
	}
	if t.entry.list == nil {
		t.entry.remaining, t.entry.reload = initial, reschedule
	}
	return nil
}

// Delete removes the timer; its Timer may be created anew (tx_timer_delete).
func (t *Timer) Delete() {
	t.k.wheel.cancel(&t.entry)
	t.k.timers.remove(&t.created)
	t.k = nil
}

// TimerInfo is what tx_timer_info_get tells.
type TimerInfo struct {
	Name       string
	Active     bool
	Remaining  uint32 // ticks to the next expiration
	Reschedule uint32 // ticks between later ones, 0: none
	Next       *Timer // the one created next, the first after the last
}

// Info returns the state of the timer (tx_timer_info_get).
func (t *Timer) Info() TimerInfo {
	e, w := &t.entry, &t.k.wheel
	info := TimerInfo{Name: t.name, Active: e.list != nil, Remaining: e.remaining, Reschedule: e.reload, Next: t.created.following()}
	switch {
	case e.list == nil:
	case e.list.slot >= 0:
		info.Remaining = w.left(e)
	case w.running != e && e.remaining > wheelSlots:
		info.Remaining = e.remaining - wheelSlots
	default:
		info.Remaining = 0
	}
	return info
}

// Kernel returns the kernel of the timer, nil for a nil Timer and for one that was not created or is deleted.
func (t *Timer) Kernel() *Kernel {
	if t == nil {
		return nil
	}
	return t.k
}

// Exists reports whether the timer was created and not deleted.
func (t *Timer) Exists() bool { return t.k != nil }
