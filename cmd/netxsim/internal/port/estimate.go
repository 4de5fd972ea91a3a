package port

// An Estimate says on how many lines a porter has something to do, by kind. A line of several kinds counts for each,
// and once in Touched.
type Estimate struct {
	Code      int `json:"code"`          // lines with code on them
	Touched   int `json:"touched"`       // lines of any kind below
	Calls     int `json:"calls"`         // a service is called: rename
	Results   int `json:"outParameters"` // a service stores something through a pointer: check the variable's type
	Callbacks int `json:"callbacks"`     // a function is handed over, or defined that is: its parameters
	Memory    int `json:"memory"`        // a memory area is handed over, or its pointer moved on: slices
	Fields    int `json:"fields"`        // a member of a packet, address or control block
	Types     int `json:"types"`         // declarations with types of the interface
	Constants int `json:"constants"`     // NX_NULL and TX_NULL, which become nil; others stay as they are
	Sizes     int `json:"sizeof"`        // sizeof, of which Go knows nothing like it
}

// An estimator goes through one source and collects lines.
type estimator struct {
	own       set
	lines     map[*int]map[int]bool
	estimate  Estimate
	handed    set // functions that are callbacks
	areas     set // variables that are memory areas
	sequences [][]token
}

// estimateOf is the estimate of a source.
func estimateOf(file *source, own set) Estimate {
	e := &estimator{own: own, lines: map[*int]map[int]bool{}, handed: set{}, areas: set{}, sequences: file.sequences()}
	for _, sequence := range e.sequences {
		for i := range sequence {
			e.token(sequence, i)
		}
	}
	for _, sequence := range e.sequences {
		for i := range sequence {
			e.again(sequence, i)
		}
	}
	touched := map[int]bool{}
	for count, lines := range e.lines {
		*count = len(lines)
		for line := range lines { // an order that does not show
			touched[line] = true
		}
	}
	e.estimate.Code, e.estimate.Touched = file.codeLines(), len(touched)
	return e.estimate
}

func (e *estimator) mark(count *int, line int) {
	if e.lines[count] == nil {
		e.lines[count] = map[int]bool{}
	}
	e.lines[count][line] = true
}

// token looks at what a name is by itself.
func (e *estimator) token(sequence []token, i int) {
	t := sequence[i]
	if t.is("sizeof") {
		e.mark(&e.estimate.Sizes, t.line)
	}
	if t.kind != identifier || e.own[t.text] || !interfaceName.MatchString(t.text) {
		return
	}
	switch {
	case at(sequence, i-1).is("->") || at(sequence, i-1).is("."):
		e.mark(&e.estimate.Fields, t.line)
	case t.text == "NX_NULL" || t.text == "TX_NULL":
		e.mark(&e.estimate.Constants, t.line)
	case isLower(t.text) && at(sequence, i+1).is("("):
		e.mark(&e.estimate.Calls, t.line)
		e.call(sequence, i)
	case known().types[t.text] != nil || standsAsType(sequence, i):
		e.mark(&e.estimate.Types, t.line)
	}
}

// call looks at the arguments of a service.
func (e *estimator) call(sequence []token, i int) {
	kinds := known().services[sequence[i].text]
	for n, argument := range arguments(sequence, i+1) {
		if n >= len(kinds) || len(argument) == 0 {
			continue
		}
		line := argument[0].line
		switch kinds[n] {
		case "out":
			e.mark(&e.estimate.Results, line)
		case "callback":
			e.mark(&e.estimate.Callbacks, line)
			e.handed[argument[len(argument)-1].text] = true
		case "memory":
			e.mark(&e.estimate.Memory, line)
			e.areas[argument[len(argument)-1].text] = true
		}
	}
}

// longestCall is how many tokens the arguments of a call may have.
const longestCall = 5000

// arguments splits what stands in the parenthesis at i.
func arguments(sequence []token, i int) [][]token {
	end := closing(sequence, i)
	if end < 0 || end-i > longestCall {
		return nil
	}
	var list [][]token
	depth, start := 0, i+1
	for j := i + 1; j < end; j++ {
		switch {
		case sequence[j].is("(") || sequence[j].is("[") || sequence[j].is("{"):
			depth++
		case sequence[j].is(")") || sequence[j].is("]") || sequence[j].is("}"):
			depth--
		case sequence[j].is(",") && depth == 0:
			list = append(list, sequence[start:j])
			start = j + 1
		}
	}
	return append(list, sequence[start:end])
}

// again looks at names that calls have shown to be callbacks or memory areas.
func (e *estimator) again(sequence []token, i int) {
	t := sequence[i]
	switch {
	case t.kind != identifier:
	case e.handed[t.text] && at(sequence, i+1).is("(") && definesFunction(sequence, i):
		e.mark(&e.estimate.Callbacks, t.line)
	case e.areas[t.text] && (at(sequence, i+1).is("=") || at(sequence, i+1).is("+=") || at(sequence, i+1).is("[")):
		e.mark(&e.estimate.Memory, t.line)
	}
}

// add adds the estimate of another source.
func (e *Estimate) add(o Estimate) {
	e.Code += o.Code
	e.Touched += o.Touched
	e.Calls += o.Calls
	e.Results += o.Results
	e.Callbacks += o.Callbacks
	e.Memory += o.Memory
	e.Fields += o.Fields
	e.Types += o.Types
	e.Constants += o.Constants
	e.Sizes += o.Sizes
}
