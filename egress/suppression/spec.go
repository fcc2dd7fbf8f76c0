package suppression

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"regexp"
	"strings"

	"yingbi/internal/fault"
)

// MaxSpec bounds a specification, in bytes.
const MaxSpec = 16 << 20

// Spec is a problem whose cells have names. docs/SUPPRESSION.md describes the file.
type Spec struct {
	Names   []string // of each cell, in the order of the file
	Problem Problem
	index   map[string]int
	parts   map[string]json.RawMessage
	phrases []*regexp.Regexp
}

// ParseSpec reads a specification. Keys that it does not know are ignored.
func ParseSpec(b []byte) (*Spec, error) {
	if len(b) > MaxSpec {
		return nil, fault.Errorf(fault.Limit, "the specification is larger than %d MiB", MaxSpec>>20)
	}
	s := &Spec{index: map[string]int{}, parts: map[string]json.RawMessage{}, phrases: phrases()}
	fields, err := object("", b)
	if err != nil {
		return nil, err
	}
	for _, f := range fields {
		s.parts[f.name] = f.value
	}
	for _, read := range []func() error{s.readCells, s.readEquations, s.readBounds, s.readPrimary, s.readProtection, s.readCosts, s.readWhole} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	if err := s.named(s.Problem.validate()); err != nil {
		return nil, err
	}
	return s, nil
}

// named turns indices of an error into names.
func (s *Spec) named(err error) error {
	var e *falseEquation
	if errors.As(err, &e) {
		var names []string
		for _, t := range s.Problem.Equations[e.index] {
			names = append(names, s.Names[t.Cell])
		}
		return at("equations", "the values do not satisfy the equation between %s; is a total wrong, or a part missing?", shortened(strings.Join(names, ", ")))
	}
	return err
}

func (s *Spec) readCells() error {
	fields, err := object("cells", s.parts["cells"])
	if err != nil {
		return err
	}
	for _, f := range fields {
		v, err := rational("cells."+f.name, f.value)
		if err != nil {
			return err
		}
		s.add(f.name, v)
	}
	if len(s.Names) == 0 {
		return at("cells", "is missing or empty: give each cell's name and value")
	}
	return nil
}

func (s *Spec) add(name string, v *big.Rat) {
	s.index[name] = len(s.Names)
	s.Names = append(s.Names, name)
	s.Problem.Values = append(s.Problem.Values, v)
}

func (s *Spec) cell(key, name string) (int, error) {
	i, ok := s.index[name]
	if !ok {
		return 0, at(key, "%q is no cell of cells", shortened(name))
	}
	return i, nil
}

// readEquations takes the equations, and those of every table, or derives them from
// the cells' names.
func (s *Spec) readEquations() error {
	lists := []field{{"equations", s.parts["equations"]}}
	if raw := s.parts["tables"]; present(raw) {
		tables, err := object("tables", raw)
		if err != nil {
			return err
		}
		for _, t := range tables {
			lists = append(lists, field{"tables." + t.name, t.value})
		}
	}
	for _, l := range lists {
		if !present(l.value) {
			continue
		}
		equations, err := list(l.name, l.value)
		if err != nil {
			return err
		}
		for _, raw := range equations {
			e, err := s.equation(l.name, raw)
			if err != nil {
				return err
			}
			s.Problem.Equations = append(s.Problem.Equations, e)
		}
	}
	if s.Problem.Equations == nil {
		return s.deriveEquations()
	}
	return nil
}

// equation reads {cell: coefficient}; coefficients become whole.
func (s *Spec) equation(key string, raw json.RawMessage) (Equation, error) {
	fields, err := object(key, raw)
	if err != nil {
		return nil, err
	}
	factors, unit := make([]*big.Rat, len(fields)), big.NewInt(1)
	for i, f := range fields {
		if factors[i], err = rational(key+"."+f.name, f.value); err != nil {
			return nil, err
		}
		unit = common(unit, factors[i])
	}
	var e Equation
	for i, f := range fields {
		c, err := s.cell(key, f.name)
		if err != nil {
			return nil, err
		}
		v := new(big.Rat).Mul(factors[i], new(big.Rat).SetInt(unit))
		if v.Num().BitLen() > 31 {
			return nil, at(key+"."+f.name, "the coefficients are too large, or differ by too much")
		}
		if v.Sign() != 0 {
			e = append(e, Term{c, v.Num().Int64()})
		}
	}
	return e, nil
}

// readBounds takes [lower, upper] for all cells, and {cell: [lower, upper]} for some.
func (s *Spec) readBounds() error {
	for _, key := range []string{"cell_bounds", "bounds"} {
		raw := s.parts[key]
		if !present(raw) {
			continue
		}
		if s.Problem.Bounds == nil {
			s.Problem.Bounds = s.Problem.bounds()
		}
		if raw[0] == '[' {
			known, err := interval(key, raw)
			if err != nil {
				return err
			}
			for i := range s.Names {
				s.Problem.Bounds[i] = known
			}
			continue
		}
		fields, err := object(key, raw)
		if err != nil {
			return err
		}
		for _, f := range fields {
			i, err := s.cell(key, f.name)
			if err != nil {
				return err
			}
			if s.Problem.Bounds[i], err = interval(key+"."+f.name, f.value); err != nil {
				return err
			}
		}
	}
	for i, b := range s.Problem.Bounds {
		if x := s.Problem.Values[i]; b.Lower != nil && x.Cmp(b.Lower) < 0 || b.Upper != nil && x.Cmp(b.Upper) > 0 {
			return at("cell_bounds", "the value of %s is outside its bounds", shortened(s.Names[i]))
		}
	}
	return nil
}

// readCosts takes what must stay published, and what it costs to withhold the rest:
// "cells" (as few as possible), "value" (the least sum), or {cell: cost}.
func (s *Spec) readCosts() error {
	p := &s.Problem
	if raw := s.parts["cost"]; present(raw) && string(raw) != `"cells"` {
		p.Costs = make([]float64, len(s.Names))
		for i, v := range p.Values {
			f, _ := v.Float64()
			p.Costs[i] = math.Abs(f) + 1/float64(len(s.Names)) // what is zero costs something, too
		}
		if string(raw) != `"value"` {
			if err := s.readCostOfCells(raw); err != nil {
				return err
			}
		}
	}
	if raw := s.parts["published"]; present(raw) {
		names, err := texts("published", raw)
		if err != nil {
			return err
		}
		if p.Costs == nil {
			p.Costs = p.costs(p.levels())
		}
		for _, name := range names {
			i, err := s.cell("published", name)
			if err != nil {
				return err
			}
			p.Costs[i] = math.Inf(1)
		}
	}
	return nil
}

func (s *Spec) readCostOfCells(raw json.RawMessage) error {
	if raw[0] != '{' {
		return at("cost", `use "cells", "value", or an object with the cost of each cell`)
	}
	fields, err := object("cost", raw)
	if err != nil {
		return err
	}
	for _, f := range fields {
		i, err := s.cell("cost", f.name)
		if err != nil {
			return err
		}
		v, err := rational("cost."+f.name, f.value)
		if err != nil {
			return err
		}
		if v.Sign() < 0 {
			return at("cost."+f.name, "a cost is not negative")
		}
		s.Problem.Costs[i], _ = v.Float64()
	}
	return nil
}

// readWhole asks whether the attacker knows that cells are whole numbers: as the
// file says, or if they all are.
func (s *Spec) readWhole() error {
	if raw := s.parts["whole"]; present(raw) {
		if err := json.Unmarshal(raw, &s.Problem.Whole); err != nil {
			return at("whole", "use true or false")
		}
		return nil
	}
	s.Problem.Whole = true
	for _, v := range s.Problem.Values {
		s.Problem.Whole = s.Problem.Whole && v.IsInt()
	}
	return nil
}
