package report

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// An entry is a sign of a legend and what it stands for.
type entry struct {
	text string
	sign func(*draw.Canvas) // draws into a small box
}

const (
	signWidth   vg.Length = 22
	signHeight  vg.Length = 14
	legendSpace vg.Length = 20
)

// flow places entries side by side, in as many lines as they need in a width, from the top left corner of all on.
func flow(entries []entry, width vg.Length) (places []vg.Point, height vg.Length) {
	var x, y vg.Length
	for _, e := range entries {
		wide := signWidth + 6 + style(ink, draw.XLeft, draw.YCenter).Width(e.text)
		if x > 0 && x+wide > width {
			x, y = 0, y+legendSpace
		}
		places = append(places, vg.Point{X: x, Y: y})
		x += wide + 16
	}
	return places, y + legendSpace + 4
}

// legend writes entries at the top of a canvas and returns what is left of it.
func legend(canvas draw.Canvas, entries []entry) draw.Canvas {
	places, height := flow(entries, canvas.Size().X)
	for i, e := range entries {
		x, y := canvas.Min.X+places[i].X, canvas.Max.Y-places[i].Y
		box := canvas
		box.Rectangle = vg.Rectangle{Min: vg.Point{X: x, Y: y - signHeight}, Max: vg.Point{X: x + signWidth, Y: y}}
		e.sign(&box)
		canvas.FillText(style(ink, draw.XLeft, draw.YCenter), vg.Point{X: x + signWidth + 6, Y: y - signHeight/2}, e.text)
	}
	canvas.Max.Y -= height
	return canvas
}

// lineSign is a piece of a line.
func lineSign(l draw.LineStyle) func(*draw.Canvas) {
	return func(c *draw.Canvas) { c.StrokeLine2(l, c.Min.X, c.Center().Y, c.Max.X, c.Center().Y) }
}

// barSign is an upright line.
func barSign(l draw.LineStyle) func(*draw.Canvas) {
	return func(c *draw.Canvas) { c.StrokeLine2(l, c.Center().X, c.Min.Y, c.Center().X, c.Max.Y) }
}

// crossSign is a cross.
func crossSign(l draw.LineStyle, r vg.Length) func(*draw.Canvas) {
	return func(c *draw.Canvas) { cross(c, l, c.Center(), r) }
}

// triangleSign is a triangle.
func triangleSign(p paint) func(*draw.Canvas) {
	return func(c *draw.Canvas) {
		c.SetColor(p)
		c.Fill(trianglePath(nil, vg.Point{X: c.Center().X, Y: c.Center().Y + 4}, 4.5))
	}
}

// boxSign draws into a square.
func boxSign(draws func(*draw.Canvas, vg.Rectangle)) func(*draw.Canvas) {
	return func(c *draw.Canvas) {
		middle := c.Center()
		draws(c, vg.Rectangle{Min: middle.Sub(vg.Point{X: 7, Y: 7}), Max: middle.Add(vg.Point{X: 7, Y: 7})})
	}
}
