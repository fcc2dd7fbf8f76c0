package egress

import (
	"context"
	"slices"

	"yingbi/manifest"
)

// Verdict is what becomes of a cell or table. The zero value is none.
type Verdict string

// The verdicts.
const (
	Publish  Verdict = "publish"
	Withhold Verdict = "withhold" // a cell: shown as suppressed
	Refuse   Verdict = "refuse"   // a table: nothing of it leaves
)

// Report is a judgement of tables, for reviewers alone: it holds evidence.
type Report struct {
	Format      string        `json:"format"`
	Preset      Preset        `json:"preset"`
	Tables      []TableReport `json:"tables"`
	Linked      []Linked      `json:"linked,omitempty"`      // tables that add up
	Outputs     []*Published  `json:"outputs,omitempty"`     // what a protected module made, admitted
	Comparisons []Comparison  `json:"comparisons,omitempty"` // what a verified module said
	Models      []Model       `json:"models,omitempty"`      // what a verified module fitted, checked
	Assertions  []Assertion   `json:"assertions,omitempty"`  // what a module says that nobody has computed again
	Mappings    []Mapping     `json:"mappings,omitempty"`    // what a mapped module made records of
	Questions   []Question    `json:"questions,omitempty"`   // what may be asked of one subject
	History     *History      `json:"history,omitempty"`     // how this stands to earlier releases
	Warnings    []string      `json:"warnings,omitempty"`    // what the data make of it; for reviewers, never for a certificate
	NotChecked  []string      `json:"not_checked"`           // follows from the manifest alone
	Decision    string        `json:"decision"`

	totals []total  // of counts; not in a report that was read
	finer  []string // of each table, with which it adds up
}

// Mapping says how a module came through the subjects that it mapped. It is for
// reviewers.
type Mapping struct {
	Name     string `json:"name"`
	Unit     string `json:"unit"`
	Subjects int64  `json:"subjects"`
	Failed   int64  `json:"failed"` // subjects without a record: the module trapped, ended itself, or said so
	Shared   bool   `json:"shared,omitempty"`
}

// TableReport is the judgement of one table.
type TableReport struct {
	Name      string             `json:"name"`
	Verdict   Verdict            `json:"verdict"`
	Rules     []Rule             `json:"rules"` // of the table, and of any of its cells
	Keys      []manifest.Key     `json:"keys"`
	Measures  []manifest.Measure `json:"measures"`
	Units     []manifest.Unit    `json:"units"`
	Unmatched []Unmatched        `json:"unmatched,omitempty"`
	Cells     []CellReport       `json:"cells"`    // of a refused table, the first few
	Failing   map[Rule]int       `json:"failing"`  // number of cells that fail each rule
	Withheld  int                `json:"withheld"` // number of cells
	Published *Published         `json:"published,omitempty"`
}

// CellReport is the judgement of one cell, without what one subject contributes:
// see redacted.
type CellReport struct {
	Cell
	Verdict  Verdict   `json:"verdict"`
	Findings []Finding `json:"findings,omitempty"`
}

const reportFormat = "yingbi egress report v2"

// notChecked says what this version leaves to the person who decides.
var notChecked = []string{
	"cross-release audit: whether this release, combined with earlier ones on the same subjects, tells what none of them tells alone",
	"intent: whether a condition, band or derived column was made to pick out one subject; read the manifest for it",
}

// mappingNotChecked is so of a job that maps.
const mappingNotChecked = "mapping: whether the module treats one subject apart from all others; its records are bounded, and nobody has read its code"

// AddMappings tells of the records that tables were made of.
func (r *Report) AddMappings(all []Mapping) {
	r.Mappings = all
	if len(all) > 0 {
		r.NotChecked = append(r.NotChecked, mappingNotChecked)
	}
}

// Judge applies a preset to the tables of one job. The same tables get the same
// report; an error is that the context ended.
func Judge(ctx context.Context, p Preset, tables []*Table) (*Report, error) {
	r := &Report{Format: reportFormat, Preset: p, NotChecked: slices.Clone(notChecked), Decision: "a person decides"}
	found := make([][][]Finding, len(tables))
	for i, t := range tables {
		found[i] = p.Findings(t)
	}
	var err error
	if r.Linked, err = p.secondary(ctx, tables, found); err != nil {
		return nil, err
	}
	for i, t := range tables {
		r.Tables = append(r.Tables, p.judge(t, found[i]))
	}
	r.totals, r.finer = totalsOf(tables), finerNames(tables)
	r.addUp()
	r.NotChecked = append(append(r.NotChecked, coarsened(tables)...), overlaps(tables)...)
	r.Warnings = append(p.onesided(r, tables), p.nearlyAlike(r, tables)...)
	return r, nil
}

// Findings gives the rules that each cell of a table fails, whatever is published
// beside it.
func (p Preset) Findings(t *Table) [][]Finding {
	out := make([][]Finding, len(t.Cells))
	full, mute := p.fullCells(t, true), mislabelled(t)
	unsound := p.sound() != nil || len(t.Units) == 0
	for i := range t.Cells {
		out[i] = p.judgeCell(t, &t.Cells[i])
		if full[i] {
			out[i] = append(out[i], Finding{RuleFull, -1, -1})
		}
		if mute[i] {
			out[i] = append(out[i], Finding{RuleLabel, -1, -1})
		}
		if unsound {
			out[i] = append(out[i], Finding{RulePreset, -1, -1})
		}
	}
	return out
}

// judge draws the verdict on a table from the findings of its cells.
func (p Preset) judge(t *Table, found [][]Finding) TableReport {
	out := TableReport{Name: t.Name, Verdict: Publish, Rules: []Rule{}, Keys: t.Keys, Measures: t.Measures, Units: t.Units, Unmatched: t.Unmatched, Cells: []CellReport{}, Failing: map[Rule]int{}}
	for i := range t.Cells {
		c := CellReport{Verdict: Publish, Findings: found[i]}
		if len(c.Findings) > 0 {
			c.Verdict = Withhold
			out.Withheld++
		}
		out.count(c.Findings)
		c.Cell = p.redacted(t.Cells[i], c.Verdict)
		out.Cells = append(out.Cells, c)
	}
	if out.Withheld == len(out.Cells) {
		out.Verdict = Refuse
		out.rule(RuleNothingLeft)
		if p.rowPerSubject(t) {
			out.rule(RuleRowPerSubject)
		}
		out.Cells = out.Cells[:min(len(out.Cells), maxRefusedCells)]
	} else {
		out.Published = p.publish(t, out.Cells)
	}
	slices.Sort(out.Rules)
	return out
}

// maxRefusedCells is how many cells of a refused table its report shows.
const maxRefusedCells = 100

// redacted is a cell as its report shows it. Largest contributions are one
// subject's own, so they are never shown; amounts only of a published cell; and
// of a cell of fewer subjects than the minimum nothing but how many they are.
func (p Preset) redacted(c Cell, verdict Verdict) Cell {
	out := Cell{Keys: c.Keys, Rows: c.Rows, Figures: make([]Figure, len(c.Figures)), Evidence: make([]Evidence, len(c.Evidence))}
	small := p.small(&c)
	for i, f := range c.Figures {
		if verdict != Publish {
			f.Sum, f.Extra = Amount{}, Amount{}
		}
		if !small {
			out.Figures[i] = f
		}
	}
	for i, e := range c.Evidence {
		out.Evidence[i] = Evidence{Subjects: e.Subjects, Parts: make([]Part, len(e.Parts))}
		for j, part := range e.Parts {
			part = part.redacted(verdict)
			if part.Extra != nil {
				extra := part.Extra.redacted(verdict)
				part.Extra = &extra
			}
			if !small {
				out.Evidence[i].Parts[j] = part
			}
		}
	}
	return out
}

func (part Part) redacted(verdict Verdict) Part {
	part.First, part.Second = Amount{}, Amount{}
	if verdict != Publish {
		part.Total = Amount{}
	}
	return part
}

// small reports a cell of fewer subjects than the minimum, of any unit.
func (p Preset) small(c *Cell) bool {
	return len(c.Evidence) == 0 || slices.ContainsFunc(c.Evidence, func(e Evidence) bool { return e.Subjects < p.Minimum })
}

// count adds a cell's findings, each rule once.
func (r *TableReport) count(findings []Finding) {
	seen := map[Rule]bool{}
	for _, f := range findings {
		if !seen[f.Rule] {
			seen[f.Rule] = true
			r.Failing[f.Rule]++
			r.rule(f.Rule)
		}
	}
}

func (r *TableReport) rule(rule Rule) {
	if !slices.Contains(r.Rules, rule) {
		r.Rules = append(r.Rules, rule)
	}
}

// rowPerSubject recognises a table whose cells are single subjects: as many cells
// as the minimum or more, and for some unit nine tenths of them below it. It says
// why nothing is left, and refuses nothing itself: were a table with large cells
// refused for the number of its small ones, one person could tip it.
func (p Preset) rowPerSubject(t *Table) bool {
	for u := range t.Units {
		few := 0
		for _, c := range t.Cells {
			if u >= len(c.Evidence) || c.Evidence[u].Subjects < p.Minimum {
				few++
			}
		}
		if int64(len(t.Cells)) >= p.Minimum && few*10 >= len(t.Cells)*9 {
			return true
		}
	}
	return false
}

// Published gives the table as it would leave, or nil where it is refused or
// there is none of the name.
func (r *Report) Published(table string) *Published {
	for i := range r.Tables {
		if r.Tables[i].Name == table {
			return r.Tables[i].Published
		}
	}
	return nil
}
