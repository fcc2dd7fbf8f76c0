package check

import (
	"math"
	"strconv"
	"strings"

	"yingbi/internal/fault"
)

// MaxRows bounds a file.
const MaxRows = 5_000_000

// Data are the columns of a file that a specification needs.
type Data struct {
	spec    *Spec
	names   []string
	columns map[string]*column
	rows    int
}

// column holds each distinct text once.
type column struct {
	index map[string]int32
	texts []string
	codes []int32 // one per row; missing where there is no value
}

const missing = -1

// NewData makes room for the columns of the specification.
func NewData(s *Spec) *Data {
	d := &Data{spec: s, names: s.Columns(), columns: map[string]*column{}}
	for _, name := range d.names {
		d.columns[name] = &column{index: map[string]int32{}}
	}
	return d
}

// Add takes a row, with the texts of Spec.Columns in their order.
func (d *Data) Add(cells []string) error {
	if len(cells) != len(d.names) {
		return fault.Errorf(fault.Internal, "a row of %d cells; %d were asked for", len(cells), len(d.names))
	}
	if d.rows++; d.rows > MaxRows {
		return fault.Errorf(fault.Limit, "the file has more than %d rows", MaxRows)
	}
	for i, text := range cells {
		d.columns[d.names[i]].add(text)
	}
	return nil
}

func (c *column) add(text string) {
	if absent(text) {
		c.codes = append(c.codes, missing)
		return
	}
	code, ok := c.index[text]
	if !ok {
		code = int32(len(c.texts))
		text = strings.Clone(text)
		c.index[text], c.texts = code, append(c.texts, text)
	}
	c.codes = append(c.codes, code)
}

// absent reports the texts that pandas' read_csv takes for no value (its na_values).
func absent(s string) bool {
	switch s {
	case "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
		"<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null":
		return true
	}
	return false
}

// numbers reads each distinct text as a number.
func (c *column) numbers(name string) ([]float64, error) {
	out := make([]float64, len(c.texts))
	for i, text := range c.texts {
		v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
			return nil, fault.Errorf(fault.Invalid, "column %q has a value that is no number", shortened(name))
		}
		out[i] = v
	}
	return out, nil
}
