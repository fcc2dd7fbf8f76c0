package author

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"yingbi/internal/coltype"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// Of the cells that read files. The output bounds what a file expands to.
const (
	fileMemory = 1 << 30
	lookOutput = 64 << 20
	readOutput = 64 << 30
)

// Inspection says what an import of a file would do.
type Inspection struct {
	Verdict
	Format      string           `json:"format"`      // "" where the file was refused before that was known, as below
	Compression string           `json:"compression"` // of csv and tsv
	Encoding    string           `json:"encoding"`    // of csv and tsv
	Delimiter   string           `json:"delimiter"`   // of csv and tsv
	Sheet       string           `json:"sheet"`       // of xlsx
	Columns     []Column         `json:"columns"`
	RowsIn      int64            `json:"rows_in"` // the sum of the two below
	Kept        int64            `json:"rows_kept"`
	Quarantined int64            `json:"rows_quarantined"`
	Reasons     map[string]int64 `json:"reasons"` // why rows are quarantined
}

// Column is a column of a file with the type that fits what its beginning has.
type Column struct {
	Name  string `json:"name"`  // "" has none, and is not imported
	Type  string `json:"type"`  // "" has a type that is not imported
	Nulls int64  `json:"nulls"` // of the rows at the beginning
}

// Inspect reads a whole file as an import would that takes each column by its name
// and with the type that fits its beginning. wall is for the whole.
func (c *Checks) Inspect(ctx context.Context, file *os.File, wall time.Duration) (Inspection, error) {
	out := Inspection{Columns: []Column{}, Reasons: map[string]int64{}}
	deadline := time.Now().Add(wall)
	in, v, err := c.look(ctx, file, wall)
	if out.Verdict = v.of(wall); err != nil || v.Outcome != OK {
		return out, err
	}
	out.describe(&in)
	columns := declared(&in)
	for i := range columns {
		columns[i].Name = fmt.Sprint("c", i) // an import has its own names
	}
	if out.Verdict = importable(&in, columns); out.Outcome != OK {
		return out, nil
	}
	left := time.Until(deadline)
	if left <= 0 {
		out.Verdict = late().of(wall)
		return out, nil
	}
	sum, err := c.cells.Ingest(ctx, in.Request(columns), file, sandbox.Limits{Memory: fileMemory, Wall: left, Output: readOutput}, sandbox.IngestSink{
		Rows:       func(*abi.Frame) error { return nil },
		Quarantine: out.count,
	})
	v, err = judge(err)
	if out.Verdict = v.of(wall); err != nil || v.Outcome != OK {
		clear(out.Reasons)
		return out, err
	}
	out.RowsIn, out.Kept, out.Quarantined = sum.Read, sum.Kept, sum.Quarantined
	if sum.Kept == 0 && sum.Read > 0 {
		out.Verdict = Verdict{Refused, reasonAllBad, fmt.Sprintf("none of the %d rows could be kept; the most frequent reason is %s", sum.Read, out.frequent())}
	}
	return out, nil
}

// look tells by a file's beginning how it is written. Its first row names the
// columns if it can: an import goes by the names, and a domain's doubts about a name
// that comes again below protect rows of which whoever calls this has the file.
func (c *Checks) look(ctx context.Context, file *os.File, wall time.Duration) (sandbox.Inspection, Verdict, error) {
	in, err := c.cells.Inspect(ctx, abi.InspectRequest{Named: true}, file, sandbox.Limits{Memory: fileMemory, Wall: wall, Output: lookOutput})
	v, err := judge(err)
	return in, v, err
}

func (i *Inspection) describe(in *sandbox.Inspection) {
	i.Format, i.Compression, i.Encoding, i.Delimiter, i.Sheet = in.Format, in.Compression, in.Encoding, in.Delimiter, in.Sheet
	for _, c := range in.Columns {
		one := Column{Name: c.Name, Nulls: c.Nulls}
		if c.Type.Valid() {
			one.Type = c.Type.String()
		} else if in.Format != abi.FormatParquet {
			one.Type = coltype.Type{Kind: coltype.Text}.String()
		}
		i.Columns = append(i.Columns, one)
	}
}

// count adds up why rows are quarantined. A reason outside the list is a word of the
// cell that nobody asked for.
func (i *Inspection) count(f *abi.Frame) error {
	const reason = 3 // the column of a frame of quarantine
	for row := range f.Rows {
		if why := abi.Reason(f.Columns[reason].TextAt(row)); why.Valid() {
			i.Reasons[string(why)]++
		}
	}
	return nil
}

func (i *Inspection) frequent() string {
	most := ""
	for _, why := range slices.Sorted(maps.Keys(i.Reasons)) {
		if most == "" || i.Reasons[why] > i.Reasons[most] {
			most = why
		}
	}
	return most
}

// declared gives the columns that an import of the file can name. An empty cell is
// null, and in a column of numbers or times so is each spelling of null that was
// seen; in a text those may be words.
func declared(in *sandbox.Inspection) []abi.IngestColumn {
	var columns []abi.IngestColumn
	for _, c := range in.Columns {
		column := abi.IngestColumn{Name: c.Name, Source: c.Name, Type: c.Type}
		if !c.Type.Valid() && in.Format != abi.FormatParquet {
			column.Type.Kind = coltype.Text
		}
		if c.Name == "" || !column.Type.Valid() {
			continue
		}
		if in.Format != abi.FormatParquet {
			column.Nulls = []string{""}
		}
		for _, s := range c.Spellings {
			if column.Type.Kind != coltype.Text && s.Text != "" {
				column.Nulls = append(column.Nulls, s.Text)
			}
		}
		columns = append(columns, column)
	}
	return columns
}

// importable refuses a file that no description fits.
func importable(in *sandbox.Inspection, columns []abi.IngestColumn) Verdict {
	switch {
	case !in.Header:
		return Verdict{Refused, reasonNoHeader, "its first row does not name the columns: it has a number, a date, a null or a name twice"}
	case len(columns) == 0:
		return Verdict{Refused, reasonNoColumn, "no column of it has both a name and a type that is read"}
	}
	return Verdict{Outcome: OK}
}
