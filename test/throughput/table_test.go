package throughput

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "store the table instead of comparing")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	windows = []uint32{mss, 2 * mss, 3 * mss, 8192, 16384, 32768, 65535}
	losses  = []float64{0, 0.001, 0.01, 0.05, 0.1}
	seeds   = []uint64{1, 2, 3}
)

// perRoundTrip is the time of a transfer with n bytes per round trip; the last ones have arrived after half of one.
func perRoundTrip(n uint32) time.Duration {
	return time.Duration((size+n-1)/n)*roundTrip - roundTrip/2
}

// steady is how many bytes per round trip a window lets through, slow start aside. The receiver acknowledges, and opens
// the window, when half of it has been received, in whole segments; what is left over waits for the next round trip.
func steady(window uint32) uint32 {
	acknowledged := (window/2 + mss - 1) / mss * mss
	return window / acknowledged * acknowledged
}

// TestTable compares the grid with testdata/table.txt.
func TestTable(t *testing.T) {
	var out bytes.Buffer
	fmt.Fprintf(&out, heading, size, roundTrip, len(seeds))
	writeGrid(t, &out)
	out.WriteString(costs)
	writeCosts(t, &out)
	out.WriteString(notes)
	compare(t, filepath.Join("testdata", "table.txt"), out.String())
}

// writeGrid writes the throughput by window and loss.
func writeGrid(t *testing.T, out *bytes.Buffer) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "window\twindow/RTT\tsteady\t")
	for _, loss := range losses {
		fmt.Fprintf(table, "%g %%\t", loss*100)
	}
	fmt.Fprintln(table)
	for _, window := range windows {
		fmt.Fprintf(table, "%d\t%s\t%s\t", window, rate(perRoundTrip(window)), rate(perRoundTrip(steady(window))))
		for _, loss := range losses {
			fmt.Fprintf(table, "%s\t", rate(mean(t, Case{Window: window, Loss: loss})))
		}
		fmt.Fprintln(table)
	}
	table.Flush()
}

// writeCosts writes what there is between a window per round trip and the time of a transfer without loss.
func writeCosts(t *testing.T, out *bytes.Buffer) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "window\twindow/RTT\tleft over\tdelayed ACK\tslow start\ttook\t")
	for _, window := range windows {
		r := run(t, Case{Seed: seeds[0], Window: window})
		ideal, ours := perRoundTrip(window), perRoundTrip(steady(window))
		fmt.Fprintf(table, "%d\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t\n", window,
			ideal.Seconds(), (ours - ideal).Seconds(), r.Idle.Seconds(), (r.Took - ours - r.Idle).Seconds(), r.Took.Seconds())
	}
	table.Flush()
}

// rate is the throughput of a transfer in 1000 bytes a second.
func rate(took time.Duration) string { return fmt.Sprintf("%.1f", size/took.Seconds()/1000) }

// mean is the mean time of a case over the seeds; without loss all are the same.
func mean(t *testing.T, c Case) time.Duration {
	t.Helper()
	if c.Loss == 0 {
		c.Seed = seeds[0]
		return run(t, c).Took
	}
	sum := time.Duration(0)
	for _, c.Seed = range seeds {
		sum += run(t, c).Took
	}
	return sum / time.Duration(len(seeds))
}

func run(t *testing.T, c Case) Result {
	t.Helper()
	r, err := Run(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func compare(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); go test ./test/throughput -update stores it:\n%s", path, diff)
	}
}

// TestClosedForm wants the closed form from windows of up to three segments, which slow start begins with: a window per
// round trip, except that of three segments one is always left over.
func TestClosedForm(t *testing.T) {
	for _, c := range []struct{ window, perRoundTrip uint32 }{
		{mss, mss},
		{2 * mss, 2 * mss},
		{3 * mss, 2 * mss},
	} {
		if got := steady(c.window); got != c.perRoundTrip {
			t.Errorf("window %d: %d bytes per round trip, want %d", c.window, got, c.perRoundTrip)
		}
		took, want := run(t, Case{Seed: 1, Window: c.window}).Took, perRoundTrip(c.perRoundTrip)
		if off := math.Abs(took.Seconds()/want.Seconds() - 1); off > 0.05 {
			t.Errorf("window %d: %v, want %v within 5 %%", c.window, took, want)
		}
	}
}
