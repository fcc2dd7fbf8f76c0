package manifest

import (
	"strings"
	"testing"

	"yingbi/internal/fault"
)

func at(offset int) fault.Place { return fault.Place{Line: 1, Column: offset + 1} }

func TestExpressionsHaveOneText(t *testing.T) {
	for in, want := range map[string]string{
		"a":                               "a",
		"a+b*-c":                          "a + b * -c",
		"(a+b)*c":                         "(a + b) * c",
		"a-(b-c)-d":                       "a - (b - c) - d",
		"- -a":                            "-(-a)",
		"--5":                             "5",
		"-(5)":                            "-5",
		"-0":                              "0",
		"007.500":                         "7.5",
		"0.0":                             "0",
		"not not a":                       "not not a",
		"a<>1 or b>=2 and not c":          "a != 1 or b >= 2 and not c",
		"(a or b) and c":                  "(a or b) and c",
		"(a and b) and c":                 "(a and b) and c",
		"x not in [1, -2.50,'a''b',true]": "not x in [1, -2.5, 'a''b', true]",
		"x between 1 and 2 and y":         "x between 1 and 2 and y",
		"x not between a+1 and b":         "not x between a + 1 and b",
		"x is not null":                   "not x is null",
		"(a=b)=c":                         "(a = b) = c",
		"case when a then 1 when b then 2 else 3 end":       "case when a then 1 when b then 2 else 3 end",
		"case when a=1 then case when b then c end end + 1": "case when a = 1 then case when b then c end end + 1",
		"band(age_at(出生, '2024-01-01'),[18,45])":            "band(age_at(出生, '2024-01-01'), [18, 45])",
		`claims."列 名" = population."a""b"`:                  `claims."列 名" = population."a""b"`,
		`"case"`:                                            `"case"`,
		`"é"`:                                               "é",
		"f()":                                               "f()",
	} {
		e, err := parseExpr(in, at)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got := e.String(); got != want {
			t.Errorf("%s prints as %s, want %s", in, got, want)
		}
		if again, err := parseExpr(want, at); err != nil || again.String() != want {
			t.Errorf("%s: its text reads back as %v, %v", in, again, err)
		}
	}
}

func TestExpressionErrorsNameTheColumn(t *testing.T) {
	for in, want := range map[string]string{
		"":                     ":1:1: want a value, found the end",
		"a +":                  ":1:4: want a value, found the end",
		"a b":                  ":1:3: want the expression's end, found b",
		"a AND b":              ":1:3: want the expression's end, found AND; keywords are written small: and",
		"a == b":               ":1:3: write = for equality",
		"a / b":                ":1:3: division is not part",
		"a （b）":                ":1:3: found the full-width '（'; write (",
		"a ≥ 3":                ":1:3: found the full-width '≥'; write >=",
		"a; b":                 ":1:2: ';' has no meaning here",
		"a -- b":               "", // minus minus: no comments here
		"a /* b */":            ":1:3: division",
		"'abc":                 ":1:1: this text has no closing '",
		`"abc`:                 `:1:1: this name has no closing "`,
		`""`:                   ":1:1: a name is empty",
		`a.""`:                 ":1:3: want a column of a",
		"12abc":                ":1:1: want a number",
		"1.2.3":                ":1:1: want a number",
		"1.":                   ":1:1: want a number",
		"1e5":                  ":1:1: want a number",
		"1234567890123456789":  ":1:1: the number has 19 digits",
		"0.123456789012345678": ":1:1: the number has 19 digits",
		"123456789012345678":   "",
		"a = null":             ":1:5: nothing equals null; write: x is null",
		"a is 5":               ":1:6: want null, found 5",
		"a not 5":              ":1:7: want in or between",
		"a in (1)":             ":1:6: want [, found (",
		"a in []":              ":1:7: want a number or a text",
		"a in [b]":             ":1:7: want a number or a text",
		"a in [1 2]":           ":1:9: want , or ]",
		"[1]":                  ":1:1: a list stands after in",
		"a between 1":          ":1:12: want and, found the end",
		"case a then b end":    ":1:6: want when, found a",
		"case when a end":      ":1:13: want then, found end",
		"case end":             ":1:6: want when",
		"a < b < c":            ":1:7: want the expression's end, found <",
		"f(a,)":                ":1:5: want a value",
		"f(a":                  ":1:4: want ,, found the end",
		"a\x00b":               ":1:2: '\\x00' has no meaning here",
		strings.Repeat("(", 39) + "1" + strings.Repeat(")", 39): "",
		strings.Repeat("(", 40) + "1" + strings.Repeat(")", 40): ":1:41: nested more than 40",
		strings.Repeat("not ", 39) + "a":                        "",
		strings.Repeat("not ", 40) + "a":                        ":1:1: nested more than 40",
		strings.Repeat("-", 100) + "a":                          "nested more than 40",
		"a" + strings.Repeat("+a", 39):                          "",
		"a" + strings.Repeat("+a", 40):                          "nested more than 40",
		"a" + strings.Repeat(" or a", 900):                      "",
		"a" + strings.Repeat(" or a", 1000):                     ":1:5001: the expression has more than 2000",
	} {
		_, err := parseExpr(in, at)
		switch {
		case want == "" && err != nil:
			t.Errorf("%.40s: refused: %v", in, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%.40s: error %v, want %q in it", in, err, want)
		}
	}
}

// An error inside an expression points at the word in the file, however YAML
// wrapped the expression.
func TestErrorsPointIntoTheFile(t *testing.T) {
	for layout, want := range map[string]string{
		"cost > 0 and §":                         "job.yaml:9:25",
		"'cost > 0 and §'":                       "job.yaml:9:26",
		"\"cost > 0 and §\"":                     "job.yaml:9:26",
		"'district = ''东'' and §'":               "job.yaml:9:34",
		"\"district = 'a\\\"b' and §\"":          "job.yaml:9:35",
		"cost > 0\n      and\n      §":           "job.yaml:11:7",
		"|\n      cost > 0\n        and §\n":     "job.yaml:11:13",
		">\n      cost > 0\n\n      and §\n":     "job.yaml:12:11",
		"\"cost\n\n        > 0 and\\\n      §\"": "job.yaml:12:7",
	} {
		_, err := Parse("job.yaml", []byte(job(layout, "district", "count()")))
		if err == nil || !strings.HasPrefix(err.Error(), want+": tables.t.where: ") {
			t.Errorf("%q: error %v, want it at %s", layout, err, want)
		}
	}
}
