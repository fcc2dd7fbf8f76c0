package suppression

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"yingbi/internal/fault"
)

// square is a 3 × 3 table by rows w, x, y and columns a, b, c, with what is to be put
// in: further keys.
const square = `{"cells": {"w|a": 3, "w|b": 40, "w|c": 17, "x|a": 25, "x|b": 30, "x|c": 45, "y|a": 50, "y|b": 20, "y|c": 35,
	"w|tot": 60, "x|tot": 100, "y|tot": 105, "tot|a": 78, "tot|b": 90, "tot|c": 97, "tot|tot": 265}, "primary": ["w|a"]%s}`

func solve1(t *testing.T, spec string) (*Spec, *Answer) {
	t.Helper()
	s, err := ParseSpec([]byte(spec))
	if err != nil {
		t.Fatalf("%v\n%s", err, spec)
	}
	answer, err := s.Protect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s, answer
}

// TestProtectionInWords: what is asked of the interval of w|a = 3, as a number of
// lower, upper and width.
func TestProtectionInWords(t *testing.T) {
	for _, c := range []struct{ words, lower, upper, width string }{
		{`"interval must not be a point"`, "0", "0", "0"},
		{`"Not a point"`, "0", "0", "0"},
		{`"width >= 12.5"`, "0", "0", "12.5"},
		{`"interval width at least 50%"`, "0", "0", "1.5"},
		{`7`, "0", "0", "7"},
		{`"upper >= 4; lower >= 2"`, "2", "4", "0"},
		{`"lower: 1 and width 9"`, "1", "0", "9"},
		{`"±20%"`, "0.6", "0.6", "0"},
		{`"contains 0..9"`, "3", "6", "0"},
		{`"interval contains 0..t-1", "threshold": 10`, "3", "6", "0"},
		{`"contains 0 … t−1"`, "", "", ""},
		{`{"lower": 2, "upper": "200%"}`, "2", "6", "0"},
		{`{"LPL": 2, "UPL": 4, "SPL": 8}`, "2", "4", "8"},
		{`{"w|a": {"upper": 5}}`, "0", "5", "0"},
		{`{"w|a": "width >= 6"}`, "0", "0", "6"},
	} {
		s, err := ParseSpec(fmt.Appendf(nil, square, `, "protection": `+c.words))
		if c.lower == "" {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", c.words, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.words, err)
			continue
		}
		need := s.Problem.Needs[0]
		for i, want := range []string{c.lower, c.upper, c.width} {
			got := []*big.Rat{need.Lower, need.Upper, need.Width}[i]
			if got == nil {
				got = new(big.Rat)
			}
			if w, _ := new(big.Rat).SetString(want); w.Cmp(got) != 0 {
				t.Errorf("%s: %s of %v, want %s", c.words, []string{"lower", "upper", "width"}[i], got, want)
			}
		}
	}
}

// TestWiderNeedsWithholdMore: with a 1 in every other corner of its rectangles the
// cell can rise by one alone.
func TestWiderNeedsWithholdMore(t *testing.T) {
	_, point := solve1(t, fmt.Sprintf(square, ""))
	_, wide := solve1(t, fmt.Sprintf(square, `, "protection": {"upper": 70}`))
	if len(point.Secondary) != 3 || len(wide.Secondary) <= 3 || *wide.Intervals["w|a"][1] < 73 {
		t.Errorf("%+v, %+v", point, wide)
	}
	if !slices.Equal(point.Exposed, []string{"w|a"}) || *point.Intervals["w|a"][0] != 0 {
		t.Errorf("%+v", point)
	}
}

// TestTotalsAreDerived: from names that have totals, from names that have none, and
// over a hierarchy.
func TestTotalsAreDerived(t *testing.T) {
	_, given := solve1(t, fmt.Sprintf(square, ""))
	var all struct{ Cells map[string]int }
	if err := json.Unmarshal(fmt.Appendf(nil, square, ""), &all); err != nil {
		t.Fatal(err)
	}
	var inner []string
	for name, v := range all.Cells {
		if !strings.Contains(name, "tot") {
			inner = append(inner, fmt.Sprintf("%q: %d", name, v))
		}
	}
	slices.Sort(inner)
	_, derived := solve1(t, `{"kind": "2d", "primary": ["w|a"], "cells": {`+strings.Join(inner, ", ")+`}}`)
	slices.Sort(given.Suppressed)
	slices.Sort(derived.Suppressed)
	if !reflect.DeepEqual(given, derived) {
		t.Errorf("%+v, with derived totals %+v", given, derived)
	}
	_, tree := solve1(t, `{"cells": {"a": 4, "b": 9, "c": 8, "d": 6, "north": 13, "south": 14, "total": 27},
		"hierarchy": {"north": ["a", "b"], "south": ["c", "d"]}, "primary": ["a"]}`)
	if !slices.Equal(tree.Secondary, []string{"b"}) || *tree.Intervals["a"][1] != 13 {
		t.Errorf("%+v", tree)
	}
}

// TestTotalsAreWithheldLast: the single part of a total cannot be hidden without it,
// and the other parts of the level above are dearer than parts.
func TestTotalsAreWithheldLast(t *testing.T) {
	_, got := solve1(t, `{"cells": {"a": 4, "north": 4, "c": 8, "d": 6, "south": 14, "tot": 18},
		"equations": [{"a": 1, "north": -1}, {"c": 1, "d": 1, "south": -1}, {"north": 1, "south": 1, "tot": -1}], "primary": ["a"]}`)
	if !slices.Equal(got.Secondary, []string{"north", "d", "south"}) && !slices.Equal(got.Secondary, []string{"north", "c", "south"}) && !slices.Equal(got.Secondary, []string{"north", "south"}) {
		t.Errorf("%+v", got)
	}
	if slices.Contains(got.Suppressed, "tot") || len(got.Unprotected) > 0 {
		t.Errorf("%+v", got)
	}
}

// TestWhatNoPatternProtects is said, and not passed off as an answer.
func TestWhatNoPatternProtects(t *testing.T) {
	_, got := solve1(t, fmt.Sprintf(square, `, "published": ["w|b", "w|c", "w|tot"]`))
	if !slices.Equal(got.Unprotected, []string{"w|a"}) || len(got.Suppressed) != 13 || *got.Intervals["w|a"][0] != 3 || *got.Intervals["w|a"][1] != 3 {
		t.Errorf("%+v", got)
	}
	s, err := ParseSpec(fmt.Appendf(nil, square, `, "bounds": {"w|a": [3, 3]}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = Protect(t.Context(), s.Problem)
	if e, ok := err.(*UnprotectableError); !ok || len(e.Cells) != 1 {
		t.Errorf("%v", err)
	}
}

// TestWholeNumbers: a cell between 2.5 and 3.5 is a point to who knows that it is a
// whole number.
func TestWholeNumbers(t *testing.T) {
	const spec = `{"cells": {"a": 3, "b": 3, "c": 9}, "equations": [{"a": 2, "b": -2}], "bounds": {"a": [2.5, 3.5], "b": [2.5, 3.5]}, "primary": ["a", "b"], "whole": %v}`
	_, whole := solve1(t, fmt.Sprintf(spec, true))
	_, any := solve1(t, fmt.Sprintf(spec, false))
	if len(whole.Unprotected) != 2 || len(any.Unprotected) != 0 || *any.Intervals["a"][0] != 2.5 {
		t.Errorf("%+v, %+v", whole, any)
	}
}

func TestRefusedSpecs(t *testing.T) {
	for _, c := range []struct{ spec, field, says string }{
		{`[]`, "", "needs a JSON object"},
		{`{"cells": {"a": 1}, "cells": {}}`, "", `"cells" is given twice`},
		{`{"primary": []}`, "cells", "needs a JSON object"},
		{`{"cells": {"a": "1"}}`, "cells.a", "needs a number"},
		{`{"cells": {"a": 1e999999999}}`, "cells.a", "too large"},
		{`{"cells": {"a": null}}`, "cells.a", "needs a number"},
		{`{"cells": {"a": 1, "a": 2}}`, "cells", `"a" is given twice`},
		{`{"cells": {"a": 1}}`, "primary", "is missing"},
		{`{"cells": {"a": 1}, "primary": ["b"]}`, "primary", `"b" is no cell`},
		{`{"cells": {"a": 1}, "equations": [{"b": 1}], "primary": []}`, "equations", `"b" is no cell`},
		{`{"cells": {"a": 1, "b": 2}, "equations": [{"a": 1, "b": -1}], "primary": []}`, "equations", "do not satisfy the equation between a, b"},
		{`{"cells": {"a": 1, "b": 2}, "tables": {"t": {}}, "primary": []}`, "tables.t", "needs a JSON list"},
		{`{"cells": {"w|a": 1, "w": 2}, "primary": []}`, "cells", "another number of codes"},
		{`{"cells": {"w|a": 1, "w|b": 2, "x|a": 2}, "primary": []}`, "cells", `"x|b" is missing`},
		{fmt.Sprintf(square, `, "cell_bounds": [0, 9]`), "cell_bounds", "outside its bounds"},
		{fmt.Sprintf(square, `, "cell_bounds": [0]`), "cell_bounds", "needs [lower, upper]"},
		{fmt.Sprintf(square, `, "protection": "keep it safe"`), "protection", `"keep it safe" is not understood`},
		{fmt.Sprintf(square, `, "protection": {"w|b": 3}`), "protection", `"w|b" is no primary cell`},
		{fmt.Sprintf(square, `, "protection": {"upper": 3, "breadth": 2}`), "protection", `"breadth" is none of`},
		{fmt.Sprintf(square, `, "protection": "contains 0..t-1"`), "threshold", "needs a number"},
		{fmt.Sprintf(square, `, "cost": "cheap"`), "cost", `use "cells", "value"`},
		{fmt.Sprintf(square, `, "cost": {"w|b": -1}`), "cost.w|b", "not negative"},
		{fmt.Sprintf(square, `, "published": ["nowhere"]`), "published", `"nowhere" is no cell`},
		{fmt.Sprintf(square, `, "whole": 3`), "whole", "true or false"},
	} {
		_, err := ParseSpec([]byte(c.spec))
		var e *fault.Error
		if e, _ = err.(*fault.Error); e == nil || e.Kind != fault.Invalid || e.Place.Field != c.field || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s\n  %v; want %s of %q", c.spec, err, c.says, c.field)
		}
	}
}

// TestCostsDecide: the same table by number and by value of what is withheld, and
// where a cell must stay.
func TestCostsDecide(t *testing.T) {
	_, byNumber := solve1(t, fmt.Sprintf(square, ""))
	_, byValue := solve1(t, fmt.Sprintf(square, `, "cost": "value"`))
	_, stays := solve1(t, fmt.Sprintf(square, `, "published": ["w|c"]`))
	if want := []string{"w|c", "x|a", "x|c"}; !slices.Equal(byNumber.Secondary, want) && !byNumber.Least || slices.Contains(stays.Secondary, "w|c") || !byValue.Least {
		t.Errorf("%v, %v, %v", byNumber.Secondary, byValue.Secondary, stays.Secondary)
	}
	_, dear := solve1(t, fmt.Sprintf(square, `, "cost": {"x|a": 1000}`))
	if slices.Contains(dear.Secondary, "x|a") || !slices.Contains(byNumber.Secondary, "x|a") {
		t.Errorf("%v, with x|a dear %v", byNumber.Secondary, dear.Secondary)
	}
}

func TestTheSamePatternAlways(t *testing.T) {
	p := filled(rand.New(rand.NewPCG(2, 2)), 60, 6, flat(9), flat(9))
	first, err := Protect(t.Context(), p)
	if err != nil || len(first.Secondary) == 0 {
		t.Fatalf("%v, %v", first, err)
	}
	for range 3 {
		again, err := Protect(t.Context(), p)
		if err != nil || !reflect.DeepEqual(first, again) {
			t.Fatalf("%v, then %v, %v", first.Suppressed, again.Suppressed, err)
		}
	}
}

func TestCancelledSearchStops(t *testing.T) {
	p := filled(rand.New(rand.NewPCG(2, 2)), 900, 60, flat(60), flat(60))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := Protect(ctx, p)
	if err == nil || ctx.Err() == nil || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

// TestNeedsOfRules holds the widths against examples that were worked out by hand.
func TestNeedsOfRules(t *testing.T) {
	r := func(v int64) *big.Rat { return big.NewRat(v, 1) }
	for _, c := range []struct {
		got          Need
		lower, upper int64
	}{
		{SmallCount(3, 10), 3, 6},
		{SmallCount(12, 10), 12, 0},
		{Dominance(r(100), r(99), 90), 10, 10},
		{Dominance(r(200), r(100), 90), 0, 0},
		{PPercent(r(100), r(60), r(35), 10), 1, 1},
		{PPercent(r(100), r(60), r(35), 10).Wider(SmallCount(3, 10)), 3, 6},
		{Containing(r(5), r(2), r(9)), 3, 4},
	} {
		if c.got.Lower.Cmp(r(c.lower)) != 0 || c.got.Upper.Cmp(r(c.upper)) != 0 {
			t.Errorf("%v, want %d and %d", c.got, c.lower, c.upper)
		}
	}
}
