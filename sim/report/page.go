package report

import (
	_ "embed"
	"html/template"
)

//go:embed page.html
var pageText string

//go:embed style.css
var styleText string

// page is the template of a report.
var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"style": func() template.CSS { return template.CSS(styleText) },
}).Parse(pageText))
