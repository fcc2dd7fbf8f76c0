package anonymity

import (
	"reflect"
	"testing"
)

// Six rows in classes of 1, 2 and 3 at level 0, of which the population has 4, 2 and 30.
func TestRisk(t *testing.T) {
	h := must(NewHierarchy([][]string{{"a", "*"}, {"b", "*"}, {"c", "*"}, {"d", "*"}}))(t)
	count := func(rows ...int64) *Table {
		table := must(NewTable([]Attribute{{"q", h}}, nil))(t)
		for code, n := range rows {
			if err := table.Add([]uint32{uint32(code)}, nil, n); err != nil {
				t.Fatal(err)
			}
		}
		return table
	}
	sample, population := count(1, 2, 3), count(4, 2, 30, 7)
	before := must(must(sample.Release([]int{0}, Spec{}))(t).Risk(population))(t)
	want := Risk{
		Rows: 6, Classes: 3, Smallest: 1, Largest: 3, Mean: 2, Uniques: 1,
		Prosecutor: Share{1, 0.5}, Journalist: Share{0.5, (1./4 + 2./2 + 3./30) / 6}, Marketer: (1./4 + 2./2 + 3./30) / 6,
		Sizes: []Size{{1, 1, 1}, {2, 2, 2}, {3, 4, 3}},
	}
	if !near(before.Journalist.Mean, want.Journalist.Mean) || !near(before.Marketer, want.Marketer) {
		t.Errorf("%+v, want %+v", before, want)
	}
	before.Journalist.Mean, before.Marketer = want.Journalist.Mean, want.Marketer
	if !reflect.DeepEqual(before, want) {
		t.Errorf("%+v, want %+v", before, want)
	}
	after := must(must(sample.Release([]int{0}, Spec{Models: Models{K: 2}}))(t).Risk(nil))(t)
	if after.Rows != 5 || after.Suppressed != 1 || after.Uniques != 0 || after.Prosecutor != (Share{0.5, 0.4}) || after.Journalist != after.Prosecutor || after.Marketer != 0.4 {
		t.Errorf("%+v", after)
	}
	if none := must(must(sample.Release([]int{1}, Spec{Models: Models{K: 7}}))(t).Risk(population))(t); none.Rows != 0 || none.Prosecutor.Max != 0 || len(none.Sizes) != 0 {
		t.Errorf("%+v of nothing", none)
	}
	other := must(NewTable([]Attribute{{"q", Plain()}}, nil))(t)
	if _, err := must(sample.Release([]int{0}, Spec{}))(t).Risk(other); err == nil {
		t.Error("a population under another hierarchy is taken")
	}
}
