package report

import "fmt"

// A table is a table of a page.
type table struct {
	ID      string
	Caption string
	Columns []column
	Rows    [][]cell
	Note    string
}

// A column is the head of a column.
type column struct {
	Name  string
	Right bool // numbers
}

// A cell is a cell's text, and a class of the style sheet if it needs one.
type cell struct {
	Text  string
	Class string
}

// heads makes columns of names; those that begin with > are aligned right.
func heads(names ...string) []column {
	var list []column
	for _, n := range names {
		if n[0] == '>' {
			list = append(list, column{n[1:], true})
		} else {
			list = append(list, column{n, false})
		}
	}
	return list
}

// add adds a row. Values are cells, texts, or anything that fmt prints.
func (t *table) add(values ...any) {
	row := make([]cell, len(values))
	for i, v := range values {
		if c, ok := v.(cell); ok {
			row[i] = c
		} else {
			row[i].Text = fmt.Sprint(v)
		}
	}
	t.Rows = append(t.Rows, row)
}

// Stack says that the table is too wide for a phone.
func (t *table) Stack() bool { return len(t.Columns) > 3 }

// held is whether something held, told by sign and word.
func held(ok bool) cell {
	if ok {
		return cell{"✓ held", "good sign"}
	}
	return cell{"✕ failed", "bad sign"}
}

// code is text as a program writes it.
func code(text string) cell { return cell{text, "code"} }
