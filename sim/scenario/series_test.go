package scenario

import (
	"path/filepath"
	"testing"
)

// TestSeries holds the series of pools against what else the result says of them, and drops them.
func TestSeries(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d scenarios, %v", len(files), err)
	}
	for _, file := range files {
		s, err := LoadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Run(s, Options{Seed: 3, Series: true, Sequence: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Pools {
			lowest := p.Packets
			for i, pt := range p.Series {
				lowest = min(lowest, pt.Free)
				if i > 0 && (pt.At < p.Series[i-1].At || pt == p.Series[i-1]) || i > 1 && pt.At == p.Series[i-2].At {
					t.Errorf("%s, pool %s: %v after %v", file, p.Name, pt, p.Series[i-1])
				}
			}
			if lowest != p.Lowest || len(p.Series) == 0 || p.Series[0].At != 0 {
				t.Errorf("%s, pool %s: the lowest of %d points is %d, want %d", file, p.Name, len(p.Series), lowest, p.Lowest)
			}
		}
		if r.DropSeries(); r.Sequence != nil || r.Pools[0].Series != nil {
			t.Errorf("%s: series are left", file)
		}
	}
}
