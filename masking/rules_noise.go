package masking

import (
	"math"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"yingbi/internal/coltype"
)

// The rule noise: a value moves by as much as width to either side, then back into the
// bounds. See rules_subject.go for what it is drawn from.

func checkNoise(r *rule) error {
	if !below("0", r.text("width")) {
		return r.errorAt("width", "the width of the noise must be above 0")
	}
	if r.has("bottom") && r.has("top") && !below(r.text("bottom"), r.text("top")) {
		return r.errorAt("top", "top must lie above bottom")
	}
	return nil
}

func compileNoise(r *rule, in Column, s scope) (beside, Column, coltype.Type, error) {
	subject, err := r.subjectOf(s)
	if err != nil {
		return nil, Column{}, in.Type, err
	}
	d, err := newDraws(s, subject, columnDomain(in, s), "masking noise")
	if err != nil {
		return nil, Column{}, in.Type, err
	}
	var apply beside
	switch in.Type.Kind {
	case coltype.Integer, coltype.Decimal:
		apply, err = wholeNoise(r, in, d)
	case coltype.Double:
		apply, err = doubleNoise(r, in, d)
	default:
		err = r.misfit(in, "an integer, decimal or double")
	}
	return apply, subject, in.Type, err
}

func wholeNoise(r *rule, in Column, d *draws) (beside, error) {
	var settings [3][]int64
	for i, key := range []string{"width", "bottom", "top"} {
		var err error
		if settings[i], err = r.scaled(key, in); err != nil {
			return nil, err
		}
	}
	width, bounds := settings[0][0], clamp(settings[1], settings[2])
	if width > math.MaxInt64/2 {
		return nil, r.errorAt("width", "the width of the noise must be below %d", int64(math.MaxInt64/2))
	}
	most := largest(in.Type)
	return func(a, subject arrow.Array) (arrow.Array, error) {
		values, err := whole(a)
		if err != nil {
			return nil, err
		}
		words := make([]uint64, len(values))
		for i, v := range values {
			words[i] = uint64(v)
		}
		words, valid := d.of(subject, words, validOf(a))
		out := make([]int64, len(values))
		for i, v := range values {
			if valid.has(i) {
				out[i] = bounds(moved(v, words[i], width, most))
			}
		}
		return wholeArray(in.Type, out, valid), nil
	}, nil
}

// moved adds one of −width … width, all as likely, within ±most.
func moved(v int64, word uint64, width, most int64) int64 {
	n, _ := bits.Mul64(word, 2*uint64(width)+1)
	by := int64(n) - width
	switch {
	case by > 0 && v > most-by:
		return most
	case by < 0 && v < -most-by:
		return -most
	}
	return v + by
}

// wholeArray makes an integer or decimal column.
func wholeArray(t coltype.Type, values []int64, valid bitmap) arrow.Array {
	if t.Kind != coltype.Decimal {
		return NewArray(arrowType(t), len(values), valid, arrow.Int64Traits.CastToBytes(values))
	}
	out := make([]decimal128.Num, len(values))
	for i, v := range values {
		out[i] = decimal128.FromI64(v)
	}
	return NewArray(arrowType(t), len(out), valid, arrow.Decimal128Traits.CastToBytes(out))
}

func doubleNoise(r *rule, in Column, d *draws) (beside, error) {
	var settings [3][]float64
	for i, key := range []string{"width", "bottom", "top"} {
		var err error
		if settings[i], err = r.floats(key, in); err != nil {
			return nil, err
		}
	}
	width, bounds := settings[0][0], clamp(settings[1], settings[2])
	return func(a, subject arrow.Array) (arrow.Array, error) {
		values := a.(*array.Float64).Float64Values()
		words := make([]uint64, len(values))
		for i, v := range values {
			words[i] = math.Float64bits(v + 0) // of both zeros the same
		}
		words, valid := d.of(subject, words, validOf(a))
		out := make([]float64, len(values))
		for i, v := range values {
			switch {
			case !valid.has(i):
			case v != v:
				valid = valid.without(i, len(out))
			default:
				share := float64(words[i]>>11)/(1<<52) - 1 // from −1 to below 1
				out[i] = bounds(v + share*width)
			}
		}
		return NewArray(arrow.PrimitiveTypes.Float64, len(out), valid, arrow.Float64Traits.CastToBytes(out)), nil
	}, nil
}
