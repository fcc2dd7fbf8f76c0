package suppression

// Dimension is one way in which a table is split: Size codes, and which of them are
// the total of others. A hierarchy is several totals.
type Dimension struct {
	Size   int
	Totals []Total
}

// Total says that a code is the sum of others.
type Total struct {
	Code  int
	Parts []int
}

// Cross gives the equations of a table over all combinations of its dimensions'
// codes. Cells are numbered as they lie in memory: the last dimension runs fastest.
func Cross(dims ...Dimension) []Equation {
	cells := 1
	for _, d := range dims {
		cells *= d.Size
	}
	var out []Equation
	stride := cells
	for _, d := range dims {
		if d.Size == 0 {
			return nil
		}
		block := stride
		stride /= d.Size
		for _, t := range d.Totals {
			for start := 0; start < cells; start += block {
				for at := start; at < start+stride; at++ {
					e := make(Equation, 0, len(t.Parts)+1)
					for _, p := range t.Parts {
						e = append(e, Term{at + p*stride, 1})
					}
					out = append(out, append(e, Term{at + t.Code*stride, -1}))
				}
			}
		}
	}
	return out
}
