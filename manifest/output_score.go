package manifest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Binary reports whether the response is a condition.
func (p *PlanModel) Binary() bool { return p.Family != Linear && p.Family != Poisson }

// MaxPatterns is how many combinations of 0/1 variables are examined; Patterns answers
// one more where there are more.
const MaxPatterns = 4096

// with begins a statement: one row (__full) for each row of which every variable is
// known, with the response as v0 and subjects as u0, u1, ….
func (p *PlanModel) with() term {
	out := p.q.rows()
	var known []string
	for i := range p.q.values {
		known = append(known, fmt.Sprintf("v%d IS NOT NULL", i))
	}
	columns := "*"
	if p.q.ordinals[0] == "" { // each row is a subject
		columns = "*, row_number() OVER () AS u0"
	}
	out.sql += ", __full AS (SELECT " + columns + " FROM __rows WHERE " + strings.Join(known, " AND ") + ")"
	return out
}

// x is the SQL of a parameter's variable.
func (p *PlanModel) x(j int) string {
	switch {
	case p.Family == Cox:
		return fmt.Sprintf("v%d", j+2)
	case j == 0:
		return "CAST(1 AS DOUBLE)"
	}
	return fmt.Sprintf("v%d", j)
}

// double adds a number that is 0 over no rows. fsum adds with compensation (Kahan).
func (s *selection) double(name, sql string) {
	s.add(RoleNumber, 0, typeDouble, name, "CAST(coalesce("+sql+", 0) AS DOUBLE)")
}

// Score gives the statement of the score vector and the information matrix at given
// coefficients: one row with the number of rows, of rows outside the family's range, the
// sums of squared residuals and responses, then the score, then the information's upper
// triangle row by row. For probit the information is the expected one, for Cox that of
// Breslow's partial likelihood, and the sums of the variables and of their products follow.
func (p *PlanModel) Score(coefficients []float64) Statement {
	with := p.fit(coefficients)
	s := &selection{}
	from := "__work"
	if p.Family == Cox {
		p.risk(&with, s)
		from = "__sets"
	} else {
		p.work(&with, s)
	}
	return Statement{Name: p.q.name + ".score", SQL: with.sql + " SELECT " + strings.Join(s.items, ", ") + " FROM " + from, Args: with.args, Columns: s.columns}
}

// fit continues with the linear predictor of each row.
func (p *PlanModel) fit(coefficients []float64) term {
	with := p.with()
	eta := make([]string, len(coefficients))
	for j, b := range coefficients {
		eta[j] = "CAST(? AS DOUBLE) * " + p.x(j)
		with.args = append(with.args, float(b))
	}
	with.sql += ", __fit AS (SELECT *, " + strings.Join(eta, " + ") + " AS eta FROM __full)"
	return with
}

// float is a double in the shortest text that gives it back.
func float(f float64) Value {
	return Value{Type: typeText, Text: strconv.FormatFloat(f, 'g', -1, 64)}
}

// design lists the variables of a row as its leverage sees them. Cox's model has a
// constant here, though no parameter for it.
func (p *PlanModel) design() []string {
	var out []string
	if p.Family == Cox {
		out = append(out, "CAST(1 AS DOUBLE)")
	}
	for j := range p.Parameters {
		out = append(out, p.x(j))
	}
	return out
}

// Leverage gives one statement for each unit: the largest leverage of a subject, which is
// the sum over its rows of w·xᵀVx, with the inverse V of the information, or for Cox of
// the sums of products of the design.
func (p *PlanModel) Leverage(coefficients []float64, inverse [][]float64) []Statement {
	var out []Statement
	x := p.design()
	for unit := range p.Units {
		with := p.fit(coefficients)
		p.weights(&with)
		var sum []string
		for j := range x {
			inner := []string{"CAST(? AS DOUBLE) * " + x[j]}
			with.args = append(with.args, float(inverse[j][j]))
			for k := j + 1; k < len(x); k++ {
				inner = append(inner, "CAST(? AS DOUBLE) * "+x[k])
				with.args = append(with.args, float(2*inverse[j][k]))
			}
			sum = append(sum, x[j]+" * ("+strings.Join(inner, " + ")+")")
		}
		with.sql += fmt.Sprintf(", __each AS (SELECT fsum(w * (%s)) AS h FROM __work WHERE u%d IS NOT NULL GROUP BY u%d)", strings.Join(sum, " + "), unit, unit)
		s := &selection{}
		s.double("leverage", "max(h)")
		out = append(out, Statement{Name: fmt.Sprintf("%s.leverage%d", p.q.name, unit), SQL: with.sql + " SELECT " + s.items[0] + " FROM __each", Args: with.args, Columns: s.columns})
	}
	return out
}

// work writes the sums of a generalised linear model: r is the score of the linear
// predictor, w its information (P. McCullagh, J. Nelder, Generalized Linear Models,
// 2nd ed., §2.5).
func (p *PlanModel) work(with *term, s *selection) {
	p.weights(with)
	s.count(RoleRows, 0, "n_rows", "count(*)")
	s.count(RoleNumber, 0, "n_outside", "count(*) FILTER (WHERE "+p.outside()+")")
	s.double("residuals", "fsum(r * r)")
	s.double("responses", "fsum(v0 * v0)")
	for j := range p.Parameters {
		s.double(fmt.Sprintf("u%d", j), "fsum(r * "+p.x(j)+")")
	}
	p.pairs(func(j, k int) { s.double(fmt.Sprintf("i%d_%d", j, k), "fsum(w * "+p.x(j)+" * "+p.x(k)+")") })
}

// weights continues with r and w of each row.
func (p *PlanModel) weights(with *term) {
	r, w := "v0 - eta", "CAST(1 AS DOUBLE)"
	switch p.Family {
	case Logistic:
		with.sql += ", __mean AS (SELECT *, 1 / (1 + exp(-eta)) AS mu FROM __fit)"
		r, w = "v0 - mu", "mu * (1 - mu)"
	case Poisson:
		with.sql += ", __mean AS (SELECT *, exp(least(eta, 700)) AS mu FROM __fit)"
		r, w = "v0 - mu", "mu"
	case Probit:
		with.sql += normal
		r, w = "CASE WHEN v0 = 1 THEN above ELSE -below END", "above * below"
	default:
		with.sql += ", __mean AS (SELECT * FROM __fit)"
	}
	with.sql += ", __work AS (SELECT *, " + r + " AS r, " + w + " AS w FROM __mean)"
}

func (p *PlanModel) outside() string {
	switch p.Family {
	case Poisson:
		return "v0 < 0"
	case Cox:
		return "v1 < 0"
	}
	return "false"
}

func (p *PlanModel) pairs(do func(j, k int)) {
	for j := range p.Parameters {
		for k := j; k < len(p.Parameters); k++ {
			do(j, k)
		}
	}
}

// normal gives φ/Φ at eta (above) and at -eta (below), from the tail Φ(-q) = φ(q)·mills,
// q = |eta|: W. J. Cody's rational form as G. West gives it (Better approximations to
// cumulative normal functions, Wilmott, 2005). Beyond 7 standard deviations it is good to
// 8 digits, and nowhere does it divide two small numbers.
const normal = `, __tail AS (SELECT *, abs(eta) AS q, CASE WHEN abs(eta) < 7.07106781186547 THEN 2.506628274631 *
 ((((((0.0352624965998911 * abs(eta) + 0.700383064443688) * abs(eta) + 6.37396220353165) * abs(eta) + 33.912866078383) * abs(eta) + 112.079291497871) * abs(eta) + 221.213596169931) * abs(eta) + 220.206867912376) /
 (((((((0.0883883476483184 * abs(eta) + 1.75566716318264) * abs(eta) + 16.064177579207) * abs(eta) + 86.7807322029461) * abs(eta) + 296.564248779674) * abs(eta) + 637.333633378831) * abs(eta) + 793.826512519948) * abs(eta) + 440.413735824752)
 ELSE 1 / (abs(eta) + 1 / (abs(eta) + 2 / (abs(eta) + 3 / (abs(eta) + 4 / (abs(eta) + 0.65))))) END AS mills FROM __fit),
 __ends AS (SELECT *, exp(-q * q / 2) / 2.5066282746310002 / (1 - exp(-q * q / 2) / 2.5066282746310002 * mills) AS near, 1 / mills AS far FROM __tail),
 __mean AS (SELECT *, CASE WHEN eta >= 0 THEN near ELSE far END AS above, CASE WHEN eta >= 0 THEN far ELSE near END AS below FROM __ends)`

// risk writes the sums of Cox's partial likelihood with Breslow's ties: at each time
// the risk set is everybody whose time is no earlier (N. Breslow, Biometrics 30, 1974).
func (p *PlanModel) risk(with *term, s *selection) {
	each := []string{"v1 AS t", "count(*) AS n", "count(*) FILTER (WHERE " + p.outside() + ") AS outside", "fsum(v0) AS d", "fsum(e) AS s"}
	sets := []string{"n", "outside", "d", "sum(s) OVER w AS s"}
	for j := range p.Parameters {
		each = append(each, fmt.Sprintf("fsum(v0 * %s) AS d%d", p.x(j), j), fmt.Sprintf("fsum(e * %s) AS s%d", p.x(j), j), fmt.Sprintf("fsum(%s) AS x%d", p.x(j), j))
		sets = append(sets, fmt.Sprintf("d%d", j), fmt.Sprintf("x%d", j), fmt.Sprintf("sum(s%d) OVER w AS s%d", j, j))
	}
	p.pairs(func(j, k int) {
		each = append(each, fmt.Sprintf("fsum(e * %s * %s) AS s%d_%d", p.x(j), p.x(k), j, k), fmt.Sprintf("fsum(%s * %s) AS x%d_%d", p.x(j), p.x(k), j, k))
		sets = append(sets, fmt.Sprintf("x%d_%d", j, k), fmt.Sprintf("sum(s%d_%d) OVER w AS s%d_%d", j, k, j, k))
	})
	with.sql += ", __work AS (SELECT *, exp(least(eta - (SELECT avg(eta) FROM __fit), 700)) AS e FROM __fit)" +
		", __times AS (SELECT " + strings.Join(each, ", ") + " FROM __work GROUP BY v1)" +
		", __sets AS (SELECT " + strings.Join(sets, ", ") + " FROM __times WINDOW w AS (ORDER BY t DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))"
	s.count(RoleRows, 0, "n_rows", "sum(n)")
	s.count(RoleNumber, 0, "n_outside", "sum(outside)")
	s.double("residuals", "CAST(0 AS DOUBLE)")
	s.double("responses", "fsum(d)")
	for j := range p.Parameters {
		s.double(fmt.Sprintf("u%d", j), fmt.Sprintf("fsum(d%d - d * s%d / s)", j, j))
	}
	p.pairs(func(j, k int) {
		s.double(fmt.Sprintf("i%d_%d", j, k), fmt.Sprintf("fsum(d * (s%d_%d / s - s%d / s * (s%d / s)))", j, k, j, k))
	})
	for j := range p.Parameters {
		s.double(fmt.Sprintf("x%d", j), fmt.Sprintf("fsum(x%d)", j))
	}
	p.pairs(func(j, k int) { s.double(fmt.Sprintf("x%d_%d", j, k), fmt.Sprintf("fsum(x%d_%d)", j, k)) })
}

// Margins gives one statement for each unit: who is behind all rows, and behind those
// where each 0/1 variable is 0 and is 1, in the order of the parameters. Of each come
// the subjects; those with and without the outcome, of a condition; the two largest
// absolute contributions to a response that is a number, and their total.
func (p *PlanModel) Margins() []Statement {
	conditions := []string{"true"}
	for j, x := range p.Parameters {
		if x.Binary {
			conditions = append(conditions, p.x(j)+" = 0", p.x(j)+" = 1")
		}
	}
	var out []Statement
	for unit := range p.Units {
		each, s := []string{fmt.Sprintf("u%d AS s", unit)}, &selection{}
		for m, c := range conditions {
			name := fmt.Sprintf("m%d", m)
			each = append(each, "count(*) FILTER (WHERE "+c+") AS n"+name)
			s.count(RoleSubjects, m, name+"_subjects", "count(s) FILTER (WHERE n"+name+" > 0)")
			if p.Binary() {
				each = append(each, "count(*) FILTER (WHERE "+c+" AND v0 = 1) AS h"+name, "count(*) FILTER (WHERE "+c+" AND v0 = 0) AS f"+name)
				s.count(RoleHitters, m, name+"_hitters", "count(s) FILTER (WHERE h"+name+" > 0)")
				s.count(RoleMissers, m, name+"_missers", "count(s) FILTER (WHERE f"+name+" > 0)")
				continue
			}
			each = append(each, "abs(fsum(v0) FILTER (WHERE "+c+")) AS x"+name)
			s.number(RoleFirst, m, typeDouble, name+"_first", "list_extract(max(x"+name+", 2), 1)")
			s.number(RoleSecond, m, typeDouble, name+"_second", "list_extract(max(x"+name+", 2), 2)")
			s.number(RoleTotal, m, typeDouble, name+"_total", "fsum(x"+name+")")
		}
		with := p.with()
		with.sql += ", __each AS (SELECT " + strings.Join(each, ", ") + fmt.Sprintf(" FROM __full GROUP BY u%d)", unit)
		out = append(out, Statement{Name: fmt.Sprintf("%s.unit%d", p.q.name, unit), SQL: with.sql + " SELECT " + strings.Join(s.items, ", ") + " FROM __each", Args: with.args, Columns: s.columns})
	}
	return out
}

// Patterns gives the statement of the combinations of 0/1 variables that occur: one row
// for each, with the variables, its rows and, for each unit, its subjects and, of a
// condition, those with and without the outcome. false where no variable is 0/1.
func (p *PlanModel) Patterns() (Statement, bool) {
	s := &selection{}
	var by []string
	for j, x := range p.Parameters {
		if x.Binary {
			name := fmt.Sprintf("k%d", j)
			s.add(RoleKey, j, typeInteger, name, "CAST("+p.x(j)+" AS BIGINT)")
			by = append(by, name)
		}
	}
	if len(by) == 0 {
		return Statement{}, false
	}
	s.count(RoleRows, 0, "n_rows", "count(*)")
	for unit := range p.Units {
		u := fmt.Sprintf("u%d", unit)
		s.count(RoleSubjects, unit, u+"_subjects", "count(DISTINCT "+u+")")
		if p.Binary() {
			s.count(RoleHitters, unit, u+"_hitters", "count(DISTINCT "+u+") FILTER (WHERE v0 = 1)")
			s.count(RoleMissers, unit, u+"_missers", "count(DISTINCT "+u+") FILTER (WHERE v0 = 0)")
		}
	}
	with := p.with()
	list := strings.Join(by, ", ")
	sql := with.sql + " SELECT " + strings.Join(s.items, ", ") + " FROM __full GROUP BY " + list + " ORDER BY " + list + fmt.Sprintf(" LIMIT %d", MaxPatterns+1)
	return Statement{Name: p.q.name + ".patterns", SQL: sql, Args: with.args, Columns: s.columns}, true
}

// Statements lists what to run once a module has given its coefficients.
func (p *PlanModel) Statements(coefficients []float64) []Statement {
	out := slices.Concat([]Statement{p.Score(coefficients)}, p.Margins())
	if s, ok := p.Patterns(); ok {
		out = append(out, s)
	}
	return out
}
