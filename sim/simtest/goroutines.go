package simtest

import (
	"bytes"
	"context"
	"fmt"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// goroutineLabel is the profiler label of the goroutines of a network's test. A goroutine has the labels of the one that has started it.
const goroutineLabel = "netxsim/simtest"

// networks counts the networks of this process, for labels.
var networks atomic.Uint64

// labelGoroutines marks the test's goroutine, and so all that it starts from now on.
func labelGoroutines(t testing.TB) (label string) {
	label = fmt.Sprintf("%s %d", t.Name(), networks.Add(1))
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels(goroutineLabel, label)))
	return label
}

// goroutinesLeft says which goroutines of the test are left, apart from the one that asks, or "". What is just ending gets the time for it.
// In a bubble there is no need: the bubble itself waits for its goroutines.
func (n *Net) goroutinesLeft() string {
	if n.bubble {
		return ""
	}
	pprof.SetGoroutineLabels(context.Background())
	var left []string
	for wait := time.Millisecond; wait < 200*time.Millisecond; wait *= 2 {
		if left = labelled(n.routine); left == nil {
			return ""
		}
		time.Sleep(wait) //netxlint:wallclock goroutines of the Go runtime end in real time
	}
	return fmt.Sprintf("goroutines of the test are left over:\n%s", strings.Join(left, "\n"))
}

// labelled returns the stacks of the goroutines with a label.
func labelled(label string) (stacks []string) {
	var b bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&b, 1); err != nil {
		return []string{err.Error()}
	}
	want := fmt.Sprintf("%q:%q", goroutineLabel, label)
	for stack := range strings.SplitSeq(b.String(), "\n\n") {
		if strings.Contains(stack, want) {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}
