package history

import (
	"encoding/binary"
	"encoding/json"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"yingbi/egress/differencing"
	"yingbi/internal/fault"
)

// Writer takes cells in, one after the other.
type Writer struct {
	cells []Cell
	marks []byte
}

// Cell begins a cell.
func (w *Writer) Cell(table string, place int, keys []string) {
	w.cells = append(w.cells, Cell{Table: table, Place: place, Keys: keys})
}

// Set adds a set to the cell that was begun last: subjects by rising ordinals, the mark of
// what each contributes, and its part if it adds up. Where some of Class Value or Hits
// contribute nothing, the set of the others is added, too. A set of nobody says nothing
// and is left out, as is one that the cell has.
func (w *Writer) Set(class Class, figure string, subjects, marks []uint32, parts []uint64) {
	s := Set{Class: class, Figure: figure, Zeros: (class.value() || class == Rest) && slices.Contains(marks, zeroMark)}
	all := w.add(s, subjects, marks)
	if all > 0 && class.adds() {
		w.parts(&w.cells[len(w.cells)-1].Sets[all-1], parts)
	}
	if !s.Zeros || all == 0 {
		return
	}
	var some, of []uint32
	for i, m := range marks {
		if m != zeroMark {
			some, of = append(some, subjects[i]), append(of, m)
		}
	}
	w.add(Set{Class: class, Figure: figure, Of: all}, some, of)
}

// add gives the place of the set in the cell plus 1; 0 where it is left out.
func (w *Writer) add(s Set, subjects, marks []uint32) int {
	if len(subjects) == 0 {
		return 0
	}
	c := &w.cells[len(w.cells)-1]
	s.Group, s.First, s.Marks, s.Sum = c.group(subjects), len(w.marks)/4, len(marks), fold(marks)
	for _, other := range c.Sets {
		if other.Class == s.Class && other.Group == s.Group && other.Sum == s.Sum && other.Of == s.Of {
			return 0
		}
	}
	if allSame(marks) {
		s.Marks = 1
	}
	for _, m := range marks[:s.Marks] {
		w.marks = binary.LittleEndian.AppendUint32(w.marks, m)
	}
	c.Sets = append(c.Sets, s)
	return len(c.Sets)
}

// parts adds them behind the marks of a set, unless nobody has one.
func (w *Writer) parts(s *Set, parts []uint64) {
	if !slices.ContainsFunc(parts, func(p uint64) bool { return p != 0 }) {
		return
	}
	s.Parts = len(w.marks) / 4
	for _, p := range parts {
		w.marks = binary.LittleEndian.AppendUint64(w.marks, p)
	}
}

func allSame(marks []uint32) bool {
	for _, m := range marks {
		if m != marks[0] {
			return false
		}
	}
	return true
}

// group finds the subjects among the cell's groups, or adds one.
func (c *Cell) group(subjects []uint32) int {
	set := roaring.BitmapOf(subjects...)
	set.RunOptimize()
	for i, g := range c.groups {
		if g.members.Equals(set) {
			return i
		}
	}
	c.groups = append(c.groups, group{set, differencing.SpreadOf(set)})
	return len(c.groups) - 1
}

// Release is what was taken in.
func (w *Writer) Release() *Release {
	return &Release{Cells: w.cells, read: append([]byte{}, w.marks...)}
}

// Sealed is a release in three parts, which must be sealed. Marks are read where they
// are needed alone.
type Sealed struct{ Cells, Groups, Marks []byte }

const format = "yingbi contributors v2"

// index is the first part.
type index struct {
	Format string        `json:"format"`
	Cells  []indexedCell `json:"cells"`
}

type indexedCell struct {
	Cell
	Groups []indexedGroup `json:"groups"`
}

type indexedGroup struct {
	Bytes  int                  `json:"bytes"` // of the second part, behind those before it
	Spread *differencing.Spread `json:"spread"`
}

// Encode writes the release.
func (r *Release) Encode() (out Sealed, err error) {
	in := index{Format: format, Cells: make([]indexedCell, len(r.Cells))}
	for i, c := range r.Cells {
		in.Cells[i].Cell = c
		for _, g := range c.groups {
			b, err := g.members.MarshalBinary()
			if err != nil {
				return out, err
			}
			out.Groups = append(out.Groups, b...)
			in.Cells[i].Groups = append(in.Cells[i].Groups, indexedGroup{len(b), g.spread})
		}
	}
	if r.read == nil {
		if r.read, err = r.marks(); err != nil {
			return out, err
		}
	}
	out.Marks = r.read
	out.Cells, err = json.Marshal(in)
	return out, err
}

var errBroken = fault.New(fault.Integrity, "the contributors of a release cannot be read: restore the domain from a backup")

// Decode reads what Encode wrote; marks gives the third part. The release keeps groups.
func Decode(id string, cells, groups []byte, marks func() ([]byte, error)) (*Release, error) {
	var in index
	if json.Unmarshal(cells, &in) != nil || in.Format != format {
		return nil, errBroken
	}
	r := &Release{ID: id, marks: marks}
	for _, c := range in.Cells {
		for _, g := range c.Groups {
			if g.Bytes < 0 || g.Bytes > len(groups) || g.Spread == nil {
				return nil, errBroken
			}
			members := roaring.New()
			if n, err := members.FromBuffer(groups[:g.Bytes]); err != nil || n != int64(g.Bytes) || members.Validate() != nil || members.IsEmpty() {
				return nil, errBroken
			}
			groups = groups[g.Bytes:]
			c.Cell.groups = append(c.Cell.groups, group{members, g.Spread})
		}
		if !c.sound() {
			return nil, errBroken
		}
		r.Cells = append(r.Cells, c.Cell)
	}
	if len(groups) > 0 {
		return nil, errBroken
	}
	return r, nil
}

func (c *Cell) sound() bool {
	for i, s := range c.Sets {
		if s.Of < 0 || s.Of > i || s.Class < Who || s.Class > Hits || s.Group < 0 || s.Group >= len(c.groups) || s.First < 0 || s.Parts < 0 ||
			s.Marks != 1 && uint64(s.Marks) != c.groups[s.Group].members.GetCardinality() {
			return false
		}
	}
	return true
}
