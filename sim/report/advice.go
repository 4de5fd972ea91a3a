package report

import (
	"fmt"

	"netxsim/sim/sizing"
)

// An adviceView is an advice on a page.
type adviceView struct {
	Title     string
	Good      bool
	Reason    []string
	C         string
	Pools     table
	RAM       table
	Smaller   table
	Certainty []string
	Notes     []string
	Frontier  *figure
	Maps      []figure
	Rules     table
	Broken    int // rules that do not hold
}

func (r *Report) adviceView() *adviceView {
	a := r.Advice
	v := &adviceView{Title: a.Title(), Good: a.Kind == sizing.KindSized, Reason: a.Reason, Certainty: a.Certainty(), Rules: ruleTable(a)}
	for _, f := range a.Rules {
		if !f.OK {
			v.Broken++
		}
	}
	if len(a.Pools) == 0 {
		return v
	}
	v.C, v.Pools, v.RAM, v.Smaller, v.Notes = a.C(), recommendationTable(a), ramTable(a), r.smallerTable(), adviceNotes(a)
	if len(a.Frontier) > 0 {
		v.Frontier = new(newFrontierChart(a).figure("frontier"))
	}
	for i, m := range r.Maps {
		v.Maps = append(v.Maps, newHeatMap(m, a).figure(fmt.Sprintf("map%d", i+1)))
	}
	return v
}

// adviceNotes says where more packets are of use.
func adviceNotes(a *sizing.Advice) (notes []string) {
	if a.Solid != nil {
		notes = append(notes, fmt.Sprintf("With more packets than recommended runs may fail again; from %v on (%s bytes) none is known to.", a.Solid.Sizes, count(a.Solid.RAM)))
	}
	if a.Ample != nil {
		notes = append(notes, fmt.Sprintf("No request ever finds a pool empty from %v on: %s bytes, slowest run %s.", a.Ample.Sizes, count(a.Ample.RAM), seconds(a.Ample.Complete)))
	}
	return notes
}

// title names a pool.
func title(p *sizing.PoolAdvice) string {
	name := poolName(p.Host, p.Name)
	if p.Fixed {
		name += " (fixed)"
	}
	return name
}

func recommendationTable(a *sizing.Advice) table {
	t := table{ID: "recommendation", Caption: "Recommended pools, and the fewest free packets of all runs"}
	t.Columns = heads("pool", ">today", ">payload", ">packets", ">lowest free", ">at", ">seed", "held then by", ">not served at once")
	for i := range a.Pools {
		p := &a.Pools[i]
		t.add(title(p), p.Today, count(p.Payload), cell{count(p.Packets), "strong"}, count(p.Lowest), seconds(p.LowestAt), p.Seed, p.Holders, count(p.NotServed))
	}
	return t
}

func ramTable(a *sizing.Advice) table {
	t := table{ID: "ram", Caption: "Where the RAM goes"}
	t.Columns = heads("pool", ">bytes of RAM", ">control block", ">headers", ">payload used", ">payload never used")
	for i := range a.Pools {
		p := &a.Pools[i]
		total := int(p.Memory + p.Control)
		used := int(p.Memory) - int(p.Header) - p.Unused
		part := func(n int) string { return count(n) + " (" + share(n, total) + ")" }
		t.add(title(p), count(total), part(int(p.Control)), part(int(p.Header)), part(used), part(p.Unused))
	}
	return t
}

func (r *Report) smallerTable() table {
	t := table{ID: "smaller", Caption: "One packet less"}
	t.Columns = heads("pools", ">bytes of RAM", ">seeds that fail", "the first of them", "pools found empty", "run it again")
	for _, s := range r.Advice.Smaller {
		empty := ""
		for i, e := range s.Empty {
			if i > 0 {
				empty += "; "
			}
			empty += fmt.Sprintf("%s: %s, first at %s, held then by %s", e.Pool, plural(e.Times, "request", "requests"), seconds(e.At), e.Holders)
		}
		t.add(s.Sizes, count(s.RAM), fmt.Sprintf("%d of %d", s.Failed, s.Of),
			cell{fmt.Sprintf("✕ seed %d at %s: %s", s.Seed, seconds(s.Failure.At), s.Failure.Text), "bad"}, empty, code(r.replay(s.Seed, s.Sizes)))
	}
	return t
}

func ruleTable(a *sizing.Advice) table {
	t := table{ID: "rules", Caption: "Rules that can be judged without a run, for today's sizes"}
	t.Columns = heads("rule", "where", "with its values", "result", "why it matters")
	for _, f := range a.Rules {
		verdict := cell{"✓ holds", "good sign"}
		if !f.OK {
			verdict = cell{"! look", "bad sign"}
		}
		t.add(code(f.Rule), f.Where, f.Text, verdict, f.Why)
	}
	return t
}
