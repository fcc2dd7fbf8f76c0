package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files of testdata")

func TestGoldenPages(t *testing.T) {
	rejected := Outcome{Domain: "city.example", Job: "0192", State: "rejected", Reason: "disclosure_risk", ReasonWords: "it could disclose somebody"}
	failed := review(true)
	failed.Report, failed.Leaving, failed.Failure = nil, nil, "over its time of 5s"
	for name, page := range map[string]interface{ HTML() ([]byte, error) }{
		"review.en.html": review(false), "review.zh.html": review(true), "failed.zh.html": failed,
		"operator.en.html": outcome(false), "operator.zh.html": outcome(true), "rejected.en.html": rejected,
	} {
		got, err := page.HTML()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		inert(t, got)
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is written otherwise than its golden file; read it and run with -update", name)
		}
	}
}

// inert parses a page strictly, element by element, and refuses what could run, fetch
// or be sent. It gives the visible texts.
func inert(t testing.TB, page []byte) (texts []string) {
	t.Helper()
	html, ok := bytes.CutPrefix(page, []byte("<!DOCTYPE html>\n"))
	if !ok {
		t.Fatalf("no document type: %.40s", page)
	}
	d := xml.NewDecoder(bytes.NewReader(html))
	d.Strict = true
	allowed := strings.Fields("html head meta title style body header section h1 h2 h3 p b span br ul li table caption thead tbody tr th td div pre img")
	var style, policy string
	inside := ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if inside = e.Name.Local; !slices.Contains(allowed, inside) {
				t.Fatalf("an element <%s>", inside)
			}
			for _, a := range e.Attr {
				if inertAttribute(t, inside, a); inside == "meta" && strings.HasPrefix(a.Value, "default-src") {
					policy = a.Value
				}
			}
		case xml.CharData:
			if inside == "style" {
				style += string(e)
			} else {
				texts = append(texts, string(e))
			}
		case xml.EndElement:
			inside = ""
		case xml.Directive, xml.ProcInst, xml.Comment:
			t.Fatalf("something else than elements: %v", e)
		}
	}
	digest := sha256.Sum256([]byte(style))
	if want := "default-src 'none'; img-src data:; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; base-uri 'none'; form-action 'none'"; policy != want {
		t.Fatalf("the policy %q does not let the style through, or more than that: want %q", policy, want)
	}
	if regexp.MustCompile(`(?i)url\(|@import|expression`).MatchString(style) {
		t.Fatal("the style fetches")
	}
	return texts
}

func inertAttribute(t testing.TB, element string, a xml.Attr) {
	t.Helper()
	switch name := a.Name.Local; {
	case slices.Contains([]string{"lang", "charset", "http-equiv", "content", "name", "class", "alt", "scope"}, name):
	case name == "src" && element == "img" && strings.HasPrefix(a.Value, "data:image/svg+xml;base64,"):
		if _, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(a.Value, "data:image/svg+xml;base64,")); err != nil {
			t.Fatal(err)
		}
	default:
		t.Fatalf("<%s> has %s=%.60q", element, name, a.Value)
	}
}

// everywhere sets every text of a value, however deep, but those that say what a thing
// is.
func everywhere(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			everywhere(v.Elem(), s)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			everywhere(v.Field(i), s)
		}
	case reflect.Slice:
		for i := range v.Len() {
			everywhere(v.Index(i), s)
		}
	case reflect.String:
		if v.CanSet() && v.Type() == reflect.TypeFor[string]() {
			v.SetString(s)
		}
	}
}

// TestHostileTexts puts hostile texts into every field of both pages.
func TestHostileTexts(t *testing.T) {
	for _, hostile := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `javascript:alert(1)`, `{{.}}`, `</style><script>`, `]]><!--`,
		"a\u202eb\u200bc\x00d\x1b[31m", "https://evil.example/", strings.Repeat("长", 100_000), "\xff\xfe<b>",
	} {
		r, o := review(false), outcome(true)
		everywhere(reflect.ValueOf(&r).Elem(), hostile)
		everywhere(reflect.ValueOf(&o).Elem(), hostile)
		for name, page := range map[string]interface{ HTML() ([]byte, error) }{"review": r, "operator": o} {
			got, err := page.HTML()
			if err != nil {
				t.Fatalf("%s of %.20q: %v", name, hostile, err)
			}
			all := strings.Join(inert(t, got), "\n")
			if strings.ContainsAny(all, "\u202e\u200b\x00\x1b") || len(got) > 1<<20 {
				t.Errorf("%s of %.20q: %d bytes, or characters that cannot be seen", name, hostile, len(got))
			}
			if strings.HasPrefix(hostile, "<script") && !strings.Contains(all, hostile) {
				t.Errorf("%s: the text is lost instead of shown", name)
			}
		}
	}
}

// TestReviewTellsAll: what a reviewer must read is there, in either language.
func TestReviewTellsAll(t *testing.T) {
	for _, chinese := range []bool{false, true} {
		page, err := review(chinese).HTML()
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Join(inert(t, page), "\n")
		for _, want := range []string{
			"2,741", "1,303", "1,234,567.89", "450.4078", "1,230,000", "530428", "7177", "5557", "dominance", "one or two subjects", "visit_date", "agr-1", "41",
			"by_age [65+]", "8 person", "61 person", "−2 ×", "98", words{chinese}.tr("5 figures had no room", "5 个数字未纳入"), "99.5", "18 equal", "8513", "scenario: chronic", "6d3f", "2026-11-22 12:00:00", "YK 8(2)", "GZ 17",
			words{chinese}.tr("Second reviewer", "第二审查员"), words{chinese}.tr("not listed", "不列出"), words{chinese}.tr("look", "请看"),
		} {
			if !strings.Contains(all, want) {
				t.Errorf("chinese %v: %q is not there", chinese, want)
			}
		}
		if bytes.Count(page, []byte(`src="data:image/svg`)) != 2 {
			t.Error("the two tables that leave have not a chart each")
		}
	}
}

// TestLimits: a table of many cells is cut, and the page says so.
func TestLimits(t *testing.T) {
	r := review(false)
	cells := &r.Report.Tables[0].Cells
	for len(*cells) < maxRows+50 {
		*cells = append(*cells, (*cells)[3])
	}
	r.Manifest = strings.Repeat("# line\n", 2*maxLines)
	page, err := r.HTML()
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(page, []byte(`<td class="key">530428</td>`)); n != maxRows-3 || !bytes.Contains(page, []byte("not shown here: 50")) || bytes.Count(page, []byte("# line")) != maxLines {
		t.Errorf("%d rows of the same", n)
	}
}
