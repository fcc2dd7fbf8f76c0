package release

import (
	"slices"

	"yingbi/internal/fault"
)

// Chart is a picture of a table that goes out beside it, as a file of its name and
// ".svg". What it says is the table's; whoever makes the release draws it.
type Chart struct {
	Name  string `json:"name"` // names the file, as a table's does
	Draw  string `json:"draw"` // the form: bar, line, …
	X     string `json:"x"`
	Y     string `json:"y"`
	Group string `json:"group"` // may be empty
	Title string `json:"title"` // for people; may be empty
}

// File names the chart's file.
func (c Chart) File() string { return c.Name + ".svg" }

// checkCharts looks at the charts of a table; names are those taken.
func (t Table) checkCharts(names map[string]bool) error {
	for _, c := range t.Charts {
		if why := fileNameFlaw(c.Name); why != "" {
			return fault.Errorf(fault.Invalid, "the name of a chart, %q, %s", c.Name, why)
		}
		if names[fold(c.Name)] {
			return fault.Errorf(fault.Invalid, "%s is the name of a table or chart already (capitals make no difference)", c.Name)
		}
		names[fold(c.Name)] = true
		var l checklist
		l.line("draw", c.Draw)
		l.note(flaw(c.Title, maxTitle, false), "title")
		for _, column := range []string{c.X, c.Y, c.Group} {
			known := slices.ContainsFunc(t.Columns, func(have Column) bool { return have.Name == column })
			l.fail("x, y or group", !known && (column != "" || column == c.X || column == c.Y))
		}
		if l.err != nil {
			return fault.Errorf(fault.Invalid, "chart %s: %v", c.Name, l.err)
		}
	}
	return nil
}

// chartFiles names the files of all charts.
func chartFiles(tables []Table) map[string]bool {
	out := map[string]bool{}
	for _, t := range tables {
		for _, c := range t.Charts {
			out[c.File()] = true
		}
	}
	return out
}
