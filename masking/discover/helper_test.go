package discover_test

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/internal/idnum"
	"yingbi/masking/detect"
	"yingbi/masking/discover"
)

var detector = sync.OnceValue(detect.New)

// texts makes a column; "" is null.
func texts(values []string) discover.Texts {
	t := discover.Texts{Offsets: []uint32{0}, Valid: make([]byte, (len(values)+7)/8)}
	for i, v := range values {
		if v != "" {
			t.Valid[i/8] |= 1 << (i % 8)
		}
		t.Bytes = append(t.Bytes, v...)
		t.Offsets = append(t.Offsets, uint32(len(t.Bytes)))
	}
	return t
}

// alone is the verdict on a column by itself.
func alone(header string, values []string) discover.Finding {
	s := discover.New(detector(), []discover.Column{{Name: header, Type: coltype.Type{Kind: coltype.Text}}})
	s.Rows(len(values))
	s.Add(0, texts(values))
	return s.Report(false).Columns[0]
}

// firing lists the types that a column holds.
func firing(f discover.Finding) string {
	var out []string
	for _, t := range f.Types {
		if t.Confidence >= detect.Fires {
			out = append(out, t.Type.String())
		}
	}
	return strings.Join(out, " ")
}

// read is the report of a CSV file of UTF-8, read as text.
func read(t testing.TB, in io.Reader, comma rune) *discover.Report {
	t.Helper()
	r := csv.NewReader(in)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = comma, true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var columns []discover.Column
	for _, name := range rows[0] {
		columns = append(columns, discover.Column{Name: strings.TrimPrefix(name, "\ufeff")})
	}
	s := discover.New(detector(), columns)
	s.Rows(len(rows) - 1)
	for i := range columns {
		var values []string
		for _, row := range rows[1:] {
			if i < len(row) {
				values = append(values, strings.TrimSpace(row[i]))
			}
		}
		s.Add(i, texts(values))
	}
	return s.Report(false)
}

func open(t testing.TB, path string) *os.File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// each gives n values.
func each(n int, f func(i int) string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = f(i)
	}
	return out
}

func pick(words string, n int) []string {
	all := strings.Fields(words)
	return each(n, func(i int) string { return all[(i*7+i/3)%len(all)] })
}

// residents are valid numbers of different people.
func residents(n int) []string {
	regions := []string{"530402", "110105", "440305", "310115", "610113"}
	return each(n, func(i int) string {
		id, err := idnum.SyntheticResidentID(regions[i%5], 1935+i*13%80, 1+i%12, 1+i*5%28, i*37%1000)
		if err != nil {
			panic(err)
		}
		return id
	})
}

func mobiles(n int) []string {
	prefixes := strings.Fields("138 139 150 186 177 199 133 159")
	return each(n, func(i int) string {
		return prefixes[i%len(prefixes)] + fmt.Sprintf("%08d", (i*48271+11)*7919%100_000_000)
	})
}
