package history

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

var key = make([]byte, 32)

// figures are what each subject contributes to one cell.
type figures map[uint32]int64

// release makes one of a cell for each map, with a count of people and a sum.
func release(t testing.TB, id string, cells ...figures) *Release {
	t.Helper()
	w, m := &Writer{}, NewMarker(key)
	for i, c := range cells {
		w.Cell("t", i, []string{fmt.Sprint(i)})
		subjects := slices.Sorted(maps.Keys(c))
		addSet(w, m, Who, "people", subjects, func(uint32) Number { return Number{Int: 1} })
		addSet(w, m, Value, "cost", subjects, func(s uint32) Number { return Number{Int: c[s]} })
	}
	return reopen(t, id, w.Release())
}

// addSet adds a set of what each subject contributes.
func addSet(w *Writer, m *Marker, class Class, figure string, subjects []uint32, of func(s uint32) Number) {
	var marks []uint32
	var parts []uint64
	for _, s := range subjects {
		marks, parts = append(marks, m.Mark(of(s))), append(parts, m.Part(s, of(s)))
	}
	w.Set(class, figure, subjects, marks, parts)
}

// reopen seals and opens a release.
func reopen(t testing.TB, id string, r *Release) *Release {
	t.Helper()
	s, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	out, err := Decode(id, s.Cells, s.Groups, func() ([]byte, error) { return s.Marks, nil })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// people contribute their number times times.
func people(from, to uint32, times int64) figures {
	f := figures{}
	for s := from; s < to; s++ {
		f[s] = int64(s) * times
	}
	return f
}

func (f figures) with(subject uint32, value int64) figures {
	out := maps.Clone(f)
	out[subject] = value
	return out
}

func audited(t testing.TB, fresh *Release, earlier ...*Release) *Verdict {
	t.Helper()
	v, err := Audit(t.Context(), Config{K: 10}, fresh, earlier)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestPairs: what differs by a few subjects in who they are or in what they contribute
// goes, and nothing else.
func TestPairs(t *testing.T) {
	base := people(1, 101, 2)
	for name, c := range map[string]struct {
		fresh figures
		n     int // subjects of the finding
	}{
		"the same":                   {base, 0},
		"one more":                   {base.with(500, 3), 1},
		"nine more":                  {people(1, 110, 2), 9},
		"ten more":                   {people(1, 111, 2), 0},
		"one less":                   {people(2, 101, 2), 1},
		"one with another value":     {base.with(7, 15), 1},
		"one with the value nothing": {base.with(7, 0), 1},
		"another measure of all":     {people(1, 101, 3), 0},
		"others":                     {people(1000, 1100, 2), 0},
		"six exchanged":              {people(7, 107, 2), 0}, // 12 subjects
		"four exchanged":             {people(5, 105, 2), 8},
	} {
		v := audited(t, release(t, "", c.fresh), release(t, "r1", base))
		switch {
		case c.n == 0 && (len(v.Pairs) > 0 || len(v.Withhold) > 0):
			t.Errorf("%s: %+v", name, v)
		case c.n > 0 && (len(v.Pairs) != 1 || v.Pairs[0].Difference != c.n || v.Pairs[0].Other.Release != "r1" || !slices.Equal(v.Withhold, []int{0})):
			t.Errorf("%s: %+v, want one of %d", name, v, c.n)
		}
		if !v.Complete || v.LeftOut != 0 || v.Earlier != 1 {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// TestSixChanged: whoever contributes another number is one subject and not two.
func TestSixChanged(t *testing.T) {
	base := people(1, 101, 2)
	six, ten := maps.Clone(base), maps.Clone(base)
	for s := range uint32(10) {
		if ten[s+1]++; s < 6 {
			six[s+1]++
		}
	}
	if v := audited(t, release(t, "", six), release(t, "r1", base)); len(v.Pairs) != 1 || v.Pairs[0].Difference != 6 {
		t.Errorf("%+v", v)
	}
	if v := audited(t, release(t, "", ten), release(t, "r1", base)); len(v.Withhold) > 0 {
		t.Errorf("%+v", v)
	}
}

// TestWithinAJob: of two cells of one job that are near, one is left.
func TestWithinAJob(t *testing.T) {
	base := people(1, 101, 2)
	v := audited(t, release(t, "", base, base.with(200, 1), people(300, 400, 2), base.with(201, 1)))
	if !slices.Equal(v.Withhold, []int{1, 3}) || len(v.Pairs) != 3 {
		t.Errorf("%+v", v)
	}
}

// TestNearest shows a reviewer what is no finding.
func TestNearest(t *testing.T) {
	base := people(1, 101, 2)
	v := audited(t, release(t, "", people(1, 113, 2)), release(t, "r1", base), release(t, "r2", people(1, 113, 2)), release(t, "r3", people(900, 990, 2)))
	if len(v.Nearest) != 2 || v.Nearest[0].Other.Release != "r2" || v.Nearest[0].Difference != 0 || v.Nearest[1].Difference != 12 || len(v.Withhold) > 0 {
		t.Errorf("%+v", v)
	}
}

func union(all ...figures) figures {
	out := figures{}
	for _, f := range all {
		maps.Copy(out, f)
	}
	return out
}

// TestCombinations: three cells that tell of one person together, of which no two are
// near each other, in one job and in three.
func TestCombinations(t *testing.T) {
	left, right, x := people(1, 51, 2), people(51, 101, 2), figures{999: 77}
	whole := union(left, right, x)
	for name, v := range map[string]*Verdict{
		"one job":        audited(t, release(t, "", left, right, whole)),
		"three releases": audited(t, release(t, "", whole), release(t, "r1", left), release(t, "r2", right)),
		"the parts last": audited(t, release(t, "", right), release(t, "r1", whole), release(t, "r2", left)),
	} {
		if len(v.Pairs) > 0 || len(v.Withhold) != 1 || len(v.Combinations) == 0 || v.Combinations[0].Subjects != 1 || len(v.Combinations[0].Terms) != 3 {
			t.Errorf("%s: %+v", name, v)
		}
	}
	if v := audited(t, release(t, "", left), release(t, "r1", whole)); len(v.Withhold) > 0 {
		t.Errorf("half of all: %+v", v)
	}
	// what was told before tells nothing more when it is told again
	again := audited(t, release(t, "", whole), release(t, "r1", left), release(t, "r2", right), release(t, "r3", whole))
	if len(again.Withhold) > 0 || len(again.Combinations) > 0 {
		t.Errorf("again: %+v", again)
	}
}

// TestChangedContributionInACombination: the sets of subjects add up, and one of them
// contributes another number to the whole.
func TestChangedContributionInACombination(t *testing.T) {
	left, right := people(1, 51, 2), people(51, 101, 2)
	v := audited(t, release(t, "", union(left, right).with(7, 15)), release(t, "r1", left), release(t, "r2", right))
	if len(v.Withhold) != 1 || len(v.Combinations) == 0 || v.Combinations[0].Subjects != 1 || v.Combinations[0].Terms[0].Figure != "cost" {
		t.Errorf("%+v", v)
	}
}

// TestLeftOut: a search that has no room for all says so, and keeps those that share a
// subject with the new cells.
func TestLeftOut(t *testing.T) {
	left, right, x := people(1, 51, 2), people(51, 101, 2), figures{999: 77}
	earlier := []*Release{release(t, "r1", left), release(t, "r2", right)}
	for i := range uint32(20) {
		earlier = append(earlier, release(t, fmt.Sprint("far", i), people(2000+100*i, 2050+100*i, 2)))
	}
	v, err := Audit(t.Context(), Config{K: 10, MaxSets: 4}, release(t, "", union(left, right, x)), earlier)
	if err != nil || len(v.Withhold) != 1 || v.LeftOut == 0 {
		t.Errorf("%+v, %v", v, err)
	}
	if _, err := Audit(t.Context(), Config{K: 1}, earlier[0], nil); err == nil {
		t.Error("a group of one is protected")
	}
}

// TestMarks: a number has one mark, however it is stored.
func TestMarks(t *testing.T) {
	m := NewMarker(key)
	same := []Number{{Int: 1250, Scale: 2}, {Int: 125, Scale: 1}}
	whole := []Number{{Int: 12}, {Int: 1200, Scale: 2}, {Real: true, Float: 12}}
	thirds := []Number{{Real: true, Float: 0.1 + 0.2 + 0.3}, {Real: true, Float: 0.3 + 0.2 + 0.1}}
	for _, group := range [][]Number{same, whole, thirds} {
		for _, n := range group {
			if m.Mark(n) != m.Mark(group[0]) {
				t.Errorf("%+v has another mark than %+v", n, group[0])
			}
		}
	}
	seen := map[uint32]Number{}
	for _, n := range []Number{{}, {Int: 1}, {Int: -1}, {Int: 12}, {Int: 12, Of: 1}, {Int: 12, Of: 2}, {Int: 125, Scale: 1}, {Int: 125, Scale: 2}, thirds[0], {Real: true, Float: 0.60001}} {
		if other, ok := seen[m.Mark(n)]; ok {
			t.Errorf("%+v and %+v have one mark", n, other)
		}
		seen[m.Mark(n)] = n
	}
	if NewMarker([]byte("another key of a domain, 32 bytes")).Mark(Number{Int: 1}) == m.Mark(Number{Int: 1}) {
		t.Error("marks do not depend on the key")
	}
}

// TestNothingIsNoContribution: ten people more, of whom one alone contributes something,
// are that one. Ten who contribute nothing are told to do so. Ten who all contribute are
// neither.
func TestNothingIsNoContribution(t *testing.T) {
	base := people(1, 101, 2)
	for name, c := range map[string]struct {
		value func(s uint32) int64
		n     int
	}{
		"one of ten":  {func(s uint32) int64 { return map[bool]int64{true: 1}[s == 205] }, 1},
		"none of ten": {func(uint32) int64 { return 0 }, 10},
		"all ten":     {func(uint32) int64 { return 7 }, 0},
	} {
		more := maps.Clone(base)
		for s := uint32(200); s < 210; s++ {
			more[s] = c.value(s)
		}
		for _, v := range []*Verdict{
			audited(t, release(t, "", more), release(t, "r1", base)),
			audited(t, release(t, "", base), release(t, "r1", more)),
			audited(t, release(t, "", base, more)),
		} {
			if len(v.Withhold) != min(1, c.n) || c.n > 0 && v.Pairs[0].Difference != c.n {
				t.Errorf("%s: %+v", name, v)
			}
		}
	}
	half := func(from uint32, one int64) figures { // of ten people less than ten contribute
		f := people(from, from+60, 2)
		for s := from; s < from+10; s++ {
			f[s] = 0
		}
		return f.with(from, one)
	}
	left, right := half(1000, 0), half(2000, 0)
	whole := union(half(1000, 1), right)
	if v := audited(t, release(t, "", whole), release(t, "r1", left), release(t, "r2", right)); len(v.Withhold) != 1 || v.Combinations[0].Subjects != 1 {
		t.Errorf("three releases: %+v", v)
	}
	if v := audited(t, release(t, "", whole), release(t, "r1", whole)); len(v.Withhold) > 0 {
		t.Errorf("the same again: %+v", v)
	}
}
