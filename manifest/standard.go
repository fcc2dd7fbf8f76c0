package manifest

import (
	"slices"
	"strings"

	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
)

// reference is a table of public numbers: a weight for each label. It stands in the
// manifest, so that the reviewer reads it and the manifest's digest covers it.
type reference struct {
	name    string
	at      fault.Place
	labels  []string
	weights []string // positive decimal numbers
}

const (
	maxReferences = 8
	maxStrata     = 24
	maxColumnsOut = 64 // measures of a table, strata included
)

func (r *reader) references(top *yamldoc.Map) error {
	return each(top.Get("references"), maxReferences, func(name string, v *yamldoc.Node) error {
		m, err := v.Map()
		if err != nil {
			return err
		}
		out := reference{name: name, at: v.Place, labels: m.Keys()}
		if len(out.labels) < 2 || len(out.labels) > maxStrata {
			return v.Errorf("has %d labels; want 2 to %d", len(out.labels), maxStrata)
		}
		for _, label := range out.labels {
			n := m.Get(label)
			if n == nil {
				return v.Errorf("%q has no weight", label)
			}
			if err := checkText(n, label, 128, false); err != nil {
				return err
			}
			weight, err := readWeight(n)
			if err != nil {
				return err
			}
			out.weights = append(out.weights, weight)
		}
		r.m.refs = append(r.m.refs, out)
		return m.Done()
	})
}

func readWeight(n *yamldoc.Node) (string, error) {
	s, err := n.Text()
	if err != nil {
		return "", err
	}
	tokens, problem := lex(s)
	if problem != nil || len(tokens) != 2 || tokens[0].kind != tokenNumber || strings.Trim(tokens[0].text, "0.") == "" {
		return "", n.Errorf("want a number above 0, such as 1250 or 0.045, found %q", s)
	}
	return tokens[0].text, nil
}

func (r reference) canonical(d *object) {
	for i, label := range r.labels {
		d.text(label, r.weights[i])
	}
}

// strata adds what a standardised rate or a survival is made of, as hidden shares: of
// each stratum, or of those who are at risk in each interval. They are measures like any
// other, so that every rule holds for each of them: with a weight that is large enough
// the rate is one of them, and a survival divided by the one before it is.
func (q *query) strata(f measure, i int, out *PlanTable) error {
	var err error
	switch f.kind {
	case Standardised:
		err = q.weighted(f, i, out)
	case Survival:
		err = q.intervals(f, i, out)
	}
	if err == nil && len(out.Measures) > maxColumnsOut {
		err = fault.At(f.at, "the table has more than %d measures and strata; use fewer bands, or make two tables", maxColumnsOut)
	}
	return err
}

// stratum adds one hidden share.
func (q *query) stratum(out *PlanTable, i int, label, weight string, t term) {
	m := &out.Measures[i]
	m.Strata = append(m.Strata, Stratum{len(out.Measures), weight})
	out.Measures = append(out.Measures, Measure{Name: m.Name + " " + label, Kind: Share, Hidden: true})
	q.addValue(t)
	q.pers = append(q.pers, term{})
}

// weighted adds, for each label of a reference table, the rows of that stratum.
func (q *query) weighted(f measure, i int, out *PlanTable) error {
	s := q.scope
	at := slices.IndexFunc(s.c.m.refs, func(r reference) bool { return r.name == f.ref })
	if at < 0 {
		return fault.At(f.at, "%q is no table of references", f.ref)
	}
	ref := s.c.m.refs[at]
	s.c.refs[ref.name] = true
	holds, err := s.boolean(f.arg, mode{use: UseFilter})
	if err != nil {
		return err
	}
	stratum, err := s.term(f.per, mode{}.condition())
	if err != nil {
		return err
	}
	if stratum.typ != typeText {
		return fault.At(f.per.at, "want a text that %s has weights for, such as a band, found %s, which is %s", f.ref, f.per, stratum.typ)
	}
	for j, label := range ref.labels {
		if stratum.domain != nil && !slices.Contains(stratum.domain, label) {
			return fault.At(ref.at, "%s is never %q; it is one of %s", f.per, label, strings.Join(stratum.domain, ", "))
		}
		q.stratum(out, i, label, ref.weights[j], glue(typeBoolean, "CASE WHEN ", stratum, " = ", plainText(label), " THEN ", holds, " END"))
	}
	return nil
}

// intervals adds, for each bound, the rows at risk: whose time is known and after the
// bound before it. It happened to those whose time is not after this bound; who was
// last seen in an interval without it is at risk in all of it.
func (q *query) intervals(f measure, i int, out *PlanTable) error {
	s := q.scope
	time, err := s.number(f.arg, mode{}.condition())
	if err != nil {
		return err
	}
	happened, err := s.boolean(f.per, mode{use: UseFilter})
	if err != nil {
		return err
	}
	for j, b := range f.bounds.args {
		known := glue(typeBoolean, "CASE WHEN ", time, " IS NOT NULL")
		if j > 0 {
			known = glue(typeBoolean, "CASE WHEN ", time, " > ", numberTerm(f.bounds.args[j-1].text))
		}
		q.stratum(out, i, b.text, "", glue(typeBoolean, known, " AND ", happened, " IS NOT NULL THEN ", happened, " AND ", time, " <= ", numberTerm(b.text), " END"))
	}
	return nil
}
