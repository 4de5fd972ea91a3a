package poolvar_test

import (
	"errors"
	"expvar"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"netxsim/packetpool"
	"netxsim/packetpool/poolvar"
	"netxsim/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var _ expvar.Var = (*poolvar.Set)(nil)

func newPool(t testing.TB, k packetpool.Kernel, name string, packets int) *packetpool.Pool {
	t.Helper()
	pool, err := packetpool.New(k, packetpool.Config{
		Name: name, Payload: 64, Size: packetpool.SizeFor(packetpool.ILP32, 64, packets),
	})
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

func TestTexts(t *testing.T) {
	var set poolvar.Set
	tx, rx := newPool(t, nil, "tx", 3), newPool(t, nil, "rx", 2)
	set.Add("", tx)
	stop := set.Add(`quoted "rx"`, rx)
	p, _ := tx.Allocate(0, 0)
	_, _ = tx.Allocate(0, 0)
	_ = p.Release()
	for range 3 {
		_, _ = rx.Allocate(0, 0)
	}

	wantJSON := `{"quoted \"rx\"":{"total":2,"free":0,"lowest":0,"empty_requests":1,"suspensions":0,"waiting":0},` +
		`"tx":{"total":3,"free":2,"lowest":1,"empty_requests":0,"suspensions":0,"waiting":0}}`
	if diff := cmp.Diff(wantJSON, set.String()); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	want := `# HELP netx_pool_packets Packets in the pool.
# TYPE netx_pool_packets gauge
netx_pool_packets{pool="quoted \"rx\""} 2
netx_pool_packets{pool="tx"} 3
# HELP netx_pool_packets_free Free packets now.
# TYPE netx_pool_packets_free gauge
netx_pool_packets_free{pool="quoted \"rx\""} 0
netx_pool_packets_free{pool="tx"} 2
# HELP netx_pool_packets_free_lowest Fewest free packets so far.
# TYPE netx_pool_packets_free_lowest gauge
netx_pool_packets_free_lowest{pool="quoted \"rx\""} 0
netx_pool_packets_free_lowest{pool="tx"} 1
# HELP netx_pool_waiting_threads Threads that wait for a packet now.
# TYPE netx_pool_waiting_threads gauge
netx_pool_waiting_threads{pool="quoted \"rx\""} 0
netx_pool_waiting_threads{pool="tx"} 0
# HELP netx_pool_empty_requests_total Requests that found the pool empty.
# TYPE netx_pool_empty_requests_total counter
netx_pool_empty_requests_total{pool="quoted \"rx\""} 1
netx_pool_empty_requests_total{pool="tx"} 0
# HELP netx_pool_suspensions_total Requests that waited for a packet.
# TYPE netx_pool_suspensions_total counter
netx_pool_suspensions_total{pool="quoted \"rx\""} 0
netx_pool_suspensions_total{pool="tx"} 0
`
	var b strings.Builder
	if n, err := set.WriteTo(&b); err != nil || n != int64(len(want)) {
		t.Errorf("WriteTo: %d bytes, %v; want %d", n, err, len(want))
	}
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("Prometheus text (-want +got):\n%s", diff)
	}

	stop()
	if _, found := set.Values(`quoted "rx"`); found {
		t.Error("a stopped pool is still in the set")
	}
}

func TestAddReplacesAName(t *testing.T) {
	var set poolvar.Set
	set.Add("rx", newPool(t, nil, "old", 2))
	set.Add("rx", newPool(t, nil, "new", 5))
	if v, _ := set.Values("rx"); v.Total != 5 {
		t.Errorf("%d packets, want those of the pool added last", v.Total)
	}
	if got := (&poolvar.Set{}).String(); got != "{}" {
		t.Errorf("the empty set is %s", got)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestWriteToTellsErrors(t *testing.T) {
	if _, err := new(poolvar.Set).WriteTo(full{}); err == nil {
		t.Error("WriteTo says nothing of an error")
	}
}

// Readers in other goroutines see whole states while threads fight for packets.
// The race detector watches.
func TestReadWhileTheSimulationRuns(t *testing.T) {
	var set poolvar.Set
	k := sim.New(sim.Config{})
	pool := newPool(t, k, "rx", 2)
	set.Add("", pool)
	var done sync.WaitGroup
	over := make(chan struct{})
	for range 2 {
		done.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				v, _ := set.Values("rx")
				if v.Free > v.Total || v.Lowest > v.Free || v.Waiting > 0 && v.Free > 0 {
					t.Errorf("torn: %+v", v)
					return
				}
				_, _ = set.WriteTo(io.Discard)
			}
		})
	}
	_, err := k.Run(func() {
		for i := range uint32(5) {
			_, _ = k.NewThread(sim.ThreadConfig{Priority: 5 + i, Entry: func() {
				for range 200 {
					p, err := pool.Allocate(0, packetpool.WaitForever)
					if err != nil {
						t.Error(err)
						return
					}
					_ = k.Sleep(1)
					_ = p.Release()
				}
			}})
		}
	})
	close(over)
	done.Wait()
	if err != nil {
		t.Fatal(err)
	}
	v, _ := set.Values("rx")
	if v.Free != 2 || v.Lowest != 0 || v.Waiting != 0 || v.Suspensions == 0 || v.EmptyRequests != v.Suspensions {
		t.Errorf("after the run: %+v", v)
	}
}
