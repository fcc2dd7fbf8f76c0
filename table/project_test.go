package table

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// watched notes which bytes of a file are read.
type watched struct {
	file  []byte
	reads []span
}

func (w *watched) ReadAt(p []byte, at int64) (int, error) {
	w.reads = append(w.reads, span{at, int64(len(p))})
	return bytes.NewReader(w.file).ReadAt(p, at)
}

func (w *watched) source() Source { return Source{w, int64(len(w.file))} }

// threeParts writes the rows of records as three parts, the second without rows,
// and gives them with all rows.
func threeParts(t testing.TB) (parts []*watched, whole []arrow.RecordBatch) {
	whole = claims(t, groupRows+batchRows+1000)
	schema := whole[0].Schema()
	for _, records := range [][]arrow.RecordBatch{whole[:3], nil, whole[3:]} {
		parts = append(parts, &watched{file: write(t, schema, records...)})
	}
	return parts, whole
}

func sources(parts []*watched) (out []Source) {
	for _, p := range parts {
		out = append(out, p.source())
	}
	return out
}

func projected(t testing.TB, parts []*watched, columns []string) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Project(&out, sources(parts), columns); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// The rows of all parts come out in order, with the columns in the order asked
// for, whoever reads the file.
func TestProject(t *testing.T) {
	parts, whole := threeParts(t)
	for _, columns := range [][]string{nil, {"cost"}, {"__person", "icd", "weight", "id"}, {"id", "pseudonym", "district"}} {
		b := projected(t, parts, columns)
		if !bytes.Equal(b, projected(t, parts, columns)) {
			t.Errorf("%v: the same parts give other bytes", columns)
		}
		var want []arrow.RecordBatch
		for _, rec := range whole {
			want = append(want, selected(rec, columns))
		}
		sameRows(t, b, want)
		if again := projected(t, []*watched{{file: b}}, nil); !bytes.Equal(again, b) {
			t.Errorf("%v: projecting everything changes the file", columns)
		}
	}
}

func selected(rec arrow.RecordBatch, columns []string) arrow.RecordBatch {
	if columns == nil {
		return rec
	}
	var fields []arrow.Field
	var arrays []arrow.Array
	for _, name := range columns {
		i := rec.Schema().FieldIndices(name)[0]
		fields, arrays = append(fields, rec.Schema().Field(i)), append(arrays, rec.Column(i))
	}
	return array.NewRecordBatch(arrow.NewSchema(fields, nil), arrays, rec.NumRows())
}

// No byte of another column is read, none twice, and columns that are neighbours
// are read together.
func TestProjectReadsOnlyItsColumns(t *testing.T) {
	parts, _ := threeParts(t)
	for _, c := range []struct {
		columns []string
		ranges  int // in a part of two row groups
	}{{[]string{"cost"}, 2}, {[]string{"district", "pseudonym", "icd", "hospital"}, 2}, {[]string{"cost", "id"}, 4}, {nil, 1}} {
		for _, part := range parts {
			part.reads = nil
		}
		projected(t, parts, c.columns)
		for i, part := range parts {
			want, ranges := allowed(t, part.file, c.columns), part.reads[2:] // behind the footer's length and the footer
			if !slices.Equal(merged(ranges), want) {
				t.Errorf("%v: part %d: %v is read, not %v", c.columns, i, ranges, want)
			}
			if i == 0 && len(want) != c.ranges {
				t.Errorf("%v: %d ranges are read of the first part", c.columns, len(want))
			}
		}
	}
}

// allowed gives the ranges of the named columns.
func allowed(t *testing.T, b []byte, columns []string) (out []span) {
	f := parquetFile(t, b)
	for g := range f.NumRowGroups() {
		for i := range f.MetaData().NumColumns() { // Writer stores them in this order
			if columns != nil && !slices.Contains(columns, f.MetaData().Schema.Column(i).Name()) {
				continue
			}
			c, err := f.RowGroup(g).MetaData().ColumnChunk(i)
			if err != nil {
				t.Fatal(err)
			}
			at := c.DataPageOffset()
			if c.HasDictionaryPage() {
				at = c.DictionaryPageOffset()
			}
			out = join(out, span{at, c.TotalCompressedSize()})
		}
	}
	return out
}

// merged joins reads that go on where the last ended.
func merged(reads []span) (out []span) {
	for _, s := range reads {
		out = join(out, s)
	}
	return out
}

// Pieces of a long range end where segments of a sealed source do.
func TestProjectReadsInPieces(t *testing.T) {
	rows := claims(t, groupRows, "pseudonym")
	part := &watched{file: write(t, rows[0].Schema(), rows...)}
	projected(t, []*watched{part}, nil)
	if len(part.reads) != 4 {
		t.Errorf("a part of %d bytes is read by %v", len(part.file), part.reads)
	}
	if at := part.reads[3].at; at%pieceBytes != 0 {
		t.Errorf("the second piece begins at %d", at)
	}
}

type brokenWriter struct{ left int }

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errors.New("disk full")
	}
	return len(p), nil
}

func TestProjectRefuses(t *testing.T) {
	field := func(name string, k coltype.Kind) *watched {
		return &watched{file: write(t, Schema(Field{name, coltype.Type{Kind: k}}))}
	}
	n, text, other := field("n", coltype.Integer), field("n", coltype.Text), field("m", coltype.Integer)
	for _, c := range []struct {
		parts   []*watched
		columns []string
		want    fault.Kind
	}{
		{nil, nil, fault.Internal},
		{[]*watched{n}, []string{}, fault.Invalid},
		{[]*watched{n}, []string{"n", "n"}, fault.Invalid},
		{[]*watched{n}, []string{"m"}, fault.NotFound},
		{[]*watched{n, text}, []string{"n"}, fault.Integrity},
		{[]*watched{n, other}, []string{"n"}, fault.Integrity},
		{[]*watched{n, {file: n.file[:len(n.file)-1]}}, nil, fault.Integrity},
	} {
		if err := Project(io.Discard, sources(c.parts), c.columns); fault.KindOf(err) != c.want {
			t.Errorf("%v of %d parts: %v", c.columns, len(c.parts), err)
		}
	}
	rec := toRecord(t, sample(0, 100, 3))
	parts := []*watched{{file: write(t, rec.Schema(), rec)}}
	size := len(projected(t, parts, nil))
	for _, left := range []int{0, 4, size / 2, size - 1} {
		if err := Project(&brokenWriter{left}, sources(parts), nil); err == nil {
			t.Errorf("a writer that takes %d of %d bytes is enough", left, size)
		}
	}
}
