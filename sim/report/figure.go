package report

import "html/template"

// A figure is a chart with its title, what it says in words, and the tables behind it.
type figure struct {
	ID     string
	Title  string
	Text   string
	SVG    template.HTML
	Tables []table

	drawing drawing
}

// render draws the figure under an id that no other figure of the page has.
func (f *figure) render(id string) {
	f.ID = id
	f.SVG = f.drawing.svg(id, f.Title, f.Text)
	for i := range f.Tables {
		f.Tables[i].ID = id + "-table"
		if i > 0 {
			f.Tables[i].ID += string(rune('a' + i))
		}
	}
}
