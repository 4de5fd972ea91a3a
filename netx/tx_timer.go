package netx

import (
	"netxsim/netx/status"
	"netxsim/sim"
)

// TxTimerCreate makes timer, a zero or deleted control block, an application timer.
// It calls expirationFunction with expirationInput after initialTicks, at least 1,
// and then every rescheduleTicks, or once if that is 0. TX_AUTO_ACTIVATE starts it at
// once, TX_NO_ACTIVATE leaves that to TxTimerActivate.
//
// The function runs in timer context, on the system timer thread of priority 0: it
// must not wait, and what it wakes runs after all timers of the tick.
//
// Status: TX_SUCCESS, TX_TIMER_ERROR, TX_TICK_ERROR, TX_ACTIVATE_ERROR,
// TX_CALLER_ERROR.
// Callers: initialization, threads.
func TxTimerCreate(timer *TX_TIMER, name string, expirationFunction func(input ULONG), expirationInput ULONG,
	initialTicks, rescheduleTicks ULONG, autoActivate UINT) UINT {
	k := current().Kernel
	switch {
	case timer == nil || exists(timer.Kernel()):
		return TX_TIMER_ERROR
	case initialTicks == 0:
		return TX_TICK_ERROR
	case autoActivate > TX_AUTO_ACTIVATE:
		return TX_ACTIVATE_ERROR
	case !txInitAndThreads(k):
		return TX_CALLER_ERROR
	}
	expired := func() {} // C takes a null function, and calls none
	if expirationFunction != nil {
		expired = func() { expirationFunction(expirationInput) }
	}
	return status.Of(k.CreateTimer(timer, sim.TimerConfig{
		Name: name, Initial: initialTicks, Reschedule: rescheduleTicks,
		Expired: expired, DontActivate: autoActivate == TX_NO_ACTIVATE,
	}))
}

// TxTimerActivate starts the timer with the ticks it has left. A timer that is active,
// or that expires once and has, is TX_ACTIVATE_ERROR.
//
// Status: TX_SUCCESS, TX_TIMER_ERROR, TX_ACTIVATE_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxTimerActivate(timer *TX_TIMER) UINT {
	if !exists(timer.Kernel()) {
		return TX_TIMER_ERROR
	}
	return status.Of(timer.Activate())
}

// TxTimerDeactivate stops the timer; it keeps the ticks it has left. That it is
// stopped already is no error.
//
// Status: TX_SUCCESS, TX_TIMER_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxTimerDeactivate(timer *TX_TIMER) UINT {
	if !exists(timer.Kernel()) {
		return TX_TIMER_ERROR
	}
	timer.Deactivate()
	return TX_SUCCESS
}

// TxTimerChange sets the ticks to the next expiration and between later ones of a
// timer that is not active. Of an active one it changes nothing and returns
// TX_SUCCESS: deactivate it first.
//
// Status: TX_SUCCESS, TX_TIMER_ERROR, TX_TICK_ERROR, TX_CALLER_ERROR.
// Callers: threads, timers, ISRs.
func TxTimerChange(timer *TX_TIMER, initialTicks, rescheduleTicks ULONG) UINT {
	k := timer.Kernel()
	switch {
	case !exists(k):
		return TX_TIMER_ERROR
	case initialTicks == 0:
		return TX_TICK_ERROR
	case !txNotInitialization(k):
		return TX_CALLER_ERROR
	}
	return status.Of(timer.Change(initialTicks, rescheduleTicks))
}

// TxTimerDelete ends the timer.
//
// Status: TX_SUCCESS, TX_TIMER_ERROR, TX_CALLER_ERROR.
// Callers: threads.
func TxTimerDelete(timer *TX_TIMER) UINT {
	k := timer.Kernel()
	switch {
	case !exists(k):
		return TX_TIMER_ERROR
	case !txThreadsOnly(k):
		return TX_CALLER_ERROR
	}
	timer.Delete()
	return TX_SUCCESS
}

// TxTimerInfoGet stores name, whether the timer is active (TX_TRUE), the ticks to the
// next expiration and between later ones, and the timer created next. A nil pointer
// skips its value.
//
// Status: TX_SUCCESS, TX_TIMER_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxTimerInfoGet(timer *TX_TIMER, name *string, active *UINT, remainingTicks, rescheduleTicks *ULONG,
	nextTimer **TX_TIMER) UINT {
	if !exists(timer.Kernel()) {
		return TX_TIMER_ERROR
	}
	info := timer.Info()
	store(name, info.Name)
	store(active, truth(info.Active))
	store(remainingTicks, info.Remaining)
	store(rescheduleTicks, info.Reschedule)
	store(nextTimer, info.Next)
	return TX_SUCCESS
}

// truth is a C truth value.
func truth(b bool) UINT {
	if b {
		return TX_TRUE
	}
	return TX_FALSE
}

// TxTimeGet returns the system clock: the timer interrupts since the start, or since
// TxTimeSet, modulo 2^32.
//
// Callers: initialization, threads, timers, ISRs.
func TxTimeGet() ULONG { return current().Kernel.Ticks() }

// TxTimeSet changes the number that TxTimeGet returns, in ticks. Timers and waits do
// not care.
//
// Callers: threads, timers, ISRs.
func TxTimeSet(newTime ULONG) { current().Kernel.SetTicks(newTime) }
