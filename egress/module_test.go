package egress

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

func TestCompareCounts(t *testing.T) {
	table := oneKey(group{"a", 30, 100, 100}, group{"b", 3, 100, 100}, group{"c", 40, 100, 100})
	r := memory{columns: []Column{{"district", text}, {"people", integer}, {"mean", double}}, rows: [][]any{
		{"a", 30, 1.0}, {"b", 3, 1.0000000001}, {"b", 3, 1.0}, {"d", 3, 1.0},
	}}
	got, err := Compare("check", table, r)
	if want := (Comparison{"check", "t", 3, 1, 0, 1, 2}); err != nil || got != want {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	r.rows = [][]any{{"a", 31, nil}, {"b", 3, math.NaN()}, {"c", 40, 1.001}}
	got, err = Compare("check", table, r)
	if want := (Comparison{"check", "t", 2, 0, 4, 0, 0}); err != nil || got != want {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	for name, columns := range map[string][]Column{
		"no key":      {{"people", integer}},
		"no measure":  {{"district", text}},
		"another":     {{"district", text}, {"people", integer}, {"secret", text}},
		"twice":       {{"district", text}, {"people", integer}, {"people", integer}},
		"key's type":  {{"district", integer}, {"people", integer}},
		"text figure": {{"district", text}, {"people", text}},
	} {
		if _, err := Compare("check", table, memory{columns: columns}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func finished(t *testing.T) []*Published {
	p := judge(t, preset(t, "default"), []*Table{oneKey(group{"东", 30, 100, 100}, group{"西", 300, 100, 100})}).Published("t")
	p.Columns = append(p.Columns, PublishedColumn{Name: "since", Type: date})
	for i := range p.Rows {
		p.Rows[i] = append(p.Rows[i], Value{Text: "2024-01-01"})
	}
	return []*Published{p}
}

func TestAdmit(t *testing.T) {
	columns := []Column{{"district", text}, {"率", double}, {"since", date}, {"n", integer}, {"y", yuan}}
	words := []string{"率", "n", "y", "合计"}
	r := memory{columns: columns, rows: [][]any{{"东", 1.0 / 3, 19723, 30, 12345}, {"合计", nil, nil, -4, -1}}}
	out, err := Admit("o", finished(t), words, r)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := rows(out), "东 0.333333333333333 2024-01-01 30 123.45; 合计 MISSING MISSING -4 -0.01"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if out.Columns[0].Title != "区县" || out.Columns[4].Type != double || len(out.Notes) == 0 {
		t.Errorf("%+v", out)
	}
	if _, err := out.Vectors(); err != nil {
		t.Error(err)
	}
	for name, bad := range map[string][]any{
		"another text": {"南", 1.0, 19723, 1, 1},
		"another date": {"东", 1.0, 19724, 1, 1},
		"NaN":          {"东", math.NaN(), 19723, 1, 1},
		"infinite":     {"东", math.Inf(-1), 19723, 1, 1},
		"long integer": {"东", 1.0, 19723, 1_000_000_000_000_000, 1},
	} {
		_, err := Admit("o", finished(t), words, r.with(bad))
		if fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "南") {
			t.Errorf("%s: the error repeats the module's text", name)
		}
	}
	if _, err := Admit("o", finished(t), words, r.with([]any{"东", 1.0, 19723, 999_999_999_999_999, 1})); err != nil {
		t.Errorf("15 digits: %v", err)
	}
}

func TestAdmitCapsSizeAndNames(t *testing.T) {
	one := []any{"东"}
	limit := emittedAllowance + emittedFactor*2*6 // two rows of six columns
	for n, ok := range map[int]bool{0: false, 1: true, limit: true, limit + 1: false} {
		_, err := Admit("o", finished(t), nil, memory{columns: []Column{{"district", text}}, rows: slices.Repeat([][]any{one}, n)})
		if (err == nil) != ok {
			t.Errorf("%d cells: %v", n, err)
		}
	}
	many := func(n int) (columns []Column, words []string, row []any) {
		for i := range n {
			columns, words, row = append(columns, Column{fmt.Sprint("c", i), integer}), append(words, fmt.Sprint("c", i)), append(row, 1)
		}
		return
	}
	for n, ok := range map[int]bool{0: false, maxEmittedColumns: true, maxEmittedColumns + 1: false} {
		columns, words, row := many(n)
		if _, err := Admit("o", finished(t), words, memory{columns: columns}.with(row)); (err == nil) != ok {
			t.Errorf("%d columns: %v", n, err)
		}
	}
	for name, columns := range map[string][]Column{
		"unknown name": {{"whisper", integer}},
		"name twice":   {{"people", integer}, {"people", integer}},
		"timestamp":    {{"people", coltype.Type{Kind: coltype.Timestamp}}},
	} {
		if _, err := Admit("o", finished(t), nil, memory{columns: columns}.with([]any{1, 1})); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", name, err)
		}
	}
}
