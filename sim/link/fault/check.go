package fault

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// A checker finds out what is wrong with the numbers it is made of. Conditions and effects that can be wrong are checkers.
type checker interface{ check() error }

// Check says what is wrong with a fault, if anything: a probability that is none, a negative time or size, a condition that
// selects nothing whatever happens. Faults that are attached to a wire have to be right.
func (f Fault) Check() error {
	for _, part := range []any{f.If, f.Do} {
		if err := check(part); err != nil {
			return fmt.Errorf("fault %s: %w", f.name(), err)
		}
	}
	return nil
}

// check checks a condition or an effect.
func check(part any) error {
	if c, ok := part.(checker); ok {
		return c.check()
	}
	return nil
}

// maxCopies is how many copies of a frame there may be: a frame fault has no number for more.
const maxCopies = 1000

func probability(what string, p float64) error {
	if p >= 0 && p <= 1 { // NaN is neither
		return nil
	}
	return fmt.Errorf("%s is %v, want a probability from 0 to 1", what, p)
}

func notNegative[T int | int64 | time.Duration](what string, n T) error {
	if n >= 0 {
		return nil
	}
	return fmt.Errorf("%s is %v, want 0 or more", what, n)
}

func (p chance) check() error { return probability("the probability", float64(p)) }

func (b Burst) check() error {
	if b.wrong != "" {
		return errors.New(b.wrong)
	}
	return errors.Join(probability("ToBad", b.ToBad), probability("ToGood", b.ToGood), probability("Good", b.Good), probability("Bad", b.Bad))
}

func (n nth) check() error {
	if n == 0 {
		return errors.New("there is no frame number 0: they count from 1")
	}
	return nil
}

func (p from) check() error { return named("From", p) }

func (p to) check() error { return named("To", p) }

func named(what string, ports []string) error {
	if len(ports) == 0 {
		return fmt.Errorf("%s names no port", what)
	}
	return nil
}

func (g apart) check() error {
	if len(g) < 2 {
		return fmt.Errorf("%d groups of ports, want 2 or more", len(g))
	}
	seen := map[string]bool{}
	for _, name := range slices.Concat(g...) {
		if seen[name] {
			return fmt.Errorf("port %q is twice in the groups", name)
		}
		seen[name] = true
	}
	return nil
}

func (n longer) check() error { return notNegative("the number of bytes", int(n)) }

func (b between) check() error {
	if b.until < b.from {
		return fmt.Errorf("the time ends at %v, before it begins at %v", b.until, b.from)
	}
	return nil
}

func (c Cycle) check() error {
	return errors.Join(notNegative("the time up", c.Off), notNegative("the time down", c.On))
}

func (c Check) check() error {
	if c.F == nil {
		return errors.New("a Check without a function")
	}
	return nil
}

func (c all) check() error { return checkAll(c) }

func (c anyOf) check() error { return checkAll(c) }

func (n not) check() error { return checkAll([]Condition{n.c}) }

func checkAll(parts []Condition) error {
	for _, part := range parts {
		if part == nil {
			return errors.New("one of the conditions is nil")
		}
		if err := check(part); err != nil {
			return err
		}
	}
	return nil
}

func (d Delay) check() error {
	if err := errors.Join(notNegative("By", d.By), notNegative("Spread", d.Spread)); err != nil {
		return err
	}
	if d.By >= math.MaxInt64-d.Spread {
		return fmt.Errorf("the delay of %v and up to %v more is too long", d.By, d.Spread)
	}
	return nil
}

func (d Duplicate) check() error {
	if d.Copies > maxCopies {
		return fmt.Errorf("its Copies is %d, want %d at most", d.Copies, maxCopies)
	}
	return errors.Join(notNegative("After", d.After), notNegative("Copies", d.Copies))
}

func (c Corrupt) check() error {
	if c.In < BehindEthernet || c.In > Data {
		return fmt.Errorf("there is no region %d", c.In)
	}
	return errors.Join(notNegative("Bits", c.Bits), notNegative("Bytes", c.Bytes))
}

func (t Truncate) check() error { return notNegative("To", t.To) }

func (q Queue) check() error {
	return errors.Join(notNegative("Rate", q.Rate), notNegative("Frames", q.Frames), notNegative("Bytes", q.Bytes))
}

func (e Func) check() error {
	if e.F == nil {
		return errors.New("a Func without a function")
	}
	return nil
}
