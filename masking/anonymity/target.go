package anonymity

// target is a sensitive attribute over the whole table.
type target struct {
	levels  []level
	counts  []int64 // rows of each value
	rows    int64
	extra   []int64 // of distance
	scratch []int64
}

func newTarget(h *Hierarchy, all *histograms) target {
	t := target{levels: h.levels, counts: make([]int64, len(h.levels[0].names))}
	for i, v := range all.values {
		t.counts[v] += all.counts[i]
		t.rows += all.counts[i]
	}
	return t
}

// distance is the earth mover's from a class to the whole table (Li et al. 2007, §4).
func (t *target) distance(d Distance, values []uint32, counts []int64, rows int64) float64 {
	scale := float64(t.rows) * float64(rows)
	if d == EqualDistance {
		sum := t.rows * rows // over values that the class lacks, and the others below
		for i, v := range values {
			here := t.counts[v] * rows
			sum += max(here-counts[i]*t.rows, counts[i]*t.rows-here) - here
		}
		return float64(sum) / 2 / scale
	}
	extra := resize(t.extra, len(t.counts))
	for v, n := range t.counts {
		extra[v] = n * rows
	}
	for i, v := range values {
		extra[v] -= counts[i] * t.rows
	}
	t.extra = extra
	return t.moved(extra) / scale
}

// moved carries what is too much and too little up the hierarchy: under each value,
// the lesser of both is moved at the cost of its level.
func (t *target) moved(extra []int64) float64 {
	cost, height := 0.0, float64(len(t.levels)-1)
	for l := range t.levels[1:] {
		more, less := make([]int64, len(t.levels[l+1].names)), make([]int64, len(t.levels[l+1].names))
		for code, x := range extra {
			parent := t.levels[l].up[code]
			more[parent] += max(x, 0)
			less[parent] += max(-x, 0)
		}
		for parent := range more {
			cost += float64(l+1) / height * float64(min(more[parent], less[parent]))
			more[parent] -= less[parent]
		}
		extra = more
	}
	return cost
}
