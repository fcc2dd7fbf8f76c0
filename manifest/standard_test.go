package manifest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

func standard(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("testdata/standardised.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestStrataAgreeWithARecount counts who is behind each stratum of a standardised rate.
func TestStrataAgreeWithARecount(t *testing.T) {
	for seed := range uint64(2) {
		c := draw(rand.New(rand.NewPCG(seed, 31)))
		db := engine(t)
		c.load(t, db)
		table := plan(t, standard(t)).Tables[0]
		if len(table.Measures) != 6 || fmt.Sprint(table.Measures[1].Strata) != "[{3 0.25} {4 0.6} {5 0.15}]" || table.Measures[1].Base != 1000 || !table.Measures[5].Hidden || table.Measures[2].Hidden {
			t.Fatalf("%+v", table.Measures)
		}
		type stratum struct {
			hits, misses     int
			hitters, missers map[int64]bool
		}
		want := map[string]*stratum{}
		for _, x := range c.claims {
			if x.person < 1 || x.person > int64(len(c.residents)) || x.urgent == nil {
				continue
			}
			r := c.residents[x.person-1]
			age := 2023 - r.birth.Year()
			if r.birth.Month() == 1 && r.birth.Day() == 1 {
				age++
			}
			i := 3
			if age >= 18 {
				i++
			}
			if age >= 65 {
				i++
			}
			key := fmt.Sprint(r.sex, i)
			if want[key] == nil {
				want[key] = &stratum{hitters: map[int64]bool{}, missers: map[int64]bool{}}
			}
			if *x.urgent {
				want[key].hits++
				want[key].hitters[x.person] = true
			} else {
				want[key].misses++
				want[key].missers[x.person] = true
			}
		}
		n := 0
		for _, s := range []Statement{table.Cells, table.Evidence[0]} {
			for _, row := range s.query(t, db) {
				for i, col := range s.Columns {
					w := want[fmt.Sprint(row[0], col.Index)]
					if col.Index < 3 || w == nil {
						continue
					}
					number, ok := map[Role]int{RoleHits: w.hits, RoleMisses: w.misses, RoleHitters: len(w.hitters), RoleMissers: len(w.missers)}[col.Role]
					if ok && fmt.Sprint(number) != row[i] {
						t.Errorf("%s: %s is %s, want %d", row[0], col.Name, row[i], number)
					}
					n++
				}
			}
		}
		if n < 30 {
			t.Errorf("only %d figures", n)
		}
	}
}

func TestReferencesRefused(t *testing.T) {
	whole := standard(t)
	const table = `{"<18": 0.250, "[18,65)": 0.6, ">=65": 0.15}`
	for _, c := range []struct{ old, new, want string }{
		{table, `{"<18": 1}`, "has 1 labels; want 2 to 24"},
		{table, `{"<18": 1, ">=65": 0}`, "want a number above 0"},
		{table, `{"<18": 1, ">=65": 0.00}`, "want a number above 0"},
		{table, `{"<18": 1, ">=65": -1}`, "want a number above 0"},
		{table, `{"<18": 1, ">=65": 1e9}`, "want a number above 0"},
		{table, `{"<18": 1, ">=65": 1 + 1}`, "want a number above 0"},
		{table, `{"<18": 1, ">=66": 1}`, `age is never ">=66"; it is one of <18, [18,65), >=65`},
		{table, `file.csv`, "want a mapping"},
		{"std: {", "other: {", `"std" is no table of references`},
		{"std: {", "more: {a: 1, b: 2}\n  std: {", "more is used by no measure"},
		{"standardised(urgent, age, std, 1000)", "standardised(urgent, age, std)", "want subjects()"},
		{"standardised(urgent, age, std, 1000)", "standardised(urgent, age, std, 7)", "of 1000, 10000 or 100000"},
		{"standardised(urgent, age, std, 1000)", "standardised(urgent, urgent, std, 1000)", "want a text that std has weights for"},
		{"standardised(urgent, age, std, 1000)", "standardised(birth, age, std, 1000)", "used here to filter"},
		{"standardised(urgent, age, std, 1000)", "standardised(age, age, std, 1000)", "want a condition"},
		{"standardised(urgent, age, std, 1000)", "standardised(urgent, 'a', std, 1000)", "want subjects()"},
	} {
		if !strings.Contains(whole, c.old) {
			t.Fatalf("no %s to replace", c.old)
		}
		m, err := Parse("job.yaml", []byte(strings.Replace(whole, c.old, c.new, 1)))
		if err == nil {
			_, err = m.Check(only(m, city(t)))
		}
		kind := fault.Invalid
		if strings.Contains(c.want, "used here") {
			kind = fault.Denied
		}
		expect(t, c.new, err, c.want, kind)
	}
	m, err := Parse("job.yaml", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("job.yaml", m.Canonical())
	if err != nil || string(again.Canonical()) != string(m.Canonical()) || !strings.Contains(string(m.Canonical()), `"std": {"<18": "0.25", "[18,65)": "0.6", ">=65": "0.15"}`) {
		t.Errorf("canonical text: %v\n%s", err, m.Canonical())
	}
}

// Strata are measures, and the number of those is bounded.
func TestStrataAreBounded(t *testing.T) {
	text := head + claims + "references:\n  std: {"
	for i := range 24 {
		text += fmt.Sprintf("\"%02d\": 1, ", i)
	}
	text = strings.TrimSuffix(text, ", ") + "}\ntables:\n  t:\n    from: claims\n    measures:\n"
	for i := range 3 {
		text += fmt.Sprintf("      m%d: standardised(urgent, icd_chapter, std, 1000)\n", i)
	}
	_, err := check(t, text)
	expect(t, "72 strata", err, "more than 64 measures and strata", fault.Invalid)
}
