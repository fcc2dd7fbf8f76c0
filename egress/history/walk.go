package history

import (
	"encoding/binary"

	"github.com/RoaringBitmap/roaring/v2"
)

// at gives the mark of the member of a place; a set of one mark has it everywhere.
func at(marks []byte, place int) uint32 {
	if len(marks) == 4 {
		place = 0
	}
	return binary.LittleEndian.Uint32(marks[4*place:])
}

// walk goes over the members of both sets and gives the place of each in either.
func walk(x, y *roaring.Bitmap) func() (i, j int, ok bool) {
	a, b := x.Iterator(), y.Iterator()
	i, j := -1, -1
	return func() (int, int, bool) {
		for a.HasNext() {
			v := a.Next()
			i++
			for b.HasNext() && b.PeekNext() < v {
				b.Next()
				j++
			}
			if b.HasNext() && b.PeekNext() == v {
				b.Next()
				j++
				return i, j, true
			}
		}
		return 0, 0, false
	}
}
