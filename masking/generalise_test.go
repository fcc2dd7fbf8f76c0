package masking

import (
	"strings"
	"testing"

	"yingbi/masking/detect"
)

func TestGeneralise(t *testing.T) {
	for _, c := range []struct {
		rule, typ string
		cases     []string
	}{
		{"{rule: generalise, by: region, to: county}", "text", []string{"530402=530402", "530402101=530402", "530402101001=530402", " 530402 =530402"}},
		{"{rule: generalise, by: region, to: prefecture}", "text", []string{"530402=530400", "5304=(null)", "53040=(null)", "53o402=(null)", "=(null)", "030402=(null)"}},
		{"{rule: generalise, by: region, to: province, other: 不详}", "text", []string{"530402=530000", "x=不详", "(null)=(null)"}},
		{"{rule: generalise, by: region, to: province}", "integer", []string{"530402=530000", "5=(null)", "-530402=(null)", "(null)=(null)"}},
		{"{rule: generalise, by: icd10, to: category}", "text", []string{"E11.900=E11", "e11=E11", "I25.101x=I25", "E1=(null)", "11E=(null)", "é11=(null)", "@11=(null)"}},
		{"{rule: generalise, by: icd10, to: chapter}", "text", []string{"A00=A00-B99", "B99.9=A00-B99", "C97=C00-D48", "D48=C00-D48", "D49=(null)", "D50=D50-D89", "E11.9=E00-E90", "E91=(null)", "H59=H00-H59", "H60=H60-H95", "T98=S00-T98", "U07.1=U00-U99", "V01=V01-Y98", "Y98=V01-Y98", "Z99=Z00-Z99"}},
		{"{rule: generalise, rows: [感冒;呼吸;病, 肺炎;呼吸;病, 骨折;外伤;病], to: 1}", "text", []string{"感冒=呼吸", "骨折=外伤", " 感冒=呼吸", "头痛=(null)", "=(null)"}},
		{"{rule: generalise, rows: [感冒;呼吸;病, 肺炎;呼吸;病, 骨折;外伤;病], to: 2, other: '*'}", "text", []string{"感冒=病", "头痛=*"}},
		{"{rule: generalise, rows: [1;少, 2;少, 30;多], to: 1}", "integer", []string{"1=少", "30=多", "3=(null)"}},
	} {
		var in, want []string
		for _, pair := range c.cases {
			a, b, _ := strings.Cut(pair, "=")
			in, want = append(in, a), append(want, b)
		}
		got, column := apply(t, c.rule, Column{Type: mustType(t, c.typ)}, columnOf(t, mustType(t, c.typ), in...))
		if column.Type != text {
			t.Errorf("%s gives %s", c.rule, column.Type)
		}
		for i, s := range spell(got) {
			if s != want[i] {
				t.Errorf("%s: %q gives %q, want %q", c.rule, in[i], s, want[i])
			}
		}
	}
}

func TestNewRulesRefuseSettings(t *testing.T) {
	many := "x;y" + strings.Repeat(", z", maxRows+1)
	for body, want := range map[string]string{
		"{rule: generalise, to: 1}":                                           "needs one of by and rows",
		"{rule: generalise, by: region, rows: [a;b], to: 1}":                  "needs one of by and rows",
		"{rule: generalise, by: region, to: chapter}":                         "want by: region with to: county",
		"{rule: generalise, by: rows, to: 1}":                                 "want by: region",
		"{rule: generalise, by: region}":                                      `needs "to"`,
		"{rule: generalise, rows: [a;b], to: 2}":                              "from 1 to 1",
		"{rule: generalise, rows: [a;b], to: 0}":                              "from 1 to 1",
		"{rule: generalise, rows: [a;b], to: 01}":                             "from 1 to 1",
		"{rule: generalise, rows: [a], to: 1}":                                "from 1 to 0",
		"{rule: generalise, rows: [a;b;c, b;c], to: 1}":                       "row 2 has 2 cells and the first has 3",
		"{rule: generalise, rows: [a;b, a;c], to: 1}":                         "has a row already",
		"{rule: generalise, rows: [a;g;x, b;g;y], to: 1}":                     `"g" belongs to "x" and to "y" at level 2`,
		"{rule: generalise, rows: [" + many + "], to: 1}":                     "want a list of 1 to 5000",
		"{rule: generalise, rows: [" + strings.Repeat("字", 401) + "], to: 1}": "more than 400",
		"{rule: fpe, format: name}":                                           `"name" is no format; the formats are bank_card, digits`,
		"fpe":                                                                 `needs "format"`,
		"{rule: fpe, format: digits, kind: ''}":                               "must not be blank",
		"{rule: token, kind: ' '}":                                            "must not be blank",
		"{rule: shift, days: 0}":                                              "from 1 to 3650",
		"{rule: shift, days: 1.5}":                                            "from 1 to 3650",
		"{rule: shift, days: 3651}":                                           "from 1 to 3650",
		"{rule: shift, days: x}":                                              "want a number",
		"shift":                                                               `needs "days"`,
		"{rule: noise, width: 0}":                                             "must be above 0",
		"{rule: noise, width: -1}":                                            "must be above 0",
		"{rule: noise, width: 1, bottom: 2, top: 2}":                          "top must lie above bottom",
		"{rule: redact, types: x}":                                            "unknown key",
	} {
		if _, err := ParsePolicy("p.yaml", []byte(head+"columns: {a: "+body+"}\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: %v, want %q", body, err, want)
		}
	}
}

// A column that is described as a direct identifier stays hidden, or nearly, unless it
// is approved as raw.
func TestIdentifiersStayHidden(t *testing.T) {
	for _, c := range []struct {
		rule, typ string
		holds     detect.Type
		want      string // "" is accepted
	}{
		{"keep", "text", detect.Mobile, "column c holds mobile, which identifies a person, and would stay readable under keep; use constant, drop, fpe, pseudonym, suppress or token"},
		{"keep", "text", detect.RegionCode, ""},
		{"keep", "text", 0, ""},
		{"redact", "text", detect.PersonNameZH, "would stay readable under redact"},
		{"{rule: clamp, top: 5}", "integer", detect.Mobile, "would stay readable under clamp"},
		{"{rule: noise, width: 5}", "integer", detect.ResidentID, "would stay readable under noise"},
		{"{rule: bands, bounds: [5], closed: left}", "integer", detect.MedicalRecordNo, "would stay readable under bands"},
		{"{rule: mask, first: 3, last: 4}", "text", detect.Mobile, "mask would show 7 characters of it; at most 4"},
		{"{rule: mask, last: 4}", "text", detect.Mobile, ""},
		{"{rule: mask, first: 1}", "text", detect.PersonNameZH, ""},
		{"{rule: mask, first: 1, last: 1}", "text", detect.PersonNameZH, "at most 1 may be shown"},
		{"{rule: prefix, length: 6}", "text", detect.ResidentID, ""},
		{"{rule: prefix, length: 14}", "text", detect.ResidentID, "at most 6"},
		{"{rule: prefix, length: 4}", "text", detect.Plate, "at most 2"},
		{"mask", "text", detect.Email, ""},
		{"pseudonym", "text", detect.Mobile, ""},
		{"token", "text", detect.Mobile, ""},
		{"{rule: fpe, format: mobile}", "text", detect.Mobile, ""},
		{"drop", "text", detect.Mobile, ""},
		{"{rule: generalise, rows: [a;b], to: 1}", "text", detect.AddressZH, ""},
	} {
		columns := []Column{{Name: "c", Type: mustType(t, c.typ), Identifier: c.holds}}
		err := policyOf(t, "c: "+c.rule).Check(columns)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s on %s: %v, want %q", c.rule, c.holds, err, c.want)
		}
		columns[0].Raw = true
		m, err := policyOf(t, "c: "+c.rule).Compile(columns, secret)
		if err != nil {
			t.Errorf("%s on %s, approved: %v", c.rule, c.holds, err)
		} else if c.rule != "drop" && m.Columns()[0].Raw != (c.want != "") {
			t.Errorf("%s on %s, approved: left readable is %v", c.rule, c.holds, m.Columns()[0].Raw)
		}
	}
}

// Who a row is about is not approved by anybody.
func TestRawSubjectIsRefused(t *testing.T) {
	err := policyOf(t, "c: keep").Check([]Column{{Name: "c", Type: text, Subject: "person", Identifier: detect.ResidentID, Raw: true}})
	if err == nil || !strings.Contains(err.Error(), "identifies a subject of kind person") {
		t.Errorf("a raw subject: %v", err)
	}
}

// What stands around identifiers stays, and each type has a name.
func TestRedact(t *testing.T) {
	got := appendRedacted([]byte(">"), []byte("电话13812345678，张三。"), []detect.Span{{Start: 6, End: 17, Type: detect.Mobile}, {Start: 20, End: 26, Type: detect.PersonNameZH}})
	if want := ">电话［手机号］，［姓名］。"; string(got) != want {
		t.Errorf("%s, want %s", got, want)
	}
	seen := map[string]bool{}
	for _, typ := range detect.Types() {
		seen[typeName(typ)] = true
	}
	if seen[typeName(0)] || len(seen) < len(detect.Types())-1 {
		t.Errorf("the types have %d names", len(seen))
	}
}
