package egress

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yingbi/manifest"
)

// total is a count that a coarser table has of cells of finer ones. Where all of these
// are published, it is published as the sum of their rounded counts: so the tables add up
// for who reads them, and a total that was rounded by itself does not narrow what its
// parts could have been before rounding.
type total struct {
	figureAt
	parts [][]figureAt // of each finer table, the coarsest first
}

// figureAt is a published count, by its places.
type figureAt struct{ table, cell, measure int }

// totalsOf lists the totals among the tables of a job, those of finer tables first, which
// are parts of others. Rows always add up; distinct subjects do so where each is in one
// cell of the group.
func totalsOf(tables []*Table) []total {
	var out []total
	finest := everything(len(tables))
	slices.SortStableFunc(finest, func(a, b int) int { return cmp.Compare(len(tables[b].Keys), len(tables[a].Keys)) })
	for _, i := range finest {
		for m := range visible(tables[i].Measures) {
			out = append(out, totalsIn(tables, i, m)...)
		}
	}
	return out
}

// totalsIn lists those of one measure of a table.
func totalsIn(tables []*Table, table, measure int) (out []total) {
	t := tables[table]
	for cell := range t.Cells {
		out = append(out, total{figureAt: figureAt{table, cell, measure}})
	}
	for _, j := range finerThan(tables, table) {
		m := sameCount(t, measure, tables[j])
		if m < 0 {
			continue
		}
		groups := grouped(tables[j], keyNames(t))
		for cell, c := range t.Cells {
			out[cell].add(t, tables[j], j, m, groups[keyText(c.Keys)])
		}
	}
	return slices.DeleteFunc(out, func(t total) bool { return t.parts == nil })
}

// finerThan lists the tables of the same rows that have all keys of a table and more, the
// coarsest first.
func finerThan(tables []*Table, i int) []int {
	out := slices.DeleteFunc(everything(len(tables)), func(j int) bool {
		return !sameRows(tables[i], tables[j]) || len(tables[j].Keys) <= len(tables[i].Keys) || !contains(tables[j], tables[i])
	})
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(len(tables[a].Keys), len(tables[b].Keys)) })
	return out
}

// grouped splits a table's cells by some of its keys.
func grouped(t *Table, keys []string) map[string][]int {
	var places []int
	for _, k := range keys {
		places = append(places, slices.Index(keyNames(t), k))
	}
	out, values := map[string][]int{}, make([]Value, len(keys))
	for i, c := range t.Cells {
		for k, place := range places {
			values[k] = c.Keys[place]
		}
		name := keyText(values)
		out[name] = append(out[name], i)
	}
	return out
}

// add takes cells of a finer table as parts, where they add up to the total.
func (t *total) add(of, finer *Table, table, measure int, cells []int) {
	left := countOf(&of.Cells[t.cell], of.Measures[t.measure], t.measure)
	var parts []figureAt
	for _, c := range cells {
		left -= countOf(&finer.Cells[c], finer.Measures[measure], measure)
		parts = append(parts, figureAt{table, c, measure})
	}
	if left == 0 && parts != nil {
		t.parts = append(t.parts, parts)
	}
}

// sameCount finds the measure of another table that counts the same; -1: none.
func sameCount(t *Table, measure int, o *Table) int {
	m := t.Measures[measure]
	return slices.IndexFunc(visible(o.Measures), func(n manifest.Measure) bool {
		return m.Kind == manifest.Count && n.Kind == manifest.Count ||
			m.Kind == manifest.Subjects && n.Kind == manifest.Subjects && t.Units[m.Unit] == o.Units[n.Unit]
	})
}

func countOf(c *Cell, m manifest.Measure, i int) int64 {
	if m.Kind == manifest.Count {
		return c.Rows
	}
	return c.Figures[i].Distinct
}

// addUp writes the published totals, each from its parts or, where one of these is
// withheld, rounded by itself.
func (r *Report) addUp() {
	if strings.Join(r.finer, "") == "" {
		return
	}
	rows := make([]map[string][]Value, len(r.Tables))
	for i, t := range r.Tables {
		if t.Published == nil {
			continue
		}
		rows[i] = map[string][]Value{}
		for _, row := range t.Published.Rows {
			rows[i][keyText(row[:len(t.Keys)])] = row
		}
	}
	at := func(c figureAt) *Value {
		t := &r.Tables[c.table]
		if t.Published == nil || t.Cells[c.cell].Verdict != Publish {
			return nil
		}
		return &rows[c.table][keyText(t.Cells[c.cell].Keys)][len(t.Keys)+c.measure]
	}
	for _, t := range r.totals {
		v, of := at(t.figureAt), &r.Tables[t.table]
		if v == nil {
			continue
		}
		cell := &of.Cells[t.cell]
		v.Text = r.Preset.figure(of.Measures[t.measure], cell.Figures[t.measure], cell.Rows)
		for _, parts := range t.parts {
			if sum, ok := sumOf(parts, at); ok {
				v.Text = strconv.FormatInt(sum, 10)
				break
			}
		}
	}
	for i := range r.Tables {
		r.noteTotals(i)
	}
}

// sumOf adds up published counts; not ok where one is withheld.
func sumOf(parts []figureAt, at func(figureAt) *Value) (sum int64, ok bool) {
	for _, p := range parts {
		v := at(p)
		if v == nil {
			return 0, false
		}
		n, err := strconv.ParseInt(v.Text, 10, 64)
		if err != nil {
			return 0, false
		}
		sum += n
	}
	return sum, true
}

// noteTotals tells a table's readers with which tables its counts add up.
func (r *Report) noteTotals(i int) {
	p := r.Tables[i].Published
	if p == nil || r.finer[i] == "" {
		return
	}
	note := fmt.Sprintf("counts are the sums of the rounded counts of table %[1]s, wherever all of these are published and no subject that is counted is in two of them · 计数为表 %[1]s 中取整后计数之和（各部分均已公布，且所计主体不重复出现时）", r.finer[i])
	if !slices.Contains(p.Notes, note) {
		p.Notes = append(p.Notes, note)
	}
}

// finerNames says of each table with which others its counts add up; "" where with none.
func finerNames(tables []*Table) []string {
	out := make([]string, len(tables))
	for i, t := range tables {
		var names []string
		for _, j := range finerThan(tables, i) {
			if slices.ContainsFunc(everything(len(visible(t.Measures))), func(m int) bool { return sameCount(t, m, tables[j]) >= 0 }) {
				names = append(names, tables[j].Name)
			}
		}
		out[i] = strings.Join(names, " / ")
	}
	return out
}
