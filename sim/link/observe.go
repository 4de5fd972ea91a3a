package link

import "time"

// A Kind says what has happened to a frame.
type Kind int

// What can happen to a frame.
const (
	Sent      Kind = iota // a port has been given it; To is nil
	Delivered             // it has arrived at To
	Lost                  // it will not arrive at To
	TooLong               // it did not fit the MTU, or was shorter than a header; To is nil
	Unknown               // nobody has its destination address; To is nil

	Duplicated // another copy is on its way to To: one more Delivered or Lost follows
	Changed    // it will arrive at To as Frame, which is not what was sent
	Delayed    // it will arrive at To later, by Delay
)

// String returns the kind in lower case.
func (k Kind) String() string {
	return [...]string{"sent", "delivered", "lost", "too long", "unknown", "duplicated", "changed", "delayed"}[k]
}

// A FrameEvent tells an observer what has happened to a frame.
type FrameEvent struct {
	Kind     Kind
	Time     time.Duration // virtual time since the start of the run
	From, To *Port
	Number   uint64 // of the frame on this wire, from 1; 0 if TooLong
	// Receivers is how many ports the frame is for, if Kind is Sent. For each of them
	// a Delivered or a Lost follows, and one more for each Duplicated.
	Receivers int
	// Copy is 0 for the frame itself and counts the copies that faults have made for this receiver.
	Copy int
	// Changed says of a Delivered that Frame is not what was sent.
	Changed bool
	// Delay is how much later than it would have the frame arrives, if Kind is Delayed.
	Delay time.Duration
	// Cause names the fault that has done it; of a Delivered the one that has changed or made the copy. "" if none has, or it has no name.
	Cause string
	Frame []byte // valid until the observer returns; if Kind is Sent, Lost or Delivered as it was then
}
