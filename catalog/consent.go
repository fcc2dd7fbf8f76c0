package catalog

import "slices"

// Statement is why the provider departs from what is usual: public text, by the real
// name of who answers for it.
type Statement struct {
	Reason string `json:"reason"`
	By     string `json:"by"`
	Date   string `json:"date"` // 2006-01-02
}

// RawUse is the provider's consent that one scenario has columns unmasked (GZ 15:
// one scenario, one approval). No module then sees rows of them.
type RawUse struct {
	Scenario string   `json:"scenario"`
	Columns  []string `json:"columns"`
	Statement
}

// Consents reports whether the provider lets the scenario, or any where scenario is
// "", have the column unmasked.
func (d *Dataset) Consents(scenario, column string) bool {
	return slices.ContainsFunc(d.RawUse, func(u RawUse) bool {
		return (scenario == "" || u.Scenario == scenario) && slices.Contains(u.Columns, column)
	})
}

// NewConsents gives those that the description in force, old, does not have; old may
// be nil.
func (d *Dataset) NewConsents(old *Dataset) []RawUse {
	var out []RawUse
	for _, u := range d.RawUse {
		u.Columns = slices.DeleteFunc(slices.Clone(u.Columns), func(c string) bool { return old != nil && old.Consents(u.Scenario, c) })
		if len(u.Columns) > 0 {
			out = append(out, u)
		}
	}
	return out
}

func (r *reader) statement() (s Statement) {
	s.Reason, s.By, s.Date = r.line("reason"), r.line("by"), r.day("date")
	return s
}

// rawUse reads the consents. Who a row is about is never shown, so that nobody can
// consent to it.
func (r *reader) rawUse(key string, d *Dataset) (out []RawUse) {
	if r.err != nil || r.m.Get(key) == nil {
		return nil
	}
	for _, item := range r.list(key, maxConsents) {
		r.sub(item, func(r *reader) {
			u := RawUse{Scenario: r.slug("scenario"), Columns: r.texts("columns", MaxColumns, checkColumnName), Statement: r.statement()}
			if r.err == nil && len(u.Columns) == 0 {
				r.fail(r.m.Get("columns"), "name at least one column")
			}
			for _, name := range u.Columns {
				if _, ok := d.Column(name); !ok {
					r.fail(r.m.Get("columns"), "%q is not a column of this data set", name)
				} else if slices.ContainsFunc(d.Subjects, func(s Subject) bool { return s.Column == name }) {
					r.fail(r.m.Get("columns"), "%q says who a row is about, and is never left unmasked", name)
				}
			}
			if slices.ContainsFunc(out, func(other RawUse) bool { return other.Scenario == u.Scenario }) {
				r.fail(item, "scenario %q is given twice; join the two", u.Scenario)
			}
			out = append(out, u)
		})
	}
	return out
}
