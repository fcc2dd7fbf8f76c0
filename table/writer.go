package table

import (
	"io"
	"math"
	"sort"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"yingbi/internal/fault"
)

// A row group ends after groupRows rows, or after the row with which its text
// reaches groupText bytes. Both depend on the rows alone and never on how they
// were cut into records; they bound the memory of Writer and Reader.
const (
	groupRows = 128 << 10
	groupText = 64 << 20
)

// Writer writes records as one Parquet file.
type Writer struct {
	w       io.Writer
	schema  *arrow.Schema
	out     *pqarrow.FileWriter // nil before the first row group is full
	pending []arrow.RecordBatch // the rows of the next row group
	rows    int64               // in pending
	text    int64               // bytes in pending
}

// NewWriter makes a writer of a Parquet file of the schema to w. The file is
// complete when Close has returned without an error.
func NewWriter(w io.Writer, schema *arrow.Schema) (*Writer, error) {
	if _, err := FieldsOf(schema); err != nil {
		return nil, err
	}
	return &Writer{w: struct{ io.Writer }{w}, schema: schema}, nil // the library closes what it can
}

// begin opens the file once, with what is quick to write and to load for the
// first rows. A dictionary never ends early: a chunk that mixes encodings lists them
// in the footer in the order of a Go map.
func (w *Writer) begin() (err error) {
	if w.out != nil {
		return nil
	}
	props := []parquet.WriterProperty{
		parquet.WithCompression(compress.Codecs.Snappy),
		parquet.WithMaxRowGroupLength(groupRows),
		parquet.WithStoreDecimalAsInteger(true),
		parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithCreatedBy("yingbi"),
		parquet.WithDictionaryDefault(false),
		parquet.WithDictionaryPageSizeLimit(math.MaxInt32),
	}
	for i, f := range w.schema.Fields() {
		props = append(props, parquet.WithDictionaryFor(f.Name, w.repeats(i)))
	}
	w.out, err = pqarrow.NewFileWriter(w.schema, w.w, parquet.NewWriterProperties(props...), pqarrow.NewArrowWriterProperties())
	return err
}

// repeats reports whether column i holds text of which each value comes twice or
// more on average in the first rows: names and codes, not identifiers. A
// dictionary of what does not repeat takes three times as long to write.
func (w *Writer) repeats(i int) bool {
	const sample = 4096
	seen, rows := make(map[string]struct{}), 0
	for _, rec := range w.pending {
		column, ok := rec.Column(i).(*array.String)
		if !ok {
			return false
		}
		for j := 0; j < column.Len() && rows < sample; j++ {
			seen[column.Value(j)] = struct{}{}
			rows++
		}
	}
	return 2*len(seen) <= rows
}

// Write adds the rows of rec, which must not change before Close.
func (w *Writer) Write(rec arrow.RecordBatch) error {
	if !rec.Schema().Equal(w.schema) {
		return fault.New(fault.Internal, "table: the record has other columns than the file")
	}
	for rec.NumRows() > 0 {
		n, text := w.fit(rec)
		w.pending = append(w.pending, rec.NewSlice(0, n))
		w.rows += n
		w.text += text
		if w.rows == groupRows || w.text >= groupText {
			if err := w.flush(); err != nil {
				return err
			}
		}
		rec = rec.NewSlice(n, rec.NumRows())
	}
	return nil
}

// fit gives how many rows of rec belong to the current row group, and how many
// bytes of text they have.
func (w *Writer) fit(rec arrow.RecordBatch) (rows, text int64) {
	rows = min(rec.NumRows(), groupRows-w.rows)
	upTo := func(n int64) (sum int64) {
		for _, col := range rec.Columns() {
			if s, ok := col.(*array.String); ok {
				offsets := s.ValueOffsets()
				sum += int64(offsets[n]) - int64(offsets[0])
			}
		}
		return sum
	}
	if w.text+upTo(rows) > groupText {
		rows = 1 + int64(sort.Search(int(rows), func(i int) bool { return w.text+upTo(int64(i)+1) >= groupText }))
	}
	return rows, upTo(rows)
}

// flush writes the pending rows as one row group.
func (w *Writer) flush() error {
	if w.rows == 0 {
		return nil
	}
	if err := w.begin(); err != nil {
		return err
	}
	w.out.NewRowGroup()
	for i := range w.schema.NumFields() {
		parts := make([]arrow.Array, len(w.pending))
		for j, rec := range w.pending {
			parts[j] = rec.Column(i)
		}
		whole := parts[0]
		if len(parts) > 1 {
			var err error
			if whole, err = array.Concatenate(parts, memory.DefaultAllocator); err != nil {
				return err
			}
		}
		if err := w.out.WriteColumnData(whole); err != nil {
			return err
		}
	}
	w.pending, w.rows, w.text = nil, 0, 0
	return nil
}

// Close writes what is pending and the footer. It does not close the io.Writer.
func (w *Writer) Close() error {
	if err := w.flush(); err != nil {
		return err
	}
	if err := w.begin(); err != nil {
		return err
	}
	return w.out.Close()
}
