package anonymity

import (
	"cmp"
	"slices"
)

// judge says which classes of a node break the models.
type judge struct {
	p      *problem
	models Models
	byLoss bool    // of equally small classes the one that loses less goes first
	broken []bool  // of the last node
	sizes  []int64 // of cut
}

// look judges the classes of a node, and gives up once it suppresses more than limit
// rows.
func (j *judge) look(c *classes, levels []int, limit int64) (state, bool) {
	j.broken = resize(j.broken, c.len())
	s := state{levels: levels, classes: c, broken: j.broken}
	smallest := j.models.smallest()
	for class, n := range c.counts {
		bad := n < smallest
		if s.broken[class] = bad; bad {
			s.suppressed += n
		}
	}
	for i := 0; i < len(c.inside) && s.suppressed <= limit; i++ {
		h := &c.inside[i]
		for class, n := range c.counts {
			from, to := h.start[class], h.start[class+1]
			if !s.broken[class] && !j.models.met(&j.p.sensitive[i], h.values[from:to], h.counts[from:to], n) {
				s.broken[class] = true
				s.suppressed += n
			}
		}
	}
	if s.suppressed <= limit {
		j.lower(&s, limit)
	}
	for _, bad := range s.broken {
		if !bad {
			s.kept++
		}
	}
	return s, s.suppressed <= limit
}

// least counts the rows that sizes alone suppress, or some number above limit. No node
// below in the lattice suppresses fewer: its classes are parts of these.
func (j *judge) least(c *classes, limit int64) int64 {
	sum, smallest := int64(0), j.models.smallest()
	for _, n := range c.counts {
		if n < smallest {
			sum += n
		}
	}
	if sum > limit {
		return sum
	}
	_, _, more := j.cut(c.counts, func(class int) bool { return c.counts[class] >= smallest }, limit-sum)
	return sum + more
}

// cut finds how the smallest classes have to go until the average risk of the others is
// low enough: all below a size and so many of that size. rows may be any number above
// limit where it takes more.
func (j *judge) cut(counts []int64, kept func(class int) bool, limit int64) (size int64, many int, rows int64) {
	if j.models.AverageRisk == 0 {
		return 0, 0, 0
	}
	j.sizes = j.sizes[:0]
	left := int64(0)
	for class, n := range counts {
		if kept(class) {
			j.sizes = append(j.sizes, n)
			left += n
		}
	}
	if float64(int64(len(j.sizes))-limit) > j.models.AverageRisk*float64(left) {
		return 0, 0, limit + 1 // each class that goes takes a row with it
	}
	slices.Sort(j.sizes)
	for i, n := range j.sizes {
		if rows > limit || 1/(float64(left)/float64(len(j.sizes)-i)) <= j.models.AverageRisk {
			break
		}
		if n != size {
			size, many = n, 0
		}
		many++
		rows += n
		left -= n
	}
	return size, many, rows
}

// lower suppresses what cut finds. As in ARX, of equally small classes the first go, or
// under the metric Loss those that lose least.
func (j *judge) lower(s *state, limit int64) {
	counts := s.classes.counts
	size, many, rows := j.cut(counts, func(class int) bool { return !s.broken[class] }, limit-s.suppressed)
	if s.suppressed += rows; rows == 0 {
		return
	}
	var equal []int
	for class, n := range counts {
		if s.broken[class] || n > size {
			continue
		}
		if n < size {
			s.broken[class] = true
		} else {
			equal = append(equal, class)
		}
	}
	if j.byLoss {
		slices.SortStableFunc(equal, func(a, b int) int { return cmp.Compare(j.loss(s, a), j.loss(s, b)) })
	}
	for _, class := range equal[:min(many, len(equal))] {
		s.broken[class] = true
	}
}

// loss is what keeping a row of a class loses, up to a factor.
func (j *judge) loss(s *state, class int) float64 {
	sum := 0.0
	for i, l := range s.levels {
		a := &j.p.quasi[i]
		sum += float64(a.leaves[l][s.classes.code(j.p.layout.fields[i], class)]) / float64(a.size)
	}
	return sum
}
