package netx

import (
	"netxsim/netx/status"
	"netxsim/sim"
)

// TxEventFlagsCreate makes group, a zero or deleted control block, a group of 32
// event flags, all clear. It never waits.
//
// Status: TX_SUCCESS, TX_GROUP_ERROR, TX_CALLER_ERROR.
// Callers: initialization, threads.
func TxEventFlagsCreate(group *TX_EVENT_FLAGS_GROUP, name string) UINT {
	k := current().Kernel
	switch {
	case group == nil || exists(group.Kernel()):
		return TX_GROUP_ERROR
	case !txInitAndThreads(k):
		return TX_CALLER_ERROR
	}
	return status.Of(k.CreateEventFlags(group, name))
}

// TxEventFlagsGet waits until the requested flags are set: any of them (TX_OR,
// TX_OR_CLEAR) or all (TX_AND, TX_AND_CLEAR); the clearing options then clear the
// requested ones. It waits for at most waitOption ticks; TX_NO_WAIT returns
// TX_NO_EVENTS at once, TX_WAIT_FOREVER never times out. A request for no flags
// is TX_NO_EVENTS at once.
//
// *actualFlags is set to the flags of the group when it is called, also if it then
// fails or waits, and to those that satisfied it before any were cleared.
//
// Status: TX_SUCCESS, TX_NO_EVENTS, TX_GROUP_ERROR, TX_PTR_ERROR,
// TX_WAIT_ERROR, TX_OPTION_ERROR, TX_DELETED, TX_WAIT_ABORTED.
// Callers: initialization, threads, timers, ISRs.
func TxEventFlagsGet(group *TX_EVENT_FLAGS_GROUP, requestedFlags ULONG, getOption UINT, actualFlags *ULONG,
	waitOption ULONG) UINT {
	k := group.Kernel()
	switch {
	case !exists(k):
		return TX_GROUP_ERROR
	case actualFlags == nil:
		return TX_PTR_ERROR
	case !threadToWait(k, waitOption):
		return TX_WAIT_ERROR
	case getOption > TX_AND_CLEAR:
		return TX_OPTION_ERROR
	}
	return status.Of(group.GetInto(actualFlags, requestedFlags, sim.FlagOption(getOption), waitOption))
}

// TxEventFlagsSet sets flags (TX_OR) or clears all but the given ones (TX_AND). All
// waiting threads are tested against the same flags; those that are satisfied wake,
// and only then the flags they clear are cleared. TX_AND wakes nobody.
//
// Status: TX_SUCCESS, TX_GROUP_ERROR, TX_OPTION_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxEventFlagsSet(group *TX_EVENT_FLAGS_GROUP, flagsToSet ULONG, setOption UINT) UINT {
	switch {
	case !exists(group.Kernel()):
		return TX_GROUP_ERROR
	case setOption != TX_AND && setOption != TX_OR:
		return TX_OPTION_ERROR
	}
	return status.Of(group.Set(flagsToSet, sim.FlagOption(setOption)))
}

// TxEventFlagsDelete ends the group. Threads that wait for it return TX_DELETED.
//
// Status: TX_SUCCESS, TX_GROUP_ERROR, TX_CALLER_ERROR.
// Callers: threads.
func TxEventFlagsDelete(group *TX_EVENT_FLAGS_GROUP) UINT {
	k := group.Kernel()
	switch {
	case !exists(k):
		return TX_GROUP_ERROR
	case !txThreadsOnly(k):
		return TX_CALLER_ERROR
	}
	return status.Of(group.Delete())
}

// TxEventFlagsInfoGet stores name, flags, the first waiting thread, the number of
// waiting threads and the group created next. A nil pointer skips its value.
//
// Status: TX_SUCCESS, TX_GROUP_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxEventFlagsInfoGet(group *TX_EVENT_FLAGS_GROUP, name *string, currentFlags *ULONG, firstSuspended **TX_THREAD,
	suspendedCount *ULONG, nextGroup **TX_EVENT_FLAGS_GROUP) UINT {
	if !exists(group.Kernel()) {
		return TX_GROUP_ERROR
	}
	info := group.Info()
	store(name, info.Name)
	store(currentFlags, info.Flags)
	store(firstSuspended, info.First)
	store(suspendedCount, info.Waiting)
	store(nextGroup, info.Next)
	return TX_SUCCESS
}

// TxEventFlagsSetNotify sets the function that is called after every TX_OR set, in
// the context of the setter, also when nobody waits. Nil removes it.
// TX_FEATURE_NOT_ENABLED is what C answers when notifications are compiled out; it
// does not come here.
//
// Status: TX_SUCCESS, TX_GROUP_ERROR, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxEventFlagsSetNotify(group *TX_EVENT_FLAGS_GROUP, eventsSetNotify func(notifyGroup *TX_EVENT_FLAGS_GROUP)) UINT {
	if !exists(group.Kernel()) {
		return TX_GROUP_ERROR
	}
	return status.Of(group.OnSet(eventsSetNotify))
}
