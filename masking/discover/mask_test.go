package discover_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"yingbi/internal/coltype"
	"yingbi/masking"
	"yingbi/masking/discover"
)

// masked applies a policy to the rows, of which the person is described as the subject, and
// gives each masked column as texts.
func masked(t *testing.T, body []byte, r *discover.Report, values [][]string) map[string][]string {
	t.Helper()
	p, err := masking.ParsePolicy("policy.yaml", body)
	if err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	var columns []masking.Column
	var fields []arrow.Field
	var arrays []arrow.Array
	for i := range r.Columns {
		c := described(&r.Columns[i])
		switch c.Name {
		case "sfzh":
			c.Subject = "person"
		case "备注": // texts are described as no identifier
			c.Identifier = 0
		}
		columns = append(columns, c)
		arrays = append(arrays, stored(t, c.Type, values[i]))
		fields = append(fields, arrow.Field{Name: c.Name, Type: arrays[i].DataType(), Nullable: true})
	}
	m, err := p.Compile(columns, []byte("0123456789abcdef"))
	if err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	defer m.Close()
	batch, err := m.Apply(array.NewRecordBatch(arrow.NewSchema(fields, nil), arrays, int64(len(values[0]))), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Leaks(); err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	out := map[string][]string{}
	for i, field := range batch.Schema().Fields() {
		for row := range int(batch.NumRows()) {
			out[field.Name] = append(out[field.Name], batch.Column(i).ValueStr(row))
		}
	}
	return out
}

// stored makes a column as a version has it.
func stored(t *testing.T, of coltype.Type, values []string) arrow.Array {
	t.Helper()
	var as arrow.DataType = arrow.BinaryTypes.String
	switch of.Kind {
	case coltype.Integer:
		as = arrow.PrimitiveTypes.Int64
	case coltype.Date:
		as = arrow.FixedWidthTypes.Date32
	case coltype.Decimal:
		as = &arrow.Decimal128Type{Precision: int32(of.Precision), Scale: int32(of.Scale)}
	}
	b := array.NewBuilder(memory.DefaultAllocator, as)
	for _, v := range values {
		if err := b.AppendValueFromString(v); err != nil {
			t.Fatal(err)
		}
	}
	return b.NewArray()
}

// TestPolicyMasks applies what is proposed, and then each alternative in its place.
func TestPolicyMasks(t *testing.T) {
	const n = 40
	columns, values := people(n)
	r := scan(columns, values).Report(false)
	body := string(r.Policy("proposed", "people"))
	out := masked(t, []byte(body), r, values)
	if _, kept := out["姓名"]; kept || len(out) != len(columns)-2 || out["区县"][0] != "530400" || out["icd"][0] != "E11" || out["sfzh"][0] == values[0][0] {
		t.Errorf("%d columns, %q, %q", len(out), out["区县"], out["icd"])
	}
	seen := map[string]string{}
	for _, line := range strings.Split(body, "\n") {
		rule, ok := strings.CutPrefix(line, "  # \"")
		if !ok {
			continue
		}
		name, settings, _ := strings.Cut(rule, "\": ")
		at := strings.Index(body, "\n  \""+name+"\": ") + 1
		end := at + strings.IndexByte(body[at:], '\n')
		got := masked(t, []byte(body[:at]+strings.Replace(line, "# ", "", 1)+body[end:]), r, values)[name]
		if len(got) != n || got[0] == values[indexOf(columns, name)][0] {
			t.Errorf("under %s %s is %q", settings, name, got)
		}
		settings, where, _ := strings.Cut(settings, "  # ")
		seen[name] += settings + " "
		if where == "" {
			t.Errorf("%s does not say where", line)
		}
	}
	want := map[string]string{
		"sfzh": "{rule: fpe, format: resident_id, kind: person} {rule: token, kind: person} ", "手机": "{rule: fpe, format: mobile} token ", "卡号": "{rule: fpe, format: bank_card} token ",
		"单据": "{rule: fpe, format: digits} token ", "备注": "redact ", "就诊日期": `{rule: shift, days: 180, subject: "sfzh"} `,
	}
	if fmt.Sprint(seen) != fmt.Sprint(want) {
		t.Errorf("alternatives\n%v, want\n%v", seen, want)
	}
}

func indexOf(columns []discover.Column, name string) int {
	for i, c := range columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}
