package suppression

import "math"

// maxLevel bounds how many totals may stand above each other.
const maxLevel = 8

// dearer is how much dearer a total is than its parts.
const dearer = 1000

// levels gives the height of each cell: 0 for a part of which nothing is a part, and
// for a total one more than its highest part. The total of an equation is the term
// with a sign of its own; of two terms, the negative one.
func (p *Problem) levels() []int {
	level := make([]int, len(p.Values))
	for changed, round := true, 0; changed && round <= maxLevel; round++ {
		changed = false
		for _, e := range p.Equations {
			total := e.total()
			if total < 0 {
				continue
			}
			for i, t := range e {
				if above := min(level[t.Cell]+1, maxLevel); i != total && level[e[total].Cell] < above {
					level[e[total].Cell], changed = above, true
				}
			}
		}
	}
	return level
}

// total is the place of the total among the terms, or -1.
func (e Equation) total() int {
	last := [2]int{-1, -1} // place of the last term of each sign
	count := [2]int{}
	for i, t := range e {
		sign := 0
		if t.Factor < 0 {
			sign = 1
		}
		last[sign] = i
		count[sign]++
	}
	switch {
	case count[1] == 1 && count[0] > 0:
		return last[1]
	case count[0] == 1 && count[1] > 0:
		return last[0]
	}
	return -1
}

// costs gives what it costs to withhold each cell: what the problem says, or 1 and
// the cell's part of the sum of all values, which keeps a sum of costs below the next
// number of cells; totals are dearer by their level.
func (p *Problem) costs(level []int) []float64 {
	if p.Costs != nil {
		return p.Costs
	}
	out, sum := make([]float64, len(p.Values)), 1.0
	for i, v := range p.Values {
		f, _ := v.Float64()
		out[i] = math.Abs(f)
		sum += out[i]
	}
	for i := range out {
		out[i] = (1 + out[i]/sum) * math.Pow(dearer, float64(min(level[i], 3)))
	}
	return out
}
