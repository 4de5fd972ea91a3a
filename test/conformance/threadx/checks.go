package threadx

import (
	"netxsim/netx/status"
	"netxsim/sim"
)

// object returns the object that the input of that name means: one of the numbered ones, the blank
// one, or nil for a null pointer.
func object[T any](in args, name string, all []T, blank *T) *T {
	switch v := in[name].(type) {
	case float64:
		return &all[int(v)]
	case string:
		if v == "blank" {
			return blank
		}
	}
	return nil
}

// inSystem reports whether the caller is the definition function or an interrupt.
func (m *machine) inSystem() bool {
	c := m.k.Context()
	return c == sim.Initialization || c == sim.Interrupt
}

func (m *machine) inTimer() bool {
	return m.k.Current() != nil && m.k.Context() == sim.TimerContext
}

// mayWait answers a service that may wait: only threads can.
func (m *machine) mayWait(ticks uint32) error {
	if ticks != 0 && (m.inSystem() || m.inTimer()) {
		return status.TxWaitError
	}
	return nil
}

// mayCreate answers a service that threads and the definition function can call.
func (m *machine) mayCreate() error {
	if m.inTimer() || m.k.Context() == sim.Interrupt {
		return status.TxCallerError
	}
	return nil
}

// mayDelete answers a service that only threads can call.
func (m *machine) mayDelete() error {
	if m.inTimer() || m.inSystem() {
		return status.TxCallerError
	}
	return nil
}

// outsideSystem answers a service that threads and timers can call.
func (m *machine) outsideSystem() error {
	if m.inSystem() {
		return status.TxCallerError
	}
	return nil
}

// first returns the first error there is.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// when returns err if the condition holds.
func when(condition bool, err error) error {
	if condition {
		return err
	}
	return nil
}
