package history

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strconv"

	"github.com/RoaringBitmap/roaring/v2"

	"yingbi/crypto"
	"yingbi/egress/differencing"
)

// Class says with which sets a set is compared. The zero value is none.
type Class uint8

// The classes.
const (
	Who    Class = iota + 1 // each subject as a 1
	Rows                    // the rows of each subject
	Others                  // with how many subjects of another kind each is
	Value                   // any other number
	Known                   // the rows of each subject that a share is of
	Rest                    // a number that others of its cell leave over
)

// with reports whether two sets are compared: by their classes, and all subjects with
// all, those who contribute something with those who do.
func (s *Set) with(t *Set) bool {
	c, d := s.Class, t.Class
	return !(s.Zeros && t.Of > 0 || t.Zeros && s.Of > 0) &&
		(c == d || (c.number() || d.number()) && c != Others && d != Others)
}

// number reports a class that is compared with numbers of all sorts.
func (c Class) number() bool { return c == Value || c == Known || c == Rest }

// adds reports a class that takes part in combinations. What is left over of others says
// nothing new there: with them it would be a combination of those who are in both parts.
func (c Class) adds() bool { return c == Rows || c == Value || c == Known }

// Set is who contributes to one published sum, and what.
type Set struct {
	Class  Class  `json:"class"`
	Figure string `json:"figure"` // the measure
	Group  int    `json:"group"`  // which of the cell's bitmaps has the subjects
	First  int    `json:"first"`  // place of its first mark among the release's
	Marks  int    `json:"marks"`  // how many it has: 1 where all are the same
	Sum    uint64 `json:"sum"`    // of its marks; equal ones are the same
	Zeros  bool   `json:"zeros"`  // some of Class Value contribute nothing
	Of     int    `json:"of"`     // without those: the set of all, by its place in the cell plus 1
}

// Cell is one cell with a figure that is published.
type Cell struct {
	Table string   `json:"table"`
	Place int      `json:"place"` // in the table
	Keys  []string `json:"keys"`
	Sets  []Set    `json:"sets"`

	groups []group
}

// without counts the subjects who are in one of two cells alone and contribute nothing
// to it, for sets of those who contribute something: two Values. Who is behind the other
// classes is chosen.
func (c *Cell) without(s *Set, d *Cell, t *Set) int {
	if s.Of == 0 && t.Of == 0 || s.Class != t.Class {
		return 0
	}
	return int(roaring.Xor(c.all(s), d.all(t)).GetCardinality())
}

// all are the subjects of a set, with those who contribute nothing.
func (c *Cell) all(s *Set) *roaring.Bitmap {
	if s.Of > 0 {
		s = &c.Sets[s.Of-1]
	}
	return c.groups[s.Group].members
}

// group are the subjects of one set or several.
type group struct {
	members *roaring.Bitmap
	spread  *differencing.Spread
}

// Release is what one release publishes about one kind of subject. It is for one
// goroutine.
type Release struct {
	ID    string // empty where it is not made yet
	Cells []Cell

	marks func() ([]byte, error)
	read  []byte // what marks gave
}

// Keep leaves out the cells that are not published after all.
func (r *Release) Keep(published func(Cell) bool) {
	r.Cells = slices.DeleteFunc(r.Cells, func(c Cell) bool { return !published(c) })
}

// marksOf gives the marks of a set, 4 bytes each.
func (r *Release) marksOf(s *Set) ([]byte, error) {
	if r.read == nil {
		b, err := r.marks()
		if err != nil {
			return nil, err
		}
		r.read = b
	}
	if s.First < 0 || s.Marks < 1 || s.First+s.Marks > len(r.read)/4 {
		return nil, errBroken
	}
	return r.read[4*s.First : 4*(s.First+s.Marks)], nil
}

// Marker turns numbers into marks. It is not safe for concurrent use.
type Marker struct {
	mac    *crypto.MAC
	lately map[string]uint32
	text   []byte
	sum    []byte
}

// NewMarker makes marks under a key of at least 32 bytes.
func NewMarker(key []byte) *Marker {
	return &Marker{mac: crypto.NewMAC(key), lately: map[string]uint32{}}
}

// zeroMark is that of nothing, and of no other number.
const zeroMark = 0

// maxLately bounds the marks that are remembered: numbers repeat.
const maxLately = 1 << 18

// mark is that of the text.
func (m *Marker) mark() uint32 {
	if v, ok := m.lately[string(m.text)]; ok {
		return v
	}
	m.sum = m.mac.Sum(m.sum[:0], m.text)
	v := max(binary.LittleEndian.Uint32(m.sum), zeroMark+1)
	if len(m.lately) == maxLately {
		clear(m.lately)
	}
	m.lately[string(m.text)] = v
	return v
}

// Number is what one subject contributes: a number and, for a mean, of how many values
// it is the sum.
type Number struct {
	Int   int64 // times 10^-Scale
	Scale uint8
	Float float64 // where Real
	Real  bool

	Of int64 // values; 0 where they do not matter
}

// Mark gives the mark of a contribution. Equal numbers have equal marks, however they
// are stored.
func (m *Marker) Mark(n Number) uint32 {
	if n.Of == 0 && n.Int == 0 && n.Float == 0 {
		return zeroMark
	}
	m.text = m.text[:0]
	if n.Real {
		m.text = appendReal(m.text, n.Float)
	} else {
		m.text = appendDecimal(m.text, n.Int, n.Scale)
	}
	if n.Of != 0 {
		m.text = strconv.AppendInt(append(m.text, '/'), n.Of, 10)
	}
	return m.mark()
}

func appendDecimal(b []byte, v int64, scale uint8) []byte {
	for scale > 0 && v%10 == 0 {
		v, scale = v/10, scale-1
	}
	b = strconv.AppendInt(b, v, 10)
	if scale > 0 {
		b = strconv.AppendInt(append(b, 'e', '-'), int64(scale), 10)
	}
	return b
}

// appendReal writes a whole number as one, and others by the 24 leading bits: a sum of
// doubles comes out another in the last bits where its terms stand in another order, as
// they do in the view of another scenario.
func appendReal(b []byte, f float64) []byte {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return appendDecimal(b, int64(f), 0)
	}
	const cut = 53 - 24
	v := math.Float64bits(f) + 1<<(cut-1) // rounds; a carry moves the exponent, as it must
	return strconv.AppendUint(append(b, '~'), v>>cut, 16)
}

// fold sums marks up in their order.
func fold(marks []uint32) uint64 {
	h := uint64(len(marks))
	for _, m := range marks {
		h = bits.RotateLeft64(h^uint64(m), 29) * 0x9e3779b97f4a7c15
	}
	return h
}
