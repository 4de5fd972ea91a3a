package simtest

import (
	"errors"
	"time"

	"netxsim/sim"
	"netxsim/sim/hostfault"
)

// DefaultPriority is that of the threads of [Net.Thread].
const DefaultPriority = 16

// Thread adds an RTOS thread, which runs f. An error of f is one of the test, and names the thread.
func (n *Net) Thread(name string, f func() error) {
	n.t.Helper()
	n.ThreadAt(name, DefaultPriority, f)
}

// ThreadAt is Thread with a priority, 0 (most urgent) to 31.
func (n *Net) ThreadAt(name string, priority uint32, f func() error) {
	n.t.Helper()
	var err error
	n.enter(func() {
		_, err = n.kernel.NewThread(sim.ThreadConfig{Name: name, Priority: priority, Entry: func() {
			if err := f(); err != nil {
				n.t.Errorf("thread %s: %v", name, err)
			}
		}})
	})
	if err != nil {
		n.t.Fatalf("simtest: thread %s: %v", name, err)
	}
}

// Go starts an ordinary program: in virtual time one of the kernel's, which runs
// after the threads of an instant, in a live network a goroutine. An error of f is one of the test.
// The network ends when threads and, without any, programs have ended.
func (n *Net) Go(name string, f func() error) {
	program := func() {
		if err := f(); err != nil {
			n.t.Errorf("program %s: %v", name, err)
		}
	}
	if n.live {
		go program()
		return
	}
	n.kernel.Go(name, program)
}

// Disturb has things go wrong with hosts (see package netxsim/sim/hostfault), and
// says in a failed test how often they have.
func (n *Net) Disturb(faults ...hostfault.Fault) *hostfault.Set {
	n.t.Helper()
	n.right(checkers(faults)...)
	var set *hostfault.Set
	n.enter(func() { set = hostfault.Attach(n.kernel, faults...) })
	n.mu.Lock()
	defer n.mu.Unlock()
	n.disturbed = append(n.disturbed, set)
	return set
}

// Run runs a network in virtual time until its threads have ended (see sim.Kernel.Run), and returns the virtual time that has taken. A deadlock, a panic or an endless loop
// is an error of the test. A network runs once.
func (n *Net) Run() time.Duration {
	n.t.Helper()
	if n.live {
		n.t.Fatal("simtest: Run is for networks in virtual time: a live one runs by itself")
	}
	report, err := n.kernel.Run(nil)
	if err != nil {
		n.t.Errorf("simtest: %v", err)
	}
	return report.Now
}

// Sleep suspends the calling thread or program for some time, rounded up to ticks. In a live network a goroutine uses time.Sleep.
func (n *Net) Sleep(d time.Duration) error {
	tick := n.kernel.TickDuration()
	ticks := (d + tick - 1) / tick
	if ticks < 0 || ticks >= time.Duration(sim.WaitForever) {
		return errors.New("simtest: no such time to sleep")
	}
	return n.kernel.Sleep(uint32(ticks))
}
