package suppression

import (
	"context"
	"errors"
	"math/big"
)

// Answer is a pattern by names. An end of an interval that is infinite is null.
type Answer struct {
	Suppressed []string               `json:"suppressed"` // in the order of the specification
	Secondary  []string               `json:"secondary"`
	Intervals  map[string][2]*float64 `json:"intervals"`
	// Exposed are the primary cells that would be exposed without the secondary ones.
	Exposed []string `json:"exposed"`
	// Unprotected are the primary cells that stay exposed even now, where everything
	// is withheld that may be.
	Unprotected []string `json:"unprotected,omitempty"`
	Least       bool     `json:"least"` // no safe pattern costs less
}

// Protect solves the problem of the specification.
func (s *Spec) Protect(ctx context.Context) (*Answer, error) {
	p := s.Problem
	before, err := Intervals(ctx, p, p.Primary)
	if err != nil {
		return nil, err
	}
	out := &Answer{Exposed: s.names(p.Exposed(p.Primary, before)), Intervals: map[string][2]*float64{}}
	got, err := Protect(ctx, p)
	var impossible *UnprotectableError
	if errors.As(err, &impossible) {
		out.Unprotected = s.names(impossible.Cells)
		got, err = impossible.Pattern, nil
	}
	if err != nil {
		return nil, err
	}
	out.Suppressed, out.Secondary, out.Least = s.names(got.Suppressed), s.names(got.Secondary), got.Least
	for i, c := range got.Suppressed {
		out.Intervals[s.Names[c]] = [2]*float64{plain(got.Intervals[i].Lower), plain(got.Intervals[i].Upper)}
	}
	return out, nil
}

func (s *Spec) names(cells []int) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = s.Names[c]
	}
	return out
}

func plain(r *big.Rat) *float64 {
	if r == nil {
		return nil
	}
	f, _ := r.Float64()
	return &f
}
