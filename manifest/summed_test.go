package manifest

import (
	"strings"
	"testing"

	"yingbi/internal/fault"
)

// What sum and mean take is one stored column. Everything else lets the author
// pad a figure, or read more digits of it than are published.
func TestSumAndMeanTakeOneStoredColumn(t *testing.T) {
	for arg, want := range map[string]string{
		"cost":        "",
		"claims.cost": "",
		"(cost)":      "",

		"case when icd_chapter = 'IX' then 2 else 1 end": "takes one stored column, found case when",
		"case when days > 9 then cost else 20000 end":    "takes one stored column",
		"case when days > 9 then cost end":               "with share(condition)",
		"(cost - 484.6) * 1000":                          "takes one stored column, found (cost - 484.6) * 1000",
		"cost - 484.6":                                   "takes one stored column",
		"cost * 1.001":                                   "takes one stored column", // each factor rounds elsewhere
		"1":                                              "takes one stored column, found 1",
		"-cost":                                          "takes one stored column",
		"cost + days":                                    "takes one stored column",
		"cost * days":                                    "takes one stored column",
		"year(visit_date)":                               "takes one stored column",
		"age_at(visit_date, '2024-01-01')":               "takes one stored column",
		"cost > 1":                                       "takes one stored column",
		"offset":                                         "takes a stored column, and offset is derived",
		"same":                                           "takes a stored column, and same is derived",
		"district":                                       "district is used here to measure",
	} {
		for _, f := range []string{"sum", "mean"} {
			text := head + claims
			if arg == "offset" || arg == "same" {
				text += "derive: {offset: cost - 484.6, same: cost}\n"
			}
			text += "tables:\n  t:\n    from: claims\n    group_by: [district]\n    measures:\n      m: \"" + f + "(" + arg + ")\"\n"
			kind := fault.Invalid
			if arg == "district" {
				kind = fault.Denied
			}
			_, err := check(t, text)
			expect(t, f+"("+arg+")", err, want, kind)
			if want != "" && !strings.Contains(err.Error(), ": tables.t.measures.m: ") {
				t.Errorf("%s(%s): where? %v", f, arg, err)
			}
		}
	}
}

// Tables share what a job may compute.
func TestTablesShareTheFigures(t *testing.T) {
	table := "measures: {a: subjects(), b: sum(cost)}"
	for tables, want := range map[int]int{1: 40_000, 2: 20_000, 32: 1250} {
		text := head + claims + "tables:\n"
		for i := range tables {
			text += "  t" + string(rune('a'+i%26)) + strings.Repeat("x", i/26) + ": {from: claims, group_by: [district], " + table + "}\n"
		}
		p := plan(t, text)
		if got := p.Tables[0].MaxCells; got != want {
			t.Errorf("%d tables: %d cells, want %d", tables, got, want)
		}
	}
}

func TestOrigin(t *testing.T) {
	p := plan(t, joined+"    join: {hospitals: [hospital, code], population: person}\n    where: cost>0\n    measures: {n: count()}\n")
	if got, want := p.Tables[0].Origin.Source, "claims join hospitals (hospital = code) join population (person = person)"; got != want || p.Tables[0].Origin.Where != "cost > 0" || strings.Join(p.Tables[0].Origin.Datasets, " ") != "claims hospitals population" {
		t.Errorf("%+v", p.Tables[0].Origin)
	}
	p = plan(t, head+claims+"derive: {m: month(visit_date)}\ntables: {t: {from: claims, group_by: [district, m], measures: {n: count()}}}\n")
	if k := p.Tables[0].Keys; k[0].Derived || !k[1].Derived {
		t.Errorf("%+v", k)
	}
}
