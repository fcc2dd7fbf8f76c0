package egress

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/manifest"
)

func rows(p *Published) string {
	var out []string
	for _, row := range p.Rows {
		var cells []string
		for _, v := range row {
			cells = append(cells, v.Text+strings.ToUpper(string(v.Mark)))
		}
		out = append(out, strings.Join(cells, " "))
	}
	return strings.Join(out, "; ")
}

func TestPublishedFigures(t *testing.T) {
	r := judge(t, preset(t, "default"), []*Table{oneKey(group{"b", 1003, 100, 100}, group{"a", 12, 340, 100}, group{"c", 9, 100, 100})})
	// a: 10·1.00 + 3.40 + 1.00 = 14.40 over 12 rows; mean 1.2; sum 1.2·10. c is withheld, and its name with it.
	if got, want := rows(r.Published("t")), "a 10 10 12 1.2; b 1005 1005 1010 1"; got != want {
		t.Errorf("published %s, want %s", got, want)
	}
}

func TestRoundCount(t *testing.T) {
	for n, want := range map[int64]int64{0: 0, 2: 0, 3: 5, 7: 5, 8: 10, 10: 10, 12: 10, 13: 15} {
		if got := roundCount(n, 5); got != want {
			t.Errorf("%d to %d, want %d", n, got, want)
		}
	}
	if roundCount(15, 10) != 20 || roundCount(14, 10) != 10 || roundCount(13, 1) != 13 {
		t.Error("base 10 or 1")
	}
}

func TestRoundDigits(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "1": "1", "-1": "-1", "999.4": "999", "999.5": "1000", "-999.5": "-1000", "1234": "1230", "1235": "1240", "0.0012345": "0.00123",
		"0.5": "0.5", "9.995": "10", "9.994": "9.99", "100": "100", "0.000000001234": "0.00000000123", "0.0000000001234": "1.23e-10",
		"123456789012345678": "123000000000000000", "1234567890123456789": "1.23e18", "999999999999999999": "1e18", "2000000000000000000": "2e18", "1/3": "0.333", "2/3": "0.667",
	} {
		r, ok := new(big.Rat).SetString(in)
		if !ok {
			t.Fatal(in)
		}
		if got := roundDigits(r, 3); got != want {
			t.Errorf("%s to %s, want %s", in, got, want)
		}
	}
}

// Against strconv, which rounds the same decimal digits of a double exactly.
func TestRoundDigitsAgreesWithStrconv(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		f := (r.Float64() - 0.5) * []float64{1e-12, 1e-3, 1, 1e4, 1e20, 1e300}[r.IntN(6)]
		digits := 1 + r.IntN(15)
		want, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'e', digits-1, 64), 64)
		got, err := strconv.ParseFloat(roundDigits(new(big.Rat).SetFloat64(f), digits), 64)
		if err != nil || got != want {
			t.Fatalf("%v with %d digits: %v, want %v (%v)", f, digits, got, want, err)
		}
	}
}

// What a published cell tells does not change when the count behind it moves
// within its rounding: neither sum nor share gives the exact count away.
func TestExactCountsCannotBeDivided(t *testing.T) {
	p := preset(t, "default")
	show := func(n int64) string {
		f := Figure{Count: n, Sum: Scaled(250*n, 2), Hits: n, Misses: 200}
		return fmt.Sprint(p.figure(manifest.Measure{Kind: manifest.Sum}, f, n), p.figure(manifest.Measure{Kind: manifest.Mean}, f, n),
			p.figure(manifest.Measure{Kind: manifest.Share}, f, n), p.figure(manifest.Measure{Kind: manifest.Count}, f, n))
	}
	for n := int64(98); n <= 102; n++ {
		if show(n) != show(100) {
			t.Errorf("%d rows are told from 100: %s, %s", n, show(n), show(100))
		}
	}
}

// A withheld cell and an empty one look alike; a key value that occurs in
// withheld cells alone does not occur.
func TestEmptyAndWithheldLookAlike(t *testing.T) {
	p := preset(t, "default")
	build := func(cells map[string]int64) *Published {
		out := oneKey()
		out.Keys = append(out.Keys, manifest.Key{Name: "age", Title: "age", Type: text, Domain: []string{"<18", "[18,60)", ">=60"}})
		for _, name := range []string{"a|<18", "a|[18,60)", "b|<18", "b|[18,60)", "b|>=60", "c|<18", "|<18", "|[18,60)"} {
			if n := cells[name]; n > 0 {
				c := oneKey(group{"", n, 100, 100}).Cells[0]
				district, age, _ := strings.Cut(name, "|")
				c.Keys = []Value{{Text: district}, {Text: age}}
				if district == "" {
					c.Keys[0] = Value{Mark: Missing}
				}
				out.Cells = append(out.Cells, c)
			}
		}
		return judge(t, p, []*Table{out}).Published("t")
	}
	withheld := build(map[string]int64{"a|<18": 50, "a|[18,60)": 50, "b|<18": 50, "b|[18,60)": 50, "b|>=60": 3, "c|<18": 3, "|<18": 20, "|[18,60)": 20})
	if !withheld.Complete || len(withheld.Rows) != 9 {
		t.Errorf("%d rows: %s", len(withheld.Rows), rows(withheld))
	}
	want := "a <18 50 50 50 1; a [18,60) 50 50 50 1; a >=60 SUPPRESSED SUPPRESSED SUPPRESSED SUPPRESSED; b <18 50 50 50 1; " +
		"b [18,60) 50 50 50 1; b >=60 SUPPRESSED SUPPRESSED SUPPRESSED SUPPRESSED; " +
		"MISSING <18 20 20 20 1; MISSING [18,60) 20 20 20 1; MISSING >=60 SUPPRESSED SUPPRESSED SUPPRESSED SUPPRESSED"
	if got := rows(withheld); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if a, _ := json.Marshal(withheld); strings.Contains(string(a), `"3"`) {
		t.Error("a withheld figure is published")
	}
}

// A grid of mostly nothing is not listed.
func TestSparseTablesListPublishedCellsAlone(t *testing.T) {
	out := oneKey()
	out.Keys = append(out.Keys, manifest.Key{Name: "hospital", Title: "hospital", Type: integer})
	for i := range 100 {
		for _, h := range []int{i, i + 100} {
			c := oneKey(group{fmt.Sprint(i), 50, 100, 100}).Cells[0]
			c.Keys = append(c.Keys, Value{Text: fmt.Sprint(h)})
			out.Cells = append(out.Cells, c)
		}
	}
	p := judge(t, preset(t, "default"), []*Table{out}).Published("t")
	if p.Complete || len(p.Rows) != 200 || !strings.Contains(p.Notes[len(p.Notes)-1], "not listed") || p.Rows[0][1].Text != "0" || p.Rows[1][1].Text != "100" {
		t.Errorf("%d rows, complete %v, %v", len(p.Rows), p.Complete, p.Rows[:3])
	}
}

func TestOrderOfKeys(t *testing.T) {
	k := manifest.Key{Type: integer}
	for _, pair := range [][2]string{{"-3", "2"}, {"2", "10"}, {"9", "1000"}} {
		if order(k, Value{Text: pair[0]}, Value{Text: pair[1]}) >= 0 {
			t.Errorf("%s after %s", pair[0], pair[1])
		}
	}
	if order(k, Value{Mark: Missing}, Value{Text: "1"}) <= 0 {
		t.Error("missing is not last")
	}
	k = manifest.Key{Type: text, Domain: []string{"<18", ">=18"}}
	if order(k, Value{Text: ">=18"}, Value{Text: "<18"}) <= 0 || order(k, Value{Text: ">=18"}, Value{Text: "0"}) >= 0 {
		t.Error("the domain's order does not hold")
	}
}

func TestVectors(t *testing.T) {
	p := &Published{Name: "t", Columns: []PublishedColumn{{Name: "k", Type: text}, {Name: "d", Type: date}, {Name: "y", Type: yuan}, {Name: "n", Type: integer},
		{Name: "m", Type: double}, {Name: "b", Type: coltype.Type{Kind: coltype.Boolean}}},
		Rows: [][]Value{{{Text: "东"}, {Text: "1969-12-31"}, {Text: "-1.5"}, {Text: "10"}, {Text: "1.5e20"}, {Text: "true"}},
			{{Mark: Missing}, {Mark: Missing}, {Mark: Missing}, {Mark: Suppressed}, {Mark: Suppressed}, {Mark: Missing}}}}
	v, err := p.Vectors()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(v), "[{k text [true false] [] [] [] [] [东 ]} {d date [true false] [] [] [-1 0] [] []} {y decimal(18,2) [true false] [-150 0] [] [] [] []} "+
		"{n integer [true false] [10 0] [] [] [] []} {m double [true false] [] [1.5e+20 0] [] [] []} {b boolean [true false] [] [] [] [1 0] []}]"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	p.Rows[0] = p.Rows[0][:5]
	if _, err := p.Vectors(); err == nil {
		t.Error("a ragged table is turned into columns")
	}
}
