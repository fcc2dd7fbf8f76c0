package manifest

import (
	"maps"
	"slices"
	"testing"

	"yingbi/internal/fault"
)

// classes are a job of each class over claims.
var classes = map[string]string{
	"tables":    job("", "district", "count()"),
	"protected": job("", "district", "count()") + "outputs: {o: {kind: table, derives: [t]}}\n",
	"rows":      head + "inputs:\n  claims: {dataset: claims, columns: [person, visit_date, days]}\ntables:\n  t: {from: claims, group_by: [days], measures: {n: count()}}\noutputs: {o: {kind: table, compares: t}}\n",
	"asserted":  head + "inputs:\n  claims: {dataset: claims, columns: [person, visit_date, days]}\noutputs: {o: {kind: asserted, about: '叶子', from: [claims], numbers: {a: {min: 0, max: 9}}}}\n",
	"mapped":    mapping(course),
	"shared":    mapping(course + "\nshared: true"),
}

// levelled is the claims of a data set of a level, with levels of some columns.
func levelled(t testing.TB, dataset int, columns map[string]int) Schema {
	out := city(t)["claims"]
	out.Level, out.Columns = dataset, maps.Clone(out.Columns)
	for name, level := range columns {
		c := out.Columns[name]
		c.Level = level
		out.Columns[name] = c
	}
	return Schema{"claims": out}
}

// allows tells which classes a schema lets through.
func allows(t testing.TB, s Schema) (out []string) {
	for _, name := range slices.Sorted(maps.Keys(classes)) {
		m, err := Parse("job.yaml", []byte(classes[name]))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Check(s); err == nil {
			out = append(out, name)
		} else if fault.KindOf(err) != fault.Denied {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return out
}

func TestClassesByLevel(t *testing.T) {
	all := []string{"asserted", "mapped", "protected", "rows", "shared", "tables"}
	for _, c := range []struct {
		dataset int
		columns map[string]int
		want    []string
	}{
		{1, nil, all},
		{2, nil, all},
		{3, nil, []string{"asserted", "mapped", "protected", "rows", "tables"}},
		{4, nil, []string{"protected", "tables"}},
		{2, map[string]int{"days": 3}, []string{"asserted", "mapped", "protected", "rows", "tables"}},
		{2, map[string]int{"days": 4}, []string{"protected", "tables"}},
		{2, map[string]int{"cost": 4}, all},                                                   // no module is shown it
		{2, map[string]int{"person": 4}, []string{"mapped", "protected", "shared", "tables"}}, // a mapping never shows who it is
		{4, map[string]int{"person": 3, "visit_date": 3, "days": 3}, []string{"asserted", "mapped", "protected", "rows", "tables"}},
		{4, map[string]int{"person": 1, "visit_date": 1}, []string{"protected", "tables"}}, // days is of level 4
		{4, map[string]int{"visit_date": 2, "days": 1}, []string{"mapped", "protected", "shared", "tables"}},
	} {
		if got := allows(t, levelled(t, c.dataset, c.columns)); !slices.Equal(got, c.want) {
			t.Errorf("data set %d, columns %v: %v, want %v", c.dataset, c.columns, got, c.want)
		}
	}
}

// TestRaisingALevelAllowsNothingMore tries every level of the data set and of three of
// its columns, 0 among them, and raises each.
func TestRaisingALevelAllowsNothingMore(t *testing.T) {
	names := []string{"person", "visit_date", "days"}
	allowed := map[[4]int][]string{}
	for n := range 4 * 5 * 5 * 5 {
		at := [4]int{n%4 + 1, n / 4 % 5, n / 20 % 5, n / 100}
		columns := map[string]int{}
		for i, name := range names {
			columns[name] = at[i+1]
		}
		allowed[at] = allows(t, levelled(t, at[0], columns))
	}
	raised := 0
	for at, low := range allowed {
		for i := range at {
			up := at
			if up[i]++; up[i] == 1 { // from none: the data set's, or above
				up[i] = at[0]
			}
			high, ok := allowed[up]
			if !ok {
				continue
			}
			raised++
			for _, class := range high {
				if !slices.Contains(low, class) {
					t.Fatalf("levels %v let no job of class %s through, and %v do", at, class, up)
				}
			}
		}
	}
	if raised < 1000 {
		t.Errorf("%d levels were raised", raised)
	}
}

func TestARefusedLevelNamesItsColumn(t *testing.T) {
	for class, want := range map[string]string{
		"rows":   `"days" of "claims" is of level 4: no module sees its rows`,
		"shared": `"claims" is data of level 4: its subjects never share`,
	} {
		m, err := Parse("job.yaml", []byte(classes[class]))
		if err != nil {
			t.Fatal(err)
		}
		_, err = m.Check(levelled(t, 2, map[string]int{"days": 4}))
		expect(t, class, err, want, fault.Denied)
	}
	m, err := Parse("job.yaml", []byte(classes["tables"]))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Check(levelled(t, 2, map[string]int{"days": 5})); fault.KindOf(err) != fault.Internal {
		t.Errorf("a schema of level 5: %v", err)
	}
}
