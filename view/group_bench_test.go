package view

import (
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"yingbi/table"
)

// storeVisits seals a version with the columns district, cost and born of a great
// many rows, of as many people as are said.
func (h *home) storeVisits(t testing.TB, people int64, parts ...int) {
	t.Helper()
	schema := rawSchema()
	fields, err := table.FieldsOf(schema)
	if err != nil {
		t.Fatal(err)
	}
	schema = table.Schema(fields[2], fields[3], fields[4], fields[9], fields[10])
	r := rand.New(rand.NewPCG(1, 2))
	h.storeParts(t, parts, func(w io.Writer, _, rows int) error {
		out, err := table.NewWriter(w, schema)
		if err != nil {
			return err
		}
		b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		for range rows {
			b.Field(0).(*array.StringBuilder).Append(fmt.Sprintf("5304%02d", r.IntN(30)))
			b.Field(1).(*array.Decimal128Builder).Append(decimal128.FromI64(r.Int64N(1_000_000)))
			if err := b.Field(2).AppendValueFromString(fmt.Sprintf("19%02d-01-01", r.IntN(100))); err != nil {
				return err
			}
			b.Field(3).(*array.Int64Builder).Append(1 + r.Int64N(people))
			b.Field(4).(*array.Int64Builder).Append(1)
		}
		if err := out.Write(b.NewRecordBatch()); err != nil {
			return err
		}
		return out.Close()
	})
}

// Six million rows of a million people: the rows of three columns, by person.
func BenchmarkGroup(b *testing.B) {
	h := newHome(b, 1)
	parts := []int{1e6, 1e6, 1e6, 1e6, 1e6, 1e6}
	h.storeVisits(b, 1_000_000, parts...)
	req := h.request(b)
	req.Grant = []string{"district", "cost", "born"}
	v := open(b, req)
	for b.Loop() {
		people, err := Group(b.Context(), "person", []BySubject{{v, req.Grant, io.Discard}}, secretB, io.Discard)
		if err != nil || len(people) < 990_000 {
			b.Fatal(len(people), err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(v.Rows()), "ns/row")
}
