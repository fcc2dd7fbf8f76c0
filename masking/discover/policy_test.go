package discover_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"yingbi/internal/coltype"
	"yingbi/internal/idnum"
	"yingbi/masking"
	"yingbi/masking/detect"
	"yingbi/masking/discover"
)

// loads makes sure that the proposed policy is one, for the columns that were found.
func loads(t testing.TB, r *discover.Report) *masking.Policy {
	t.Helper()
	body := r.Policy("proposed", "people")
	p, err := masking.ParsePolicy("policy.yaml", body)
	if err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	var columns []masking.Column
	for i := range r.Columns {
		f := &r.Columns[i]
		columns = append(columns, described(f))
	}
	if err := p.Check(columns); err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	return p
}

// described is a column as its provider would describe it.
func described(f *discover.Finding) masking.Column {
	return masking.Column{Name: norm.NFC.String(f.Name), Type: f.Type(), Identifier: f.Identifier()}
}

// people is a table with one column of each kind of proposal.
func people(n int) ([]discover.Column, [][]string) {
	ids := residents(n)
	date := coltype.Type{Kind: coltype.Date}
	number := coltype.Type{Kind: coltype.Integer}
	none := coltype.Type{}
	columns := []discover.Column{
		{"sfzh", none}, {"姓名", none}, {"性别", none}, {"出生日期", date}, {"年龄", number}, {"区县", none}, {"邮编", none}, {"手机", none},
		{"诊断", none}, {"备注", none}, {"费用", coltype.Type{Kind: coltype.Decimal, Precision: 18, Scale: 2}}, {"birth", none}, {"民族", none},
		{"icd", none}, {"就诊日期", date}, {"卡号", none}, {"单据", number},
	}
	values := [][]string{
		ids, pick("张伟 王芳 李娜 刘洋 陈静 杨磊 赵敏 黄丽 周杰 吴秀英 徐强 孙丽娟", n), pick("男 女", n),
		each(n, func(i int) string { return ids[i][6:10] + "-0" + string(rune('1'+i%9)) + "-11" }),
		each(n, func(i int) string { return string(rune('2'+i%7)) + string(rune('0'+i%10)) }), pick("530402 530403 530423", n),
		pick("653100 653101 652100", n), mobiles(n), pick("高血压 糖尿病 骨折", n), each(n, func(i int) string { return "家属身份证号" + ids[i] + "，请电话联系" }),
		each(n, func(i int) string { return "12" + string(rune('0'+i%10)) + ".50" }), each(n, func(int) string { return "1961年2月3日" }), pick("汉族 彝族 回族", n),
		pick("E11.900 I10 J18.0 U07.1", n), each(n, func(i int) string { return fmt.Sprintf("2024-%02d-%02d", 1+i%12, 1+i%28) }),
		each(n, card), each(n, func(i int) string { return fmt.Sprint(20240000 + i) }),
	}
	return columns, values
}

func card(i int) string {
	number, ok := idnum.SyntheticBankCard(fmt.Sprintf("622202%012d", i*48271))
	if !ok {
		panic("no card")
	}
	return number
}

func scan(columns []discover.Column, values [][]string) *discover.Scanner {
	s := discover.New(detector(), columns)
	s.Rows(len(values[0]))
	for i, v := range values {
		s.Add(i, texts(v))
	}
	return s
}

func TestPolicyLoads(t *testing.T) {
	columns, values := people(40)
	for _, chinese := range []bool{false, true} {
		r := scan(columns, values).Report(chinese)
		p := loads(t, r)
		body := string(r.Policy("proposed", "people"))
		for _, want := range []string{
			`"sfzh": {rule: pseudonym, kind: person}`, `"姓名": drop`, `"性别": keep`, `"出生日期": {rule: period, to: year}`, `"年龄": {rule: bands, bounds: [18, 30, 45, 60, 75], closed: left}`,
			`"区县": {rule: generalise, by: region, to: prefecture}`, `"邮编": {rule: prefix, length: 3}`, `"手机": pseudonym`, `"诊断": keep`, `"费用": keep`, `"birth": {rule: prefix, length: 4}`, `"民族": keep`,
			`"icd": {rule: generalise, by: icd10, to: category}`, `"就诊日期": {rule: period, to: month}`, `"卡号": pseudonym`, `"单据": pseudonym`,
		} {
			if !strings.Contains(body, "\n  "+want+"\n") {
				t.Errorf("the policy has no line %s\n%s", want, body)
			}
		}
		if p.Dataset != "people" || strings.Contains(body, values[0][0]) || strings.Contains(body, values[7][3]) {
			t.Errorf("a value, or another data set\n%s", body)
		}
		if chinese != strings.Contains(body, "级：") {
			t.Errorf("another language\n%s", body)
		}
	}
}

// TestPolicyOfOddNames: a header can write no rule and no line of its own.
func TestPolicyOfOddNames(t *testing.T) {
	names := []string{
		"a: drop", "\"quoted\"", "new\nline: keep", "line\u2028b: keep", "next\u0085c: keep", "[{[{", "#", "__hidden", " ", "- x", "null", "yes", "~", "*a", "&b", "!t", "%d", "\\x5b", "e\u0301",
		strings.Repeat("长", 64), strings.Repeat("长", 65), "\u202eright", "?", "|", ">", "姓名", "'", "${x}", strings.Repeat("[", 60),
	}
	var columns []discover.Column
	var values [][]string
	for i := range 100 { // brackets are counted by the reader
		columns, values = append(columns, discover.Column{Name: strings.Repeat("[", 55) + fmt.Sprint(i)}), append(values, residents(5))
	}
	for _, name := range names {
		columns, values = append(columns, discover.Column{Name: name}), append(values, residents(5))
	}
	r := scan(columns, values).Report(false)
	p := loads(t, r)
	if body := string(p.Encode()); strings.Contains(body, "keep") || strings.Count(body, "pseudonym") != len(columns)-7 {
		t.Errorf("%d rules of %d columns\n%s", strings.Count(body, "pseudonym"), len(columns), body)
	}
}

func TestPolicyWithoutRules(t *testing.T) {
	for _, columns := range [][]discover.Column{nil, {{Name: "__a"}}} {
		loads(t, discover.New(detector(), columns).Report(true))
	}
}

// FuzzPolicy: whatever a column is called and holds, a policy is proposed that loads, and
// that keeps no column which identifies a person.
func FuzzPolicy(f *testing.F) {
	columns, values := people(12)
	for i, c := range columns {
		f.Add(c.Name, strings.Join(values[i], "\n"), uint8(i))
	}
	f.Add("new\nline", "138001380001\n\xff\n*", uint8(3))
	f.Fuzz(func(t *testing.T, name, body string, kind uint8) {
		name, body = strings.ToValidUTF8(name, "?"), strings.ToValidUTF8(body, "?") // what ingest sees to
		column := discover.Column{Name: name, Type: coltype.Type{Kind: coltype.Kind(kind % 8)}}
		if column.Type.Kind == coltype.Decimal {
			column.Type.Precision = 18
		}
		r := scan([]discover.Column{column}, [][]string{strings.Split(body, "\n")}).Report(kind%2 == 0)
		loads(t, r)
		for _, f := range r.Columns {
			if f.Identifier().Direct() && f.Rule == "keep" {
				t.Errorf("%v is kept", f.Types)
			}
			if f.UniqueShare < 0 || f.UniqueShare > 1 || f.Level < 1 || f.Level > 4 || f.Why == "" {
				t.Errorf("%+v", f)
			}
			for _, s := range f.Types {
				if s.Confidence <= 0 || s.Confidence >= 1 || s.Share <= 0 || s.Share > 1 || s.Type < 1 || s.Type > detect.AddressZH {
					t.Errorf("%+v", s)
				}
			}
		}
	})
}
