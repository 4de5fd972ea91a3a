package report

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"netxsim/sim/scenario"
	"netxsim/sim/sizing"
	"netxsim/sim/sweep"
)

// small is a scenario that runs fast, fails with too few packets, and has two pools, loss and several workloads.
const small = `
name: "small & <short>"
description: Mail over a wire that loses frames, and a stream beside it.
duration: 2m
wires: [{name: lan, rate: 10Mbit/s, latency: 2ms, loss: 1%}]
hosts:
  - name: device
    pools:
      - {name: default, payload: 1536, packets: 12, use: [default], payloads: [1536, 760]}
      - {name: commands, payload: 128, packets: 3, use: [pop3], fixed: true}
    driver: {receive: 2}
  - {name: server, kind: plain}
workloads:
  - {kind: pop3, from: device, to: server, window: 5840, repeat: 2, rest: 100ms, mailbox: {messages: 3, sizes: [5000, 20kB, 800]}}
  - {kind: ping, from: device, to: server, count: 3, think: 100ms, wait: 1s}
expect: {session: 15s, ping_loss: 100%}
`

// A made is a report with everything in it.
type made struct {
	*Report
	html []byte
	err  error
}

// full makes a report with everything in it.
func full() (m made) {
	s, err := scenario.Load("small.yaml", []byte(small))
	if err != nil {
		return made{err: err}
	}
	o := sizing.Options{Seeds: 4, Fresh: 2}
	a, err := sizing.Advise(context.Background(), s, o)
	if err != nil {
		return made{err: err}
	}
	m.Report = &Report{Scenario: s, File: "my scenarios/small.yaml", Advice: a, Sweep: new(sweep.Summary)}
	area, err := sizing.NewMap(context.Background(), s, a, 0, o)
	if err != nil {
		return made{err: err}
	}
	m.Maps = []*sizing.Map{area}
	runs := []Run{{Title: "Today"}}
	for _, r := range a.Smaller {
		runs = append(runs, Run{Title: "One packet less", Sizes: r.Sizes})
	}
	for _, run := range runs {
		sized, seed := s, uint64(1)
		if run.Sizes != nil {
			sized, seed = sizing.Resize(s, run.Sizes), a.Smaller[0].Seed
		}
		run.Result, err = scenario.Run(sized, scenario.Options{Seed: seed, Series: true, Sequence: true})
		if err != nil {
			return made{err: err}
		}
		m.Runs = append(m.Runs, run)
		m.Sweep.Add(run.Result)
	}
	var b bytes.Buffer
	m.err = m.WriteHTML(&b)
	m.html = b.Bytes()
	return m
}

var once = sync.OnceValue(full)

// whole is the report that all tests look at, with its page parsed.
func whole(t *testing.T) (made, *html.Node) {
	t.Helper()
	m := once()
	if m.err != nil {
		t.Fatal(m.err)
	}
	if len(m.Runs) < 2 || m.Runs[len(m.Runs)-1].Result.Passed() || len(m.Runs[0].Result.Sequence) == 0 {
		t.Fatalf("the report has %d runs, want one that fails with TCP connections", len(m.Runs))
	}
	return m, parse(t, m.html)
}

// parse parses what a report writes.
func parse(t *testing.T, data []byte) *html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// all returns the elements of a name below n, in order.
func all(n *html.Node, name string) []*html.Node {
	var list []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == name {
			list = append(list, d)
		}
	}
	return list
}

// attr is an attribute's value.
func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// words is the text in n.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// byID returns the elements with ids.
func byID(t *testing.T, root *html.Node) map[string]*html.Node {
	t.Helper()
	ids := map[string]*html.Node{}
	for n := range root.Descendants() {
		if id := attr(n, "id"); id != "" {
			if ids[id] != nil {
				t.Errorf("two elements have the id %q", id)
			}
			ids[id] = n
		}
	}
	return ids
}

// TestDocument checks language, title, headings and links.
func TestDocument(t *testing.T) {
	_, root := whole(t)
	ids := byID(t, root)
	if lang := attr(all(root, "html")[0], "lang"); lang != "en" {
		t.Errorf("language %q", lang)
	}
	if got, want := words(all(root, "title")[0]), "small & <short>: netxsim report"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
	level := 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || !regexp.MustCompile(`^h[1-6]$`).MatchString(n.Data) {
			continue
		}
		now := int(n.Data[1] - '0')
		if now > level+1 && n.Data != "h4" || level == 0 && now != 1 || words(n) == "" {
			t.Errorf("heading %s %q below a heading of level %d", n.Data, words(n), level)
		}
		level = now
	}
	links := all(root, "a")
	for _, a := range links {
		if to, ok := strings.CutPrefix(attr(a, "href"), "#"); !ok || ids[to] == nil {
			t.Errorf("the link %q leads nowhere: %q", words(a), attr(a, "href"))
		}
	}
	if len(links) < 4 {
		t.Errorf("%d links to sections", len(links))
	}
}

// TestFigures checks that every chart has its two forms, names for those who do not see it, and its numbers.
func TestFigures(t *testing.T) {
	m, root := whole(t)
	ids := byID(t, root)
	figures := all(root, "figure")
	if want := 2 + 2*len(m.Runs) + len(m.Runs); len(figures) < want {
		t.Errorf("%d figures, want %d at least: frontier, map, and of each run two pools and a sequence", len(figures), want)
	}
	for _, f := range figures {
		name := attr(f, "id")
		var classes []string
		for _, svg := range all(f, "svg") {
			classes = append(classes, attr(svg, "class"))
			if attr(svg, "role") != "img" || attr(svg, "viewbox")+attr(svg, "viewBox") == "" {
				t.Errorf("%s: role %q, view box %q", name, attr(svg, "role"), attr(svg, "viewBox"))
			}
			labels := strings.Fields(attr(svg, "aria-labelledby"))
			for _, id := range labels {
				if ids[id] == nil || words(ids[id]) == "" {
					t.Errorf("%s: the label %q is missing or empty", name, id)
				}
			}
			if len(labels) != 2 || len(all(svg, "text")) < 4 || len(all(svg, "path")) < 3 {
				t.Errorf("%s: %d labels, %d texts, %d paths", name, len(labels), len(all(svg, "text")), len(all(svg, "path")))
			}
		}
		if !slices.Equal(classes, []string{"wide", "narrow"}) {
			t.Errorf("%s has the forms %q", name, classes)
		}
		if details := all(f, "details"); len(details) != 1 || len(all(details[0], "table")) == 0 || words(all(details[0], "summary")[0]) == "" {
			t.Errorf("%s has no table behind it", name)
		}
	}
}

// TestTables checks that tables have captions, heads, and rows as wide as they.
func TestTables(t *testing.T) {
	_, root := whole(t)
	for _, table := range all(root, "table") {
		name := attr(table, "id")
		heads := all(table, "th")
		if captions := all(table, "caption"); len(captions) != 1 || words(captions[0]) == "" || name == "" || len(heads) == 0 {
			t.Errorf("table %q: %d captions, %d heads", name, len(captions), len(heads))
		}
		for _, th := range heads {
			if attr(th, "scope") != "col" || words(th) == "" {
				t.Errorf("table %s: head %q of scope %q", name, words(th), attr(th, "scope"))
			}
		}
		rows := all(table, "tr")[1:]
		if len(rows) == 0 {
			t.Errorf("table %s is empty", name)
		}
		for _, row := range rows {
			cells := all(row, "td")
			if len(cells) != len(heads) {
				t.Fatalf("table %s: %d cells under %d heads", name, len(cells), len(heads))
			}
			for i, td := range cells {
				if attr(td, "data-label") != words(heads[i]) || attr(td, "role") != "cell" {
					t.Errorf("table %s: a cell under %q has the label %q", name, words(heads[i]), attr(td, "data-label"))
				}
			}
		}
	}
}

// TestStandsAlone checks that nothing in the file is fetched, and that nothing is run.
func TestStandsAlone(t *testing.T) {
	m, root := whole(t)
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			fetches := slices.Contains([]string{"src", "srcset", "href", "xlink:href", "action", "data", "poster"}, a.Key)
			if fetches && !strings.HasPrefix(a.Val, "#") && a.Val != "data:," || strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
		}
		if slices.Contains([]string{"script", "iframe", "object", "embed", "img", "base", "form"}, n.Data) {
			t.Errorf("<%s> in the page", n.Data)
		}
	}
	for _, bad := range []string{"http:", "https:", "@import", "url(", "src=", "<?xml"} {
		if i := bytes.Index(m.html, []byte(bad)); i >= 0 {
			t.Errorf("%q in the page: …%s…", bad, m.html[max(i-40, 0):min(i+60, len(m.html))])
		}
	}
	if !bytes.Contains(m.html, []byte(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`)) {
		t.Error("no policy forbids fetching")
	}
}

// TestSameBytes makes the report again, runs included.
func TestSameBytes(t *testing.T) {
	m, _ := whole(t)
	again := full()
	if again.err != nil {
		t.Fatal(again.err)
	}
	if !bytes.Equal(m.html, again.html) {
		i := 0
		for i < min(len(m.html), len(again.html)) && m.html[i] == again.html[i] {
			i++
		}
		t.Errorf("the bytes differ from %d on: %.100q and %.100q", i, m.html[i:], again.html[i:])
	}
}

// TestParts writes reports that lack most of what there may be.
func TestParts(t *testing.T) {
	m, _ := whole(t)
	bare := *m.Runs[0].Result
	bare.Pools, bare.Sequence, bare.Hosts = nil, nil, nil
	silent := *m.Runs[0].Result
	silent.Pools = slices.Clone(silent.Pools)
	silent.DropSeries()
	limited := *m.Advice
	limited.Pools, limited.Frontier, limited.Smaller, limited.Kind, limited.Reason = nil, nil, nil, sizing.KindLimited, []string{"too low"}
	for name, r := range map[string]*Report{
		"nothing":       {Scenario: m.Scenario},
		"no pools":      {Scenario: m.Scenario, Runs: []Run{{Result: &bare}}},
		"no series":     {Scenario: m.Scenario, Runs: []Run{{Result: &silent}}},
		"no answer":     {Scenario: m.Scenario, Advice: &limited},
		"no runs":       {Scenario: m.Scenario, Sweep: new(sweep.Summary)},
		"in Go only":    {Scenario: &scenario.Scenario{Name: "x"}},
		"one of a kind": {Scenario: m.Scenario, Advice: m.Advice, Runs: m.Runs[:1]},
	} {
		var b bytes.Buffer
		if err := r.WriteHTML(&b); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		root := parse(t, b.Bytes())
		byID(t, root)
		if figures := all(root, "figure"); len(figures) > 0 && name != "one of a kind" {
			t.Errorf("%s: %d figures without data for them", name, len(figures))
		}
		if !strings.Contains(words(all(root, "main")[0]), "The scenario") {
			t.Errorf("%s: no section about the scenario", name)
		}
	}
}

// TestReplay checks the commands that run something again.
func TestReplay(t *testing.T) {
	for _, test := range []struct {
		file  string
		seed  uint64
		sizes sizing.Sizes
		want  string
	}{
		{"a.yaml", 3, nil, "netxsim run a.yaml --seed 3"},
		{"", 3, nil, "netxsim run FILE --seed 3"},
		{"my files/it's.yaml", 18446744073709551615, sizing.Sizes{{Payload: 1536, Packets: 12}, {Payload: 256, Packets: 4}},
			`netxsim run 'my files/it'\''s.yaml' --seed 18446744073709551615 --pools 1536x12,256x4`},
	} {
		if got := Replay(test.file, test.seed, test.sizes); got != test.want {
			t.Errorf("Replay(%q, %d, %v) = %s, want %s", test.file, test.seed, test.sizes, got, test.want)
		}
	}
}

// TestPaints checks that every paint has a name and that none is left in a page as the colour that stands for it.
func TestPaints(t *testing.T) {
	m, _ := whole(t)
	for p := ink; p < paints; p++ {
		if names[p] == "" {
			t.Errorf("paint %d has no name", p)
		}
		r, g, b, _ := p.RGBA()
		if got, want := fmt.Sprintf("#%02X%02X%02X", r>>8, g>>8, b>>8), fmt.Sprintf("#%06X", sentinelBase+int(p)); got != want {
			t.Errorf("paint %s is drawn as %s, replaced for %s", names[p], got, want)
		}
	}
	if left := regexp.MustCompile(`(?i)#0a0b[0-9a-f]{2}\b|fill:#|stroke:#`).FindAll(m.html, 3); left != nil {
		t.Errorf("left in the page: %q", left)
	}
}
