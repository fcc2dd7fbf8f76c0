package view

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yingbi/catalog"
	"yingbi/internal/fault"
)

var usual = limits{workers: 2, memory: 1 << 20, bucket: 500, most: 1 << 30}

// visits gives rows of random people out of those from first on: half of the rows are
// of the person busy, where that is not 0.
func visits(seed uint64, first, people, busy int) func(int) []string {
	return func(i int) []string {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		row, person := rawRow(i), first+r.IntN(people)
		if busy != 0 && r.IntN(2) == 0 {
			person = busy
		}
		row[2] = strings.Repeat(strconv.Itoa(1000+r.IntN(9000)), 1+r.IntN(3))
		row[9], row[10] = strconv.Itoa(person), strconv.Itoa(1+r.IntN(5))
		return row
	}
}

// viewOfVisits builds a view of several parts, in a vault of its own.
func viewOfVisits(t testing.TB, row func(int) []string, parts ...int) *View {
	t.Helper()
	h := newHome(t, 1)
	h.store(t, row, parts...)
	return build(t, h.request(t), limits{workers: 2, memory: 1 << 20, bucket: 700})
}

// group gives what Group writes.
func group(t testing.TB, kind string, views []*View, columns [][]string, salt []byte, l limits) (files [][]byte, counts []byte, ordinals []uint32) {
	t.Helper()
	out := make([]bytes.Buffer, len(views))
	var inputs []BySubject
	for i, v := range views {
		inputs = append(inputs, BySubject{v, columns[i], &out[i]})
	}
	var c bytes.Buffer
	ordinals, err := groupWith(t.Context(), kind, inputs, salt, &c, l)
	if err != nil {
		t.Fatal(err)
	}
	for i := range out {
		files = append(files, out[i].Bytes())
	}
	return files, c.Bytes(), ordinals
}

// bySubject groups the columns of a view the plain way: by subject, in the view's order.
func bySubject(t testing.TB, v *View, kind string, columns []string) map[uint32][][]string {
	t.Helper()
	header, rows := read(t, parquet(t, v))
	at := slices.Index(header, catalog.SubjectColumn(kind))
	out := map[uint32][][]string{}
	for _, r := range rows {
		ordinal, err := strconv.ParseUint(r[at], 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		var row []string
		for _, name := range columns {
			row = append(row, r[slices.Index(header, name)])
		}
		out[uint32(ordinal)] = append(out[uint32(ordinal)], row)
	}
	return out
}

// checkGroups compares what Group wrote with plain groups.
func checkGroups(t testing.TB, want []map[uint32][][]string, columns [][]string, files [][]byte, counts []byte, ordinals []uint32) {
	t.Helper()
	everybody := map[uint32]bool{}
	var rows [][][]string
	for i, file := range files {
		header, r := read(t, file)
		if !slices.Equal(header, columns[i]) || bytes.Contains(file, []byte(catalog.SubjectColumn(""))) {
			t.Errorf("input %d: columns %v, want %v", i, header, columns[i])
		}
		rows = append(rows, r)
		for ordinal := range want[i] {
			everybody[ordinal] = true
		}
	}
	if len(ordinals) != len(everybody) || len(counts) != 4*len(files)*len(ordinals) {
		t.Fatalf("%d subjects of %d, %d bytes of counts", len(ordinals), len(everybody), len(counts))
	}
	for _, ordinal := range ordinals {
		if !everybody[ordinal] {
			t.Fatalf("subject %d is there twice, or in no input", ordinal)
		}
		delete(everybody, ordinal)
		for i := range rows {
			n := int(binary.LittleEndian.Uint32(counts))
			counts = counts[4:]
			if n > len(rows[i]) || !slices.EqualFunc(rows[i][:n], want[i][ordinal], slices.Equal) {
				t.Fatalf("input %d, subject %d: %d rows, want %q", i, ordinal, n, want[i][ordinal])
			}
			rows[i] = rows[i][n:]
		}
	}
	for i := range rows {
		if len(rows[i]) > 0 {
			t.Errorf("input %d has %d rows that nobody owns", i, len(rows[i]))
		}
	}
}

// Group gives what grouping in memory gives, in one order, whatever went to disk and
// however many cores did it.
func TestGroup(t *testing.T) {
	views := []*View{
		viewOfVisits(t, visits(1, 1, 900, 0), 1500, 700, 0, 99),
		viewOfVisits(t, visits(2, 600, 900, 0), 1100), // some of the same people, and some others
		viewOfVisits(t, visits(3, 1, 4_000_000_000, 0), 50),
		viewOfVisits(t, visits(4, 1, 1, 0), 0), // nobody
	}
	views = append(views, views[0])
	columns := [][]string{{"district", "cost", "weight"}, {"insured", "person", "born", "seen"}, {"cost"}, {"cost"}, {"hospital"}}
	for kind, atLeast := range map[string]int{"person": 1000, "enterprise": 5} {
		var want []map[uint32][][]string
		for i, v := range views {
			want = append(want, bySubject(t, v, kind, columns[i]))
		}
		var first []byte
		for _, l := range []limits{
			usual,
			{workers: 1, memory: 0, bucket: 1 << 20, most: 1 << 30},
			{workers: 3, memory: 0, bucket: 10, most: 1 << 30},
			{workers: 4, memory: 60_000, bucket: 100, most: 1 << 30},
		} {
			files, counts, ordinals := group(t, kind, views, columns, secretB, l)
			if first == nil {
				checkGroups(t, want, columns, files, counts, ordinals)
				first = slices.Concat(append(files, counts)...)
			}
			if !bytes.Equal(slices.Concat(append(files, counts)...), first) || len(ordinals) < atLeast {
				t.Errorf("%s, %+v: %d subjects, or other bytes", kind, l, len(ordinals))
			}
			images := permutationOf(t, secretB).images(wide(ordinals))
			if !slices.IsSorted(images) {
				t.Errorf("%s, %+v: the subjects stand in another order", kind, l)
			}
		}
	}
}

func wide(ordinals []uint32) (out []int64) {
	for _, o := range ordinals {
		out = append(out, int64(o))
	}
	return out
}

// One salt gives one order, whichever inputs there are; two give two.
func TestSaltDrawsTheOrder(t *testing.T) {
	views := []*View{viewOfVisits(t, visits(1, 1, 2000, 0), 3000), viewOfVisits(t, visits(2, 1, 2000, 0), 3000)}
	order := func(salt []byte, views ...*View) []uint32 {
		_, _, ordinals := group(t, "person", views, [][]string{{"cost"}, {"cost"}}, salt, usual)
		return ordinals
	}
	both := order(secretA, views...)
	for _, v := range views {
		one := order(secretA, v)
		if len(one) == 0 || len(one) == len(both) {
			t.Fatalf("%d people of %d", len(one), len(both))
		}
		kept := slices.DeleteFunc(slices.Clone(both), func(o uint32) bool { return !slices.Contains(one, o) })
		if !slices.Equal(one, kept) {
			t.Error("the order depends on the inputs")
		}
	}
	other := order(secretB, views...)
	at := map[uint32]int{}
	for i, o := range other {
		at[o] = i
	}
	rising := 0
	for i := range both[1:] {
		if at[both[i]] < at[both[i+1]] {
			rising++
		}
	}
	n := len(both)
	if d := rising - n/2; len(other) != n || d*d > 25*n/12 { // five standard deviations
		t.Errorf("%d of %d neighbours stand in the same order under another salt", rising, n)
	}
	if slices.IsSorted(both) || slices.Equal(both, other) {
		t.Error("an order shows")
	}
}

// Half of all rows are of one person: a bucket much larger than usual is arranged all
// the same, or refused where it needs more memory than there may be.
func TestABusySubject(t *testing.T) {
	v := viewOfVisits(t, visits(5, 1, 3000, 77), 12_000)
	columns := [][]string{{"district", "cost", "seen"}}
	l := limits{workers: 2, memory: 0, bucket: 200, most: 4 << 20}
	files, counts, ordinals := group(t, "person", []*View{v}, columns, secretA, l)
	want := bySubject(t, v, "person", columns[0])
	if n := len(want[77]); n < 5500 {
		t.Fatalf("%d rows of one person", n)
	}
	checkGroups(t, []map[uint32][][]string{want}, columns, files, counts, ordinals)

	l.most = 300_000
	var out bytes.Buffer
	_, err := groupWith(t.Context(), "person", []BySubject{{v, columns[0], &out}}, secretA, io.Discard, l)
	if fault.KindOf(err) != fault.Limit || !strings.Contains(err.Error(), "name fewer or shorter columns") || out.Len() > 0 {
		t.Errorf("%v, %d bytes written", err, out.Len())
	}
	// Without that person it would have done.
	v = viewOfVisits(t, visits(5, 1, 3000, 0), 12_000)
	if _, err := groupWith(t.Context(), "person", []BySubject{{v, columns[0], &out}}, secretA, io.Discard, l); err != nil {
		t.Error(err)
	}
}
