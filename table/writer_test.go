package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

func texts(values ...string) arrow.RecordBatch {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	for _, v := range values {
		if v == "null" {
			b.AppendNull()
		} else {
			b.Append(v)
		}
	}
	schema := Schema(Field{"s", coltype.Type{Kind: coltype.Text}})
	return array.NewRecordBatch(schema, []arrow.Array{b.NewArray()}, int64(len(values)))
}

// A column has a dictionary where the first texts come twice on average.
func TestWhenTextsRepeat(t *testing.T) {
	for _, c := range []struct {
		rows, distinct int
		want           bool
	}{{1, 1, false}, {2, 1, true}, {100, 50, true}, {100, 51, false}, {sampleRows + 10, sampleRows / 2, true}, {sampleRows + 10, sampleRows/2 + 1, false}, {0, 0, false}} {
		var values []string
		for i := range c.rows {
			values = append(values, fmt.Sprint("值", i%c.distinct))
		}
		rec := texts(append(values, "null")...)
		b := write(t, rec.Schema(), rec)
		chunk, err := parquetFile(t, b).MetaData().RowGroup(0).ColumnChunk(0)
		if err != nil {
			t.Fatal(err)
		}
		if got := chunk.HasDictionaryPage(); got != c.want {
			t.Errorf("%d texts of %d: dictionary %v", c.rows, c.distinct, got)
		}
		sameRows(t, b, []arrow.RecordBatch{rec})
	}
}

// A row group may lack any text although the file has a dictionary.
func TestDictionaryWithoutWords(t *testing.T) {
	rec := texts(slices.Concat(slices.Repeat([]string{"a", "b"}, groupRows/2), slices.Repeat([]string{"null"}, 10))...)
	sameRows(t, write(t, rec.Schema(), rec), []arrow.RecordBatch{rec})
}

// The caller may change a record after Write.
func TestWriteKeepsNothing(t *testing.T) {
	for _, rows := range []int{10, sampleRows + 1, groupRows + 10} {
		writeAndClear(t, toRecord(t, sample(0, rows, 3)))
	}
}

func writeAndClear(t *testing.T, rec arrow.RecordBatch) {
	t.Helper()
	want := write(t, rec.Schema(), rec)
	var out bytes.Buffer
	w, err := NewWriter(&out, rec.Schema())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rec); err != nil {
		t.Fatal(err)
	}
	for _, c := range rec.Columns() {
		for _, b := range c.Data().Buffers() {
			if b != nil {
				clear(b.Bytes())
			}
		}
	}
	if err := w.Close(); err != nil || !bytes.Equal(out.Bytes(), want) {
		t.Errorf("the file follows the record: %v", err)
	}
}

// After its first failure a Writer writes nothing more.
func TestWriterThatFailed(t *testing.T) {
	dt := &arrow.Decimal128Type{Precision: 3, Scale: 1}
	b := array.NewDecimal128Builder(memory.DefaultAllocator, dt)
	b.Append(decimal(t, "100.0"))
	schema := arrow.NewSchema([]arrow.Field{{Name: "d", Type: dt, Nullable: true}}, nil)
	w, err := NewWriter(io.Discard, schema)
	if err != nil {
		t.Fatal(err)
	}
	rec := array.NewRecordBatch(schema, []arrow.Array{b.NewArray()}, 1)
	for _, err := range []error{w.Write(rec), w.Write(rec), w.Close()} {
		if fault.KindOf(err) != fault.Limit {
			t.Errorf("a decimal outside its precision: %v", err)
		}
	}
	full, err := NewWriter(&brokenWriter{100}, texts("a").Schema())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(full.Write(texts("a")), full.Close()); err == nil {
		t.Error("a full disk goes unnoticed")
	}
}
