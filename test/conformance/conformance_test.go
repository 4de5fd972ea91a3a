package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func vector(suite, profile, name string) string {
	return fmt.Sprintf(`{"suite":%q,"profile":%q,"name":%q,"steps":[]}`, suite, profile, name)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "b.jsonl"), vector("packet", "lp64", "f/1")+"\n\n"+vector("packet", "lp64", "f/2"))
	write(t, filepath.Join(dir, "a", "deep.jsonl"), vector("pop3", "ilp32", "g/1")+"\r\n")
	write(t, filepath.Join(dir, "a", "notes.md"), "no vector")
	write(t, filepath.Join(dir, "named.txt"), vector("socket", "lp64-ext", "h"))

	cases, err := Load(dir, filepath.Join(dir, "named.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range cases {
		source, _ := filepath.Rel(dir, c.Source())
		got = append(got, strings.Join([]string{c.Suite, c.Profile, c.Family(), c.Name, filepath.ToSlash(source)}, " "))
	}
	want := []string{
		"pop3 ilp32 g g/1 a/deep.jsonl:1",
		"packet lp64 f f/1 b.jsonl:1",
		"packet lp64 f f/2 b.jsonl:3",
		"socket lp64-ext h h named.txt:1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestLoadErrors(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "empty", "x.txt"), "")
	good := vector("packet", "lp64", "f/1") + "\n"
	for name, tc := range map[string]struct{ text, want string }{
		"json":    {good + "{\"suite\":", "DIR/json.jsonl:2: not a vector: unexpected end of JSON input"},
		"suite":   {`{"profile":"lp64","name":"f/1"}`, `DIR/suite.jsonl:1: not a vector: no "suite"`},
		"profile": {good + "\n" + `{"suite":"packet","name":"f/1"}`, `DIR/profile.jsonl:3: not a vector: no "profile"`},
		"name":    {`{"suite":"packet","profile":"lp64"}`, `DIR/name.jsonl:1: not a vector: no "name"`},
		"list":    {`[]`, "DIR/list.jsonl:1: not a vector: json: cannot unmarshal array into Go value of type struct { Suite string; Name string; Profile string }"},
	} {
		path := filepath.Join(dir, name+".jsonl")
		write(t, path, tc.text)
		checkError(t, dir, path, tc.want)
	}
	checkError(t, dir, filepath.Join(dir, "none"), "stat DIR/none: no such file or directory")
	checkError(t, dir, filepath.Join(dir, "empty"), "DIR/empty: no *.jsonl file in it or below it")
}

func checkError(t *testing.T, dir, path, want string) {
	t.Helper()
	_, err := Load(path)
	if err == nil {
		t.Errorf("%s: no error", path)
		return
	}
	if got := strings.ReplaceAll(err.Error(), dir, "DIR"); got != want {
		t.Errorf("error\n got %s\nwant %s", got, want)
	}
}

// TestRun checks every way in which a vector can end, and that results come in the order of the cases.
func TestRun(t *testing.T) {
	var cases []Case
	for _, name := range []string{"pass", "differ", "skip", "panic", "exit", "hang", "pass"} {
		cases = append(cases, Case{Suite: "packet", Profile: "lp64", Name: name + "/1", File: "f", Line: len(cases) + 1, Raw: []byte(name)})
	}
	cases = append(cases, Case{Suite: "other", Profile: "lp64", Name: "x", File: "f", Line: 8})
	hang := make(chan struct{})
	defer close(hang)
	replay := func(raw []byte) (string, string) {
		switch string(raw) {
		case "differ":
			return "- 1\n+ 2\n", ""
		case "skip":
			return "", "no such service"
		case "panic":
			panic("broken model")
		case "exit":
			runtime.Goexit()
		case "hang":
			<-hang
		}
		return "", ""
	}
	calls := 0
	results := Run(cases, Options{
		Replayers: map[string]Replayer{"packet": replay},
		Limit:     100 * time.Millisecond,
		Progress:  func(done, total int) { calls += done * 100 / done / total },
	})
	var got []string
	for _, r := range results {
		reason, _, _ := strings.Cut(r.Reason, "\n")
		got = append(got, fmt.Sprintf("%s %v %q %q", r.Source, r.Verdict, reason, r.Diff))
	}
	want := []string{
		`f:1 passed "" ""`,
		`f:2 failed "" "- 1\n+ 2\n"`,
		`f:3 skipped "no such service" ""`,
		`f:4 failed "panic: broken model" ""`,
		`f:5 failed "the replayer ended its goroutine without returning" ""`,
		`f:6 failed "still running after 100ms of wall time; left behind" ""`,
		`f:7 passed "" ""`,
		`f:8 skipped "the model has no other replayer yet" ""`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !strings.Contains(results[3].Reason, "conformance_test.go") {
		t.Errorf("no stack of the replayer in %q", results[3].Reason)
	}
	if calls != 8*(100/8) {
		t.Errorf("progress was not reported once for each case: %d", calls)
	}
}

func TestUnaccounted(t *testing.T) {
	results := []Result{
		{Suite: "packet", Profile: "lp64", Family: "f", Name: "f/1", Source: "p:1", Verdict: Passed},
		{Suite: "packet", Profile: "lp64", Family: "f", Name: "f/2", Source: "p:2", Verdict: Failed, Diff: "- 1\n+ 2"},
		{Suite: "packet", Profile: "lp64", Family: "g", Name: "g/1", Source: "p:3", Verdict: Skipped, Reason: "no VLAN"},
	}
	for _, tc := range []struct {
		name, known, skips string
		want               []string
	}{
		{"all listed", "# why\n\npacket lp64 f/2  off by one, on purpose", "packet * g  no VLAN", nil},
		{"nothing listed", "", "", []string{
			"packet lp64 f/2 failed (p:2):\n- 1\n+ 2",
			"packet lp64 g/1 skipped, and skips.txt does not list the family g: no VLAN",
		}},
		{"passes though listed", "packet lp64 f/1  x\npacket lp64 f/2  x", "packet * *  x", []string{
			"known.txt:1: packet lp64 f/1 no longer happens: take the line out",
		}},
		{"runs though listed", "packet lp64 f/2  x", "packet lp64 f  x\npacket lp64 g  x", []string{
			"skips.txt:1: packet lp64 f no longer happens: take the line out",
		}},
	} {
		got, err := unaccounted(results, tc.known, tc.skips)
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tc.name, diff)
		}
	}
	_, err := unaccounted(results, "", "packet lp64 g\n")
	if want := `skips.txt:1: want suite, profile, name and a reason: "packet lp64 g"`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestEmbedded checks that the archive is complete, that names are unique, and that packing it again changes nothing.
func TestEmbedded(t *testing.T) {
	cases, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	suites := map[string]int{}
	for _, c := range cases {
		id := c.Suite + " " + c.Profile + " " + c.Name
		if other := seen[id]; other != "" {
			t.Errorf("%s: %s is at %s too", c.Source(), id, other)
		}
		seen[id] = c.Source()
		suites[c.Suite]++
	}
	for _, suite := range []string{"packet", "pop3", "threadx", "socket"} {
		if suites[suite] == 0 {
			t.Errorf("no vectors of suite %s", suite)
		}
	}
	files, err := EmbeddedFiles()
	if err != nil {
		t.Fatal(err)
	}
	packed, err := Pack(files)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Unpack(packed)
	if err != nil {
		t.Fatal(err)
	}
	if names := Differences(files, again); len(names) > 0 {
		t.Errorf("packing changed %v", names)
	}
}

func TestDifferences(t *testing.T) {
	a := []File{{"same", []byte("1")}, {"changed", []byte("1")}, {"only a", nil}}
	b := []File{{"same", []byte("1")}, {"changed", []byte("2")}, {"only b", nil}}
	if diff := cmp.Diff([]string{"changed", "only a", "only b"}, Differences(a, b)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// FuzzParse feeds lines that may be no vectors: each is an error or a case that stands where it was read.
func FuzzParse(f *testing.F) {
	f.Add([]byte(vector("packet", "lp64", "f/1") + "\n\n" + vector("pop3", "ilp32", "g")))
	f.Add([]byte("{}\n"))
	f.Add([]byte("[1]\r\n{\"suite\":\"x\",\"suite\":1}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		cases, err := parse(nil, "f", data)
		if err != nil && !strings.HasPrefix(err.Error(), "f:") {
			t.Errorf("error without a place: %v", err)
		}
		lines := strings.Split(string(data), "\n")
		for _, c := range cases {
			if want := strings.TrimSpace(lines[c.Line-1]); want != string(c.Raw) {
				t.Errorf("%s holds %q, not %q", c.Source(), want, c.Raw)
			}
			if c.Suite == "" || c.Profile == "" || c.Name == "" {
				t.Errorf("%s: a case without names: %+v", c.Source(), c)
			}
		}
	})
}
