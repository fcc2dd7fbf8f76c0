package manifest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

// What Parse accepts has one canonical text, which reads back as itself. What
// Check accepts binds as many values as it has question marks outside quotes.
func FuzzParse(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, s := range seeds {
		b, err := os.ReadFile(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, rc := range recounts {
		f.Add([]byte(rc.manifest))
	}
	f.Add([]byte(job("cost > 0", "district", "count()") + "outputs: {o: {kind: table, compares: t}}\nmodule: {sql: true, errors: {few: '数据: 不足', bad: \"b'\"}}\n"))
	f.Add([]byte(questionOf("{k: [1, -2.5], l: ['a''b', '12']}", "    where: not (status = l) or paid_until is null\n", "{\"<18\": \"every(months > k) and sum(paid) between -1 and 2\", \"無\": otherwise}")))
	f.Add([]byte(asserting(twoLeaves)))
	f.Add([]byte(asserting("kind: asserted, about: 'a < b', from: [claims], numbers: {a: {min: -990000, max: -1}, b: {min: 0, max: 1, scale: 6}}")))
	schema := city(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse("f", b)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("kind %v: %v", fault.KindOf(err), err)
			}
			return
		}
		canonical := m.Canonical()
		again, err := Parse("canonical", canonical)
		if err != nil {
			t.Fatalf("the canonical text is refused: %v\n%s", err, canonical)
		}
		if !bytes.Equal(again.Canonical(), canonical) {
			t.Fatalf("the canonical text changes:\n%s\n%s", canonical, again.Canonical())
		}
		p, err := m.Check(only(m, schema))
		if err != nil {
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.Denied {
				t.Fatalf("kind %v: %v", k, err)
			}
			return
		}
		if sum := m.AssertedMillibits(); sum < 0 || (sum > 0) != (p.Assurance == Asserted) {
			t.Fatalf("a job that is %s asserts %d millibits", p.Assurance, sum)
		}
		statements := p.Statements()
		for i := range p.Answers {
			chosen := map[string]string{}
			for _, x := range p.Answers[i].Parameters {
				chosen[x.Name] = x.Values[len(x.Values)-1]
			}
			ask, err := p.Answers[i].Statement(1, chosen)
			if err != nil {
				t.Fatalf("a declared value may not be chosen: %v", err)
			}
			statements = append(statements, ask)
		}
		for _, s := range statements {
			if n := placeholders(s.SQL); n != len(s.Args) {
				t.Fatalf("%d question marks, %d values: %s", n, len(s.Args), s.SQL)
			}
		}
	})
}

// placeholders counts question marks outside quoted names, and refuses quoted
// texts, which a statement must not hold.
func placeholders(sql string) int {
	n := 0
	for i, part := range strings.Split(sql, `"`) {
		if i%2 == 0 {
			if strings.Contains(part, "'") {
				return -1
			}
			n += strings.Count(part, "?")
		}
	}
	return n
}

// What the parser accepts prints as a text that parses to the same print.
func FuzzExpr(f *testing.F) {
	for _, s := range []string{
		"a", "-a + 1.50 * (b - 2)", "not a and b or c", "x in [1, -2, 'a''b', true]", "x not between 1 and 2",
		"case when a is null then 'x' else \"b c\".d end", "band(age_at(b, '2024-01-01'), [18, 45])", "a（", "'", `""`, "--5", "列 = '值'",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := parseExpr(s, at)
		if err != nil {
			return
		}
		text := e.String()
		again, err := parseExpr(text, at)
		if err != nil {
			t.Fatalf("%q prints as %q, which is refused: %v", s, text, err)
		}
		if again.String() != text {
			t.Fatalf("%q prints as %q, then as %q", s, text, again.String())
		}
	})
}
