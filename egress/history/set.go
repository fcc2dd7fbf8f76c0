package history

import (
	"math/bits"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

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
	Hits                    // a Value that counts rows of each subject
)

// with reports whether two sets are compared: by their classes, and all subjects with
// all, those who contribute something with those who do.
func (s *Set) with(t *Set) bool {
	c, d := s.Class, t.Class
	return !(s.Zeros && t.Of > 0 || t.Zeros && s.Of > 0) &&
		(c == d || (c.number() || d.number()) && c != Others && d != Others)
}

// number reports a class that is compared with numbers of all sorts.
func (c Class) number() bool { return c.value() || c == Known || c == Rest }

// value reports a class whose sets say, too, who contributes nothing.
func (c Class) value() bool { return c == Value || c == Hits }

// adds reports a class that takes part in combinations. What is left over of others says
// nothing new there: with them it would be a combination of those who are in both parts.
func (c Class) adds() bool { return c.counts() || c == Value }

// counts reports a class of numbers of rows.
func (c Class) counts() bool { return c == Rows || c == Known || c == Hits }

// Set is who contributes to one published sum, and what.
type Set struct {
	Class  Class  `json:"class"`
	Figure string `json:"figure"` // the measure
	Group  int    `json:"group"`  // which of the cell's bitmaps has the subjects
	First  int    `json:"first"`  // place of its first mark among the release's
	Marks  int    `json:"marks"`  // how many it has: 1 where all are the same
	Parts  int    `json:"parts"`  // place of the first of its parts, each as long as two marks; 0: it has none
	Sum    uint64 `json:"sum"`    // of its marks; equal ones are the same
	Zeros  bool   `json:"zeros"`  // some of Class Value or Hits contribute nothing
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
	if s.Of == 0 && t.Of == 0 || s.Class != t.Class && !(s.Class.value() && t.Class.value()) {
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

// bytes gives the third part of a release.
func (r *Release) bytes() ([]byte, error) {
	if r.read == nil {
		b, err := r.marks()
		if err != nil {
			return nil, err
		}
		r.read = b
	}
	return r.read, nil
}

// partsOf gives the parts of a set, 8 bytes for each subject.
func (r *Release) partsOf(c *Cell, s *Set) ([]byte, error) {
	b, err := r.bytes()
	if err != nil {
		return nil, err
	}
	n := 8 * int(c.groups[s.Group].members.GetCardinality())
	if s.Parts < 1 || s.Parts > len(b)/4 || n > len(b)-4*s.Parts {
		return nil, errBroken
	}
	return b[4*s.Parts : 4*s.Parts+n], nil
}

// marksOf gives the marks of a set, 4 bytes each.
func (r *Release) marksOf(s *Set) ([]byte, error) {
	if _, err := r.bytes(); err != nil {
		return nil, err
	}
	if s.First < 0 || s.Marks < 1 || s.First+s.Marks > len(r.read)/4 {
		return nil, errBroken
	}
	return r.read[4*s.First : 4*(s.First+s.Marks)], nil
}

// fold sums marks up in their order.
func fold(marks []uint32) uint64 {
	h := uint64(len(marks))
	for _, m := range marks {
		h = bits.RotateLeft64(h^uint64(m), 29) * 0x9e3779b97f4a7c15
	}
	return h
}
