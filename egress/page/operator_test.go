package page

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yingbi/egress"
)

// TestOperatorsPageHoldsNoEvidence: no number that only the report has stands in the
// operator's page, in any table or attribute; and the type has no way to bring one.
func TestOperatorsPageHoldsNoEvidence(t *testing.T) {
	r := report()
	o := outcome(false)
	o.Tables = []*egress.Published{r.Published("by_district")}
	page, err := o.HTML()
	if err != nil {
		t.Fatal(err)
	}
	seen := strings.Join(inert(t, page), "\n")
	for _, m := range regexp.MustCompile(`base64,([^"]+)"`).FindAllSubmatch(page, -1) {
		svg, err := base64.StdEncoding.DecodeString(string(bytes.ReplaceAll(m[1], []byte("&#43;"), []byte("+"))))
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		d := xml.NewDecoder(bytes.NewReader(svg))
		for token, err := d.Token(); err == nil; token, err = d.Token() {
			if c, ok := token.(xml.CharData); ok {
				words = append(words, string(c))
			}
		}
		seen += strings.Join(words, "\n")
	}
	seen = strings.ReplaceAll(seen, ",", "")
	looked := 0
	for _, evidence := range numbers(r) {
		if len(evidence) < 3 { // as short a number stands anywhere
			continue
		}
		looked++
		if strings.Contains(seen, evidence) {
			t.Errorf("the operator's page has %s, which is evidence", evidence)
		}
	}
	if looked < 12 || !strings.Contains(seen, "1230000") {
		t.Errorf("%d numbers of evidence; the test looks at nothing", looked)
	}
	for i := range reflect.TypeFor[Outcome]().NumField() {
		f := reflect.TypeFor[Outcome]().Field(i)
		if kind := fmt.Sprint(f.Type); !slices.Contains([]string{"string", "bool", "uint64", "[]string", "time.Time", "[]*egress.Published", "[]page.Asked"}, kind) {
			t.Errorf("Outcome.%s is a %s; the operator's page is made of what was released", f.Name, kind)
		}
	}
}

// numbers lists the evidence of a report that its published tables do not say.
func numbers(r *egress.Report) (out []string) {
	for _, t := range r.Tables {
		said := map[string]bool{}
		if t.Published != nil {
			for _, row := range t.Published.Rows {
				for _, v := range row {
					said[v.Text] = true
				}
			}
		}
		all := []int64{int64(t.Withheld)}
		for _, u := range t.Unmatched {
			all = append(all, u.Rows)
		}
		var texts []string
		for _, c := range t.Cells {
			all = append(all, c.Rows)
			for _, f := range c.Figures {
				all = append(all, f.Distinct, f.Count, f.Hits, f.Misses)
				texts = append(texts, f.Sum.String())
			}
			for _, e := range c.Evidence {
				all = append(all, e.Subjects)
			}
			for _, k := range c.Keys {
				texts = append(texts, k.Text)
			}
		}
		for _, n := range all {
			texts = append(texts, strconv.FormatInt(n, 10))
		}
		for _, s := range texts {
			if !said[s] {
				out = append(out, s)
			}
		}
	}
	return out
}

func TestAdvice(t *testing.T) {
	o := outcome(false)
	page, err := o.HTML()
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(inert(t, page), "\n")
	for _, want := range []string{"2 of 4 listed combinations", "530426 (1/1), 530427 (1/1)"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q", want)
		}
	}
	whole := published()
	whole.Rows = whole.Rows[:2]
	if got := (words{}).forTable(whole); len(got) != 1 || !strings.Contains(got[0], "nothing needs to change") {
		t.Error(got)
	}
}
