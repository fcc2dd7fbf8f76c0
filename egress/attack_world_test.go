package egress_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"yingbi/egress"
	"yingbi/internal/coltype"
	"yingbi/manifest"
)

// bill is a row: whose it is, the person's attributes, and an amount.
type bill struct {
	number int
	person uint32
	at     []int
	amount int64
}

// flagged is the condition of every share.
func (b bill) flagged() bool { return b.amount >= 3 }

// world is a small universe.
type world struct {
	sizes   []int   // how many values each attribute of a person has
	amounts []int64 // that a bill can have
	bills   []bill
}

// birth is an attribute that nearly names a person, as a date of birth does.
const birth = 2

// small draws a universe of eight to ten people with so many bills each.
func small(r *rand.Rand, sizes []int, amounts []int64, bills int) *world {
	w := &world{sizes: sizes, amounts: amounts}
	for p := range 8 + r.IntN(3) {
		at := make([]int, len(sizes))
		for i, n := range sizes {
			at[i] = r.IntN(n)
		}
		for range bills {
			w.bills = append(w.bills, bill{len(w.bills), uint32(p + 1), at, amounts[r.IntN(len(amounts))]})
		}
	}
	return w
}

// revised is the universe with another amount of one or two bills, as a new version of a
// data set has.
func (w *world) revised(r *rand.Rand) *world {
	out := &world{w.sizes, w.amounts, slices.Clone(w.bills)}
	for range 1 + r.IntN(2) {
		out.bills[r.IntN(len(out.bills))].amount += 1 + r.Int64N(3)
	}
	return out
}

// condition keeps rows; attribute -1 is the amount.
type condition struct {
	attribute int
	op        string
	value     int64
}

func (c condition) keeps(b bill) bool {
	x := b.amount
	if c.attribute >= 0 {
		x = int64(b.at[c.attribute])
	}
	switch c.op {
	case "=":
		return x == c.value
	case "!=":
		return x != c.value
	case "<":
		return x < c.value
	}
	return x >= c.value
}

// query is a table that somebody asks for.
type query struct {
	where    []condition
	keys     []int
	derived  bool
	measures []manifest.MeasureKind
}

func (q query) keeps(b bill) bool {
	return !slices.ContainsFunc(q.where, func(c condition) bool { return !c.keeps(b) })
}

// query draws a table.
func (w *world) query(r *rand.Rand) query {
	q := query{derived: r.IntN(3) == 0}
	for range []int{0, 1, 1, 2}[r.IntN(4)] {
		c := condition{attribute: r.IntN(len(w.sizes)+1) - 1, op: []string{"=", "!=", "!=", "<", ">="}[r.IntN(5)]}
		if c.attribute >= 0 {
			c.value = r.Int64N(int64(w.sizes[c.attribute]))
		} else {
			c.value = w.amounts[r.IntN(len(w.amounts))]
		}
		q.where = append(q.where, c)
	}
	for k := range w.sizes[:min(birth, len(w.sizes))] {
		if r.IntN(4) == 0 {
			q.keys = append(q.keys, k)
		}
	}
	for k := manifest.Subjects; k <= manifest.Share; k++ {
		if r.IntN(2) == 0 {
			q.measures = append(q.measures, k)
		}
	}
	if len(q.measures) == 0 {
		q.measures = []manifest.MeasureKind{manifest.Sum}
	}
	return q
}

// table answers a query with the evidence of who is behind it; rows are those of each cell.
func (w *world) table(name string, q query) (t *egress.Table, rows [][]bill) {
	integer, text := coltype.Type{Kind: coltype.Integer}, coltype.Type{Kind: coltype.Text}
	t = &egress.Table{Name: name, Units: []manifest.Unit{{Kind: "person"}}, Origin: manifest.Origin{Source: "bills", Where: fmt.Sprint(q.where), Datasets: []string{"bills"}}}
	for _, k := range q.keys {
		key := manifest.Key{Name: "k" + strconv.Itoa(k), Type: text, Derived: q.derived}
		if q.derived {
			for v := range w.sizes[k] {
				key.Domain = append(key.Domain, strconv.Itoa(v))
			}
		}
		t.Keys = append(t.Keys, key)
	}
	for i, kind := range q.measures {
		m := manifest.Measure{Name: "m" + strconv.Itoa(i), Kind: kind}
		if kind == manifest.Sum || kind == manifest.Mean {
			m.Type = integer
		}
		t.Measures = append(t.Measures, m)
	}
	groups := map[string][]bill{}
	for _, b := range w.bills {
		if q.keeps(b) {
			name := ""
			for _, k := range q.keys {
				name += strconv.Itoa(b.at[k]) + " "
			}
			groups[name] = append(groups[name], b)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		c := egress.Cell{Keys: []egress.Value{}, Rows: int64(len(groups[name])), Evidence: []egress.Evidence{{Subjects: int64(len(each(groups[name], one)))}}}
		for _, k := range strings.Fields(name) {
			c.Keys = append(c.Keys, egress.Value{Text: k})
		}
		for _, m := range t.Measures {
			f, p := figure(m.Kind, groups[name])
			c.Figures, c.Evidence[0].Parts = append(c.Figures, f), append(c.Evidence[0].Parts, p)
		}
		t.Cells, rows = append(t.Cells, c), append(rows, groups[name])
	}
	return t, rows
}

func one(bill) int64      { return 1 }
func amount(b bill) int64 { return b.amount }
func hit(b bill) int64    { return map[bool]int64{true: 1}[b.flagged()] }
func miss(b bill) int64   { return 1 - hit(b) }

// each adds up what each person contributes.
func each(rows []bill, of func(bill) int64) map[uint32]int64 {
	out := map[uint32]int64{}
	for _, b := range rows {
		out[b.person] += of(b)
	}
	return out
}

func figure(kind manifest.MeasureKind, rows []bill) (f egress.Figure, p egress.Part) {
	n := int64(len(rows))
	switch kind {
	case manifest.Subjects:
		f.Distinct = int64(len(each(rows, one)))
	case manifest.Count:
		_, p = sizes(each(rows, one))
	case manifest.Sum, manifest.Mean:
		var sum int64
		sum, p = sizes(each(rows, amount))
		f.Count, f.Sum = n, egress.Scaled(sum, 0)
		p.With = int64(len(each(rows, one)))
	case manifest.Share:
		f.Hits, p = sizes(each(rows, hit))
		f.Misses = n - f.Hits
		p = egress.Part{With: int64(len(each(rows, one))), Hitters: p.Nonzero}
		_, missed := sizes(each(rows, miss))
		p.Missers = missed.Nonzero
	}
	return f, p
}

// sizes gives the largest contributions; none is negative.
func sizes(all map[uint32]int64) (total int64, p egress.Part) {
	v := slices.Sorted(maps.Values(all))
	first, second := v[len(v)-1], int64(0)
	if len(v) > 1 {
		second = v[len(v)-2]
	}
	for _, x := range v {
		if total += x; x != 0 {
			p.Nonzero++
		}
	}
	p.First, p.Second, p.Total = egress.Scaled(first, 0), egress.Scaled(second, 0), egress.Scaled(total, 0)
	return total, p
}
