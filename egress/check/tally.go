package check

import (
	"cmp"
	"math"
	"slices"
)

// tally is what there is to know of a cell.
type tally struct {
	rows, values, negative, absent int64
	sum                            float64
	top                            []float64 // the largest values, at least two if there are

	subjects int64     // distinct, with a value
	parts    []float64 // what each subject contributes, absolute, largest first: its values' sum, or its rows
}

// reader reads the values and subjects of rows.
type reader struct {
	value   *column // nil where rows are counted
	numbers []float64
	subject *column // nil where each row is a subject
	keep    int     // how many of the largest values
}

func (d *Data) reader() (reader, error) {
	r := reader{keep: max(2, d.spec.Params.N)}
	o := &d.spec.Operation
	if s := d.spec.Subject; s != "" {
		r.subject = d.columns[s]
	}
	if o.value() == "" {
		return r, nil
	}
	r.value = d.columns[o.value()]
	var err error
	if o.numeric() {
		r.numbers, err = r.value.numbers(o.value())
	}
	return r, err
}

func (r *reader) tally(rows []int32) tally {
	t := tally{rows: int64(len(rows))}
	parts, carry := map[int32]float64{}, 0.0
	var values []float64
	for _, row := range rows {
		part := 1.0
		if r.value != nil && r.value.codes[row] == missing {
			t.absent++
			continue
		}
		t.values++
		if r.numbers != nil {
			part = r.numbers[r.value.codes[row]]
			values = append(values, part)
			t.sum, carry = added(t.sum, carry, part)
			if part < 0 {
				t.negative++
			}
		}
		switch {
		case r.subject == nil:
			t.subjects++
			t.parts = append(t.parts, part)
		case r.subject.codes[row] != missing:
			parts[r.subject.codes[row]] += part
		}
	}
	t.sum += carry
	t.top = largest(values, r.keep)
	t.subjects += int64(len(parts))
	for _, p := range parts {
		t.parts = append(t.parts, p)
	}
	for i := range t.parts {
		t.parts[i] = math.Abs(t.parts[i])
	}
	slices.SortFunc(t.parts, func(x, y float64) int { return cmp.Compare(y, x) })
	return t
}

// added is Neumaier's compensated sum: total and carry together are the sum.
func added(total, carry, v float64) (float64, float64) {
	s := total + v
	if math.Abs(total) >= math.Abs(v) {
		return s, carry + (total - s + v)
	}
	return s, carry + (v - s + total)
}

func largest(values []float64, n int) []float64 {
	slices.SortFunc(values, func(x, y float64) int { return cmp.Compare(y, x) })
	return slices.Clone(values[:min(n, len(values))])
}

func total(values []float64) float64 {
	s, carry := 0.0, 0.0
	for _, v := range values {
		s, carry = added(s, carry, v)
	}
	return s + carry
}
