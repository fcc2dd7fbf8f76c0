package job

import (
	"fmt"

	"yingbi/egress"
	"yingbi/egress/chart"
	"yingbi/internal/fault"
	"yingbi/release"
)

// chart adds the manifest's charts to the tables that would leave. One whose table does
// not leave, or cannot be drawn as it stands, is left out, and the reviewer told.
func (r *run) chart(tables []release.Table) {
	for _, c := range r.manifest.Charts {
		leaves := false
		for i := range tables {
			if tables[i].Name != c.Of {
				continue
			}
			leaves = true
			spec := release.Chart{Name: c.Name, Draw: c.Draw, X: c.X, Y: c.Y, Group: c.Group, Title: c.Title}
			if _, err := draw(tables[i], spec); err != nil {
				r.leaveOut(c.Name, err.Error())
				continue
			}
			tables[i].Charts = append(tables[i].Charts, spec)
		}
		if !leaves {
			r.leaveOut(c.Name, fmt.Sprintf("nothing of its table %s leaves", c.Of))
		}
	}
}

func (r *run) leaveOut(name, why string) {
	r.report.Warnings = append(r.report.Warnings, fmt.Sprintf("chart %s is left out: %s · 图 %s 略去", name, why, name))
}

// draw draws a chart of a table as it is released.
func draw(t release.Table, c release.Chart) ([]byte, error) {
	p := &egress.Published{Name: t.Name, Notes: t.Notes}
	for _, column := range t.Columns {
		p.Columns = append(p.Columns, egress.PublishedColumn{
			Name: column.Name, Title: column.Title, Type: column.Type, Key: column.Name == c.X || column.Name == c.Group,
		})
	}
	for _, row := range t.Rows {
		values := make([]egress.Value, len(row))
		for i, cell := range row {
			values[i] = egress.Value{Text: cell.Text}
			switch {
			case cell.Suppressed:
				values[i].Mark = egress.Suppressed
			case cell.Null:
				values[i].Mark = egress.Missing
			}
		}
		p.Rows = append(p.Rows, values)
	}
	return chart.Draw(p, chart.Spec{Kind: chart.Kind(c.Draw), X: c.X, Y: c.Y, Group: c.Group, Title: c.Title})
}

// drawCharts adds the pictures of the approved tables to the files of a release.
func drawCharts(files map[string][]byte) error {
	tables, err := release.ParseTables(files[release.TablesFile])
	if err != nil {
		return err
	}
	for _, t := range tables {
		for _, c := range t.Charts {
			if files[c.File()], err = draw(t, c); err != nil {
				return fault.Errorf(fault.KindOf(err), "chart %s: %v", c.Name, err)
			}
		}
	}
	return nil
}
