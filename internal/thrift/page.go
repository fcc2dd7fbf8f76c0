package thrift

import "math"

// PageType is the type of a page of Parquet.
type PageType int64

// The types of pages; there is none but these and an index of no use.
const (
	DataPage       PageType = 0
	DictionaryPage PageType = 2
	DataPage2      PageType = 3
)

// PageHeader is what a page says of itself.
type PageHeader struct {
	Type     PageType
	Size     int64 // bytes, decompressed
	Stored   int64 // bytes behind the header
	Values   int64
	Encoding int64 // of the values
	Levels   int64 // bytes before what is compressed, of a DataPage2
	Plain    bool  // nothing of a DataPage2 is compressed
}

// ReadPageHeader reads the PageHeader with which b begins, and gives its length. It
// is refused if b ends within it, or if one of its numbers is negative or more than
// the 32 bits that the format gives it.
func ReadPageHeader(b []byte) (h PageHeader, length int, ok bool) {
	r := New(b)
	var kind, definitions, repetitions int64
	numbers := func(at map[int16]*int64) func(int16, Kind) {
		return func(id int16, kind Kind) {
			if to, ok := at[id]; ok && kind == I32 {
				*to = r.Int()
			}
		}
	}
	head := numbers(map[int16]*int64{1: &kind, 2: &h.Size, 3: &h.Stored})
	r.Fields(func(id int16, kind Kind) {
		switch {
		case kind == Struct && (id == 5 || id == 7): // DataPageHeader, DictionaryPageHeader
			r.Fields(numbers(map[int16]*int64{1: &h.Values, 2: &h.Encoding}))
		case kind == Struct && id == 8: // DataPageHeaderV2
			inner := numbers(map[int16]*int64{1: &h.Values, 4: &h.Encoding, 5: &definitions, 6: &repetitions})
			r.Fields(func(id int16, kind Kind) {
				h.Plain = h.Plain || id == 7 && kind == False
				inner(id, kind)
			})
		default:
			head(id, kind)
		}
	})
	for _, n := range []int64{kind, h.Size, h.Stored, h.Values, h.Encoding, definitions, repetitions} {
		if n < 0 || n > math.MaxInt32 {
			return h, 0, false
		}
	}
	h.Type, h.Levels = PageType(kind), definitions+repetitions
	return h, r.at, !r.bad && h.Levels <= h.Stored && h.Levels <= h.Size
}
