package sample

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"yingbi/catalog"
	"yingbi/internal/coltype"
)

const (
	rowsEach = 5   // records for each subject, on the average
	absent   = 50  // of so many subjects, one is in no register
	spoilt   = 500 // of so many rows, one is not to be kept
	firstBad = 250
)

// plain gives the description under which the data set is imported. How the
// provider's file is written is nothing to a job, so it is a plain CSV file.
func plain(d *catalog.Dataset) ([]byte, *catalog.Dataset, error) {
	p := *d
	p.File = catalog.File{Format: "csv", Compression: "none", Encoding: "utf-8", Delimiter: ","}
	p.Columns = slices.Clone(d.Columns)
	for i := range p.Columns {
		p.Columns[i].Sample = nil
		if d.File.Format == "parquet" && len(p.Columns[i].Nulls) == 0 { // it has nulls of its own
			p.Columns[i].Nulls = []string{""}
		}
	}
	text, err := json.Marshal(&p)
	return text, &p, err
}

// write makes the rows of a data set as a CSV file.
func (g *generator) write(w io.Writer, d *catalog.Dataset) error {
	_, as, err := plain(d)
	if err != nil {
		return err
	}
	columns := make([]column, len(d.Columns))
	header := make([]string, len(d.Columns))
	rows := g.rows(d)
	for i, c := range d.Columns {
		if columns[i], err = g.column(d, c); err != nil {
			return fmt.Errorf("sample data of %s.%s: %w", d.ID, c.Name, err)
		}
		columns[i].Nulls = as.Columns[i].Nulls
		header[i] = c.Source
		if most := columns[i].most; most > 0 {
			rows = min(rows, most)
		}
	}
	out := csv.NewWriter(w)
	if err := out.Write(header); err != nil {
		return err
	}
	r := &row{Rand: newRand(g.seed, "rows of "+d.ID)}
	subjects := newRand(g.seed, "subjects of "+d.ID)
	one := register(d)
	for r.number = range rows {
		r.subject = r.number
		if !one && len(d.Subjects) > 0 {
			r.subject = often(subjects, g.people)
		} else if r.number >= g.people {
			r.subject = subjects.IntN(g.people)
		}
		if err := out.Write(g.cells(d, columns, r)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// rows is how many rows a data set has, as far as its columns have values for them.
func (g *generator) rows(d *catalog.Dataset) int {
	switch {
	case register(d):
		return g.people - g.people/absent
	case len(d.Subjects) > 0 && !slices.ContainsFunc(d.Subjects, func(s catalog.Subject) bool { return !s.EachRow }):
		return g.people // each row is one
	}
	return rowsEach * g.people
}

// cells draws a row.
func (g *generator) cells(d *catalog.Dataset, columns []column, r *row) []string {
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = c.value(r)
		if c.missing > 0 && len(c.Nulls) > 0 && r.IntN(100) < c.missing {
			cells[i] = c.Nulls[r.IntN(len(c.Nulls))]
		}
	}
	if r.number%spoilt == firstBad {
		return spoil(d, columns, cells, r.number/spoilt)
	}
	return cells
}

// spoil makes of a row one that an import does not keep, in the nth of some ways: a
// cell too many, nobody whom it is about, or a cell that is not of its type.
func spoil(d *catalog.Dataset, columns []column, cells []string, n int) []string {
	for i, c := range columns {
		switch {
		case n%3 == 1 && c.Type.Kind != coltype.Text:
			cells[i] = "#"
			return cells
		case n%3 == 2 && len(c.Nulls) > 0 && slices.ContainsFunc(d.Subjects, func(s catalog.Subject) bool { return s.Column == c.Name }):
			cells[i] = c.Nulls[0]
			return cells
		}
	}
	return append(cells, "")
}

// counted is the nth text of a column in which none comes twice.
func counted(name string, n int) string { return fmt.Sprintf("%s-%06d", strings.TrimSpace(name), n+1) }
