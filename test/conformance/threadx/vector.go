package threadx

import (
	"encoding/json"
	"fmt"

	"netxsim/sim"
)

// A vector is one recorded case.
type vector struct {
	Suite   string
	Name    string
	Profile string
	Horizon uint32
	Init    []step
	Threads map[string][]step
	Timers  map[string][]step
	Log     []any
	Final   map[string]any
}

// A step is one call of a program.
type step struct {
	Op  string
	In  args
	Ctx string
}

// args are the inputs of a step that differ from the defaults.
type args map[string]any

// null reports whether the input is there and null.
func (a args) null(name string) bool {
	v, ok := a[name]
	return ok && v == nil
}

// u32 returns a number, the default if it is not there.
func (a args) u32(name string, def uint32) uint32 {
	switch v := a[name].(type) {
	case float64:
		return uint32(v)
	case string:
		if v == "forever" {
			return sim.WaitForever
		}
	}
	return def
}

func (a args) wait() uint32 { return a.u32("wait", 0) }

// text returns a string input, "" if it is none.
func (a args) text(name string) string {
	s, _ := a[name].(string)
	return s
}

// out are the outputs of a step.
type out map[string]any

func parse(raw []byte) (*vector, error) {
	v := new(vector)
	if err := json.Unmarshal(raw, v); err != nil {
		return nil, fmt.Errorf("parse vector: %w", err)
	}
	return v, nil
}

// plain turns what the replayer has noted into what encoding/json makes of the recorded notes, so that the two can be
// compared.
func plain(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var p any
	if err := json.Unmarshal(raw, &p); err != nil {
		panic(err)
	}
	return p
}
