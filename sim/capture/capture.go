package capture

import (
	"fmt"
	"io"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

// A Capture writes a pcapng file. Frames wait in memory until they have arrived, so that what became of them can
// be said at their place.
type Capture struct {
	to         io.Writer
	file       *pcapgo.NgWriter // nil until the first interface is known
	interfaces map[*link.Port]int
	wires      []*link.Wire
	stops      []func()
	lowest     map[*packetpool.Pool]uint32

	frames []*frame // sent, not written yet; never empty once a frame was sent
	spare  []*frame
	early  []comment // made before the first frame
	closed bool
	err    error
}

// frame is one that has not been written.
type frame struct {
	wire     *link.Wire
	number   uint64
	info     gopacket.CaptureInfo
	data     []byte
	awaited  int // deliveries whose end is not known
	comments []comment
}

// comment is a remark at a frame. A new low of a pool replaces the one before.
type comment struct {
	low  *packetpool.Pool
	text string
}

// New returns a capture that writes to w, and captures nothing yet. Close ends it.
func New(w io.Writer) *Capture {
	return &Capture{to: w, interfaces: map[*link.Port]int{}, lowest: map[*packetpool.Pool]uint32{}}
}

// Wire captures the frames that are sent on a wire from now on.
func (c *Capture) Wire(w *link.Wire) {
	c.wires = append(c.wires, w)
	w.Observe(func(e link.FrameEvent) { c.observe(w, e) })
}

// Close writes what is left. It returns the first error there was in writing; the writer that New was
// given stays open.
func (c *Capture) Close() error {
	if c.closed {
		return c.err
	}
	c.closed = true
	for _, stop := range c.stops {
		stop()
	}
	for _, f := range c.frames {
		c.write(f)
	}
	c.frames = nil
	if c.err == nil && c.file == nil {
		_, c.err = c.addInterface(pcapgo.NgInterface{Name: "unused", Description: "no port has sent a frame"})
	}
	if c.err == nil {
		c.err = c.file.Flush()
	}
	return c.err
}

// observe takes note of what happens to a frame.
func (c *Capture) observe(w *link.Wire, e link.FrameEvent) {
	if c.closed || c.err != nil {
		return
	}
	switch e.Kind {
	case link.Sent:
		c.sent(w, e)
	case link.Delivered:
		if e.Changed || e.Copy > 0 {
			c.altered(w, e)
		}
		c.arrived(w, e.Number, "")
	case link.Lost:
		c.arrived(w, e.Number, "lost on the way to "+e.To.Name()+by(e))
	case link.Unknown:
		c.arrived(w, e.Number, "nobody has this address")
	case link.Duplicated:
		c.further(w, e.Number, "copied on the way to "+e.To.Name()+by(e))
	case link.Changed:
		c.mark(w, e.Number, "changed on the way to "+e.To.Name()+by(e))
	case link.Delayed:
		c.mark(w, e.Number, fmt.Sprintf("delayed by %v on the way to %s%s", e.Delay, e.To.Name(), by(e)))
	}
}

// by names the cause of what has happened to a frame.
func by(e link.FrameEvent) string {
	if e.Cause == "" {
		return ""
	}
	return ": " + e.Cause
}

// sent queues a frame and writes those before it whose fate is known.
func (c *Capture) sent(w *link.Wire, e link.FrameEvent) {
	for len(c.frames) > 0 && c.settled(c.frames[0]) {
		f := c.frames[0]
		c.frames = append(c.frames[:0], c.frames[1:]...)
		c.write(f)
		c.spare = append(c.spare, f)
	}
	f := c.add(w, e, e.From)
	f.number, f.awaited = e.Number, e.Receivers
	f.comments = append(f.comments, c.early...)
	c.early = nil
}

// altered queues a copy as it arrives, which is not as it was sent or not for the first time.
func (c *Capture) altered(w *link.Wire, e link.FrameEvent) {
	f := c.add(w, e, e.To)
	f.number, f.awaited = noNumber, 0
	f.comments = append(f.comments, comment{text: fmt.Sprintf("as it arrived at %s, copy %d of a frame of %s%s",
		e.To.Name(), e.Copy, e.From.Name(), by(e))})
}

// noNumber is the number of an entry that is not a frame's sending.
const noNumber = ^uint64(0)

// add queues a frame as it is at a port now, without comments.
func (c *Capture) add(w *link.Wire, e link.FrameEvent, at *link.Port) *frame {
	f := c.take()
	f.wire = w
	f.data = append(f.data[:0], e.Frame...)
	f.info = gopacket.CaptureInfo{
		Timestamp: sim.Epoch.Add(e.Time), CaptureLength: len(e.Frame), Length: len(e.Frame), InterfaceIndex: c.port(w, at),
	}
	f.comments = f.comments[:0]
	c.frames = append(c.frames, f)
	return f
}

func (c *Capture) take() *frame {
	if n := len(c.spare); n > 0 {
		f := c.spare[n-1]
		c.spare = c.spare[:n-1]
		return f
	}
	return new(frame)
}

// settled reports whether nothing more can be said about a frame.
func (c *Capture) settled(f *frame) bool {
	number, _ := f.wire.Arriving()
	return f.awaited == 0 && number != f.number
}

// arrived notes that one delivery of a frame is over.
func (c *Capture) arrived(w *link.Wire, number uint64, remark string) {
	f := c.find(w, number)
	if f == nil {
		return
	}
	f.awaited = max(0, f.awaited-1)
	if remark != "" {
		f.comments = append(f.comments, comment{text: remark})
	}
}

// further notes that a frame is delivered once more.
func (c *Capture) further(w *link.Wire, number uint64, text string) {
	if f := c.find(w, number); f != nil {
		f.awaited++
		c.mark(w, number, text)
	}
}

// mark adds a comment to a frame.
func (c *Capture) mark(w *link.Wire, number uint64, text string) {
	if f := c.find(w, number); f != nil {
		f.comments = append(f.comments, comment{text: text})
	}
}

// find returns a frame that has not been written, or nil.
func (c *Capture) find(w *link.Wire, number uint64) *frame {
	for _, f := range c.frames {
		if f.wire == w && f.number == number {
			return f
		}
	}
	return nil
}

// port returns the interface of a port, which is added when it is new.
func (c *Capture) port(w *link.Wire, p *link.Port) int {
	id, ok := c.interfaces[p]
	if !ok && c.err == nil {
		mac := p.MAC()
		id, c.err = c.addInterface(pcapgo.NgInterface{
			Name:        p.Name(),
			Description: fmt.Sprintf("host %s, address % x, wire %s", p.Name(), mac[:], w.Name()),
		})
		c.interfaces[p] = id
	}
	return id
}

// addInterface writes an interface, the first one behind the file's header.
func (c *Capture) addInterface(i pcapgo.NgInterface) (id int, err error) {
	i.LinkType = layers.LinkTypeEthernet
	if c.file != nil {
		return c.file.AddInterface(i)
	}
	c.file, err = pcapgo.NewNgWriterInterface(c.to, i, pcapgo.NgWriterOptions{
		SectionInfo: pcapgo.NgSectionInfo{Application: "netxsim", Comment: "virtual time, from 2000-01-01 00:00:00 UTC"},
	})
	return 0, err
}

// write writes a frame with its comments.
func (c *Capture) write(f *frame) {
	if c.err != nil {
		return
	}
	var options pcapgo.NgPacketOptions
	for _, remark := range f.comments {
		options.Comments = append(options.Comments, remark.text)
	}
	c.err = c.file.WritePacketWithOptions(f.info, f.data, options)
}
