package masking

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"yingbi/internal/fault"
	"yingbi/internal/idnum"
	"yingbi/masking/detect"
)

// resident gives a valid resident number of a made person.
func resident(i int) string {
	body := fmt.Sprintf("5304021978%02d%02d%03d", 1+i%12, 1+i%28, i%1000)
	for _, check := range "0123456789X" {
		if id := body + string(check); idnum.ResidentID(id) {
			return id
		}
	}
	return ""
}

func column(n int, f func(i int) string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = f(i)
	}
	return out
}

// TestLeaks looks at columns of 6,000 rows: as words and, where values are many, as
// texts.
func TestLeaks(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	digits := func(n int) string {
		var b strings.Builder
		for range n {
			fmt.Fprint(&b, random.IntN(10))
		}
		return b.String()
	}
	few := func(yes, no func(int) string) func(int) string { // the first in one row of 400
		return func(i int) string {
			if i%400 == 7 {
				return yes(i)
			}
			return no(i)
		}
	}
	note := func(i int) string { return fmt.Sprintf("复诊第%d次，血压平稳，继续服药", i) }
	for _, c := range []struct {
		name, typ, rule string
		value           func(i int) string
		want            string
	}{
		{"resident numbers", "text", "keep", resident, "resident_id in most"},
		{"a few among codes", "text", "keep", few(resident, func(i int) string { return fmt.Sprintf("C%07d", i) }), "resident_id in some"},
		{"a few in notes", "text", "keep", few(func(i int) string { return "家属身份证" + resident(i) + "，已登记" }, note), "resident_id in some"},
		{"as integers", "integer", "keep", func(i int) string { return strings.Replace(resident(i), "X", "1", 1) }, "resident_id in most"},
		{"telephones", "integer", "keep", func(i int) string { return fmt.Sprintf("138%08d", i*7919%1e8) }, "mobile in most"},
		{"few telephones", "text", "keep", func(i int) string { return fmt.Sprintf("1380013800%d", i%9) }, "mobile in most"},
		{"shuffled numbers", "text", "shuffle", resident, "resident_id in most"},
		{"notes", "text", "keep", note, ""},
		{"notes redacted", "text", "redact", func(i int) string { return "家属身份证" + resident(i) + "，已登记" }, ""},
		{"pseudonyms", "text", "pseudonym", resident, ""},
		{"fpe", "text", "{rule: fpe, format: resident_id}", resident, ""},
		{"masked", "text", "{rule: mask, first: 3}", resident, ""},
		{"random numbers", "text", "keep", func(int) string { return digits(18) }, ""},
		{"order numbers", "text", "keep", func(i int) string { return "530402202401" + fmt.Sprintf("%02d", 1+i%28) + digits(4) }, ""},
		{"integers", "integer", "keep", func(i int) string { return fmt.Sprint(i * 7919) }, ""},
		{"codes", "text", "keep", func(i int) string { return fmt.Sprintf("I%02d.%d", i%100, i%10) }, ""},
		{"drugs", "text", "keep", func(i int) string {
			return []string{"阿莫西林", "高血压", "糖尿病", "方案", "高山", "布洛芬"}[i%6]
		}, ""},
		{"nothing", "text", "keep", func(int) string { return null }, ""},
	} {
		d := &dataset{}
		d.add(t, "c", c.typ, column(6000, c.value))
		m, err := policyOf(t, "c: "+c.rule).Compile(d.columns, secret)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if _, err := d.run(t, m, 1500); err != nil {
			t.Fatal(err)
		}
		err = m.Leaks()
		if c.want == "" && err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.want != "" && (fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), `"c"`)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if err != nil && (strings.Contains(err.Error(), "6000") || strings.Contains(err.Error(), "5304")) {
			t.Errorf("%s: the error tells values or counts: %v", c.name, err)
		}
	}
}

// A raw column that is approved stays readable, and is not looked at.
func TestLeaksOfApprovedColumns(t *testing.T) {
	d := &dataset{}
	d.add(t, "c", "text", column(100, resident))
	d.columns[0].Identifier, d.columns[0].Raw = detect.ResidentID, true
	m, err := policyOf(t, "c: keep").Compile(d.columns, secret)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.run(t, m, 100); err != nil {
		t.Fatal(err)
	}
	if err := m.Leaks(); err != nil {
		t.Error(err)
	}
}
