package port

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"modernc.org/cc/v4"
)

// A tokenKind says what a token is.
type tokenKind uint8

const (
	punctuation tokenKind = iota
	identifier
	number
	text // a string or character constant
)

// A token is a preprocessing token of C: comments are gone, lines joined, macros not expanded.
type token struct {
	kind tokenKind
	text string
	line int
	ends int // of an opening parenthesis: how many tokens on it is closed, 0 if nowhere
}

// is reports whether the token is the given punctuation or word.
func (t token) is(text string) bool { return t.text == text && t.kind != number }

// maxSource is the size of a source, in bytes, that is certainly no C file.
const maxSource = 4 << 20

// maxOpenQuotes is how many constants without an end are put up with, in text that no compiler looks at.
const maxOpenQuotes = 20

// prefix stands in front of every line that the tokenizer gets: so all of them are pragmas, which it hands over as they
// are, whatever the conditions around them say and whether or not headers and macros are known.
const prefix = "#pragma _ "

// tokenize returns the tokens of a source by logical line. An error names the place.
func tokenize(name string, source []byte) ([][]token, error) {
	switch {
	case len(source) > maxSource:
		return nil, fmt.Errorf("%s: %d bytes are no C source", name, len(source))
	case bytes.IndexByte(source, 0) >= 0:
		return nil, fmt.Errorf("%s:%d: a zero byte: this is no C source", name, 1+bytes.Count(source[:bytes.IndexByte(source, 0)], []byte("\n")))
	}
	physical := strings.SplitAfter(strings.TrimPrefix(string(source), "\ufeff"), "\n")
	var open []int
	for {
		lines, err := preprocess(physical)
		if err == nil {
			return lines, checkQuotes(name, lines, open)
		}
		line, column, message := place(err)
		if line < 1 || line > len(physical) || !strings.Contains(message, "constant not terminated") && !strings.Contains(message, "literal not terminated") {
			return nil, fmt.Errorf("%s:%d: %s", name, line, message)
		}
		if len(open) == maxOpenQuotes {
			return nil, fmt.Errorf("%s:%d: %s, and %d more like it before", name, line, message, maxOpenQuotes)
		}
		open = append(open, line)
		column = max(column-1-prefixOn(physical, line), 0)
		physical[line-1] = physical[line-1][:min(column, len(physical[line-1]))] + "\n"
	}
}

// preprocess has the tokenizer read the lines.
func preprocess(physical []string) (lines [][]token, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("source:%d:1: the tokenizer gave up: %v", lineOf(lines), v)
		}
	}()
	var b strings.Builder
	for i, line := range physical {
		b.WriteString(prefix[:prefixOn(physical, i+1)])
		b.WriteString(tidyContinuation(line))
	}
	b.WriteString("\n") // the library does not come to an end behind a last line that is to be continued
	config := &cc.Config{PragmaHandler: func(tokens []cc.Token) error {
		line := make([]token, 0, len(tokens))
		for _, t := range tokens[1:] {
			line = append(line, token{kind: kindOf(t), text: t.SrcStr(), line: t.Position().Line})
		}
		if len(line) > 0 {
			lines = append(lines, line)
		}
		return nil
	}}
	err = cc.Preprocess(config, []cc.Source{{Name: "source", Value: b.String()}}, io.Discard)
	return lines, err
}

func lineOf(lines [][]token) int {
	if len(lines) == 0 {
		return 1
	}
	return lines[len(lines)-1][0].line
}

// prefixOn is the length of the prefix of a line, which is 0 where the line before goes on.
func prefixOn(physical []string, line int) int {
	if line > 1 && strings.HasSuffix(strings.TrimRight(physical[line-2], " \t\r\n"), `\`) {
		return 0
	}
	return len(prefix)
}

// tidyContinuation drops what compilers forgive: blanks between a line's backslash and its end.
func tidyContinuation(line string) string {
	if trimmed := strings.TrimRight(line, " \t\r\n"); strings.HasSuffix(trimmed, `\`) && strings.HasSuffix(line, "\n") {
		return trimmed + "\n"
	}
	return line
}

// kindOf says what a token of the library is, by its first character.
func kindOf(t cc.Token) tokenKind {
	src := t.SrcStr()
	switch {
	case strings.HasSuffix(src, `"`) || strings.HasSuffix(src, `'`):
		return text
	case t.Ch == rune(cc.PPNUMBER):
		return number
	case t.Ch == rune(cc.IDENTIFIER):
		return identifier
	}
	return punctuation
}

var placed = regexp.MustCompile(`source:(\d+):(\d+): (.*)`)

// place takes the library's message apart.
func place(err error) (line, column int, message string) {
	m := placed.FindStringSubmatch(err.Error())
	if m == nil {
		return 0, 0, err.Error()
	}
	line, _ = strconv.Atoi(m[1])
	column, _ = strconv.Atoi(m[2])
	return line, column, m[3]
}

// checkQuotes refuses a constant without an end where a compiler would: not in a directive, such as #error, and not
// between #if 0 and its #endif.
func checkQuotes(name string, lines [][]token, open []int) error {
	if len(open) == 0 {
		return nil
	}
	code, err := divide(name, lines)
	if err != nil {
		return err
	}
	slices.Sort(open)
	for _, line := range open {
		if slices.ContainsFunc(code.code, func(t token) bool { return t.line == line }) || !code.skips(line) {
			return fmt.Errorf("%s:%d: a string or character constant does not end", name, line)
		}
	}
	return nil
}
