// Package clock uses the wall clock and global randomness in the engine.
package clock

import (
	"context"
	crand "crypto/rand"
	"math/rand"
	randv2 "math/rand/v2"
	"time"
)

var now = time.Now // want `time.Now reads the wall clock: use the kernel's clock, or say why it may stay: //netxlint:wallclock reason`

func waits(ctx context.Context) {
	time.Sleep(time.Second)                      // want `time.Sleep reads the wall clock`
	<-time.After(time.Second)                    // want `time.After reads the wall clock`
	time.AfterFunc(0, func() {})                 // want `time.AfterFunc reads`
	_ = time.Tick(time.Second)                   // want `time.Tick reads`
	_ = time.NewTimer(0)                         // want `time.NewTimer reads`
	_ = time.NewTicker(1)                        // want `time.NewTicker reads`
	_ = time.Since(time.Time{})                  // want `time.Since reads`
	_ = time.Until(time.Time{})                  // want `time.Until reads`
	_, _ = context.WithTimeout(ctx, time.Second) // want `context.WithTimeout reads`
	_ = time.Unix(1, 0).Add(time.Second)         // arithmetic is no clock
	_ = time.Duration(3).Round(time.Millisecond)
}

func chance(mine *randv2.Rand) int {
	_, _ = crand.Read(nil)                      // want `crypto/rand.Read is global randomness`
	_ = crand.Reader                            // want `crypto/rand.Reader is global randomness`
	_ = rand.Int()                              // want `math/rand.Int is global randomness: use a stream of the kernel's seed`
	rand.Shuffle(0, nil)                        // want `math/rand.Shuffle is global`
	_ = randv2.N(3)                             // want `math/rand/v2.N is global`
	_ = randv2.New(randv2.NewPCG(1, 2)).IntN(3) // a seeded generator
	return mine.IntN(3)
}

func allowed() {
	_ = time.Now() //netxlint:wallclock the real-time mode reads it
	//netxlint:random a run without a seed draws one
	_ = rand.Int()
	//netxlint:random a word of another rule // want `needless //netxlint:random`
	_ = time.Now() // want `time.Now reads`
	_ = time.Now() /* want `//netxlint:wallclock needs a reason` */ //netxlint:wallclock
	_ = 1          //netxlint:wallclock nothing here // want `needless //netxlint:wallclock: nothing on this line needs it`
	_ = 2          //netxlint:clock why // want `unknown comment //netxlint:clock: the words are ordered, wallclock and random`
}
