package port

import "slices"

// A source is a C file, taken apart.
type source struct {
	name  string
	lines int // of text
	parts *parts
}

// read takes a C file apart. An error names the place.
func read(name string, data []byte) (*source, error) {
	lines, err := tokenize(name, data)
	if err != nil {
		return nil, err
	}
	p, err := divide(name, lines)
	if err != nil {
		return nil, err
	}
	return &source{name: name, lines: countLines(data), parts: p}, nil
}

func countLines(data []byte) int {
	n := 0
	for _, b := range data {
		if b == '\n' {
			n++
		}
	}
	if len(data) > 0 && data[len(data)-1] != '\n' {
		n++
	}
	return n
}

// sequences are all tokens that stand for code: that of the file and the texts of its macros.
func (s *source) sequences() [][]token {
	return append([][]token{s.parts.code}, s.parts.macros...)
}

// codeLines counts the lines on which code stands.
func (s *source) codeLines() int {
	lines := map[int]bool{}
	for _, sequence := range s.sequences() {
		for _, t := range sequence {
			lines[t.line] = true
		}
	}
	return len(lines)
}

// own collects the names that the source defines itself.
func (s *source) own(names set) {
	for _, t := range s.parts.defined {
		names[t.text] = true
	}
	code := s.parts.code
	for i, t := range code {
		switch {
		case t.kind != identifier:
		case t.text == "typedef":
			typedefNames(code[i+1:], names)
		case t.text == "enum":
			enumNames(code[i+1:], names)
		case at(code, i+1).is("{") && slices.Contains([]string{"struct", "union", "enum"}, at(code, i-1).text):
			names[t.text] = true
		case at(code, i+1).is("(") && definesFunction(code, i):
			names[t.text] = true
		case declaresVariable(code, i):
			names[t.text] = true
			moreVariables(code[i+1:], names)
		}
	}
}

// at is a token, or an empty one outside the list.
func at(list []token, i int) token {
	if i < 0 || i >= len(list) {
		return token{}
	}
	return list[i]
}

// typedefNames notes the name that a typedef ends in: in front of its semicolon, or in (*name).
func typedefNames(rest []token, names set) {
	depth := 0
	for i, t := range rest {
		switch {
		case t.is("{"):
			depth++
		case t.is("}"):
			depth--
		case depth == 0 && t.is("(") && at(rest, i+1).is("*"):
			names[at(rest, i+2).text] = true
		case depth == 0 && t.is(";"):
			names[at(rest, i-1).text] = true
			return
		}
		if depth < 0 || t.text == "typedef" {
			return
		}
	}
}

// enumNames notes the constants of an enumeration.
func enumNames(rest []token, names set) {
	i := 0
	if at(rest, i).kind == identifier {
		i++
	}
	if !at(rest, i).is("{") {
		return
	}
	for first := i; i < len(rest) && !rest[i].is("}") && (i == first || !rest[i].is("{")); i++ {
		if (rest[i].is("{") || rest[i].is(",")) && at(rest, i+1).kind == identifier {
			names[rest[i+1].text] = true
		}
	}
}

// definesFunction reports whether the name at i, in front of a parenthesis, is that of a function with a body, or of a
// static one.
func definesFunction(code []token, i int) bool {
	end := closing(code, i+1)
	if end < 0 {
		return false
	}
	if at(code, end+1).is("{") {
		return true
	}
	if !at(code, end+1).is(";") {
		return false
	}
	for j := i - 1; j >= 0 && (code[j].kind == identifier || code[j].is("*")); j-- {
		if code[j].is("static") {
			return true
		}
	}
	return false
}

// closing is where the parenthesis at i ends, -1 if nowhere.
func closing(code []token, i int) int {
	if n := at(code, i).ends; n > 0 && i+n < len(code) {
		return i + n
	}
	return -1
}

var (
	notTypes = []string{"return", "sizeof", "else", "case", "goto", "do", "defined", "typedef", "struct", "union", "enum", "extern", "static"}
	baseType = []string{"int", "char", "void", "short", "long", "unsigned", "signed", "float", "double",
		"UINT", "ULONG", "UCHAR", "CHAR", "VOID", "USHORT", "INT", "LONG", "SHORT", "ULONG64"}
)

// declaresVariable reports whether the name at i is that of a variable, parameter or member in its declaration: behind
// a type, and in front of what may follow there.
func declaresVariable(code []token, i int) bool {
	if next := at(code, i+1); !slices.ContainsFunc([]string{";", "=", ",", "[", ")"}, next.is) {
		return false
	}
	j := i - 1
	for at(code, j).is("*") {
		j--
	}
	of := at(code, j)
	switch {
	case of.kind != identifier || slices.Contains(notTypes, of.text):
		return false
	case j == i-1:
		return !at(code, j-1).is("->") && !at(code, j-1).is(".") // two names side by side
	case slices.Contains(baseType, of.text) || slices.ContainsFunc([]string{"struct", "union", "enum"}, at(code, j-1).is):
		return true
	}
	_, isType := known().types[of.text]
	return isType
}

// longestList is how many tokens a list of variables may have.
const longestList = 500

// moreVariables notes the variables that a declaration has behind its first one, if it is a statement and not a parameter.
func moreVariables(rest []token, names set) {
	var found []string
	depth := 0
	for j, t := range rest[:min(len(rest), longestList)] {
		switch {
		case t.is("(") || t.is("[") || t.is("{"):
			depth++
		case t.is(")") || t.is("]") || t.is("}"):
			depth--
		case depth == 0 && t.is(";"):
			for _, name := range found {
				names[name] = true
			}
			return
		case depth == 0 && t.is(","):
			k := j + 1
			for at(rest, k).is("*") {
				k++
			}
			if at(rest, k).kind == identifier {
				found = append(found, rest[k].text)
			}
		}
		if depth < 0 {
			return
		}
	}
}
