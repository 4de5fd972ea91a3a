package trace

import (
	"bufio"
	"encoding/json"
	"io"
	"time"
)

// Rows of the timeline: the threads stand behind the processor and its
// counters.
const (
	process     = 1
	processor   = 1
	firstThread = 2
)

// event is an entry of the trace event format.
type event struct {
	Name  string         `json:"name,omitempty"`
	Phase string         `json:"ph"`
	Time  float64        `json:"ts"` // microseconds
	PID   int            `json:"pid"`
	TID   int            `json:"tid"`
	Scope string         `json:"s,omitempty"`
	Args  map[string]any `json:"args,omitempty"`
}

// WriteJSON writes the trace as a JSON array of trace events.
func (r *Recorder) WriteJSON(w io.Writer) error {
	out := bufio.NewWriter(w)
	t := timeline{recorder: r, out: out, encoder: json.NewEncoder(out), open: make([]bool, len(r.threads)), running: -1}
	t.names()
	for _, s := range r.steps {
		t.step(s)
	}
	t.end()
	if t.err != nil {
		return t.err
	}
	return out.Flush()
}

// timeline turns steps into trace events.
type timeline struct {
	recorder *Recorder
	out      *bufio.Writer
	encoder  *json.Encoder
	begun    bool
	open     []bool // threads with a slice that has begun
	running  int    // thread on the processor, -1 for none
	last     time.Duration
	err      error
}

// names writes what the rows are called.
func (t *timeline) names() {
	t.write(event{Name: "process_name", Phase: "M", PID: process, Args: map[string]any{"name": "netxsim"}})
	t.write(event{Name: "thread_name", Phase: "M", PID: process, TID: processor, Args: map[string]any{"name": "processor"}})
	for n, name := range t.recorder.threads {
		t.write(event{Name: "thread_name", Phase: "M", PID: process, TID: firstThread + n, Args: map[string]any{"name": name}})
	}
}

func (t *timeline) step(s step) {
	t.last = s.time
	switch s.kind {
	case stepReady:
		t.close(s.thread)
		t.add(event{Name: "woken by " + s.text, Phase: "i", Scope: "t", TID: firstThread + s.thread}, s.time)
		t.begin(s.thread, "ready", s.time)
	case stepRun:
		t.leave()
		t.running = s.thread
		t.add(event{Name: t.recorder.threads[s.thread], Phase: "B", TID: processor}, s.time)
		t.close(s.thread)
		t.begin(s.thread, "running", s.time)
	case stepStop:
		t.close(s.thread)
		t.begin(s.thread, s.text, s.time)
	case stepIdle:
		t.leave()
	case stepCount:
		t.add(event{Name: s.text, Phase: "C", TID: processor, Args: map[string]any{"value": s.value}}, s.time)
	}
}

// begin starts a slice in a thread's row.
func (t *timeline) begin(thread int, name string, at time.Duration) {
	t.open[thread] = true
	t.add(event{Name: name, Phase: "B", TID: firstThread + thread}, at)
}

// close ends the slice in a thread's row.
func (t *timeline) close(thread int) {
	if t.open[thread] {
		t.open[thread] = false
		t.add(event{Phase: "E", TID: firstThread + thread}, t.last)
	}
}

// leave ends the slice in the processor's row.
func (t *timeline) leave() {
	if t.running >= 0 {
		t.running = -1
		t.add(event{Phase: "E", TID: processor}, t.last)
	}
}

// end closes what is open, and the array.
func (t *timeline) end() {
	t.leave()
	for thread := range t.open {
		t.close(thread)
	}
	t.print("]\n")
}

func (t *timeline) add(e event, at time.Duration) {
	e.Time = float64(at) / float64(time.Microsecond)
	e.PID = process
	t.write(e)
}

func (t *timeline) write(e event) {
	if t.begun {
		t.print(",")
	} else {
		t.print("[")
	}
	t.begun = true
	if t.err == nil {
		t.err = t.encoder.Encode(e)
	}
}

func (t *timeline) print(text string) {
	if t.err == nil {
		_, t.err = t.out.WriteString(text)
	}
}
