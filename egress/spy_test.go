package egress

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"yingbi/manifest"
)

// exact publishes what it publishes without rounding, from three subjects on.
func exact() Preset {
	return Preset{Name: "exact", Minimum: 3, Dominance: []Dominance{{2, 90}}, P: 10, Redact: 2, Base: 1, Digits: 15}
}

// record is a row of a small universe: its place on each key, and a cost.
type record struct {
	at   []int
	cost int64
}

// universe is a population with the tables that are made of it.
type universe struct {
	sizes   []int // of the keys
	records []record
	derived bool
	sums    bool
	asked   [][]int // keys of each table
}

// cells lists the finest combinations of keys.
func (u *universe) cells() [][]int {
	out := [][]int{{}}
	for _, n := range u.sizes {
		var wider [][]int
		for _, c := range out {
			for v := range n {
				wider = append(wider, append(slices.Clone(c), v))
			}
		}
		out = wider
	}
	return out
}

// tables makes the tables, with evidence for a subject a row.
func (u *universe) tables() []*Table {
	var out []*Table
	for i, keys := range u.asked {
		t := &Table{Name: "t" + strconv.Itoa(i), Measures: []manifest.Measure{{Name: "n", Kind: manifest.Count}}, Units: []manifest.Unit{{Kind: "person"}}, Origin: manifest.Origin{Source: "c", Datasets: []string{"c"}}}
		if u.sums {
			t.Measures = append(t.Measures, manifest.Measure{Name: "s", Kind: manifest.Sum, Type: integer})
		}
		for _, k := range keys {
			key := manifest.Key{Name: "k" + strconv.Itoa(k), Type: text, Derived: u.derived}
			for v := range u.sizes[k] {
				key.Domain = append(key.Domain, strconv.Itoa(v))
			}
			t.Keys = append(t.Keys, key)
		}
		found := map[string][]int64{}
		var names []string
		for _, r := range u.records {
			var name []string
			for _, k := range keys {
				name = append(name, strconv.Itoa(r.at[k]))
			}
			id := strings.Join(name, " ")
			if found[id] == nil {
				names = append(names, id)
			}
			found[id] = append(found[id], r.cost)
		}
		for _, id := range names {
			t.Cells = append(t.Cells, u.cell(strings.Fields(id), found[id]))
		}
		out = append(out, t)
	}
	return out
}

func (u *universe) cell(keys []string, costs []int64) Cell {
	n := int64(len(costs))
	c := Cell{Keys: []Value{}, Rows: n, Figures: []Figure{{}}, Evidence: []Evidence{{Subjects: n, Parts: []Part{tallyPart(ones(n))}}}}
	for _, k := range keys {
		c.Keys = append(c.Keys, Value{Text: k})
	}
	if u.sums {
		each, sum := map[int64]int64{}, int64(0)
		for i, v := range costs {
			each[int64(i)], sum = v, sum+v
		}
		c.Figures = append(c.Figures, Figure{Count: n, Sum: Scaled(sum, 0)})
		c.Evidence[0].Parts = append(c.Evidence[0].Parts, tallyPart(each))
	}
	return c
}

func ones(n int64) map[int64]int64 {
	out := map[int64]int64{}
	for i := range n {
		out[i] = 1
	}
	return out
}

// spy is an attacker. He reads published tables alone, and tries all whole numbers in
// the finest cells. He shares no code with the package.
type spy struct {
	cells  [][]int
	known  []claim
	barred []bool // cells that he knows to be empty
	steps  int
}

// claim is a published figure: the cells that add up to it.
type claim struct {
	of          []bool
	least, most int64
}

func (u *universe) spy(r *Report, column int, informed bool) *spy {
	s := &spy{cells: u.cells()}
	s.barred = make([]bool, len(s.cells))
	for i, c := range s.cells {
		s.barred[i] = informed && !slices.ContainsFunc(u.records, func(r record) bool { return slices.Equal(r.at, c) })
	}
	for i, keys := range u.asked {
		p := r.Published("t" + strconv.Itoa(i))
		if p == nil {
			continue
		}
		for _, row := range p.Rows {
			if v := row[len(keys)+column]; v.Mark == "" {
				n, err := strconv.ParseInt(v.Text, 10, 64)
				if err != nil {
					panic(err)
				}
				s.known = append(s.known, claim{s.matching(keys, row), n, n})
			}
		}
	}
	return s
}

func (s *spy) matching(keys []int, row []Value) []bool {
	of := make([]bool, len(s.cells))
	for i, c := range s.cells {
		of[i] = true
		for j, k := range keys {
			of[i] = of[i] && strconv.Itoa(c[k]) == row[j].Text
		}
	}
	return of
}

// possible reports whether some table agrees with all that is published and with one
// claim more. A cell holds at most most.
func (s *spy) possible(more claim, most int64) bool {
	claims := append(slices.Clone(s.known), more)
	sums := make([]int64, len(claims))
	left := make([]int, len(claims)) // cells of the claim that are not filled in
	for i, c := range claims {
		for cell, in := range c.of {
			if in && !s.barred[cell] {
				left[i]++
			}
		}
	}
	var fill func(cell int) bool
	fill = func(cell int) bool {
		if s.steps++; cell == len(s.cells) {
			return true
		}
		low, high := int64(0), most
		if s.barred[cell] {
			high = 0
		}
		for i, c := range claims {
			if c.of[cell] && !s.barred[cell] {
				if high = min(high, c.most-sums[i]); left[i] == 1 {
					low = max(low, c.least-sums[i])
				}
			}
		}
		for v := low; v <= high; v++ {
			for i, c := range claims {
				if c.of[cell] && !s.barred[cell] {
					sums[i], left[i] = sums[i]+v, left[i]-1
				}
			}
			ok := fill(cell + 1)
			for i, c := range claims {
				if c.of[cell] && !s.barred[cell] {
					sums[i], left[i] = sums[i]-v, left[i]+1
				}
			}
			if ok {
				return true
			}
		}
		return false
	}
	for i, c := range claims { // nothing to fill in
		if left[i] == 0 && c.least > 0 {
			return false
		}
	}
	return fill(0)
}

// subsets lists the keys of tables: the finest one, and some coarser ones.
func subsets(r *rand.Rand, keys int) [][]int {
	out := [][]int{{}}
	for k := range keys {
		out[0] = append(out[0], k)
	}
	for mask := range 1<<keys - 1 {
		var of []int
		for k := range keys {
			if mask>>k&1 == 1 {
				of = append(of, k)
			}
		}
		if r.IntN(3) > 0 {
			out = append(out, of)
		}
	}
	return out
}

func randomUniverse(r *rand.Rand, sizes []int) *universe {
	u := &universe{sizes: sizes, derived: r.IntN(2) == 0, asked: subsets(r, len(sizes))}
	for _, at := range u.cells() {
		n := 3 + r.IntN(6)
		if r.IntN(4) == 0 {
			n = r.IntN(3)
		}
		for range n {
			u.records = append(u.records, record{at, 1 + r.Int64N(6)})
		}
	}
	return u
}
