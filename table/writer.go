package table

import (
	"context"
	"io"
	"sort"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
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

// maxText is the most text of one row: a column of a row group is one page, of
// less than 2 GiB.
const maxText = 1 << 30

// Writer writes records as one Parquet file. It holds one row group, encoded.
type Writer struct {
	sink   *sink
	schema *arrow.Schema
	first  []arrow.RecordBatch // copies of the first rows, until there are enough to choose how to store the columns
	out    *file.Writer        // nil until then
	group  file.BufferedRowGroupWriter
	words  []*words // of the columns that have a dictionary in the current row group
	rows   int64    // of the current row group
	text   int64    // bytes in them
	err    error    // the first; nothing is written after it
}

// NewWriter makes a writer of a Parquet file of the schema to w. The file is
// complete when Close has returned without an error.
func NewWriter(w io.Writer, schema *arrow.Schema) (*Writer, error) {
	if _, err := FieldsOf(schema); err != nil {
		return nil, err
	}
	return &Writer{sink: &sink{w: w}, schema: schema}, nil
}

// Write adds the rows of rec, which the caller may change or release after it.
func (w *Writer) Write(rec arrow.RecordBatch) error {
	if !rec.Schema().Equal(w.schema) {
		return fault.New(fault.Internal, "table: the record has other columns than the file")
	}
	if w.err == nil {
		w.err = checkDecimals(rec)
	}
	for w.err == nil && rec.NumRows() > 0 {
		n, text := w.fit(rec)
		w.err = w.add(rec.NewSlice(0, n), text)
		rec = rec.NewSlice(n, rec.NumRows())
	}
	return w.err
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

// add adds rows to the current row group, all of which belong to it.
func (w *Writer) add(rec arrow.RecordBatch, text int64) error {
	if text > maxText {
		return fault.New(fault.Limit, "table: a row has more than 1 GiB of text; split it over rows")
	}
	w.rows += rec.NumRows()
	w.text += text
	full := w.rows == groupRows || w.text >= groupText
	if w.out == nil && w.rows < sampleRows && !full {
		return w.keep(rec)
	}
	if err := w.begin(rec); err != nil {
		return err
	}
	if err := w.encode(rec); err != nil {
		return err
	}
	if full {
		return w.endGroup()
	}
	return nil
}

// keep copies rows.
func (w *Writer) keep(rec arrow.RecordBatch) error {
	columns := make([]arrow.Array, rec.NumCols())
	for i, c := range rec.Columns() {
		var err error
		if columns[i], err = array.Concatenate([]arrow.Array{c}, memory.DefaultAllocator); err != nil {
			return err
		}
	}
	w.first = append(w.first, array.NewRecordBatch(w.schema, columns, rec.NumRows()))
	return nil
}

// begin opens the file, once, and encodes the rows that were kept. Those that come
// next help to choose how.
func (w *Writer) begin(next ...arrow.RecordBatch) error {
	if w.out != nil {
		return nil
	}
	first := w.first
	w.first = nil
	props := properties(w.schema, append(first, next...))
	schema, err := pqarrow.ToParquet(w.schema, props, pqarrow.DefaultWriterProps())
	if err != nil {
		return err
	}
	w.words = make([]*words, w.schema.NumFields())
	for i, f := range w.schema.Fields() {
		if props.DictionaryEnabledFor(f.Name) {
			w.words[i] = newWords()
		}
	}
	w.out = file.NewParquetWriter(w.sink, schema.Root(), file.WithWriterProps(props))
	for _, rec := range first {
		if err := w.encode(rec); err != nil {
			return err
		}
	}
	return w.sink.err
}

// encode adds rows to the columns of the row group.
func (w *Writer) encode(rec arrow.RecordBatch) error {
	if w.group == nil {
		w.group = w.out.AppendBufferedRowGroup()
	}
	for i, c := range rec.Columns() {
		if w.words[i] != nil {
			w.words[i].add(c.(*array.String))
		} else if err := w.put(i, c); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) put(i int, c arrow.Array) error {
	column, err := w.group.Column(i)
	if err != nil {
		return err
	}
	// Plain values are said not to be nullable, although they are: the levels tell
	// it too, and the library's other path makes an error message for each row.
	dictionary := w.words[i] != nil
	return pqarrow.WriteArrowToColumn(context.Background(), column, c, levels(c), nil, dictionary)
}

// levels gives Parquet's definition level of each row: 1 where it has a value.
func levels(c arrow.Array) []int16 {
	out := make([]int16, c.Len())
	for i := range out {
		if c.IsValid(i) {
			out[i] = 1
		}
	}
	return out
}

// endGroup writes the row group.
func (w *Writer) endGroup() error {
	for i, words := range w.words {
		if words == nil {
			continue
		}
		if err := w.put(i, words.take()); err != nil {
			return err
		}
	}
	if err := w.group.Close(); err != nil {
		return err
	}
	w.group, w.rows, w.text = nil, 0, 0
	return w.sink.err
}

// Close writes what is pending and the footer. It does not close the io.Writer.
func (w *Writer) Close() error {
	if w.err == nil {
		w.err = w.begin()
	}
	if w.err == nil && w.group != nil {
		w.err = w.endGroup()
	}
	if w.err == nil {
		w.err = w.out.Close()
	}
	if w.err == nil {
		w.err = w.sink.err
	}
	return w.err
}

// sink remembers the first error of an io.Writer: the library loses some, and
// panics at some. It hides that the io.Writer may be closed.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(b []byte) (int, error) {
	if s.err == nil {
		_, s.err = s.w.Write(b)
	}
	return len(b), nil
}

// checkDecimals refuses a value outside its precision, of which the library would
// write the low bits.
func checkDecimals(rec arrow.RecordBatch) error {
	for i, c := range rec.Columns() {
		arr, ok := c.(*array.Decimal128)
		if !ok {
			continue
		}
		t, err := ColumnType(arr.DataType())
		if err != nil {
			return err
		}
		bound := powerOfTen(t.Precision)
		for row, v := range arr.Values() {
			if !within(v, bound) && arr.IsValid(row) {
				return fault.Errorf(fault.Limit, "table: a value of column %d does not fit %s", i, t)
			}
		}
	}
	return nil
}
