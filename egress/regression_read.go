package egress

import (
	"yingbi/egress/model"
	"yingbi/internal/fault"
	"yingbi/manifest"
)

// modelEvidence is what the domain computed for a regression.
type modelEvidence struct {
	rows, outside        int64
	residuals, responses float64 // sums of squares
	score                []float64
	information          [][]float64
	design               [][]float64 // sums of products, of Cox's variables and a constant; else nil
	leverages            []float64   // of each unit, the largest of a subject
	margins              [][]margin  // for each unit: all rows, then each 0/1 term at 0 and at 1
	patterns             [][]float64
	patternRows          []int64
	behind               [][]margin // for each pattern and unit
}

// margin is who is behind some of a model's rows, for one unit.
type margin struct {
	subjects, hitters, missers int64
	part                       Part // of the response, where it is a number
}

func (g *Regression) contradicts(why string) error {
	return fault.Errorf(fault.Integrity, "the answers for the model %s do not agree: %s", g.Plan.Name, why)
}

// matches holds the columns of an answer against those of its statement.
func matches(s manifest.Statement, r Result) bool {
	if r == nil || len(r.Columns()) != len(s.Columns) {
		return false
	}
	for i, c := range s.Columns {
		if r.Columns()[i] != (Column{c.Name, c.Type}) {
			return false
		}
	}
	return true
}

// sums reads the answer of the score.
func (g *Regression) sums() (*modelEvidence, error) {
	e := &modelEvidence{}
	p := len(g.Plan.Parameters)
	if len(g.Coefficients) != p || !matches(g.Plan.Score(g.Coefficients), g.Score) || g.Score.Rows() != 1 {
		return nil, g.contradicts("the score has another shape")
	}
	r := g.Score
	e.rows, e.outside, e.residuals, e.responses = r.Int(0, 0), r.Int(1, 0), r.Float(2, 0), r.Float(3, 0)
	column := 4
	e.information = make([][]float64, p)
	for j := range p {
		e.score = append(e.score, r.Float(column, 0))
		e.information[j] = make([]float64, p)
		column++
	}
	for j := range p {
		for k := j; k < p; k++ {
			e.information[j][k] = r.Float(column, 0)
			e.information[k][j] = e.information[j][k]
			column++
		}
	}
	if g.Plan.Family == manifest.Cox {
		e.design = symmetric(p+1, func() float64 { column++; return r.Float(column-1, 0) }, float64(e.rows))
	}
	return e, nil
}

// symmetric reads a matrix with a corner, then the rest of its upper triangle.
func symmetric(n int, next func() float64, corner float64) [][]float64 {
	out := make([][]float64, n)
	for j := range out {
		out[j] = make([]float64, n)
	}
	out[0][0] = corner
	for j := range n {
		for k := max(j, 1); k < n; k++ {
			out[j][k] = next()
			out[k][j] = out[j][k]
		}
	}
	return out
}

// Inverse is what the plan's statement of leverage is asked with; nil of a model that
// is refused before, since its terms follow from each other.
func (g *Regression) Inverse() ([][]float64, error) {
	e, err := g.sums()
	if err != nil {
		return nil, err
	}
	matrix := e.information
	if e.design != nil {
		matrix = e.design
	}
	inverse, ok := model.Invert(matrix)
	if _, solved := e.system(g.Plan).Solve(); !ok || !solved {
		return nil, nil
	}
	return inverse, nil
}

// evidence reads all answers.
func (g *Regression) evidence() (*modelEvidence, error) {
	e, err := g.sums()
	if err == nil {
		err = g.readMargins(e)
	}
	if err == nil {
		err = g.readPatterns(e)
	}
	if err == nil {
		err = g.readLeverages(e)
	}
	return e, err
}

func (g *Regression) readLeverages(e *modelEvidence) error {
	inverse, err := g.Inverse()
	if err != nil || inverse == nil {
		return err
	}
	statements := g.Plan.Leverage(g.Coefficients, inverse)
	if len(statements) != len(g.Leverage) {
		return g.contradicts("nobody told of leverage")
	}
	for u, s := range statements {
		if r := g.Leverage[u]; !matches(s, r) || r.Rows() != 1 {
			return g.contradicts("leverage has another shape")
		}
		e.leverages = append(e.leverages, g.Leverage[u].Float(0, 0))
	}
	return nil
}

// system is that of the score equations. The variance of a linear model's residuals is
// estimated by their own.
func (e *modelEvidence) system(p *manifest.PlanModel) model.System {
	s := model.System{Score: e.score, Information: e.information, Variance: 1}
	if p.Family == manifest.Linear {
		s.Variance = e.residuals / float64(e.rows-int64(len(p.Parameters)))
	}
	return s
}

func (g *Regression) readMargins(e *modelEvidence) error {
	statements := g.Plan.Margins()
	if len(statements) != len(g.Margins) {
		return g.contradicts("an answer is missing")
	}
	for u, s := range statements {
		r := g.Margins[u]
		if !matches(s, r) || r.Rows() != 1 {
			return g.contradicts("the evidence has another shape")
		}
		var unit []margin
		for col, what := range s.Columns {
			if what.Index == len(unit) {
				unit = append(unit, margin{})
			}
			unit[what.Index].read(what, r, col, 0)
		}
		for _, m := range unit {
			if m.subjects > unit[0].subjects || unit[0].subjects > e.rows {
				return g.contradicts("more subjects at a part than at the whole")
			}
		}
		e.margins = append(e.margins, unit)
	}
	return nil
}

func (m *margin) read(what manifest.Column, r Result, col, row int) {
	switch what.Role {
	case manifest.RoleSubjects:
		m.subjects = r.Int(col, row)
	case manifest.RoleHitters:
		m.hitters = r.Int(col, row)
	case manifest.RoleMissers:
		m.missers = r.Int(col, row)
	case manifest.RoleFirst:
		m.part.First = amountOf(r, what.Type, col, row)
	case manifest.RoleSecond:
		m.part.Second = amountOf(r, what.Type, col, row)
	case manifest.RoleTotal:
		m.part.Total = amountOf(r, what.Type, col, row)
	}
}

func (g *Regression) readPatterns(e *modelEvidence) error {
	s, ok := g.Plan.Patterns()
	if !ok {
		return nil
	}
	r := g.Patterns
	if !matches(s, r) {
		return g.contradicts("the combinations have another shape")
	}
	total := int64(0)
	for row := range r.Rows() {
		var pattern []float64
		n, behind := int64(0), make([]margin, len(g.Plan.Units))
		for col, what := range s.Columns {
			switch what.Role {
			case manifest.RoleKey:
				pattern = append(pattern, float64(r.Int(col, row)))
			case manifest.RoleRows:
				n = r.Int(col, row)
			default:
				behind[what.Index].read(what, r, col, row)
			}
		}
		e.patterns, e.patternRows, e.behind = append(e.patterns, pattern), append(e.patternRows, n), append(e.behind, behind)
		total += n
	}
	if total != e.rows && r.Rows() <= manifest.MaxPatterns {
		return g.contradicts("the combinations have more or fewer rows than the score")
	}
	return nil
}
