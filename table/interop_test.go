package table

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"yingbi/internal/coltype"
)

func parquetFile(t testing.TB, b []byte) *file.Reader {
	t.Helper()
	f, err := file.NewParquetReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// library reads a file as anybody would.
func library(t testing.TB, b []byte) arrow.Table {
	t.Helper()
	in, err := pqarrow.NewFileReader(parquetFile(t, b), pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	out, err := in.ReadTable(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sameRows compares what arrow-go and Reader find in a file with the records.
func sameRows(t *testing.T, b []byte, records []arrow.RecordBatch) {
	t.Helper()
	want := array.NewTableFromRecords(records[0].Schema(), records)
	got := library(t, b)
	ours := array.NewTableFromRecords(want.Schema(), readAll(t, b, nil))
	if got.NumRows() != want.NumRows() || ours.NumRows() != want.NumRows() {
		t.Fatalf("arrow-go finds %d rows, Reader %d, of %d", got.NumRows(), ours.NumRows(), want.NumRows())
	}
	for i := range int(want.NumCols()) {
		name := want.Column(i).Name()
		if !array.ChunkedEqual(got.Column(i).Data(), want.Column(i).Data()) || got.Column(i).Name() != name {
			t.Errorf("arrow-go finds other values in column %q", name)
		}
		if !array.ChunkedEqual(ours.Column(i).Data(), want.Column(i).Data()) {
			t.Errorf("Reader finds other values in column %q", name)
		}
	}
}

func readAll(t testing.TB, b []byte, columns []string) []arrow.RecordBatch {
	t.Helper()
	r := open(t, b, columns)
	var out []arrow.RecordBatch
	for {
		rec, err := r.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rec)
	}
}

func TestArrowGoReadsEveryType(t *testing.T) {
	for rows, nulls := range map[int][]int{1: {0, 1}, 7: {0, 2}, 8: {0, 1}, 33: {0, 7}, 129: {0, 1, 2}, 5000: {0, 7}, groupRows + 9: {7}} {
		for _, every := range nulls {
			t.Run(fmt.Sprintf("%d rows, every %d null", rows, every), func(t *testing.T) {
				rec := toRecord(t, sample(0, rows, every))
				sameRows(t, write(t, rec.Schema(), rec), []arrow.RecordBatch{rec})
			})
		}
	}
}

func TestArrowGoReadsClaims(t *testing.T) {
	records := claims(t, batchRows+5000)
	sameRows(t, write(t, records[0].Schema(), records...), records)
}

// The widest steps between neighbours, where differences wrap.
func TestExtremes(t *testing.T) {
	schema := Schema(Field{"n", coltype.Type{Kind: coltype.Integer}}, Field{"d", coltype.Type{Kind: coltype.Date}},
		Field{"p", coltype.Type{Kind: coltype.Decimal, Precision: 9}}, Field{"q", coltype.Type{Kind: coltype.Decimal, Precision: 18}})
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	for i := range 1000 {
		sign := int64(1 - i%2*2)
		b.Field(0).(*array.Int64Builder).Append([]int64{math.MinInt64, math.MaxInt64, 0, -1}[i*7%4])
		b.Field(1).(*array.Date32Builder).Append(arrow.Date32([]int32{math.MinInt32, math.MaxInt32, 0}[i*5%3]))
		b.Field(2).(*array.Decimal128Builder).Append(decimal(t, fmt.Sprint(sign*99_999_999)))
		b.Field(3).(*array.Decimal128Builder).Append(decimal(t, fmt.Sprint(sign*99_999_999_999_999_999)))
	}
	rec := b.NewRecordBatch()
	sameRows(t, write(t, schema, rec), []arrow.RecordBatch{rec})
}

// Neither a page nor the footer tells the least or greatest value of a column, or
// anything else of its values.
func TestNoStatistics(t *testing.T) {
	rec := toRecord(t, sample(0, 1000, 7))
	f := parquetFile(t, write(t, rec.Schema(), rec))
	for i, c := range f.MetaData().RowGroups[0].Columns {
		if c.MetaData.IsSetStatistics() || c.IsSetColumnIndexOffset() || c.MetaData.IsSetBloomFilterOffset() {
			t.Errorf("column %d carries statistics", i)
		}
		pages, err := f.RowGroup(0).GetColumnPageReader(i)
		if err != nil {
			t.Fatal(err)
		}
		for pages.Next() {
			if p, ok := pages.Page().(file.DataPage); ok {
				if s := p.Statistics(); s.IsSet() {
					t.Errorf("a page of column %d carries statistics", i)
				}
			}
		}
	}
	if n := f.MetaData().KeyValueMetadata().Len(); n != 0 {
		t.Errorf("%d pairs of metadata", n)
	}
}

// The text behind a null reaches no file.
func TestNullsHideNothingInFiles(t *testing.T) {
	text := array.NewStringBuilder(memory.DefaultAllocator)
	text.AppendValues([]string{"secret", "b"}, nil)
	whole := text.NewArray().Data()
	buffers := append([]*memory.Buffer{memory.NewBufferBytes([]byte{2})}, whole.Buffers()[1:]...)
	hidden := array.NewStringData(array.NewData(arrow.BinaryTypes.String, 2, buffers, nil, 1, 0))
	rec := array.NewRecordBatch(Schema(Field{"s", coltype.Type{Kind: coltype.Text}}), []arrow.Array{hidden}, 2)
	b := write(t, rec.Schema(), rec)
	if bytes.Contains(b, []byte("secret")) {
		t.Error("the file holds the text behind a null")
	}
	got := readAll(t, b, nil)[0].Column(0).(*array.String)
	if !got.IsNull(0) || got.Value(1) != "b" {
		t.Errorf("the file holds %v", got)
	}
}
