package anonymity

import (
	"math/bits"
	"math/rand/v2"
)

// grouper numbers equal keys alike. It keeps its memory from call to call.
type grouper struct {
	ids   []uint32 // of the last call, per class
	slots []slot   // a power of two
	round uint32   // slots of other rounds are empty
	odd   uint64   // of the hash, drawn so that no table can be made to collide

	order []uint32 // of merge: classes by number
	sums  []int64  // of merge: per sensitive value, all 0 between classes
}

type slot struct {
	key   uint64
	id    uint32
	round uint32
}

func newGrouper() *grouper { return &grouper{odd: rand.Uint64() | 1} }

// number fills ids and tells how many there are. Numbers rise in the order of the
// first classes that have them.
func (g *grouper) number(keys [][]uint64) int {
	g.ids = resize(g.ids, len(keys[0]))
	groups := g.numberWord(keys[0], false)
	for _, word := range keys[1:] {
		groups = g.numberWord(word, true)
	}
	return groups
}

// numberWord goes by one word, beside the number so far if asked.
func (g *grouper) numberWord(word []uint64, beside bool) int {
	if size := 1 << bits.Len(uint(2*len(word))); len(g.slots) < size {
		g.slots, g.round = make([]slot, size), 0
	}
	if g.round++; g.round == 0 {
		clear(g.slots)
		g.round = 1
	}
	groups, last, shift := uint32(0), len(g.slots)-1, bits.LeadingZeros64(uint64(len(g.slots)))+1
	slots, ids, round, odd := g.slots, g.ids[:len(word)], g.round, g.odd
	for i, key := range word {
		if beside {
			key |= uint64(ids[i]) << 32
		}
		for at := int(key * odd >> shift); ; at++ {
			s := &slots[at&last]
			if s.round != round {
				*s = slot{key, groups, round}
				ids[i] = groups
				groups++
				break
			}
			if s.key == key {
				ids[i] = s.id
				break
			}
		}
	}
	return int(groups)
}

// merge fills the histograms of c, whose classes are those of src under ids.
func (g *grouper) merge(c, src *classes, groups int) {
	if len(src.inside) == 0 {
		return
	}
	if c.inside == nil {
		c.inside = make([]histograms, len(src.inside))
	}
	first := g.sortByID(groups)
	for s := range src.inside {
		from, to := &src.inside[s], &c.inside[s]
		to.start, to.values, to.counts = append(to.start[:0], 0), to.values[:0], to.counts[:0]
		for id := range groups {
			begin := len(to.values)
			for _, class := range g.order[first[id]:first[id+1]] {
				for at := from.start[class]; at < from.start[class+1]; at++ {
					v := from.values[at]
					if int(v) >= len(g.sums) {
						g.sums = append(g.sums, make([]int64, int(v)+1-len(g.sums))...)
					}
					if g.sums[v] == 0 {
						to.values = append(to.values, v)
					}
					g.sums[v] += from.counts[at]
				}
			}
			for _, v := range to.values[begin:] {
				to.counts = append(to.counts, g.sums[v])
				g.sums[v] = 0
			}
			to.start = append(to.start, int32(len(to.values)))
		}
	}
}

// sortByID puts the classes into order by number, and tells where each begins.
func (g *grouper) sortByID(groups int) []int32 {
	first := make([]int32, groups+1)
	for _, id := range g.ids {
		first[id+1]++
	}
	for id := range groups {
		first[id+1] += first[id]
	}
	g.order = resize(g.order, len(g.ids))
	next := append([]int32(nil), first...)
	for class, id := range g.ids {
		g.order[next[id]] = uint32(class)
		next[id]++
	}
	return first
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/2)
	}
	return s[:n]
}
