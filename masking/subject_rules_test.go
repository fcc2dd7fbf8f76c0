package masking

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/internal/coltype"
)

func personNumber(i int) string { return fmt.Sprintf("5304021990%08d", i) }

// Offsets cover all of ±days but 0, each about as often, and are one per person in all
// data sets and columns of a scenario.
func TestShiftOffsets(t *testing.T) {
	const people, days = 20_000, 5
	persons, values := make([]string, people), make([]string, people)
	for i := range people {
		persons[i], values[i] = personNumber(i), "1970-01-01"
	}
	date := mustType(t, "date")
	count := map[int]int{}
	got := masks(t, secret, "d", "{rule: shift, days: 5}", date, persons, values)
	for _, v := range got {
		count[daysOf(t, v)]++
	}
	for by := -days; by <= days; by++ {
		if n := count[by]; by == 0 && n > 0 || by != 0 && (n < 1800 || n > 2200) {
			t.Errorf("%d people are moved by %d days", n, by)
		}
	}
	if len(count) != 2*days {
		t.Errorf("offsets %v", count)
	}
	// Written otherwise, on another day, in another data set and as an instant.
	times := masks(t, secret, "e", "{rule: shift, days: 5}", mustType(t, "timestamp"), []string{"53 0402 1990-0000 0007"}, []string{"1970-01-31 12:00:00Z"})
	want := arrow.Timestamp((30*24+12)*3600e6 + int64(daysOf(t, got[7]))*24*3600e6).ToTime(arrow.Microsecond).Format("2006-01-02 15:04:05Z")
	if !strings.HasPrefix(strings.Replace(times[0], "T", " ", 1), strings.TrimSuffix(want, "Z")) {
		t.Errorf("moved to %s, want %s", times[0], want)
	}
}

func daysOf(t *testing.T, date string) int {
	t.Helper()
	a := columnOf(t, coltype.Type{Kind: coltype.Date}, date).(*array.Date32)
	return int(a.Value(0))
}

func TestShiftWithoutASubjectIsNull(t *testing.T) {
	got := masks(t, secret, "d", "{rule: shift, days: 5}", mustType(t, "date"), []string{null, " - ", personNumber(1)}, []string{"2024-01-01", "2024-01-01", "2024-01-01"})
	if got[0] != null || got[1] != null || got[2] == null {
		t.Errorf("got %v", got)
	}
}

// Dates that would leave their type become null, and no others.
func TestShiftAtTheEnds(t *testing.T) {
	m, err := policyOf(t, "c: {rule: shift, days: 30}").Compile([]Column{{Name: "c", Type: coltype.Type{Kind: coltype.Date}}, {Name: "person", Type: text, Subject: "person"}}, secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []int32{math.MinInt32, math.MaxInt32} {
		values := NewArray(arrow.PrimitiveTypes.Date32, 40, nil, arrow.Int32Traits.CastToBytes(fillInt32(40, end)))
		var persons []string
		for i := range 40 {
			persons = append(persons, personNumber(i))
		}
		schema := arrow.NewSchema([]arrow.Field{{Name: "c", Type: values.DataType()}, {Name: "person", Type: arrow.BinaryTypes.String}}, nil)
		out, err := m.Apply(array.NewRecordBatch(schema, []arrow.Array{values, columnOf(t, text, persons...)}, 40), 0)
		if err != nil {
			t.Fatal(err)
		}
		dates := out.Column(0).(*array.Date32)
		if dates.NullN() == 0 || dates.NullN() == 40 {
			t.Errorf("%d of 40 dates at %d are null", dates.NullN(), end)
		}
		for i := range 40 {
			if by := int64(dates.Value(i)) - int64(end); dates.IsValid(i) && (by == 0 || by > 30 || by < -30) {
				t.Errorf("moved by %d", by)
			}
		}
	}
}

func fillInt32(n int, v int32) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = v
	}
	return out
}

// Averaging what is seen often does not take the noise away: the same value of the same
// person has the same noise, and other persons have another.
func TestNoiseIsOfThePersonAndTheValue(t *testing.T) {
	persons := []string{personNumber(1), personNumber(2), personNumber(1), "53 04021990-00000001", personNumber(1)}
	got := masks(t, secret, "d", "{rule: noise, width: 1000000}", mustType(t, "integer"), persons, []string{"500", "500", "500", "500", "501"})
	if got[0] != got[2] || got[0] != got[3] || got[0] == got[1] || got[0] == got[4] {
		t.Errorf("got %v", got)
	}
	if got := masks(t, secret, "d", "{rule: noise, width: 5}", mustType(t, "integer"), []string{null}, []string{"500"}); got[0] != null {
		t.Errorf("without a person: %v", got)
	}
}

// Noise is whole steps of the type, even over the width, and stays inside its bounds.
func TestNoiseBounds(t *testing.T) {
	const n = 14_000
	persons, values := make([]string, n), make([]string, n)
	for i := range n {
		persons[i], values[i] = personNumber(i), "10"
	}
	for _, c := range []struct {
		rule, typ    string
		lowest, most float64
		distinct     int
	}{
		{"{rule: noise, width: 3}", "integer", 7, 13, 7},
		{"{rule: noise, width: 3, bottom: 9, top: 12}", "integer", 9, 12, 4},
		{"{rule: noise, width: 0.03}", "decimal(9,2)", 9.97, 10.03, 7},
		{"{rule: noise, width: 99}", "decimal(2,0)", -89, 99, 189},
		{"{rule: noise, width: 0.5}", "double", 9.5, 10.5, n},
	} {
		count := map[string]int{}
		lowest, most, sum := math.Inf(1), math.Inf(-1), 0.0
		for _, v := range masks(t, secret, "d", c.rule, mustType(t, c.typ), persons, values) {
			x, err := strconv.ParseFloat(v, 64)
			if err != nil {
				t.Fatal(err)
			}
			count[v]++
			lowest, most, sum = min(lowest, x), max(most, x), sum+x
		}
		if lowest < c.lowest || most > c.most || len(count) < c.distinct*99/100 || len(count) > c.distinct {
			t.Errorf("%s on %s: from %g to %g, %d different", c.rule, c.typ, lowest, most, len(count))
		}
		if c.distinct == 7 {
			for v, k := range count {
				if k < 1800 || k > 2200 {
					t.Errorf("%s on %s: %s %d times", c.rule, c.typ, v, k)
				}
			}
		}
		if mean := sum / n; c.typ == "double" && math.Abs(mean-10) > 0.02 {
			t.Errorf("%s: the mean is %g", c.rule, mean)
		}
	}
}

func TestNoiseAtTheEnds(t *testing.T) {
	for _, v := range []int64{math.MaxInt64, math.MinInt64 + 1, 0} {
		for _, word := range []uint64{0, 1 << 62, 1 << 63, math.MaxUint64} {
			got := moved(v, word, 1000, math.MaxInt64)
			if by := got - v; by > 1000 || by < -1000 {
				t.Errorf("%d moves to %d", v, got)
			}
		}
	}
	got := masks(t, secret, "d", "{rule: noise, width: 1}", mustType(t, "double"), []string{"a", "a", "a"}, []string{"NaN", "+Inf", "-Inf"})
	if got[0] != null || got[1] != "+Inf" || got[2] != "-Inf" {
		t.Errorf("got %v", got)
	}
}

// A data set without a column of subjects has noise by the value alone.
func TestNoiseWithoutSubjects(t *testing.T) {
	got, _ := apply(t, "{rule: noise, width: 1000000}", Column{Type: mustType(t, "integer")}, columnOf(t, mustType(t, "integer"), "500", "500", "501", null))
	if got.ValueStr(0) != got.ValueStr(1) || got.ValueStr(0) == got.ValueStr(2) || got.ValueStr(0) == "500" || !got.IsNull(3) {
		t.Errorf("got %v", spell(got))
	}
}

func TestSubjectRulesRefuse(t *testing.T) {
	two := []Column{
		{Name: "c", Type: mustType(t, "date")}, {Name: "n", Type: mustType(t, "integer")}, {Name: "p", Type: text, Subject: "person"}, {Name: "h", Type: text, Subject: "enterprise"},
	}
	for _, c := range []struct {
		rule    string
		columns []Column
		want    string
	}{
		{"c: {rule: shift, days: 5}", two, "columns p and h identify subjects"},
		{"c: {rule: shift, days: 5, subject: x}", two, `"x" is no column that identifies subjects`},
		{"n: {rule: noise, width: 5, subject: c}", two, `"c" is no column that identifies subjects`},
		{"c: {rule: shift, days: 5}", two[:2], "has no column that identifies subjects; use period"},
		{"n: {rule: shift, days: 5}", two[:3], "needs a date or a timestamp"},
		{"c: {rule: noise, width: 5}", two[:3], "needs an integer, decimal or double"},
		{"n: {rule: noise, width: 0.5}", two[:3], "more decimals"},
		{"n: {rule: noise, width: 999999999999999999, top: 0.5}", two[:3], "more decimals"},
	} {
		if err := policyOf(t, c.rule).Check(c.columns); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.rule, err, c.want)
		}
	}
	m, err := policyOf(t, "c: {rule: shift, days: 5, subject: h}", "n: keep").Compile(two, secret)
	if err != nil || fmt.Sprint(m.Reads()) != "[c h n]" {
		t.Errorf("reads %v, %v", m.Reads(), err)
	}
	if only, err := m.Only([]string{"n"}); err != nil || fmt.Sprint(only.Reads()) != "[n]" {
		t.Errorf("reads %v, %v", only.Reads(), err)
	}
}
