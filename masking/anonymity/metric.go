package anonymity

import "math"

// Metric measures what a generalisation loses. docs/ANONYMITY.md has the formulas.
type Metric uint8

// The metrics, and their names in a specification. The zero Metric is Loss.
const (
	Loss                   Metric = iota // loss
	Discernibility                       // dm
	MonotoneDiscernibility               // dm_mono
	AverageClassSize                     // aecs
	Entropy                              // entropy_precomp_nonmono_0.1
	MonotoneEntropy                      // entropy_precomp_mono_0.1
)

// state is a node of the lattice with its classes judged.
type state struct {
	levels     []int
	classes    *classes
	broken     []bool // per class: suppressed
	suppressed int64  // rows
	kept       int64  // classes
}

// ahead bounds from below the metric of the node and of all above it in the lattice,
// whatever is suppressed, by its levels alone.
func (p *problem) ahead(m Metric, levels []int) float64 {
	switch m {
	case Loss:
		return p.loss(levels, func(i int) int64 { return 0 }, exactly)
	case Entropy, MonotoneEntropy:
		sum := 0.0
		for i, l := range levels {
			sum += p.quasi[i].lost[l]
		}
		return sum
	}
	return 0
}

// within is such a bound by the classes too.
func (p *problem) within(m Metric, c *classes) float64 {
	switch m {
	case Discernibility, MonotoneDiscernibility: // a suppressed row costs as much as the largest class could
		return c.squares()
	case AverageClassSize: // what is suppressed makes one class of at least one
		return float64(p.rows) / float64(c.len())
	}
	return 0
}

func (c *classes) squares() float64 {
	sum := int64(0)
	for _, n := range c.counts {
		sum += n * n
	}
	return float64(sum)
}

// measure is the metric of a node.
func (p *problem) measure(m Metric, s *state) float64 {
	switch m {
	case Loss:
		return p.loss(s.levels, func(i int) int64 { return p.gone(s, i) }, exactly)
	case Entropy:
		sum := p.ahead(m, s.levels)
		for i := range s.levels {
			sum += p.goneEntropy(s, i)
		}
		return sum
	case MonotoneEntropy:
		return p.ahead(m, s.levels)
	case MonotoneDiscernibility:
		return s.classes.squares()
	case Discernibility:
		sum := s.suppressed * p.rows
		for class, n := range s.classes.counts {
			if !s.broken[class] {
				sum += n * n
			}
		}
		return float64(sum)
	}
	classes := s.kept
	if s.suppressed > 0 {
		classes++
	}
	return float64(p.rows) / float64(classes)
}

// stated is the metric as ARX states it: under Loss with ten decimals per attribute.
// Searching goes by what is exact, so that rounding neither makes nor breaks a tie.
func (p *problem) stated(m Metric, s *state) float64 {
	if m != Loss {
		return p.measure(m, s)
	}
	return p.loss(s.levels, func(i int) int64 { return p.gone(s, i) }, func(x float64) float64 { return math.Round(x*1e10) / 1e10 })
}

func exactly(x float64) float64 { return x }

// loss is the mean over the attributes of (Σ leaves ÷ size ÷ rows − 1/size) ÷ (1 − 1/size),
// where more is what suppression adds to Σ leaves.
func (p *problem) loss(levels []int, more func(i int) int64, round func(float64) float64) float64 {
	sum := 0.0
	for i, l := range levels {
		if a := &p.quasi[i]; a.size > 1 {
			sum += round(float64(a.shares[l]+more(i)-p.rows) / (float64(p.rows) * float64(a.size-1)))
		}
	}
	return sum / float64(len(levels))
}

// gone is what suppression adds to an attribute's leaves: all, instead of those under
// the value.
func (p *problem) gone(s *state, i int) int64 {
	if s.suppressed == 0 {
		return 0
	}
	a, f, sum := &p.quasi[i], p.layout.fields[i], s.suppressed*p.quasi[i].size
	leaves := a.leaves[s.levels[i]]
	for class, broken := range s.broken {
		if broken {
			sum -= s.classes.counts[class] * leaves[s.classes.code(f, class)]
		}
	}
	return sum
}

// goneEntropy is that of an attribute's generalised values among the suppressed rows,
// in bits.
func (p *problem) goneEntropy(s *state, i int) float64 {
	if s.suppressed == 0 {
		return 0
	}
	rows := make([]int64, len(p.quasi[i].leaves[s.levels[i]]))
	for class, broken := range s.broken {
		if broken {
			rows[s.classes.code(p.layout.fields[i], class)] += s.classes.counts[class]
		}
	}
	sum := 0.0
	for _, n := range rows {
		if n > 0 {
			sum -= float64(n) * math.Log2(float64(n)/float64(s.suppressed))
		}
	}
	return sum
}
