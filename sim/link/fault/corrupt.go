package fault

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"netxsim/sim/link"
)

// A Region is a part of a frame.
type Region int

// The regions. In a frame without the part nothing is changed.
const (
	BehindEthernet Region = iota // everything but the Ethernet header
	WholeFrame                   // the Ethernet header too; the frame still goes to the port it was sent to
	Data                         // what TCP or UDP carries
)

// Corrupt changes bits or bytes at random places.
type Corrupt struct {
	// Bits and Bytes are how many of each are changed. 0 of both means one bit. A changed byte gets another value, a bit
	// the other one.
	Bits, Bytes int
	// In is where they are. The zero Region is everything behind the Ethernet header.
	In Region
	// Repair puts the checksums right afterwards, those of the IPv4 header and of TCP, UDP or ICMP, as a bad memory in a router does:
	// the receiver cannot tell. Otherwise they stay as they are, and it can.
	Repair bool
}

// String describes the effect.
func (c Corrupt) String() string {
	what := plural(c.bits(), "bit") + " and " + plural(c.Bytes, "byte")
	switch {
	case c.Bytes == 0:
		what = plural(c.bits(), "bit")
	case c.Bits == 0:
		what = plural(c.Bytes, "byte")
	}
	text := "has " + what + " changed " + [...]string{"behind the Ethernet header", "anywhere", "in its data"}[c.In]
	if c.Repair {
		text += " and its checksums put right"
	}
	return text
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// bits is how many bits are changed apart from the bytes.
func (c Corrupt) bits() int {
	if c.Bits == 0 && c.Bytes == 0 {
		return 1
	}
	return c.Bits
}

func (c Corrupt) word() string { return "corrupt" }

func (c Corrupt) start(s *setup) effect {
	random := s.draws()
	var done []int
	return func(f *link.Fate, i int) bool {
		from, to := c.region(f.Copies[i].Frame)
		if from >= to {
			return false
		}
		frame := f.Edit(i, s.name)
		c.change(frame[from:to], random.of(i), &done)
		if c.Repair {
			FixChecksums(frame)
		}
		return f.Changed(i)
	}
}

// region is where a frame may be changed.
func (c Corrupt) region(frame []byte) (from, to int) {
	switch c.In {
	case WholeFrame:
		return 0, len(frame)
	case Data:
		p := Decode(frame)
		if p.DestinationPort == 0 {
			return 0, 0
		}
		return p.data, p.data + len(p.Payload)
	}
	return link.HeaderLen, len(frame)
}

// change changes bits, then bytes, in random places: each bit and each byte once, as long as there are any left. done is scratch
// space.
func (c Corrupt) change(part []byte, random *rand.Rand, done *[]int) {
	*done = (*done)[:0]
	for range min(c.bits(), len(part)*8) {
		bit := draw(len(part)*8, random, done)
		part[bit/8] ^= 1 << (bit % 8)
	}
	*done = (*done)[:0]
	for range min(c.Bytes, len(part)) {
		part[draw(len(part), random, done)] ^= byte(1 + random.IntN(255))
	}
}

// draw returns a random number below n that is not done yet, or the next one that is not.
func draw(n int, random *rand.Rand, done *[]int) int {
	i := random.IntN(n)
	for slices.Contains(*done, i) {
		i = (i + 1) % n
	}
	*done = append(*done, i)
	return i
}
