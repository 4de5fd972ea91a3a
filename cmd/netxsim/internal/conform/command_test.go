package conform

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/test/conformance"
)

// TestReport runs vectors that pass, fail, skip and panic and compares all that the user sees.
func TestReport(t *testing.T) {
	replay := func(raw []byte) (diff, skip string) {
		switch text := string(raw); {
		case strings.Contains(text, "wrong"):
			return "step 2 release:\n- 18\n+ 0\n", ""
		case strings.Contains(text, "vlan"):
			return "", "no VLAN in this model"
		}
		return "", ""
	}
	app := cli.App{Name: "netxsim", Commands: []*cli.Command{command(map[string]conformance.Replayer{"packet": replay})}}
	for _, tc := range []struct {
		args   string
		status int
		want   string
	}{
		{"conform --diffs 1 testdata", 1, `FAILED packet ilp32 wrong/1 (testdata/a.jsonl:2)
    step 2 release:
    - 18
    + 0

1 more failed; -v shows all.

skipped 1 of packet lp64: no VLAN in this model

suite   profile  passed  failed  skipped
packet  ilp32         1       1        0
packet  lp64          1       1        1

2 passed, 2 failed, 1 skipped
`},
		{"conform -v --run ^release testdata", 0, `suite   profile  family   passed  failed  skipped
packet  ilp32    release       1       0        0
packet  lp64     release       1       0        0

2 passed, 0 failed, 0 skipped
`},
		{"conform --json --run wrong/1 testdata", 1, `{
 "counts": {
  "passed": 0,
  "failed": 1,
  "skipped": 0
 },
 "groups": [
  {
   "suite": "packet",
   "profile": "ilp32",
   "family": "wrong",
   "passed": 0,
   "failed": 1,
   "skipped": 0
  }
 ],
 "results": [
  {
   "suite": "packet",
   "profile": "ilp32",
   "family": "wrong",
   "name": "wrong/1",
   "source": "testdata/a.jsonl:2",
   "verdict": "failed",
   "diff": "step 2 release:\n- 18\n+ 0\n"
  }
 ]
}
`},
	} {
		var out, messages bytes.Buffer
		status := app.Main(cli.Streams{Out: &out, Err: &messages}, strings.Fields(tc.args))
		if status != tc.status || messages.Len() > 0 {
			t.Errorf("%s: status %d, want %d; stderr %q", tc.args, status, tc.status, messages.String())
		}
		if diff := cmp.Diff(tc.want, out.String()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tc.args, diff)
		}
	}
}
