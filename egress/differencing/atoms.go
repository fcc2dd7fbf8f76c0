package differencing

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// tag is a random name of 128 bits. Elements with the same cells have the same sum of
// tags; that two others have is unlikelier than 2⁻⁸⁸ for a million elements.
type tag [2]uint64

func (t *tag) add(u tag) { t[0] ^= u[0]; t[1] ^= u[1] }

func compareTags(a, b tag) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }

// atoms are the elements that no cell tells apart, in the order of their least
// elements. Elements in no cell are in no atom.
type atoms struct {
	cells   int
	of      [][]int32  // the cells that hold the atom, rising
	values  [][]uint64 // in each of these; nil: ones
	held    [][]int32  // the atoms that each cell holds, rising; by transpose
	worth   [][]uint64 // with these values; nil: ones
	owners  [][]uint32 // of each atom; by own
	members func(atom int) []uint32
}

// maxSparse is up to which element sums are kept by the elements themselves, however
// few there are: 16 MiB.
const maxSparse = 1 << 20

// placed gives each element of the cells a place, in their order, and how many places
// there are. Places are the elements themselves, unless these are far greater than they
// are many; then all lists them, by their places. So memory goes with what the cells
// hold, not with the greatest element.
func placed(cells []Cell) (n uint64, place func(x uint32) uint32, all []uint32) {
	held, members := uint64(0), make([]*roaring.Bitmap, len(cells))
	for i, c := range cells {
		if members[i] = c.Members; !c.Members.IsEmpty() {
			n = max(n, uint64(c.Members.Maximum())+1)
			held += c.Members.GetCardinality()
		}
	}
	if n <= maxSparse || n/16 <= held {
		return n, func(x uint32) uint32 { return x }, nil
	}
	all = roaring.FastOr(members...).ToArray()
	return uint64(len(all)), func(x uint32) uint32 {
		i, _ := slices.BinarySearch(all, x)
		return uint32(i)
	}, all
}

// batches gives all members, many at a time.
func batches(members *roaring.Bitmap, do func([]uint32)) {
	var some [2048]uint32
	it := members.ManyIterator()
	for n := it.NextMany(some[:]); n > 0; n = it.NextMany(some[:]) {
		do(some[:n])
	}
}

// split finds the atoms of cells. In a cell with values each element is one.
func split(cells []Cell, random *rand.ChaCha8) *atoms {
	n, place, all := placed(cells)
	sums := make([]tag, n)
	for _, c := range cells {
		t := tag{random.Uint64(), random.Uint64()}
		batches(c.Members, func(some []uint32) {
			for _, x := range some {
				if c.Values != nil {
					t = tag{random.Uint64(), random.Uint64()}
				}
				sums[place(x)].add(t)
			}
		})
	}
	order := make([]uint32, 0, n)
	for x, s := range sums {
		if s != (tag{}) {
			order = append(order, uint32(x))
		}
	}
	slices.SortFunc(order, func(x, y uint32) int { return cmp.Or(compareTags(sums[x], sums[y]), cmp.Compare(x, y)) })
	type stretch struct{ from, to int }
	var groups []stretch
	for i, x := range order {
		if i == 0 || sums[x] != sums[order[i-1]] {
			groups = append(groups, stretch{i, i})
		}
		groups[len(groups)-1].to = i + 1
	}
	slices.SortFunc(groups, func(g, h stretch) int { return cmp.Compare(order[g.from], order[h.from]) })
	out := &atoms{cells: len(cells), members: func(atom int) []uint32 { return order[groups[atom].from:groups[atom].to] }}
	number := make([]int32, n) // of the atom that an element is the first of, from 1
	for i, g := range groups {
		number[order[g.from]] = int32(i + 1)
	}
	out.of = make([][]int32, len(groups))
	if valued(cells) {
		out.values = make([][]uint64, len(groups))
	}
	for i, c := range cells {
		values := c.Values
		batches(c.Members, func(some []uint32) {
			for at, x := range some {
				if a := number[place(x)]; a > 0 {
					out.of[a-1] = append(out.of[a-1], int32(i))
					if values != nil {
						out.values[a-1] = append(out.values[a-1], values[at])
					}
				}
			}
			if values != nil {
				values = values[len(some):]
			}
		})
	}
	for i, x := range order {
		if all != nil {
			order[i] = all[x]
		}
	}
	return out
}

// valued reports cells with values. All have them or none.
func valued(cells []Cell) bool {
	return slices.ContainsFunc(cells, func(c Cell) bool { return c.Values != nil })
}

// value is what an atom contributes to the cell of a place among its own.
func (at *atoms) value(atom, place int) uint64 {
	if at.values == nil {
		return 1
	}
	return at.values[atom][place]
}

// transpose fills in what each cell holds.
func (at *atoms) transpose() {
	at.held, at.worth = make([][]int32, at.cells), make([][]uint64, at.cells)
	for a, of := range at.of {
		for i, cell := range of {
			at.held[cell] = append(at.held[cell], int32(a))
			if at.values != nil {
				at.worth[cell] = append(at.worth[cell], at.values[a][i])
			}
		}
	}
}

// own fills in whose elements each atom has, up to as many as matter.
func (at *atoms) own(cfg Config) {
	at.owners = make([][]uint32, len(at.of))
	for a := range at.of {
		all := at.members(a)
		if cfg.Owners == nil {
			at.owners[a] = all[:min(len(all), cfg.K)]
			continue
		}
		for _, x := range all {
			if owner := cfg.Owners[x]; !slices.Contains(at.owners[a], owner) {
				at.owners[a] = append(at.owners[a], owner)
			}
			if len(at.owners[a]) == cfg.K {
				break
			}
		}
	}
}

// few reports that atoms have fewer than k owners together.
func (at *atoms) few(some []int32, k int) bool {
	seen := make([]uint32, 0, k)
	for _, a := range some {
		for _, owner := range at.owners[a] {
			if !slices.Contains(seen, owner) {
				if seen = append(seen, owner); len(seen) >= k {
					return false
				}
			}
		}
	}
	return true
}
