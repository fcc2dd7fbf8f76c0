package anonymity

import (
	"slices"

	"yingbi/internal/fault"
)

// Risk is that of re-identifying the rows of a release by its quasi-identifiers. All
// risks are from 0 to 1; docs/ANONYMITY.md defines them.
type Risk struct {
	Rows       int64   `json:"rows"`       // published
	Suppressed int64   `json:"suppressed"` // rows
	Classes    int64   `json:"classes"`
	Smallest   int64   `json:"smallest_class"` // rows
	Largest    int64   `json:"largest_class"`
	Mean       float64 `json:"mean_class"`
	Uniques    int64   `json:"uniques"` // rows alone in their class
	Prosecutor Share   `json:"prosecutor_risk"`
	Journalist Share   `json:"journalist_risk"` // the prosecutor's without a population
	Marketer   float64 `json:"marketer_risk"`
	Sizes      []Size  `json:"sizes"` // from the smallest, those without a row left out
}

// Share is a risk over the rows.
type Share struct {
	Max  float64 `json:"max"`
	Mean float64 `json:"mean"`
}

// Size counts the rows whose class has From to To rows.
type Size struct {
	From int64 `json:"from"`
	To   int64 `json:"to"` // 0: no end
	Rows int64 `json:"rows"`
}

// bands are the beginnings of Sizes.
var bands = [...]int64{1, 2, 3, 5, 10, 20, 50, 100, 500, 1000}

// Risk measures a release. The population, which may be nil, is a table over the same
// hierarchies that the rows were drawn from; where a class has more rows than it, it is
// no population of theirs, and the class's own size holds.
func (r *Release) Risk(population *Table) (Risk, error) {
	out := Risk{Rows: r.Rows, Suppressed: r.Suppressed, Classes: r.Classes, Sizes: []Size{}}
	inPopulation, err := r.drawnFrom(population)
	if err != nil || r.Rows == 0 {
		return out, err
	}
	var rows [len(bands)]int64
	journalist := 0.0 // expected hits
	for class, n := range r.sizes {
		if out.Smallest == 0 || n < out.Smallest {
			out.Smallest = n
		}
		out.Largest = max(out.Largest, n)
		if n == 1 {
			out.Uniques++
		}
		band, exact := slices.BinarySearch(bands[:], n)
		if !exact {
			band--
		}
		rows[band] += n
		all := max(n, inPopulation[class])
		out.Journalist.Max = max(out.Journalist.Max, 1/float64(all))
		journalist += float64(n) / float64(all)
	}
	total := float64(r.Rows)
	out.Mean = total / float64(r.Classes)
	out.Prosecutor = Share{1 / float64(out.Smallest), float64(r.Classes) / total}
	out.Journalist.Mean = journalist / total
	out.Marketer = out.Journalist.Mean
	out.Sizes = sizes(rows[:])
	return out, nil
}

// drawnFrom counts the rows of a population in each class that is kept.
func (r *Release) drawnFrom(population *Table) ([]int64, error) {
	rows := make([]int64, len(r.sizes))
	if population == nil {
		return rows, nil
	}
	if !slices.EqualFunc(population.quasi, r.quasi, func(a, b Attribute) bool { return a.Hierarchy == b.Hierarchy }) {
		return nil, fault.New(fault.Invalid, "the population needs the same quasi-identifiers under the same hierarchies")
	}
	for i, n := range population.counts {
		if class, kept := r.class(population.tuple(i)[:len(r.quasi)]); kept {
			rows[class] += n
		}
	}
	return rows, nil
}

func sizes(rows []int64) []Size {
	out := []Size{}
	for i, n := range rows {
		if n == 0 {
			continue
		}
		one := Size{From: bands[i], Rows: n}
		if i+1 < len(bands) {
			one.To = bands[i+1] - 1
		}
		out = append(out, one)
	}
	return out
}
