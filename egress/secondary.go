package egress

import (
	"context"
	"errors"
	"math/big"
	"slices"

	"yingbi/egress/suppression"
	"yingbi/internal/fault"
)

// Linked names tables of a job that add up, with how many cells were withheld so that
// nobody works out the others from them.
type Linked struct {
	Tables   []string `json:"tables"`
	Withheld int      `json:"withheld"`
}

// maxHidden bounds the withheld and empty cells of one problem: about ten seconds of
// work. It is counted, not timed, so that a job is judged alike on every machine.
const maxHidden = 1_200

// secondary withholds further cells, until no withheld figure follows from published
// ones closer than its rule allows. found holds the findings of each cell of each
// table, and gets those that are added. One pass is enough: a cell that is withheld
// for one series tells less of every other.
func (p Preset) secondary(ctx context.Context, tables []*Table, found [][][]Finding) ([]Linked, error) {
	l := link(tables)
	var out []Linked
	for _, class := range l.classes() {
		before := count(found)
		for _, empty := range []bool{false, true} {
			if err := l.protect(ctx, p, class, empty, found); err != nil {
				return nil, err
			}
		}
		names := l.names(class)
		i := slices.IndexFunc(out, func(x Linked) bool { return slices.Equal(x.Tables, names) })
		if i < 0 {
			i, out = len(out), append(out, Linked{Tables: names})
		}
		out[i].Withheld += count(found) - before
	}
	return out, nil
}

// Settle looks again at tables of which cells were withheld after Judge: what is
// withheld for another reason must not follow from the rest either. tables are those
// that were judged.
func (r *Report) Settle(ctx context.Context, tables []*Table) error {
	found := make([][][]Finding, len(tables))
	for i, t := range tables {
		found[i] = make([][]Finding, len(t.Cells))
		for j := range t.Cells {
			if j < len(r.Tables[i].Cells) {
				found[i][j] = r.Tables[i].Cells[j].Findings
			} else {
				found[i][j] = []Finding{{RuleDifferencing, -1, -1}} // of a refused table
			}
		}
	}
	more, err := r.Preset.secondary(ctx, tables, found)
	if err != nil {
		return err
	}
	for i := range r.Linked { // in the same order
		r.Linked[i].Withheld += more[i].Withheld
	}
	for i, t := range tables {
		r.Tables[i] = r.Preset.judge(t, found[i])
	}
	r.addUp()
	r.leaves()
	return nil
}

func count(found [][][]Finding) int {
	n := 0
	for _, cells := range found {
		for _, f := range cells {
			n += min(1, len(f))
		}
	}
	return n
}

func (l *linked) names(class []int) []string {
	var out []string
	for _, s := range class {
		if name := l.of(s).Name; !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// spot is a cell of a series, by places.
type spot struct{ series, cell int }

// task is the problem of one class of series.
type task struct {
	suppression.Problem
	spots []spot // of each cell of the problem; of the last ones, which nobody publishes, none
}

// protect hides what is withheld in a class. There are two attackers: one who knows
// which cells are empty, and one who must not come to know it.
func (l *linked) protect(ctx context.Context, p Preset, class []int, empty bool, found [][][]Finding) error {
	t, err := l.task(p, class, empty, found)
	if err != nil {
		return err
	}
	if len(t.Primary) == 0 {
		return nil
	}
	if len(t.Primary)+len(t.Withheld) > maxHidden {
		l.refuse(class, found)
		return nil
	}
	got, err := suppression.Protect(ctx, t.Problem)
	var never *suppression.UnprotectableError
	switch {
	case errors.As(err, &never):
		got = never.Pattern
	case fault.KindOf(err) == fault.Limit:
		l.refuse(class, found)
		return nil
	case err != nil:
		return err
	}
	for _, c := range got.Secondary {
		s := &l.series[t.spots[c].series]
		cell := &found[s.table][t.spots[c].cell]
		*cell = append(*cell, Finding{RuleSecondary, -1, s.measures[0]})
	}
	return nil
}

// refuse keeps the table that says most of a class too large to examine, and no other:
// nothing adds up to one table alone.
func (l *linked) refuse(class []int, found [][][]Finding) {
	most, left := -1, -1
	for _, s := range class {
		table, n := l.series[s].table, 0
		for _, f := range found[table] {
			n += 1 - min(1, len(f))
		}
		if n > left {
			most, left = table, n
		}
	}
	for _, s := range class {
		table := l.series[s].table
		if table == most {
			continue
		}
		for i, f := range found[table] {
			if why := (Finding{RuleLinked, -1, -1}); !slices.Contains(f, why) {
				found[table][i] = append(f, why)
			}
		}
	}
}

// task puts a class together.
func (l *linked) task(p Preset, class []int, empty bool, found [][][]Finding) (*task, error) {
	t := &task{Problem: suppression.Problem{Whole: true}}
	first := map[int]int{} // cell of the problem at which a series begins
	for _, s := range class {
		t.Whole = t.Whole && l.series[s].part != summed
	}
	if empty && !t.Whole {
		return t, nil // who is in a cell shows in counts
	}
	for _, s := range class {
		first[s] = len(t.Values)
		l.take(p, t, s, empty, found)
		if len(t.Values) > suppression.MaxCells {
			break // Protect says so
		}
	}
	for _, pair := range l.pairs {
		if _, in := first[pair.a]; in && len(t.Values) <= suppression.MaxCells {
			t.tie(l, &pair, first, empty)
		}
	}
	return t, nil
}

// take adds the cells of a series.
func (l *linked) take(p Preset, t *task, place int, empty bool, found [][][]Finding) {
	s := &l.series[place]
	table := l.tables[s.table]
	for i, v := range s.values {
		at := len(t.Values)
		t.Values, t.spots = append(t.Values, v), append(t.spots, spot{place, i})
		findings := found[s.table][i]
		if v == nil {
			t.Values[at] = new(big.Rat) // no equation has it
		}
		if len(findings) == 0 {
			continue
		}
		need, ok := p.need(table, i, findings, s)
		if empty {
			need = suppression.Need{Lower: new(big.Rat).SetInt64(p.limit() - 1)}
			ok = slices.Contains(findings, Finding{RuleFull, -1, -1})
		}
		if !ok || v == nil {
			t.Withheld = append(t.Withheld, at)
			continue
		}
		t.Primary, t.Needs = append(t.Primary, at), append(t.Needs, need)
	}
	if !empty {
		return
	}
	for i := range l.empty[s.table] {
		t.Primary, t.Needs = append(t.Primary, len(t.Values)), append(t.Needs, suppression.SmallCount(0, p.limit()))
		t.Values, t.spots = append(t.Values, new(big.Rat)), append(t.spots, spot{place, len(s.values) + i})
	}
}

// tie adds the equations of a pair.
func (t *task) tie(l *linked, p *pair, first map[int]int, empty bool) {
	for _, tie := range p.ties {
		var e suppression.Equation
		add := func(series, sign int, cells []int) {
			for _, c := range cells {
				if empty || c < len(l.series[series].values) {
					e = append(e, suppression.Term{Cell: first[series] + c, Factor: int64(sign)})
				}
			}
		}
		add(p.b, 1, tie.b)
		add(p.a, -1, tie.a)
		if tie.extra != nil {
			e = append(e, suppression.Term{Cell: len(t.Values), Factor: -1})
			t.Withheld = append(t.Withheld, len(t.Values))
			t.Values, t.spots = append(t.Values, tie.extra), append(t.spots, spot{-1, -1})
		}
		t.Equations = append(t.Equations, e)
	}
}
