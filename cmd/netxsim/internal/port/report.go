package port

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// A Report says what a program needs of the interface, and what there is.
type Report struct {
	Files    []File   `json:"files"`
	Names    []Name   `json:"names"`
	Counts   Counts   `json:"counts"`
	Estimate Estimate `json:"estimate"`
}

// A File is one source.
type File struct {
	Name     string   `json:"name"`
	Lines    int      `json:"lines"`
	Estimate Estimate `json:"estimate"`
}

// Counts are names by state.
type Counts struct {
	Modelled     int `json:"modelled"`
	Approximated int `json:"approximated"`
	Missing      int `json:"missing"`
	Options      int `json:"options"`
}

// A Source is a C file to look at.
type Source struct {
	Name string
	Data []byte
}

// Survey looks at the sources of one program. An error names file and line.
func Survey(list []Source) (*Report, error) {
	var files []*source
	s := &survey{own: set{}, names: map[string]*Name{}}
	for _, f := range list {
		file, err := read(f.Name, f.Data)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
		file.own(s.own)
	}
	r := &Report{Files: []File{}}
	for _, file := range files {
		s.look(file)
		estimate := estimateOf(file, s.own)
		r.Files = append(r.Files, File{file.name, file.lines, estimate})
		r.Estimate.add(estimate)
	}
	r.Names = s.list()
	for _, n := range r.Names {
		switch n.State {
		case Modelled:
			r.Counts.Modelled++
		case Approximated:
			r.Counts.Approximated++
		case Missing:
			r.Counts.Missing++
		case Option:
			r.Counts.Options++
		}
	}
	return r, nil
}

// Write prints the report for a reader.
func (r *Report) Write(w io.Writer) {
	for _, f := range r.Files {
		fmt.Fprintf(w, "%s: %d lines, %d with code\n", f.Name, f.Lines, f.Estimate.Code)
	}
	for _, kind := range kinds {
		r.table(w, kind)
	}
	r.reasons(w, Approximated, "Approximated")
	r.reasons(w, Missing, "Missing")
	total := r.Counts.Modelled + r.Counts.Approximated + r.Counts.Missing
	fmt.Fprintf(w, "\n%d names: %d modelled, %d approximated, %d missing", total, r.Counts.Modelled, r.Counts.Approximated, r.Counts.Missing)
	if r.Counts.Options > 0 {
		fmt.Fprintf(w, "; %d build options", r.Counts.Options)
	}
	fmt.Fprintln(w)
	r.Estimate.write(w)
}

// table prints the names of a kind.
func (r *Report) table(w io.Writer, kind string) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	title := strings.ToUpper(kind[:1]) + kind[1:] + "s"
	for _, n := range r.Names {
		if n.Kind != kind {
			continue
		}
		if title != "" {
			fmt.Fprintf(t, "\n%s\tGo\tState\tUses\tFirst\n", title)
			title = ""
		}
		name := n.Go
		if name == "" {
			name = "-"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\n", n.C, name, n.State, n.Uses, n.First)
	}
	t.Flush()
}

// reasons prints what is to be said about names of a state.
func (r *Report) reasons(w io.Writer, state, title string) {
	for _, n := range r.Names {
		if n.State != state {
			continue
		}
		if title != "" {
			fmt.Fprintf(w, "\n%s:\n", title)
			title = ""
		}
		fmt.Fprintf(w, "  %s: %s: %s\n", n.First, n.C, n.Why)
	}
}

func (e Estimate) write(w io.Writer) {
	share := 0
	if e.Code > 0 {
		share = (100*e.Touched + e.Code/2) / e.Code
	}
	fmt.Fprintf(w, "Estimate: %d of %d lines with code to touch (%d%%), of them with\n", e.Touched, e.Code, share)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, kind := range []struct {
		count int
		what  string
	}{
		{e.Calls, "calls: the name changes"},
		{e.Types, "types of the interface: declarations turn round"},
		{e.Results, "out-parameters: the variable needs the type of the parameter"},
		{e.Callbacks, "callbacks: handed over or defined"},
		{e.Memory, "memory areas: pointers become slices"},
		{e.Fields, "fields: members lose their prefix"},
		{e.Constants, "null pointers: nil"},
		{e.Sizes, "sizeof: Sizeof for control blocks, len for the rest"},
	} {
		fmt.Fprintf(t, "  %d\t%s\n", kind.count, kind.what)
	}
	t.Flush()
}
