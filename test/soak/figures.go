package soak

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"netxsim/ipstack"
)

// Figures count what has happened in runs.
type Figures struct {
	Runs, Failed             uint64
	Virtual                  time.Duration
	Frames, FrameBytes       uint64 // on all wires
	Lost, Changed, Copied    uint64 // of them, by faults
	Bytes                    uint64 // that clients have got to a server or from it, over TCP, and compared
	Connections, Sessions    uint64 // TCP clients' and mail clients'
	Mails                    uint64
	Datagrams, DatagramsLost uint64
	Pings, PingsLost         uint64
	Excused                  uint64 // errors that the faults excuse
	Retransmissions          uint64 // of NetX
	NoPacket                 uint64 // frames that NetX has neither received nor sent because a pool was empty
	Faults                   []Count
}

// A Count says how often a kind of fault has happened.
type Count struct {
	Name string
	N    uint64
}

// count adds to a kind of fault. Faults of one name have numbers behind it.
func (f *Figures) count(name string, n uint64) {
	name = strings.TrimRight(name, " 0123456789")
	i, found := slices.BinarySearchFunc(f.Faults, name, func(c Count, name string) int { return strings.Compare(c.Name, name) })
	if !found {
		f.Faults = slices.Insert(f.Faults, i, Count{Name: name})
	}
	f.Faults[i].N += n
}

// add adds what an instance has done.
func (f *Figures) add(s ipstack.Stats) { f.NoPacket += s.ReceiveNoPacket + s.SendNoPacket }

// Add adds the figures of other runs.
func (f *Figures) Add(o Figures) {
	f.Virtual += o.Virtual
	mine, others := f.numbers(), o.numbers()
	for i := range mine {
		*mine[i] += *others[i]
	}
	for _, c := range o.Faults {
		f.count(c.Name, c.N)
	}
}

func (f *Figures) numbers() []*uint64 {
	return []*uint64{
		&f.Runs, &f.Failed, &f.Frames, &f.FrameBytes, &f.Lost, &f.Changed, &f.Copied, &f.Bytes, &f.Connections, &f.Sessions, &f.Mails,
		&f.Datagrams, &f.DatagramsLost, &f.Pings, &f.PingsLost, &f.Excused, &f.Retransmissions, &f.NoPacket,
	}
}

// Print writes the figures as text.
func (f *Figures) Print(w io.Writer) {
	fmt.Fprintf(w, "runs            %d, %d of them failed\n", f.Runs, f.Failed)
	fmt.Fprintf(w, "virtual time    %.1f h\n", f.Virtual.Hours())
	fmt.Fprintf(w, "frames          %d of %.1f MB; %d lost, %d changed, %d copied by faults\n", f.Frames, float64(f.FrameBytes)/1e6, f.Lost, f.Changed, f.Copied)
	fmt.Fprintf(w, "moved by TCP    %.1f MB in %d connections and %d mail sessions (%d mails), all compared\n", float64(f.Bytes)/1e6, f.Connections, f.Sessions, f.Mails)
	fmt.Fprintf(w, "datagrams       %d, %d lost\n", f.Datagrams, f.DatagramsLost)
	fmt.Fprintf(w, "pings           %d, %d unanswered\n", f.Pings, f.PingsLost)
	fmt.Fprintf(w, "NetX            %d segments sent again, %d frames without a packet\n", f.Retransmissions, f.NoPacket)
	fmt.Fprintf(w, "excused errors  %d\n", f.Excused)
	for _, c := range f.Faults {
		fmt.Fprintf(w, "  fault %-18s %d times\n", c.Name, c.N)
	}
}
