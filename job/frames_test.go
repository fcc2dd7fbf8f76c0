package job

import (
	"fmt"
	"strings"
	"testing"

	"yingbi/egress"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/manifest"
	"yingbi/release"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// everyType is a finished table with a column of each type and rows of values,
// and one of marks in between.
func everyType(rows int) *egress.Published {
	p := &egress.Published{Name: "t", Rows: [][]egress.Value{}}
	texts := []string{}
	for _, c := range []struct{ name, typ, text string }{
		{"i", "integer", "-9223372036854775808"}, {"m", "decimal(18,2)", "-1234567890123456.78"}, {"f", "double", "1.25e-7"},
		{"s", "text", "影壁, \"x\""}, {"d", "date", "1924-02-29"}, {"b", "boolean", "true"},
	} {
		typ, err := coltype.Parse(c.typ)
		if err != nil {
			panic(err)
		}
		p.Columns = append(p.Columns, egress.PublishedColumn{Name: c.name, Type: typ})
		texts = append(texts, c.text)
	}
	for i := range rows {
		var row []egress.Value
		for _, text := range texts {
			switch i % 3 {
			case 0:
				row = append(row, egress.Value{Text: text})
			case 1:
				row = append(row, egress.Value{Mark: egress.Missing})
			case 2:
				row = append(row, egress.Value{Mark: egress.Suppressed})
			}
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// TestFinishedTableAsAFrame writes a finished table as a module reads it, and
// reads it back as egress does.
func TestFinishedTableAsAFrame(t *testing.T) {
	for _, rows := range []int{0, 1, 7, 8, 9, 100} {
		p := everyType(rows)
		f, err := frameOf(p)
		if err != nil {
			t.Fatal(err)
		}
		b, err := abi.Encode(nil, f)
		if err != nil {
			t.Fatalf("%d rows: %v", rows, err)
		}
		back, err := abi.Decode(b, abi.Limits{Bytes: 1 << 20, Rows: 1000, Columns: 10})
		if err != nil {
			t.Fatalf("%d rows: %v", rows, err)
		}
		a := answer{back}
		if a.Rows() != rows || len(a.Columns()) != len(p.Columns) {
			t.Fatalf("%d rows of %d columns", a.Rows(), len(a.Columns()))
		}
		for row := range rows {
			for i, c := range p.Columns {
				if a.Null(i, row) != (row%3 != 0) || a.Columns()[i] != (egress.Column{Name: c.Name, Type: c.Type}) {
					t.Fatalf("row %d, column %s: null %v", row, c.Name, a.Null(i, row))
				}
			}
			if row%3 != 0 {
				continue
			}
			got := fmt.Sprintf("%d %d %g %s %d %d", a.Int(0, row), a.Int(1, row), a.Float(2, row), a.Text(3, row), a.Int(4, row), a.Int(5, row))
			if got != `-9223372036854775808 -123456789012345678 1.25e-07 影壁, "x" -16743 1` {
				t.Fatalf("row %d is %s", row, got)
			}
		}
	}
}

func TestRaggedTableIsNoFrame(t *testing.T) {
	p := everyType(4)
	p.Rows[2] = p.Rows[2][:3]
	if _, err := frameOf(p); fault.KindOf(err) != fault.Internal {
		t.Errorf("%v", err)
	}
}

// TestTablesAreEncoded holds that marks become what a release knows of them.
func TestTablesAreEncoded(t *testing.T) {
	integer := coltype.Type{Kind: coltype.Integer}
	p := &egress.Published{Name: "t", Columns: []egress.PublishedColumn{{Name: "n", Title: "数", Type: integer}},
		Rows: [][]egress.Value{{{Text: "5"}}, {{Mark: egress.Missing}}, {{Mark: egress.Suppressed}}}}
	b, err := release.EncodeTables(tablesOf([]*egress.Published{p}))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), `"rows":[["5"],[null],[{"suppressed":true}]]`) {
		t.Errorf("%s", b)
	}
	if none, err := release.EncodeTables(tablesOf(nil)); err != nil || !strings.Contains(string(none), `"tables":[]`) {
		t.Errorf("no tables are %s, %v", none, err)
	}
}

// TestMissingAnswers holds that an answer which did not come is an error of its
// own and no crash.
func TestMissingAnswers(t *testing.T) {
	one := func(n int64) *abi.Frame {
		return &abi.Frame{Rows: 1, Columns: []abi.Column{{Name: "n", Type: coltype.Type{Kind: coltype.Integer}, Ints: []int64{n}}}}
	}
	for name, f := range map[string]*abi.Frame{
		"nothing": nil, "no columns": {Rows: 1}, "no rows": {Columns: one(1).Columns},
		"two rows":  {Rows: 2, Columns: []abi.Column{{Ints: []int64{1, 2}}}},
		"no number": {Rows: 1, Columns: []abi.Column{{Bytes: []byte("1"), Offsets: []uint32{0, 1}}}},
	} {
		if _, err := number(f); fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n, err := number(one(7)); n != 7 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	table := manifest.PlanTable{Name: "t", Cells: manifest.Statement{Name: "cells"}, Evidence: []manifest.Statement{{Name: "evidence"}}}
	for _, frames := range []map[string]*abi.Frame{nil, {"cells": one(1)}, {"evidence": one(1)}} {
		if _, err := collect(table, frames); fault.KindOf(err) != fault.Integrity {
			t.Errorf("%v", err)
		}
	}
}

// TestFailuresInWords holds that a reviewer is told whose fault a failure was, and
// which limit was reached.
func TestFailuresInWords(t *testing.T) {
	for _, c := range []struct {
		err         error
		kind, limit string
	}{
		{&sandbox.Failure{Reason: sandbox.Memory, Limit: "memory of 16 MiB"}, "limit", "memory of 16 MiB"},
		{&sandbox.Failure{Reason: sandbox.Time, Limit: "time of 1s"}, "limit", "time of 1s"},
		{&sandbox.Failure{Reason: sandbox.Refused, Code: abi.FailMemory}, "limit", "memory"},
		{&sandbox.Failure{Reason: sandbox.Refused, Code: abi.FailGuestLimit}, "limit", "what a module may emit"},
		{&sandbox.Failure{Reason: sandbox.Refused, Code: abi.FailGuestTrap}, "invalid", ""},
		{&sandbox.Failure{Reason: sandbox.Refused, Code: abi.FailOverflow}, "invalid", ""},
		{&sandbox.Failure{Reason: sandbox.Refused, Code: abi.FailEngine}, "internal", ""},
		{&sandbox.Failure{Reason: sandbox.Protocol}, "internal", ""},
		{fmt.Errorf("running: %w", &sandbox.Failure{Reason: sandbox.Time, Limit: "time of 1s"}), "limit", "time of 1s"},
		{fault.New(fault.Invalid, "not unique"), "invalid", ""},
	} {
		if got := describe(c.err, nil); got.Kind != c.kind || got.Limit != c.limit || got.Text != c.err.Error() {
			t.Errorf("%v: %+v", c.err, got)
		}
	}
}

// TestErrorsOfTheModulesOwn holds that only a declared result is told by its name.
func TestErrorsOfTheModulesOwn(t *testing.T) {
	declared := []manifest.Error{{Name: "too_few_rows", Text: "数据不足"}, {Name: "bad_dates", Text: "日期无效"}}
	for at, want := range []struct{ code, text string }{
		{"", "the cell gave up: guest-exit"},
		{"too_few_rows", "the module ended with error 1 of its own, too_few_rows: 数据不足"},
		{"bad_dates", "the module ended with error 2 of its own, bad_dates: 日期无效"},
		{"", "the module ended with 3, for which its manifest declares no error"},
	} {
		got := describe(&sandbox.Failure{Reason: sandbox.Refused, Code: abi.FailGuestExit, At: at}, declared)
		if got.Kind != "invalid" || got.Code != want.code || got.Text != want.text {
			t.Errorf("%d: %+v", at, got)
		}
	}
	// A position means a code of the module's own only where the module ended itself.
	if got := describe(&sandbox.Failure{Reason: sandbox.Refused, Code: abi.FailEngine, At: 1}, declared); got.Code != "" {
		t.Errorf("%+v", got)
	}
}

// TestOutside holds that nothing of a run shows while it is in review.
func TestOutside(t *testing.T) {
	for _, s := range States() {
		j := Job{ID: "x", State: s, Class: "verified", Reason: "limit"}
		j.Updated = j.Created.Add(1)
		got := j.Outside()
		if s == Expired { // of which TestExpiredTellsNothingOfARun tells
			j.Class = ""
		}
		hidden := got.State == InReview
		if hidden != (s.Outside() == InReview) || hidden && (got.Class != "" || got.Reason != "" || got.Updated != got.Created) || !hidden && got != j {
			t.Errorf("%s is shown as %+v", s, got)
		}
		if got.Outside() != got {
			t.Errorf("%s changes when it is shown twice", s)
		}
	}
}
