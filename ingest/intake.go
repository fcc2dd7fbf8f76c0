package ingest

import (
	"cmp"
	"context"
	"math/bits"
	"slices"

	"yingbi/catalog"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/table"
	"yingbi/vault"
)

// MaxQuarantined is the most rows of an upload that may be quarantined. Beyond it
// the file does not fit its description, and is refused.
const MaxQuarantined = 10_000_000

// intake is an upload on its way into the vault.
type intake struct {
	req     Request
	quality Quality
	columns map[string]int   // of the data set, by name
	known   map[string]known // by kind

	kept *table.Writer // rows
	bad  *table.Writer // quarantine

	arrived  int64     // rows that came as clean
	rejected []int64   // row numbers that the cell quarantined
	missing  []missing // rows that came as clean and have no subject
	limit    int       // of rejected and missing together
}

// newIntake begins the objects of rows and of quarantine.
func newIntake(ctx context.Context, req Request, v catalog.Version, b *vault.Batch) (*intake, error) {
	in := &intake{req: req, columns: map[string]int{}, known: map[string]known{}, limit: MaxQuarantined}
	var fields []table.Field
	for i, c := range req.Dataset.Columns {
		in.columns[c.Name] = i
		in.quality.Columns = append(in.quality.Columns, ColumnQuality{Name: c.Name, Quarantined: Reasons{}})
		fields = append(fields, table.Field{Name: c.Name, Type: c.Type})
	}
	in.quality.WholeRow = Reasons{}
	for _, s := range req.Dataset.Subjects {
		in.known[s.Kind] = known{}
		fields = append(fields, table.Field{Name: catalog.SubjectColumn(s.Kind), Type: coltype.Type{Kind: coltype.Integer}})
	}
	begin := func(name string, fields []table.Field) (*table.Writer, error) {
		w, err := b.Create(ctx, name)
		if err != nil {
			return nil, err
		}
		return table.NewWriter(w, table.Schema(fields...))
	}
	var err error
	if in.kept, err = begin(v.RowsObject(), fields); err != nil {
		return nil, err
	}
	in.bad, err = begin(v.QuarantineObject(), quarantineFields)
	return in, err
}

// rows takes clean rows from the cell.
func (in *intake) rows(f *abi.Frame) error {
	ordinals, gone, err := in.identify(f)
	if err != nil {
		return err
	}
	full := &abi.Frame{Rows: f.Rows, Columns: slices.Clone(f.Columns)}
	for i, s := range in.req.Dataset.Subjects {
		full.Columns = append(full.Columns, abi.Column{
			Name: catalog.SubjectColumn(s.Kind), Type: coltype.Type{Kind: coltype.Integer}, Ints: ordinals[i],
		})
	}
	if len(gone) > 0 {
		full = without(full, gone)
	}
	in.arrived += int64(f.Rows)
	in.quality.Rows += int64(full.Rows)
	for i := range in.quality.Columns {
		in.quality.Columns[i].Nulls += nulls(&full.Columns[i], full.Rows)
	}
	in.progress()
	return write(in.kept, full)
}

func (in *intake) checkLimit() error {
	if len(in.rejected)+len(in.missing) > in.limit {
		return fault.Errorf(fault.Limit, "more than %d rows cannot be kept: the file does not fit the description of %s; correct one of them and import again", in.limit, in.req.Dataset.ID)
	}
	return nil
}

func (in *intake) progress() {
	if in.req.Progress != nil {
		in.req.Progress(in.arrived + int64(len(in.rejected)))
	}
}

// finish reconciles the counts, completes the quarantine and closes both files.
func (in *intake) finish(told sandbox.IngestSummary) error {
	q := &in.quality
	q.ExtraColumns = told.ExtraColumns
	if q.Rows+q.Quarantined != told.Read || in.arrived != told.Kept || int64(len(in.rejected)) != told.Quarantined {
		return broken("the rows that came are not the rows that were read")
	}
	slices.Sort(in.rejected)
	slices.SortFunc(in.missing, func(a, b missing) int { return cmp.Compare(a.place, b.place) })
	for i, row := range in.rejected {
		if row > told.Read || i > 0 && in.rejected[i-1] == row {
			return broken("a row was quarantined twice, or is not in the file")
		}
	}
	if q.Rows == 0 && q.Quarantined > 0 {
		return in.nothingKept()
	}
	if err := in.writeMissing(); err != nil {
		return err
	}
	if err := in.kept.Close(); err != nil {
		return err
	}
	return in.bad.Close()
}

func write(w *table.Writer, f *abi.Frame) error {
	rec, err := table.FromFrame(f)
	if err != nil {
		return err
	}
	return w.Write(rec)
}

func nulls(c *abi.Column, rows int) int64 {
	if c.Valid == nil {
		return 0
	}
	set := 0
	for _, b := range c.Valid {
		set += bits.OnesCount8(b)
	}
	return int64(rows - set)
}
