package anonymity

import (
	"math"
	"slices"

	"yingbi/internal/fault"
)

// Models are what each class must meet. A zero field is not asked. Diversity and
// closeness hold for every sensitive attribute.
type Models struct {
	K           int      // rows of a class, at least
	AverageRisk float64  // classes ÷ rows, over what is kept, at most
	Distinct    int      // l: distinct sensitive values, at least
	Entropy     float64  // l: the entropy of the sensitive values is at least log l
	Recursive   int      // l of recursive (c,l)-diversity
	C           float64  // c of it
	Distance    Distance // of t-closeness; the zero Distance asks for none
	T           float64  // earth mover's distance to the whole table, at most
}

// Distance is that between two values of a sensitive attribute.
type Distance uint8

// EqualDistance is 1 between any two values, HierarchicalDistance the level at which
// they meet ÷ the levels of the hierarchy.
const (
	EqualDistance Distance = iota + 1
	HierarchicalDistance
)

// check refuses models that mean nothing for a table.
func (m Models) check(sensitive []Attribute) error {
	in := func(x, low, high float64) bool { return x >= low && x <= high }
	switch {
	case m.K < 0 || m.Distinct < 0 || m.Recursive < 0:
		return fault.New(fault.Invalid, "k and l are whole numbers from 1")
	case !in(m.AverageRisk, 0, 1):
		return fault.New(fault.Invalid, "an average risk is a share above 0 up to 1")
	case m.Entropy != 0 && !in(m.Entropy, 1, math.MaxInt32):
		return fault.New(fault.Invalid, "the l of entropy l-diversity is a number from 1")
	case m.Recursive > 0 != (m.C > 0) || !in(m.C, 0, math.MaxInt32):
		return fault.New(fault.Invalid, "recursive (c,l)-diversity needs both l and a c above 0")
	case m.Distance > HierarchicalDistance || !in(m.T, 0, 1) || m.Distance == 0 && m.T != 0:
		return fault.New(fault.Invalid, "t-closeness needs a distance, and a t from 0 to 1")
	case m.ofSensitive() && len(sensitive) == 0:
		return fault.New(fault.Invalid, "diversity and closeness need a sensitive attribute")
	}
	for _, a := range sensitive {
		if top := a.Hierarchy.levels[len(a.Hierarchy.levels)-1]; m.Distance == HierarchicalDistance && (len(a.Hierarchy.levels) < 2 || len(top.names) > 1) {
			return fault.Errorf(fault.Invalid, "a hierarchical distance needs a hierarchy of %q whose last level is one value", a.Name)
		}
	}
	return nil
}

// ofSensitive tells whether a model speaks of sensitive attributes.
func (m Models) ofSensitive() bool {
	return m.Distinct > 0 || m.Entropy > 0 || m.Recursive > 0 || m.Distance > 0
}

// smallest is the size below which no class meets the models: l values need l rows.
func (m Models) smallest() int64 {
	return int64(max(m.K, m.Distinct, int(m.Entropy), m.Recursive, 1))
}

// met tells whether a class, of at least smallest rows, meets those of a sensitive
// attribute.
func (m *Models) met(t *target, values []uint32, counts []int64, rows int64) bool {
	return len(values) >= max(m.Distinct, int(m.Entropy), m.Recursive) &&
		(m.Entropy == 0 || m.entropyMet(counts, rows)) &&
		(m.Recursive == 0 || m.recursiveMet(t, counts)) &&
		(m.Distance == 0 || t.distance(m.Distance, values, counts, rows) <= m.T)
}

// entropyMet compares n·H ≥ n·log l, where n·H = n·log n − Σ c·log c, in ARX's terms:
// l equally frequent values have exactly log l, and rounding decides alike.
func (m *Models) entropyMet(counts []int64, rows int64) bool {
	sum, most := 0.0, float64(rows)*(math.Log(float64(rows))-math.Log(m.Entropy))
	for _, c := range counts {
		sum += float64(c) * math.Log(float64(c))
	}
	return sum <= most
}

// recursiveMet is r₁ < c·(r_l + … + r_m) with the counts falling (Machanavajjhala et
// al. 2007, definition 4.3).
func (m *Models) recursiveMet(t *target, counts []int64) bool {
	sorted := append(t.scratch[:0], counts...)
	slices.Sort(sorted)
	tail := int64(0)
	for _, c := range sorted[:len(sorted)-m.Recursive+1] {
		tail += c
	}
	t.scratch = sorted
	return float64(sorted[len(sorted)-1]) < m.C*float64(tail)
}
