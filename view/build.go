package view

import (
	"context"
	"io"
	"math"
	"sort"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/catalog"
	"yingbi/internal/fault"
	"yingbi/masking"
	"yingbi/table"
)

// maxRows is what a row number holds.
const maxRows = math.MaxUint32

// batchRows is how many rows are gathered at a time.
const batchRows = 64 << 10

// build masks the version and seals the view.
func (v *View) build(ctx context.Context, req Request, masker *masking.Masker) error {
	masked, err := v.mask(ctx, req, masker)
	if err != nil {
		return err
	}
	if err := masked.checkOrdinals(len(v.columns), len(v.kinds)); err != nil {
		return err
	}
	rows := order(req.Secret, v.identity, masked.rows)
	batch := v.home.Begin()
	defer batch.Discard()
	w, err := batch.Create(ctx, v.object())
	if err == nil {
		err = masked.write(ctx, w, rows)
	}
	if err == nil {
		err = batch.Commit(ctx)
	}
	if fault.KindOf(err) == fault.Conflict {
		if _, missing := v.home.Stat(v.object()); missing == nil {
			return nil // somebody else built the same view meanwhile
		}
	}
	return err
}

// rowset is a table in memory: batches of one schema, masked columns first and
// then one column of ordinals for each kind.
type rowset struct {
	schema  *arrow.Schema
	batches []arrow.RecordBatch
	starts  []int // the number of each batch's first row
	rows    int
}

// mask reads the version and keeps masked columns and ordinals.
func (v *View) mask(ctx context.Context, req Request, masker *masking.Masker) (*rowset, error) {
	var names []string
	fields := masker.Schema().Fields()
	for _, c := range v.columns {
		names = append(names, c.Name)
	}
	for _, kind := range v.kinds {
		name := catalog.SubjectColumn(kind)
		names = append(names, name)
		fields = append(fields, arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Int64, Nullable: true})
	}
	if req.Version.Rows > maxRows {
		return nil, fault.Errorf(fault.Limit, "a view holds at most %d rows; version %d of %s has more", int64(maxRows), req.Version.Number, req.Dataset.ID)
	}
	out := &rowset{schema: arrow.NewSchema(fields, nil)}
	for _, p := range req.Version.Parts {
		err := v.readPart(ctx, p, names, func(raw arrow.RecordBatch) error { return out.add(raw, masker) })
		if err != nil {
			return nil, err
		}
	}
	if int64(out.rows) != req.Version.Rows {
		return nil, fault.Errorf(fault.Integrity, "data set %s, version %d, has %d rows and was registered with %d",
			req.Dataset.ID, req.Version.Number, out.rows, req.Version.Rows)
	}
	return out, nil
}

// readPart reads the named columns of a part of the version.
func (v *View) readPart(ctx context.Context, p catalog.Part, names []string, f func(arrow.RecordBatch) error) error {
	object, err := v.home.Open(ctx, p.Object())
	if err != nil {
		return err
	}
	defer object.Close()
	in, err := table.NewReader(table.Source{ReaderAt: object, Size: object.Size()}, names)
	if err != nil {
		return err
	}
	return each(ctx, in, f)
}

// add masks a raw batch, whose last columns are the ordinals.
func (s *rowset) add(raw arrow.RecordBatch, masker *masking.Masker) error {
	masked, err := masker.Apply(raw)
	if err != nil {
		return err
	}
	columns := append([]arrow.Array{}, masked.Columns()...)
	columns = append(columns, raw.Columns()[len(columns):]...)
	for i, c := range columns {
		if !arrow.TypeEqual(c.DataType(), s.schema.Field(i).Type) {
			return fault.New(fault.Integrity, "view: the version's ordinals are no integers")
		}
	}
	s.batches = append(s.batches, array.NewRecordBatch(s.schema, columns, raw.NumRows()))
	s.starts = append(s.starts, s.rows)
	s.rows += int(raw.NumRows())
	return nil
}

// checkOrdinals refuses rows without a subject of each kind: ingest keeps none, so
// a missing one is damage.
func (s *rowset) checkOrdinals(first, kinds int) error {
	for _, b := range s.batches {
		for k := first; k < first+kinds; k++ {
			values := b.Column(k).(*array.Int64)
			for i, v := range values.Int64Values() {
				if values.IsNull(i) || v < 1 || v > math.MaxUint32 {
					return fault.New(fault.Integrity, "view: the version has a row without its subject")
				}
			}
		}
	}
	return nil
}

// write writes the rows in the order given.
func (s *rowset) write(ctx context.Context, w io.Writer, order []uint32) error {
	out, err := table.NewWriter(w, s.schema)
	if err != nil {
		return err
	}
	for len(order) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(batchRows, len(order))
		if err := out.Write(s.gather(order[:n])); err != nil {
			return err
		}
		order = order[n:]
	}
	return out.Close()
}

// at is where a row lies.
type at struct{ batch, row int }

func (s *rowset) locate(row uint32) at {
	batch := sort.SearchInts(s.starts, int(row)+1) - 1
	return at{batch, int(row) - s.starts[batch]}
}

// gather makes one batch of the rows given.
func (s *rowset) gather(rows []uint32) arrow.RecordBatch {
	places := make([]at, len(rows))
	for i, row := range rows {
		places[i] = s.locate(row)
	}
	columns := make([]arrow.Array, s.schema.NumFields())
	for c := range columns {
		parts := make([]arrow.Array, len(s.batches))
		for b := range s.batches {
			parts[b] = s.batches[b].Column(c)
		}
		columns[c] = gather(s.schema.Field(c).Type, parts, places)
	}
	return array.NewRecordBatch(s.schema, columns, int64(len(rows)))
}
