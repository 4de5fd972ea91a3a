package loops

import (
	"maps"
	"slices"
	"sync"
)

func calls(m map[string]int) {
	for k := range m { // want `map order may show in this loop: range over sorted keys or a slice, or say why it may stay: //netxlint:ordered reason`
		note(len(k))
	}
}

func picks(m map[int]int) int {
	for k := range m { // want `map order may show`
		return k
	}
	return 0
}

func last(m map[int]int) (n int) {
	for k := range m { // want `map order may show`
		n = k
	}
	return n
}

func floats(m map[int]float64) (sum float64) {
	for _, v := range m { // want `map order may show`
		sum += v
	}
	return sum
}

func mixed(m map[int]int) (n int) {
	for _, v := range m { // want `map order may show`
		n += v
		if v == 3 {
			n = 0
		}
	}
	return n
}

func readsSum(m map[int]int) (n, first int) {
	for _, v := range m { // want `map order may show`
		n += v
		if n > 10 {
			first++
		}
	}
	return n, first
}

func doubling(m map[int]int) (n int) {
	for _, v := range m { // want `map order may show`
		n += max(n, v)
	}
	return n
}

func deletesOthers(m map[int]int) {
	for _, v := range m { // want `map order may show`
		delete(m, v)
	}
}

func grows(m map[int]int) {
	for k := range m { // want `map order may show`
		m[k+1]++
	}
}

func breaks(m map[int]int) (n int) {
	for _, v := range m { // want `map order may show`
		if v == 1 {
			break
		}
		n++
	}
	return n
}

func two(m map[int]int) string {
	for k, v := range m { // want `map order may show`
		if k == 1 {
			return "k"
		}
		if v == 1 {
			return "v"
		}
	}
	return ""
}

func unsorted(m map[int]*conn) []*conn {
	var all []*conn
	for _, c := range m { // want `map order may show`
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *conn) int { return a.bytes - b.bytes })
	return all
}

func later(m map[int]int) []int {
	var keys []int
	for k := range m { // want `map order may show`
		keys = append(keys, k)
	}
	note(keys[0])
	slices.Sort(keys)
	return keys
}

func iterators(m map[int]int, s *sync.Map) []int {
	for k := range maps.Keys(m) { // want `map order may show`
		note(k)
	}
	s.Range(func(_, _ any) bool { return true }) // want `order of sync.Map.Range shows`
	return slices.Collect(maps.Values(m))        // want `order of maps.Values shows: pass it straight to slices.Sorted`
}
