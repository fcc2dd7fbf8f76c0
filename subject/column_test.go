package subject

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"yingbi/crypto"
	"yingbi/internal/idnum"
)

// tagsOf makes the tags of a column; nil is a null.
func (r *Registry) tagsOf(ids ...[]byte) []Tag {
	tags := make([]Tag, len(ids))
	r.Tags(tags, func(i int) []byte { return ids[i] })
	return tags
}

// Tags are what docs/formats/vault.md says, whether they were computed or remembered.
func TestTagsAreTheirDefinition(t *testing.T) {
	r := newStore(t).open()
	key, err := r.compartment.Derive(keyLabel, 32)
	if err != nil {
		t.Fatal(err)
	}
	var ids [][]byte
	for i := range 6 * latelySets {
		ids = append(ids, fmt.Appendf(nil, "id %d", i/2), fmt.Appendf(nil, "ｉd－%d", i%7), []byte("　"), nil)
	}
	for _, n := range []int{46, 47, 48, 256, 257} {
		long := []byte(strings.Repeat("x", n))
		ids = append(ids, long, long)
	}
	for i, got := range r.tagsOf(ids...) {
		var want Tag
		if plain, ok := idnum.Normalise(string(ids[i])); ok {
			mac := crypto.HMAC(key, []byte("i"), []byte(plain))
			want = Tag(mac[:16])
		}
		if got != want {
			t.Fatalf("tag of %q is %x, want %x", ids[i], got, want)
		}
	}
	rows := make([]Tag, 3)
	r.RowTags(rows, "adult", 2, 9)
	for i, got := range rows {
		mac := crypto.HMAC(key, fmt.Appendf(nil, "radult|2|%d", 9+i))
		if got != Tag(mac[:16]) {
			t.Errorf("tag of row %d is %x, want %x", 9+i, got, mac[:16])
		}
	}
}

func TestAssignIsInTheOrderOfRows(t *testing.T) {
	column := []string{"b", "a", "", "b", "c", "A", "　", "d"}
	want := []int64{1, 2, 0, 1, 3, 2, 0, 4}
	for size := 1; size <= len(column); size++ { // of the blocks in which the column comes
		r := newStore(t).open()
		got := make([]int64, len(column))
		for first := 0; first < len(column); first += size {
			end := min(first+size, len(column))
			tags := make([]Tag, end-first)
			r.Tags(tags, func(i int) []byte { return []byte(column[first+i]) })
			if err := r.Assign(tags, got[first:end]); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(got, want) || r.Len() != 4 {
			t.Errorf("blocks of %d: ordinals %v, want %v", size, got, want)
		}
	}
}

// Columns are tagged on several goroutines and assigned in order by one.
func TestTagsOnManyGoroutines(t *testing.T) {
	const columns, rows = 6, 5000
	r := newStore(t).open()
	id := func(column, row int) []byte { return fmt.Appendf(nil, "P%d", (row/6+column*300)%2000) }
	var tags [columns][]Tag
	var group sync.WaitGroup
	for c := range tags {
		tags[c] = make([]Tag, rows)
		group.Go(func() { r.Tags(tags[c], func(i int) []byte { return id(c, i) }) })
	}
	group.Wait()
	reference := map[string]int64{}
	out := make([]int64, rows)
	for c := range tags {
		if err := r.Assign(tags[c], out); err != nil {
			t.Fatal(err)
		}
		for row, got := range out {
			want, known := reference[string(id(c, row))]
			if !known {
				want = int64(len(reference) + 1)
				reference[string(id(c, row))] = want
			}
			if got != want {
				t.Fatalf("column %d, row %d: ordinal %d, want %d", c, row, got, want)
			}
		}
	}
}

func TestIdentifiersAreForgotten(t *testing.T) {
	h := newHasher(make([]byte, 32))
	h.identifier([]byte("11010519491231002X"))
	if h.lately == [latelySets][2]lately{} {
		t.Fatal("nothing is remembered")
	}
	h.column(make([]Tag, worthRemembering), func(i int) []byte { return []byte("11010519491231002X") })
	if h.lately != [latelySets][2]lately{} || strings.Contains(string(h.message[:cap(h.message)]), "1101") {
		t.Error("an identifier is still in memory")
	}
}

func TestNoGarbage(t *testing.T) {
	h, r := newHasher(make([]byte, 32)), newStore(t).open()
	ids := [][]byte{[]byte("11010519491231002X"), []byte("110105 19491231 002x"), []byte(strings.Repeat("y", 100))}
	tags, out := make([]Tag, 300), make([]int64, 300)
	if n := testing.AllocsPerRun(10, func() {
		h.column(tags, func(i int) []byte { return ids[i%len(ids)] })
		if err := r.Assign(tags, out); err != nil {
			t.Error(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkTags(b *testing.B) {
	r := newStore(b).open()
	ids := make([][]byte, 1<<16)
	for i := range ids {
		ids[i] = fmt.Appendf(nil, "110105194912%06d", i)
	}
	tags := make([]Tag, len(ids))
	for name, id := range map[string]func(i int) []byte{
		"distinct":     func(i int) []byte { return ids[i] },
		"six-in-a-row": func(i int) []byte { return ids[i/6] },
		"one-of-1500":  func(i int) []byte { return ids[i*7919%1500] },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r.Tags(tags, id)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(tags)), "ns/tag")
		})
	}
}
