package ingest

import (
	"context"
	"math/bits"
	"slices"
	"time"

	"yingbi/catalog"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/sandbox/abi"
	"yingbi/subject"
	"yingbi/table"
	"yingbi/vault"
)

// MaxQuarantined is the most rows of an upload that may be quarantined. Beyond it
// the files do not fit their description, and are refused.
const MaxQuarantined = 10_000_000

// intake is an upload on its way into the vault.
type intake struct {
	req     Request
	quality Quality
	columns map[string]int // of the data set, by name

	lanes      *lanes // rows
	bad        *table.Writer
	badObject  *vault.ObjectWriter
	identities []identity // one for each subject of the data set
	tags       []subject.Tag

	arrived int64 // rows that came as clean, of all files
	unkept  int   // rows that were quarantined, of all files
	limit   int   // of unkept
}

// newIntake begins the objects of rows and of quarantine.
func newIntake(ctx context.Context, req Request, b *vault.Batch) (*intake, error) {
	in := &intake{req: req, columns: map[string]int{}, limit: MaxQuarantined}
	var fields []table.Field
	for i, c := range req.Dataset.Columns {
		in.columns[c.Name] = i
		in.quality.Columns = append(in.quality.Columns, ColumnQuality{Name: c.Name, Quarantined: Reasons{}})
		fields = append(fields, table.Field{Name: c.Name, Type: c.Type})
	}
	in.quality.WholeRow = Reasons{}
	for _, s := range req.Dataset.Subjects {
		in.identities = append(in.identities, identity{s, req.Registries[s.Kind], in.columns[s.Column]})
		fields = append(fields, table.Field{Name: catalog.SubjectColumn(s.Kind), Type: coltype.Type{Kind: coltype.Integer}})
	}
	var err error
	v := catalog.Version{Number: req.Number}
	if in.badObject, err = b.Create(ctx, v.QuarantineObject()); err != nil {
		return nil, err
	}
	if in.bad, err = table.NewWriter(in.badObject, table.Schema(quarantineFields...)); err != nil {
		return nil, err
	}
	in.lanes = newLanes(ctx, b, req.Number, fields)
	return in, nil
}

// keep takes clean rows of a file.
func (in *intake) keep(f *file, rows *abi.Frame) error {
	ordinals, gone, err := in.identify(f, rows)
	if err != nil {
		return err
	}
	full := &abi.Frame{Rows: rows.Rows, Columns: slices.Clone(rows.Columns)}
	for i, s := range in.req.Dataset.Subjects {
		full.Columns = append(full.Columns, abi.Column{
			Name: catalog.SubjectColumn(s.Kind), Type: coltype.Type{Kind: coltype.Integer}, Ints: ordinals[i],
		})
	}
	if len(gone) > 0 {
		full = without(full, gone)
	}
	f.arrived += int64(rows.Rows)
	in.arrived += int64(rows.Rows)
	in.quality.Rows += int64(full.Rows)
	for i := range in.quality.Columns {
		in.quality.Columns[i].Nulls += nulls(&full.Columns[i], full.Rows)
	}
	return in.lanes.write(full)
}

// quarantined counts rows that are not kept.
func (in *intake) quarantined(n int) error {
	in.quality.Quarantined += int64(n)
	if in.unkept += n; in.unkept > in.limit {
		return fault.Errorf(fault.Limit, "more than %d rows cannot be kept: the upload does not fit the description of %s; correct one of them and import again", in.limit, in.req.Dataset.ID)
	}
	return nil
}

func (in *intake) progress() {
	if in.req.Progress != nil {
		in.req.Progress(in.quality.Rows + in.quality.Quarantined)
	}
}

// finish closes all objects and gives the version that they make.
func (in *intake) finish(now time.Time) (catalog.Version, error) {
	q := &in.quality
	q.Created = now
	v := catalog.Version{
		Dataset: in.req.Dataset.ID, Number: in.req.Number, Rows: q.Rows, Quarantined: q.Quarantined, Created: now,
	}
	if q.Rows == 0 && q.Quarantined > 0 {
		return v, in.nothingKept()
	}
	parts, err := in.lanes.finish()
	if err != nil {
		return v, err
	}
	if err := in.bad.Close(); err != nil {
		return v, err
	}
	if base := in.req.Base; base != nil {
		v.Base = base.Number
		v.Rows += base.Rows
		v.Quarantined += base.Quarantined
		v.Parts = append(v.Parts, base.Parts...)
	}
	v.Parts = append(v.Parts, parts...)
	v.Digest = catalog.RowsDigest(v.Parts)
	return v, nil
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
