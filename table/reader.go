package table

import (
	"context"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"yingbi/internal/fault"
)

// batchRows is the most rows of one record that Next gives.
const batchRows = 64 << 10

// Source is a Parquet file of our own make.
type Source struct {
	io.ReaderAt
	Size int64
}

// Reader reads records from a file that Writer made. Its memory is bounded by
// the read columns of one row group.
type Reader struct {
	rows    int64
	schema  *arrow.Schema
	records pqarrow.RecordReader // nil if the file has no rows
}

// NewReader reads the named columns, in the order of the names; nil reads all,
// in the order of the file.
func NewReader(src Source, columns []string) (*Reader, error) {
	f, err := file.NewParquetReader(io.NewSectionReader(src, 0, src.Size))
	if err != nil {
		return nil, damaged(err)
	}
	in, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{BatchSize: batchRows}, memory.DefaultAllocator)
	if err != nil {
		return nil, damaged(err)
	}
	whole, err := in.Schema()
	if err != nil {
		return nil, damaged(err)
	}
	indices, fields, err := project(whole, columns)
	if err != nil {
		return nil, err
	}
	r := &Reader{rows: f.NumRows(), schema: Schema(fields...)}
	if r.rows == 0 || len(indices) == 0 {
		return r, nil
	}
	if r.records, err = in.GetRecordReader(context.Background(), indices, nil); err != nil {
		return nil, damaged(err)
	}
	return r, nil
}

// project finds the named columns of a flat schema.
func project(whole *arrow.Schema, columns []string) ([]int, []Field, error) {
	all, err := FieldsOf(whole)
	if err != nil {
		return nil, nil, err
	}
	if columns == nil {
		for _, f := range all {
			columns = append(columns, f.Name)
		}
	}
	indices, fields := make([]int, len(columns)), make([]Field, len(columns))
	for i, name := range columns {
		at := whole.FieldIndices(name)
		if len(at) != 1 {
			return nil, nil, fault.Errorf(fault.NotFound, "table: the file has %d columns named %q", len(at), name)
		}
		indices[i], fields[i] = at[0], all[at[0]]
	}
	return indices, fields, nil
}

// Schema gives the columns that Next reads.
func (r *Reader) Schema() *arrow.Schema { return r.schema }

// Rows gives how many rows the file has.
func (r *Reader) Rows() int64 { return r.rows }

// Next gives the next record, of up to 65,536 rows, and io.EOF after the last.
// The record is the caller's.
func (r *Reader) Next() (arrow.RecordBatch, error) {
	if r.records == nil {
		return nil, io.EOF
	}
	rec, err := r.records.Read()
	if err == io.EOF {
		return nil, io.EOF
	}
	if err != nil {
		return nil, damaged(err)
	}
	// The record's own schema carries Parquet's field numbers; ours does not.
	return array.NewRecordBatch(r.schema, rec.Columns(), rec.NumRows()), nil
}

// damaged hides what a parser says, which may quote the file.
func damaged(error) error {
	return fault.New(fault.Integrity, "table: the file is not one that the domain wrote")
}
