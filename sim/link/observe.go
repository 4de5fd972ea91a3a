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
)

// String returns the kind in lower case.
func (k Kind) String() string {
	return [...]string{"sent", "delivered", "lost", "too long", "unknown"}[k]
}

// A FrameEvent tells an observer what has happened to a frame.
type FrameEvent struct {
	Kind     Kind
	Time     time.Duration // virtual time since the start of the run
	From, To *Port
	Number   uint64 // of the frame on this wire, from 1; 0 if TooLong
	// Receivers is how many ports the frame is for, if Kind is Sent. For each of them
	// a Delivered or a Lost follows.
	Receivers int
	Frame     []byte // valid until the observer returns
}
