package anonymity

import (
	"encoding/binary"
	"math"

	"yingbi/internal/fault"
)

// Attribute is a column under its hierarchy.
type Attribute struct {
	Name      string
	Hierarchy *Hierarchy
}

// Table counts the rows of each distinct tuple of codes. It grows by Add.
type Table struct {
	quasi, sensitive []Attribute
	index            map[string]int // a tuple's codes, four bytes each, to its place below
	codes            []uint32       // quasi then sensitive, tuple by tuple in the order of their first rows
	counts           []int64        // rows of each tuple
	rows             int64
	scratch          []byte
}

// Bounds of a table.
const (
	maxAttributes = 64
	maxRows       = math.MaxInt32 // so that products of two counts fit 64 bits
)

// NewTable is empty. Diversity and closeness speak of the sensitive attributes.
func NewTable(quasi, sensitive []Attribute) (*Table, error) {
	if len(quasi) == 0 || len(quasi)+len(sensitive) > maxAttributes {
		return nil, fault.Errorf(fault.Invalid, "1 to %d attributes are possible, with at least one quasi-identifier", maxAttributes)
	}
	seen := map[string]bool{}
	for _, list := range [][]Attribute{quasi, sensitive} {
		for _, a := range list {
			if a.Hierarchy == nil || seen[a.Name] {
				return nil, fault.Errorf(fault.Invalid, "the attribute %q needs one hierarchy and one role", a.Name)
			}
			seen[a.Name] = true
		}
	}
	return &Table{quasi: quasi, sensitive: sensitive, index: map[string]int{}, scratch: make([]byte, 4*(len(quasi)+len(sensitive)))}, nil
}

// Add counts rows that share the codes of the quasi-identifiers and of the sensitive
// attributes, both in the order of NewTable. It keeps neither slice.
func (t *Table) Add(quasi, sensitive []uint32, rows int64) error {
	if len(quasi) != len(t.quasi) || len(sensitive) != len(t.sensitive) || rows < 1 || rows > maxRows-t.rows {
		return fault.Errorf(fault.Limit, "a tuple has one code for each attribute, and a table up to %d rows", maxRows)
	}
	for i, code := range quasi {
		binary.NativeEndian.PutUint32(t.scratch[4*i:], code)
	}
	for i, code := range sensitive {
		binary.NativeEndian.PutUint32(t.scratch[4*(len(quasi)+i):], code)
	}
	if at, again := t.index[string(t.scratch)]; again {
		t.counts[at] += rows
		t.rows += rows
		return nil
	}
	if !learnt(t.quasi, quasi) || !learnt(t.sensitive, sensitive) {
		return fault.New(fault.Invalid, "a code is not one of its hierarchy's")
	}
	t.index[string(t.scratch)] = len(t.counts)
	t.codes = append(append(t.codes, quasi...), sensitive...)
	t.counts = append(t.counts, rows)
	t.rows += rows
	return nil
}

func learnt(attributes []Attribute, codes []uint32) bool {
	for i, a := range attributes {
		if int(codes[i]) >= len(a.Hierarchy.levels[0].names) {
			return false
		}
	}
	return true
}

// Rows counts all rows.
func (t *Table) Rows() int64 { return t.rows }

// tuple gives the codes of one: quasi-identifiers, then sensitive attributes.
func (t *Table) tuple(i int) []uint32 {
	width := len(t.quasi) + len(t.sensitive)
	return t.codes[i*width:][:width]
}
