package packet_test

import (
	"bufio"
	"os"
	"path/filepath"
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
