package sim

import "time"

// began is later than any time in a bubble: those begin in the year 2000.
var began = time.Now().Round(0) //netxlint:wallclock tells a bubble's clock from the system's

// InBubble reports whether the calling goroutine is in a bubble of testing/synctest. A
// system clock that has been set back since the program began looks like one.
func InBubble() bool {
	return inBubble(time.Now()) //netxlint:wallclock tells a bubble's clock from the system's
}

// inBubble reports whether somebody who reads this on the clock is in a bubble.
func inBubble(now time.Time) bool { return now.Round(0).Before(began) }
