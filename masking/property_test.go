package masking

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/internal/coltype"
	"yingbi/internal/idnum"
)

var otherSecret = []byte("another scenario's secret, 32 b.")

// order says what a rule promises of the order of values.
type order uint8

const (
	noOrder      order = iota
	keepsOrder         // a ≤ b becomes f(a) ≤ f(b)
	keepsPersons       // for the values of one person
)

// properties are what docs/MASKING.md promises of the rules that look at one row at a
// time, with columns that they are tried on. Every such rule has one at least.
var properties = []struct {
	rule, typ string
	value     func(r *rand.Rand, i int) string
	keyed     bool // another scenario gives other values
	apart     bool // another data set, too
	injective bool
	order     order
}{
	{rule: "keep", typ: "text", value: anyText, injective: true, order: keepsOrder},
	{rule: "suppress", typ: "decimal(9,2)", value: anyAmount, order: keepsOrder},
	{rule: "{rule: constant, value: x}", typ: "text", value: anyText, order: keepsOrder},
	{rule: "{rule: mask, first: 1, last: 1}", typ: "text", value: anyText},
	{rule: "{rule: prefix, length: 2}", typ: "text", value: anyText, order: keepsOrder},
	{rule: "{rule: period, to: month}", typ: "date", value: anyDate, order: keepsOrder},
	{rule: "{rule: period, to: quarter}", typ: "timestamp", value: anyTime, order: keepsOrder},
	{rule: "{rule: bands, bounds: [-500, 0.5], closed: left, labels: [a, b, c]}", typ: "decimal(9,2)", value: anyAmount, order: keepsOrder},
	{rule: "{rule: clamp, bottom: -99, top: 99}", typ: "integer", value: anyWhole, order: keepsOrder},
	{rule: "{rule: clamp, top: 1990-01-01}", typ: "date", value: anyDate, order: keepsOrder},
	{rule: "{rule: round, to: 50}", typ: "integer", value: anyWhole, order: keepsOrder},
	{rule: "{rule: round, to: 0.5}", typ: "double", value: anyAmount, order: keepsOrder},
	{rule: "{rule: generalise, by: region, to: prefecture}", typ: "text", value: anyRegion, order: keepsOrder},
	{rule: "{rule: generalise, by: icd10, to: category}", typ: "text", value: anyDisease, order: keepsOrder},
	{rule: "{rule: generalise, rows: [a;x;z, b;y;z], to: 1, other: o}", typ: "text", value: anyText},
	{rule: "redact", typ: "text", value: anyText},
	{rule: "pseudonym", typ: "text", value: anyText, keyed: true, apart: true, injective: true},
	{rule: "{rule: pseudonym, kind: firm}", typ: "integer", value: anyWhole, keyed: true, injective: true},
	{rule: "token", typ: "text", value: anyText, keyed: true, apart: true, injective: true},
	{rule: "{rule: token, kind: firm}", typ: "integer", value: anyWhole, keyed: true, injective: true},
	{rule: "{rule: fpe, format: digits}", typ: "text", value: anyDigits, keyed: true, apart: true, injective: true},
	{rule: "{rule: fpe, format: resident_id, kind: other}", typ: "text", value: anyResident, keyed: true, injective: true},
	{rule: "{rule: fpe, format: mobile}", typ: "integer", value: anyMobile, keyed: true, apart: true, injective: true},
	{rule: "{rule: fpe, format: bank_card}", typ: "text", value: anyCard, keyed: true, apart: true, injective: true},
	{rule: "{rule: fpe, format: uscc}", typ: "text", value: anyCredit, keyed: true, apart: true, injective: true},
	{rule: "{rule: shift, days: 20}", typ: "date", value: anyDate, keyed: true, order: keepsPersons},
	{rule: "{rule: shift, days: 3650}", typ: "timestamp", value: anyTime, keyed: true, order: keepsPersons},
	{rule: "{rule: noise, width: 1000}", typ: "integer", value: anyWhole, keyed: true, apart: true},
	{rule: "{rule: noise, width: 0.5}", typ: "double", value: anyAmount, keyed: true, apart: true},
	{rule: "{rule: noise, width: 9.99, bottom: -99999}", typ: "decimal(9,2)", value: anyAmount, keyed: true, apart: true},
}

func anyText(r *rand.Rand, i int) string {
	return fmt.Sprintf("%c%c%d", 'a'+r.IntN(26), '一'+r.IntN(20_000), i)
}

func anyWhole(r *rand.Rand, _ int) string { return fmt.Sprint(r.Int64N(2_000_000_000) - 1_000_000_000) }
func anyAmount(r *rand.Rand, _ int) string {
	return fmt.Sprintf("%.2f", float64(r.IntN(200_000)-100_000)/100)
}
func anyDate(r *rand.Rand, _ int) string {
	return arrow.Date32(r.IntN(40_000) - 10_000).FormattedString()
}
func anyDigits(r *rand.Rand, i int) string { return fmt.Sprintf("%0*d", 8+i%20, r.Int64()) }
func anyRegion(r *rand.Rand, _ int) string { return fmt.Sprintf("%06d", 110_000+r.IntN(800_000)) }
func anyMobile(r *rand.Rand, _ int) string { return fmt.Sprintf("13%09d", r.IntN(1_000_000_000)) }

func anyTime(r *rand.Rand, _ int) string {
	return arrow.Timestamp(r.Int64N(2e15)).ToTime(arrow.Microsecond).Format("2006-01-02 15:04:05.999999Z")
}

func anyDisease(r *rand.Rand, _ int) string {
	return fmt.Sprintf("%c%02d.%d", 'A'+r.IntN(20), r.IntN(100), r.IntN(10))
}

func anyResident(r *rand.Rand, _ int) string {
	for {
		if id, ok := idnum.AppendResidentID(nil, r.Uint64N(idnum.ResidentRanks)); ok {
			return string(id)
		}
	}
}

func anyCard(r *rand.Rand, i int) string {
	card, _ := idnum.SyntheticBankCard(fmt.Sprintf("62%0*d", 10+i%7, r.Int64N(1_000_000_000)))
	return card
}

func anyCredit(r *rand.Rand, _ int) string {
	body := []byte("91530402")
	for range 8 {
		body = append(body, idnum.CreditCharacter(byte(r.IntN(31))))
	}
	checks, _ := idnum.CreditChecks(string(body))
	return string(append(body, checks[:]...))
}

// masks gives what becomes of rows of persons and values under a scenario's secret.
func masks(t *testing.T, secret []byte, dataset, ruleText string, typ coltype.Type, persons, values []string) []string {
	t.Helper()
	src := "id: p\nname: t\nversion: 1\ndataset: " + dataset + "\ncolumns:\n  c: " + ruleText + "\n"
	p, err := ParsePolicy("p.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.Compile([]Column{{Name: "c", Type: typ}, {Name: "person", Type: text, Subject: "person"}}, secret)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	return spell(plain(maskRows(t, m, typ, persons, values)))
}

func maskRows(t testing.TB, m *Masker, typ coltype.Type, persons, values []string) arrow.Array {
	t.Helper()
	columns := []arrow.Array{columnOf(t, text, persons...), columnOf(t, typ, values...)}
	schema := arrow.NewSchema([]arrow.Field{{Name: "person", Type: columns[0].DataType(), Nullable: true}, {Name: "c", Type: columns[1].DataType(), Nullable: true}}, nil)
	out, err := m.Apply(array.NewRecordBatch(schema, columns, int64(len(values))), 0)
	if err != nil {
		t.Fatal(err)
	}
	return out.Column(0)
}

func TestProperties(t *testing.T) {
	const rows, people = 3000, 150
	for _, c := range properties {
		t.Run(c.rule+" on "+c.typ, func(t *testing.T) {
			r, typ := rand.New(rand.NewPCG(5, 2)), mustType(t, c.typ)
			persons, values := make([]string, rows), make([]string, rows)
			for i := range rows {
				persons[i], values[i] = fmt.Sprintf("5304021990%08d", r.IntN(people)), c.value(r, i)
			}
			in := spell(columnOf(t, typ, values...))
			got := masks(t, secret, "d", c.rule, typ, persons, values)

			// Row by row: in another order, as few rows, and with others around them.
			backwards := masks(t, secret, "d", c.rule, typ, reversed(persons), reversed(values))
			if !slices.Equal(reversed(backwards), got) {
				t.Error("another order of the rows gives other values")
			}
			if few := masks(t, secret, "d", c.rule, typ, persons[100:120], values[100:120]); !slices.Equal(few, got[100:120]) {
				t.Error("twenty rows alone become something else")
			}
			nulls := masks(t, secret, "d", c.rule, typ, persons[:2], []string{null, values[1]})
			if want := null; !strings.Contains(c.rule, "constant") && nulls[0] != want {
				t.Errorf("null becomes %s", nulls[0])
			}

			linked(t, "another scenario", got, masks(t, otherSecret, "d", c.rule, typ, persons, values), c.keyed)
			linked(t, "another data set", got, masks(t, secret, "e", c.rule, typ, persons, values), c.apart)
			if c.injective {
				back := map[string]string{}
				for i, v := range got {
					if known, ok := back[v]; ok && known != in[i] {
						t.Fatalf("%s and %s become one", known, in[i])
					}
					back[v] = in[i]
				}
			}
			switch c.order {
			case keepsOrder:
				ordered(t, typ, in, got)
			case keepsPersons:
				for _, person := range persons[:20] {
					var of, became []string
					for i := range rows {
						if persons[i] == person {
							of, became = append(of, in[i]), append(became, got[i])
						}
					}
					ordered(t, typ, of, became)
				}
			}
		})
	}
}

// linked holds that few or all rows agree.
func linked(t *testing.T, what string, got, other []string, apart bool) {
	t.Helper()
	same := 0
	for i := range got {
		if got[i] == other[i] {
			same++
		}
	}
	if apart && same*10 > len(got) {
		t.Errorf("%s: %d of %d values are the same", what, same, len(got))
	}
	if !apart && same != len(got) {
		t.Errorf("%s: %d of %d values differ", what, len(got)-same, len(got))
	}
}

func reversed(s []string) []string {
	s = slices.Clone(s)
	slices.Reverse(s)
	return s
}

// ordered holds that what was below is not above.
func ordered(t *testing.T, typ coltype.Type, in, out []string) {
	t.Helper()
	byValue := make([]int, len(in))
	for i := range byValue {
		byValue[i] = i
	}
	slices.SortStableFunc(byValue, func(a, b int) int { return compareSpelled(t, typ, in[a], in[b]) })
	outType := typ
	if len(out) > 0 && slices.Contains([]string{"a", "b", "c"}, out[0]) { // labels of bands
		outType = text
	}
	for k := 1; k < len(byValue); k++ {
		a, b := byValue[k-1], byValue[k]
		if compareSpelled(t, outType, out[a], out[b]) > 0 && in[a] != in[b] {
			t.Fatalf("%s ≤ %s become %s and %s", in[a], in[b], out[a], out[b])
		}
	}
}

func compareSpelled(t *testing.T, typ coltype.Type, a, b string) int {
	t.Helper()
	switch typ.Kind {
	case coltype.Integer, coltype.Decimal, coltype.Double:
		if a == null || b == null {
			return 0
		}
		var x, y float64
		if _, err := fmt.Sscan(a+" "+b, &x, &y); err != nil {
			t.Fatalf("%s, %s: %v", a, b, err)
		}
		return cmp.Compare(x, y)
	}
	return cmp.Compare(a, b) // dates and instants of one length, in this century and the last
}

// TestEveryRuleHasProperties looks at the rules that mask row by row.
func TestEveryRuleHasProperties(t *testing.T) {
	tried := map[string]bool{"drop": true} // there is nothing to be seen of it
	for _, c := range properties {
		r := policyOf(t, "c: "+c.rule).rules[0]
		tried[r.name] = true
	}
	for _, d := range definitions() {
		if (d.compile != nil || d.compileBeside != nil) && !tried[d.name] {
			t.Errorf("the rule %s promises nothing that is tried", d.name)
		}
	}
}
