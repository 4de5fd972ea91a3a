package report

import (
	"fmt"
	"image/color"
	"strings"
)

// A paint is a colour by its meaning. The style sheet says what it looks like in light and in dark.
type paint uint8

// The paints. Steps of the heat map follow heat.
const (
	ink       paint = iota + 1 // text
	muted                      // axes, less important text
	grid                       // grid lines
	paper                      // background
	first                      // the first thing of a chart
	firstSoft                  // its area
	second
	third
	bad // what failed, was lost or sent again
	badSoft
	heat               // the least value of a map
	heatText           = heat + heatSteps
	paints             = heatText + heatSteps
	heatSteps    paint = 5
	sentinelBase       = 0x0A0B00
)

// names are those of the style sheet's variables.
var names = [...]string{
	ink: "ink", muted: "muted", grid: "grid", paper: "paper", first: "c1", firstSoft: "c1-soft", second: "c2", third: "c3",
	bad: "bad", badSoft: "bad-soft",
	heat: "h0", heat + 1: "h1", heat + 2: "h2", heat + 3: "h3", heat + 4: "h4",
	heatText: "h0-text", heatText + 1: "h1-text", heatText + 2: "h2-text", heatText + 3: "h3-text", heatText + 4: "h4-text",
}

// RGBA is the colour that stands for the paint in a drawing, until variables takes its place.
func (p paint) RGBA() (r, g, b, a uint32) {
	return color.NRGBA{R: sentinelBase >> 16, G: sentinelBase >> 8 & 0xff, B: uint8(p), A: 0xff}.RGBA()
}

// variables puts the style sheet's variables in place of the colours that stand for paints.
var variables = func() *strings.Replacer {
	var pairs []string
	for p := ink; p < paints; p++ {
		pairs = append(pairs, fmt.Sprintf("#%06X", sentinelBase+int(p)), "var(--"+names[p]+")")
	}
	return strings.NewReplacer(pairs...)
}()
