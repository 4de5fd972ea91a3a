package session

import (
	"errors"
	"fmt"
	"io"
	"os"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/packetpool"
	"netxsim/sim/capture"
	"netxsim/sim/trace"
)

// records are the files into which a run is recorded: its frames, and what its
// threads and its pool did. Those that were not asked for are nil.
type records struct {
	pcap, trace *os.File
	capture     *capture.Capture
	recorder    *trace.Recorder
}

// newRecords creates the files.
func newRecords(o Options) (r *records, err error) {
	r = new(records)
	if o.Pcap != "" {
		if r.pcap, err = os.Create(o.Pcap); err != nil {
			return nil, cli.BadInput(fmt.Errorf("--pcap: %w", err))
		}
	}
	if o.Trace != "" {
		if r.trace, err = os.Create(o.Trace); err != nil {
			r.pcap.Close()
			return nil, cli.BadInput(fmt.Errorf("--trace: %w", err))
		}
	}
	return r, nil
}

// begin records what happens in a network from now on.
func (r *records) begin(n *network) {
	if r.pcap != nil {
		r.capture = capture.New(r.pcap)
		r.capture.Wire(n.wire)
		r.capture.Pool(n.pool)
	}
	if r.trace != nil {
		r.recorder = new(trace.Recorder)
		r.recorder.Record(n.kernel)
		countFree(r.recorder, n.pool)
	}
}

// countFree makes the free packets of a pool a curve of the timeline.
func countFree(recorder *trace.Recorder, pool *packetpool.Pool) {
	name, last := "pool "+pool.Name()+" free", pool.Available()
	recorder.Count(name, int64(last))
	pool.Watch(func(e packetpool.Event) {
		if e.Free != last {
			last = e.Free
			recorder.Count(name, int64(last))
		}
	})
}

// end writes what is left, however the run has ended.
func (r *records) end() error {
	var pcap, timeline error
	if r.pcap != nil {
		pcap = finish("--pcap", r.pcap, func(io.Writer) error { return r.capture.Close() })
	}
	if r.trace != nil {
		timeline = finish("--trace", r.trace, r.recorder.WriteJSON)
	}
	return errors.Join(pcap, timeline)
}

// finish writes the rest of a file and closes it.
func finish(flag string, f *os.File, write func(io.Writer) error) error {
	if err := errors.Join(write(f), f.Close()); err != nil {
		return cli.BadInput(fmt.Errorf("%s: %w", flag, err))
	}
	return nil
}
