package table

import (
	"bytes"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

func decimal(t testing.TB, s string) decimal128.Num {
	t.Helper()
	n, err := decimal128.FromString(s, 38, 1)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

const benchRows = 1 << 20

// benchColumns are those of insurance claims, one for each way of storing a column.
var benchColumns = []struct {
	name string
	kind coltype.Type
	add  func(c *abi.Column, r *rand.Rand, row int)
}{
	{"id", coltype.Type{Kind: coltype.Text}, func(c *abi.Column, r *rand.Rand, row int) { // six rows a person, together
		person := rand.New(rand.NewPCG(1, uint64(row/6)))
		c.Bytes = fmt.Appendf(c.Bytes, "5304%02d%04d%02d%02d%04d", person.IntN(9), 1940+person.IntN(80), 1+person.IntN(12), 1+person.IntN(28), person.IntN(10_000))
	}},
	{"pseudonym", coltype.Type{Kind: coltype.Text}, func(c *abi.Column, r *rand.Rand, row int) { // the same in a keyed order
		person := rand.New(rand.NewPCG(1, uint64(r.IntN(benchRows/6))))
		b := binary.LittleEndian.AppendUint64(nil, person.Uint64())
		b = binary.LittleEndian.AppendUint64(b, person.Uint64())
		c.Bytes = append(c.Bytes, strings.ToLower(base32.StdEncoding.EncodeToString(b))[:20]...)
	}},
	{"district", coltype.Type{Kind: coltype.Text}, func(c *abi.Column, r *rand.Rand, row int) {
		c.Bytes = fmt.Appendf(c.Bytes, "5304%02d", r.IntN(9))
	}},
	{"hospital", coltype.Type{Kind: coltype.Text}, func(c *abi.Column, r *rand.Rand, row int) {
		c.Bytes = fmt.Appendf(c.Bytes, "玉溪市第%d人民医院", r.IntN(400))
	}},
	{"icd", coltype.Type{Kind: coltype.Text}, func(c *abi.Column, r *rand.Rand, row int) {
		n := int(r.ExpFloat64() * 300)
		c.Bytes = fmt.Appendf(c.Bytes, "%c%02d.%d", 'A'+n/1000%26, n/10%100, n%10)
	}},
	{"visit", coltype.Type{Kind: coltype.Date}, func(c *abi.Column, r *rand.Rand, row int) {
		c.Days = append(c.Days, int32(19723+r.IntN(366)))
	}},
	{"cost", coltype.Type{Kind: coltype.Decimal, Precision: 12, Scale: 2}, func(c *abi.Column, r *rand.Rand, row int) {
		c.Ints = append(c.Ints, int64(r.ExpFloat64()*60_000))
	}},
	{"paid", coltype.Type{Kind: coltype.Decimal, Precision: 9, Scale: 2}, func(c *abi.Column, r *rand.Rand, row int) {
		c.Ints = append(c.Ints, int64(r.ExpFloat64()*20_000))
	}},
	{"days", coltype.Type{Kind: coltype.Integer}, func(c *abi.Column, r *rand.Rand, row int) {
		n := int64(0)
		if r.IntN(5) == 0 {
			n = int64(r.IntN(30))
		}
		c.Ints = append(c.Ints, n)
	}},
	{"admitted", coltype.Type{Kind: coltype.Timestamp}, func(c *abi.Column, r *rand.Rand, row int) {
		c.Ints = append(c.Ints, 1_704_000_000_000_000+int64(r.IntN(366*86400))*1_000_000)
	}},
	{"score", coltype.Type{Kind: coltype.Double}, func(c *abi.Column, r *rand.Rand, row int) {
		c.Floats = append(c.Floats, r.NormFloat64())
	}},
	{"urgent", coltype.Type{Kind: coltype.Boolean}, func(c *abi.Column, r *rand.Rand, row int) {
		c.Bools = append(c.Bools, byte(r.IntN(2)))
	}},
	{"weight", coltype.Type{Kind: coltype.Integer}, func(c *abi.Column, r *rand.Rand, row int) { // a third is null
		if row%3 == 0 {
			c.Ints = append(c.Ints, 0)
			return
		}
		c.Valid[len(c.Ints)/8] |= 1 << (len(c.Ints) % 8)
		c.Ints = append(c.Ints, int64(r.IntN(100)))
	}},
	{"__person", coltype.Type{Kind: coltype.Integer}, func(c *abi.Column, r *rand.Rand, row int) {
		c.Ints = append(c.Ints, int64(r.IntN(benchRows/6)+1))
	}},
}

// claims makes records of up to 64k rows of the named columns, nil for all.
func claims(t testing.TB, rows int, columns ...string) []arrow.RecordBatch {
	r := rand.New(rand.NewPCG(7, 7))
	var out []arrow.RecordBatch
	for first := 0; first < rows; first += batchRows {
		f := &abi.Frame{Rows: min(batchRows, rows-first)}
		for _, column := range benchColumns {
			if len(columns) > 0 && column.name != columns[0] {
				continue
			}
			c := abi.Column{Name: column.name, Type: column.kind}
			if column.name == "weight" {
				c.Valid = make([]byte, (f.Rows+7)/8)
			}
			if column.kind.Kind == coltype.Text {
				c.Offsets = append(c.Offsets, 0)
			}
			for row := range f.Rows {
				column.add(&c, r, first+row)
				if column.kind.Kind == coltype.Text {
					c.Offsets = append(c.Offsets, uint32(len(c.Bytes)))
				}
			}
			f.Columns = append(f.Columns, c)
		}
		rec, err := FromFrame(f)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rec)
	}
	return out
}

// eachColumn runs f on the whole table and on each column alone.
func eachColumn(b *testing.B, f func(b *testing.B, records []arrow.RecordBatch)) {
	b.Run("all", func(b *testing.B) { f(b, claims(b, benchRows)) })
	for _, c := range benchColumns {
		b.Run(c.name, func(b *testing.B) { f(b, claims(b, benchRows, c.name)) })
	}
}

// stopwatch gives what tells the nanoseconds of processor time since.
func stopwatch(b *testing.B) func() float64 {
	used := func() float64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return float64(u.Utime.Nano() + u.Stime.Nano())
	}
	start := used()
	return func() float64 { return used() - start }
}

func BenchmarkWrite(b *testing.B) {
	eachColumn(b, func(b *testing.B, records []arrow.RecordBatch) {
		file := write(b, records[0].Schema(), records...)
		b.ReportAllocs()
		cpu := stopwatch(b)
		for b.Loop() {
			w, err := NewWriter(io.Discard, records[0].Schema())
			if err != nil {
				b.Fatal(err)
			}
			for _, rec := range records {
				if err := w.Write(rec); err != nil {
					b.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(cpu()/float64(b.N)/benchRows, "cpu-ns/row")
		b.ReportMetric(float64(len(file))/benchRows, "file-B/row")
	})
}

func BenchmarkRead(b *testing.B) {
	eachColumn(b, func(b *testing.B, records []arrow.RecordBatch) {
		file := write(b, records[0].Schema(), records...)
		b.ReportAllocs()
		cpu := stopwatch(b)
		for b.Loop() {
			r, err := NewReader(Source{bytes.NewReader(file), int64(len(file))}, nil)
			for err == nil {
				_, err = r.Next()
			}
			if !errors.Is(err, io.EOF) {
				b.Fatal(err)
			}
		}
		b.ReportMetric(cpu()/float64(b.N)/benchRows, "cpu-ns/row")
	})
}

// A part of a million rows: three columns of it, and all of them.
func BenchmarkProject(b *testing.B) {
	records := claims(b, benchRows)
	file := write(b, records[0].Schema(), records...)
	for name, columns := range map[string][]string{"three": {"district", "cost", "__person"}, "all": nil} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			cpu := stopwatch(b)
			for b.Loop() {
				if err := Project(io.Discard, []Source{{bytes.NewReader(file), int64(len(file))}}, columns); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(cpu()/float64(b.N)/benchRows, "cpu-ns/row")
		})
	}
}
