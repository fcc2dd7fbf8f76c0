package anonymity

import "math"

// Inside is what the classes that are kept have of the sensitive attributes, at the
// worst. It is measured where a model speaks of them.
type Inside struct {
	Distinct int     // values of a class, at least
	Entropy  float64 // e to the entropy of a class's values, at least
	Distance float64 // of a class to the whole table, at most; 0 where no closeness is asked
}

func (p *problem) inside(c *classes, broken []bool, d Distance) (out Inside) {
	for i := range c.inside {
		h := &c.inside[i]
		for class, n := range c.counts {
			if broken[class] {
				continue
			}
			from, to := h.start[class], h.start[class+1]
			if values := int(to - from); out.Distinct == 0 || values < out.Distinct {
				out.Distinct = values
			}
			if e := spread(h.counts[from:to], n); out.Entropy == 0 || e < out.Entropy {
				out.Entropy = e
			}
			if d > 0 {
				out.Distance = max(out.Distance, p.sensitive[i].distance(d, h.values[from:to], h.counts[from:to], n))
			}
		}
	}
	return out
}

// spread is e to the entropy: how many equally frequent values would have it.
func spread(counts []int64, rows int64) float64 {
	sum := 0.0
	for _, c := range counts {
		sum += float64(c) * math.Log(float64(c))
	}
	return float64(rows) / math.Exp(sum/float64(rows))
}
