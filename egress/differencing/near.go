package differencing

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// classes is in how many parts elements are divided for a first look.
const classes = 64

// Archive holds cells in a form in which near ones are found quickly.
type Archive struct {
	cells  []Cell
	order  []int32 // places in cells, by size
	sizes  []int   // in that order
	spread []*Spread
}

// NewArchive takes cells in.
func NewArchive(cells []Cell) *Archive {
	a := &Archive{cells: cells, order: make([]int32, len(cells)), sizes: make([]int, len(cells)), spread: make([]*Spread, len(cells))}
	size := make([]int, len(cells))
	for i, c := range cells {
		a.order[i], size[i] = int32(i), int(c.Members.GetCardinality())
	}
	slices.SortStableFunc(a.order, func(i, j int32) int { return cmp.Compare(size[i], size[j]) })
	for at, i := range a.order {
		a.sizes[at] = size[i]
		a.spread[at] = spread(cells[i])
	}
	return a
}

// Spread counts elements by class, modulo 2¹⁶. Whoever keeps cells may keep it with
// them, for it takes longer to count than cells to compare.
type Spread [classes]uint16

// SpreadOf counts.
func SpreadOf(members *roaring.Bitmap) *Spread {
	out := &Spread{}
	members.Iterate(func(x uint32) bool {
		out[x*0x9e3779b1>>26]++ // Fibonacci hashing: neighbours fall into different classes
		return true
	})
	return out
}

func spread(c Cell) *Spread {
	if c.Spread != nil {
		return c.Spread
	}
	return SpreadOf(c.Members)
}

// apart is a bound from below on the elements by which two cells differ. Where a
// difference of counts wraps it is too small, never too large.
func apart(a, b *Spread) int {
	sum := 0
	for i := range a {
		d := int(int16(a[i] - b[i]))
		sum += max(d, -d)
	}
	return sum
}

// Near gives the cells of the archive from which c differs by 1 to k−1 elements, as
// places in the archive with the differences.
func (a *Archive) Near(c Cell, k int) []Pair {
	return slices.DeleteFunc(a.Within(c, k), func(p Pair) bool { return p.Difference == 0 })
}

// Within is Near with the cells that are the same.
func (a *Archive) Within(c Cell, k int) []Pair {
	size, own := int(c.Members.GetCardinality()), spread(c)
	from, _ := slices.BinarySearch(a.sizes, size-k+1)
	var out []Pair
	for at := from; at < len(a.sizes) && a.sizes[at] < size+k; at++ {
		if apart(own, a.spread[at]) >= k {
			continue
		}
		i := int(a.order[at])
		difference := size + a.sizes[at] - 2*int(c.Members.AndCardinality(a.cells[i].Members))
		if difference < k {
			out = append(out, Pair{A: -1, B: i, Difference: difference})
		}
	}
	return out
}

// Pairs gives all pairs of cells, each once, that differ by 1 to k−1 elements, in the
// order of the cells.
func Pairs(cells []Cell, k int) []Pair {
	archive := NewArchive(cells)
	var out []Pair
	for i, c := range cells {
		for _, p := range archive.Near(c, k) {
			if i < p.B {
				out = append(out, Pair{A: i, B: p.B, Difference: p.Difference})
			}
		}
	}
	slices.SortFunc(out, func(x, y Pair) int { return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B)) })
	return out
}
