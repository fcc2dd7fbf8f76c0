package cell

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"yingbi/sandbox/abi"
)

// parquetOf writes columns given as JSON arrays of an Arrow type.
func parquetOf(t testing.TB, props []parquet.WriterProperty, group int64, columns ...any) []byte {
	t.Helper()
	var fields []arrow.Field
	var arrays []arrow.Array
	for i := 0; i < len(columns); i += 3 {
		dt := columns[i+1].(arrow.DataType)
		arr, _, err := array.FromJSON(memory.DefaultAllocator, dt, strings.NewReader(columns[i+2].(string)), array.WithUseNumber())
		if err != nil {
			t.Fatal(dt, err)
		}
		fields = append(fields, arrow.Field{Name: columns[i].(string), Type: dt, Nullable: true})
		arrays = append(arrays, arr)
	}
	schema := arrow.NewSchema(fields, nil)
	rec := array.NewRecordBatch(schema, arrays, int64(arrays[0].Len()))
	var out bytes.Buffer
	err := pqarrow.WriteTable(array.NewTableFromRecords(schema, []arrow.RecordBatch{rec}), &out, group, parquet.NewWriterProperties(props...), pqarrow.NewArrowWriterProperties(pqarrow.WithNoMapLogicalType()))
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func ingestFile(t testing.TB, b []byte, columns ...abi.IngestColumn) upload {
	t.Helper()
	req := &abi.IngestRequest{Format: "parquet", Columns: columns, BatchRows: 4}
	return receive(t, func(out *answers) error { return ingest(req, section(b), out) })
}

func TestParquetTypes(t *testing.T) {
	stamp := func(unit arrow.TimeUnit, zone string) arrow.DataType {
		return &arrow.TimestampType{Unit: unit, TimeZone: zone}
	}
	decimal := func(p, s int32) arrow.DataType { return &arrow.Decimal128Type{Precision: p, Scale: s} }
	wide := &arrow.Decimal256Type{Precision: 60, Scale: 20}
	for _, c := range []struct {
		from   arrow.DataType
		values string
		to     string
		want   string // rows and reasons, "type" where the types do not fit
	}{
		{arrow.PrimitiveTypes.Int8, `[-1,null,127]`, "integer", "-1 ∅ 127"},
		{arrow.PrimitiveTypes.Uint8, `[255]`, "integer", "255"},
		{arrow.PrimitiveTypes.Int16, `[-300]`, "decimal(6,2)", "-30000"},
		{arrow.PrimitiveTypes.Int32, `[10000]`, "decimal(6,2)", "out-of-range"},
		{arrow.PrimitiveTypes.Uint32, `[4294967295]`, "integer", "4294967295"},
		{arrow.PrimitiveTypes.Int64, `[9223372036854775807,-9223372036854775808]`, "integer", "9223372036854775807 -9223372036854775808"},
		{arrow.PrimitiveTypes.Int64, `[9223372036854775807]`, "decimal(18,1)", "out-of-range"},
		{arrow.PrimitiveTypes.Uint64, `[9223372036854775807,9223372036854775808]`, "integer", "9223372036854775807 out-of-range"},
		{arrow.PrimitiveTypes.Int64, `[9007199254740992,9007199254740993,-5]`, "double", "9.007199254740992e+15 out-of-range -5"},
		{arrow.PrimitiveTypes.Float32, `[0.5,null]`, "double", "0.5 ∅"},
		{arrow.PrimitiveTypes.Float64, `[0.1,-0.0]`, "double", "0.1 -0"},
		{arrow.PrimitiveTypes.Float64, `[1]`, "integer", "type"},
		{arrow.PrimitiveTypes.Float64, `[1]`, "decimal(6,2)", "type"},
		{decimal(6, 2), `["12.34",null,"-0.01"]`, "decimal(6,2)", "1234 ∅ -1"},
		{decimal(6, 2), `["12.30","12.34"]`, "decimal(6,1)", "123 too-many-digits"},
		{decimal(6, 2), `["12.00","12.34"]`, "integer", "12 too-many-digits"},
		{wide, `["5","-1234567890123456.5","12345678901234567890","0.00000000000000000001"]`, "decimal(18,2)", "500 -123456789012345650 out-of-range too-many-digits"},
		{decimal(20, 0), `["9999999999999999","10000000000000000"]`, "decimal(18,2)", "999999999999999900 out-of-range"},
		{decimal(6, 2), `["1.5"]`, "double", "type"},
		{arrow.BinaryTypes.String, `["影","",null,"N"]`, "text", "影  ∅ ∅"},
		{arrow.BinaryTypes.LargeString, `["a"]`, "text", "a"},
		{arrow.BinaryTypes.String, `["1.50","x",null,"N"]`, "decimal(6,2)", "150 unparsable ∅ ∅"},
		{arrow.BinaryTypes.String, `["2024-02-30","2024/02/29"]`, "date", "impossible-date 19782"},
		{arrow.BinaryTypes.Binary, `["/w=="]`, "text", "invalid-utf8"},
		{arrow.FixedWidthTypes.Date32, `["1969-12-31",null]`, "date", "-1 ∅"},
		{arrow.FixedWidthTypes.Date32, `["1969-12-31"]`, "timestamp", "type"},
		{stamp(arrow.Millisecond, "UTC"), `["1970-01-01T00:00:00.001"]`, "timestamp", "1000"},
		{stamp(arrow.Microsecond, "Asia/Tokyo"), `["1970-01-01T00:00:00.000001"]`, "timestamp", "1"},
		{stamp(arrow.Nanosecond, "UTC"), `["1970-01-01T00:00:00.000001","1970-01-01T00:00:00.000000001"]`, "timestamp", "1 too-many-digits"},
		{stamp(arrow.Microsecond, ""), `["1970-01-01T08:00:00","1969-12-31T23:59:59.5","1986-05-04T02:30:00"]`, "timestamp", "0 -28800500000 nonexistent-time"},
		{stamp(arrow.Microsecond, "UTC"), `["1970-01-01T08:00:00"]`, "date", "type"},
		{arrow.FixedWidthTypes.Boolean, `[true,false,null]`, "boolean", "1 0 ∅"},
		{arrow.FixedWidthTypes.Boolean, `[true]`, "integer", "type"},
		{arrow.PrimitiveTypes.Int32, `[1]`, "boolean", "type"},
		{arrow.PrimitiveTypes.Int32, `[1]`, "text", "type"},
		{arrow.FixedWidthTypes.Time32s, `["01:00:00"]`, "integer", "type"},
		{arrow.ListOf(arrow.PrimitiveTypes.Int32), `[[1]]`, "integer", "missing"},
		{&arrow.FixedSizeBinaryType{ByteWidth: 2}, `["AAE="]`, "integer", "type"},
		{arrow.FixedWidthTypes.Float16, `[1]`, "double", "type"},
	} {
		u := ingestFile(t, parquetOf(t, nil, 1000, "c", c.from, c.values), column(t, "c", c.to, "N"))
		var got []string
		switch u.err {
		case nil:
			got = interleave(u)
		case abi.Failure{Code: abi.FailColumnType, At: 1}:
			got = []string{"type"}
		case abi.Failure{Code: abi.FailMissingColumn, At: 1}:
			got = []string{"missing"}
		default:
			got = []string{u.err.Error()}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s as %s: %q, want %q", c.from, c.to, got, c.want)
		}
	}
}

// interleave gives values and reasons of a one-column file in the order of rows.
func interleave(u upload) (out []string) {
	rows := u.rows
	for i := int64(1); i <= u.summary[0]; i++ {
		prefix := fmt.Sprintf("%d 0 c ", i)
		if len(u.quarantine) > 0 && strings.HasPrefix(u.quarantine[0], prefix) {
			out, u.quarantine = append(out, u.quarantine[0][len(prefix):]), u.quarantine[1:]
		} else {
			out, rows = append(out, rows[0][0]), rows[1:]
		}
	}
	return out
}

func TestParquetFloatsThatAreNotNumbers(t *testing.T) {
	b := array.NewFloat64Builder(memory.DefaultAllocator)
	b.AppendValues([]float64{math.NaN(), math.Inf(-1), 1}, nil)
	schema := arrow.NewSchema([]arrow.Field{{Name: "c", Type: arrow.PrimitiveTypes.Float64}}, nil) // required: no levels
	var out bytes.Buffer
	tbl := array.NewTableFromRecords(schema, []arrow.RecordBatch{array.NewRecordBatch(schema, []arrow.Array{b.NewArray()}, 3)})
	if err := pqarrow.WriteTable(tbl, &out, 10, parquet.NewWriterProperties(), pqarrow.NewArrowWriterProperties()); err != nil {
		t.Fatal(err)
	}
	for null, want := range map[string]string{"": "[unparsable out-of-range 1]", "NaN": "[∅ out-of-range 1]"} {
		if got := fmt.Sprint(interleave(ingestFile(t, out.Bytes(), column(t, "c", "double", null)))); got != want {
			t.Errorf("null %q: %s", null, got)
		}
	}
}

// 11 rows in groups of 3, pages of a few values, three encodings and codecs.
func TestParquetGroupsAndPages(t *testing.T) {
	ints, texts := "[", "["
	for i := range 11 {
		ints += fmt.Sprintf("%d,", i)
		texts += fmt.Sprintf(`"t%d",`, i%3)
	}
	ints, texts = strings.TrimSuffix(ints, ",")+"]", strings.TrimSuffix(texts, ",")+"]"
	for name, props := range map[string][]parquet.WriterProperty{
		"dictionary": {parquet.WithDataPageSize(8), parquet.WithBatchSize(2)},
		"plain":      {parquet.WithDictionaryDefault(false), parquet.WithDataPageSize(8), parquet.WithBatchSize(2), parquet.WithCompression(compress.Codecs.Zstd)},
		"version 2":  {parquet.WithDataPageVersion(parquet.DataPageV2), parquet.WithDataPageSize(8), parquet.WithBatchSize(2), parquet.WithCompression(compress.Codecs.Gzip)},
	} {
		for _, group := range []int64{1, 3, 100} {
			b := parquetOf(t, props, group, "x", arrow.BinaryTypes.String, texts, "n", arrow.PrimitiveTypes.Int64, ints, "extra", arrow.PrimitiveTypes.Int64, ints)
			n, x := column(t, "n", "integer"), column(t, "x", "text")
			again := column(t, "again", "text")
			again.Source = "n"
			u := ingestFile(t, b, n, x)
			if u.err != nil || len(u.rows) != 11 || fmt.Sprint(u.rows[10]) != "[10 t1]" || fmt.Sprint(u.summary) != "[11 11 0 1 0]" {
				t.Errorf("%s in groups of %d: %v %q %v", name, group, u.err, u.rows, u.summary)
			}
			if u := ingestFile(t, b, again); u.err != (abi.Failure{Code: abi.FailColumnType, At: 1}) {
				t.Errorf("%v", u.err)
			}
			again.Type = n.Type
			if u := ingestFile(t, b, n, again); u.err != nil || fmt.Sprint(u.rows[4]) != "[4 4]" {
				t.Errorf("a column read twice: %v %q", u.err, u.rows)
			}
		}
	}
}

func TestParquetRowsThatAreTooLong(t *testing.T) {
	half := strings.Repeat("x", maxRecord/2)
	values := fmt.Sprintf(`["%s","%sy","a"]`, half, half)
	b := parquetOf(t, nil, 10, "s", arrow.BinaryTypes.String, values)
	s, again := column(t, "s", "text"), column(t, "again", "text")
	again.Source = "s"
	u := ingestFile(t, b, s, again)
	if u.err != nil || len(u.rows) != 2 || fmt.Sprint(u.quarantine) != "[2 0  too-long]" {
		t.Errorf("%v, %d rows, %q", u.err, len(u.rows), u.quarantine)
	}
}

// rewrite changes what a file says of itself and leaves its pages alone.
func rewrite(t testing.TB, b []byte, change func(*metadata.FileMetaData)) []byte {
	t.Helper()
	f, err := file.NewParquetReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	change(f.MetaData())
	pages := len(b) - 8 - int(binary.LittleEndian.Uint32(b[len(b)-8:]))
	out := bytes.NewBuffer(bytes.Clone(b[:pages]))
	n, err := f.MetaData().WriteTo(out, nil)
	if err != nil {
		t.Fatal(err)
	}
	return append(binary.LittleEndian.AppendUint32(out.Bytes(), uint32(n)), "PAR1"...)
}

func TestParquetThatLies(t *testing.T) {
	props := []parquet.WriterProperty{parquet.WithDictionaryDefault(false), parquet.WithDataPageSize(8), parquet.WithBatchSize(1)}
	b := parquetOf(t, props, 100, "n", arrow.PrimitiveTypes.Int64, `[1,2,3]`, "m", arrow.PrimitiveTypes.Int64, `[1,null,3]`)
	n, m := column(t, "n", "integer"), column(t, "m", "integer")
	claim := func(rows int64) func(*metadata.FileMetaData) {
		return func(meta *metadata.FileMetaData) {
			meta.NumRows, meta.RowGroups[0].NumRows = rows, rows
			for _, c := range meta.RowGroups[0].Columns {
				c.MetaData.NumValues = rows
			}
		}
	}
	if u := ingestFile(t, rewrite(t, b, claim(3)), n, m); u.err != nil || len(u.rows) != 3 {
		t.Fatalf("the truth: %v", u.err)
	}
	for name, change := range map[string]func(*metadata.FileMetaData){
		"a billion rows": claim(1e9), "one row more": claim(4), "one row": claim(1), "no rows": claim(0), "less than none": claim(-1),
		"another sum":       func(meta *metadata.FileMetaData) { meta.NumRows = 4 },
		"a group's rows":    func(meta *metadata.FileMetaData) { meta.RowGroups[0].NumRows = 2 },
		"a column's values": func(meta *metadata.FileMetaData) { meta.RowGroups[0].Columns[1].MetaData.NumValues = 2 },
		"a column's length": func(meta *metadata.FileMetaData) { meta.RowGroups[0].Columns[1].MetaData.TotalCompressedSize /= 2 },
		"no length":         func(meta *metadata.FileMetaData) { meta.RowGroups[0].Columns[1].MetaData.TotalCompressedSize = 0 },
		"length without end": func(meta *metadata.FileMetaData) {
			meta.RowGroups[0].Columns[1].MetaData.TotalCompressedSize = math.MaxInt64
		},
		"a place outside":  func(meta *metadata.FileMetaData) { meta.RowGroups[0].Columns[0].MetaData.DataPageOffset = 1 << 40 },
		"a negative place": func(meta *metadata.FileMetaData) { meta.RowGroups[0].Columns[0].MetaData.DataPageOffset = -5 },
		"a missing column": func(meta *metadata.FileMetaData) {
			meta.RowGroups[0].Columns = meta.RowGroups[0].Columns[:1]
		},
		"no column data": func(meta *metadata.FileMetaData) { meta.RowGroups[0].Columns[0].MetaData = nil },
		"a group twice":  func(meta *metadata.FileMetaData) { meta.RowGroups = append(meta.RowGroups, meta.RowGroups[0]) },
	} {
		u := ingestFile(t, rewrite(t, b, change), n, m)
		if u.err != errParquet || u.summary != nil {
			t.Errorf("%s: %v, summary %v", name, u.err, u.summary)
		}
	}
}

// A file with one byte changed is refused or read to counts that reconcile
// (receive checks them); it never takes the process down.
func TestParquetWithOneByteChanged(t *testing.T) {
	b := parquetOf(t, []parquet.WriterProperty{parquet.WithCompression(compress.Codecs.Snappy)}, 2, "n", arrow.PrimitiveTypes.Int64, `[1,null,3]`, "s", arrow.BinaryTypes.String, `["aaaaaaaaaaaaaaaaa","b",null]`)
	for i := range b {
		for _, x := range []byte{0x01, 0x80, 0xff} {
			bad := bytes.Clone(b)
			bad[i] ^= x
			u := ingestFile(t, bad, column(t, "n", "integer"), column(t, "s", "text"))
			var f abi.Failure
			if u.err != nil && !errors.As(u.err, &f) {
				t.Fatalf("byte %d: %v", i, u.err)
			}
		}
	}
	for n := range b {
		if u := ingestFile(t, b[:n], column(t, "n", "integer")); u.err != errParquet {
			t.Fatalf("the first %d bytes: %v", n, u.err)
		}
	}
}

// Three million flights, as a list of text and numbers written elsewhere.
func TestRealParquet(t *testing.T) {
	in, err := os.Open("../../../shared/data/flights-3m.parquet")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the folder shared, with flights-3m.parquet, is not beside this repository")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	req := &abi.IngestRequest{Format: "parquet", Columns: []abi.IngestColumn{
		column(t, "date", "text"), column(t, "delay", "integer"), column(t, "distance", "decimal(6,1)"), column(t, "origin", "text"),
	}}
	seen := &last{}
	info, err := in.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if err := ingestParquet(req, io.NewSectionReader(in, 0, info.Size()), &answers{w: seen}); err != nil {
		t.Fatal(err)
	}
	f, err := abi.Decode(seen.done, roomy)
	if err != nil || fmt.Sprint(show(f)) != "[[3000000 3000000 0 1 0]]" {
		t.Errorf("%v, %v", show(f), err)
	}
}

// last keeps the last frame that was written.
type last struct{ done []byte }

func (l *last) Write(p []byte) (int, error) {
	l.done = append(l.done[:0], p...)
	return len(p), nil
}
