package clock

import "time"

var inTest = time.Now()
