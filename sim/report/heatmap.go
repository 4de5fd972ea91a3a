package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"netxsim/sim/sizing"
)

// A heatMap is the map of one pool: time or failures by payload and packets. The narrow form has the payloads side by side.
type heatMap struct {
	m       *sizing.Map
	answer  sizing.PoolSize
	columns []int // indices in m.Packets, those with a run
	low     time.Duration
	high    time.Duration // of the cells that pass
}

func newHeatMap(m *sizing.Map, a *sizing.Advice) *heatMap {
	h := &heatMap{m: m, answer: sizing.PoolSize{Payload: a.Pools[m.Pool].Payload, Packets: a.Pools[m.Pool].Packets}}
	for j := range m.Packets {
		if slices.ContainsFunc(m.Cells, func(row []sizing.Trial) bool { return row[j].Runs > 0 }) {
			h.columns = append(h.columns, j)
		}
	}
	for _, row := range m.Cells {
		for _, t := range row {
			if t.Runs > 0 && t.Failed == 0 {
				h.high = max(h.high, t.Complete)
				if h.low == 0 || t.Complete < h.low {
					h.low = t.Complete
				}
			}
		}
	}
	return h
}

func (h *heatMap) figure(id string) figure {
	f := figure{
		Title:   fmt.Sprintf("Payload and packets of pool %s", poolName(h.m.Host, h.m.Name)),
		drawing: drawing{height: h.height, paint: h.paint},
	}
	f.Text = fmt.Sprintf("Each cell is %s, and shows the slowest in seconds", plural(len(h.m.Seeds), "run", "runs"))
	if h.steps() > 1 {
		f.Text += "; the darker, the slower"
	}
	f.Text += ". Hatched cells fail with some seed: the fraction says with how many. The framed cell is recommended."
	if len(h.m.Payloads) == 1 {
		f.Text += " The scenario allows one payload only."
	}
	f.Tables = []table{h.table()}
	f.render(id)
	return f
}

const (
	rowHeight  vg.Length = 34
	rowNarrow  vg.Length = 24
	headHeight vg.Length = 40
	labelWidth vg.Length = 58
)

func (h *heatMap) height(f form) vg.Length {
	_, height := flow(h.entries(), f.width)
	if f.narrow {
		return height + headHeight + vg.Length(len(h.columns))*rowNarrow + 4
	}
	return height + headHeight + vg.Length(len(h.m.Payloads))*rowHeight + 4
}

func (h *heatMap) paint(canvas draw.Canvas, f form) {
	canvas = legend(canvas, h.entries())
	canvas.FillText(style(muted, draw.XLeft, draw.YTop), vg.Point{X: canvas.Min.X, Y: canvas.Max.Y}, choose(f, "payload, bytes ↓   packets →", "packets ↓   payload, bytes →"))
	top := canvas.Max.Y - headHeight
	rows, columns, height := len(h.m.Payloads), len(h.columns), rowHeight
	rowName, columnName := h.payload, h.packets
	if f.narrow {
		rows, columns, height, rowName, columnName = columns, rows, rowNarrow, columnName, rowName
	}
	width := min((canvas.Size().X-labelWidth-4)/vg.Length(columns), 90)
	for r := range rows {
		y := top - vg.Length(r)*height
		canvas.FillText(style(ink, draw.XRight, draw.YCenter), vg.Point{X: labelWidth - 8, Y: y - height/2}, rowName(r))
		for k := range columns {
			x := canvas.Min.X + labelWidth + vg.Length(k)*width
			if r == 0 {
				canvas.FillText(style(ink, draw.XCenter, draw.YBottom), vg.Point{X: x + width/2, Y: top + 5}, columnName(k))
			}
			box := vg.Rectangle{Min: vg.Point{X: x, Y: y - height}, Max: vg.Point{X: x + width, Y: y}}
			i, j := r, k
			if f.narrow {
				i, j = k, r
			}
			h.paintCell(&canvas, box, i, j)
		}
	}
	h.paintFrame(&canvas, f, top, width, height)
}

// packets and payload are what stands at a column and a row.
func (h *heatMap) packets(j int) string { return strconv.Itoa(h.m.Packets[h.columns[j]]) }
func (h *heatMap) payload(i int) string { return strconv.Itoa(int(h.m.Payloads[i])) }

// paintFrame frames the recommended cell, over its neighbours.
func (h *heatMap) paintFrame(canvas *draw.Canvas, f form, top, width, height vg.Length) {
	i := slices.Index(h.m.Payloads, h.answer.Payload)
	j := slices.IndexFunc(h.columns, func(j int) bool { return h.m.Packets[j] == h.answer.Packets })
	if i < 0 || j < 0 {
		return
	}
	if f.narrow {
		i, j = j, i
	}
	x, y := canvas.Min.X+labelWidth+vg.Length(j)*width, top-vg.Length(i)*height
	frame(canvas, vg.Rectangle{Min: vg.Point{X: x, Y: y - height}, Max: vg.Point{X: x + width, Y: y}})
}

// frame draws a frame that stands out from any cell.
func frame(canvas *draw.Canvas, box vg.Rectangle) {
	canvas.SetLineStyle(line(paper, 5))
	canvas.Stroke(box.Path())
	canvas.SetLineStyle(line(ink, 2.5))
	canvas.Stroke(box.Path())
}

// paintCell draws the cell of a payload and a column.
func (h *heatMap) paintCell(canvas *draw.Canvas, box vg.Rectangle, i, j int) {
	t := &h.m.Cells[i][h.columns[j]]
	box.Min, box.Max = box.Min.Add(vg.Point{X: 1, Y: 1}), box.Max.Sub(vg.Point{X: 1, Y: 1})
	middle := vg.Point{X: (box.Min.X + box.Max.X) / 2, Y: (box.Min.Y + box.Max.Y) / 2}
	switch {
	case t.Runs == 0:
		canvas.FillText(style(muted, draw.XCenter, draw.YCenter), middle, "·")
	case t.Failed > 0:
		hatch(canvas, box)
		h.cellText(canvas, bad, box, fmt.Sprintf("%d/%d", t.Failed, t.Runs))
	default:
		step := h.step(t.Complete)
		canvas.SetColor(heat + step)
		canvas.Fill(box.Path())
		h.cellText(canvas, heatText+step, box, three(t.Complete.Seconds()))
	}
}

// cellText writes into a cell, in letters that fit.
func (h *heatMap) cellText(canvas *draw.Canvas, p paint, box vg.Rectangle, text string) {
	s := style(p, draw.XCenter, draw.YCenter)
	for s.Font.Size > 8 && s.Width(text) > box.Size().X-2 {
		s.Font.Size--
	}
	canvas.FillText(s, vg.Point{X: (box.Min.X + box.Max.X) / 2, Y: (box.Min.Y + box.Max.Y) / 2}, text)
}

// hatch fills a box with slanted lines on a pale ground.
func hatch(canvas *draw.Canvas, box vg.Rectangle) {
	canvas.SetColor(badSoft)
	canvas.Fill(box.Path())
	canvas.SetLineStyle(line(paper, 1.5))
	size := box.Size()
	var path vg.Path
	for d := vg.Length(6); d < size.X+size.Y; d += 6 {
		path.Move(vg.Point{X: box.Min.X + max(d-size.Y, 0), Y: box.Min.Y + min(d, size.Y)})
		path.Line(vg.Point{X: box.Min.X + min(d, size.X), Y: box.Min.Y + max(d-size.X, 0)})
	}
	canvas.Stroke(path)
}

// step is the step of a time on the scale of colours, which is even in time, or in its logarithm when times are far apart.
func (h *heatMap) step(d time.Duration) paint {
	if h.high <= h.low {
		return 0
	}
	part := float64(d-h.low) / float64(h.high-h.low)
	if h.logarithmic() {
		part = math.Log(float64(d)/float64(h.low)) / math.Log(float64(h.high)/float64(h.low))
	}
	return min(paint(part*float64(heatSteps)), heatSteps-1)
}

func (h *heatMap) logarithmic() bool { return h.high > 10*h.low }

// bound is the time at which a step begins.
func (h *heatMap) bound(step paint) time.Duration {
	part := float64(step) / float64(heatSteps)
	if h.logarithmic() {
		return time.Duration(float64(h.low) * math.Pow(float64(h.high)/float64(h.low), part))
	}
	return h.low + time.Duration(part*float64(h.high-h.low))
}

// entries explain colours and hatching.
func (h *heatMap) entries() []entry {
	var list []entry
	if h.high > 0 {
		for step := range h.steps() {
			list = append(list, entry{"from " + three(h.bound(step).Seconds()) + " s", boxSign(func(c *draw.Canvas, box vg.Rectangle) {
				c.SetColor(heat + step)
				c.Fill(box.Path())
			})})
		}
	}
	return append(list, entry{"some seed fails", boxSign(hatch)}, entry{"recommended", boxSign(frame)})
}

// steps is how many steps of the scale are in use.
func (h *heatMap) steps() paint {
	if h.high <= h.low {
		return 1
	}
	return heatSteps
}

func (h *heatMap) table() table {
	t := table{Caption: "Runs by payload and packets"}
	t.Columns = heads(">payload", ">packets", ">bytes of RAM", ">seeds run", ">failed", ">slowest run that passed", "first failure")
	for i, row := range h.m.Cells {
		for _, j := range h.columns {
			trial := &row[j]
			if trial.Runs == 0 {
				continue
			}
			slowest, why := "–", ""
			if trial.Failed < trial.Runs {
				slowest = seconds(trial.Complete)
			}
			if trial.Failed > 0 {
				why = fmt.Sprintf("seed %d: %s", trial.Seed, trial.Failure)
			}
			t.add(h.m.Payloads[i], h.m.Packets[j], count(trial.RAM), trial.Runs, trial.Failed, slowest, why)
		}
	}
	return t
}
