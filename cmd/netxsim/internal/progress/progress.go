// Package progress draws a bar for work that takes a while, on terminals only.
package progress

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"netxsim/cmd/netxsim/internal/cli"
)

// patience is how long work goes on before its bar appears.
const patience = time.Second

// A Bar shows how much of some work is done, once the work has taken a second. It is not safe for concurrent use.
type Bar struct {
	w     io.Writer
	what  string
	begun time.Time
	bar   *progressbar.ProgressBar
}

// New begins a bar for the work named, or returns nil, which is a bar that draws nothing, when w is no terminal.
func New(w io.Writer, what string) *Bar {
	if !cli.IsTerminal(w) {
		return nil
	}
	return &Bar{w: w, what: what, begun: time.Now()}
}

// Describe changes what the bar says is done.
func (b *Bar) Describe(what string) {
	if b == nil || b.what == what {
		return
	}
	b.what = what
	if b.bar != nil {
		b.bar.Describe(what)
	}
}

// Set shows that done of total is done, in any unit.
func (b *Bar) Set(done, total int) {
	if b == nil || b.bar == nil && time.Since(b.begun) < patience {
		return
	}
	if b.bar == nil {
		b.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(b.w),
			progressbar.OptionSetDescription(b.what),
			progressbar.OptionShowCount(),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish())
	}
	if b.bar.GetMax() != total {
		b.bar.ChangeMax(total)
	}
	_ = b.bar.Set(done) // what cannot be drawn is not missed
}

// Clear takes the bar off the terminal.
func (b *Bar) Clear() {
	if b != nil && b.bar != nil {
		_ = b.bar.Clear()
	}
}
