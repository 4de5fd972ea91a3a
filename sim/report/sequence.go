package report

import (
	"fmt"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"netxsim/sim/scenario"
)

// A sequenceChart is a time-sequence plot of a trace, or of a part of it.
type sequenceChart struct {
	trace     *trace
	from, to  time.Duration
	low, high int64 // sequence numbers
	close     bool  // every segment can be told from the next
}

// newSequenceChart is the plot of a time of a trace.
func newSequenceChart(t *trace, from, to time.Duration, close bool) *sequenceChart {
	c := &sequenceChart{trace: t, from: from, to: max(to, from+1), close: close, low: -1}
	take := func(low, high int64) {
		if c.low < 0 || low < c.low {
			c.low = max(low, 0)
		}
		c.high = max(c.high, high)
	}
	for _, s := range t.sent {
		if c.shows(s.at) {
			take(s.begin, s.end)
		}
	}
	for _, a := range t.acks {
		if c.shows(a.at) {
			take(a.number, a.edge)
		}
	}
	c.low = max(c.low, 0)
	c.high = max(c.high, c.low+1)
	return c
}

func (c *sequenceChart) shows(at time.Duration) bool { return c.from <= at && at <= c.to }

// detailSegments is how many segments a connection may have and still be drawn once only.
const detailSegments = 160

// sequenceFigures are the plots of a trace: all of it, and its longest pause from close by.
func sequenceFigures(id string, t *trace, of string) []figure {
	whole := newSequenceChart(t, t.begin(), t.end(), len(t.connection.Segments) <= detailSegments)
	all := whole.figure("Time-sequence plot of " + of)
	all.Text = t.text() + " " + all.Text
	list := []figure{all}
	if !whole.close {
		list[0].render(id)
		from, to := t.closeUp(70, 50)
		near := newSequenceChart(t, from, to, true).figure(t.focusTitle())
		near.Text = fmt.Sprintf("From %s to %s of the same connection; nothing was acknowledged for %s from %s on.",
			seconds(from), seconds(to), seconds(t.focus.length()), seconds(t.focus.from))
		near.Tables = []table{t.segments(from, to)}
		near.render(id + "-close")
		list = append(list, near)
	} else {
		list[0].Tables = []table{t.segments(t.begin(), t.end())}
		list[0].render(id)
	}
	return list
}

// focusTitle says what the close-up is of.
func (t *trace) focusTitle() string {
	if t.again > 0 {
		return "From close by: the longest time without progress in which something was sent again"
	}
	return "From close by: the longest time without progress"
}

// text says what the trace shows.
func (t *trace) text() string {
	from, to := t.data()
	text := fmt.Sprintf("Data from %s to %s: %s, %s sent again, %s lost on the wire.", from, to,
		plural(len(t.sent), "segment", "segments"), count(t.again), count(t.lost))
	if t.pause.length() > 0 {
		text += fmt.Sprintf(" The longest time without progress is %s, from %s on.", seconds(t.pause.length()), seconds(t.pause.from))
	}
	return text
}

// figure is the chart without its picture.
func (c *sequenceChart) figure(title string) figure {
	return figure{
		Title: title,
		Text: "Upright bars are segments, over the bytes that they carry; triangles under them mark those sent again, crosses those that the " +
			"wire lost. The solid step line is what was acknowledged, the dashed one how far the window reached.",
		drawing: drawing{height: func(f form) vg.Length { return choose[vg.Length](f, 420, 370) }, paint: c.paint},
	}
}

func (c *sequenceChart) paint(canvas draw.Canvas, f form) {
	time, data := timeUnit(c.to-c.from), unitFor(byteUnits, float64(c.high), 2)
	p := newPlot("virtual time, "+time.name, "sequence number, "+data.name)
	p.X.Min, p.X.Max = float64(c.from), float64(c.to)
	p.Y.Min, p.Y.Max = float64(c.low), float64(c.high)
	room := (p.Y.Max - p.Y.Min) / 25
	p.Y.Min, p.Y.Max = p.Y.Min-room, p.Y.Max+room
	p.X.Tick.Marker = ticks(time, p.X.Min, p.X.Max, choose(f, 8, 4))
	p.X.Min -= (p.X.Max - p.X.Min) / 60
	p.Y.Tick.Marker = ticks(data, max(p.Y.Min, 0), p.Y.Max, 6)
	p.Add(painter(c.paintAcks), painter(c.paintSegments), painter(c.paintMarks))
	p.Draw(margins(legend(canvas, c.entries())))
}

// paintAcks draws acknowledgements and windows as steps.
func (c *sequenceChart) paintAcks(canvas draw.Canvas, p *plot.Plot) {
	edge, acked := newSteps(&canvas, p), newSteps(&canvas, p)
	var number, reach int64
	for _, a := range c.trace.acks {
		if a.lost {
			continue
		}
		number, reach = max(number, a.number), max(reach, a.edge)
		if a.at > c.to {
			break
		}
		at := float64(max(a.at, c.from))
		acked.to(at, float64(max(number, c.low)))
		edge.to(at, float64(min(max(reach, c.low), c.high)))
	}
	edge.stroke(line(third, 1.25, 5, 3), float64(c.to))
	acked.stroke(line(second, 1.5), float64(c.to))
}

// steps is a step line, of which what no eye sees is left out.
type steps struct {
	canvas *draw.Canvas
	plot   *plot.Plot
	path   vg.Path
	last   vg.Point
}

func newSteps(c *draw.Canvas, p *plot.Plot) *steps { return &steps{canvas: c, plot: p} }

// to goes on to a value at a time.
func (s *steps) to(x, y float64) {
	pt := at(s.canvas, s.plot, x, y)
	switch {
	case len(s.path) == 0:
		s.path.Move(pt)
	case pt.X-s.last.X < 0.5 && pt.Y-s.last.Y < 0.5:
		return
	default:
		s.path.Line(vg.Point{X: pt.X, Y: s.last.Y})
		s.path.Line(pt)
	}
	s.last = pt
}

// stroke draws the line up to a time.
func (s *steps) stroke(l draw.LineStyle, until float64) {
	if len(s.path) == 0 {
		return
	}
	s.path.Line(vg.Point{X: at(s.canvas, s.plot, until, 0).X, Y: s.last.Y})
	stroke(s.canvas, l, s.path)
}

// paintSegments draws the segments as upright bars.
func (c *sequenceChart) paintSegments(canvas draw.Canvas, p *plot.Plot) {
	var fresh, again vg.Path
	width, seen := vg.Length(1), newCells(0.75)
	if c.close {
		width, seen = 2, newCells(0)
	}
	for _, s := range c.trace.sent {
		low, high := at(&canvas, p, float64(s.at), float64(s.begin)), at(&canvas, p, float64(s.at), float64(s.end))
		if !c.shows(s.at) || seen.again(high) {
			continue
		}
		high.Y = max(high.Y, low.Y+1)
		path := &fresh
		if s.again {
			path = &again
		}
		path.Move(low)
		path.Line(high)
	}
	stroke(&canvas, line(first, width), fresh)
	stroke(&canvas, line(bad, width+1), again)
}

// paintMarks draws the signs of what was sent again and what was lost.
func (c *sequenceChart) paintMarks(canvas draw.Canvas, p *plot.Plot) {
	var triangles, crosses vg.Path
	seenAgain, seenLost := newCells(3), newCells(3)
	for _, s := range c.trace.sent {
		if !c.shows(s.at) {
			continue
		}
		low, high := at(&canvas, p, float64(s.at), float64(s.begin)), at(&canvas, p, float64(s.at), float64(s.end))
		if s.again && !seenAgain.again(low) {
			triangles = trianglePath(triangles, vg.Point{X: low.X, Y: low.Y - 2}, 4.5)
		}
		if middle := (vg.Point{X: low.X, Y: (low.Y + high.Y) / 2}); s.lost && !seenLost.again(middle) {
			crosses = crossPath(crosses, middle, 4)
		}
	}
	for _, a := range c.trace.acks {
		if pt := at(&canvas, p, float64(a.at), float64(a.number)); a.lost && c.shows(a.at) && !seenLost.again(pt) {
			crosses = crossPath(crosses, pt, 4)
		}
	}
	if len(triangles) > 0 {
		canvas.SetColor(bad)
		canvas.Fill(triangles)
	}
	stroke(&canvas, line(ink, 1.5), crosses)
}

// trianglePath adds a triangle that points up at pt.
func trianglePath(path vg.Path, pt vg.Point, r vg.Length) vg.Path {
	path.Move(pt)
	path.Line(vg.Point{X: pt.X - r, Y: pt.Y - 1.7*r})
	path.Line(vg.Point{X: pt.X + r, Y: pt.Y - 1.7*r})
	path.Close()
	return path
}

// cells tells places that were drawn already from new ones.
type cells struct {
	size vg.Length
	seen map[[2]int]bool
}

func newCells(size vg.Length) *cells { return &cells{size, map[[2]int]bool{}} }

// again reports whether something was drawn in the cell of pt; without a size it never was.
func (c *cells) again(pt vg.Point) bool {
	if c.size == 0 {
		return false
	}
	k := [2]int{int(pt.X / c.size), int(pt.Y / c.size)}
	drawn := c.seen[k]
	c.seen[k] = true
	return drawn
}

// entries explain the signs.
func (c *sequenceChart) entries() []entry {
	list := []entry{
		{"segment", barSign(line(first, 2))},
		{"acknowledged", lineSign(line(second, 1.5))},
		{"window", lineSign(line(third, 1.25, 5, 3))},
	}
	if c.trace.again > 0 {
		list = append(list, entry{"sent again", triangleSign(bad)})
	}
	if c.trace.lost > 0 {
		list = append(list, entry{"lost on the wire", crossSign(line(ink, 1.5), 4)})
	}
	return list
}

// segments is the table of the segments of a time.
func (t *trace) segments(from, to time.Duration) table {
	list := table{Caption: fmt.Sprintf("Segments from %s to %s", seconds(from), seconds(to))}
	list.Columns = heads(">at", "from", "flags", ">sequence", ">bytes", ">acknowledges", ">window", "note")
	var highest [2]int64
	for i := range t.connection.Segments {
		s := &t.connection.Segments[i]
		begin := near(highest[side(s.FromClient)], s.Sequence)
		again := occupied(s) > 0 && begin < highest[side(s.FromClient)]
		highest[side(s.FromClient)] = max(highest[side(s.FromClient)], begin+occupied(s))
		if s.At < from || s.At > to {
			continue
		}
		list.add(seconds(s.At), sender(s), s.Flags, count(s.Sequence), count(s.Length), count(s.Acknowledge), count(s.Window), note(again, s.Lost))
	}
	return list
}

// sender names the end that sent a segment.
func sender(s *scenario.Segment) string {
	if s.FromClient {
		return "client"
	}
	return "server"
}

// note says what is special about a segment.
func note(again, lost bool) string {
	switch {
	case again && lost:
		return "sent again, lost"
	case again:
		return "sent again"
	case lost:
		return "lost"
	}
	return ""
}
