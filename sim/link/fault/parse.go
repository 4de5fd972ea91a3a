package fault

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"netxsim/sim/link"
)

// maxFrame is the longest frame that a frame fault may be about, in bytes.
const maxFrame = 1 << 16

// name is a name as it stands in the text of a frame fault.
func name(s string) string {
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return strconv.QuoteToASCII(s)
}

// plain reports whether a name with this sign needs no quotes.
func plain(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./", r)
}

// MustParse returns the frame faults that the texts stand for. It panics if one does not: it is for schedules written into programs. The
// list is never nil.
func MustParse(texts ...string) []FrameFault {
	faults := make([]FrameFault, len(texts))
	for i, text := range texts {
		f, err := ParseFrameFault(text)
		if err != nil {
			panic(err)
		}
		faults[i] = f
	}
	return faults
}

// ParseFrameFault reads the text of a frame fault.
func ParseFrameFault(text string) (FrameFault, error) {
	p := parser{rest: text}
	f := p.frameFault()
	if p.err == nil && p.rest != "" {
		p.fail("has %q behind its end", p.rest)
	}
	if p.err != nil {
		return FrameFault{}, fmt.Errorf("frame fault %q: %w", text, p.err)
	}
	return f, nil
}

// parser reads a text from left to right. The first error sticks.
type parser struct {
	rest string
	err  error
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

func (p *parser) frameFault() (f FrameFault) {
	f.Wire = p.name("wire")
	p.sign(" ")
	f.From = p.name("sending port")
	p.sign(">")
	f.To = p.name("receiving port")
	p.sign(" ")
	number, copied, isCopy := strings.Cut(p.word(), "+")
	f.Number = uint64(p.number(number, 1, 1<<62))
	if isCopy {
		f.Copy = p.number(copied, 1, 1000)
	}
	word := p.word()
	f.Action = Action(slices.Index(actionWords[:], word))
	if f.Action < 0 {
		p.fail("does %q, which is none of %s", word, strings.Join(actionWords[:], ", "))
	}
	p.arguments(&f)
	return f
}

// arguments reads what stands behind the action.
func (p *parser) arguments(f *FrameFault) {
	switch f.Action {
	case Copied:
		if f.Copy == 0 {
			p.fail("makes a copy without a number: +1 for the first one")
		}
		f.Delay = p.duration()
	case Delayed:
		f.Delay = p.duration()
	case Cut:
		f.Length = p.number(p.word(), link.HeaderLen, maxFrame)
	case Flipped:
		for p.err == nil && (f.Flips == nil || p.rest != "") {
			f.Flips = append(f.Flips, p.flip())
		}
	}
}

// sign reads what has to come next.
func (p *parser) sign(s string) {
	rest, found := strings.CutPrefix(p.rest, s)
	if !found {
		p.fail("has %q where %q belongs", p.rest, s)
		return
	}
	p.rest = rest
}

// word reads up to the next space.
func (p *parser) word() (word string) {
	word, p.rest, _ = strings.Cut(p.rest, " ")
	return word
}

// name reads a name, in quotes or not.
func (p *parser) name(what string) string {
	if quoted, err := strconv.QuotedPrefix(p.rest); err == nil && quoted[0] == '"' {
		p.rest = p.rest[len(quoted):]
		s, err := strconv.Unquote(quoted)
		if err != nil {
			p.fail("has a %s of %s", what, quoted)
		}
		return s
	}
	n := strings.IndexFunc(p.rest, func(r rune) bool { return !plain(r) })
	if n < 0 {
		n = len(p.rest)
	}
	if n == 0 {
		p.fail("has %q where the name of the %s belongs", p.rest, what)
	}
	s := p.rest[:n]
	p.rest = p.rest[n:]
	return s
}

func (p *parser) number(s string, least, most int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < least || n > most {
		p.fail("has %q where a number from %d to %d belongs", s, least, most)
	}
	return n
}

func (p *parser) duration() time.Duration {
	s := p.word()
	d, err := time.ParseDuration(s)
	if err != nil {
		p.fail("has %q where a time like 3ms belongs", s)
	}
	return d
}

// flip reads a run of changed bytes: an offset and hexadecimal bits.
func (p *parser) flip() (f Flip) {
	offset, bits, _ := strings.Cut(p.word(), ":")
	f.Offset = p.number(offset, 0, maxFrame)
	b, err := hex.DecodeString(bits)
	if err != nil || len(b) == 0 {
		p.fail("has %q where bits like 54:01 belong", offset+":"+bits)
	}
	f.Bits = b
	return f
}
