//go:build linux && cgo

package cell

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
	"yingbi/table"
)

// field is one that takes any value.
func field(name string) abi.MapField {
	return abi.MapField{Name: name, Min: math.MinInt64, Max: math.MaxInt64}
}

// mapOver runs a mapping over one view named after what it should do.
func mapOver(t testing.TB, module, attempt string, req abi.MapRequest, view *abi.Frame, counts []uint32, columns ...string) (*abi.Frame, string, error) {
	t.Helper()
	req.Views = []abi.View{{Name: attempt, FD: memfd(t, viewFile(t, view)), Columns: columns}}
	req.CountsFD = memfd(t, countsFile(counts))
	return runMapping(t, module, req)
}

// firsts is a view of the integer n, a row for each subject.
func firsts(n ...int64) (*abi.Frame, []uint32) {
	return &abi.Frame{Rows: len(n), Columns: []abi.Column{{Name: "n", Type: coltype.Type{Kind: coltype.Integer}, Ints: n}}}, repeat(1, len(n))
}

func want(t *testing.T, f *abi.Frame, rows ...string) {
	t.Helper()
	var got []string
	for _, row := range show(f) {
		got = append(got, strings.Join(row, " "))
	}
	if !slices.Equal(got, rows) {
		t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(rows, "\n"))
	}
}

// patients has people whose answers are known.
func patients() (*abi.Frame, []uint32) {
	f := &abi.Frame{Columns: []abi.Column{
		{Name: "admitted", Type: coltype.Type{Kind: coltype.Date}, Days: []int32{}, Valid: []byte{0xff, 0xff, 0xff, 0xff, 0xff}},
		{Name: "days", Type: coltype.Type{Kind: coltype.Integer}, Ints: []int64{}, Valid: []byte{0xff, 0xff, 0xff, 0xff, 0xff}},
	}}
	var counts []uint32
	person := func(stays ...[2]int64) {
		for _, s := range stays {
			f.Columns[0].Days, f.Columns[1].Ints = append(f.Columns[0].Days, int32(s[0])), append(f.Columns[1].Ints, s[1])
			f.Rows++
		}
		counts = append(counts, uint32(len(stays)))
	}
	person([2]int64{19_020, 2}, [2]int64{19_000, 3}) // 18 days between them, the later first
	person()
	person([2]int64{19_000, 5}, [2]int64{19_005, 2})  // moved
	person([2]int64{19_000, 1}, [2]int64{19_031, 1})  // 31 days
	person([2]int64{19_000, 1}, [2]int64{19_030, 1})  // 30 days
	person([2]int64{19_000, 40}, [2]int64{19_002, 1}) // one within the other
	f.Columns[1].Valid[f.Rows/8] &^= 1 << (f.Rows % 8)
	person([2]int64{19_000, 0}) // no length
	many := make([][2]int64, 21)
	for i := range many {
		many[i] = [2]int64{19_000 + 40*int64(i), 2}
	}
	person(many...)
	for i := range f.Columns {
		f.Columns[i].Valid = f.Columns[i].Valid[:(f.Rows+7)/8]
	}
	return f, counts
}

var answers30 = []string{"1 2 0", "∅ ∅ 0", "0 1 0", "0 2 0", "1 2 0", "0 1 0", "∅ ∅ 0", "0 20 0"}

func TestReadmission(t *testing.T) {
	view, counts := patients()
	for _, batch := range []int{1, 3, 100} {
		req := readmission()
		req.Batch = batch
		got, log, err := mapOver(t, "readmission", "stays", req, view, counts, "days", "admitted")
		if err != nil || log != "" {
			t.Fatal(err, log)
		}
		want(t, got, answers30...)
	}
}

// TestASubjectSeesItsRows hashes the frames of each subject inside the module and
// here, of two views in every type, with subjects that are longer than a batch of the
// reader, lie across two, or have no rows.
func TestASubjectSeesItsRows(t *testing.T) {
	counts := [][]uint32{append(repeat(3, 100), 0, 65_000, 700, 70_000, 0, 1), append(repeat(1, 100), 2, 0, 66_000, 0, 0, 5)}
	columns := [][]string{{"b", "s", "金额", "f", "d", "t", "n"}, {"s", "n"}}
	for _, batch := range []int{1, 7} {
		req := mapRequest(field("first"), field("second"), field("ends"), field("inputs"))
		req.Batch = batch
		var expected [][]string
		for i, name := range []string{"rows", "more"} {
			whole := mixed(total(counts[i]))
			req.Views = append(req.Views, abi.View{Name: name, FD: memfd(t, viewFile(t, whole)), Columns: columns[i]})
			expected = append(expected, hashes(t, whole, counts[i], columns[i]))
		}
		req.CountsFD = memfd(t, countsFile(counts...))
		got, log, err := runMapping(t, "mapper", req)
		if err != nil || got.Rows != len(counts[0]) {
			t.Fatal(err, log)
		}
		for i, row := range show(got) {
			if !slices.Equal(row, []string{expected[0][i], expected[1][i], "4", "20", "0"}) {
				t.Fatalf("batch %d, subject %d: %v, want %s %s", batch, i, row, expected[0][i], expected[1][i])
			}
		}
	}
}

func total(counts []uint32) (n int) {
	for _, c := range counts {
		n += int(c)
	}
	return n
}

// hashes makes the frames in another way than the cell: by slices of a record.
func hashes(t *testing.T, whole *abi.Frame, counts []uint32, columns []string) (list []string) {
	t.Helper()
	picked := &abi.Frame{Rows: whole.Rows}
	for _, name := range columns {
		at := slices.IndexFunc(whole.Columns, func(c abi.Column) bool { return c.Name == name })
		picked.Columns = append(picked.Columns, whole.Columns[at])
	}
	rec, err := table.FromFrame(picked)
	if err != nil {
		t.Fatal(err)
	}
	at := int64(0)
	for _, n := range counts {
		f, err := table.ToFrame(rec.NewSlice(at, at+int64(n)))
		if err != nil {
			t.Fatal(err)
		}
		h := fnv.New64a()
		h.Write(encode(t, f))
		list = append(list, fmt.Sprint(int64(h.Sum64()>>1)))
		at += int64(n)
	}
	return list
}

// TestOneSubjectsFailureIsItsOwn has subjects that fail in every way in the middle
// of others. They have no record, and the next one is served in a fresh instance.
func TestOneSubjectsFailureIsItsOwn(t *testing.T) {
	view, counts := firsts(0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 9)
	expected := make([]string, len(counts))
	for i, n := range view.Columns[0].Ints {
		expected[i] = fmt.Sprintf("%d 0", n)
		if n != 0 && n != 9 {
			expected[i] = "∅ 1"
		}
	}
	var logs []string
	for _, batch := range []int{1, 4, 100} {
		req := mapRequest(field("n"))
		req.Batch = batch
		got, log, err := mapOver(t, "mapper", "fail", req, view, counts, "n")
		if err != nil {
			t.Fatal(err)
		}
		want(t, got, expected...)
		logs = append(logs, log)
	}
	if logs[0] != logs[1] || logs[0] != logs[2] || strings.Count(logs[0], "a line\n") != len(counts) {
		t.Fatalf("the logs are not the same for each batch:\n%s\n%s", logs[0], logs[1])
	}
	for note, times := range map[string]int{"": 5, "over its limit of calls of the host": 1, "the mapping returned a failure": 1, "the guest trapped: unreachable": 1, "the guest trapped: out of bounds memory access": 2} {
		if strings.Count(logs[0], "[host] "+note) != times {
			t.Fatalf("the log does not say %d times %q:\n%s", times, note, logs[0])
		}
	}
}

func TestCallsOfAMapping(t *testing.T) {
	view, counts := firsts(1, 2, 3)
	req := mapRequest(field("wrong"), field("not set"), field("not set either"), abi.MapField{Name: "twice", Min: -3, Max: -2}, abi.MapField{Name: "bounded", Min: -3, Max: 9})
	got, log, err := mapOver(t, "mapper", "call", req, view, counts, "n")
	if err != nil || log != "" {
		t.Fatal(err, log)
	}
	want(t, got, "0 ∅ ∅ -2 5 0", "0 ∅ ∅ -2 5 0", "0 ∅ ∅ -2 5 0")
	// A job that runs once has no record.
	if r := probe(t, "record", nil); r.err != nil || r.log != "record -5\n" {
		t.Fatalf("%v, log %q", r.err, r.log)
	}
}

// TestNobodyElsesLog has a log with room for five of ten subjects. None of them can
// tell: each had the same room.
func TestNobodyElsesLog(t *testing.T) {
	view, counts := firsts(0, 0, 0, 0, 0, 0, 0, 0, 0, 2)
	req := mapRequest(field("n"))
	req.MaxLog = 5 * len("a line\n")
	got, log, err := mapOver(t, "mapper", "fail", req, view, counts, "n")
	if err != nil || log != strings.Repeat("a line\n", 5) || got.Rows != len(counts) {
		t.Fatalf("%v\n%s", err, log)
	}
}

// TestATooLargeSubject has no record, and its neighbours have theirs.
func TestATooLargeSubject(t *testing.T) {
	counts := []uint32{1, 17, 1}
	f := &abi.Frame{Columns: []abi.Column{{Name: "note", Type: coltype.Type{Kind: coltype.Text}, Offsets: []uint32{0}}}}
	for range total(counts) {
		f.Columns[0].Bytes = append(f.Columns[0].Bytes, make([]byte, 1<<20)...)
		f.Columns[0].Offsets = append(f.Columns[0].Offsets, uint32(len(f.Columns[0].Bytes)))
		f.Rows++
	}
	got, log, err := mapOver(t, "mapper", "carry", mapRequest(field("met")), f, counts, "note")
	if err != nil || log != "[host] the subject has more rows than are shown\n" {
		t.Fatal(err, log)
	}
	want(t, got, "1 0", "∅ 1", "1 0")
}

func TestMappingsThatContradictThemselves(t *testing.T) {
	view, counts := firsts(1, 2)
	for _, c := range []struct {
		name, module string
		change       func(*abi.MapRequest)
		want         abi.Failure
	}{
		{"as it should be", "mapper", func(*abi.MapRequest) {}, abi.Failure{}},
		{"a row without a subject", "mapper", func(r *abi.MapRequest) { r.CountsFD = memfd(t, countsFile(repeat(1, 1))) }, abi.Failure{Code: abi.FailRequest, At: 1}},
		{"no subject", "mapper", func(r *abi.MapRequest) { r.CountsFD = memfd(t, nil) }, abi.Failure{Code: abi.FailRequest, At: 1}},
		{"a subject without its rows", "mapper", func(r *abi.MapRequest) { r.CountsFD = memfd(t, countsFile(repeat(1, 3))) }, abi.Failure{Code: abi.FailRequest, At: 1}},
		{"half a count", "mapper", func(r *abi.MapRequest) { r.CountsFD = memfd(t, countsFile(counts)[:7]) }, abi.Failure{Code: abi.FailRequest}},
		{"a hidden column", "mapper", func(r *abi.MapRequest) { r.Views[0].Columns = []string{"__subject_person"} }, abi.Failure{Code: abi.FailRequest, At: 1}},
		{"no seed", "mapper", func(r *abi.MapRequest) { r.Seed = nil }, abi.Failure{Code: abi.FailRequest}},
		{"a job that runs once", "compare", func(*abi.MapRequest) {}, abi.Failure{Code: abi.FailModule}},
	} {
		req := mapRequest(field("met"))
		req.Views = []abi.View{{Name: "carry", FD: memfd(t, viewFile(t, view)), Columns: []string{"n"}}}
		req.CountsFD = memfd(t, countsFile(counts))
		c.change(&req)
		_, _, err := runMapping(t, c.module, req)
		if f, _ := err.(abi.Failure); f != c.want || err != nil && f.Code == "" {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if r := runGuest(t, "mapper", guestRequest()); r.code() != abi.FailModule {
		t.Errorf("a mapping that is to run once: %v", r.err)
	}
}

func TestNobodyToMap(t *testing.T) {
	view, _ := firsts()
	view.Columns[0].Ints = []int64{}
	got, log, err := mapOver(t, "mapper", "carry", mapRequest(field("met")), view, nil, "n")
	if err != nil || got.Rows != 0 || log != "" {
		t.Fatal(err, got.Rows, log)
	}
}
