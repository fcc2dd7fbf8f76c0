package job

import (
	"strings"
	"testing"

	"yingbi/internal/fault"
)

func TestCut(t *testing.T) {
	many := strings.Repeat("x\n", 100)
	wide := strings.Repeat(strings.Repeat("y", 1023)+"\n", 5)
	for name, c := range map[string]struct {
		log   string
		lines []Lines
		want  string
		kind  fault.Kind
	}{
		"one":                  {"a\nb\nc\n", []Lines{{2, 2}}, "b\n", 0},
		"bytes as they are":    {"a\x1b\x00\xff\r\nb\n", []Lines{{1, 1}}, "a\x1b\x00\xff\r\n", 0},
		"two ranges":           {"a\nb\nc\nd\n", []Lines{{1, 2}, {4, 4}}, "a\nb\nd\n", 0},
		"empty lines count":    {"\n\na\n", []Lines{{1, 3}}, "\n\na\n", 0},
		"a last line cut off":  {"a\nb", []Lines{{2, 2}}, "b", 0},
		"behind the end":       {"a\nb\n", []Lines{{2, 3}}, "", fault.Invalid},
		"an empty log":         {"", []Lines{{1, 1}}, "", fault.Invalid},
		"out of order":         {"a\nb\n", []Lines{{2, 2}, {1, 1}}, "", fault.Invalid},
		"a line twice":         {"a\nb\n", []Lines{{1, 2}, {2, 2}}, "", fault.Invalid},
		"backwards":            {"a\nb\n", []Lines{{2, 1}}, "", fault.Invalid},
		"line 0":               {"a\nb\n", []Lines{{0, 1}}, "", fault.Invalid},
		"no lines":             {"a\n", nil, "", fault.Limit},
		"as many as may leave": {many, []Lines{{1, 20}, {41, 60}}, strings.Repeat("x\n", 40), 0},
		"one line more":        {many, []Lines{{1, 20}, {41, 61}}, "", fault.Limit},
		"as wide as may leave": {wide, []Lines{{1, 4}}, wide[:4096], 0},
		"wider":                {wide, []Lines{{1, 5}}, "", fault.Limit},
	} {
		got, err := Cut(c.log, c.lines)
		if got != c.want || (err != nil) != (c.kind != 0) || err != nil && fault.KindOf(err) != c.kind {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if err == nil && ExcerptCost(got) != int64(len(got))*8000 {
			t.Errorf("%s costs %d", name, ExcerptCost(got))
		}
	}
}

// What is read as lines is written the same, and what is cut stands in the log.
func FuzzCut(f *testing.F) {
	f.Add("3-7", "a\nb\nc\nd\ne\nf\ng\n")
	f.Add("1", "a")
	f.Add("0-0", "")
	f.Add("2147483647-2147483647", "\n")
	f.Add("7-3", "\n\n")
	f.Fuzz(func(t *testing.T, s, log string) {
		l, err := ParseLines(s)
		if err != nil {
			return
		}
		again, err := ParseLines(l.String())
		if err != nil || again != l {
			t.Fatalf("%q is %v, and then %v, %v", s, l, again, err)
		}
		if text, err := Cut(log, []Lines{l}); err == nil && (text == "" || !strings.Contains(log, text)) {
			t.Fatalf("lines %s of %q are %q", l, log, text)
		}
	})
}
