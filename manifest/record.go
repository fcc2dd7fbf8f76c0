package manifest

import (
	"math/big"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
)

// Field is one value of a record, which a module gives as a whole number: the index of
// a label, from 0, or a number that is so many times 10^-Scale.
type Field struct {
	Name     string
	Labels   []string // of an enumeration; nil for a number
	Min, Max int64    // what the module may give
	Scale    uint8
	Default  int64 // of a number: what it is for most; who has it does not count as having one

	at fault.Place
}

const (
	maxFields = 32
	maxLabels = 256
	maxBound  = 1_000_000_000_000_000 // of what a module gives
	maxScale  = 6
)

// Type gives the type of the field's column.
func (f Field) Type() coltype.Type {
	switch {
	case f.Labels != nil:
		return typeText
	case f.Scale > 0:
		return decimal(f.Scale)
	}
	return typeInteger
}

// usual writes the default of a number, "" of an enumeration: there, whoever has the same
// label is behind the same cell, or hits or misses the same share, and is counted as that.
func (f Field) usual() string {
	if f.Labels != nil {
		return ""
	}
	return new(big.Rat).SetFrac64(f.Default, f.factor()).FloatString(int(f.Scale))
}

// factor is 10^Scale.
func (f Field) factor() int64 {
	out := int64(1)
	for range f.Scale {
		out *= 10
	}
	return out
}

func readRecord(m *yamldoc.Map) ([]Field, error) {
	n, err := m.Need("record")
	if err != nil {
		return nil, err
	}
	var out []Field
	err = each(n, maxFields, func(name string, v *yamldoc.Node) error {
		f := Field{Name: name, at: v.Place}
		read := f.number
		if v.IsList() {
			read = f.labels
		}
		err := read(v)
		out = append(out, f)
		return err
	})
	if err == nil && len(out) == 0 {
		err = n.Errorf("declare at least one field")
	}
	return out, err
}

func (f *Field) labels(v *yamldoc.Node) (err error) {
	if f.Labels, _, err = list(v, maxLabels); err != nil {
		return err
	}
	if len(f.Labels) < 2 {
		return v.Errorf("an enumeration has at least two labels")
	}
	f.Max = int64(len(f.Labels)) - 1
	return nil
}

// number reads {min: 0, max: 10, scale: 2, default: 5}.
func (f *Field) number(v *yamldoc.Node) error {
	m, err := v.Map()
	if err != nil {
		return v.Errorf("want labels [no, yes], or a number's bounds {min: 0, max: 100}")
	}
	scale := int64(0)
	if n := m.Get("scale"); n != nil {
		if scale, err = n.Int(); err != nil {
			return err
		}
		if scale < 0 || scale > maxScale {
			return n.Errorf("want 0 to %d digits behind the point, found %d", maxScale, scale)
		}
	}
	f.Scale = uint8(scale)
	for _, bound := range []struct {
		key string
		to  *int64
	}{{"min", &f.Min}, {"max", &f.Max}} {
		n, err := m.Need(bound.key)
		if err != nil {
			return err
		}
		if *bound.to, err = f.bound(n); err != nil {
			return err
		}
	}
	if f.Min >= f.Max {
		return v.Errorf("min must be less than max")
	}
	f.Default = min(max(f.Min, 0), f.Max)
	if n := m.Get("default"); n != nil {
		if f.Default, err = f.bound(n); err != nil {
			return err
		}
		if f.Default < f.Min || f.Default > f.Max {
			return n.Errorf("want a default between min and max")
		}
	}
	return m.Done()
}

// bound reads a whole number of the field.
func (f *Field) bound(n *yamldoc.Node) (int64, error) {
	value, err := n.Int()
	if err != nil {
		return 0, err
	}
	if most := maxBound / f.factor(); value < -most || value > most {
		return 0, n.Errorf("want at most %d on either side of 0", most)
	}
	return value * f.factor(), nil
}
