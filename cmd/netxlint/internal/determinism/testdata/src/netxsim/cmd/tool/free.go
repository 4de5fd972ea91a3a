// Package tool may do as it likes.
package tool

import "time"

func f(m map[int]int) int {
	for k := range m {
		return k + time.Now().Day()
	}
	return 0
}
