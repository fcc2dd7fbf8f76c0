package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"yingbi/internal/fault"
)

func TestColumnsLineUp(t *testing.T) {
	for _, locale := range []string{"C", "zh_CN.UTF-8"} {
		t.Setenv("LC_ALL", locale)
		var out bytes.Buffer
		u := newUI(nil, &out, io.Discard)
		u.rows([]string{"编号", "name", "状态"}, [][]string{{"a", "医保结算", "×"}, {"claims", "x", "– …"}, {"e\u0301", "", "z"}})
		want := "" +
			"编号     name       状态\n" +
			"a        医保结算   ×\n" +
			"claims   x          – …\n" +
			"e\u0301                   z\n"
		if out.String() != want {
			t.Errorf("%s: got\n%s\nwant\n%s", locale, out.String(), want)
		}
		out.Reset()
		u.pairs("  ", [][2]string{{"编号", "a"}, {"gone", ""}, {"name", "two\nlines"}})
		if want := "  编号  a\n  name  two\n        lines\n"; out.String() != want {
			t.Errorf("%s: got\n%s\nwant\n%s", locale, out.String(), want)
		}
	}
}

// TestTextFromOutsideCannotSpeakToTheTerminal: a title or a guest's log might
// hold what moves the cursor, colours, or turns the writing round.
func TestTextFromOutsideCannotSpeakToTheTerminal(t *testing.T) {
	hostile := "a\x1b[31mb\x07\u009bc\u202edc\x7f"
	if got, want := printable(hostile), "a\ufffd[31mb\ufffd\ufffdc\ufffddc\ufffd"; got != want {
		t.Errorf("printable gives %q, want %q", got, want)
	}
	var out bytes.Buffer
	u := newUI(nil, &out, &out)
	u.rows([]string{"h"}, [][]string{{hostile}})
	u.pairs("", [][2]string{{"k", hostile}})
	u.fail(errors.New(hostile))
	if strings.ContainsAny(out.String(), "\x1b\x07\u009b\u202e\x7f") {
		t.Errorf("it got through: %q", out.String())
	}
}

func TestFailureForPeopleAndPrograms(t *testing.T) {
	placed := fault.At(fault.Place{File: "job.yaml", Line: 3, Column: 5, Field: "tables"}, "want a map")
	for _, c := range []struct {
		err              error
		exit             int
		english, chinese string
	}{
		{placed, 2, "yingbi: invalid: job.yaml:3:5: tables: want a map\n", "yingbi: 输入有误：job.yaml:3:5: tables: want a map\n"},
		{errors.New("disk"), 1, "yingbi: internal: disk\n", "yingbi: 内部错误：disk\n"},
		{errors.Join(fault.New(fault.Denied, "no"), errors.New("x")), 3, "yingbi: denied: no\nx\n", "yingbi: 拒绝：no\nx\n"},
	} {
		for lang, want := range map[string]string{"en": c.english, "zh": c.chinese} {
			var out bytes.Buffer
			u := newUI(nil, io.Discard, &out)
			u.chinese = lang == "zh"
			if code := u.fail(c.err); code != c.exit || out.String() != want {
				t.Errorf("%s: exit %d, %q; want %d, %q", lang, code, out.String(), c.exit, want)
			}
		}
	}
	var out bytes.Buffer
	u := newUI(nil, io.Discard, &out)
	u.json = true
	u.fail(placed)
	var got map[string]failure
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if want := (failure{Kind: "invalid", Message: placed.Error(), Exit: 2, File: "job.yaml", Line: 3, Column: 5, Field: "tables"}); got["error"] != want {
		t.Errorf("got %+v, want %+v", got["error"], want)
	}
}

func TestEveryKindHasAChineseTitle(t *testing.T) {
	for k := fault.Internal; k <= fault.Interrupted; k++ {
		if kindTitles[k] == "" {
			t.Errorf("kind %s has none", k)
		}
	}
}

// speakers are the functions that take an English and a Chinese text, by the
// position of the English one.
var speakers = map[string]int{"tr": 0, "say": 0, "note": 0, "cross": 0, "chapter": 0, "try": 0, "heading": 0, "fault": 1}

var formatVerb = regexp.MustCompile(`%(\[\d+\])?[-+# 0]*[\d.]*[a-zA-Z]`)

// TestTranslationsAgree reads this package's sources: where two texts stand side
// by side, both must be there and take the same values.
func TestTranslationsAgree(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	pairs := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			english, chinese, ok := twoTexts(call)
			if !ok {
				return true
			}
			pairs++
			if !slices.Equal(valuesOf(english), valuesOf(chinese)) {
				t.Errorf("%s: %q and %q take other values", set.Position(call.Pos()), english, chinese)
			}
			if strings.IndexFunc(english, unicode.IsLetter) >= 0 && len(formatVerb.ReplaceAllString(english, "")) > 12 && chinese != english &&
				!strings.ContainsFunc(chinese, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s: %q is not Chinese", set.Position(call.Pos()), chinese)
			}
			return true
		})
	}
	if pairs < 200 {
		t.Errorf("%d pairs of texts; the test looks at nothing", pairs)
	}
}

// twoTexts gives the texts of a call of a speaker whose texts are literals.
func twoTexts(call *ast.CallExpr) (english, chinese string, ok bool) {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", "", false
	}
	at, ok := speakers[f.Sel.Name]
	if !ok || len(call.Args) < at+2 {
		return "", "", false
	}
	var texts [2]string
	for i := range texts {
		literal, ok := call.Args[at+i].(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return "", "", false
		}
		texts[i], _ = strconv.Unquote(literal.Value) // the parser has read it
	}
	return texts[0], texts[1], true
}

// valuesOf lists which argument a text takes in which form, without doubles.
func valuesOf(text string) []string {
	var out []string
	next := 1
	for _, m := range formatVerb.FindAllStringSubmatch(strings.ReplaceAll(text, "%%", ""), -1) {
		at := next
		if m[1] != "" {
			at, _ = strconv.Atoi(strings.Trim(m[1], "[]"))
		}
		next = at + 1
		out = append(out, strconv.Itoa(at)+m[0][len(m[0])-1:])
	}
	slices.Sort(out)
	return slices.Compact(out)
}
