//go:build cgo

package cell

import (
	"fmt"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// visits are twelve rows of three people, areas the two districts of four that
// they live in.
func visits(t testing.TB) *abi.Frame {
	f := &abi.Frame{Rows: 12, Columns: []abi.Column{
		{Name: "person", Type: typ(t, "integer")},
		{Name: "district", Type: typ(t, "text"), Offsets: []uint32{0}},
		{Name: "icd", Type: typ(t, "text"), Offsets: []uint32{0}},
		{Name: "day", Type: typ(t, "date")},
		{Name: "seen", Type: typ(t, "timestamp")},
		{Name: "cost", Type: typ(t, "decimal(12,2)"), Valid: []byte{0xff, 0x07}},
		{Name: "score", Type: typ(t, "double")},
		{Name: "urgent", Type: typ(t, "boolean")},
	}}
	text := func(c *abi.Column, s string) {
		c.Bytes = append(c.Bytes, s...)
		c.Offsets = append(c.Offsets, uint32(len(c.Bytes)))
	}
	for i := range 12 {
		day := int32(19723 + 20*i) // 2024-01-01 …
		cost := int64(1000 + 250*((i*7)%12))
		if i == 11 {
			cost = 0 // null
		}
		f.Columns[0].Ints = append(f.Columns[0].Ints, int64(i%3))
		text(&f.Columns[1], []string{"江北", "江南", "山里"}[i%3])
		text(&f.Columns[2], []string{"I10", "I21.0", "J45", "E11"}[i%4])
		f.Columns[3].Days = append(f.Columns[3].Days, day)
		f.Columns[4].Ints = append(f.Columns[4].Ints, int64(day)*dayMicros+int64(i)*3_600_000_000)
		f.Columns[5].Ints = append(f.Columns[5].Ints, cost)
		f.Columns[6].Floats = append(f.Columns[6].Floats, float64(i)/4)
		f.Columns[7].Bools = append(f.Columns[7].Bools, byte(i%2))
	}
	return f
}

func areas(t testing.TB) *abi.Frame {
	return &abi.Frame{Rows: 4, Columns: []abi.Column{
		{Name: "district", Type: typ(t, "text"), Offsets: []uint32{0, 6, 12, 18, 24}, Bytes: []byte("江北江南河东河西")},
		{Name: "people", Type: coltype.Type{Kind: coltype.Integer}, Ints: []int64{1000, 2500, 400, 70}},
	}}
}

func exploring(t testing.TB) *engine {
	return lockedEngine(t, viewOf(t, "visits", visits(t)), viewOf(t, "areas", areas(t)))
}

func TestExploreAnswers(t *testing.T) {
	e := exploring(t)
	for _, c := range honestSQL() {
		f, err := e.explore(c.sql, 100)
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		if got := fmt.Sprint(show(f)); got != c.want {
			t.Errorf("%s: %s, want %s", c.sql, got, c.want)
		}
		if _, err := abi.Encode(nil, f); err != nil {
			t.Errorf("%s: %v", c.sql, err)
		}
	}
}

// Columns of one name, without a name of their own, or with one that is too long.
func TestAnswersHaveNames(t *testing.T) {
	e := exploring(t)
	for sql, want := range map[string]string{
		`SELECT person, person, person AS "PERSON", 1 AS person_1 FROM visits LIMIT 1`:      `[person person_1 PERSON_2 person_1_1]`,
		`SELECT a.district, v.district FROM areas a JOIN visits v USING (district) LIMIT 1`: `[district district_1]`,
		`SELECT 1, 1 + 1, count(*), "max"(person) FROM visits`:                              `[1 (1 + 1) count_star() max(person)]`,
		"SELECT 'a\nb', 'a\tb'": `['a b' 'a b'_1]`,
		`SELECT '` + strings.Repeat("江", 200) + `', '` + strings.Repeat("江", 200) + `' LIMIT 1`: `['` + strings.Repeat("江", 81) + ` '` + strings.Repeat("江", 81) + `_1]`,
	} {
		f, err := e.explore(sql, 1)
		if err != nil {
			t.Errorf("%s: %v", sql, err)
			continue
		}
		var names []string
		for _, c := range f.Columns {
			names = append(names, c.Name)
		}
		if _, err := abi.Encode(nil, f); err != nil || fmt.Sprint(names) != want {
			t.Errorf("%.60s: %v, %v", sql, names, err)
		}
	}
}

// Types that a frame has not are refused as a whole, before a value is read.
func TestAnswersHaveTypes(t *testing.T) {
	e := exploring(t)
	for _, column := range []string{
		`[1]`, `{'a': 1}`, `(1, 2)`, `MAP {'a': 1}`, `INTERVAL 1 DAY`, `TIME '10:00'`, `visits`, `list(1)`, `histogram(1)`, `json_extract('[1]', '$[0]')`, `'{}'->'a'`, `[1]::INTEGER[1]`, `quantile_cont(1, [0.5])`,
	} {
		if f, err := e.explore(`SELECT 1, `+column+` AS x FROM visits GROUP BY ALL LIMIT 1`, 1); err != abi.Refuse(abi.RefusalType) {
			t.Errorf("%s: %v, %v", column, f, err)
		}
	}
}
