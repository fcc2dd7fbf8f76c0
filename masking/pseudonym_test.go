package masking

import (
	"encoding/base32"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"yingbi/crypto"
	"yingbi/internal/coltype"
)

const person = "530402199001011234" // not a valid number

// pseudonymOf masks one value as column "c" of data set "d".
func pseudonymOf(t *testing.T, secret []byte, ruleText, dataset, subject, typ, value string) string {
	t.Helper()
	src := "id: p\nname: t\nversion: 1\ndataset: " + dataset + "\ncolumns:\n  c: " + ruleText + "\n"
	p, err := ParsePolicy("p.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.Compile([]Column{{Name: "c", Type: mustType(t, typ), Subject: subject}}, secret)
	if err != nil {
		t.Fatal(err)
	}
	a := columnOf(t, mustType(t, typ), value)
	out, err := m.Apply(array.NewRecordBatch(arrow.NewSchema([]arrow.Field{{Name: "c", Type: a.DataType()}}, nil), []arrow.Array{a}, 1), 0)
	if err != nil {
		t.Fatal(err)
	}
	return plain(out.Column(0)).ValueStr(0)
}

// The rule computed by hand from crypto's slow path and the standard alphabet.
func TestPseudonymIsHMAC(t *testing.T) {
	for domain, ruleText := range map[string]string{
		"kind\x00person":   "{rule: pseudonym, kind: person}",
		"column\x00d\x00c": "pseudonym",
	} {
		sum := crypto.HMAC(crypto.Derive(secret, []byte(domain), "masking pseudonym", 32), []byte(person))
		want := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:20]
		if got := pseudonymOf(t, secret, ruleText, "d", "", "text", person); got != want {
			t.Errorf("%s gives %s, want %s", ruleText, got, want)
		}
	}
}

// What is linked and what is not: the reference is a person's column of data set d.
func TestPseudonymDomains(t *testing.T) {
	other := []byte("another scenario's secret, 32 b.")
	reference := pseudonymOf(t, secret, "{rule: pseudonym, kind: person}", "d", "person", "text", person)
	if len(reference) != 20 || strings.Contains(reference, person[:6]) {
		t.Errorf("pseudonym %q", reference)
	}
	for _, c := range []struct {
		name                string
		secret              []byte
		rule, dataset, kind string
		typ, value          string
		same                bool
	}{
		{"again", secret, "{rule: pseudonym, kind: person}", "d", "person", "text", person, true},
		{"another data set", secret, "{rule: pseudonym, kind: person}", "e", "person", "text", person, true},
		{"kind of the subject", secret, "pseudonym", "e", "person", "text", person, true},
		{"as an integer", secret, "{rule: pseudonym, kind: person}", "e", "person", "integer", person, true},
		{"written otherwise", secret, "{rule: pseudonym, kind: person}", "e", "person", "text", "５30402 19900101-1234", true},
		{"another scenario", other, "{rule: pseudonym, kind: person}", "d", "person", "text", person, false},
		{"another kind", secret, "{rule: pseudonym, kind: enterprise}", "d", "", "text", person, false},
		{"a column of its own", secret, "pseudonym", "d", "", "text", person, false},
		{"another person", secret, "{rule: pseudonym, kind: person}", "d", "person", "text", "530402199001011235", false},
	} {
		got := pseudonymOf(t, c.secret, c.rule, c.dataset, c.kind, c.typ, c.value)
		if (got == reference) != c.same {
			t.Errorf("%s: %s against %s, want same = %v", c.name, got, reference, c.same)
		}
	}
	a := pseudonymOf(t, secret, "pseudonym", "d", "", "text", "ab 1")
	if b := pseudonymOf(t, secret, "pseudonym", "d", "", "text", "AB1"); a == b {
		t.Error("a column that names no subject compares values loosely")
	}
	if b := pseudonymOf(t, secret, "pseudonym", "e", "", "text", "ab 1"); a == b {
		t.Error("two data sets share the pseudonyms of a column")
	}
}

func TestPseudonymNulls(t *testing.T) {
	a := columnOf(t, mustType(t, "text"), null, person, " - ", person, null)
	got, _ := apply(t, "pseudonym", Column{Type: mustType(t, "text"), Subject: "person"}, a)
	if !got.IsNull(0) || !got.IsNull(2) || !got.IsNull(4) || got.ValueStr(1) != got.ValueStr(3) {
		t.Errorf("got %v", spell(got))
	}
	got, _ = apply(t, "pseudonym", Column{Type: mustType(t, "text")}, a)
	if got.IsNull(2) {
		t.Error("a value of a plain column is taken for no identifier")
	}
}

// The cache must neither mix values nor outlive its batch.
func TestPseudonymBatches(t *testing.T) {
	m, err := policyOf(t, "c: pseudonym").Compile([]Column{{Name: "c", Type: mustType(t, "integer"), Subject: "person"}}, secret)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for batch := range 3 {
		var values []string
		for i := range 400 {
			values = append(values, fmt.Sprint((i*7+batch*100)%500))
		}
		a := columnOf(t, coltype.Type{Kind: coltype.Integer}, values...)
		out, err := m.Apply(array.NewRecordBatch(arrow.NewSchema([]arrow.Field{{Name: "c", Type: a.DataType()}}, nil), []arrow.Array{a}, 400), 0)
		if err != nil {
			t.Fatal(err)
		}
		got := plain(out.Column(0))
		for i, v := range values {
			all = append(all, v+"="+got.ValueStr(i))
		}
	}
	slices.Sort(all)
	if n := len(slices.Compact(all)); n != 500 {
		t.Errorf("500 values have %d pairs of value and pseudonym", n)
	}
}

func benchmarkRule(b *testing.B, ruleText string, typ coltype.Type, a arrow.Array, subjects ...arrow.Array) {
	columns, arrays := []Column{{Name: "c", Type: typ}}, []arrow.Array{a}
	fields := []arrow.Field{{Name: "c", Type: a.DataType()}}
	for _, s := range subjects {
		columns, arrays = append(columns, Column{Name: "person", Type: text, Subject: "person"}), append(arrays, s)
		fields = append(fields, arrow.Field{Name: "person", Type: s.DataType()})
	}
	m, err := policyOf(b, "c: "+ruleText).Compile(columns, secret)
	if err != nil {
		b.Fatal(err)
	}
	batch := array.NewRecordBatch(arrow.NewSchema(fields, nil), arrays, int64(a.Len()))
	for b.Loop() {
		if _, err := m.Apply(batch, 0); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*a.Len()), "ns/value")
}

func BenchmarkRules(b *testing.B) {
	const n = 1 << 16
	ids := array.NewStringBuilder(memory.DefaultAllocator)
	repeated := array.NewStringBuilder(memory.DefaultAllocator)
	dates := array.NewDate32Builder(memory.DefaultAllocator)
	costs := array.NewDecimal128Builder(memory.DefaultAllocator, arrowType(mustType(b, "decimal(12,2)")).(*arrow.Decimal128Type))
	residents, regions := array.NewStringBuilder(memory.DefaultAllocator), array.NewStringBuilder(memory.DefaultAllocator)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range n {
		residents.Append(anyResident(r, i))
		regions.Append(anyRegion(r, i))
		ids.Append(fmt.Sprintf("53040219900101%04d%d", i%10000, i))
		repeated.Append(fmt.Sprintf("53040219900101%04d", i%5000))
		dates.Append(arrow.Date32(i))
		if err := costs.AppendValueFromString(fmt.Sprintf("%d.%02d", i, i%100)); err != nil {
			b.Fatal(err)
		}
	}
	text, date, decimal := mustType(b, "text"), mustType(b, "date"), mustType(b, "decimal(12,2)")
	distinct, often, days, money := ids.NewArray(), repeated.NewArray(), dates.NewArray(), costs.NewArray()
	b.Run("pseudonym-distinct", func(b *testing.B) { benchmarkRule(b, "{rule: pseudonym, kind: person}", text, distinct) })
	b.Run("pseudonym-repeated", func(b *testing.B) { benchmarkRule(b, "{rule: pseudonym, kind: person}", text, often) })
	b.Run("mask", func(b *testing.B) { benchmarkRule(b, "{rule: mask, first: 6, last: 4}", text, distinct) })
	b.Run("prefix", func(b *testing.B) { benchmarkRule(b, "{rule: prefix, length: 4}", text, distinct) })
	b.Run("period", func(b *testing.B) { benchmarkRule(b, "{rule: period, to: month}", date, days) })
	b.Run("bands", func(b *testing.B) {
		benchmarkRule(b, "{rule: bands, bounds: [100, 1000, 10000], closed: left}", decimal, money)
	})
	b.Run("round", func(b *testing.B) { benchmarkRule(b, "{rule: round, to: 100}", decimal, money) })
	b.Run("token", func(b *testing.B) { benchmarkRule(b, "token", text, distinct) })
	b.Run("fpe-digits", func(b *testing.B) { benchmarkRule(b, "{rule: fpe, format: digits}", text, distinct) })
	b.Run("fpe-resident", func(b *testing.B) { benchmarkRule(b, "{rule: fpe, format: resident_id}", text, residents.NewArray()) })
	b.Run("shift", func(b *testing.B) { benchmarkRule(b, "{rule: shift, days: 30}", date, days, often) })
	b.Run("noise", func(b *testing.B) { benchmarkRule(b, "{rule: noise, width: 100}", decimal, money, often) })
	b.Run("generalise", func(b *testing.B) {
		benchmarkRule(b, "{rule: generalise, by: region, to: prefecture}", text, regions.NewArray())
	})
}
