package masking

import (
	"math"
	"math/big"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/internal/coltype"
)

// The rules over numbers: bands, clamp, round.

func checkBands(r *rule) error {
	bounds, labels := r.texts("bounds"), r.texts("labels")
	if len(bounds) > maxList {
		return r.errorAt("bounds", "want at most %d bounds, found %d", maxList, len(bounds))
	}
	for i := 1; i < len(bounds); i++ {
		if !below(bounds[i-1], bounds[i]) {
			return r.errorAt("bounds", "bounds must rise; %s does not lie above %s", bounds[i], bounds[i-1])
		}
	}
	if closed := r.text("closed"); closed != "left" && closed != "right" {
		return r.errorAt("closed", "want left (18 belongs to [18,45)) or right (18 belongs to (…,18]), found %q", closed)
	}
	if labels == nil {
		return nil
	}
	if len(labels) != len(bounds)+1 {
		return r.errorAt("labels", "%d bounds make %d bands, found %d labels", len(bounds), len(bounds)+1, len(labels))
	}
	for i, label := range labels {
		if slices.Contains(labels[:i], label) {
			return r.errorAt("labels", "two bands are called %q", label)
		}
	}
	return nil
}

// below compares two numbers exactly.
func below(a, b string) bool {
	x, _ := new(big.Rat).SetString(a)
	y, _ := new(big.Rat).SetString(b)
	return x.Cmp(y) < 0
}

// bandLabels gives the default labels: <18, [18,45), ≥45 or ≤18, (18,45], >45.
func bandLabels(bounds []string, closed string) []string {
	under, open, shut, over := "<", "[", ")", "≥"
	if closed == "right" {
		under, open, shut, over = "≤", "(", "]", ">"
	}
	labels := []string{under + bounds[0]}
	for i := 1; i < len(bounds); i++ {
		labels = append(labels, open+bounds[i-1]+","+bounds[i]+shut)
	}
	return append(labels, over+bounds[len(bounds)-1])
}

func compileBands(r *rule, in Column, _ scope) (transform, coltype.Type, error) {
	labels := r.texts("labels")
	if labels == nil {
		labels = bandLabels(r.texts("bounds"), r.text("closed"))
	}
	right := r.text("closed") == "right"
	switch in.Type.Kind {
	case coltype.Integer, coltype.Decimal:
		bounds, err := r.scaled("bounds", in)
		if err != nil {
			return nil, text, err
		}
		return bandsOfWhole(bounds, labels, right), text, nil
	case coltype.Double:
		bounds, err := r.floats("bounds", in)
		return bandsOfDouble(bounds, labels, right), text, err
	default:
		return nil, text, r.misfit(in, "an integer, decimal or double")
	}
}

func bandsOfWhole(bounds []int64, labels []string, right bool) transform {
	words := wordsOf(labels)
	return func(a arrow.Array) (arrow.Array, error) {
		values, err := whole(a)
		if err != nil {
			return nil, err
		}
		return inBands(a, values, bounds, words, right), nil
	}
}

func bandsOfDouble(bounds []float64, labels []string, right bool) transform {
	words := wordsOf(labels)
	return func(a arrow.Array) (arrow.Array, error) {
		return inBands(a, a.(*array.Float64).Float64Values(), bounds, words, right), nil
	}
}

// inBands finds the bands of values. NaN is in none.
func inBands[T int64 | float64](a arrow.Array, values, bounds []T, words arrow.Array, right bool) arrow.Array {
	valid, bands := validOf(a), make([]int32, len(values))
	for i, v := range values {
		if v != v {
			valid = valid.without(i, len(values))
		}
		for _, bound := range bounds { // few, so that halving them takes longer
			if bound > v || right && bound == v {
				break
			}
			bands[i]++
		}
	}
	return inWords(valid, bands, words)
}

// scaled gives the numbers of a setting in the units of the column.
func (r *rule) scaled(key string, in Column) ([]int64, error) {
	var out []int64
	for _, text := range r.texts(key) {
		n, ok := parseNumber(text)
		if !ok {
			return nil, r.errorAt(key, "column %s is %s; %s is no number", in.Name, in.Type, text)
		}
		v, problem := n.scaled(in.Type)
		if problem != "" {
			return nil, r.errorAt(key, "%s %s, the type of column %s", text, problem, in.Name)
		}
		out = append(out, v)
	}
	return out, nil
}

// floats gives the numbers of a setting as doubles.
func (r *rule) floats(key string, in Column) ([]float64, error) {
	var out []float64
	for _, text := range r.texts(key) {
		n, ok := parseNumber(text)
		if !ok {
			return nil, r.errorAt(key, "column %s is %s; %s is no number", in.Name, in.Type, text)
		}
		out = append(out, n.float())
	}
	return out, nil
}

func checkClamp(r *rule) error {
	if !r.has("bottom") && !r.has("top") {
		return r.errorAt("", "clamp needs bottom, top or both")
	}
	if !r.has("bottom") || !r.has("top") {
		return nil
	}
	bottom, top := r.text("bottom"), r.text("top")
	_, first := parseNumber(bottom)
	_, second := parseNumber(top)
	switch {
	case first != second:
		return r.errorAt("top", "bottom and top must both be numbers or both be dates")
	case first && !below(bottom, top), !first && bottom >= top: // dates of one length compare as text
		return r.errorAt("top", "top must lie above bottom")
	}
	return nil
}

func compileClamp(r *rule, in Column, _ scope) (transform, coltype.Type, error) {
	switch in.Type.Kind {
	case coltype.Integer, coltype.Decimal:
		bottom, err := r.scaled("bottom", in)
		if err != nil {
			return nil, in.Type, err
		}
		top, err := r.scaled("top", in)
		return overWhole(in.Type, clamp(bottom, top)), in.Type, err
	case coltype.Double:
		bottom, err := r.floats("bottom", in)
		if err != nil {
			return nil, in.Type, err
		}
		top, err := r.floats("top", in)
		return overDouble(clamp(bottom, top)), in.Type, err
	case coltype.Date:
		bottom, err := r.days("bottom", in)
		if err != nil {
			return nil, in.Type, err
		}
		top, err := r.days("top", in)
		return clampDates(clamp(bottom, top)), in.Type, err
	default:
		return nil, in.Type, r.misfit(in, "an integer, decimal, double or date")
	}
}

// clamp holds a value between bottom and top, each empty or of one value.
func clamp[T int64 | int32 | float64](bottom, top []T) func(T) T {
	return func(v T) T {
		if len(bottom) > 0 && v < bottom[0] {
			return bottom[0]
		}
		if len(top) > 0 && v > top[0] {
			return top[0]
		}
		return v
	}
}

// days gives the date of a setting in days since 1970-01-01.
func (r *rule) days(key string, in Column) ([]int32, error) {
	if !r.has(key) {
		return nil, nil
	}
	day, err := time.Parse(time.DateOnly, r.text(key))
	if err != nil {
		return nil, r.errorAt(key, "column %s is a date; write one such as 2024-01-31", in.Name)
	}
	return []int32{int32(arrow.Date32FromTime(day))}, nil
}

func clampDates(f func(int32) int32) transform {
	return func(a arrow.Array) (arrow.Array, error) {
		values := a.(*array.Date32)
		return toDates(a, func(i int) (int32, bool) { return f(int32(values.Value(i))), true }), nil
	}
}

func checkRound(r *rule) error {
	if !below("0", r.text("to")) {
		return r.errorAt("to", "the base to round to must be above 0")
	}
	return nil
}

func compileRound(r *rule, in Column, _ scope) (transform, coltype.Type, error) {
	switch in.Type.Kind {
	case coltype.Integer, coltype.Decimal:
		base, err := r.scaled("to", in)
		if err != nil {
			return nil, in.Type, err
		}
		most := largest(in.Type)
		return overWhole(in.Type, func(v int64) int64 { return roundWhole(v, base[0], most) }), in.Type, nil
	case coltype.Double:
		units, per := number(r.text("to")).ratio()
		return overDouble(func(v float64) float64 { return roundDouble(v, units, per) }), in.Type, nil
	default:
		return nil, in.Type, r.misfit(in, "an integer, decimal or double")
	}
}

// roundWhole gives the multiple of base nearest to v, half away from zero. Where
// that multiple lies beyond ±most it gives the one before, towards zero.
func roundWhole(v, base, most int64) int64 {
	rest := v % base // has the sign of v
	low := v - rest
	switch {
	case rest > 0 && rest >= base-rest && low <= most-base:
		return low + base
	case rest < 0 && rest <= -base-rest && low >= base-most:
		return low - base
	}
	return low
}

// exactDoubles is the size from which a double has no fraction left to round.
const exactDoubles = 1 << 53

// roundDouble gives the double nearest to a multiple of units/per: dividing last
// gives 0.3, where 3×0.1 would give 0.30000000000000004.
func roundDouble(v, units, per float64) float64 {
	q := v * per / units
	if !(math.Abs(q) < exactDoubles) {
		return v
	}
	return math.Round(q)*units/per + 0 // half goes away from zero; no negative zero
}
