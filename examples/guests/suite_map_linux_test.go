//go:build linux && cgo

package guests

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	yingbi "yingbi/guest/go"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// person is a subject of the suite: what is to be done with its rows, and the record
// that comes of it, "-" for null.
type person struct {
	what   string
	n      []int64 // of its rows in the first input
	other  int     // rows in the second
	record string
}

var people = []person{
	{"sum", []int64{1, 2, 3}, 2, "6 3 2"},
	{"sum", []int64{5}, 0, "5 1 0"},
	{"nothing", []int64{1}, 0, "- - -"},
	{"no rows", nil, 1, "- - -"},
	{"bounds", []int64{1}, 0, "1111 - -"}, // −1 for each of four mistakes
	{"denied", []int64{1}, 0, "55 - -"},   // query and emit: −5
	{"turn", []int64{1}, 0, "1 - -"},      // each has an instance of its own
	{"half", []int64{1}, 0, "failed"},     // an error, after a field was set
	{"panic", []int64{1}, 0, "failed"},
	{"turn", []int64{1}, 0, "1 - -"},
	{"sum", make([]int64, 70_000), 3, "0 70000 3"}, // more rows than a frame of a view has
}

// mapRequest gives the people to a mapping.
func mapRequest(t testing.TB, c compiled, who []person) (abi.MapRequest, inputs) {
	t.Helper()
	var in inputs
	var rows, other yingbi.Table
	what, n, x := rows.Text("what"), rows.Integer("n"), other.Double("x")
	var counts []byte
	for _, p := range who {
		for _, v := range p.n {
			what.Append(p.what)
			n.Append(v)
		}
		for range p.other {
			x.AppendNull()
		}
		counts = binary.LittleEndian.AppendUint32(counts, uint32(len(p.n)))
		counts = binary.LittleEndian.AppendUint32(counts, uint32(p.other))
	}
	req := abi.MapRequest{
		ModuleFD: in.addBytes(t, c.module), CodeFD: in.addBytes(t, c.code), CountsFD: in.addBytes(t, counts),
		Views:  []abi.View{in.addView(t, "rows", &rows), in.addView(t, "other", &other)},
		Fields: []abi.MapField{{Name: "a", Max: 1_000_000}, {Name: "b", Max: 1_000_000}, {Name: "c", Max: 1_000_000}},
		Batch:  1, MaxPages: guestPages, MaxLog: 1 << 16, Seed: make([]byte, 32), Now: time.Unix(1_700_000_000, 0).UTC(),
	}
	return req, in
}

// records runs a mapping and gives each person's record.
func records(t testing.TB, s *sandbox.Sandbox, c compiled, who []person) (list []string, log string) {
	t.Helper()
	req, in := mapRequest(t, c, who)
	return recordsOf(t, s, req, in)
}

// recordsOf gives the record of each subject of a request.
func recordsOf(t testing.TB, s *sandbox.Sandbox, req abi.MapRequest, in inputs) (list []string, log string) {
	t.Helper()
	said, err := s.Map(t.Context(), req, in.files, ample, func(f *abi.Frame) error {
		for row := range f.Rows {
			var fields []string
			for i := range req.Fields {
				text := "-"
				if column := &f.Columns[i]; !column.IsNull(row) {
					text = fmt.Sprint(column.Ints[row])
				}
				fields = append(fields, text)
			}
			record := strings.Join(fields, " ")
			if f.Columns[len(req.Fields)].Bools[row] == 1 {
				record = "failed"
			}
			list = append(list, record)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%v; log\n%s", err, said)
	}
	return list, string(said)
}

// TestConformanceOfMappings runs the mapping of the suite in a cell: what a person's
// rows do to an instance is that person's alone.
func TestConformanceOfMappings(t *testing.T) {
	forEachLanguage(t, func(t *testing.T, s *sandbox.Sandbox, language string, c compiled) {
		var want []string
		for _, p := range people {
			want = append(want, p.record)
		}
		got, log := records(t, s, c, people)
		if !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q\nlog\n%s", got, want, log)
		}
		said := []string{"a deliberate failure\n", "a deliberate panic"}
		if language == "c" { // which has no panic
			said = said[:1]
		}
		for _, words := range said {
			if strings.Count(log, words) != 1 {
				t.Errorf("the log says %q %d times:\n%s", words, strings.Count(log, words), log)
			}
		}
	})
}

// BenchmarkMapping measures what a person costs, in a fresh instance each.
func BenchmarkMapping(b *testing.B) {
	const crowd = 2000
	s := cells(b)
	who := slices.Repeat([]person{{"sum", []int64{1, 2, 3, 4, 5, 6}, 0, ""}}, crowd)
	for _, language := range []string{"go", "c", "rust", "as"} {
		b.Run(language, func(b *testing.B) {
			c := conformanceModule(b, s, language)
			for b.Loop() {
				records(b, s, c, who)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/crowd, "µs/person")
		})
	}
}
