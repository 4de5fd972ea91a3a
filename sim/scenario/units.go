package scenario

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A Duration is a length of virtual time, written with its unit: 500us, 20ms,
// 1.5s, 2m, 1h. Only 0 needs none.
type Duration time.Duration

// Forever is a Duration without end, written "forever".
const Forever Duration = math.MaxInt64

// String returns the duration as the time package writes it, without zeros at
// the end.
func (d Duration) String() string {
	if d == Forever {
		return "forever"
	}
	text := time.Duration(d).String()
	if short, ok := strings.CutSuffix(text, "m0s"); ok {
		text = short + "m"
	}
	if short, ok := strings.CutSuffix(text, "h0m"); ok {
		text = short + "h"
	}
	return text
}

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	if string(text) == "forever" {
		*d = Forever
		return nil
	}
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is no time: want a number with a unit, such as 500us, 20ms, 1.5s or 2m", text)
	}
	*d = Duration(parsed)
	return nil
}

// Bytes is a number of bytes, written plain or with a unit: 1536, 64KiB, 1MiB
// (powers of 1024), 100kB, 5MB (powers of 1000).
type Bytes int64

// byteUnits are the units of Bytes; of those that divide a value the first is
// how it is written.
var byteUnits = []unit{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1}, {"", 1}}

// String returns the number with the largest unit that leaves it whole, plain
// below 10,000.
func (b Bytes) String() string {
	if b > -10_000 && b < 10_000 {
		return strconv.FormatInt(int64(b), 10)
	}
	return unitText(int64(b), byteUnits)
}

// MarshalText implements encoding.TextMarshaler.
func (b Bytes) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (b *Bytes) UnmarshalText(text []byte) error {
	n, err := parseUnit(string(text), byteUnits)
	if err != nil {
		return fmt.Errorf("%q is no number of bytes: want one such as 1536, 64KiB, 100kB or 5MB", text)
	}
	*b = Bytes(n)
	return nil
}

// A Rate is in bits per second, written with its unit: 9600bit/s, 64kbit/s,
// 10Mbit/s, 1Gbit/s. 0 means unlimited.
type Rate int64

var rateUnits = []unit{{"Gbit/s", 1e9}, {"Mbit/s", 1e6}, {"kbit/s", 1e3}, {"bit/s", 1}}

// String returns the rate with the largest unit that leaves it whole.
func (r Rate) String() string {
	if r == 0 {
		return "0"
	}
	return unitText(int64(r), rateUnits)
}

// MarshalText implements encoding.TextMarshaler.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *Rate) UnmarshalText(text []byte) error {
	if string(text) == "0" {
		*r = 0
		return nil
	}
	n, err := parseUnit(string(text), rateUnits)
	if err != nil {
		return fmt.Errorf("%q is no rate: want one such as 9600bit/s, 64kbit/s, 10Mbit/s or 1Gbit/s", text)
	}
	*r = Rate(n)
	return nil
}

// A Percent is a share in hundredths, written with its sign: 2%, 0.5%. Only 0
// needs none.
type Percent float64

// Share returns the share as a number from 0 to 1.
func (p Percent) Share() float64 { return float64(p) / 100 }

// String returns the share with its sign.
func (p Percent) String() string { return strconv.FormatFloat(float64(p), 'g', -1, 64) + "%" }

// MarshalText implements encoding.TextMarshaler.
func (p Percent) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *Percent) UnmarshalText(text []byte) error {
	number, ok := strings.CutSuffix(string(text), "%")
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !isPlain(number) || !ok && n != 0 {
		return fmt.Errorf("%q is no share: want one such as 2%% or 0.5%%", text)
	}
	*p = Percent(n)
	return nil
}

// unit is a suffix and what a number with it is multiplied by.
type unit struct {
	suffix string
	factor int64
}

var errUnit = errors.New("no number with a unit")

// parseUnit reads a number with one of units, which are sorted so that a longer
// suffix comes before its own end. The result is whole.
func parseUnit(text string, units []unit) (int64, error) {
	for _, u := range units {
		number, ok := strings.CutSuffix(text, u.suffix)
		if !ok {
			continue
		}
		if !isPlain(number) {
			return 0, errUnit
		}
		if n, err := strconv.ParseInt(number, 10, 64); err == nil {
			if n != 0 && (n*u.factor)/n != u.factor {
				return 0, errUnit
			}
			return n * u.factor, nil
		}
		n, err := strconv.ParseFloat(number, 64)
		n *= float64(u.factor)
		if err != nil || math.Abs(n) > 1<<53 || n != math.Trunc(n) {
			return 0, errUnit
		}
		return int64(n), nil
	}
	return 0, errUnit
}

// isPlain reports whether text is a number in digits, without a zero in front
// of others.
func isPlain(text string) bool {
	text = strings.TrimPrefix(text, "-")
	if len(text) > 1 && text[0] == '0' && text[1] != '.' {
		return false
	}
	return text != "" && strings.Trim(text, "0123456789.") == ""
}

func unitText(n int64, units []unit) string {
	for _, u := range units {
		if n%u.factor == 0 {
			return strconv.FormatInt(n/u.factor, 10) + u.suffix
		}
	}
	return strconv.FormatInt(n, 10)
}
