package egress

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	"yingbi/egress/suppression"
	"yingbi/internal/coltype"
	"yingbi/manifest"
)

// linked holds the tables of a job and which of their series add up to each other.
//
// Tables of the same rows do: what they say of each combination of the keys that they
// share is one number. With fewer keys a table holds the totals of one with more; two
// that share no key agree in their grand totals. That rows and exact sums do so is
// plain; of every other figure it is decided by the values, in all groups at once,
// since the manifest does not say which column a measure is of. Where it holds by
// chance alone, more is protected than need be.
//
// Distinct subjects of a coarser cell are fewer than those of its parts together where
// some subject is in several of them. The attacker then knows that the total is no
// larger: the difference is a cell of its own, which nobody publishes.
type linked struct {
	tables []*Table
	empty  [][][]Value // of each table: keys of cells that hold nobody, and must not show it
	series []series
	pairs  []pair
	groups map[string]map[string][]int
}

// pair is two related series, by places in linked.series.
type pair struct {
	a, b  int // a has fewer keys, or comes first
	keys  []string
	exact bool
	ties  []tie
}

// tie says that cells of one series add up to cells of the other.
type tie struct {
	a, b  []int    // places among the cells of the table and its empty ones
	extra *big.Rat // by how much those of b are more; nil: not at all
}

func link(tables []*Table) *linked {
	l := &linked{tables: tables, groups: map[string]map[string][]int{}}
	for i, t := range tables {
		l.empty = append(l.empty, nil)
		if slices.ContainsFunc(tables, func(other *Table) bool { return other != t && sameRows(t, other) }) {
			l.empty[i], l.series = emptyCells(t), append(l.series, seriesOf(i, t)...)
		}
	}
	for b := range l.series {
		for a := range b {
			if p, ok := l.relate(a, b); ok {
				l.pairs = append(l.pairs, p)
			}
		}
	}
	slices.SortStableFunc(l.pairs, func(p, q pair) int { return cmp.Compare(len(q.keys), len(p.keys)) })
	l.prune()
	return l
}

// sameRows reports two tables that are made of the same rows.
func sameRows(a, b *Table) bool {
	return a.Origin.Source == b.Origin.Source && a.Origin.Where == b.Origin.Where && slices.Equal(a.Origin.Datasets, b.Origin.Datasets)
}

// relate compares two series group by group.
func (l *linked) relate(i, j int) (pair, bool) {
	if l.series[i].table == l.series[j].table || l.series[i].part != l.series[j].part || !sameRows(l.of(i), l.of(j)) || l.series[i].differs(&l.series[j]) {
		return pair{}, false
	}
	if len(l.of(i).Keys) > len(l.of(j).Keys) {
		i, j = j, i
	}
	a, b := &l.series[i], &l.series[j]
	p := pair{a: i, b: j, exact: true}
	for _, name := range keyNames(l.of(i)) {
		if slices.Contains(keyNames(l.of(j)), name) {
			p.keys = append(p.keys, name)
		}
	}
	slices.Sort(p.keys)
	nested := len(p.keys) == len(l.of(i).Keys) && a.unit >= 0 && a.unit == b.unit
	left, right := l.groupsBy(a.table, p.keys), l.groupsBy(b.table, p.keys)
	for _, name := range l.groupNames(a.table, b.table, p.keys) {
		t := tie{a: left[name], b: right[name]}
		x, y := a.sum(t.a), b.sum(t.b)
		if x == nil || y == nil {
			continue // withheld, as is all that it adds up to
		}
		if !within(x, y, x) {
			if !nested || x.Cmp(y) > 0 {
				return pair{}, false
			}
			t.extra, p.exact = new(big.Rat).Sub(y, x), false
		}
		p.ties = append(p.ties, t)
	}
	return p, len(p.ties) > 0
}

// differs reports two series that cannot be related, by their totals: most pairs.
func (s *series) differs(o *series) bool {
	if s.total == nil || o.total == nil || s.unit >= 0 && s.unit == o.unit || s.total.Cmp(o.total) == 0 {
		return false
	}
	return s.part != summed || !within(s.total, o.total, s.total)
}

func (l *linked) of(series int) *Table { return l.tables[l.series[series].table] }

// sum adds up cells; nil where one has no finite number.
func (s *series) sum(cells []int) *big.Rat {
	out := new(big.Rat)
	for _, c := range cells {
		if c >= len(s.values) {
			continue
		}
		if s.values[c] == nil {
			return nil
		}
		out.Add(out, s.values[c])
	}
	return out
}

// groupsBy splits a table's cells, and its empty ones after them, by some of its keys.
func (l *linked) groupsBy(table int, keys []string) map[string][]int {
	t := l.tables[table]
	id := t.Name + "\x00" + strings.Join(keys, "\x00")
	if l.groups[id] != nil {
		return l.groups[id]
	}
	out := map[string][]int{}
	var places []int
	for _, k := range keys {
		places = append(places, slices.Index(keyNames(t), k))
	}
	values := make([]Value, len(keys))
	for i := range len(t.Cells) + len(l.empty[table]) {
		all := l.keysOf(table, i)
		for k, place := range places {
			values[k] = all[place]
		}
		name := keyText(values)
		out[name] = append(out[name], i)
	}
	l.groups[id] = out
	return out
}

func (l *linked) keysOf(table, i int) []Value {
	if cells := l.tables[table].Cells; i < len(cells) {
		return cells[i].Keys
	} else {
		return l.empty[table][i-len(cells)]
	}
}

func (l *linked) groupNames(a, b int, keys []string) []string {
	var out []string
	for _, table := range []int{a, b} {
		for name := range l.groupsBy(table, keys) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// prune leaves out pairs that say nothing new: the two are already tied through
// others that share the same keys or more.
func (l *linked) prune() {
	var kept []pair
	exact := map[int][]pair{} // kept ones of each series
	for _, p := range l.pairs {
		if p.exact && tied(exact, p) {
			continue
		}
		kept = append(kept, p)
		if p.exact {
			exact[p.a], exact[p.b] = append(exact[p.a], p), append(exact[p.b], p)
		}
	}
	l.pairs = kept
}

func tied(exact map[int][]pair, p pair) bool {
	seen, open := map[int]bool{p.a: true}, []int{p.a}
	for len(open) > 0 && !seen[p.b] {
		at := open[0]
		open = open[1:]
		for _, q := range exact[at] {
			if to := q.a + q.b - at; !seen[to] && q.covers(p.keys) {
				seen[to] = true
				open = append(open, to)
			}
		}
	}
	return seen[p.b]
}

func (p *pair) covers(keys []string) bool {
	return !slices.ContainsFunc(keys, func(k string) bool { return !slices.Contains(p.keys, k) })
}

// classes are the sets of series that hang together.
func (l *linked) classes() [][]int {
	class := make([]int, len(l.series))
	for i := range class {
		class[i] = i
	}
	for changed := true; changed; {
		changed = false
		for _, p := range l.pairs {
			if least := min(class[p.a], class[p.b]); class[p.a] != least || class[p.b] != least {
				class[p.a], class[p.b], changed = least, least, true
			}
		}
	}
	var out [][]int
	for root := range class {
		var of []int
		for i, c := range class {
			if c == root {
				of = append(of, i)
			}
		}
		if len(of) > 1 {
			out = append(out, of)
		}
	}
	return out
}

// emptyCells lists combinations of keys that hold nobody and must not show it: those
// with another value of a key that says yes or no of the author's choice. Whether
// somebody is in such a cell must not be told by what is withheld beside it. Which
// values of stored keys go together is often plain knowledge.
func emptyCells(t *Table) [][]Value {
	seen := map[string]bool{}
	all := make([][]Value, len(t.Cells))
	for i, c := range t.Cells {
		all[i] = c.Keys
		seen[keyText(c.Keys)] = true
	}
	var out [][]Value
	for key, k := range t.Keys {
		if !chosen(k) {
			continue
		}
		values := axis(k, all[:len(t.Cells)], key)
		if k.Domain == nil && k.Type.Kind == coltype.Boolean {
			k.Domain = []string{"false", "true"}
			values = axis(k, all[:len(t.Cells)], key)
		}
		for i := 0; i < len(all) && len(out) <= suppression.MaxCells; i++ {
			for _, v := range values {
				other := slices.Clone(all[i])
				other[key] = v
				if name := keyText(other); !seen[name] {
					seen[name] = true
					all, out = append(all, other), append(out, other)
				}
			}
		}
	}
	return out
}

// chosen reports a key that says yes or no of the author's choice.
func chosen(k manifest.Key) bool { return k.Derived || k.Type.Kind == coltype.Boolean }
