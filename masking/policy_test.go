package masking

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

const head = "id: p\nname: test\nversion: 1\ndataset: d\n"

func TestParsePolicy(t *testing.T) {
	src, err := os.ReadFile("testdata/claims.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParsePolicy("claims.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	if p.ID != "claims-basic" || p.Name != "医保结算·基础脱敏" || p.Version != 3 || p.Dataset != "claims" || p.Comment == "" {
		t.Errorf("read %+v", p)
	}
	want, err := os.ReadFile("testdata/claims.canonical.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Encode(); !bytes.Equal(got, want) {
		t.Errorf("canonical form:\n%s\nwant:\n%s", got, want)
	}
	again, err := ParsePolicy("canonical.yaml", want)
	if err != nil || again.Digest() != p.Digest() {
		t.Errorf("the canonical form reads back as another policy: %v", err)
	}
	if err := p.Check(claimColumns(t)); err != nil {
		t.Errorf("Check: %v", err)
	}
}

func claimColumns(t *testing.T) []Column {
	var out []Column
	for _, c := range [][3]string{
		{"person_id", "text", "person"}, {"hospital", "text", "enterprise"}, {"姓名", "text", ""}, {"district", "text", ""},
		{"visited_at", "timestamp", ""}, {"birth", "date", ""}, {"age", "integer", ""}, {"cost", "decimal(12,2)", ""},
		{"icd", "text", ""}, {"phone", "text", ""}, {"note", "text", ""}, {"doctor", "text", ""},
	} {
		out = append(out, Column{Name: c[0], Type: mustType(t, c[1]), Subject: c[2]})
	}
	return out
}

func TestTheDigestSeesEverySetting(t *testing.T) {
	seen := map[string]string{}
	for _, body := range []string{
		"columns: {}", "columns: {a: keep}", "columns: {a: drop}", "columns: {b: keep}",
		"columns: {a: {rule: mask, first: 1}}", "columns: {a: {rule: mask, last: 1}}", "columns: {a: mask}",
		"columns: {a: redact}", "columns: {a: token}", "columns: {a: {rule: token, kind: x}}",
		"columns: {a: {rule: fpe, format: digits}}", "columns: {a: {rule: fpe, format: mobile}}", "columns: {a: {rule: fpe, format: mobile, kind: x}}",
		"columns: {a: {rule: generalise, by: region, to: county}}", "columns: {a: {rule: generalise, by: region, to: province}}", "columns: {a: {rule: generalise, by: region, to: province, other: ''}}",
		"columns: {a: {rule: generalise, rows: [a;b;c], to: 1}}", "columns: {a: {rule: generalise, rows: [a;b;c], to: 2}}", "columns: {a: {rule: generalise, rows: ['a;b;c '], to: 2}}",
		"columns: {a: {rule: shift, days: 3}}", "columns: {a: {rule: shift, days: 30}}", "columns: {a: {rule: shift, days: 3, subject: b}}",
		"columns: {a: {rule: noise, width: 3}}", "columns: {a: {rule: noise, width: 3, top: 3}}", "columns: {a: {rule: noise, width: 3, bottom: 3}}", "columns: {a: {rule: noise, width: 3, subject: b}}",
		"columns: {a: {rule: constant, value: '1'}}", "columns: {a: {rule: constant, value: ''}}",
		"columns: {a: {rule: bands, bounds: [1], closed: left}}", "columns: {a: {rule: bands, bounds: [1], closed: right}}",
		"columns: {a: {rule: bands, bounds: [1], closed: left, labels: [x, y]}}", "columns: {a: {rule: bands, bounds: [1], closed: left, labels: ['x, y', '']}}",
		"comment: x\ncolumns: {}",
	} {
		p, err := ParsePolicy("p.yaml", []byte(head+body))
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if other, ok := seen[p.Digest().String()]; ok {
			t.Errorf("%q and %q have one digest", body, other)
		}
		seen[p.Digest().String()] = body
	}
}

func TestTheDigestSeesNoSpelling(t *testing.T) {
	a, err := ParsePolicy("a.yaml", []byte(head+"columns:\n  a: {rule: keep}\n  b: {rule: round, to: 010.50}\n"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := ParsePolicy("b.yaml", []byte("# the same\n"+head+"columns:\n  b:\n    to: 10.5\n    rule: round\n  a: keep\n"))
	if err != nil || a.Digest() != b.Digest() {
		t.Errorf("two spellings of one policy differ: %v", err)
	}
}

func TestParsePolicyRefuses(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{"", `"columns" is missing`},
		{"columns: [a]", "p.yaml:5:"},
		{"columns: {a: }", `column "a" has no rule`},
		{"columns: {a: hide}", "p.yaml:5:14: columns.a: \"hide\" is not a rule; the rules are bands, clamp,"},
		{"columns: {a: {rule: hide}}", "p.yaml:5:21: columns.a.rule"},
		{"columns: {a: {first: 1}}", `"rule" is missing`},
		{"columns: {a: {rule: mask, frist: 1}}", `unknown key "frist"`},
		{"columns: {a: keep, a: drop}", "already defined"},
		{"columns: {__subject_person: keep}", "belong to the domain"},
		{"columns: {'': keep}", "has a name"},
		{"columns: {a: round}", `needs "to"`},
		{"columns: {a: {rule: round}}", `needs "to"`},
		{"columns: {a: {rule: round, to: 0}}", "above 0"},
		{"columns: {a: {rule: round, to: -5}}", "above 0"},
		{"columns: {a: {rule: round, to: 1e3}}", "want a number"},
		{"columns: {a: {rule: round, to: 1.}}", "want a number"},
		{"columns: {a: {rule: round, to: 1234567890123456789}}", "want a number"},
		{"columns: {a: {rule: mask, first: -1}}", "want a count from 0 to 64"},
		{"columns: {a: {rule: mask, first: 65}}", "want a count from 0 to 64"},
		{"columns: {a: {rule: prefix, length: 0}}", "use suppress"},
		{"columns: {a: {rule: period, to: week}}", "want day, month, quarter or year"},
		{"columns: {a: {rule: period, to: month, zone: Local}}", "is no time zone"},
		{"columns: {a: {rule: period, to: month, zone: ''}}", "is no time zone"},
		{"columns: {a: {rule: period, to: month, zone: ../../etc}}", "is no time zone"},
		{"columns: {a: {rule: bands, bounds: [], closed: left}}", "want a list"},
		{"columns: {a: {rule: bands, bounds: 1, closed: left}}", "want a list"},
		{"columns: {a: {rule: bands, bounds: [1, 1], closed: left}}", "bounds must rise"},
		{"columns: {a: {rule: bands, bounds: [2, 1.5], closed: left}}", "bounds must rise"},
		{"columns: {a: {rule: bands, bounds: [1]}}", `needs "closed"`},
		{"columns: {a: {rule: bands, bounds: [1], closed: both}}", "want left"},
		{"columns: {a: {rule: bands, bounds: [1], closed: left, labels: [x]}}", "make 2 bands, found 1 labels"},
		{"columns: {a: {rule: bands, bounds: [1], closed: left, labels: [x, x]}}", "two bands"},
		{"columns: {a: {rule: bands, closed: left, bounds: [" + strings.Repeat("1,", 101) + "2]}}", "want a list of 1 to 100"},
		{"columns: {a: clamp}", "bottom, top or both"},
		{"columns: {a: {rule: clamp, bottom: 3, top: 3}}", "top must lie above bottom"},
		{"columns: {a: {rule: clamp, bottom: 2024-01-02, top: 2024-01-01}}", "top must lie above bottom"},
		{"columns: {a: {rule: clamp, bottom: 3, top: 2024-01-01}}", "both be numbers or both be dates"},
		{"columns: {a: {rule: clamp, top: 2024-13-01}}", "or a date"},
		{"columns: {a: {rule: pseudonym, kind: ' '}}", "must not be blank"},
		{"columns: {a: {rule: constant, value: \"\\u202Eabc\"}}", "invisible character U+202E"},
		{"columns: {a: {rule: constant, value: " + strings.Repeat("x", 101) + "}}", "more than 100 characters"},
		{"columns: {a: {rule: constant, value: [x]}}", "want a single value"},
		{"columns: {}\nsalt: x", `unknown key "salt"`},
	} {
		_, err := ParsePolicy("p.yaml", []byte(head+c.body+"\n"))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "p.yaml:") || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v, want %q", c.body, err, c.want)
		}
	}
	for src, want := range map[string]string{
		"id: P\nname: x\nversion: 1\ndataset: d\ncolumns: {}":   "p.yaml:1:5: id",
		"id: p\nname: x\nversion: 0\ndataset: d\ncolumns: {}":   "p.yaml:3:10: version",
		"id: p\nname: x\nversion: one\ndataset: d\ncolumns: {}": "p.yaml:3:10: version",
		"id: p\nname: ' '\nversion: 1\ndataset: d\ncolumns: {}": "p.yaml:2:7: name",
		"id: p\nname: x\nversion: 1\ndataset: a/b\ncolumns: {}": "p.yaml:4:10: dataset",
		"id: p\nname: x\nversion: 1\ndataset: _a\ncolumns: {}":  "p.yaml:4:10: dataset",
		"name: x\nversion: 1\ndataset: a\ncolumns: {}":          `"id" is missing`,
	} {
		if _, err := ParsePolicy("p.yaml", []byte(src)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", src, err, want)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	for _, c := range []struct{ rule, typ, subject, want string }{
		{"keep", "text", "person", "p.yaml:6:6: columns.c: column c identifies a subject of kind person"},
		{"{rule: mask, first: 1}", "text", "person", "would stay readable under mask"},
		{"{rule: prefix, length: 6}", "text", "person", "would stay readable"},
		{"{rule: round, to: 10}", "integer", "person", "would stay readable"},
		{"{rule: pseudonym, kind: enterprise}", "text", "person", "columns.c.kind: column c identifies a subject of kind person, not enterprise"},
		{"pseudonym", "date", "", "needs text or integer; column c is date"},
		{"pseudonym", "double", "", "needs text or integer"},
		{"mask", "integer", "", "needs text"},
		{"{rule: prefix, length: 2}", "decimal(5,2)", "", "needs a text or integer code"},
		{"{rule: period, to: month}", "text", "", "needs a date or a timestamp"},
		{"{rule: period, to: day}", "date", "", "is a date already"},
		{"{rule: period, to: month, zone: UTC}", "date", "", "a date has no zone"},
		{"{rule: bands, bounds: [1], closed: left}", "text", "", "needs an integer, decimal or double"},
		{"{rule: bands, bounds: [0.5], closed: left}", "integer", "", "p.yaml:6:28: columns.c.bounds: 0.5 has more decimals than integer keeps"},
		{"{rule: bands, bounds: [0.005], closed: left}", "decimal(5,2)", "", "more decimals"},
		{"{rule: bands, bounds: [1000], closed: left}", "decimal(5,2)", "", "does not fit decimal(5,2)"},
		{"{rule: clamp, top: 5}", "boolean", "", "needs an integer, decimal, double or date"},
		{"{rule: clamp, top: 5}", "date", "", "write one such as"},
		{"{rule: clamp, bottom: 2024-01-01}", "integer", "", "is no number"},
		{"{rule: clamp, bottom: 2024-01-01}", "double", "", "is no number"},
		{"{rule: round, to: 5}", "text", "", "needs an integer, decimal or double"},
		{"{rule: round, to: 0.5}", "integer", "", "more decimals"},
		{"{rule: constant, value: x}", "integer", "", `"x" is no number`},
		{"{rule: constant, value: 1000}", "decimal(5,2)", "", "does not fit"},
		{"{rule: constant, value: x}", "double", "", "is no number"},
		{"{rule: constant, value: x}", "date", "", "is no date"},
		{"{rule: constant, value: 2024-01-01}", "timestamp", "", "is no instant"},
		{"{rule: constant, value: yes}", "boolean", "", "neither true nor false"},
	} {
		err := policyOf(t, "c: "+c.rule).Check([]Column{{Name: "c", Type: mustType(t, c.typ), Subject: c.subject}})
		if err == nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != fault.Invalid || !strings.HasPrefix(err.Error(), "p.yaml:6:") {
			t.Errorf("%s on %s: %v, want %q", c.rule, c.typ, err, c.want)
		}
	}
	err := policyOf(t, "cost: keep").Check([]Column{{Name: "costs", Type: mustType(t, "text")}})
	if err == nil || !strings.Contains(err.Error(), `has no column "cost"; it has costs`) {
		t.Errorf("a rule for a column that is not there: %v", err)
	}
	if _, err := policyOf(t, "c: keep").Compile([]Column{{Name: "c", Type: coltype.Type{Kind: coltype.Text}}}, secret[:15]); err == nil {
		t.Error("a secret of 15 bytes is taken")
	}
	if err := policyOf(t, "c: keep").Check([]Column{{Name: "c"}}); err == nil {
		t.Error("a column without a type is taken")
	}
}

func FuzzParsePolicy(f *testing.F) {
	for _, name := range []string{"testdata/claims.yaml", "testdata/claims.canonical.yaml"} {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	for _, body := range []string{
		"columns: {}", "comment: |\n  two\n  lines\ncolumns: {'a \\b\"': keep, \"[{\": drop}",
		"columns: {a: {rule: constant, value: \"\\n\"}}", "columns: {a: {rule: bands, bounds: [-1.50, 0, 1_000], closed: right, labels: ['[', ']', '', x]}}",
		"columns: {<<: keep}", "columns: {'<<': keep, '~': keep, 'null': drop, '- a': keep}", "columns: {a: {rule: clamp, bottom: -0, top: 2024-01-01}}",
		"columns: {a: {rule: period, to: month, zone: Asia/Urumqi}}", "columns:\n  ? a\n  : keep",
		"columns: {a: {rule: generalise, rows: [a;b, \"c;[d\"], to: 1, other: ''}, b: {rule: fpe, format: uscc}, c: {rule: shift, days: 1_0, subject: p}}",
		"columns: {a: {rule: noise, width: 0.50, top: 1}, b: redact, c: token}",
	} {
		f.Add([]byte(head + body))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := ParsePolicy("p.yaml", src)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("kind %v: %v", fault.KindOf(err), err)
			}
			return
		}
		first := p.Encode()
		again, err := ParsePolicy("again.yaml", first)
		if err != nil {
			t.Fatalf("the canonical form is refused: %v\n%s", err, first)
		}
		if second := again.Encode(); !bytes.Equal(first, second) || again.Digest() != p.Digest() {
			t.Fatalf("the canonical form is not stable:\n%s\n%s", first, second)
		}
	})
}
