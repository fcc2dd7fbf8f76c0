package masking

import (
	"slices"

	"yingbi/internal/fault"
)

// opener gives the value behind what a rule made of it.
type opener func(masked string) (string, error)

// Opens reports whether [Policy.Detokenise] can give the values of a column back.
func (p *Policy) Opens(column string) bool {
	return slices.ContainsFunc(p.rules, func(r rule) bool {
		def, _, _ := define(r.name)
		return r.column == column && def.open != nil
	})
}

// Detokenise gives the value behind a token of the column, or behind an enciphered
// number of the rule fpe, under the scenario's secret. It is for a domain's own people
// and never for a job. A token that is altered, of another column or of another
// scenario is [crypto.ErrIntegrity]. An enciphered number carries no proof: any of the
// right form opens, to somebody's number.
func (p *Policy) Detokenise(columns []Column, name string, secret []byte, masked string) (string, error) {
	for _, c := range columns {
		for _, r := range p.rules {
			def, _, _ := define(r.name)
			if c.Name != name || r.column != name || def.open == nil {
				continue
			}
			open, err := def.open(&r, c, scope{dataset: p.Dataset, columns: columns, secret: secret})
			if err != nil {
				return "", err
			}
			return open(masked)
		}
	}
	return "", fault.Errorf(fault.Invalid, "policy %s makes nothing of column %q that can be opened; the rules token and fpe do", p.ID, name)
}
