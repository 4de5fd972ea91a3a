package regression_test

import (
	"strings"
	"testing"

	"netxsim/ipstack"
)

// tcpPiece is a part of a message that a peer sends in one segment: the bytes from a place up to another.
type tcpPiece struct{ from, to int }

// tcpOverlap is segments that overlap, the bytes of the message after each of which all before them have arrived, and the
// sizes in which the application gets them at the end.
type tcpOverlap struct {
	name    string
	iss     uint32
	sent    []tcpPiece
	acked   []int
	packets []int
	atOnce  bool // no pause between the segments
}

// TestTCPOverlappingSegments has a peer send parts of a message again, larger, smaller or shifted, while parts in front of
// them are missing. Whatever the order, the application gets every byte once and in order, and each segment moves the
// acknowledgement exactly over the bytes that have arrived without a gap.
func TestTCPOverlappingSegments(t *testing.T) {
	for _, test := range []tcpOverlap{
		{"part of a later segment again, then the gap and what follows in one", 1000,
			[]tcpPiece{{0, 38}, {76, 114}, {76, 86}, {38, 76}, {38, 114}}, []int{38, 38, 38, 114, 114}, []int{38, 38, 38}, false},
		{"two segments again, from one byte before up to one byte before their end", 1000,
			[]tcpPiece{{0, 38}, {76, 114}, {38, 76}, {37, 113}}, []int{38, 38, 114, 114}, []int{38, 38, 38}, false},
		{"two segments again, from one byte before up to their end", 1000,
			[]tcpPiece{{0, 38}, {76, 114}, {38, 76}, {37, 114}}, []int{38, 38, 114, 114}, []int{38, 38, 38}, false},
		{"the middle one of three received segments again", 1000,
			[]tcpPiece{{0, 20}, {20, 40}, {40, 60}, {20, 40}}, []int{20, 40, 60, 60}, []int{20, 20, 20}, false},
		{"one that fills a gap and covers what follows, one over the next gap and half of what follows", 1000,
			[]tcpPiece{{0, 20}, {80, 100}, {40, 60}, {20, 60}, {60, 90}}, []int{20, 20, 20, 60, 100}, []int{20, 40, 20, 20}, false},
		{"the last of three received segments again", 1000,
			[]tcpPiece{{0, 20}, {20, 40}, {40, 60}, {40, 60}}, []int{20, 40, 60, 60}, []int{20, 20, 20}, false},
		{"the first of four received segments again", 1000,
			[]tcpPiece{{0, 20}, {40, 60}, {60, 80}, {20, 40}, {0, 20}}, []int{20, 20, 20, 80, 80}, []int{20, 20, 20, 20}, false},
		{"three received segments again in one", 1000,
			[]tcpPiece{{40, 60}, {0, 20}, {20, 40}, {0, 60}}, []int{0, 20, 60, 60}, []int{20, 20, 20}, false},
		{"some bytes from within a received segment again", 1000,
			[]tcpPiece{{0, 20}, {20, 40}, {40, 60}, {25, 31}}, []int{20, 40, 60, 60}, []int{20, 20, 20}, false},
		{"one that fills a gap and covers the beginning of what follows", 1000,
			[]tcpPiece{{0, 20}, {40, 60}, {60, 80}, {20, 46}}, []int{20, 20, 20, 80}, []int{20, 20, 20, 20}, false},
		{"the missing first segment with the beginning of the second", 1000,
			[]tcpPiece{{60, 80}, {20, 40}, {40, 60}, {0, 30}}, []int{0, 0, 0, 80}, []int{20, 20, 20, 20}, false},
		{"halves of two received segments again in one", 1000,
			[]tcpPiece{{0, 20}, {20, 40}, {40, 60}, {30, 50}}, []int{20, 40, 60, 60}, []int{20, 20, 20}, false},
		{"one that covers the end of an early segment and the gap up to the next", 1000,
			[]tcpPiece{{0, 20}, {40, 60}, {80, 100}, {45, 80}, {20, 45}}, []int{20, 20, 20, 20, 100}, []int{20, 25, 35, 20}, false},
		{"the first segment again with more behind it, then all behind the first", 1000,
			[]tcpPiece{{0, 3}, {0, 15}, {3, 23}}, []int{3, 15, 23}, []int{3, 12, 8}, false},
		{"five segments, each of which overlaps its neighbours", 1000,
			[]tcpPiece{{0, 3}, {23, 26}, {0, 15}, {19, 23}, {13, 21}}, []int{3, 3, 15, 15, 26}, []int{3, 12, 4, 4, 3}, false},
		{"large segments: the first again with more behind it, then from its middle", 1000,
			[]tcpPiece{{0, 256}, {0, 768}, {256, 1024}}, []int{256, 768, 1024}, []int{256, 512, 256}, false},
		{"large segments: the last one early, then the first again up to it", 1000,
			[]tcpPiece{{0, 256}, {768, 1024}, {0, 768}}, []int{256, 256, 1024}, []int{256, 512, 256}, false},
		{"the first segment again with more behind it and all behind the first, in one instant", 1000,
			[]tcpPiece{{0, 3}, {0, 15}, {3, 23}}, nil, []int{3, 12, 8}, true},
		{"the first segment again with more behind it, across the end of the sequence numbers", 0xffffffff - 8,
			[]tcpPiece{{0, 3}, {0, 15}, {3, 23}}, []int{3, 15, 23}, []int{3, 12, 8}, false},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(newTCPNet(t, tcpOptions{})) })
	}
}

// run sends the pieces and compares what arrives.
func (o tcpOverlap) run(n *tcpNet) {
	p := n.peer(o.iss)
	p.serve(2000, func(s *ipstack.TCPSocket) {
		message := string(tcpPattern(1024))
		var acked []int
		end := 0
		for _, piece := range o.sent {
			end = max(end, piece.to)
			p.raw(p.segment(tcpACK|tcpPSH, 1+piece.from, 1, message[piece.from:piece.to]).datagram())
			if o.atOnce {
				continue
			}
			n.sleep(3 * tcpHz / 10) // longer than an acknowledgement may be delayed
			last := p.got[len(p.got)-1]
			acked = append(acked, int(last.ack-p.iss)-1)
		}
		n.equal("bytes acknowledged after each segment", acked, o.acked)
		pieces := n.receiveAll(s, tcpHz)
		sizes := make([]int, len(pieces))
		for i, piece := range pieces {
			sizes[i] = len(piece)
		}
		n.equal("sizes of the packets", sizes, o.packets)
		n.equal("message", strings.Join(pieces, ""), message[:end])
	})
}
