package report

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"netxsim/sim/sizing"
)

// A frontierChart is RAM against time, of all sizes that were tried.
type frontierChart struct {
	advice *sizing.Advice
	shown  []sizing.Trial
	hidden int    // sizes with so much RAM that the others could not be told apart
	most   uint32 // RAM
	slow   float64
}

// frontierRAM is how many times the RAM of the slowest and of the fastest answer is still shown.
const frontierRAM = 2

func newFrontierChart(a *sizing.Advice) *frontierChart {
	c := &frontierChart{advice: a, most: frontierRAM * a.RAM}
	for _, p := range a.Frontier {
		c.most = max(c.most, p.RAM+p.RAM/4)
		c.slow = max(c.slow, float64(p.Complete))
	}
	for _, t := range a.Tried {
		if t.RAM > c.most {
			c.hidden++
			continue
		}
		c.shown = append(c.shown, t)
		if t.Failed == 0 {
			c.slow = max(c.slow, float64(t.Complete))
		}
	}
	c.slow = max(c.slow, 1)
	return c
}

func (c *frontierChart) figure(id string) figure {
	f := figure{
		Title:   "RAM against time, for all sizes that were tried",
		drawing: drawing{height: func(f form) vg.Length { return choose[vg.Length](f, 380, 370) }, paint: c.paint},
	}
	f.Text = fmt.Sprintf("The least RAM that passes is %s bytes: its slowest run takes %s. ", count(c.advice.RAM), seconds(c.advice.Complete))
	if last := c.advice.Frontier[len(c.advice.Frontier)-1]; len(c.advice.Frontier) > 1 {
		f.Text += fmt.Sprintf("The fastest that was found takes %s, with %s bytes. ", seconds(last.Complete), count(last.RAM))
	} else {
		f.Text += "Nothing that was tried is faster. "
	}
	f.Text += "No sizes that pass are below and to the left of the line."
	if c.hidden > 0 {
		f.Text += fmt.Sprintf(" Not drawn, but in the table: %s with more RAM.", plural(c.hidden, "size", "sizes"))
	}
	f.Tables = []table{c.frontierTable(), c.table()}
	f.render(id)
	return f
}

func (c *frontierChart) paint(canvas draw.Canvas, f form) {
	time, data := unitFor(timeUnits, c.slow, 1), unitFor([]unit{{"KiB", 1024}, {"bytes", 1}}, float64(c.most), 4)
	p := newPlot("RAM of all pools, "+data.name, "slowest run, "+time.name)
	p.X.Min, p.X.Max = 0, float64(c.most)
	p.Y.Min, p.Y.Max = 0, c.slow*1.3
	p.X.Tick.Marker = ticks(data, 0, p.X.Max, choose(f, 10, 5))
	p.Y.Tick.Marker = ticks(time, 0, c.slow*1.1, 6)
	p.Add(painter(c.paintTrials), painter(c.paintFrontier))
	p.Draw(margins(legend(canvas, c.entries())))
}

// entries explain the signs.
func (c *frontierChart) entries() []entry {
	return []entry{
		{"nothing is smaller and faster", func(b *draw.Canvas) {
			lineSign(line(first, 1.75))(b)
			dot(b, first, b.Center(), 4)
		}},
		{"passes too", func(b *draw.Canvas) { ring(b, b.Center()) }},
		{"some seed fails, at the top", crossSign(line(bad, 1.5), 3.5)},
	}
}

// ring draws sizes that pass.
func ring(c *draw.Canvas, pt vg.Point) {
	c.DrawGlyphNoClip(draw.GlyphStyle{Color: paper, Radius: 3.5, Shape: draw.CircleGlyph{}}, pt)
	c.DrawGlyphNoClip(draw.GlyphStyle{Color: muted, Radius: 3.5, Shape: draw.RingGlyph{}}, pt)
}

// paintTrials draws what was tried: rings where it passes, and at the top crosses where it fails.
func (c *frontierChart) paintTrials(canvas draw.Canvas, p *plot.Plot) {
	strip := canvas.Max.Y - 24
	canvas.StrokeLine2(line(muted, 1, 2, 3), canvas.Min.X, strip, canvas.Max.X, strip)
	for _, t := range c.shown {
		pt := at(&canvas, p, float64(t.RAM), float64(t.Complete))
		if t.Failed > 0 {
			pt.Y = canvas.Max.Y - 12
			cross(&canvas, line(bad, 1.5), pt, 3.5)
			continue
		}
		ring(&canvas, pt)
	}
}

// paintFrontier draws the frontier as a staircase, and names its sizes where there is room.
func (c *frontierChart) paintFrontier(canvas draw.Canvas, p *plot.Plot) {
	var path vg.Path
	var points []vg.Point
	for i, f := range c.advice.Frontier {
		pt := at(&canvas, p, float64(f.RAM), float64(f.Complete))
		if i == 0 {
			path.Move(pt)
		} else {
			path.Line(vg.Point{X: pt.X, Y: points[i-1].Y})
			path.Line(pt)
		}
		points = append(points, pt)
	}
	path.Line(vg.Point{X: canvas.Max.X, Y: points[len(points)-1].Y})
	canvas.SetLineStyle(line(first, 1.75))
	canvas.Stroke(path)
	var taken []vg.Rectangle
	for i, pt := range points {
		dot(&canvas, first, pt, 4)
		name := c.advice.Frontier[i].Sizes.String()
		s := style(ink, draw.XLeft, draw.YBottom)
		if i == 0 {
			s, name = strong(ink, draw.XLeft, draw.YBottom), "recommended: "+name
		}
		label(&canvas, s, pt, name, &taken)
	}
}

// label writes a name beside a point, unless it would cover another.
func label(canvas *draw.Canvas, s draw.TextStyle, pt vg.Point, name string, taken *[]vg.Rectangle) {
	pt = pt.Add(vg.Point{X: 7, Y: 6})
	if pt.X+s.Width(name) > canvas.Max.X {
		s.XAlign = text.XAlignment(draw.XRight)
		pt.X = min(pt.X-14, canvas.Max.X)
	}
	if s.XAlign == draw.XRight && pt.X-s.Width(name) < canvas.Min.X {
		s.XAlign, pt.X = draw.XLeft, max(canvas.Max.X-s.Width(name), canvas.Min.X+2)
		name = fit(s, name, canvas.Max.X-pt.X)
	}
	box := s.Rectangle(name).Add(pt)
	if slices.ContainsFunc(*taken, func(o vg.Rectangle) bool {
		return box.Min.X < o.Max.X && o.Min.X < box.Max.X && box.Min.Y < o.Max.Y && o.Min.Y < box.Max.Y
	}) {
		return
	}
	*taken = append(*taken, box)
	canvas.FillText(s, pt, name)
}

func (c *frontierChart) frontierTable() table {
	t := table{Caption: "More RAM, less time: sizes of which none is both smaller and faster"}
	t.Columns = heads("pools", ">bytes of RAM", ">slowest run", ">requests not served at once")
	for _, p := range c.advice.Frontier {
		t.add(p.Sizes, count(p.RAM), seconds(p.Complete), count(p.NotServed))
	}
	return t
}

// maxTried is how many of the sizes that were tried are listed.
const maxTried = 200

func (c *frontierChart) table() table {
	t := table{Caption: "All sizes that were tried"}
	list := c.advice.Tried
	if len(list) > maxTried {
		t.Caption = fmt.Sprintf("The cheapest %d of %s sizes that were tried", maxTried, count(len(list)))
		list = list[:maxTried]
	}
	t.Columns = heads("pools", ">bytes of RAM", ">seeds run", ">failed", ">slowest run that passed", "first failure")
	for _, trial := range list {
		slowest, why := "–", ""
		if trial.Failed < trial.Runs {
			slowest = seconds(trial.Complete)
		}
		if trial.Failed > 0 {
			why = fmt.Sprintf("seed %d: %s", trial.Seed, trial.Failure)
		}
		t.add(trial.Sizes, count(trial.RAM), count(trial.Runs), count(trial.Failed), slowest, why)
	}
	return t
}
