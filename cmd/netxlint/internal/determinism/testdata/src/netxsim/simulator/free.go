// Package simulator is no engine package though its path begins like one.
package simulator

import "time"

var now = time.Now()
