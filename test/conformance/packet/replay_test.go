package packet_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"netxsim/test/conformance/packet"
	"netxsim/test/inventory/shared"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRecordedVectors(t *testing.T) {
	dir, ok := shared.Dir("conformance/packet")
	if !ok {
		t.Skip("no shared folder beside the repository")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { replayFile(t, file) })
	}
}

func replayFile(t *testing.T, file string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	passed, failed := 0, 0
	for n := 1; lines.Scan(); n++ {
		diff, skip := packet.Replay(lines.Bytes())
		if diff == "" && skip == "" {
			passed++
			continue
		}
		failed++
		if failed <= 10 {
			t.Errorf("line %d: %s%s\n%.300s", n, diff, skip, lines.Text())
		}
	}
	t.Logf("%d passed, %d failed", passed, failed)
}

const vector = `{"suite":"packet","name":"x/1","profile":"ilp32","steps":[` +
	`{"op":"pool_create","in":{"pool":0,"payload":64,"memory":124},` +
	`"out":{"status":0,"total":1,"payload_size":64,"available":1,"pad":0,"size":124}},` +
	`{"op":"allocate","in":{"pool":0,"pkt":0,"type":"IGMP"},` +
	`"out":{"status":0,"block":0,"pkt":{"length":0,"headroom":36,"room":28,"chain":[0]},"pools":[{"id":0,"available":0}]}}]}`

func TestReplay(t *testing.T) {
	tests := []struct {
		name, from, to string
		diff, skip     string // a part of what is wanted
	}{
		{name: "agrees"},
		{name: "differs", from: `"headroom":36`, to: `"headroom":40`, diff: "step 1 allocate (-recorded +model)"},
		{name: "misses a field", from: `"block":0,`, diff: `"block":`},
		{name: "waits for ever", from: `"op":"allocate","in":{`, to: `"op":"join","in":{"thread":9,`, diff: "the run failed at step 1"},
		{name: "fails before threads run", from: `"op":"pool_create",`, to: `"op":"write","ctx":"init",`, diff: "the run failed at step 0"},
		{name: "no JSON", from: `{"suite"`, to: `"suite"`, skip: "not a packet vector"},
		{name: "other suite", from: `"packet"`, to: `"pop3"`, skip: `suite "pop3" is not packet`},
		{name: "unknown profile", from: "ilp32", to: "ilp64", skip: `unknown profile "ilp64"`},
		{name: "unknown op", from: `"allocate"`, to: `"steal"`, skip: `unknown op "steal"`},
		{name: "unknown argument", from: `"pkt":0`, to: `"pkd":0`, skip: "unknown field"},
		{name: "too many handles", from: `"pkt":0`, to: `"pkt":40`, skip: "there are 40 handles"},
		{name: "too many pools", from: `"pool":0,"pkt"`, to: `"pool":8,"pkt"`, skip: "there are 8 pools"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			diff, skip := packet.Replay([]byte(strings.Replace(vector, test.from, test.to, 1)))
			// cmp.Diff writes some spaces as no-break spaces, by chance.
			diff = strings.ReplaceAll(diff, "\u00a0", " ")
			if (diff == "") != (test.diff == "") || !strings.Contains(diff, test.diff) {
				t.Errorf("diff %q, want %q", diff, test.diff)
			}
			if (skip == "") != (test.skip == "") || !strings.Contains(skip, test.skip) {
				t.Errorf("skip %q, want %q", skip, test.skip)
			}
		})
	}
}

func FuzzReplay(f *testing.F) {
	f.Add([]byte(vector))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		packet.Replay(raw) // must come back, whatever the line holds
	})
}
