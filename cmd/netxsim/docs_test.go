package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	yaml "github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"netxsim/cmd/netxsim/internal/cli"
)

var update = flag.Bool("update", false, "write what the commands print into the documents")

// examples is the folder of the worked examples.
var examples = filepath.Join("..", "..", "sim", "sizing", "examples")

// TestWorkedExamples runs the commands in the console blocks of the worked examples and compares what they print.
func TestWorkedExamples(t *testing.T) {
	t.Chdir(examples)
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?ms)^```console\n\\$ netxsim ([^\n]*)\n(.*?)^```$")
	count := 0
	got := blocks.ReplaceAllFunc(text, func(block []byte) []byte {
		count++
		part := blocks.FindSubmatch(block)
		var out, stderr bytes.Buffer
		if status := app().Main(cli.Streams{Out: &out, Err: &stderr}, strings.Fields(string(part[1]))); status > cli.StatusFailed || stderr.Len() > 0 {
			t.Errorf("netxsim %s: status %d\n%s", part[1], status, &stderr)
		}
		return []byte("```console\n$ netxsim " + string(part[1]) + "\n" + out.String() + "```")
	})
	if count < 5 {
		t.Errorf("%d commands", count)
	}
	if *update {
		if err := os.WriteFile("README.md", got, 0o666); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(string(text), string(got)); diff != "" {
		t.Errorf("README.md of the examples; run with -update to accept: -document +run:\n%s", diff)
	}
}

// TestManifests reads the manifest of the cluster job and the CI matrix, and has the commands in them parsed.
func TestManifests(t *testing.T) {
	for file, want := range map[string][]string{
		"job.yaml": {"run", "merge"},
		"ci.yaml":  {"size", "merge"},
	} {
		data, err := os.ReadFile(filepath.Join(examples, file))
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for document := range strings.SplitSeq(string(data), "\n---\n") {
			var parsed map[string]any
			if err := yaml.UnmarshalWithOptions([]byte(document), &parsed, yaml.Strict()); err != nil {
				t.Errorf("%s: %v", file, err)
			}
			if strings.HasPrefix(file, "job") && (parsed["apiVersion"] != "batch/v1" || parsed["kind"] != "Job" || parsed["spec"] == nil) {
				t.Errorf("%s: no Job: %v", file, parsed)
			}
			lines = append(lines, commandLines(parsed)...)
		}
		var names []string
		for _, line := range lines {
			names = append(names, checkCommand(t, file, line))
		}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("%s: commands: -want +got:\n%s", file, diff)
		}
	}
}

// commandLines are the strings in v, at any depth and in a fixed order, that call netxsim, up to its arguments.
func commandLines(v any) []string {
	var list []string
	switch v := v.(type) {
	case string:
		if _, line, ok := strings.Cut(v, "netxsim "); ok && !strings.HasPrefix(v, "netxsim:") {
			list = append(list, line)
		}
	case []any:
		for _, item := range v {
			list = append(list, commandLines(item)...)
		}
	case map[string]any:
		for _, k := range []string{"jobs", "shard", "advice", "steps", "run", "spec", "template", "containers", "args"} {
			list = append(list, commandLines(v[k])...)
		}
	}
	return list
}

// checkCommand has a command line parsed, with numbers in place of the shell's and the CI's variables, and returns the name
// of its command.
func checkCommand(t *testing.T, file, line string) string {
	t.Helper()
	variables := regexp.MustCompile(`\$\(\(.*?\)\)|\$\{\{.*?\}\}|\$[A-Z_]+`)
	fields := strings.Fields(variables.ReplaceAllString(line, "1"))
	if len(fields) == 0 {
		t.Errorf("%s: no command in %q", file, line)
		return ""
	}
	for _, c := range app().Commands {
		if c.Name != fields[0] {
			continue
		}
		flags := flag.NewFlagSet(c.Name, flag.ContinueOnError)
		c.Setup(flags)
		for args := fields[1:]; len(args) > 0; {
			if err := flags.Parse(args); err != nil {
				t.Errorf("%s: netxsim %s: %v", file, line, err)
			}
			if args = flags.Args(); len(args) > 0 {
				args = args[1:] // a file
			}
		}
		return c.Name
	}
	t.Errorf("%s: no command %q", file, fields[0])
	return fields[0]
}
