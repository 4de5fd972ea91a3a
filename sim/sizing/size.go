package sizing

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"netxsim/packetpool"
)

// A PoolSize is the size of one packet pool.
type PoolSize struct {
	Payload uint32 `json:"payload"` // bytes of data per packet
	Packets int    `json:"packets"` // packets
}

// String returns the size as "1536 x 12".
func (p PoolSize) String() string { return fmt.Sprintf("%d x %d", p.Payload, p.Packets) }

// Sizes are the sizes of all pools of a search, in the order of its [Space].
type Sizes []PoolSize

// String returns the sizes as "1536 x 12 + 256 x 4".
func (s Sizes) String() string {
	words := make([]string, len(s))
	for i, p := range s {
		words[i] = p.String()
	}
	return strings.Join(words, " + ")
}

// ParseSizes reads sizes as [Sizes.String] writes them, or as "1536x12,256x4".
func ParseSizes(text string) (Sizes, error) {
	var s Sizes
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == '+' }) {
		payload, packets, ok := strings.Cut(word, "x")
		p, err := strconv.ParseUint(strings.TrimSpace(payload), 10, 16)
		n, err2 := strconv.ParseUint(strings.TrimSpace(packets), 10, 20)
		if !ok || err != nil || err2 != nil || p == 0 || n == 0 {
			return nil, fmt.Errorf("%q is no size of a pool: want payload and packets, such as 1536x12", strings.TrimSpace(word))
		}
		s = append(s, PoolSize{uint32(p), int(n)})
	}
	if s == nil {
		return nil, fmt.Errorf("no sizes: want payload and packets of each pool, such as 1536x12,256x4")
	}
	return s, nil
}

// RAM returns the bytes that pools of these sizes take on the target: headers, payloads, rounding to the alignment and a
// control block for each pool.
func (s Sizes) RAM(t packetpool.Target) uint32 {
	var sum uint32
	for _, p := range s {
		sum += packetpool.SizeFor(t, p.Payload, p.Packets) + t.PoolSize()
	}
	return sum
}

// compare orders sizes by RAM, then by larger payloads, which chain less, then by more packets in the earlier pools. No
// two sizes of one space are equal.
func compare(t packetpool.Target, a, b Sizes) int {
	return cmp.Or(cmp.Compare(a.RAM(t), b.RAM(t)),
		slices.CompareFunc(a, b, func(x, y PoolSize) int { return cmp.Compare(y.Payload, x.Payload) }),
		slices.CompareFunc(a, b, func(x, y PoolSize) int { return cmp.Compare(y.Packets, x.Packets) }))
}

// sameShape reports whether a and b have the same payloads.
func sameShape(a, b Sizes) bool {
	return slices.EqualFunc(a, b, func(x, y PoolSize) bool { return x.Payload == y.Payload })
}

// covers reports whether a has, pool by pool, at least the packets of b.
func covers(a, b Sizes) bool {
	for i := range a {
		if a[i].Packets < b[i].Packets {
			return false
		}
	}
	return true
}

// with returns sizes with n packets in pool i.
func (s Sizes) with(i, n int) Sizes {
	c := slices.Clone(s)
	c[i].Packets = n
	return c
}

// A Space says which sizes are to be had.
type Space struct {
	Target packetpool.Target // the device whose RAM counts
	Pools  []PoolSpace       // at least one
}

// A PoolSpace says which sizes one pool may have.
type PoolSpace struct {
	Name     string   // for reports
	Payloads []uint32 // bytes, the candidates; one alone leaves the payload as it is
	Min      int      // fewest packets; 0 means 1
	Max      int      // most packets; 0 means as many as the workload ever uses
}

// shapes returns every combination of payloads, as sizes without packets, in the order in which they are searched: that of
// the candidates, the last pool's fastest.
func (s *Space) shapes() []Sizes {
	list := []Sizes{nil}
	for _, p := range s.Pools {
		var longer []Sizes
		for _, begun := range list {
			for _, payload := range p.Payloads {
				longer = append(longer, append(slices.Clone(begun), PoolSize{Payload: payload}))
			}
		}
		list = longer
	}
	return list
}

// check reports what is wrong with the space.
func (s *Space) check() error {
	if len(s.Pools) == 0 {
		return fmt.Errorf("sizing: there is no pool to size")
	}
	for _, p := range s.Pools {
		switch {
		case len(p.Payloads) == 0:
			return fmt.Errorf("sizing: pool %s: no payload to try", p.Name)
		case slices.Contains(p.Payloads, 0):
			return fmt.Errorf("sizing: pool %s: a payload of 0 bytes", p.Name)
		case p.Max > 0 && p.Max < p.Min:
			return fmt.Errorf("sizing: pool %s: at least %d packets and at most %d", p.Name, p.Min, p.Max)
		}
	}
	return nil
}

// lowest is the fewest packets of pool i.
func (s *Space) lowest(i int) int { return max(s.Pools[i].Min, 1) }
