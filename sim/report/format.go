package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"netxsim/packetpool"
)

// seconds is virtual time, to the microsecond.
func seconds(d time.Duration) string {
	if d == 0 {
		return "0 s"
	}
	return fmt.Sprintf("%.6f s", d.Seconds())
}

// three is a number in three digits.
func three(x float64) string {
	switch {
	case x >= 99.95:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case x >= 9.995:
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return strconv.FormatFloat(x, 'f', 2, 64)
}

// integers are what count writes.
type integers interface {
	~int | ~int64 | ~uint32 | ~uint64
}

// count is a number with commas between thousands.
func count[T integers](n T) string {
	digits := fmt.Sprint(n)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// share is a part of a whole in percent.
func share(part, whole int) string {
	return fmt.Sprintf("%.1f%%", 100*float64(part)/float64(max(whole, 1)))
}

// plural is a number of things.
func plural[T integers](n T, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

// holders puts who has packets into words, "" for nobody.
func holders(list []packetpool.HolderCount) string {
	if len(list) == 0 {
		return ""
	}
	return packetpool.FormatHolders(list)
}

// yesNo is a word and not a colour.
func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// quote is a file's name as a shell takes it.
func quote(name string) string {
	if name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./+=:@%,") == "" {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}
