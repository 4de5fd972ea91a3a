package threadx

import (
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/netx"
	"netxsim/sim"
)

const (
	maxThreads = 12
	maxObjects = 6
	maxRegs    = 40
)

// Replay runs the vector in raw and returns how log and final state differ from the recorded
// ones, "" if they do not. skip is the reason why a vector cannot be run.
func Replay(raw []byte) (diff, skip string) {
	v, err := parse(raw)
	if err != nil {
		return err.Error(), ""
	}
	m, err := newMachine(v)
	if err != nil {
		return "", err.Error()
	}
	program := netx.Program{Kernel: m.k, TxApplicationDefine: func([]byte) { m.play("init", m.v.Init) }}
	if _, err := program.Boot(netx.TxKernelEnter); err != nil {
		return err.Error(), ""
	}
	if m.unknown != "" {
		return "", "operation " + m.unknown
	}
	want := map[string]any{"log": v.Log, "final": v.Final}
	got := map[string]any{"log": plain(m.log), "final": plain(m.final())}
	return cmp.Diff(want, got), ""
}

// A machine is a kernel with the objects of a vector.
type machine struct {
	v       *vector
	k       *sim.Kernel
	log     []map[string]any
	unknown string // the first operation it does not know

	timer  int // number of the timer whose function runs
	stacks []byte
	regs   [maxRegs]piece

	byteAreas, blockAreas [maxObjects][]byte // memory of the pools

	threads    [maxThreads + 1]sim.Thread // the last one is the blank one
	semaphores [maxObjects]sim.Semaphore
	mutexes    [maxObjects]sim.Mutex
	queues     [maxObjects]sim.Queue
	groups     [maxObjects]sim.EventFlags
	timers     [maxObjects]sim.Timer
	bytePools  [maxObjects]sim.BytePool
	blockPools [maxObjects]sim.BlockPool
	blank      struct {
		semaphore sim.Semaphore
		mutex     sim.Mutex
		queue     sim.Queue
		group     sim.EventFlags
		timer     sim.Timer
		bytePool  sim.BytePool
		blockPool sim.BlockPool
	}
}

func newMachine(v *vector) (*machine, error) {
	cfg := sim.Config{UntilHorizon: true, Horizon: time.Nanosecond}
	switch v.Profile {
	case "lp64":
		cfg.PointerSize = 8
	case "ilp32":
		cfg.PointerSize = 4
	default:
		return nil, fmt.Errorf("profile %q", v.Profile)
	}
	m := &machine{v: v, stacks: make([]byte, (maxThreads+3)*stackArea)}
	if v.Horizon > 0 {
		cfg.Horizon = time.Duration(v.Horizon) * 10 * time.Millisecond
	}
	m.k = sim.New(cfg)
	return m, nil
}

// play runs a program in the name of who.
func (m *machine) play(who string, program []step) {
	for i, s := range program {
		if s.Ctx == "isr" {
			m.k.Interrupt(func() { m.step(who, i, s) })
			continue
		}
		m.step(who, i, s)
	}
}

// step makes one call and notes what it returned.
func (m *machine) step(who string, i int, s step) {
	op := operations[s.Op]
	if op == nil {
		if m.unknown == "" {
			m.unknown = s.Op
		}
		return
	}
	o := op(m, s.In)
	if o == nil {
		o = out{}
	}
	m.note(who, map[string]any{"i": i, "out": o})
}

// note adds an entry to the log.
func (m *machine) note(who string, entry map[string]any) {
	entry["t"] = uint64(m.k.Now() / m.k.TickDuration())
	entry["w"] = who
	m.log = append(m.log, entry)
}

// who names the running program.
func (m *machine) who() string {
	switch m.k.Context() {
	case sim.Initialization:
		return "init"
	case sim.TimerContext:
		return fmt.Sprintf("timer%d", m.timer)
	}
	return "T" + m.k.Current().Name()
}

// notified returns a notification that notes the event with the number of the object, nil if the program sets none.
func notified[T any](m *machine, in args, event, kind string) func(*T) {
	if in.null("notify") {
		return nil
	}
	return func(*T) { m.note(m.who(), map[string]any{"ev": event, kind: in[kind]}) }
}

// operations are the services by name.
var operations = map[string]func(m *machine, in args) out{}

func register(ops map[string]func(m *machine, in args) out) {
	for name, op := range ops {
		operations[name] = op
	}
}
