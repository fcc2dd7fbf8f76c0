package suppression

import (
	"math/big"
	"slices"
	"strings"
)

// separator stands between the codes in the name of a cell.
const separator = "|"

// isTotal reports whether a code names the total of a dimension.
func isTotal(code string) bool {
	return slices.Contains([]string{"tot", "total", "all", "sum", "合计", "总计"}, strings.ToLower(code))
}

// axis is one dimension of a table that is derived from names.
type axis struct {
	codes []string
	place map[string]int
}

func (a *axis) add(code string) int {
	i, ok := a.place[code]
	if !ok {
		i = len(a.codes)
		a.place[code], a.codes = i, append(a.codes, code)
	}
	return i
}

// deriveEquations reads the cells' names as codes, such as "w|a", and derives the
// totals: what the key hierarchy says, {total: [part, …]}, and a code such as tot for
// the rest. Where there is no total at all, those of every dimension are added and
// count as published.
func (s *Spec) deriveEquations() error {
	parts, err := s.hierarchy()
	if err != nil {
		return err
	}
	axes, dims, err := s.dimensions(parts)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(dims, func(d Dimension) bool { return len(d.Totals) > 0 }) {
		s.addTotals(len(axes))
		if axes, dims, err = s.dimensions(parts); err != nil {
			return err
		}
	}
	cells := 1
	for _, d := range dims {
		if cells *= d.Size; cells > MaxCells {
			return at("cells", "the names make more than %d combinations; is the order of their codes always the same?", MaxCells)
		}
	}
	return s.take(axes, dims)
}

func (s *Spec) hierarchy() (map[string][]string, error) {
	out := map[string][]string{}
	raw := s.parts["hierarchy"]
	if !present(raw) {
		return out, nil
	}
	fields, err := object("hierarchy", raw)
	if err != nil {
		return nil, err
	}
	for _, f := range fields {
		if out[f.name], err = texts("hierarchy."+f.name, f.value); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// dimensions splits the names, and finds the totals of each part.
func (s *Spec) dimensions(parts map[string][]string) (out []*axis, dims []Dimension, err error) {
	for i, name := range s.Names {
		codes := strings.Split(name, separator)
		for len(out) < len(codes) && i == 0 {
			out = append(out, &axis{place: map[string]int{}})
		}
		if len(codes) != len(out) {
			return nil, nil, at("cells", "%q has another number of codes than %q; give equations, or name cells such as row|column", shortened(name), shortened(s.Names[0]))
		}
		for d, code := range codes {
			out[d].add(code)
		}
	}
	for _, a := range out {
		dims = append(dims, a.dimension(parts))
	}
	return out, dims, nil
}

// dimension finds the totals of an axis.
func (a *axis) dimension(parts map[string][]string) Dimension {
	d := Dimension{Size: len(a.codes)}
	part := make([]bool, len(a.codes))
	for i, code := range a.codes {
		var of []int
		for _, p := range parts[code] {
			if at, ok := a.place[p]; ok && at != i {
				of, part[at] = append(of, at), true
			}
		}
		if len(of) > 0 {
			d.Totals = append(d.Totals, Total{i, of})
		}
	}
	for i, code := range a.codes {
		if _, told := parts[code]; told || !isTotal(code) {
			continue
		}
		var of []int
		for j := range a.codes {
			if j != i && !part[j] {
				of = append(of, j)
			}
		}
		d.Totals = append(d.Totals, Total{i, of})
	}
	return d
}

// addTotals adds the sums over each of n dimensions in turn.
func (s *Spec) addTotals(n int) {
	for d := range n {
		for i, name := range slices.Clone(s.Names) {
			codes := strings.Split(name, separator)
			codes[d] = "tot"
			total := strings.Join(codes, separator)
			if _, ok := s.index[total]; !ok {
				s.add(total, new(big.Rat))
			}
			sum := s.Problem.Values[s.index[total]]
			sum.Add(sum, s.Problem.Values[i])
		}
	}
}

// take gives the equations of a table to the cells of these names.
func (s *Spec) take(axes []*axis, dims []Dimension) error {
	name := func(cell int) string {
		codes := make([]string, len(axes))
		for d := len(axes) - 1; d >= 0; d-- {
			codes[d] = axes[d].codes[cell%dims[d].Size]
			cell /= dims[d].Size
		}
		return strings.Join(codes, separator)
	}
	for _, e := range Cross(dims...) {
		for i, t := range e {
			cell, ok := s.index[name(t.Cell)]
			if !ok {
				return at("cells", "%q is missing, and totals need it; give it, or the equations", shortened(name(t.Cell)))
			}
			e[i].Cell = cell
		}
		s.Problem.Equations = append(s.Problem.Equations, e)
	}
	return nil
}
