package sizing

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// A writer writes an advice as text.
type writer struct {
	strings.Builder
	colour bool
}

// TextOptions say how an advice is written for people. The zero TextOptions are plain.
type TextOptions struct {
	Colour bool // for a terminal
	Rules  bool // all rules, those that hold too
}

// WriteText writes the advice for people.
func (a *Advice) WriteText(w io.Writer, o TextOptions) error {
	t := &writer{colour: o.Colour}
	fmt.Fprintf(t, "%s: %d seeds, %d fresh ones, %d runs\n", a.Scenario, len(a.Seeds), len(a.Fresh), a.Runs)
	t.rules(a.Rules, o.Rules)
	t.verdict(a)
	if len(a.Pools) > 0 {
		t.recommendation(a)
		t.margin(a)
		t.ram(a)
		t.smaller(a)
		t.frontier(a)
	}
	t.proof(a)
	_, err := io.WriteString(w, t.String())
	return err
}

// heading begins a section.
func (t *writer) heading(text string) {
	if t.colour {
		text = "\x1b[1m" + text + "\x1b[0m"
	}
	fmt.Fprintf(t, "\n%s\n", text)
}

// warn writes a line that needs attention.
func (t *writer) warn(text string) {
	if t.colour {
		text = "\x1b[33m" + text + "\x1b[0m"
	}
	fmt.Fprintf(t, "  %s\n", text)
}

// table writes lines of columns, the first aligned left, the others right.
func (t *writer) table(rows [][]string) {
	table := tabwriter.NewWriter(t, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range rows {
		fmt.Fprintf(table, "  %s\t\n", strings.Join(row, "\t"))
	}
	table.Flush()
}

func (t *writer) rules(findings []Finding, all bool) {
	t.heading("Before any run, for today's sizes")
	text := Text(findings, all)
	if t.colour {
		text = strings.ReplaceAll(text, "  look  ", "  \x1b[33mlook\x1b[0m  ")
	}
	t.WriteString(text)
}

// titles say what each kind of advice means.
var titles = map[string]string{
	KindLeak:     "No size helps: packets are lost for good",
	KindDeadlock: "No size helps: threads wait for each other",
	KindLimited:  "The scenario's limits for its pools are too low",
	KindOther:    "No size helps: it is not for want of packets that expectations fail",
	KindUnknown:  "Nothing is known yet",
}

// Title says in a line what the advice is.
func (a *Advice) Title() string {
	if a.Kind == KindSized {
		return fmt.Sprintf("Recommended: %d bytes of RAM (today %d)", a.RAM, a.Today)
	}
	return titles[a.Kind]
}

func (t *writer) verdict(a *Advice) {
	t.heading(a.Title())
	if a.Kind == KindSized {
		return
	}
	for _, line := range a.Reason {
		t.warn(line)
	}
}

func (t *writer) recommendation(a *Advice) {
	for line := range strings.Lines(a.C()) {
		fmt.Fprintf(t, "  %s", line)
	}
}

func (t *writer) margin(a *Advice) {
	t.heading("Margin: the fewest free packets of all runs")
	rows := [][]string{{"pool", "payload", "packets", "lowest free", "at", "seed", "not served at once"}}
	for _, p := range a.Pools {
		rows = append(rows, []string{p.title(), fmt.Sprint(p.Payload), fmt.Sprint(p.Packets), fmt.Sprint(p.Lowest), seconds(p.LowestAt), fmt.Sprint(p.Seed), fmt.Sprint(p.NotServed)})
	}
	t.table(rows)
	for _, p := range a.Pools {
		if p.Holders != "" {
			fmt.Fprintf(t, "  held then of %s: %s\n", p.title(), p.Holders)
		}
	}
	if a.Solid != nil {
		t.warn(fmt.Sprintf("with more packets than recommended runs may fail again; from %v on (%d bytes) none is known to", a.Solid.Sizes, a.Solid.RAM))
	}
	if a.Ample != nil {
		fmt.Fprintf(t, "  no request ever finds a pool empty from %v on: %d bytes, slowest run %s\n", a.Ample.Sizes, a.Ample.RAM, seconds(a.Ample.Complete))
	}
}

// title names the pool in tables.
func (p *PoolAdvice) title() string {
	name := p.Host
	if p.Name != p.Host {
		name += " " + p.Name
	}
	if p.Fixed {
		name += " (fixed)"
	}
	return name
}

func (t *writer) ram(a *Advice) {
	t.heading("Where the RAM goes")
	rows := [][]string{{"pool", "bytes", "headers", "payload used", "payload never used"}}
	for _, p := range a.Pools {
		total := int(p.Memory + p.Control)
		header := int(p.Header + p.Control)
		rows = append(rows, []string{p.title(), fmt.Sprint(total), share(header, total), share(total-header-p.Unused, total), share(p.Unused, total)})
	}
	t.table(rows)
}

func share(part, whole int) string { return fmt.Sprintf("%.1f%%", 100*float64(part)/float64(whole)) }

func (t *writer) smaller(a *Advice) {
	if len(a.Smaller) == 0 {
		return
	}
	t.heading("One packet less")
	for _, r := range a.Smaller {
		fmt.Fprintf(t, "  %v, %d bytes: %d of %d seeds fail; seed %d at %s: %s\n", r.Sizes, r.RAM, r.Failed, r.Of, r.Seed, seconds(r.Failure.At), r.Failure.Text)
		for _, e := range r.Empty {
			fmt.Fprintf(t, "    %s: %d requests found it empty, the first at %s; held then: %s\n", e.Pool, e.Times, seconds(e.At), e.Holders)
		}
	}
}

func (t *writer) frontier(a *Advice) {
	t.heading("More RAM, less time: the slowest run of sizes that pass")
	rows := [][]string{{"pools", "bytes", "slowest run", "not served at once"}}
	for _, p := range a.Frontier {
		rows = append(rows, []string{p.Sizes.String(), fmt.Sprint(p.RAM), seconds(p.Complete), fmt.Sprint(p.NotServed)})
	}
	t.table(rows)
}

func (t *writer) proof(a *Advice) {
	t.heading("How sure this is")
	if a.Stopped == "" {
		fmt.Fprintf(t, "  %s\n", a.certainty())
	} else {
		t.warn(a.certainty())
	}
	for _, line := range a.attacks() {
		fmt.Fprintf(t, "  %s\n", line)
	}
	for _, line := range a.Warnings {
		t.warn(line)
	}
}

// Certainty says in lines how sure the advice is.
func (a *Advice) Certainty() []string {
	return slices.Concat([]string{a.certainty()}, a.attacks(), a.Warnings)
}

func (a *Advice) certainty() string {
	switch {
	case a.Stopped != "" && a.Kind != KindSized:
		return fmt.Sprintf("the search was stopped (%s) after %d runs", a.Stopped, a.Runs)
	case a.Stopped != "":
		return fmt.Sprintf("the search was stopped (%s); %d cheaper sizes are neither tried nor ruled out by larger ones that failed", a.Stopped, a.Unproven)
	case a.Kind != KindSized:
		return fmt.Sprintf("%d runs", a.Runs)
	case a.Proof == ProofExhaustive:
		return "everything cheaper was tried and fails"
	}
	return fmt.Sprintf("%s cheaper sizes were not tried: each has, pool by pool, no more packets than one that fails, and nowhere were more packets worse", atMost(a.Unproven))
}

// attacks says what fresh seeds did to answers.
func (a *Advice) attacks() (lines []string) {
	for _, b := range a.Broken {
		lines = append(lines, fmt.Sprintf("%v passed at first, but not with %s; the search went on", b.Sizes, seedList(b.Seeds)))
	}
	if n := len(a.Fresh); n > 0 && a.Kind == KindSized && a.Stopped == "" {
		lines = append(lines, fmt.Sprintf("%d fresh seeds, %d to %d, could not break it", n, a.Fresh[0], a.Fresh[n-1]))
	}
	return lines
}

// atMost is a number of sizes, of which no more than manySizes are counted.
func atMost(n int) string {
	if n > manySizes {
		return fmt.Sprintf("more than %d", manySizes)
	}
	return fmt.Sprint(n)
}

// seedList is "seed 3" or "seeds 3, 5".
func seedList(seeds []uint64) string {
	words := make([]string, len(seeds))
	for i, s := range seeds {
		words[i] = fmt.Sprint(s)
	}
	if len(words) == 1 {
		return "seed " + words[0]
	}
	return "seeds " + strings.Join(words, ", ")
}

// seconds is virtual time as reports write it.
func seconds(d time.Duration) string { return fmt.Sprintf("%.6f s", d.Seconds()) }
