// Package loops ranges over maps.
package loops

import (
	"maps"
	"slices"
	"sort"
)

type conn struct {
	bytes int
	open  bool
	list  []int
}

type table struct {
	byPort map[int]*conn
	total  int
}

func count(m map[int]int) (n int) {
	for range m {
		n++
		note(n)
	}
	for _, _ = range m {
		note(n)
	}
	return n
}

func sums(m map[int]*conn, t *table) (n int, open bool, most int, bits uint32) {
	for port, c := range m {
		n++
		t.total += c.bytes
		if c.bytes == 0 {
			continue
		}
		if wide := port * 2; wide > 10 && c.open {
			open = true
		} else {
			bits |= uint32(wide)
		}
		most = max(most, len(c.list))
		for _, x := range c.list {
			n += x
		}
	}
	return
}

func deletes(m, other map[int]int) {
	for k, v := range m {
		if v == 0 {
			delete(m, k)
		}
		delete(other, v)
	}
}

func copies(m map[int]int) map[int]int {
	out := map[int]int{}
	for k, v := range m {
		double := 2 * v
		out[k] = double
	}
	seen := map[int]bool{}
	for _, v := range m {
		seen[v] = true
	}
	for k, v := range m {
		m[k] = v + 1
	}
	return out
}

func search(t *table) bool {
	for _, c := range t.byPort {
		if c.open {
			return true
		}
	}
	return false
}

func collect(m map[string]int) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var values []int
	for k, v := range m {
		if k != "" {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return append(keys, slices.Sorted(maps.Keys(m))...)
}

func sortedLoop(m map[string]int) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		note(len(k))
	}
}

func explained(m map[string]int) {
	for k := range m { //netxlint:ordered each name is noted by itself
		note(len(k))
	}
}

func note(int) {}
