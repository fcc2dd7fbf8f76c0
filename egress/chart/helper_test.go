package chart

import (
	"strings"

	"yingbi/egress"
	"yingbi/internal/coltype"
)

var (
	text    = coltype.Type{Kind: coltype.Text}
	date    = coltype.Type{Kind: coltype.Date}
	integer = coltype.Type{Kind: coltype.Integer}
	double  = coltype.Type{Kind: coltype.Double}
)

// table makes a published table of lines "key key figure"; × is suppressed, – missing.
// Columns whose names begin with k are keys.
func table(types []coltype.Type, names string, lines ...string) *egress.Published {
	t := &egress.Published{Name: "by_district", Complete: true}
	for i, n := range strings.Fields(names) {
		t.Columns = append(t.Columns, egress.PublishedColumn{Name: n, Title: n, Type: types[i], Key: strings.HasPrefix(n, "k")})
	}
	for _, l := range lines {
		var row []egress.Value
		for _, w := range strings.Fields(l) {
			switch w {
			case "×":
				row = append(row, egress.Value{Mark: egress.Suppressed})
			case "–":
				row = append(row, egress.Value{Mark: egress.Missing})
			default:
				row = append(row, egress.Value{Text: w})
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// examples are one chart of each kind, all with a suppressed figure.
func examples() map[string]struct {
	table *egress.Published
	spec  Spec
} {
	out := map[string]struct {
		table *egress.Published
		spec  Spec
	}{}
	add := func(name string, t *egress.Published, s Spec) {
		out[name] = struct {
			table *egress.Published
			spec  Spec
		}{t, s}
	}
	add("bar", table([]coltype.Type{text, integer}, "k区县 人数", "红塔区 12350", "江川区 8020", "峨山彝族自治县 ×", "澄江市 1500", "– 40"),
		Spec{Kind: Bar, X: "k区县", Y: "人数", Title: "各区县就诊人数"})
	add("bars", table([]coltype.Type{text, text, double}, "kage ksex balance",
		"0-17 F 120.5", "0-17 M 98", "18-44 F -310", "18-44 M 205", "45-64 F ×", "45-64 M 430", "65+ F 515", "65+ M ×"),
		Spec{Kind: Bar, X: "kage", Y: "balance", Group: "ksex", Title: "Balance by age and sex"})
	add("line", table([]coltype.Type{date, text, double}, "kmonth kdistrict cost",
		"2024-01-01 东 1020000", "2024-02-01 东 1180000", "2024-03-01 东 ×", "2024-04-01 东 1430000", "2024-06-01 东 1500000",
		"2024-01-01 西 400000", "2024-02-01 西 520000", "2024-03-01 西 480000", "2024-04-01 西 ×", "2024-06-01 西 610000"),
		Spec{Kind: Line, X: "kmonth", Y: "cost", Group: "kdistrict", Title: "月度费用（元）"})
	add("histogram", table([]coltype.Type{integer, integer}, "kdays stays", "1 400", "2 950", "3 730", "4 410", "6 120", "7 ×", "8 30"),
		Spec{Kind: Histogram, X: "kdays", Y: "stays", Title: "Length of stay, days"})
	add("heat", table([]coltype.Type{text, text, double}, "k区县 k行业 revenue",
		"530402 C 1230000", "530402 F 84000", "530402 I 5600", "530403 C ×", "530403 F 455000", "530403 I ×", "530424 C 910000", "530424 F 220000", "530424 I 31000"),
		Spec{Kind: Heat, X: "k区县", Y: "revenue", Group: "k行业", Title: "各区县各行业营业收入"})
	add("tiles", table([]coltype.Type{text, double}, "k区县 mean",
		"530402 1230", "530403 980", "530423 1110", "530424 ×", "530425 1320", "530426 ×", "530427 870", "530428 1010", "530481 1450"),
		Spec{Kind: Tiles, X: "k区县", Y: "mean", Title: "人均费用（元）"})
	var provincial []string
	for i, code := range sortedProvinces() {
		figure := num(float64(i*i*37 + 400))
		if i%9 == 4 {
			figure = "×"
		}
		provincial = append(provincial, code+"0000 "+figure)
	}
	add("provinces", table([]coltype.Type{text, integer}, "k省份 人次", provincial...), Spec{Kind: Tiles, X: "k省份", Y: "人次", Title: "各省就诊人次"})
	return out
}
