package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yingbi/egress"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

var update = flag.Bool("update", false, "write the golden files of testdata")

func sortedProvinces() []string { return slices.Sorted(maps.Keys(provinces)) }

func TestGoldenCharts(t *testing.T) {
	for name, e := range examples() {
		got, err := Draw(e.table, e.spec)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		again, err := Draw(e.table, e.spec)
		if err != nil || !bytes.Equal(got, again) {
			t.Errorf("%s: the same table gives other bytes (%v)", name, err)
		}
		harmless(t, got)
		path := filepath.Join("testdata", name+".svg")
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
			t.Errorf("%s is drawn otherwise than its golden file; look at it and run with -update", name)
		}
	}
}

var elements = []string{"svg", "title", "desc", "defs", "pattern", "rect", "path", "line", "text", "circle"}

// harmless parses a picture and refuses whatever could run, fetch or stick out of it.
func harmless(t testing.TB, svg []byte) (texts []string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(svg))
	var width, height float64
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return texts
		}
		if err != nil {
			t.Fatalf("not XML: %v\n%s", err, svg)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if !slices.Contains(elements, e.Name.Local) {
				t.Fatalf("an element %s", e.Name.Local)
			}
			for _, a := range e.Attr {
				checkAttribute(t, e.Name.Local, a, &width, &height)
			}
		case xml.CharData:
			texts = append(texts, string(e))
		case xml.ProcInst, xml.Directive:
			t.Fatalf("a directive: %v", e)
		}
	}
}

func checkAttribute(t testing.TB, element string, a xml.Attr, width, height *float64) {
	t.Helper()
	name, value := a.Name.Local, a.Value
	switch {
	case name == "xmlns" && value == "http://www.w3.org/2000/svg", name == "fill" && value == hatch:
		return
	case strings.HasPrefix(name, "on"), name == "href", name == "style", strings.Contains(value, "url("), strings.Contains(value, "://"), strings.Contains(value, "NaN"), strings.Contains(value, "Inf"):
		t.Fatalf("%s has %s=%q", element, name, value)
	}
	var v float64
	if element == "svg" && name == "width" {
		fmt.Sscan(value, width)
	} else if element == "svg" && name == "height" {
		fmt.Sscan(value, height)
	} else if n, _ := fmt.Sscan(value, &v); n == 1 && slices.Contains([]string{"x", "x1", "x2", "cx"}, name) && (v < -1 || v > *width+1) {
		t.Fatalf("%s has %s=%s in a picture %v wide", element, name, value, *width)
	} else if n == 1 && slices.Contains([]string{"y", "y1", "y2", "cy"}, name) && (v < -1 || v > *height+1) {
		t.Fatalf("%s has %s=%s in a picture %v high", element, name, value, *height)
	}
}

// TestSuppressedIsNoZero: with a figure suppressed instead of zero the picture has one
// hatched field more, and it does not tell why.
func TestSuppressedIsNoZero(t *testing.T) {
	types := []coltype.Type{integer, integer}
	fields := func(svg []byte) int { return bytes.Count(svg, []byte(hatch)) }
	for _, kind := range []Kind{Bar, Histogram, Line, Tiles} {
		x := "1"
		if kind == Tiles {
			x = "530401"
		}
		next := x[:len(x)-1] + "2"
		draw := func(figure string) []byte {
			svg, err := Draw(table(types, "k n", x+" 50", next+" "+figure), Spec{Kind: kind, X: "k", Y: "n"})
			if err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
			return svg
		}
		if zero, none := draw("0"), draw("×"); fields(zero) != 0 || fields(none) != 2 || !bytes.Contains(none, []byte("suppressed · 隐去")) {
			t.Errorf("%s: %d hatched fields of a zero, %d of a suppressed figure and its legend", kind, fields(zero), fields(none))
		}
	}
}

// TestUnlistedLooksSuppressed: whether a table lists a combination as suppressed, or
// does not list it, the picture is the same.
func TestUnlistedLooksSuppressed(t *testing.T) {
	types := []coltype.Type{text, text, integer}
	listed := table(types, "k1 k2 n", "a x 10", "a y 20", "b x 30", "b y ×")
	unlisted := table(types, "k1 k2 n", "a x 10", "a y 20", "b x 30")
	for _, kind := range []Kind{Bar, Heat} {
		s := Spec{Kind: kind, X: "k1", Y: "n", Group: "k2"}
		one, err1 := Draw(listed, s)
		two, err2 := Draw(unlisted, s)
		if err1 != nil || err2 != nil || !bytes.Equal(one, two) {
			t.Errorf("%s: %v, %v; same %v", kind, err1, err2, bytes.Equal(one, two))
		}
	}
	one, err1 := Draw(table([]coltype.Type{integer, integer}, "k n", "1 5", "2 ×", "3 6"), Spec{Kind: Histogram, X: "k", Y: "n"})
	two, err2 := Draw(table([]coltype.Type{integer, integer}, "k n", "1 5", "3 6"), Spec{Kind: Histogram, X: "k", Y: "n"})
	if err1 != nil || err2 != nil || !bytes.Equal(one, two) {
		t.Errorf("a histogram shows which class was withheld: %v, %v", err1, err2)
	}
}

func TestHostileLabels(t *testing.T) {
	labels := []string{`<script>alert(1)</script>`, `"><image href="http://x/"/>`, "a\u202egnp.exe", "zero\u200bwidth", "nul\x00", "]]>", "&amp;", strings.Repeat("长", 5000), "\xff\xfe", "=1+1"}
	tab := table([]coltype.Type{text, integer}, "k n")
	tab.Name, tab.Columns[0].Title, tab.Columns[1].Title = labels[0], labels[1], labels[2]
	for i, l := range labels {
		tab.Rows = append(tab.Rows, []egress.Value{{Text: l}, {Text: fmt.Sprint(i + 1)}})
	}
	svg, err := Draw(tab, Spec{Kind: Bar, X: "k", Y: "n", Title: labels[0]})
	if err != nil {
		t.Fatal(err)
	}
	texts := strings.Join(harmless(t, svg), "\n")
	if !strings.Contains(texts, labels[0]) || strings.ContainsAny(texts, "\u202e\u200b\x00") || len(texts) > 5000 {
		t.Errorf("%d bytes of text:\n%.900s", len(texts), texts)
	}
}

func TestRefusals(t *testing.T) {
	two := table([]coltype.Type{text, text, integer}, "k1 k2 n", "a x 10", "a y 20")
	one := table([]coltype.Type{text, integer}, "k n", "a 10", "b ×")
	var many []string
	for i := range 500 {
		many = append(many, fmt.Sprintf("%d %d", 100000+i, i))
	}
	big := table([]coltype.Type{integer, integer}, "k n", many...)
	for what, e := range map[string]struct {
		table *egress.Published
		spec  Spec
		kind  fault.Kind
		says  string
	}{
		"no table":         {nil, Spec{Kind: Bar}, fault.Invalid, "no published table"},
		"no kind":          {one, Spec{X: "k", Y: "n"}, fault.Invalid, "no kind of chart"},
		"no column":        {one, Spec{Kind: Bar, X: "district", Y: "n"}, fault.NotFound, "it has k, n"},
		"a key as figure":  {one, Spec{Kind: Bar, X: "n", Y: "k"}, fault.Invalid, "is no figure"},
		"the same twice":   {one, Spec{Kind: Bar, X: "n", Y: "n"}, fault.Invalid, "each another"},
		"a key left out":   {two, Spec{Kind: Bar, X: "k1", Y: "n"}, fault.Invalid, "name its other key as group"},
		"heat of one key":  {one, Spec{Kind: Heat, X: "k", Y: "n"}, fault.Invalid, "second key"},
		"tiles of two":     {two, Spec{Kind: Tiles, X: "k1", Y: "n", Group: "k2"}, fault.Invalid, "one key"},
		"tiles of names":   {one, Spec{Kind: Tiles, X: "k", Y: "n"}, fault.Invalid, "GB/T 2260"},
		"line of names":    {one, Spec{Kind: Line, X: "k", Y: "n"}, fault.Invalid, "dates, years or numbers"},
		"too many bars":    {big, Spec{Kind: Bar, X: "k", Y: "n"}, fault.Limit, "coarser"},
		"too many regions": {big, Spec{Kind: Tiles, X: "k", Y: "n"}, fault.Limit, "coarser"},
		"nothing known":    {table([]coltype.Type{text, integer}, "k n", "a ×", "b ×"), Spec{Kind: Bar, X: "k", Y: "n"}, fault.Invalid, "every figure is suppressed"},
		"no number":        {table([]coltype.Type{text, double}, "k n", "a NaN"), Spec{Kind: Bar, X: "k", Y: "n"}, fault.Limit, "can show"},
		"far too large":    {table([]coltype.Type{text, double}, "k n", "a 1e300"), Spec{Kind: Bar, X: "k", Y: "n"}, fault.Limit, "can show"},
		"gaps too wide":    {table([]coltype.Type{integer, integer}, "k n", "1 1", "900000 2"), Spec{Kind: Histogram, X: "k", Y: "n"}, fault.Limit, "too far apart"},
	} {
		if _, err := Draw(e.table, e.spec); fault.KindOf(err) != e.kind || !strings.Contains(fmt.Sprint(err), e.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestChoose(t *testing.T) {
	for want, e := range map[Spec]*egress.Published{
		{Kind: Bar, X: "k", Y: "mean"}:                table([]coltype.Type{text, integer, double}, "k people mean", "a 10 2.5", "b × ×"),
		{Kind: Tiles, X: "k", Y: "n"}:                 table([]coltype.Type{text, integer}, "k n", "530402 10", "530403 ×"),
		{Kind: Line, X: "k", Y: "n"}:                  table([]coltype.Type{date, integer}, "k n", "2024-01-01 10", "2024-02-01 20"),
		{Kind: Line, X: "kyear", Y: "n"}:              table([]coltype.Type{text, integer}, "kyear n", "2022 10", "2023 20"),
		{Kind: Heat, X: "k1", Y: "n", Group: "k2"}:    table([]coltype.Type{text, text, integer}, "k1 k2 n", "a x 10", "b y 20"),
		{Kind: Line, X: "k1", Y: "n", Group: "k2"}:    table([]coltype.Type{date, text, integer}, "k1 k2 n", "2024-01-01 x 10", "2024-02-01 x 20"),
		{Kind: Bar, X: "kcode", Y: "n"}:               table([]coltype.Type{text, integer}, "kcode n", "530402 10", "– 20"),
		{Kind: "", X: "k: every figure is hidden"}:    table([]coltype.Type{text, integer}, "k n", "a ×"),
		{Kind: "", X: "three keys"}:                   table([]coltype.Type{text, text, text, integer}, "k1 k2 k3 n", "a b c 1"),
		{Kind: "", X: "no key"}:                       table([]coltype.Type{integer}, "n", "1"),
		{Kind: "", X: "nothing but a key and a text"}: table([]coltype.Type{text, text}, "k word", "a b"),
	} {
		got, ok := Choose(e)
		if ok != (want.Kind != "") || ok && got != want {
			t.Errorf("%v: %+v, want %+v", ok, got, want)
		}
	}
	if _, ok := Choose(nil); ok {
		t.Error("a chart of no table")
	}
	for want, e := range map[int]*egress.Published{
		0: table([]coltype.Type{integer}, "n", "1"),
		1: table([]coltype.Type{integer, integer}, "year n", "2022 5", "2023 5"),
		2: table([]coltype.Type{integer, text, integer}, "code name n", "1 a 5", "2 b 5"),
		3: table([]coltype.Type{text, integer, integer, double}, "sex year month x", "F 1 1 ×", "F 1 2 3", "M 1 1 3"),
	} {
		if got := LeadingKeys(e); got != want {
			t.Errorf("%d keys, want %d", got, want)
		}
	}
	unmarked := table([]coltype.Type{text, integer}, "code n", "530402 10", "530403 ×")
	if s, ok := Choose(unmarked); !ok || s != (Spec{Kind: Tiles, X: "code", Y: "n"}) {
		t.Errorf("%+v", s)
	}
}

func TestScales(t *testing.T) {
	for _, e := range []struct {
		low, high float64
		want      string
	}{
		{0, 12350, "0 5,000 10,000 15,000"}, {0, 1, "0.0 0.2 0.4 0.6 0.8 1.0"}, {-310, 515, "−400 −200 0 200 400 600"},
		{0, 0, "0.0 0.2 0.4 0.6 0.8 1.0"}, {1e17, 1e17, "100,000,000,000,000,000 120,000,000,000,000,000 140,000,000,000,000,000 160,000,000,000,000,000 180,000,000,000,000,000 200,000,000,000,000,000"},
		{0, 0.00033, "0.0000 0.0001 0.0002 0.0003 0.0004"},
	} {
		s := newScale(e.low, e.high)
		var got []string
		for _, tick := range s.ticks {
			got = append(got, s.label(tick))
		}
		if strings.Join(got, " ") != e.want || s.low() > e.low || s.high() < e.high {
			t.Errorf("%v to %v: %v, want %s", e.low, e.high, got, e.want)
		}
	}
	if s := newScale(math.SmallestNonzeroFloat64, maxFigure); s.place(0) < 0 || s.place(maxFigure) > 1 {
		t.Error(s)
	}
}

// TestProvincesStandApart: all 34 at places of their own, inside of ten columns.
func TestProvincesStandApart(t *testing.T) {
	if len(provinces) != 34 {
		t.Errorf("%d provinces", len(provinces))
	}
	seen := map[[2]int]string{}
	for code, p := range provinces {
		at := [2]int{p.col, p.row}
		if seen[at] != "" || p.col < 0 || p.col > 8 || p.row < 0 || p.row > 7 || !regexp.MustCompile(`^[1-8]\d$`).MatchString(code) {
			t.Errorf("%s %s at %v, beside %q", code, p.name, at, seen[at])
		}
		seen[at] = code
	}
}
