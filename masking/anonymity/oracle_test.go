package anonymity

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// oracle does by rows and words, node by node, what the package does by codes.
type oracle struct {
	trees     [][][]string // per quasi-identifier: rows value, level 1, …
	sensitive [][]string   // the same of the sensitive attribute
	rows      [][]string   // quasi-identifiers, then the sensitive value
}

func (o *oracle) show(attribute int, value string, level int) string {
	for _, r := range o.trees[attribute] {
		if r[0] == value {
			return r[level]
		}
	}
	panic("no such value")
}

// group gives the rows of each class in the order of their first rows.
func (o *oracle) group(levels []int) (classes [][]int) {
	at := map[string]int{}
	for i, row := range o.rows {
		var key strings.Builder
		for a, l := range levels {
			key.WriteString(o.show(a, row[a], l) + "\x00")
		}
		c, ok := at[key.String()]
		if !ok {
			c = len(classes)
			at[key.String()] = c
			classes = append(classes, nil)
		}
		classes[c] = append(classes[c], i)
	}
	return classes
}

func (o *oracle) counts(rows []int) map[string]float64 {
	n := map[string]float64{}
	for _, r := range rows {
		n[o.rows[r][len(o.trees)]]++
	}
	return n
}

// emd is the earth mover's distance by what crosses each edge of the tree: half the
// way up and down is its share of the cost.
func (o *oracle) emd(d Distance, rows []int) float64 {
	all := make([]int, len(o.rows))
	for i := range all {
		all[i] = i
	}
	p, q := o.counts(rows), o.counts(all)
	sum, height := 0.0, len(o.sensitive[0])-1
	for l := 0; l < height; l++ {
		flow := map[string]float64{}
		for _, leaf := range o.sensitive {
			flow[leaf[l]] += p[leaf[0]]/float64(len(rows)) - q[leaf[0]]/float64(len(all))
		}
		for _, f := range flow {
			if d == HierarchicalDistance || l == 0 {
				sum += math.Abs(f) / 2 / map[bool]float64{true: float64(height), false: 1}[d == HierarchicalDistance]
			}
		}
	}
	return sum
}

func (o *oracle) meets(m Models, rows []int) bool {
	if len(rows) < m.K {
		return false
	}
	counts := o.counts(rows)
	var sorted []float64
	entropy := 0.0
	for _, n := range counts {
		sorted = append(sorted, n)
		entropy -= n / float64(len(rows)) * math.Log(n/float64(len(rows)))
	}
	slices.Sort(sorted)
	slices.Reverse(sorted)
	if m.Recursive > 0 {
		tail := 0.0
		for i := m.Recursive - 1; i < len(sorted); i++ {
			tail += sorted[i]
		}
		if sorted[0] >= m.C*tail {
			return false
		}
	}
	return len(counts) >= m.Distinct && (m.Entropy == 0 || entropy >= math.Log(m.Entropy)) && (m.Distance == 0 || o.emd(m.Distance, rows) <= m.T)
}

// node gives the loss at some levels, and the rows that are suppressed there.
func (o *oracle) node(levels []int, spec Spec) (loss float64, suppressed int) {
	classes := o.group(levels)
	kept := map[int]bool{}
	for c, rows := range classes {
		if o.meets(spec.Models, rows) {
			kept[c] = true
		}
	}
	o.lower(classes, kept, levels, spec)
	var gone []int
	for c, rows := range classes {
		if !kept[c] {
			gone = append(gone, rows...)
		}
	}
	total := float64(len(o.rows))
	switch spec.Metric {
	case Discernibility, MonotoneDiscernibility:
		for c, rows := range classes {
			if size := float64(len(rows)); kept[c] || spec.Metric == MonotoneDiscernibility {
				loss += size * size
			} else {
				loss += size * total
			}
		}
	case AverageClassSize:
		n := float64(len(kept))
		if len(gone) > 0 {
			n++
		}
		loss = total / n
	case Loss:
		for a, l := range levels {
			d, sum := float64(len(o.trees[a])), 0.0
			for r, row := range o.rows {
				if slices.Contains(gone, r) {
					sum++
				} else {
					sum += o.leaves(a, row[a], l) / d
				}
			}
			loss += (sum/total - 1/d) / (1 - 1/d) / float64(len(levels))
		}
	default:
		loss = o.entropy(levels, gone, spec.Metric)
	}
	return loss, len(gone)
}

// lower drops the smallest classes while the average risk is too high.
func (o *oracle) lower(classes [][]int, kept map[int]bool, levels []int, spec Spec) {
	for spec.Models.AverageRisk > 0 && len(kept) > 0 {
		rows, first := 0, -1
		for c := range classes {
			if !kept[c] {
				continue
			}
			rows += len(classes[c])
			if first < 0 || cmp.Or(cmp.Compare(len(classes[c]), len(classes[first])), o.compare(classes[c][0], classes[first][0], levels, spec)) < 0 {
				first = c
			}
		}
		if float64(len(kept))/float64(rows) <= spec.Models.AverageRisk {
			return
		}
		delete(kept, first)
	}
}

// compare orders equally small classes under the metric Loss by what they lose.
func (o *oracle) compare(a, b int, levels []int, spec Spec) int {
	if spec.Metric != Loss {
		return 0
	}
	lost := func(row int) (sum float64) {
		for i, l := range levels {
			sum += o.leaves(i, o.rows[row][i], l) / float64(len(o.trees[i]))
		}
		return sum
	}
	return cmp.Compare(lost(a), lost(b))
}

func (o *oracle) leaves(a int, value string, level int) float64 {
	n := 0.0
	for _, r := range o.trees[a] {
		if r[level] == o.show(a, value, level) {
			n++
		}
	}
	return n
}

func (o *oracle) entropy(levels []int, gone []int, m Metric) (loss float64) {
	for a, l := range levels {
		plain, shown, lost := map[string]float64{}, map[string]float64{}, map[string]float64{}
		for r, row := range o.rows {
			plain[row[a]]++
			shown[o.show(a, row[a], l)]++
			if slices.Contains(gone, r) {
				lost[o.show(a, row[a], l)]++
			}
		}
		for r, row := range o.rows {
			loss -= math.Log2(plain[row[a]] / shown[o.show(a, row[a], l)])
			if m == Entropy && slices.Contains(gone, r) {
				loss -= math.Log2(lost[o.show(a, row[a], l)] / float64(len(gone)))
			}
		}
	}
	return loss
}

// best looks at every node.
func (o *oracle) best(spec Spec) (loss float64, optima [][]int, suppressed map[string]int) {
	loss, suppressed = math.Inf(1), map[string]int{}
	levels := make([]int, len(o.trees))
	for {
		here, gone := o.node(levels, spec)
		suppressed[fmt.Sprint(levels)] = gone
		if gone <= int(spec.SuppressionLimit*float64(len(o.rows))) {
			if here < loss-1e-7 {
				loss, optima = here, nil
			}
			if here <= loss+1e-7 {
				optima = append(optima, slices.Clone(levels))
			}
		}
		a := len(levels) - 1
		for ; a >= 0; a-- {
			if levels[a]++; levels[a] < len(o.trees[a][0]) {
				break
			}
			levels[a] = 0
		}
		if a < 0 {
			return loss, optima, suppressed
		}
	}
}

// randomTree nests values under fewer and fewer, and last under one.
func randomTree(r *rand.Rand, values, levels int) [][]string {
	parents := make([]int, values)
	rows := make([][]string, values)
	for v := range rows {
		parents[v] = v
		rows[v] = []string{fmt.Sprint("v", v)}
	}
	for l := 1; l < levels; l++ {
		merged := map[int]int{}
		for v := range rows {
			if _, ok := merged[parents[v]]; !ok {
				merged[parents[v]] = r.IntN(max(1, values>>l))
			}
			parents[v] = merged[parents[v]]
			name := fmt.Sprint("l", l, "-", parents[v])
			if l == levels-1 {
				name = "*"
			}
			rows[v] = append(rows[v], name)
		}
	}
	return rows
}

func randomOracle(r *rand.Rand) *oracle {
	o := &oracle{sensitive: randomTree(r, 2+r.IntN(4), 2+r.IntN(2))}
	for range 2 + r.IntN(2) {
		o.trees = append(o.trees, randomTree(r, 2+r.IntN(5), 2+r.IntN(3)))
	}
	for range 8 + r.IntN(30) {
		var row []string
		for _, tree := range append(slices.Clone(o.trees), o.sensitive) {
			row = append(row, tree[int(float64(len(tree))*r.Float64()*r.Float64())][0]) // the first are more frequent
		}
		o.rows = append(o.rows, row)
	}
	return o
}

// table is the oracle's as the package has it.
func (o *oracle) table(t testing.TB) *Table {
	t.Helper()
	var attributes []Attribute
	for i, tree := range append(slices.Clone(o.trees), o.sensitive) {
		attributes = append(attributes, Attribute{fmt.Sprint("a", i), must(NewHierarchy(tree))(t)})
	}
	table := must(NewTable(attributes[:len(o.trees)], attributes[len(o.trees):]))(t)
	for _, row := range o.rows {
		var codes []uint32
		for i, a := range attributes {
			codes = append(codes, must(a.Hierarchy.Code(row[i]))(t))
		}
		if err := table.Add(codes[:len(o.trees)], codes[len(o.trees):], 1); err != nil {
			t.Fatal(err)
		}
	}
	return table
}

var models = []Models{
	{K: 2}, {K: 5}, {AverageRisk: 0.3}, {K: 2, AverageRisk: 0.2}, {Distinct: 2}, {Distinct: 3, K: 4}, {Entropy: 1.7}, {Entropy: 2.3},
	{Recursive: 2, C: 1.5}, {Recursive: 3, C: 4}, {Distance: EqualDistance, T: 0.23}, {Distance: HierarchicalDistance, T: 0.17},
	{K: 3, Distinct: 2, Entropy: 1.3, Recursive: 2, C: 3.3, Distance: HierarchicalDistance, T: 0.41, AverageRisk: 0.25},
}

func TestSearchAgreesWithLookingEverywhere(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	feasible := 0
	for range 8 {
		o := randomOracle(r)
		table := o.table(t)
		for _, m := range models {
			for metric := Loss; metric <= MonotoneEntropy; metric++ {
				for _, limit := range []float64{0, 0.1, 0.35, 1} {
					spec := Spec{m, limit, metric}
					loss, optima, suppressed := o.best(spec)
					got := search(t, table, spec)
					if got.Feasible != (optima != nil) || got.Feasible && (math.Abs(got.Loss-loss) > 1e-7 || !slices.EqualFunc(got.Optima, optima, slices.Equal[[]int])) {
						t.Fatalf("%+v: %+v, want %v at %v", spec, got, loss, optima)
					}
					if !got.Feasible {
						continue
					}
					feasible++
					if release := must(table.Release(got.Levels, spec))(t); release.Suppressed != int64(suppressed[fmt.Sprint(got.Levels)]) {
						t.Fatalf("%+v at %v: %d rows suppressed, want %d", spec, got.Levels, release.Suppressed, suppressed[fmt.Sprint(got.Levels)])
					}
				}
			}
		}
	}
	if feasible < 1000 {
		t.Fatalf("only %d specifications had an answer", feasible)
	}
}
