package egress

import (
	"fmt"
	"slices"
	"strings"
)

// overlaps says, from the manifest alone, which tables of a job read the same
// data set in different ways, so that one minus the other may single out
// subjects: one line for each data set.
func overlaps(tables []*Table) []string {
	var datasets, out []string
	for _, t := range tables {
		for _, d := range t.Origin.Datasets {
			if !slices.Contains(datasets, d) {
				datasets = append(datasets, d)
			}
		}
	}
	for _, d := range datasets {
		var names []string
		sources, wheres, groups := map[string]bool{}, map[string]bool{}, map[string]bool{}
		for _, t := range tables {
			if slices.Contains(t.Origin.Datasets, d) {
				names = append(names, t.Name)
				sources[t.Origin.Source], wheres[t.Origin.Where], groups[strings.Join(keyNames(t), "\x00")] = true, true, true
			}
		}
		if differ := differing(len(sources), len(wheres), len(groups)); differ != "" {
			out = append(out, fmt.Sprintf("differencing inside this job: tables %s overlap; they read %s and differ in %s: one minus the other may single out subjects · 本作业的表 %s 相互重叠（均读取 %s），相减可能锁定个别主体",
				strings.Join(names, ", "), d, differ, strings.Join(names, "、"), d))
		}
	}
	return out
}

// coarsened names tables of the same rows by different keys. They were compared by the
// keys that they share; that a key of one follows from a key of the other, as a region
// from a district, does not show in figures.
func coarsened(tables []*Table) []string {
	var names []string
	for _, t := range tables {
		if slices.ContainsFunc(tables, func(o *Table) bool { return sameRows(t, o) && !contains(t, o) && !contains(o, t) }) {
			names = append(names, t.Name)
		}
	}
	if names == nil {
		return nil
	}
	return []string{fmt.Sprintf("coarser keys: whether cells of one table are made up of cells of another by keys that follow from each other, so that published ones add up to a withheld one (tables %s)", strings.Join(names, ", "))}
}

// contains reports that a table has all keys of another.
func contains(t, o *Table) bool {
	return !slices.ContainsFunc(keyNames(o), func(k string) bool { return !slices.Contains(keyNames(t), k) })
}

func differing(sources, wheres, groups int) string {
	var out []string
	for _, d := range []struct {
		kinds int
		name  string
	}{{sources, "join"}, {wheres, "where"}, {groups, "group_by"}} {
		if d.kinds > 1 {
			out = append(out, d.name)
		}
	}
	return strings.Join(out, ", ")
}

func keyNames(t *Table) []string {
	var out []string
	for _, k := range t.Keys {
		out = append(out, k.Name)
	}
	return out
}

// onesided counts published cells beside which, within the same other keys, no
// other value of a stored key is large: nearly everybody there has that value.
// Whether that discloses anything depends on what the key says.
func (p Preset) onesided(r *Report, tables []*Table) []string {
	var out []string
	for i, t := range tables {
		n := 0
		for cell := range p.fullCells(t, false) {
			if r.Tables[i].Published != nil && r.Tables[i].Cells[cell].Verdict == Publish {
				n++
			}
		}
		if n > 0 {
			out = append(out, fmt.Sprintf("table %s: %d published cells hold nearly everybody of their group, no other value of a stored key having %d subjects; withhold the table if that value is sensitive · 表 %s：有 %d 个已公布单元格几乎包含其组内全部主体（该组其他取值均不足 %d 个主体），若该取值敏感请勿出域",
				t.Name, n, p.Minimum, t.Name, n, p.Minimum))
		}
	}
	return out
}

// nearlyAlike finds pairs of published tables, grouped alike, whose rows are
// chosen differently and which have cells that differ by fewer subjects than the
// minimum: the plainest way of subtracting. It cannot see two cells of as many,
// but other, subjects.
func (p Preset) nearlyAlike(r *Report, tables []*Table) []string {
	var out []string
	for i, a := range tables {
		for j, b := range tables[:i] {
			if r.Tables[i].Published == nil || r.Tables[j].Published == nil || !slices.Equal(keyNames(a), keyNames(b)) {
				continue
			}
			if !slices.Equal(a.Units, b.Units) || a.Origin.Source == b.Origin.Source && a.Origin.Where == b.Origin.Where {
				continue
			}
			if n := p.near(r.Tables[i].Cells, r.Tables[j].Cells); n > 0 {
				out = append(out, fmt.Sprintf("tables %s and %s: %d published cells of the same keys differ by 1 to %d subjects; one minus the other tells of those few. Do not release both · 表 %s 与 %s：有 %d 个同键单元格仅相差 1 至 %d 个主体，相减即泄露，请勿同时出域",
					b.Name, a.Name, n, p.Minimum-1, b.Name, a.Name, n, p.Minimum-1))
			}
		}
	}
	return out
}

// near counts the cells, published in both, that differ by few subjects.
func (p Preset) near(a, b []CellReport) int {
	other := map[string]*CellReport{}
	for i := range b {
		if b[i].Verdict == Publish {
			other[keyText(b[i].Keys)] = &b[i]
		}
	}
	n := 0
	for _, c := range a {
		if d := other[keyText(c.Keys)]; c.Verdict == Publish && d != nil {
			for u := range c.Evidence {
				if gap := max(c.Evidence[u].Subjects-d.Evidence[u].Subjects, d.Evidence[u].Subjects-c.Evidence[u].Subjects); gap > 0 && gap < p.Minimum {
					n++
					break
				}
			}
		}
	}
	return n
}
