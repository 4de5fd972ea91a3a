// Package pop3 replays the conformance vectors of the POP3 client.
//
// # Replaying
//
// A case is a scripted server and a list of calls. Both run on a network of two
// instances on one wire, in a kernel of their own: the client of package netx
// on one, the script on a server socket of the other. After every call and 40
// ticks of settling, status, outputs, free packets, what the server received and
// what became of the connection are compared with what the reference
// implementation answered.
//
// The format of the vectors is described in FORMAT.md next to them.
package pop3

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/netx"
	"netxsim/pop3client"
	"netxsim/sim"
)

const (
	settling       = 40 // ticks after each step
	countedTicks   = 50 // shorter calls have no ticks in the vectors
	tickTolerance  = 20
	clientPriority = 16
	horizon        = 10 * time.Hour
)

// Replay runs one case, a line of a vector file. diff says where the answers
// differ from the vector, "" if nowhere. skip says why the case cannot run, ""
// if it can.
func Replay(raw []byte) (diff, skip string) {
	diff, skip, _ = ReplayQuirks(raw)
	return diff, skip
}

// ReplayQuirks is Replay, and returns which quirks the client ran into.
func ReplayQuirks(raw []byte) (diff, skip string, quirks []pop3client.QuirkCount) {
	v, err := parse(raw)
	if err != nil {
		return err.Error(), "", nil
	}
	r := &replay{vector: v}
	if err := r.run(); err != nil {
		return err.Error(), "", nil
	}
	return r.diff, "", r.player.client.Quirks()
}

// A replay is one case that runs.
type replay struct {
	vector *vector
	player player
	server *server
	seen   string // what the server saw in the step before
	diff   string
}

func (r *replay) run() error {
	k := sim.New(sim.Config{TicksPerSecond: r.vector.Config.TicksPerSecond, Horizon: horizon})
	var failed error
	program := netx.Program{Kernel: k, Name: r.vector.Name}
	report, err := program.Run(func() {
		if failed = r.build(k); failed == nil {
			_, failed = k.NewThread(sim.ThreadConfig{Name: "client", Priority: clientPriority, Entry: func() {
				failed = r.steps()
			}})
		}
	})
	switch {
	case failed != nil:
		return failed
	case err != nil:
		return err
	case report.End != sim.EndDone:
		return fmt.Errorf("the case did not end: %v", report.End)
	}
	return nil
}

// build makes the network and starts the server.
func (r *replay) build(k *sim.Kernel) error {
	n, err := newNetwork(k, r.vector)
	if err != nil {
		return err
	}
	if free := n.pool.Available(); free != r.vector.Client.Pool.Initial {
		return fmt.Errorf("the pool has %d packets before the first step, want %d", free, r.vector.Client.Pool.Initial)
	}
	r.player.network, r.player.ip = n, n.client
	if !isTrue(r.vector.Client.IPCreated) {
		r.player.ip = new(netx.NX_IP)
	}
	r.server = newServer(k, n.server, r.vector.Server, r.player.client.Socket)
	return nil
}

// steps makes the calls, up to the first answer that differs.
func (r *replay) steps() error {
	k := r.player.network.kernel
	if r.vector.Client.IPVersion == 6 {
		if err := k.Sleep(probing); err != nil {
			return err
		}
	}
	for i, s := range r.vector.Steps {
		begin := k.Ticks()
		got, err := r.player.call(s)
		if err != nil {
			return err
		}
		ticks := k.Ticks() - begin
		if err := k.Sleep(settling); err != nil {
			return err
		}
		r.observe(got)
		want := normal(s.Out)
		r.time(s.Op, want, got, ticks)
		if diff := cmp.Diff(want, normal(got)); diff != "" {
			r.diff = fmt.Sprintf("step %d, %s (-want +got):\n%s", i+1, s.Op, diff)
			return nil
		}
	}
	return nil
}

// observe adds what is to be seen behind a call.
func (r *replay) observe(got result) {
	n := r.player.network
	got["pool_available"] = n.pool.Available()
	if r.vector.Client.IPPool != nil {
		got["ip_pool_available"] = n.ipPool.Available()
	}
	if len(r.server.wire) > 0 {
		got["wire"] = r.server.wire
		r.server.wire = nil
	}
	if r.seen != r.server.sees {
		r.seen = r.server.sees
		got["server_sees"] = r.seen
	}
}

// time compares how long a call took. Within the tolerance it takes the time
// out of the comparison.
func (r *replay) time(op string, want map[string]any, got result, ticks uint32) {
	if op == "sleep" {
		return
	}
	expected, given := want["ticks"].(float64)
	limit := uint32(expected) + tickTolerance
	if !given {
		limit = countedTicks + tickTolerance
	}
	if ticks <= limit && (!given || ticks+tickTolerance >= uint32(expected)) {
		delete(want, "ticks")
		return
	}
	got["ticks"] = ticks
}

// normal returns m as JSON has it, so that all numbers are of one type.
func normal(m map[string]any) map[string]any {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // only plain values are in it
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		panic(err)
	}
	return out
}
