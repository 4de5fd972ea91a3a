package report

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"netxsim/sim/scenario"
)

// A poolChart is the free packets of a pool over a run.
type poolChart struct {
	pool     *scenario.PoolResult
	from     time.Duration
	end      time.Duration
	series   []scenario.Point // of that time
	text     []string         // beside the low point
	fromNear bool             // it is a close-up
}

// maxHolders is how many holders are named in a chart; the table has all.
const maxHolders = 5

func newPoolChart(p *scenario.PoolResult, end time.Duration) *poolChart {
	c := &poolChart{pool: p, end: max(end, 1), series: p.Series}
	c.text = []string{fmt.Sprintf("lowest: %d of %d free at %s", p.Lowest, p.Packets, seconds(p.LowestAt))}
	for i, h := range p.LowestHolders {
		if i == maxHolders-1 && len(p.LowestHolders) > maxHolders {
			c.text = append(c.text, fmt.Sprintf("and %d other holders", len(p.LowestHolders)-i))
			break
		}
		c.text = append(c.text, strconv.Itoa(h.Packets)+" "+h.Name)
	}
	return c
}

// nearChanges is how many changes before and after the low point a close-up has.
const nearChanges = 40

// closeUp is the chart of the time around the low point; nil if there is nothing in it that the whole does not show.
func (c *poolChart) closeUp() *poolChart {
	all := c.pool.Series
	i := slices.IndexFunc(all, func(p scenario.Point) bool { return p.Free == c.pool.Lowest })
	if i < 0 || len(all) < nearChanges {
		return nil
	}
	first, last := max(i-nearChanges, 0), min(i+nearChanges, len(all)-1)
	from, to := all[first].At, all[last].At
	if before := all[i].At - from; before > 0 {
		to = min(to, all[i].At+3*before)
	}
	if to <= from || (to-from)*8 > c.end {
		return nil
	}
	last = first
	for last+1 < len(all) && all[last+1].At <= to {
		last++
	}
	return &poolChart{pool: c.pool, from: from, end: to, series: all[first : last+1], text: c.text, fromNear: true}
}

// figure is the chart of the pool with its table.
func (c *poolChart) figure(id string) figure {
	p := c.pool
	f := figure{Title: fmt.Sprintf("Free packets of pool %s", poolName(p.Host, p.Name)), drawing: drawing{height: c.height, paint: c.paint}}
	f.Text = fmt.Sprintf("%s of %s bytes. The fewest free were %d, first at %s", plural(p.Packets, "packet", "packets"), count(p.Payload), p.Lowest, seconds(p.LowestAt))
	if len(p.LowestHolders) > 0 {
		f.Text += "; held then: " + holders(p.LowestHolders)
	}
	f.Text += "."
	if c.fromNear {
		f.Title = "From close by: the lowest point of pool " + poolName(p.Host, p.Name)
		f.Text = fmt.Sprintf("The same from %s to %s.", seconds(c.from), seconds(c.end))
		f.Tables = []table{c.table()}
		f.render(id)
		return f
	}
	if p.EmptyRequests > 0 {
		f.Text += fmt.Sprintf(" The cross under the line is the first of %s without a packet: %s by %s.",
			plural(p.EmptyRequests, "request that ended", "requests that ended"), seconds(p.FirstEmptyAt), p.FirstEmptyBy)
	}
	if p.LongestSuspension > 0 {
		f.Text += fmt.Sprintf(" The bar under the line is the longest wait for a packet: thread %s from %s on, for %s.",
			p.LongestSuspensionThread, seconds(p.LongestSuspensionAt), seconds(p.LongestSuspension))
	}
	f.Tables = []table{c.table()}
	f.render(id)
	return f
}

// poolName names a pool: by its host alone if both are called the same.
func poolName(host, name string) string {
	if host == name {
		return name
	}
	return host + " " + name
}

// textHeight is the room of the text above the packets.
func (c *poolChart) textHeight() vg.Length { return vg.Length(len(c.text))*lineSpace + 10 }

func (c *poolChart) height(f form) vg.Length {
	return choose[vg.Length](f, 190, 150) + c.textHeight() + 44
}

// paint draws the chart: the packets below, and above them the text, which is as high as its lines.
func (c *poolChart) paint(canvas draw.Canvas, f form) {
	unit := timeUnit(c.end - c.from)
	p := newPlot("virtual time, "+unit.name, "free packets")
	p.X.Min, p.X.Max = float64(c.from), float64(c.end)
	p.X.Tick.Marker = ticks(unit, p.X.Min, p.X.Max, choose(f, 10, 5))
	total := float64(c.pool.Packets)
	below := choose[vg.Length](f, 190, 150)
	p.Y.Min = 0
	if c.marked() {
		p.Y.Min = -total * markLane
	}
	p.Y.Max = total + (total-p.Y.Min)*float64(c.textHeight()/below)
	p.Y.Tick.Marker = packetTicks(c.pool.Packets, 5)
	p.Add(painter(c.paintSeries), painter(c.paintMarks), painter(c.paintLowest))
	p.Draw(margins(canvas))
}

// paintSeries draws the free packets as steps, over an area.
func (c *poolChart) paintSeries(canvas draw.Canvas, p *plot.Plot) {
	points := condense(c.series, c.end, int(canvas.Size().X*2))
	var path vg.Path
	var y vg.Length
	for i, pt := range points {
		here := at(&canvas, p, float64(pt.At), float64(pt.Free))
		if i == 0 {
			path.Move(here)
		} else {
			path.Line(vg.Point{X: here.X, Y: y})
			path.Line(here)
		}
		y = here.Y
	}
	if len(path) == 0 {
		return
	}
	path.Line(vg.Point{X: canvas.Max.X, Y: y})
	zero := at(&canvas, p, 0, 0).Y
	area := append(slices.Clone(path), vg.PathComp{Type: vg.LineComp, Pos: vg.Point{X: canvas.Max.X, Y: zero}},
		vg.PathComp{Type: vg.LineComp, Pos: vg.Point{X: path[0].Pos.X, Y: zero}}, vg.PathComp{Type: vg.CloseComp})
	canvas.SetColor(firstSoft)
	canvas.Fill(area)
	canvas.SetLineStyle(line(first, 1.25))
	canvas.Stroke(path)
}

// markLane is the height of the lane for marks below no free packets, as a share of all packets.
const markLane = 0.12

// marked reports whether there is something to mark.
func (c *poolChart) marked() bool { return c.pool.LongestSuspension > 0 || c.pool.EmptyRequests > 0 }

// paintMarks draws below the packets the first request without a packet and the longest wait.
func (c *poolChart) paintMarks(canvas draw.Canvas, p *plot.Plot) {
	if begin, end := c.pool.LongestSuspensionAt, c.pool.LongestSuspensionAt+c.pool.LongestSuspension; end > begin && begin <= c.end && end >= c.from {
		from, to := float64(max(begin, c.from)), float64(min(end, c.end))
		a, b := at(&canvas, p, from, p.Y.Min/2), at(&canvas, p, to, p.Y.Min/2)
		canvas.StrokeLine2(line(bad, 4), a.X, a.Y, max(b.X, a.X+2), b.Y)
	}
	if first := c.pool.FirstEmptyAt; c.pool.EmptyRequests > 0 && first >= c.from && first <= c.end {
		pt := at(&canvas, p, float64(first), p.Y.Min/2)
		cross(&canvas, line(paper, 5), pt, 5)
		cross(&canvas, line(bad, 2.5), pt, 5)
	}
}

// paintLowest marks the low point and writes above the packets who held them.
func (c *poolChart) paintLowest(canvas draw.Canvas, p *plot.Plot) {
	low := at(&canvas, p, float64(c.pool.LowestAt), float64(c.pool.Lowest))
	bottom := canvas.Max.Y - vg.Length(len(c.text))*lineSpace - 1
	head, rest := strong(ink, draw.XLeft, draw.YTop), style(ink, draw.XLeft, draw.YTop)
	var width vg.Length
	lines := slices.Clone(c.text)
	for i := range lines {
		s := rest
		if i == 0 {
			s = head
		}
		lines[i] = fit(s, lines[i], canvas.Size().X)
		width = max(width, s.Width(lines[i]))
	}
	canvas.StrokeLine2(line(ink, 1, 3, 2), low.X, low.Y, low.X, bottom)
	dot(&canvas, ink, low, 3.5)
	x := min(max(low.X-width/2, canvas.Min.X+2), canvas.Max.X-width)
	for i, t := range lines {
		s := rest
		if i == 0 {
			s = head
		}
		canvas.FillText(s, vg.Point{X: x, Y: canvas.Max.Y - vg.Length(i)*lineSpace}, t)
	}
}

// condense returns at most about n points that look like the series: of each of n/4 equal times the first and the last, the
// lowest and the highest.
func condense(series []scenario.Point, end time.Duration, n int) []scenario.Point {
	if len(series) <= n {
		return series
	}
	var list []scenario.Point
	for _, group := range spans(series, end, n/4) {
		keep := []int{0, group.lowest, group.highest, len(group.points) - 1}
		slices.Sort(keep)
		for _, i := range slices.Compact(keep) {
			list = append(list, group.points[i])
		}
	}
	return list
}

// A span is the points of a time, and which of them are extreme.
type span struct {
	from            time.Duration
	points          []scenario.Point
	lowest, highest int
}

// spans divides a series into n equal times and leaves out those without points.
func spans(series []scenario.Point, end time.Duration, n int) []span {
	var list []span
	width := max((end+time.Duration(n))/time.Duration(n), 1)
	for i := 0; i < len(series); {
		s := span{from: series[i].At / width * width}
		for begin := i; i < len(series) && series[i].At < s.from+width; i++ {
			s.points = series[begin : i+1]
			k := i - begin
			if series[i].Free < s.points[s.lowest].Free {
				s.lowest = k
			}
			if series[i].Free > s.points[s.highest].Free {
				s.highest = k
			}
		}
		list = append(list, s)
	}
	return list
}

// maxRows is how many rows the table behind a chart of many points has.
const maxRows = 60

// table has the series, or what it is in equal times.
func (c *poolChart) table() table {
	t := table{Caption: "Free packets over virtual time"}
	if len(c.series) <= maxRows || c.fromNear {
		t.Columns = heads(">from", ">free")
		for _, pt := range c.series {
			t.add(seconds(pt.At), pt.Free)
		}
		return t
	}
	t.Note = fmt.Sprintf("%s, in %d equal times; times without a change are left out.", plural(len(c.series), "change", "changes"), maxRows)
	t.Columns = heads(">from", ">changes", ">lowest", ">highest", ">at the end")
	for _, s := range spans(c.series, c.end, maxRows) {
		n := len(s.points)
		t.add(seconds(s.points[0].At), n, s.points[s.lowest].Free, s.points[s.highest].Free, s.points[n-1].Free)
	}
	return t
}
