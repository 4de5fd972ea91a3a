package pop3client

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestConformanceTable checks that every row of the table in the package
// comment names a test, or a dialogue, that exists.
func TestConformanceTable(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	names, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(text)
	}
	row := regexp.MustCompile(`(?m)^\tsection (\d), (.*?)  +(\S+)$`)
	rows := row.FindAllStringSubmatch(file.Doc.Text(), -1)
	if got := strings.Count(file.Doc.Text(), "\n\tsection "); got != len(rows) || got < 30 {
		t.Errorf("%d rows, %d of them understood", got, len(rows))
	}
	for _, r := range rows {
		test, dialogue, _ := strings.Cut(r[3], "/")
		if !strings.Contains(tests.String(), "\nfunc "+test+"(t *testing.T)") {
			t.Errorf("section %s, %s: no test %s", r[1], r[2], test)
		}
		if _, err := os.Stat("testdata/dialogues/" + dialogue + ".txt"); dialogue != "" && err != nil {
			t.Errorf("section %s, %s: %v", r[1], r[2], err)
		}
	}
}

// TestCommandLines checks every command byte for byte.
func TestCommandLines(t *testing.T) {
	b := newBench(t, 1536, 8, on("accept", "+OK\r\n"))
	for _, command := range []string{"USER", "PASS", "STAT", "LIST", "NOOP", "RSET", "UIDL", "TOP", "DELE", "QUIT"} {
		b.server.answers = append(b.server.answers, on(command, "+OK 1 1 1\r\n"))
	}
	if err := b.create(Config{User: "mrose", Password: " two words ", Fixes: AllFixes}); err != nil {
		t.Fatal(err)
	}
	b.MailItems()
	b.MailItemSize(1)
	b.Noop()
	b.Reset()
	b.UniqueID(1)
	b.MailItemDelete(1)
	b.Top(1, 10)
	b.server.queue = segments(".\r\n")
	b.Quit()
	want := []string{"USER mrose", "PASS  two words ", "STAT", "LIST 1", "NOOP", "RSET", "UIDL 1", "DELE 1", "TOP 1 10", "QUIT"}
	if diff := cmp.Diff(want, b.server.sent); diff != "" {
		t.Error(diff)
	}
}

// TestQuitWithoutLogin ends a session that was never logged in.
func TestQuitWithoutLogin(t *testing.T) {
	b := newBench(t, 1536, 8, on("accept", "+OK\r\n"), on("QUIT", "+OK\r\n"))
	if err := b.create(Config{NoLogin: true, Fixes: AllFixes}); err != nil {
		t.Fatal(err)
	}
	if err := b.Quit(); err != nil || b.server.connected || len(b.server.sent) != 1 {
		t.Errorf("%v, sent %q", err, b.server.sent)
	}
}
