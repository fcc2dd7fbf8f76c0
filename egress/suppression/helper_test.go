package suppression

import (
	"math/big"
	"math/rand/v2"
)

// flat is a dimension of n codes with their total as the last one.
func flat(n int) Dimension {
	d := Dimension{Size: n + 1, Totals: []Total{{Code: n}}}
	for i := range n {
		d.Totals[0].Parts = append(d.Totals[0].Parts, i)
	}
	return d
}

// tree is a dimension of four codes in two pairs, with two subtotals and a total.
func tree() Dimension {
	return Dimension{Size: 7, Totals: []Total{{4, []int{0, 1}}, {5, []int{2, 3}}, {6, []int{4, 5}}}}
}

// filled makes a table of small random counts with its totals. Inner cells are those
// that are nobody's total; counts from 1 to small are primary.
func filled(r *rand.Rand, most, small int64, dims ...Dimension) Problem {
	p := Problem{Equations: Cross(dims...), Whole: true}
	cells := 1
	for _, d := range dims {
		cells *= d.Size
	}
	value := make([]int64, cells)
	total := make([]bool, cells)
	for _, e := range p.Equations {
		total[e[len(e)-1].Cell] = true
	}
	for i := range value {
		if !total[i] {
			value[i] = r.Int64N(most + 1)
		}
	}
	for range dims { // totals of totals are known after the totals
		for range len(dims) + 1 {
			for _, e := range p.Equations {
				sum := int64(0)
				for _, t := range e[:len(e)-1] {
					sum += value[t.Cell]
				}
				value[e[len(e)-1].Cell] = sum
			}
		}
	}
	for i, v := range value {
		p.Values = append(p.Values, big.NewRat(v, 1))
		if !total[i] && v > 0 && v <= small {
			p.Primary = append(p.Primary, i)
		}
	}
	return p
}

// shape is a table small enough to try everything.
type shape struct {
	name string
	dims []Dimension
}

func shapes() []shape {
	return []shape{
		{"a row", []Dimension{flat(4)}},
		{"two ways", []Dimension{flat(2), flat(3)}},
		{"a hierarchy", []Dimension{tree()}},
		{"square", []Dimension{flat(3), flat(3)}},
		{"three ways", []Dimension{flat(2), flat(2), flat(2)}},
		{"hierarchical", []Dimension{tree(), flat(2)}},
	}
}

// linked adds an equation to a row: some of its cells have a total of their own, too.
func linked(p Problem, parts ...int) Problem {
	sum, e := new(big.Rat), Equation{}
	for _, c := range parts {
		sum.Add(sum, p.Values[c])
		e = append(e, Term{c, 1})
	}
	p.Equations = append(p.Equations, append(e, Term{len(p.Values), -1}))
	p.Values = append(p.Values, sum)
	return p
}
