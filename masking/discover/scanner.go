package discover

import (
	"yingbi/internal/coltype"
	"yingbi/masking/detect"
)

// Column is a column to be looked at. Type is the one that the first rows have, and is
// kept if all rows have it; the zero type is text.
type Column struct {
	Name string
	Type coltype.Type
}

// Texts are the values of one column in some rows: of row i the bytes from Offsets[i] to
// Offsets[i+1], of UTF-8. Bit i%8 of Valid[i/8] is set where it has a value; nil is all.
type Texts struct {
	Valid   []byte
	Offsets []uint32
	Bytes   []byte
}

// Scanner gathers evidence about the columns of a table. One goroutine uses it at a
// time; several of them have one each and merge in the end, which gives what one alone
// would have found.
type Scanner struct {
	columns []Column
	found   []column
	rows    int64
	look    examiner
}

// The memory of a scanner for all columns together.
const (
	allWords = 1 << 18 // different values that are kept
	maxWords = 1 << 12 // of one column
	minWords = 1 << 6
	wordSize = 48 // bytes of a kept value, on average

	allHashes = 1 << 21 // different values that are told apart exactly
	maxHashes = 1 << 16 // of one column
	minHashes = 1 << 9
)

// New makes a scanner that has seen nothing.
func New(d *detect.Detector, columns []Column) *Scanner {
	s := &Scanner{columns: columns, found: make([]column, len(columns)), look: examiner{detector: d}}
	share := max(len(columns), 1)
	for i := range s.found {
		c := &s.found[i]
		c.words.limit = min(max(allWords/share, minWords), maxWords)
		c.distinct.limit = min(max(allHashes/share, minHashes), maxHashes)
	}
	return s
}

// Rows counts rows of which every column is added.
func (s *Scanner) Rows(n int) { s.rows += int64(n) }

// Add looks at values of the column.
func (s *Scanner) Add(at int, t Texts) {
	c := &s.found[at]
	for i := range max(len(t.Offsets), 1) - 1 {
		if t.Valid != nil && t.Valid[i>>3]&(1<<(i&7)) == 0 {
			c.nulls++
			continue
		}
		c.add(&s.look, t.Bytes[t.Offsets[i]:t.Offsets[i+1]])
	}
}

// Merge adds what another scanner of the same columns has seen.
func (s *Scanner) Merge(other *Scanner) {
	s.rows += other.rows
	for i := range s.found {
		s.found[i].merge(&other.found[i])
	}
}
