package page

import (
	"slices"
	"strconv"
	"strings"

	"yingbi/egress"
	"yingbi/egress/chart"
	"yingbi/manifest"
)

// tableView is a table cell by cell: what leaves, what stood there before, why the rest
// is withheld.
type tableView struct {
	Name      string
	Leaves    bool // it is published, and not only shown to a module
	Refused   bool
	Withheld  int
	Cells     int
	Why       string // of a refused table
	Keys      []string
	Units     []string
	Measures  []string
	Rows      []cellView
	More      int
	Empty     int  // combinations that are listed as suppressed, and hold nobody
	Unlisted  bool // some withheld cell has a combination that the published table does not list
	Unmatched []unmatched
	Notes     []string
	Pictures  []picture
}

type unmatched struct {
	Input string
	Rows  int64
}

type cellView struct {
	Keys     []string
	Rows     int64
	Subjects []int64
	Figures  []figureView
	Withheld bool
	Why      string
}

type figureView struct{ Leaves, Was string }

func (v *reviewView) table(t *egress.TableReport) tableView {
	out := tableView{
		Name: line(t.Name), Leaves: slices.Contains(v.Leaving, t.Name), Refused: t.Verdict == egress.Refuse,
		Withheld: t.Withheld, Cells: counted(*t), More: counted(*t) - min(len(t.Cells), maxRows),
	}
	if out.Refused {
		out.Why = v.titles(t.Rules)
	}
	for _, k := range t.Keys {
		out.Keys = append(out.Keys, titled(k.Title, k.Name))
	}
	for _, u := range t.Units {
		out.Units = append(out.Units, line(u.Kind))
	}
	for _, m := range t.Measures {
		out.Measures = append(out.Measures, line(m.Name))
	}
	for _, u := range t.Unmatched {
		if u.Rows > 0 {
			out.Unmatched = append(out.Unmatched, unmatched{line(u.Input), u.Rows})
		}
	}
	leaving := leaving(t)
	for i := range t.Cells[:min(len(t.Cells), maxRows)] {
		out.Rows = append(out.Rows, v.cell(t, &t.Cells[i], leaving))
	}
	if p := t.Published; p != nil {
		listed := listed(t, leaving)
		out.Pictures, out.Unlisted, out.Empty = v.draw(p, v.chartsOf(t.Name)), listed < len(t.Cells), max(0, len(p.Rows)-listed)
		for _, n := range p.Notes {
			out.Notes = append(out.Notes, v.side(n))
		}
	}
	return out
}

// leaving finds the published row of each combination of keys.
func leaving(t *egress.TableReport) map[string][]egress.Value {
	out := map[string][]egress.Value{}
	if t.Published != nil {
		for _, row := range t.Published.Rows {
			if n := len(t.Keys); n <= len(row) {
				out[keyOf(row[:n])] = row[n:]
			}
		}
	}
	return out
}

// listed counts the cells of the evidence that the published table lists.
func listed(t *egress.TableReport, leaving map[string][]egress.Value) (n int) {
	for _, c := range t.Cells {
		if _, ok := leaving[keyOf(c.Keys)]; ok {
			n++
		}
	}
	return n
}

// keyOf makes one text of keys, no two alike.
func keyOf(keys []egress.Value) string {
	var out strings.Builder
	for _, k := range keys {
		out.WriteString(strconv.Quote(k.Text) + string(k.Mark) + ",")
	}
	return out.String()
}

func (v *reviewView) cell(t *egress.TableReport, c *egress.CellReport, leaving map[string][]egress.Value) cellView {
	out := cellView{Rows: c.Rows, Withheld: c.Verdict != egress.Publish}
	for _, k := range c.Keys {
		out.Keys = append(out.Keys, v.value(k))
	}
	for _, e := range c.Evidence {
		out.Subjects = append(out.Subjects, e.Subjects)
	}
	row, shown := leaving[keyOf(c.Keys)]
	for i, m := range t.Measures {
		f := figureView{Leaves: "✕"}
		switch {
		case m.Hidden:
			f.Leaves = ""
		case i < len(row) && !out.Withheld:
			f.Leaves = chart.Separated(v.value(row[i]))
		}
		if i < len(c.Figures) {
			f.Was = chart.Separated(was(m, c.Figures[i], c.Rows, out.Withheld))
		}
		out.Figures = append(out.Figures, f)
	}
	if out.Withheld {
		out.Why = v.findings(t, c.Findings)
		if !shown && t.Published != nil {
			out.Why += v.tr(" (not listed)", "（不列出）")
		}
	}
	return out
}

// was is a figure before it was rounded, as far as the report tells it: nothing of a
// withheld cell, whose row says how many stand behind it.
func was(m manifest.Measure, f egress.Figure, rows int64, withheld bool) string {
	if withheld {
		return ""
	}
	switch m.Kind {
	case manifest.Subjects:
		return strconv.FormatInt(f.Distinct, 10)
	case manifest.Count:
		return strconv.FormatInt(rows, 10)
	case manifest.Share, manifest.Rate:
		return strconv.FormatInt(f.Hits, 10) + "/" + strconv.FormatInt(f.Hits+f.Misses, 10)
	case manifest.Sum:
		return strings.TrimPrefix(f.Sum.String(), "~")
	}
	exact, ok := egress.Exact(m, f, rows)
	if !ok {
		return ""
	}
	return trimmed(exact.FloatString(4))
}

func trimmed(s string) string { return strings.TrimRight(strings.TrimRight(s, "0"), ".") }

// findings names each rule that a cell fails, once, with the figures that fail it where
// others of the cell do not.
func (v *reviewView) findings(t *egress.TableReport, all []egress.Finding) string {
	var rules []egress.Rule
	of := map[egress.Rule][]string{}
	for _, f := range all {
		if !slices.Contains(rules, f.Rule) {
			rules = append(rules, f.Rule)
		}
		if f.Measure >= 0 && f.Measure < len(t.Measures) {
			if name := line(t.Measures[f.Measure].Name); !slices.Contains(of[f.Rule], name) {
				of[f.Rule] = append(of[f.Rule], name)
			}
		}
	}
	var out []string
	for _, r := range rules {
		title := v.rule(r).Title
		if n := len(of[r]); n > 0 && n < len(t.Measures) && len(t.Measures) > 2 {
			title += v.tr(": ", "：") + strings.Join(of[r], v.tr(", ", "、"))
		}
		out = append(out, title)
	}
	return strings.Join(out, v.tr("; ", "；"))
}

func (v *reviewView) titles(rules []egress.Rule) string {
	var out []string
	for _, r := range rules {
		out = append(out, v.rule(r).Title)
	}
	return strings.Join(out, v.tr(", ", "、"))
}
