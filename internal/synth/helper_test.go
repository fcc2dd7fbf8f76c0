package synth

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/unicode/norm"

	"yingbi/internal/idnum"
)

func makeCity(t *testing.T, people int, seed uint64) (dir string, truth Truth) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "city")
	truth, err := Write(context.Background(), Config{People: people, Seed: seed, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return dir, truth
}

func readFile(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// read is a file as this test reads it, by rules of its own.
type read struct {
	header []string
	good   []map[string]string
	all    [][]string       // rows, bad ones too
	bad    map[string]int64 // by column and reason
	nulls  map[string]int64
	people map[string]map[string]bool // subjects by kind
}

// columns says of each column what its values must be.
var columns = map[string]string{
	"birth": "date", "visit_date": "date", "month": "date", "exam_date": "date",
	"cost": "number", "revenue": "number", "tax": "number", "kwh": "number", "fee": "number", "amount": "number",
	"employees": "integer", "pulse": "integer",
}

var required = []string{"birth", "visit_date", "month", "exam_date", "cost", "revenue"}

// subjectsOf says which columns identify whom.
var subjectsOf = map[string]map[string]string{
	"population": {"person": "person"}, "claims": {"person": "person"}, "checkups": {"person": "person"},
	"enterprises": {"uscc": "enterprise"}, "electricity": {"household": "household", "person": "person"},
}

// readRows reads a file that Write made, and judges its rows.
func readRows(t *testing.T, dir string, f File) *read {
	t.Helper()
	b := readFile(t, dir, f.Path)
	if f.Encoding == "gbk" {
		if utf8.Valid(b) {
			t.Errorf("%s is UTF-8", f.Path)
		}
		var err error
		if b, err = simplifiedchinese.GBK.NewDecoder().Bytes(b); err != nil {
			t.Fatal(err)
		}
	}
	out := &read{bad: map[string]int64{}, nulls: map[string]int64{}, people: map[string]map[string]bool{}}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	cut := b[bytes.LastIndexByte(b, '\n')+1:]
	if bytes.Count(cut, []byte{'"'})%2 == 1 {
		b = b[:len(b)-len(cut)]
		out.bad[" "+malformedQuote]++
	} else {
		cut = nil
	}
	r := csv.NewReader(bytes.NewReader(b))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out.header, out.all = rows[0], rows[1:]
	for _, row := range rows[1:] {
		out.judge(f.Dataset, row)
	}
	if cut != nil {
		out.all = append(out.all, strings.Split(string(cut), ","))
	}
	return out
}

func (r *read) judge(dataset string, row []string) {
	if len(row) != len(r.header) {
		r.bad[" "+ragged]++
		return
	}
	cells, nulls := map[string]string{}, map[string]int64{}
	for i, column := range r.header {
		cells[column] = row[i]
		null := row[i] == "" || dataset == "checkups" && (column == "amount" || column == "pulse") && slices.Contains(spellings(), row[i])
		why := faultOf(columns[column], row[i])
		switch {
		case null && slices.Contains(required, column):
			why = missingValue
		case null:
			nulls[column]++
			why = ""
		}
		if why != "" {
			r.bad[column+" "+why]++
			return
		}
	}
	for column, kind := range subjectsOf[dataset] {
		if _, ok := idnum.Normalise(cells[column]); !ok {
			r.bad[column+" "+missingSubject]++
			return
		}
		if r.people[kind] == nil {
			r.people[kind] = map[string]bool{}
		}
	}
	for column, kind := range subjectsOf[dataset] {
		id, _ := idnum.Normalise(cells[column])
		r.people[kind][id] = true
	}
	for column, n := range nulls {
		r.nulls[column] += n
	}
	r.good = append(r.good, cells)
}

// faultOf judges the form of a value.
func faultOf(kind, value string) string {
	value = norm.NFKC.String(value)
	switch kind {
	case "date":
		return dateFault(value)
	case "number":
		return numberFault(value)
	case "integer":
		if _, err := strconv.Atoi(value); err != nil {
			return unparsable
		}
	}
	return ""
}

func dateFault(value string) string {
	for _, layout := range []string{"2006-01-02", "2006/01/02", "20060102"} {
		if _, err := time.Parse(layout, value); err == nil {
			return ""
		}
	}
	if len(value) == 10 && strings.Trim(value, "0123456789-") == "" {
		return impossibleDate
	}
	return unparsable
}

func numberFault(value string) string {
	whole, fraction, _ := strings.Cut(value, ".")
	switch {
	case strings.Trim(whole+fraction, "0123456789") != "":
		return unparsable
	case len(whole) > 12:
		return "out-of-range"
	case len(fraction) > 2:
		return "too-many-digits"
	}
	return ""
}

func money(t *testing.T, s string) Money {
	t.Helper()
	var m Money
	if err := m.UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return m
}

// fileOf gives what the truth says of a file.
func fileOf(t *testing.T, truth Truth, path string) File {
	t.Helper()
	for _, f := range truth.Files {
		if f.Path == path {
			return f
		}
	}
	t.Fatalf("the truth has no file %s", path)
	return File{}
}
