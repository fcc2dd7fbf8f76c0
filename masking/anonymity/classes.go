package anonymity

import "math/bits"

// layout says where an attribute's code stands in a class's key. All codes share one
// word of 64 bits if they fit; else words hold at most 32 bits, so that a word can
// stand beside the number of a group (grouper.number).
type layout struct {
	fields []field
	words  int
}

type field struct {
	word  int
	shift uint
	mask  uint64 // of the code, not shifted
}

func newLayout(quasi []Attribute) layout {
	total := 0
	for _, a := range quasi {
		total += width(a)
	}
	word := 64
	if total > word {
		word = 32
	}
	l := layout{words: 1}
	used := 0
	for _, a := range quasi {
		w := width(a)
		if used+w > word {
			l.words, used = l.words+1, 0
		}
		l.fields = append(l.fields, field{word: l.words - 1, shift: uint(used), mask: 1<<w - 1})
		used += w
	}
	return l
}

// width is the bits of an attribute's codes, which are fewer at higher levels.
func width(a Attribute) int { return bits.Len(uint(len(a.Hierarchy.levels[0].names))) }

// classes are the rows that look alike at some levels: keys, counts and, per sensitive
// attribute, the values within. They are numbered in the order of their first rows.
type classes struct {
	keys   [][]uint64 // [word][class]
	counts []int64
	inside []histograms // per sensitive attribute
}

// histograms count the values in each class: those of class c stand at start[c] to start[c+1].
type histograms struct {
	start  []int32
	values []uint32
	counts []int64
}

func (c *classes) len() int { return len(c.counts) }

func (c *classes) code(f field, class int) uint32 {
	return uint32(c.keys[f.word][class] >> f.shift & f.mask)
}

// rollUp fills c with the classes of src where the code of one field becomes up[code].
func (g *grouper) rollUp(c, src *classes, f field, up []uint32) {
	c.keys = resize(c.keys, len(src.keys))
	for w := range src.keys {
		c.keys[w] = append(c.keys[w][:0], src.keys[w]...)
	}
	changed, keep := c.keys[f.word], ^(f.mask << f.shift)
	for i, key := range changed {
		changed[i] = key&keep | uint64(up[key>>f.shift&f.mask])<<f.shift
	}
	g.collapse(c, src)
}

// collapse merges the classes of src that have equal keys. c has these keys, and is
// given the rest.
func (g *grouper) collapse(c, src *classes) {
	groups := g.number(c.keys)
	c.counts = resize(c.counts, groups)
	clear(c.counts)
	for i, id := range g.ids {
		c.counts[id] += src.counts[i]
	}
	for w, word := range c.keys {
		for i, id := range g.ids { // a class stands at its number or after it
			word[id] = word[i]
		}
		c.keys[w] = word[:groups]
	}
	g.merge(c, src, groups)
}
