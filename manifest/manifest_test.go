package manifest

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"yingbi/internal/fault"
)

func TestParseReadsWhatWasWritten(t *testing.T) {
	m, err := Parse("job.yaml", []byte(head+`audience: 市医保局
inputs:
  claims: {dataset: claims, columns: [person, cost]}
  population: {dataset: population, columns: [person, birth]}
derive:
  年龄段: band(age_at(birth, '2024-01-01'), [18, 45.50, 60])
tables:
  按年龄:
    from: claims
    join: {population: person}
    where: cost > 0 and not (cost = 9999.00)
    group_by: [年龄段]
    measures: {人数: subjects(person), 次数: count(), 均值: mean(cost)}
outputs:
  标准化: {kind: table, derives: [按年龄], columns: [率]}
limits: {memory: 1GiB, time: 2m}
`))
	if err != nil {
		t.Fatal(err)
	}
	if m.Limits != (Limits{Memory: 1 << 30, Time: 2 * time.Minute}) {
		t.Errorf("limits %+v", m.Limits)
	}
	again, err := Parse("canonical", m.Canonical())
	if err != nil {
		t.Fatalf("%v\n%s", err, m.Canonical())
	}
	if !bytes.Equal(again.Canonical(), m.Canonical()) {
		t.Errorf("not stable:\n%s\n%s", m.Canonical(), again.Canonical())
	}
	for _, want := range []string{`"where": "cost > 0 and not cost = 9999"`, `[18, 45.5, 60]`, `"time": "2m0s"`, `"join": {"population": ["person", "person"]}`} {
		if !bytes.Contains(m.Canonical(), []byte(want)) {
			t.Errorf("canonical text lacks %s:\n%s", want, m.Canonical())
		}
	}
}

// The same words in another layout, order of limits and normal form are the
// same manifest.
func TestCanonicalIgnoresLayout(t *testing.T) {
	nfd := strings.ReplaceAll(job("icd_chapter = 'é'", "district", "count()"), "é", "e\u0301")
	spaced := "# a comment\n" + strings.ReplaceAll(job("\n      icd_chapter\n      =   'é'", "district", "\"count( )\""), "claims: {dataset", "claims:   {dataset")
	a, err := Parse("a", []byte(nfd))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Parse("b", []byte(spaced))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Canonical(), b.Canonical()) {
		t.Errorf("differ:\n%s\n%s", a.Canonical(), b.Canonical())
	}
}

// Whatever a question holds, the canonical text says the same.
func TestCanonicalKeepsTexts(t *testing.T) {
	for _, q := range []string{"a\u2028b", "😀 \\ \" ' # : - {}[]", "two\n lines\n", "\ttab", " lead", "trail ", "null", "012", "<&>", "\u0301alone", "&anchor *alias !tag | > % @ `"} {
		m, err := Parse("job.yaml", []byte(job("", "district", "count()")))
		if err != nil {
			t.Fatal(err)
		}
		m.Question = q
		again, err := Parse("canonical", m.Canonical())
		if err != nil || again.Question != q {
			t.Errorf("%q comes back as %+v: %v", q, again, err)
		}
	}
}

// The codes of a module keep the order of the author, which gives them their numbers.
func TestErrorsKeepTheirOrder(t *testing.T) {
	text := job("", "", "count()") + "outputs: {o: {kind: table, compares: t}}\nmodule: {errors: {too_few_rows: 数据不足, bad_dates: '日期: 无效', 空: 没有数据}}\n"
	m, err := Parse("job.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []Error{{"too_few_rows", "数据不足"}, {"bad_dates", "日期: 无效"}, {"空", "没有数据"}}
	again, err := Parse("canonical", m.Canonical())
	if err != nil || !slices.Equal(m.Errors, want) || !slices.Equal(again.Errors, want) {
		t.Errorf("%v, again %v, %v", m.Errors, again, err)
	}
}

func TestDefaults(t *testing.T) {
	m, err := Parse("job.yaml", []byte(job("", "district", "count()")))
	if err != nil {
		t.Fatal(err)
	}
	if m.Limits != (Limits{Memory: 256 << 20, Time: time.Minute}) || m.SQL || len(m.Outputs) != 0 {
		t.Errorf("%+v", m)
	}
}

func TestParseRefuses(t *testing.T) {
	emits := job("", "", "count()") + "outputs: {o: {kind: table, compares: t}}\n"
	for name, c := range map[string]struct{ text, want string }{
		"no name":            {"scenario: x\nquestion: y\n", `"name" is missing`},
		"no question":        {"name: x\nscenario: y\n", `"question" is missing`},
		"blank question":     {"name: x\nscenario: y\nquestion: ' '\n", "job.yaml:3:11: question: must not be blank"},
		"unknown key":        {job("", "", "count()") + "colour: red\n", `unknown key "colour"`},
		"later":              {job("", "", "count()") + "budget: {a: 1}\n", "budget is not part of this version"},
		"no inputs":          {head + "tables: {}\n", `"inputs" is missing`},
		"empty inputs":       {head + "inputs: {}\ntables: {}\n", "name at least one input"},
		"no columns":         {head + "inputs:\n  a: {dataset: a, columns: []}\n", "job.yaml:5:28: inputs.a.columns: name at least one column"},
		"column twice":       {head + "inputs:\n  a: {dataset: a, columns: [x, x]}\n", "job.yaml:5:32: inputs.a.columns[1]: \"x\" is blank or given twice"},
		"column by case":     {head + "inputs:\n  a: {dataset: a, columns: [x, X]}\ntables: {t: {from: a, measures: {n: count()}}}\n", "capitals make no difference"},
		"hidden column":      {head + "inputs:\n  a: {dataset: a, columns: [__subject_person]}\n", "job.yaml:5:29: inputs.a.columns[0]: \"__subject_person\": columns beginning with __"},
		"input name":         {head + "inputs:\n  1a: {dataset: a, columns: [x]}\n", `"1a" is not a name`},
		"hidden input":       {head + "inputs:\n  __rows: {dataset: a, columns: [x]}\n", "names beginning with __"},
		"engine's name":      {head + "inputs:\n  duckdb_tables: {dataset: a, columns: [x]}\ntables: {t: {from: duckdb_tables, measures: {n: count()}}}\n", "belong to the engine"},
		"keyword name":       {head + "inputs:\n  case: {dataset: a, columns: [x]}\n", `"case" is not a name`},
		"quote in name":      {head + "inputs:\n  'a\"b': {dataset: a, columns: [x]}\n", "is not a name"},
		"inputs by case":     {head + "inputs:\n  a: {dataset: a, columns: [x]}\n  A: {dataset: a, columns: [x]}\ntables: {t: {from: a, measures: {n: count()}}}\n", "capitals make no difference"},
		"derive = column":    {head + claims + "derive: {cost: days + 1}\ntables: {t: {from: claims, measures: {n: count()}}}\n", `"cost" is already the name`},
		"control in text":    {"name: \"a\\u0007b\"\nscenario: y\nquestion: z\n", "invisible character U+0007"},
		"NUL in column":      {head + "inputs:\n  a: {dataset: a, columns: [\"x\\0y\"]}\n", "invisible character U+0000"},
		"NUL in literal":     {job("\"icd_chapter = 'a\\0b'\"", "", "count()"), "may not hold the invisible character U+0000"},
		"turned text":        {job("\"icd_chapter = 'a\\u202eb'\"", "", "count()"), "invisible character U+202E"},
		"no tables":          {head + claims, `"tables" is missing`},
		"empty tables":       {head + claims + "tables: {}\n", "declare at least one table"},
		"from nothing":       {head + claims + "tables: {t: {from: nobody, measures: {n: count()}}}\n", `job.yaml:6:20: tables.t.from: "nobody" is no input`},
		"device":             {head + claims + "tables: {nul: {from: claims, measures: {n: count()}}}\n", "device of Windows"},
		"long file name":     {head + claims + "tables: {" + strings.Repeat("𠀀", 51) + ": {from: claims, measures: {n: count()}}}\n", "longer than 200 bytes"},
		"no measures":        {head + claims + "tables: {t: {from: claims, measures: {}}}\n", "declare at least one measure"},
		"measure twice":      {head + claims + "tables: {t: {from: claims, group_by: [district], measures: {district: count()}}}\n", `"district" is already the name`},
		"later having":       {head + claims + "tables: {t: {from: claims, having: x, measures: {n: count()}}}\n", "having is not part of this version"},
		"join itself":        {head + claims + "tables: {t: {from: claims, join: {claims: person}, measures: {n: count()}}}\n", "an input is joined once"},
		"join a triple":      {head + claims + "tables: {t: {from: claims, join: {claims: [a, b, c]}, measures: {n: count()}}}\n", "a pair [here, there], found 3"},
		"max":                {job("", "", "max(cost)"), "job.yaml:11:10: tables.t.measures.m: max is always refused: the largest value"},
		"no measure":         {job("", "", "cost"), "want subjects(), subjects(kind)"},
		"measure arguments":  {job("", "", "sum(cost, days)"), "want subjects(), subjects(kind)"},
		"output kind":        {job("", "", "count()") + "outputs: {o: {kind: file, derives: [t]}}\n", "want table, chart, model, answer or asserted, found \"file\""},
		"output of nothing":  {job("", "", "count()") + "outputs: {o: {kind: table}}\n", "want either derives"},
		"output of both":     {job("", "", "count()") + "outputs: {o: {kind: table, derives: [t], compares: t}}\n", "want either derives"},
		"output, no table":   {job("", "", "count()") + "outputs: {o: {kind: table, derives: [u]}}\n", `"u" is no table`},
		"output named t":     {job("", "", "count()") + "outputs: {t: {kind: table, derives: [t]}}\n", "already the name"},
		"rows and derived":   {job("", "", "count()") + "outputs: {o: {kind: table, derives: [t]}, p: {kind: table, compares: t}}\n", "one module cannot see rows"},
		"sql and derived":    {job("", "", "count()") + "outputs: {o: {kind: table, derives: [t]}}\nmodule: {sql: true}\n", "sees finished tables alone"},
		"sql, no module":     {job("", "", "count()") + "module: {sql: true}\n", "sql is for a module"},
		"errors, no module":  {job("", "", "count()") + "module: {errors: {few: 数据不足}}\n", "declare what it emits under outputs"},
		"error without text": {emits + "module: {errors: {few: ' '}}\n", `say in a few words what "few" means`},
		"error of nothing":   {emits + "module: {errors: {few: }}\n", `"few" has no value`},
		"error's name":       {emits + "module: {errors: {a-b: x}}\n", `"a-b" is not a name`},
		"errors by case":     {emits + "module: {errors: {few: x, Few: y}}\n", "capitals make no difference"},
		"turned error":       {emits + "module: {errors: {few: \"a\\u202eb\"}}\n", "invisible character U+202E"},
		"memory":             {job("", "", "count()") + "limits: {memory: 1MiB}\n", "want 16MiB to 8GiB"},
		"memory overflow":    {job("", "", "count()") + "limits: {memory: 4294967296GiB}\n", "want 16MiB to 8GiB"},
		"time":               {job("", "", "count()") + "limits: {time: 1h1s}\n", "want whole seconds"},
		"not a mapping":      {"- a\n", "want a mapping"},
		"expression is list": {head + claims + "tables: {t: {from: claims, where: [a], measures: {n: count()}}}\n", "want a single value"},
	} {
		_, err := Parse("job.yaml", []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, c.want)
		} else if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: kind %v", name, fault.KindOf(err))
		}
	}
}

func TestCountsAreBounded(t *testing.T) {
	many := func(n int, format func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(format(i))
		}
		return b.String()
	}
	name := func(i int) string { return "n" + strings.Repeat("x", i) }
	for what, c := range map[string]struct {
		limit int
		text  func(n int) string
	}{
		"inputs": {maxInputs, func(n int) string {
			return head + "inputs:\n" + many(n, func(i int) string { return "  " + name(i) + ": {dataset: d, columns: [x]}\n" }) + "tables: {t: {from: n, measures: {m: count()}}}\n"
		}},
		"measures": {maxMeasures, func(n int) string {
			return head + claims + "tables:\n  t:\n    from: claims\n    measures:\n" + many(n, func(i int) string { return "      " + name(i) + ": count()\n" })
		}},
		"keys": {maxKeys, func(n int) string {
			return job("", strings.TrimSuffix(many(n, func(i int) string { return name(i) + "," }), ","), "count()")
		}},
		"errors": {maxErrors, func(n int) string {
			return job("", "", "count()") + "outputs: {o: {kind: table, compares: t}}\nmodule:\n  errors:\n" + many(n, func(i int) string { return "    " + name(i) + ": x\n" })
		}},
		"name": {64, func(n int) string {
			return head + "inputs: {" + strings.Repeat("a", n) + ": {dataset: d, columns: [x]}}\ntables: {t: {from: " + strings.Repeat("a", n) + ", measures: {m: count()}}}\n"
		}},
	} {
		if _, err := Parse("f", []byte(c.text(c.limit))); err != nil {
			t.Errorf("%s: %d refused: %v", what, c.limit, err)
		}
		if _, err := Parse("f", []byte(c.text(c.limit+1))); err == nil {
			t.Errorf("%s: %d accepted", what, c.limit+1)
		}
	}
}
