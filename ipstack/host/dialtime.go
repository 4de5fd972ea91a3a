package host

import (
	"context"
	"time"
)

// end is when a Dial gives up: after a time if that is not 0, or with its context if the caller is
// a goroutine, whose time is the context's. The zero time is never.
func (w *world) end(ctx context.Context, timeout time.Duration) (end time.Time) {
	if timeout != 0 {
		end = w.now().Add(timeout)
	}
	if limit, ok := ctx.Deadline(); ok && w.goroutines && (end.IsZero() || limit.Before(end)) {
		end = limit
	}
	return end
}

// minShare is how long an address is tried at least, if there is so much time.
const minShare = 2 * time.Second

// share is how long the next of some addresses is tried: its part of the time that is left, as in package net, so that a
// machine that does not answer leaves time for those behind it. 0 is no limit, and less is no time.
func (w *world) share(end time.Time, addresses int) time.Duration {
	if end.IsZero() {
		return 0
	}
	left := end.Sub(w.now())
	if left <= 0 {
		return -1
	}
	return min(left, max(left/time.Duration(addresses), minShare))
}
