package egress

import (
	"strconv"
	"time"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// Vector is one column of a finished table for a guest, in the layout of the
// columnar frame: one slice is set, by the type. A missing key and a suppressed
// figure are both not Valid.
type Vector struct {
	Name   string
	Type   coltype.Type
	Valid  []bool
	Ints   []int64 // integer, and decimal scaled
	Floats []float64
	Days   []int32
	Bools  []byte
	Texts  []string
}

// Vectors turns a published table into columns.
func (p *Published) Vectors() ([]Vector, error) {
	out := make([]Vector, len(p.Columns))
	for i, c := range p.Columns {
		v := Vector{Name: c.Name, Type: c.Type}
		for _, row := range p.Rows {
			if len(row) != len(p.Columns) {
				return nil, fault.Errorf(fault.Internal, "the finished table %s is ragged", p.Name)
			}
			if err := v.add(row[i]); err != nil {
				return nil, fault.Errorf(fault.Internal, "the finished table %s, column %s: %v", p.Name, c.Name, err)
			}
		}
		out[i] = v
	}
	return out, nil
}

func (v *Vector) add(value Value) (err error) {
	ok := value.Mark == ""
	v.Valid = append(v.Valid, ok)
	switch v.Type.Kind {
	case coltype.Text:
		v.Texts = append(v.Texts, value.Text)
	case coltype.Double:
		f := 0.0
		if ok {
			f, err = strconv.ParseFloat(value.Text, 64)
		}
		v.Floats = append(v.Floats, f)
	case coltype.Date:
		var d time.Time
		if ok {
			d, err = time.Parse(time.DateOnly, value.Text)
		} else {
			d = time.Unix(0, 0)
		}
		v.Days = append(v.Days, int32(d.Unix()/86400))
	case coltype.Boolean:
		b := byte(0)
		if ok && value.Text == "true" {
			b = 1
		}
		v.Bools = append(v.Bools, b)
	default:
		n := int64(0)
		if ok {
			n, err = scaled(value.Text, v.Type.Scale)
		}
		v.Ints = append(v.Ints, n)
	}
	return err
}

// scaled reads a decimal text as an integer of 10^-scale.
func scaled(s string, scale uint8) (int64, error) {
	a, err := parseAmount(s)
	if err != nil || a.rat == nil {
		return 0, strconv.ErrSyntax
	}
	r := shift(a.rat, int(scale))
	if !r.IsInt() || !r.Num().IsInt64() {
		return 0, strconv.ErrRange
	}
	return r.Num().Int64(), nil
}
