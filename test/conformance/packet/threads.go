package packet

import (
	"fmt"

	"netxsim/netx/status"
	"netxsim/sim"
)

const joinLimit = 500 // ticks

func (r *replay) spawn(in *input) result {
	t := new(thread)
	r.threads[in.Thread] = t
	started, err := r.kernel.NewThread(sim.ThreadConfig{
		Name: fmt.Sprintf("thread %d", in.Thread), Priority: in.Priority, DontStart: true, Daemon: true,
		Entry: func() { r.runThread(t, in.Ops) },
	})
	if err == nil {
		t.Thread = started
		err = started.Resume()
	}
	return result{"status": status.Of(err)}
}

// runThread performs the ops of a thread and keeps their results.
func (r *replay) runThread(t *thread, steps []step) {
	for i := range steps {
		out := r.perform(&steps[i]).settle()
		delete(out, "pools")
		r.order++
		out["order"] = r.order
		t.results = append(t.results, out)
	}
}

func (t *thread) done() bool {
	return t.State() == sim.Completed || t.State() == sim.Terminated
}

func (t *thread) report() result {
	results := t.results
	if results == nil {
		results = []result{}
	}
	return result{"done": t.done(), "results": results}
}

func (r *replay) poll(in *input) result { return r.threads[in.Thread].report() }

func (r *replay) join(in *input) result {
	limit := joinLimit
	if in.Limit != nil {
		limit = *in.Limit
	}
	t := r.threads[in.Thread]
	for ; limit > 0 && !t.done(); limit-- {
		_ = r.kernel.Sleep(1)
	}
	return t.report()
}

// sleep reports ok even when the sleep was aborted.
func (r *replay) sleep(in *input) result {
	_ = r.kernel.Sleep(in.Ticks)
	return result{"ok": true}
}

func (r *replay) waitAbort(in *input) result {
	out := result{"status": status.Of(r.threads[in.Thread].WaitAbort())}
	r.addPools(out, in.Pool)
	return out
}

func (r *replay) terminate(in *input) result {
	out := result{"status": status.Of(r.threads[in.Thread].Terminate())}
	r.addPools(out, in.Pool)
	return out
}
