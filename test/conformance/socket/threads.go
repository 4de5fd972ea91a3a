package socket

import (
	"netxsim/netx/status"
	"netxsim/sim"
)

// spawnPriority is that of a thread whose priority is not given.
const spawnPriority = 10

func init() {
	register(map[string]op{"sleep": sleep, "spawn": spawn, "join": join, "thread_wait_abort": threadWaitAbort})
}

// A thread carries out one op.
type thread struct {
	*sim.Thread
	op       string
	answer   result
	began    uint32
	finished bool
	ticks    uint32
}

// threadOf returns the thread that an argument names.
func (r *run) threadOf(in input) *thread { return r.threads[int(in.number("thread", 0))] }

func sleep(r *run, in input) result {
	_ = r.kernel.Sleep(in.number("ticks", 0))
	return result{}
}

// spawn starts a thread for an op. Whether it is finished shows when the network has come to rest.
func spawn(r *run, in input) result {
	t := &thread{op: in.text("op", "")}
	var inner input
	in.decode("in", &inner)
	r.threads[int(in.number("thread", 0))] = t
	started, err := r.kernel.NewThread(sim.ThreadConfig{
		Name: "thread " + string(in["thread"]), Priority: in.number("priority", spawnPriority), Daemon: true, DontStart: true,
		Entry: func() { r.work(t, inner) },
	})
	if err != nil {
		panic(err)
	}
	t.Thread = started
	begin := r.kernel.Ticks()
	if err := started.Resume(); err != nil {
		panic(err)
	}
	return result{"later": func() result { return result{"finished": t.finished, "ticks": r.kernel.Ticks() - begin} }}
}

// work is what a spawned thread does.
func (r *run) work(t *thread, in input) {
	t.began = r.kernel.Ticks()
	t.answer = r.perform(t.op, in)
	t.ticks = r.kernel.Ticks() - t.began
	t.finished = true
	for r.kernel.Wake(t, nil) {
	}
}

// join waits for a thread.
func join(r *run, in input) result {
	t := r.threadOf(in)
	if t == nil {
		return result{"finished": false}
	}
	if !t.finished {
		_ = r.kernel.Wait(t, in.wait(), nil)
	}
	if !t.finished {
		return result{"finished": false}
	}
	return result{"finished": true, "ticks": t.ticks, "result": t.answer}
}

func threadWaitAbort(r *run, in input) result {
	return result{"status": status.Of(r.threadOf(in).WaitAbort())}
}
