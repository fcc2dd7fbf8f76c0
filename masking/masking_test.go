package masking

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

const null = array.NullValueStr

var secret = []byte("a scenario's secret of 32 bytes!")

func mustType(t testing.TB, s string) coltype.Type {
	t.Helper()
	typ, err := coltype.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

// columnOf builds an array from the spellings that ValueStr gives back.
func columnOf(t testing.TB, typ coltype.Type, values ...string) arrow.Array {
	t.Helper()
	b := array.NewBuilder(memory.DefaultAllocator, arrowType(typ))
	defer b.Release()
	for _, v := range values {
		if err := b.AppendValueFromString(v); err != nil {
			t.Fatalf("%s: %v", v, err)
		}
	}
	return b.NewArray()
}

func spell(a arrow.Array) []string {
	out := make([]string, a.Len())
	for i := range out {
		out[i] = a.ValueStr(i)
	}
	return out
}

func policyOf(t testing.TB, rules ...string) *Policy {
	t.Helper()
	src := "id: p\nname: test\nversion: 1\ndataset: d\ncolumns:\n"
	for _, r := range rules {
		src += "  " + r + "\n"
	}
	p, err := ParsePolicy("p.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// apply masks one column "c" with the rule.
func apply(t testing.TB, ruleText string, in Column, a arrow.Array) (arrow.Array, Column) {
	t.Helper()
	in.Name = "c"
	m, err := policyOf(t, "c: "+ruleText).Compile([]Column{in}, secret)
	if err != nil {
		t.Fatal(err)
	}
	batch := array.NewRecordBatch(arrow.NewSchema([]arrow.Field{{Name: "c", Type: a.DataType(), Nullable: true}}, nil), []arrow.Array{a}, int64(a.Len()))
	out, err := m.Apply(batch, 0)
	if err != nil {
		t.Fatal(err)
	}
	if out.NumCols() == 0 {
		return nil, Column{}
	}
	return plain(out.Column(0)), m.Columns()[0]
}

// plain gives the texts of a dictionary or of packed pseudonyms.
func plain(a arrow.Array) arrow.Array {
	words, ok := spelled(a).(*array.Dictionary)
	if !ok {
		return spelled(a)
	}
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	for i := range words.Len() {
		if words.IsNull(i) {
			b.AppendNull()
		} else {
			b.Append(words.ValueStr(i))
		}
	}
	return b.NewArray()
}

func TestRules(t *testing.T) {
	for _, c := range []struct {
		rule, in, out string // out: the type after masking
		cases         []string
	}{
		{"keep", "text", "text", []string{"甲=甲", "=", "(null)=(null)"}},
		{"keep", "decimal(18,2)", "decimal(18,2)", []string{"9999999999999999.99=9999999999999999.99", "(null)=(null)"}},
		{"suppress", "decimal(5,2)", "decimal(5,2)", []string{"1.00=(null)", "(null)=(null)"}},
		{"suppress", "boolean", "boolean", []string{"true=(null)"}},
		{"{rule: constant, value: 某人}", "text", "text", []string{"张三=某人", "(null)=某人"}},
		{"{rule: constant, value: ''}", "text", "text", []string{"张三="}},
		{"{rule: constant, value: -7}", "integer", "integer", []string{"1=-7", "(null)=-7"}},
		{"{rule: constant, value: 1.5}", "decimal(5,2)", "decimal(5,2)", []string{"3.00=1.5"}},
		{"{rule: constant, value: 0.5}", "double", "double", []string{"3=0.5"}},
		{"{rule: constant, value: 1970-01-01}", "date", "date", []string{"2024-02-29=1970-01-01"}},
		{"{rule: constant, value: '2024-01-01T00:00:00+08:00'}", "timestamp", "timestamp", []string{"2024-02-29 01:02:03Z=2023-12-31T16:00:00Z"}},
		{"{rule: constant, value: true}", "boolean", "boolean", []string{"false=true", "(null)=true"}},

		// Characters are runes; what would be shown whole is not shown at all.
		{"{rule: mask, first: 1}", "text", "text", []string{"张三=张****", "张三丰=张****", "张=****", "=****", "(null)=(null)"}},
		{"{rule: mask, first: 3, last: 4}", "text", "text", []string{"13812345678=138****5678", "12345678=123****5678", "1234567=****"}},
		{"{rule: mask, last: 1}", "text", "text", []string{"高山=****山"}},
		{"mask", "text", "text", []string{"anything=****", "(null)=(null)"}},
		{"{rule: mask, first: 1}", "text", "text", []string{"𠮷野家=𠮷****"}},

		{"{rule: prefix, length: 4}", "text", "text", []string{"530402=5304", "5304=5304", "53=53", " 530402 =5304", "=", "(null)=(null)"}},
		{"{rule: prefix, length: 2}", "integer", "text", []string{"530402=53", "5=5", "0=0", "-53=(null)", "(null)=(null)"}},
		{"{rule: prefix, length: 1}", "text", "text", []string{"区县=区"}},

		{"{rule: period, to: month}", "date", "date", []string{"2024-02-29=2024-02-01", "2024-03-01=2024-03-01", "1969-12-31=1969-12-01", "(null)=(null)"}},
		{"{rule: period, to: quarter}", "date", "date", []string{"2024-03-31=2024-01-01", "2024-04-01=2024-04-01", "2024-12-31=2024-10-01"}},
		{"{rule: period, to: year}", "date", "date", []string{"2024-12-31=2024-01-01", "1900-01-01=1900-01-01", "0001-06-01=0001-01-01"}},
		// 16:00Z is midnight in Shanghai.
		{"{rule: period, to: day}", "timestamp", "date", []string{"2024-01-31 15:59:59.999999Z=2024-01-31", "2024-01-31 16:00:00Z=2024-02-01", "(null)=(null)"}},
		{"{rule: period, to: month}", "timestamp", "date", []string{"2024-01-31 16:00:00Z=2024-02-01"}},
		{"{rule: period, to: month, zone: UTC}", "timestamp", "date", []string{"2024-01-31 23:59:59Z=2024-01-01"}},
		{"{rule: period, to: year, zone: America/New_York}", "timestamp", "date", []string{"2024-01-01 04:59:59Z=2023-01-01", "2024-01-01 05:00:00Z=2024-01-01"}},

		{"{rule: bands, bounds: [18, 45], closed: left}", "integer", "text", []string{"17=<18", "18=[18,45)", "44=[18,45)", "45=≥45", "-1=<18", "(null)=(null)"}},
		{"{rule: bands, bounds: [18, 45], closed: right}", "integer", "text", []string{"18=≤18", "19=(18,45]", "45=(18,45]", "46=>45"}},
		{"{rule: bands, bounds: [0], closed: left, labels: [负, 非负]}", "decimal(5,2)", "text", []string{"-0.01=负", "0.00=非负"}},
		{"{rule: bands, bounds: [0.5, 1.25], closed: left}", "decimal(5,2)", "text", []string{"0.49=<0.5", "0.50=[0.5,1.25)", "1.24=[0.5,1.25)", "1.25=≥1.25"}},
		{"{rule: bands, bounds: [0.1], closed: right}", "double", "text", []string{"0.1=≤0.1", "0.10000000000000002=>0.1", "+Inf=>0.1", "-Inf=≤0.1", "NaN=(null)"}},

		{"{rule: clamp, bottom: 0, top: 90}", "integer", "integer", []string{"-1=0", "0=0", "90=90", "91=90", "(null)=(null)"}},
		{"{rule: clamp, top: 99.99}", "decimal(6,2)", "decimal(6,2)", []string{"99.99=99.99", "100.00=99.99", "-9999.99=-9999.99"}},
		{"{rule: clamp, bottom: -0.5}", "double", "double", []string{"-0.75=-0.5", "7=7", "-Inf=-0.5", "NaN=(null)"}},
		{"{rule: clamp, bottom: 1934-01-01}", "date", "date", []string{"1933-12-31=1934-01-01", "1934-01-02=1934-01-02", "(null)=(null)"}},

		{"{rule: round, to: 5}", "integer", "integer", []string{"2=0", "3=5", "7=5", "8=10", "-2=0", "-3=-5", "(null)=(null)"}},
		{"{rule: round, to: 10}", "integer", "integer", []string{"4=0", "5=10", "-4=0", "-5=-10", "9223372036854775807=9223372036854775800", "-9223372036854775808=-9223372036854775800"}},
		{"{rule: round, to: 0.05}", "decimal(3,2)", "decimal(3,2)", []string{"0.02=0", "0.03=0.05", "-0.03=-0.05", "9.99=9.95", "-9.99=-9.95", "9.96=9.95"}},
		{"{rule: round, to: 100}", "decimal(10,2)", "decimal(10,2)", []string{"149.99=100", "150.00=200", "-150.00=-200"}},
		{"{rule: round, to: 0.1}", "double", "double", []string{"0.25=0.3", "0.3=0.3", "-0.04=0", "1e300=1e+300", "+Inf=+Inf", "NaN=(null)"}},
	} {
		var in, want []string
		for _, pair := range c.cases {
			a, b, _ := strings.Cut(pair, "=")
			in, want = append(in, a), append(want, b)
		}
		got, column := apply(t, c.rule, Column{Type: mustType(t, c.in)}, columnOf(t, mustType(t, c.in), in...))
		if column.Type != mustType(t, c.out) || !arrow.TypeEqual(got.DataType(), arrowType(column.Type)) {
			t.Errorf("%s on %s gives %s (%s), want %s", c.rule, c.in, column.Type, got.DataType(), c.out)
		}
		for i, s := range spell(got) {
			if s != want[i] {
				t.Errorf("%s on %s: %q gives %q, want %q", c.rule, c.in, in[i], s, want[i])
			}
		}
	}
}

func TestColumnsWithoutARuleAreDropped(t *testing.T) {
	columns := []Column{
		{Name: "id", Type: mustType(t, "text"), Subject: "person"}, {Name: "name", Type: mustType(t, "text")},
		{Name: "cost", Type: mustType(t, "integer")}, {Name: "phone", Type: mustType(t, "text")},
	}
	m, err := policyOf(t, "phone: drop", "cost: keep", "id: pseudonym").Compile(columns, secret)
	if err != nil {
		t.Fatal(err)
	}
	// The order is that of the data set, not of the policy.
	if got := fmt.Sprint(columnNames(m.Columns())); got != "id, cost" {
		t.Errorf("columns %s, want id, cost", got)
	}
	if _, err := m.Only([]string{"cost", "phone"}); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "phone") {
		t.Errorf("a granted column that the policy drops: %v", err)
	}
	only, err := m.Only([]string{"cost"})
	if err != nil || columnNames(only.Columns()) != "cost" || only.Schema().NumFields() != 1 {
		t.Errorf("Only: %v, %v", only.Columns(), err)
	}
}

func TestApplyRefusesABatchThatIsNotAsDescribed(t *testing.T) {
	m, err := policyOf(t, "c: keep").Compile([]Column{{Name: "c", Type: mustType(t, "integer")}}, secret)
	if err != nil {
		t.Fatal(err)
	}
	for name, schema := range map[string]*arrow.Schema{
		"missing": arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.BinaryTypes.String}}, nil),
		"type":    arrow.NewSchema([]arrow.Field{{Name: "c", Type: arrow.BinaryTypes.String}}, nil),
	} {
		batch := array.NewRecordBatch(schema, []arrow.Array{columnOf(t, mustType(t, "text"), "x")}, 1)
		if _, err := m.Apply(batch, 0); fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestApplyWorksOnASlice(t *testing.T) {
	a := columnOf(t, mustType(t, "integer"), "1", null, "30", "50")
	slice := array.NewSlice(a, 1, 3)
	for ruleText, want := range map[string]string{
		"{rule: round, to: 20}":                         "[(null) 40]",
		"{rule: bands, bounds: [18, 45], closed: left}": "[(null) [18,45)]",
		"{rule: clamp, top: 20}":                        "[(null) 20]",
		"keep":                                          "[(null) 30]",
		"{rule: prefix, length: 1}":                     "[(null) 3]",
		"{rule: constant, value: 1}":                    "[1 1]",
		"suppress":                                      "[(null) (null)]",
	} {
		got, _ := apply(t, ruleText, Column{Type: mustType(t, "integer")}, slice)
		if fmt.Sprint(spell(got)) != want {
			t.Errorf("%s on a slice gives %v, want %s", ruleText, spell(got), want)
		}
	}
}

func TestDecimalBeyondItsTypeIsDamage(t *testing.T) {
	typ := mustType(t, "decimal(18,0)")
	b := array.NewDecimal128Builder(memory.DefaultAllocator, arrowType(typ).(*arrow.Decimal128Type))
	b.Append(decimal128.New(1, 0)) // 2^64
	m, err := policyOf(t, "c: {rule: round, to: 10}").Compile([]Column{{Name: "c", Type: typ}}, secret)
	if err != nil {
		t.Fatal(err)
	}
	a := b.NewArray()
	batch := array.NewRecordBatch(arrow.NewSchema([]arrow.Field{{Name: "c", Type: a.DataType()}}, nil), []arrow.Array{a}, 1)
	if _, err := m.Apply(batch, 0); fault.KindOf(err) != fault.Integrity {
		t.Errorf("a decimal of 20 digits: %v", err)
	}
}
