package sweep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"netxsim/sim/scenario"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const text = `
wires: [{name: lan}]
hosts:
  - {name: device, pools: [{payload: 1536, packets: 8}]}
  - {name: pc, kind: plain}
workloads: [{kind: tcp, from: device, to: pc, size: 1000}]
`

func load(t testing.TB) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Load("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fake is a runner whose results are made up; it counts its runs.
func fake(count *int) Runner {
	return func(_ context.Context, s *scenario.Scenario, seed uint64) (*scenario.Result, error) {
		*count++
		return result(s, seed, fmt.Sprint("hash of ", seed)), nil
	}
}

func result(s *scenario.Scenario, seed uint64, frames string) *scenario.Result {
	return &scenario.Result{Scenario: s.Name, Hash: s.Hash(), Version: "v1", Seed: seed, FrameHash: frames,
		Pools: []scenario.PoolResult{{Host: "device", LowestHolders: []scenario.Holder{{Name: "driver", Packets: 3}}}}, Failures: []scenario.Failure{}}
}

func header(s *scenario.Scenario, shard Shard) Header {
	return Header{Command: "run", File: "test.yaml", Source: text, Hash: s.Hash(), Version: "v1", First: 1, Seeds: 10, Shard: shard}
}

// runShard runs the seeds of a shard into a file and returns how many were really run.
func runShard(t testing.TB, s *scenario.Scenario, path string, shard Shard) int {
	t.Helper()
	store, err := Open(path, header(s, shard))
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	if _, err := Run(t.Context(), s, shard.Seeds(Seeds(1, 10)), 1, store.Runner(fake(&count)), nil); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return count
}

// TestShards checks that shards are a partition of the seeds.
func TestShards(t *testing.T) {
	seeds := Seeds(1, 23)
	for of := 1; of <= 25; of++ {
		var all []uint64
		for k := 1; k <= of; k++ {
			all = append(all, Shard{k, of}.Seeds(seeds)...)
		}
		slices.Sort(all)
		if diff := cmp.Diff(seeds, all); diff != "" {
			t.Errorf("%d shards: -want +got:\n%s", of, diff)
		}
	}
}

func TestParseShard(t *testing.T) {
	for _, tc := range []struct {
		text string
		want Shard
		err  string
	}{
		{"1/1", Shard{1, 1}, ""},
		{"3/8", Shard{3, 8}, ""},
		{"0/8", Shard{}, `"0/8" is no shard: want k/n with k from 1 to n, such as 2/8`},
		{"9/8", Shard{}, `"9/8" is no shard: want k/n with k from 1 to n, such as 2/8`},
		{"2", Shard{}, `"2" is no shard: want k/n with k from 1 to n, such as 2/8`},
		{"a/b", Shard{}, `"a/b" is no shard: want k/n with k from 1 to n, such as 2/8`},
	} {
		got, err := ParseShard(tc.text)
		if got != tc.want || err == nil != (tc.err == "") || err != nil && err.Error() != tc.err {
			t.Errorf("%s: %v, %v", tc.text, got, err)
		}
	}
}

// TestMergeIsWhole joins shards, one of them twice, in any order, and gets the results of a single machine.
func TestMergeIsWhole(t *testing.T) {
	s, dir := load(t), t.TempDir()
	one := filepath.Join(dir, "one.jsonl")
	runShard(t, s, one, Shard{})
	paths := []string{}
	for k := 1; k <= 3; k++ {
		paths = append(paths, filepath.Join(dir, fmt.Sprint(k)))
		runShard(t, s, paths[k-1], Shard{k, 3})
	}
	again := filepath.Join(dir, "again")
	runShard(t, s, again, Shard{2, 3})
	paths = append(paths, again)
	whole := results(t, one)
	random := rand.New(rand.NewPCG(1, 2))
	for range 10 {
		random.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
		if diff := cmp.Diff(whole, results(t, paths...)); diff != "" {
			t.Fatalf("%v: -one machine +shards:\n%s", paths, diff)
		}
	}
	if store, err := Read(paths[0]); err != nil {
		t.Error(err)
	} else if _, missing, _ := store.Results(Seeds(1, 10)); len(missing) == 0 {
		t.Error("one shard of three misses nothing")
	}
}

// results are those of a sweep in files.
func results(t *testing.T, paths ...string) []*scenario.Result {
	t.Helper()
	store, err := Read(paths...)
	if err != nil {
		t.Fatal(err)
	}
	list, missing, err := store.Results(Seeds(1, 10))
	if err != nil || missing != nil {
		t.Fatalf("missing %v, %v", missing, err)
	}
	return list
}

// TestResume kills a sweep after every byte of its file, and takes it up again.
func TestResume(t *testing.T) {
	s, dir := load(t), t.TempDir()
	path := filepath.Join(dir, "whole")
	runShard(t, s, path, Shard{})
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(dir, "cut")
	for n := 0; n <= len(whole); n += 37 {
		if err := os.WriteFile(cut, whole[:n], 0o666); err != nil {
			t.Fatal(err)
		}
		lines := bytes.Count(whole[:n], []byte("\n"))
		if got, want := runShard(t, s, cut, Shard{}), 10-max(lines-1, 0); got != want {
			t.Fatalf("after %d bytes, %d lines: %d runs, want %d", n, lines, got, want)
		}
		if got, _ := os.ReadFile(cut); !bytes.Equal(got, whole) {
			t.Fatalf("after %d bytes the file differs", n)
		}
	}
}

// TestReadErrors checks which files cannot be joined, and that messages name them.
func TestReadErrors(t *testing.T) {
	s, dir := load(t), t.TempDir()
	write := func(name string, h Header, list ...*scenario.Result) string {
		path := filepath.Join(dir, name)
		store, err := Open(path, h)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			if err := store.put(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		return name
	}
	write("a", header(s, Shard{1, 2}), result(s, 1, "x"))
	write("b", header(s, Shard{2, 2}), result(s, 1, "y"))
	newer, other, flags := header(s, Shard{2, 2}), header(s, Shard{2, 2}), header(s, Shard{2, 2})
	newer.Version, other.Hash, flags.Seeds = "v2", "0", 11
	write("newer", newer)
	write("other", other)
	write("flags", flags)
	data, err := os.ReadFile(filepath.Join(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	raw := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	raw("empty", "{\"torn")
	raw("foreign", "{\"log\": 1}\n")
	raw("bad", string(data)+"{\"seed\": \"one\"}\n")
	raw("twice", string(data)+strings.Replace(strings.SplitAfter(string(data), "\n")[1], `"x"`, `"z"`, 1))
	t.Chdir(dir)
	for _, tc := range []struct {
		files string
		want  string
	}{
		{"a b", fmt.Sprintf("a and b: different results of scenario %s, seed 1, version v1", s.Hash())},
		{"a newer", "a and newer: made by version v1 and by version v2"},
		{"a other", fmt.Sprintf("a and other: scenario %s and scenario 0", s.Hash())},
		{"a flags", "a and flags: made with different flags"},
		{"empty", "empty: is empty"},
		{"foreign", `foreign:1: this is no result file: want a first line with "format": "netxsim results 1"`},
		{"bad", "bad:3: this is no result: json: cannot unmarshal string into Go struct field Result.seed of type uint64"},
		{"twice", fmt.Sprintf("twice:3: conflicts with an earlier line of the file about scenario %s, seed 1", s.Hash())},
		{"", "no result file"},
	} {
		_, err := Read(strings.Fields(tc.files)...)
		if err == nil || err.Error() != tc.want {
			t.Errorf("%s: error %v, want %s", tc.files, err, tc.want)
		}
	}
	if _, err := Open("a", header(s, Shard{2, 2})); err == nil {
		t.Error("a shard goes on with the file of another")
	}
}

// TestRunErrors checks that the first error ends a sweep and that an interrupted one keeps what it has.
func TestRunErrors(t *testing.T) {
	s := load(t)
	fails := func(_ context.Context, s *scenario.Scenario, seed uint64) (*scenario.Result, error) {
		if seed == 3 {
			return nil, errors.New("no mailbox")
		}
		return result(s, seed, ""), nil
	}
	if _, err := Run(t.Context(), s, Seeds(1, 9), 1, fails, nil); err == nil || err.Error() != "seed 3: no mailbox" {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	count := 0
	list, err := Run(ctx, s, Seeds(1, 9), 1, fake(&count), func(done, total int) {
		if done == 4 {
			cancel(enough)
		}
	})
	if err != enough || list[3] == nil || list[4] != nil {
		t.Errorf("interrupted: %v, %v", list, err)
	}
}

// FuzzParse reads result files of any bytes: what is accepted is read back the same.
func FuzzParse(f *testing.F) {
	s := load(f)
	path := filepath.Join(f.TempDir(), "a")
	runShard(f, s, path, Shard{})
	data, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("{}\n"))
	f.Add([]byte("{\"format\":\"netxsim results 1\"}\n{\"seed\":1}\n{\"seed\":1}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parse("file", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "file:") {
				t.Fatalf("no position: %v", err)
			}
			return
		}
		for _, k := range c.keys() {
			again := &contents{lines: map[Key][]byte{}}
			if err := again.add(c.lines[k]); err != nil || !bytes.Equal(again.lines[k], c.lines[k]) {
				t.Fatalf("%s: %v", c.lines[k], err)
			}
		}
	})
}
