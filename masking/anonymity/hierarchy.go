package anonymity

import (
	"fmt"
	"math"

	"yingbi/internal/fault"
)

// Bounds of a hierarchy. Codes have 31 bits.
const (
	maxLevels = 64
	maxValues = math.MaxInt32
)

// Hierarchy has, for each value of an attribute, what stands for it at each level.
// Level 0 is the value itself. The values of a level have dense codes from 0 in the
// order in which they came; what is one value at a level is one above it.
type Hierarchy struct {
	levels []level
	rule   func(value string) ([]string, error) // the levels from 1; nil: no value but those of the rows
}

type level struct {
	names []string
	codes map[string]uint32
	up    []uint32 // per value, its value at the next level
	of    []uint32 // per value of level 0, its value here
}

func newHierarchy(levels int, rule func(string) ([]string, error)) *Hierarchy {
	h := &Hierarchy{levels: make([]level, levels), rule: rule}
	for l := range h.levels {
		h.levels[l].codes = map[string]uint32{}
	}
	return h
}

// NewHierarchy takes rows "value, level 1, …, top", all of one length.
func NewHierarchy(rows [][]string) (*Hierarchy, error) {
	if len(rows) == 0 {
		return nil, fault.New(fault.Invalid, "a hierarchy needs at least one row")
	}
	h := newHierarchy(len(rows[0]), nil)
	for i, row := range rows {
		if err := h.learn(row); err != nil {
			return nil, fault.Errorf(fault.Invalid, "row %d of the hierarchy: %v", i+1, err)
		}
	}
	return h, nil
}

// Plain has no level but the values themselves, which are learnt as they come: for a
// sensitive attribute.
func Plain() *Hierarchy {
	return newHierarchy(1, func(string) ([]string, error) { return nil, nil })
}

// Levels counts the levels, level 0 included.
func (h *Hierarchy) Levels() int { return len(h.levels) }

// Code gives a value's code. A rule learns a value that is new, one of rows refuses it.
func (h *Hierarchy) Code(value string) (uint32, error) {
	if code, ok := h.levels[0].codes[value]; ok {
		return code, nil
	}
	if h.rule == nil {
		return 0, fault.New(fault.Invalid, "a value is not in the hierarchy: add a row for it")
	}
	above, err := h.rule(value)
	if err == nil {
		err = h.learn(append([]string{value}, above...))
	}
	if err != nil {
		return 0, fault.Errorf(fault.Invalid, "a value does not fit its rule: %v", err)
	}
	return h.levels[0].codes[value], nil
}

// Value is what stands for a code at a level.
func (h *Hierarchy) Value(code uint32, level int) string {
	l := &h.levels[level]
	return l.names[l.of[code]]
}

// learn adds a row.
func (h *Hierarchy) learn(row []string) error {
	switch {
	case len(row) != len(h.levels) || len(row) == 0 || len(row) > maxLevels:
		return fmt.Errorf("it has %d levels, the first row has %d; 1 to %d are possible", len(row), len(h.levels), maxLevels)
	case len(h.levels[0].names) >= maxValues:
		return fmt.Errorf("over %d values", maxValues)
	}
	if _, again := h.levels[0].codes[row[0]]; again {
		return fmt.Errorf("its value came before")
	}
	for l := range row[1:] {
		if code, known := h.levels[l].codes[row[l]]; known && h.levels[l+1].names[h.levels[l].up[code]] != row[l+1] {
			return fmt.Errorf("its value of level %d stands under another of level %d in a row before: levels must nest", l, l+1)
		}
	}
	var below *level
	for l, name := range row {
		here := &h.levels[l]
		code, known := here.codes[name]
		if !known {
			code = uint32(len(here.names))
			here.names, here.codes[name] = append(here.names, name), code
		}
		here.of = append(here.of, code)
		if below != nil && len(below.up) < len(below.names) {
			below.up = append(below.up, code)
		}
		below = here
	}
	return nil
}
