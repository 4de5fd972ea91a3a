package fault

import (
	"regexp"
	"strconv"
	"strings"
)

// GoSnippet returns a fault schedule as Go source, an expression for Replay's first argument:
//
//	fault.MustParse(
//		"lan client>server 17 drop",
//	)
func GoSnippet(list []FrameFault) string {
	if len(list) == 0 {
		return "fault.MustParse()\n" // not nil
	}
	var b strings.Builder
	b.WriteString("fault.MustParse(\n")
	for _, f := range list {
		b.WriteString("\t" + strconv.Quote(f.String()) + ",\n")
	}
	b.WriteString(")\n")
	return b.String()
}

// YAMLSnippet returns a fault schedule as the part of a scenario that replays it:
//
//	faults:
//	  - lan client>server 17 drop
func YAMLSnippet(list []FrameFault) string {
	if len(list) == 0 {
		return "faults: []\n"
	}
	var b strings.Builder
	b.WriteString("faults:\n")
	for _, f := range list {
		b.WriteString("  - " + yamlString(f.String()) + "\n")
	}
	return b.String()
}

// yamlPlain matches what YAML takes for a string as it stands: it begins with a letter, has nothing in it that means something, and
// a colon only inside a word.
var yamlPlain = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9_./+> µ-]|:[0-9a-f])*$`)

func yamlString(s string) string {
	if yamlPlain.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}
