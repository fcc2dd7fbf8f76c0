package table

import (
	"context"
	"io"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"yingbi/internal/fault"
)

// batchRows is the most rows of one record that Next gives.
const batchRows = 64 << 10

// Reader reads records from a file that Writer or Project made. Its memory is
// bounded by the read columns of one row group.
type Reader struct {
	src     *source
	schema  *arrow.Schema
	rows    int64
	left    int64                // rows that Next has not read
	records pqarrow.RecordReader // nil if the file has no rows
}

// NewReader reads the named columns, in the order of the names; nil reads all,
// in the order of the file.
func NewReader(src Source, columns []string) (_ *Reader, err error) {
	s := newSource(src)
	defer s.settle(&err)
	f, all, err := s.open()
	if err != nil {
		return nil, err
	}
	indices, fields, err := project(all, columns)
	if err != nil {
		return nil, err
	}
	r := &Reader{src: s, schema: Schema(fields...), rows: f.NumRows(), left: f.NumRows()}
	if r.rows == 0 || len(indices) == 0 {
		return r, nil
	}
	if err := s.expect(f.MetaData(), indices, fields); err != nil {
		return nil, err // the library would panic in a goroutine of its own
	}
	in, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{BatchSize: batchRows}, memory.DefaultAllocator)
	if err != nil {
		return nil, damaged()
	}
	if r.records, err = in.GetRecordReader(context.Background(), indices, nil); err != nil {
		return nil, damaged()
	}
	return r, nil
}

// project finds the named columns, nil for all, and refuses one that is named twice.
func project(all []Field, columns []string) (indices []int, fields []Field, err error) {
	if columns == nil {
		for i := range all {
			indices = append(indices, i)
		}
		return indices, all, nil
	}
	for i, name := range columns {
		at := slices.IndexFunc(all, func(f Field) bool { return f.Name == name })
		if at < 0 {
			return nil, nil, fault.Errorf(fault.NotFound, "table: the file has no column named %q", name)
		}
		if slices.Contains(columns[:i], name) {
			return nil, nil, fault.Errorf(fault.Invalid, "table: column %q is asked for twice", name)
		}
		indices, fields = append(indices, at), append(fields, all[at])
	}
	return indices, fields, nil
}

// Schema gives the columns that Next reads.
func (r *Reader) Schema() *arrow.Schema { return r.schema }

// Rows gives how many rows the file has.
func (r *Reader) Rows() int64 { return r.rows }

// Next gives the next record, of up to 65,536 rows, and io.EOF after the last.
// The record is the caller's.
func (r *Reader) Next() (_ arrow.RecordBatch, err error) {
	if r.records == nil {
		return nil, io.EOF
	}
	defer r.src.settle(&err)
	rec, err := r.records.Read()
	if err == io.EOF && r.left == 0 {
		return nil, io.EOF
	}
	if err != nil {
		return nil, damaged()
	}
	r.left -= rec.NumRows()
	// The record's own schema carries Parquet's field numbers; ours does not.
	return array.NewRecordBatch(r.schema, rec.Columns(), rec.NumRows()), nil
}
