package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/sandbox/abi"
)

var roomy = abi.Limits{Bytes: 1 << 30, Rows: 1 << 24, Columns: 100}

var everyType = []coltype.Type{
	{Kind: coltype.Integer}, {Kind: coltype.Decimal, Precision: 18, Scale: 2}, {Kind: coltype.Decimal, Precision: 9, Scale: 9},
	{Kind: coltype.Double}, {Kind: coltype.Text}, {Kind: coltype.Date}, {Kind: coltype.Timestamp}, {Kind: coltype.Boolean},
}

// sample makes a frame of every type whose values follow from the row number,
// from the row first on; where every is above 0, each such row is null.
func sample(first, rows, every int) *abi.Frame {
	f := &abi.Frame{Rows: rows}
	for i, t := range everyType {
		c := abi.Column{Name: fmt.Sprintf("列 %d", i), Type: t, Valid: make([]byte, (rows+7)/8)}
		if t.Kind == coltype.Text {
			c.Offsets, c.Bytes = []uint32{0}, []byte{}
		}
		for j := range rows {
			row := first + j
			null := every > 0 && (row+i)%every == 0
			if !null {
				c.Valid[j/8] |= 1 << (j % 8)
			}
			add(&c, row, null)
		}
		f.Columns = append(f.Columns, c)
	}
	return f
}

func add(c *abi.Column, row int, null bool) {
	n := int64(row)
	if null {
		n = 0
	}
	switch c.Type.Kind {
	case coltype.Integer:
		c.Ints = append(c.Ints, []int64{n, -n, math.MaxInt64 * min(n, 1), math.MinInt64 * min(n, 1)}[row%4])
	case coltype.Decimal:
		c.Ints = append(c.Ints, []int64{n, -n, 999_999_999 * min(n, 1)}[row%3])
	case coltype.Timestamp:
		c.Ints = append(c.Ints, n*1_000_003-5*min(n, 1))
	case coltype.Double:
		c.Floats = append(c.Floats, []float64{float64(n) / 3, math.Inf(1) * float64(n), -float64(n)}[row%3])
		if math.IsNaN(c.Floats[len(c.Floats)-1]) {
			c.Floats[len(c.Floats)-1] = 0
		}
	case coltype.Date:
		c.Days = append(c.Days, int32(n)-1000*int32(min(n, 1)))
	case coltype.Boolean:
		c.Bools = append(c.Bools, byte(n%2))
	case coltype.Text:
		if !null && row%5 != 0 {
			c.Bytes = fmt.Appendf(c.Bytes, "影壁%d", row)
		}
		c.Offsets = append(c.Offsets, uint32(len(c.Bytes)))
	}
}

func encode(t testing.TB, f *abi.Frame) []byte {
	t.Helper()
	b, err := abi.Encode(nil, f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// roundTrip sends a frame's bytes through Arrow and back to bytes.
func toRecord(t testing.TB, f *abi.Frame) arrow.RecordBatch {
	t.Helper()
	decoded, err := abi.Decode(encode(t, f), roomy)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := FromFrame(decoded)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func toBytes(t testing.TB, rec arrow.RecordBatch) []byte {
	t.Helper()
	f, err := ToFrame(rec)
	if err != nil {
		t.Fatal(err)
	}
	b := encode(t, f)
	if _, err := abi.Decode(b, roomy); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFramesThroughArrow(t *testing.T) {
	for _, rows := range []int{0, 1, 7, 8, 9, 1000} {
		for _, every := range []int{0, 1, 3} {
			f := sample(0, rows, every)
			if got := toBytes(t, toRecord(t, f)); !bytes.Equal(got, encode(t, f)) {
				t.Errorf("%d rows, every %d null: the frame differs", rows, every)
			}
		}
	}
}

// A slice of a record begins in the middle of bitmaps and offsets.
func TestSlicesOfRecords(t *testing.T) {
	rec := toRecord(t, sample(0, 100, 3))
	for _, cut := range [][2]int{{0, 100}, {0, 1}, {1, 100}, {3, 20}, {8, 16}, {50, 50}, {99, 100}} {
		part := rec.NewSlice(int64(cut[0]), int64(cut[1]))
		if got, want := toBytes(t, part), encode(t, sample(cut[0], cut[1]-cut[0], 3)); !bytes.Equal(got, want) {
			t.Errorf("rows %d to %d differ", cut[0], cut[1])
		}
	}
}

// Arrow leaves the slot of a null undefined; a frame does not.
func TestNullsHideNothing(t *testing.T) {
	ints := array.NewInt64Builder(memory.DefaultAllocator)
	ints.AppendValues([]int64{110101199003070000, 5}, []bool{false, true})
	text := array.NewStringBuilder(memory.DefaultAllocator)
	text.AppendValues([]string{"secret", "b"}, []bool{true, true})
	whole := text.NewArray().Data()
	hidden := array.NewStringData(array.NewData(arrow.BinaryTypes.String, 2, append([]*memory.Buffer{memory.NewBufferBytes([]byte{2})}, whole.Buffers()[1:]...), nil, 1, 0))
	schema := Schema(Field{"n", coltype.Type{Kind: coltype.Integer}}, Field{"s", coltype.Type{Kind: coltype.Text}})
	f, err := ToFrame(array.NewRecordBatch(schema, []arrow.Array{ints.NewArray(), hidden}, 2))
	if err != nil {
		t.Fatal(err)
	}
	if f.Columns[0].Ints[0] != 0 || string(f.Columns[1].Bytes) != "b" {
		t.Errorf("a null keeps %v and %q", f.Columns[0].Ints, f.Columns[1].Bytes)
	}
	if bytes.Contains(encode(t, f), []byte("secret")) {
		t.Error("the text behind a null reaches the frame")
	}
}

func TestTypesThatNoColumnHas(t *testing.T) {
	for _, dt := range []arrow.DataType{
		arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Uint64, arrow.PrimitiveTypes.Float32, arrow.BinaryTypes.Binary, arrow.BinaryTypes.LargeString,
		&arrow.Decimal128Type{Precision: 19}, &arrow.Decimal128Type{Precision: 4, Scale: 5}, &arrow.Decimal128Type{Precision: 4, Scale: -1},
		&arrow.Decimal256Type{Precision: 4}, &arrow.TimestampType{Unit: arrow.Microsecond}, &arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "UTC"},
		arrow.FixedWidthTypes.Date64, arrow.ListOf(arrow.PrimitiveTypes.Int64), arrow.Null,
	} {
		if got, err := ColumnType(dt); fault.KindOf(err) != fault.Unsupported {
			t.Errorf("%s becomes %s, %v", dt, got, err)
		}
	}
	for _, want := range everyType {
		if got, err := ColumnType(ArrowType(want)); err != nil || got != want {
			t.Errorf("%s becomes %s, %v", want, got, err)
		}
	}
}

func TestDecimalsOutsideTheirPrecision(t *testing.T) {
	dt := &arrow.Decimal128Type{Precision: 3, Scale: 1}
	schema := arrow.NewSchema([]arrow.Field{{Name: "d", Type: dt, Nullable: true}}, nil)
	for text, ok := range map[string]bool{"99.9": true, "-99.9": true, "100.0": false, "-100.0": false, "18446744073709551616.0": false, "-9223372036854775809.0": false} {
		b := array.NewDecimal128Builder(memory.DefaultAllocator, dt)
		b.Append(decimal(t, text))
		if _, err := ToFrame(array.NewRecordBatch(schema, []arrow.Array{b.NewArray()}, 1)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func write(t testing.TB, schema *arrow.Schema, records ...arrow.RecordBatch) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, schema)
	if err != nil {
		t.Fatal(err)
	}
	for _, rec := range records {
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func open(t testing.TB, file []byte, columns []string) *Reader {
	t.Helper()
	r, err := NewReader(Source{bytes.NewReader(file), int64(len(file))}, columns)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Around the end of a row group, cut into records in two ways: one file, and
// every row comes back.
func TestParquetAroundARowGroup(t *testing.T) {
	most := toRecord(t, sample(0, groupRows+1, 7))
	for _, rows := range []int{0, 1, groupRows - 1, groupRows, groupRows + 1} {
		whole := most.NewSlice(0, int64(rows))
		file := write(t, whole.Schema(), whole)
		var parts []arrow.RecordBatch
		for at := 0; at < rows; at += 30_011 {
			parts = append(parts, whole.NewSlice(int64(at), int64(min(at+30_011, rows))))
		}
		if !bytes.Equal(write(t, whole.Schema(), parts...), file) {
			t.Errorf("%d rows in other records give another file", rows)
		}
		r := open(t, file, nil)
		if r.Rows() != int64(rows) || !r.Schema().Equal(whole.Schema()) {
			t.Errorf("%d rows: the file says %d rows of %v", rows, r.Rows(), r.Schema())
		}
		at := int64(0)
		for {
			rec, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if !array.RecordEqual(rec, whole.NewSlice(at, at+rec.NumRows())) {
				t.Fatalf("%d rows: rows from %d on differ", rows, at)
			}
			at += rec.NumRows()
		}
		if at != int64(rows) {
			t.Errorf("%d of %d rows came back", at, rows)
		}
	}
}

// A row group ends early where its text is long, at the same row for every cut.
func TestLongTextEndsARowGroup(t *testing.T) {
	const each, rows = groupText / 4, 6
	b := array.NewStringBuilder(memory.DefaultAllocator)
	for range rows {
		b.Append(string(make([]byte, each)))
	}
	schema := Schema(Field{"s", coltype.Type{Kind: coltype.Text}})
	whole := array.NewRecordBatch(schema, []arrow.Array{b.NewArray()}, rows)
	for _, step := range []int64{1, 5} {
		var parts []arrow.RecordBatch
		for at := int64(0); at < rows; at += step {
			parts = append(parts, whole.NewSlice(at, min(at+step, rows)))
		}
		f := parquetFile(t, write(t, schema, parts...))
		if f.NumRowGroups() != 2 || f.RowGroup(0).NumRows() != 4 || f.RowGroup(1).NumRows() != 2 {
			t.Errorf("in steps of %d: %d row groups, the first of %d rows", step, f.NumRowGroups(), f.RowGroup(0).NumRows())
		}
	}
}

// Text that repeats is stored once, and a name may hold a point.
func TestTextThatRepeats(t *testing.T) {
	f := &abi.Frame{Rows: 10_000, Columns: []abi.Column{{Name: "区.县", Type: coltype.Type{Kind: coltype.Text}, Offsets: []uint32{0}}, {Name: "号", Type: coltype.Type{Kind: coltype.Text}, Offsets: []uint32{0}}}}
	for i := range f.Rows {
		for j, text := range []string{fmt.Sprintf("朝阳区第%d街道", i%30), fmt.Sprintf("%x", i*7919)} {
			c := &f.Columns[j]
			c.Bytes = append(c.Bytes, text...)
			c.Offsets = append(c.Offsets, uint32(len(c.Bytes)))
		}
	}
	rec := toRecord(t, f)
	file := write(t, rec.Schema(), rec)
	got, err := open(t, file, nil).Next()
	if err != nil || !array.RecordEqual(got, rec) {
		t.Errorf("%v", err)
	}
	if repeated := bytes.Count(file, []byte("第29街道")); repeated > 4 {
		t.Errorf("a text of 30 is stored %d times", repeated)
	}
}

func TestReaderProjects(t *testing.T) {
	whole := toRecord(t, sample(0, 10, 3))
	file := write(t, whole.Schema(), whole)
	rec, err := open(t, file, []string{"列 4", "列 0"}).Next()
	if err != nil {
		t.Fatal(err)
	}
	if rec.ColumnName(0) != "列 4" || !array.Equal(rec.Column(0), whole.Column(4)) || !array.Equal(rec.Column(1), whole.Column(0)) || rec.NumCols() != 2 {
		t.Errorf("the projection is %v", rec)
	}
	if _, err := NewReader(Source{bytes.NewReader(file), int64(len(file))}, []string{"none"}); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if _, err := open(t, file, []string{}).Next(); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

type closer struct {
	bytes.Buffer
	closed bool
}

func (c *closer) Close() error {
	c.closed = true
	return nil
}

func TestCloseLeavesTheWriterOpen(t *testing.T) {
	var out closer
	w, err := NewWriter(&out, Schema(Field{"n", coltype.Type{Kind: coltype.Integer}}))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil || out.closed || out.Len() == 0 {
		t.Errorf("closed %v, %d bytes, %v", out.closed, out.Len(), err)
	}
}

func TestRefusals(t *testing.T) {
	schema := Schema(Field{"n", coltype.Type{Kind: coltype.Integer}})
	w, err := NewWriter(io.Discard, schema)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(toRecord(t, sample(0, 1, 0))); err == nil {
		t.Error("a record of other columns is written")
	}
	if _, err := NewWriter(io.Discard, arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int8}}, nil)); err == nil {
		t.Error("a column of another type is written")
	}
	whole := toRecord(t, sample(0, 10, 0))
	file := write(t, whole.Schema(), whole)
	for _, n := range []int{0, 3, 8, len(file) - 1} {
		if _, err := NewReader(Source{bytes.NewReader(file[:n]), int64(n)}, nil); fault.KindOf(err) != fault.Integrity {
			t.Errorf("the first %d bytes: %v", n, err)
		}
	}
}
