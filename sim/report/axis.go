package report

import (
	"math"
	"strconv"
	"time"

	"gonum.org/v1/plot"
)

// A unit is what an axis counts in.
type unit struct {
	name string
	size float64
}

// timeUnits are those of virtual time, in nanoseconds, the largest first.
var timeUnits = []unit{{"h", 3600e9}, {"min", 60e9}, {"s", 1e9}, {"ms", 1e6}, {"µs", 1e3}}

// byteUnits are those of amounts of data.
var byteUnits = []unit{{"MB", 1e6}, {"kB", 1e3}, {"bytes", 1}}

// unitFor is the largest unit of which there are a few in span.
func unitFor(units []unit, span float64, few float64) unit {
	for _, u := range units {
		if span >= few*u.size {
			return u
		}
	}
	return units[len(units)-1]
}

func timeUnit(span time.Duration) unit { return unitFor(timeUnits, float64(span), 1.5) }

// ticks are round numbers of a unit between low and high, at most about n.
func ticks(u unit, low, high float64, n int) plot.ConstantTicks {
	step := niceStep((high - low) / u.size / float64(n))
	var list plot.ConstantTicks
	for k := math.Ceil(low/u.size/step - 1e-9); k*step*u.size <= high*(1+1e-9); k++ {
		list = append(list, plot.Tick{Value: k * step * u.size, Label: strconv.FormatFloat(math.Round(k*step*1e6)/1e6+0, 'f', -1, 64)})
	}
	return list
}

// niceStep is the least of 1, 2, 5, 10, … and their parts that is not below least.
func niceStep(least float64) float64 {
	if least <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= least*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// packetTicks are whole numbers of packets up to total, that one included.
func packetTicks(total, n int) plot.ConstantTicks {
	step := max(int(niceStep(float64(total)/float64(n))), 1)
	var list plot.ConstantTicks
	for k := 0; k+(step+1)/2 <= total; k += step {
		list = append(list, plot.Tick{Value: float64(k), Label: strconv.Itoa(k)})
	}
	return append(list, plot.Tick{Value: float64(total), Label: strconv.Itoa(total)})
}
