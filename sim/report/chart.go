package report

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"regexp"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A form is one of the two shapes of a chart.
type form struct {
	narrow bool
	width  vg.Length // in the style sheet's pixels
}

// forms are those of every chart: for screens and for phones.
var forms = []form{{false, 860}, {true, 350}}

// choose is one value for wide charts and another for narrow ones.
func choose[T any](f form, wide, narrow T) T {
	if f.narrow {
		return narrow
	}
	return wide
}

const (
	fontSize  vg.Length = 12
	lineSpace vg.Length = 16
)

// A drawing draws a chart in one form; height is how high it is.
type drawing struct {
	height func(form) vg.Length
	paint  func(draw.Canvas, form)
}

// svg renders a chart for a page: an element for each form, with title and description.
func (d *drawing) svg(id, title, alt string) template.HTML {
	var all bytes.Buffer
	for _, f := range forms {
		height := d.height(f)
		canvas := vgsvg.NewWith(vgsvg.UseWH(f.width, height))
		d.paint(draw.New(canvas), f)
		var b bytes.Buffer
		if _, err := canvas.WriteTo(&b); err != nil {
			panic(fmt.Sprintf("report: a buffer cannot be written to: %v", err))
		}
		name := id + "-" + choose(f, "wide", "narrow")
		fmt.Fprintf(&all, `<svg class="%s" role="img" viewBox="0 0 %g %g" aria-labelledby="%s-title %s-text">`+"\n"+
			`<title id="%[4]s-title">%[6]s</title><desc id="%[4]s-text">%[7]s</desc>`,
			choose(f, "wide", "narrow"), float64(f.width), float64(height), name, name, html.EscapeString(title), html.EscapeString(alt))
		all.WriteString(slim(b.String()))
		all.WriteByte('\n')
	}
	return template.HTML(all.String())
}

var (
	prologue  = regexp.MustCompile(`(?s)^.*?<svg[^>]*>`)
	fontStyle = regexp.MustCompile(`font-family:[^;]*;font-variant:[^;]*;font-weight:(\w+);font-style:\w+;`)
)

// slim takes out of a document what the style sheet says once, and puts the variables of colours in.
func slim(svg string) string {
	svg = prologue.ReplaceAllString(svg, "")
	svg = fontStyle.ReplaceAllStringFunc(svg, func(s string) string {
		if fontStyle.FindStringSubmatch(s)[1] == "bold" {
			return "font-weight:bold;"
		}
		return ""
	})
	return variables.Replace(svg)
}

// sans is the font of all charts.
func sans(size vg.Length, weight xfont.Weight) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: size, Weight: weight}
}

// style is text in a paint, aligned to its point.
func style(p paint, x text.XAlignment, y text.YAlignment) draw.TextStyle {
	return draw.TextStyle{Color: p, Font: sans(fontSize, xfont.WeightNormal), XAlign: x, YAlign: y, Handler: plot.DefaultTextHandler}
}

// strong is style in bold.
func strong(p paint, x text.XAlignment, y text.YAlignment) draw.TextStyle {
	s := style(p, x, y)
	s.Font.Weight = xfont.WeightBold
	return s
}

// line is a line's style.
func line(p paint, width vg.Length, dashes ...vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: p, Width: width, Dashes: dashes}
}

// A painter paints on the canvas of a plot's data.
type painter func(draw.Canvas, *plot.Plot)

// Plot implements plot.Plotter.
func (f painter) Plot(c draw.Canvas, p *plot.Plot) { f(c, p) }

// newPlot is a plot without data, with the axes' names.
func newPlot(x, y string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.LineStyle = line(muted, 1)
		a.Label.TextStyle.Color, a.Label.TextStyle.Font = muted, sans(fontSize, xfont.WeightNormal)
		a.Tick.LineStyle, a.Tick.Length = line(muted, 1), 4
		a.Tick.Label.Color, a.Tick.Label.Font = ink, sans(fontSize, xfont.WeightNormal)
		a.Padding = 0
	}
	p.X.Label.Text, p.Y.Label.Text = x, y
	lines := plotter.NewGrid()
	lines.Vertical, lines.Horizontal = line(grid, 1), line(grid, 1)
	p.Add(lines)
	return p
}

// margins keeps a plot's last tick labels inside its canvas.
func margins(c draw.Canvas) draw.Canvas { return draw.Crop(c, 2, -14, 2, -8) }

// at is the place of a value on a data canvas.
func at(c *draw.Canvas, p *plot.Plot, x, y float64) vg.Point {
	return vg.Point{X: c.X(p.X.Norm(x)), Y: c.Y(p.Y.Norm(y))}
}

// fit shortens text so that it is no wider than width.
func fit(s draw.TextStyle, t string, width vg.Length) string {
	if s.Width(t) <= width {
		return t
	}
	runes := []rune(t)
	for len(runes) > 1 && s.Width(string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// stroke strokes a path, unless there is nothing in it.
func stroke(c *draw.Canvas, l draw.LineStyle, path vg.Path) {
	if len(path) > 0 {
		c.SetLineStyle(l)
		c.Stroke(path)
	}
}

// cross strokes a cross of a radius around a point.
func cross(c *draw.Canvas, l draw.LineStyle, pt vg.Point, r vg.Length) {
	stroke(c, l, crossPath(nil, pt, r))
}

// crossPath adds a cross to a path.
func crossPath(path vg.Path, pt vg.Point, r vg.Length) vg.Path {
	path.Move(vg.Point{X: pt.X - r, Y: pt.Y - r})
	path.Line(vg.Point{X: pt.X + r, Y: pt.Y + r})
	path.Move(vg.Point{X: pt.X - r, Y: pt.Y + r})
	path.Line(vg.Point{X: pt.X + r, Y: pt.Y - r})
	return path
}

// dot fills a circle with a rim of paper, so that it stands out from lines.
func dot(c *draw.Canvas, p paint, pt vg.Point, r vg.Length) {
	c.DrawGlyphNoClip(draw.GlyphStyle{Color: paper, Radius: r + 1.5, Shape: draw.CircleGlyph{}}, pt)
	c.DrawGlyphNoClip(draw.GlyphStyle{Color: p, Radius: r, Shape: draw.CircleGlyph{}}, pt)
}
