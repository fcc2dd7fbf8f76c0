package egress

import (
	"fmt"
	"math"
	"math/big"
	"slices"

	"yingbi/egress/label"
	"yingbi/egress/model"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/manifest"
)

// Rules of regressions.
const (
	RuleScore      Rule = "score_not_zero"      // the module's coefficients are not those that the rows give
	RuleFreedom    Rule = "degrees_of_freedom"  // too few subjects are left beside the parameters
	RuleParameters Rule = "too_many_parameters" // for the subjects
	RuleSaturated  Rule = "saturated_model"     // a small combination of 0/1 terms has a parameter of its own
	RuleLeverage   Rule = "high_leverage"       // a coefficient follows one subject
	RuleCollinear  Rule = "collinear_terms"     // a term follows from the others
	RulePerfect    Rule = "perfect_fit"         // the terms tell everybody's response
	RuleRange      Rule = "outside_range"       // a negative count, or time
)

const (
	minFreedom    = 10   // ACRO safe_dof_threshold
	maxParameters = 0.33 // of subjects; DataSHIELD nfilter.glm
	maxLeverage   = 0.5  // of one subject, and of a combination of fewer than the minimum
	perfect       = 1e-12
)

// Model is the judgement of one regression. It is for reviewers; Published is what
// leaves.
type Model struct {
	Name       string               `json:"name"`
	Family     string               `json:"family"`
	Verdict    Verdict              `json:"verdict"`
	Rules      []Rule               `json:"rules"`
	Parameters []manifest.Parameter `json:"parameters"`
	Units      []manifest.Unit      `json:"units"`
	Rows       int64                `json:"rows"`
	Subjects   []int64              `json:"subjects"`       // of each unit
	Step       string               `json:"step,omitempty"` // the longest, in standard errors, from the module's coefficients to the rows' own
	Published  *Published           `json:"published,omitempty"`
}

// Regression is a module's model with what the domain computed of its rows.
type Regression struct {
	Plan         *manifest.PlanModel
	Coefficients []float64 // the module's, in the order of the parameters
	Score        Result    // answers of the plan's statements
	Margins      []Result
	Patterns     Result   // nil without 0/1 terms
	Leverage     []Result // asked for with Inverse; none where that is nil
}

// Coefficients reads what a module emitted of a model: a column term with the name of
// each parameter once, in any order, and a column coefficient of doubles.
func Coefficients(m *manifest.PlanModel, r Result) ([]float64, error) {
	bad := func(why string) ([]float64, error) {
		return nil, fault.Errorf(fault.Invalid, "the output %s is a model: want the columns term (text) and coefficient (double) with one row for each of its %d parameters; %s", m.Name, len(m.Parameters), why)
	}
	columns := r.Columns()
	if len(columns) != 2 || columns[0].Name != "term" || columns[0].Type.Kind != coltype.Text || columns[1].Name != "coefficient" || columns[1].Type.Kind != coltype.Double {
		return bad("its columns are others")
	}
	if r.Rows() != len(m.Parameters) {
		return bad("its rows are more or fewer")
	}
	out, seen := make([]float64, len(m.Parameters)), map[int]bool{}
	for row := range r.Rows() {
		if r.Null(0, row) || r.Null(1, row) {
			return bad("a value is missing")
		}
		name := r.Text(0, row)
		i := slices.IndexFunc(m.Parameters, func(p manifest.Parameter) bool { return p.Name == name })
		if i < 0 || seen[i] {
			return bad("a term is no parameter, or is there twice")
		}
		seen[i], out[i] = true, r.Float(1, row)
		if math.IsNaN(out[i]) || math.Abs(out[i]) > 1e300 {
			return bad("a coefficient is not finite")
		}
	}
	return out, nil
}

// AddModel judges a regression by the report's preset and takes it into the report.
func (r *Report) AddModel(g Regression) error {
	e, err := g.evidence()
	if err != nil {
		return err
	}
	m := r.Preset.judgeModel(g, e)
	if slices.Contains(m.Rules, RuleScore) {
		r.Warnings = append(r.Warnings, fmt.Sprintf("model %s: the module's coefficients are not those that the rows give; the longest step to them is %s standard errors · 模型 %s：模块给出的系数与数据不符，最大偏差为标准误的 %s 倍", m.Name, m.Step, m.Name, m.Step))
	}
	r.Warnings = append(r.Warnings, r.besideModels(&m)...)
	if len(r.Models) == 0 {
		r.NotChecked = append(r.NotChecked, modelNotChecked)
	}
	r.Models = append(r.Models, m)
	return nil
}

// besideModels warns of two models of rows that are nobody's and nearly as many: no audit
// across releases looks at these.
func (r *Report) besideModels(m *Model) (out []string) {
	for _, other := range r.Models {
		if m.Verdict != Publish || other.Verdict != Publish || m.Units[0].Kind != manifest.RowKind || other.Units[0].Kind != manifest.RowKind {
			continue
		}
		if d := max(m.Rows-other.Rows, other.Rows-m.Rows); d > 0 && d < r.Preset.Minimum {
			out = append(out, fmt.Sprintf("models %s and %s: their rows differ by %d in number; compare their where and their missing values · 模型 %s 与 %s：行数相差 %d，请比对其 where 条件与缺失值",
				other.Name, m.Name, d, other.Name, m.Name, d))
		}
	}
	return out
}

// Model gives the judgement of a model, or nil.
func (r *Report) Model(name string) *Model {
	if i := slices.IndexFunc(r.Models, func(m Model) bool { return m.Name == name }); i >= 0 {
		return &r.Models[i]
	}
	return nil
}

// RefuseModel takes a model that passed out of the report: it has no part that could
// leave without the rest.
func (r *Report) RefuseModel(name string, rule Rule) {
	if m := r.Model(name); m != nil && m.Verdict == Publish {
		m.Verdict, m.Rules, m.Published = Refuse, []Rule{rule}, nil
	}
}

// modelNotChecked is so of a job with a model.
const modelNotChecked = "models: whether standard errors, which take rows as independent, suit the question"

func (p Preset) judgeModel(g Regression, e *modelEvidence) Model {
	m := Model{Name: g.Plan.Name, Family: g.Plan.Family, Verdict: Refuse, Rules: []Rule{}, Parameters: g.Plan.Parameters, Units: g.Plan.Units, Rows: e.rows}
	fails := func(r Rule, failed bool) {
		if failed && !slices.Contains(m.Rules, r) {
			m.Rules = append(m.Rules, r)
		}
	}
	fails(RulePreset, p.sound() != nil || len(g.Plan.Units) == 0)
	fails(RuleRange, e.outside > 0)
	parameters := int64(len(g.Plan.Parameters))
	for _, unit := range e.margins {
		n := unit[0].subjects
		m.Subjects = append(m.Subjects, n)
		fails(RuleFreedom, n-parameters < max(minFreedom, p.Minimum))
		fails(RuleParameters, float64(parameters) > maxParameters*float64(n))
		for i := range unit {
			p.judgeMargin(&unit[i], g.Plan.Binary(), g.Plan.Family == manifest.Cox, fails)
		}
	}
	fails(RuleSaturated, p.saturated(g.Plan, e))
	for _, h := range e.leverages {
		fails(RuleLeverage, !(h < maxLeverage))
	}
	for _, x := range g.Plan.Parameters {
		fails(RuleLabel, label.Check(x.Name) != "")
	}
	fit, ok := e.system(g.Plan).Solve()
	fails(RulePerfect, g.Plan.Family == manifest.Linear && e.residuals <= perfect*e.responses)
	fails(RuleCollinear, !ok)
	if ok {
		m.Step = short(fit.Longest())
		fails(RuleScore, !(fit.Longest() <= model.MaxStep))
	}
	slices.Sort(m.Rules)
	if len(m.Rules) == 0 {
		m.Verdict, m.Published = Publish, p.publishModel(g, e, fit)
	}
	return m
}

// judgeMargin looks at the subjects of one kind who are at one side of a 0/1 term, or
// at all: as at the cell of a table, which a model of such terms alone is.
func (p Preset) judgeMargin(m *margin, binary, events bool, fails func(Rule, bool)) {
	fails(RuleMinimum, m.subjects < p.Minimum)
	if binary {
		fails(RuleMinimum, m.hitters < p.Minimum || !events && m.missers < p.Minimum)
		return
	}
	p.judgeSizes(&m.part, fails)
}

// saturated reports that a combination of 0/1 terms with too few subjects behind it has
// a parameter nearly for itself.
func (p Preset) saturated(plan *manifest.PlanModel, e *modelEvidence) bool {
	if len(e.patterns) > manifest.MaxPatterns {
		return true
	}
	for i, h := range model.Leverages(e.patterns, e.patternRows) {
		few := slices.ContainsFunc(e.behind[i], func(m margin) bool {
			return m.subjects < p.Minimum || plan.Binary() && (m.hitters < p.Minimum || plan.Family != manifest.Cox && m.missers < p.Minimum)
		})
		if few && h >= maxLeverage {
			return true
		}
	}
	return false
}

// publishModel takes the step to the rows' own coefficients, so that none of the
// module's digits leaves.
func (p Preset) publishModel(g Regression, e *modelEvidence, fit model.Fit) *Published {
	out := &Published{Name: g.Plan.Name, Complete: true, Rows: [][]Value{}, Columns: []PublishedColumn{
		{Name: "term", Title: "项", Type: coltype.Type{Kind: coltype.Text}, Key: true},
		{Name: "coefficient", Title: "系数", Type: coltype.Type{Kind: coltype.Double}},
		{Name: "standard_error", Title: "标准误", Type: coltype.Type{Kind: coltype.Double}},
	}}
	for j, x := range g.Plan.Parameters {
		out.Rows = append(out.Rows, []Value{{Text: x.Name}, {Text: p.rounded(g.Coefficients[j] + fit.Step[j])}, {Text: p.rounded(fit.Errors[j])}})
	}
	out.Notes = append(out.Notes, fmt.Sprintf("%s regression over about %d rows, rounded to %d; coefficients and standard errors have %d significant digits; rows count as independent · %s 回归，约 %d 行（按 %d 取整）；系数与标准误保留 %d 位有效数字；各行视为独立",
		g.Plan.Family, roundCount(e.rows, p.Base), p.Base, p.Digits, g.Plan.Family, roundCount(e.rows, p.Base), p.Base, p.Digits))
	for i, u := range g.Plan.Units {
		if u.Kind != manifest.RowKind {
			n := roundCount(e.margins[i][0].subjects, p.Base)
			out.Notes = append(out.Notes, fmt.Sprintf("about %d subjects of the kind %s (%s) · 约 %d 个主体，类别 %s（%s）", n, u.Kind, u.Input, n, u.Kind, u.Input))
		}
	}
	return out
}

func (p Preset) rounded(f float64) string {
	return roundDigits(new(big.Rat).SetFloat64(f), p.Digits)
}

// short writes a number of standard errors, to two digits.
func short(f float64) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "∞"
	}
	return roundDigits(new(big.Rat).SetFloat64(f), 2)
}
