package page

import (
	"time"

	"yingbi/egress"
	"yingbi/internal/coltype"
	"yingbi/manifest"
)

var (
	text    = coltype.Type{Kind: coltype.Text}
	integer = coltype.Type{Kind: coltype.Integer}
	double  = coltype.Type{Kind: coltype.Double}
	yuan    = coltype.Type{Kind: coltype.Decimal, Precision: 18, Scale: 2}
	noon    = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)
)

// report is a judged table of three districts, one of them withheld by dominance, and
// a table that is refused. Its numbers are such that none is part of another.
func report() *egress.Report {
	amount := func(s string) (a egress.Amount) {
		if err := a.UnmarshalText([]byte(s)); err != nil {
			panic(err)
		}
		return a
	}
	cell := func(key string, rows, people int64, sum string, findings ...egress.Finding) egress.CellReport {
		c := egress.CellReport{Verdict: egress.Publish, Findings: findings}
		c.Keys, c.Rows = []egress.Value{{Text: key}}, rows
		f := egress.Figure{Count: rows, Sum: amount(sum)}
		c.Figures = []egress.Figure{{Distinct: people}, {}, f, f}
		c.Evidence = []egress.Evidence{{Subjects: people, Parts: []egress.Part{{}, {}, {With: people, Total: f.Sum}, {With: people, Total: f.Sum}}}}
		if len(findings) > 0 {
			c.Verdict = egress.Withhold
			c.Figures[2].Sum, c.Figures[3].Sum, c.Evidence[0].Parts[2].Total, c.Evidence[0].Parts[3].Total = egress.Amount{}, egress.Amount{}, egress.Amount{}, egress.Amount{}
		}
		return c
	}
	t := egress.TableReport{
		Name: "by_district", Verdict: egress.Publish, Rules: []egress.Rule{egress.RuleDominance, egress.RulePPercent},
		Keys: []manifest.Key{{Name: "district", Title: "区县", Type: text}},
		Measures: []manifest.Measure{
			{Name: "people", Kind: manifest.Subjects}, {Name: "visits", Kind: manifest.Count},
			{Name: "cost", Kind: manifest.Sum, Type: yuan}, {Name: "mean", Kind: manifest.Mean, Type: yuan},
		},
		Units:     []manifest.Unit{{Kind: "person", Input: "claims"}},
		Unmatched: []egress.Unmatched{{Input: "population", Rows: 7177}},
		Cells: []egress.CellReport{
			cell("530402", 2741, 1303, "1234567.89"),
			cell("530403", 1913, 907, "765431.11"),
			cell("530426", 6661, 3331, "0", egress.Finding{Rule: egress.RuleDominance, Unit: 0, Measure: 2}, egress.Finding{Rule: egress.RulePPercent, Unit: 0, Measure: 2}, egress.Finding{Rule: egress.RulePPercent, Unit: 0, Measure: 3}),
			cell("530428", 4447, 6, "0", egress.Finding{Rule: egress.RuleMinimum, Unit: 0, Measure: -1}),
		},
		Failing: map[egress.Rule]int{egress.RuleDominance: 1}, Withheld: 2,
		Published: published(),
	}
	return &egress.Report{
		Preset: egress.Preset{Name: "default"}, Decision: "a person decides",
		Tables: []egress.TableReport{t, {
			Name: "everyone", Verdict: egress.Refuse, Rules: []egress.Rule{egress.RuleNothingLeft}, Withheld: 5557,
			Keys: []manifest.Key{{Name: "birth", Type: text}}, Measures: []manifest.Measure{{Name: "n", Kind: manifest.Count}}, Units: []manifest.Unit{{Kind: "person"}},
		}},
		Outputs: []*egress.Published{{
			Name: "standardised", Columns: []egress.PublishedColumn{{Name: "district", Type: text}, {Name: "index", Type: double}},
			Rows: [][]egress.Value{{{Text: "530402"}, {Text: "99.5"}}, {{Text: "530403"}, {Mark: egress.Missing}}},
		}},
		Comparisons: []egress.Comparison{{Output: "check", Table: "by_district", Exact: 18}},
		Mappings:    []egress.Mapping{{Name: "risk", Unit: "person", Subjects: 8513, Failed: 29}},
		Questions: []egress.Question{{
			Name: "insured", Kind: "person", Source: "insurance", Where: "status = '<A>'", Answers: []string{"在保", "曾参保", "无记录"},
			When:       []string{"any(paid_until >= since)", "count() >= 1"},
			Parameters: []manifest.ParameterValues{{Name: "since", Values: []string{"2023-01-01", "2024-01-01"}}},
			Columns:    []manifest.AnswerColumn{{Input: "insurance", Dataset: "insurance", Name: "paid_until", Level: 3}}, Millibits: 1585,
			Census: []egress.Census{{Chosen: []string{"2023-01-01"}, Subjects: []string{"8123", "359", "<10"}}, {Chosen: []string{"2024-01-01"}, Subjects: []string{"7011", "1471", "<10"}}},
		}},
		Linked: []egress.Linked{{Tables: []string{"by_district", "by_age"}, Withheld: 1}},
		History: &egress.History{
			Releases: 3, Cells: 98,
			Pairs: []egress.NearPair{{Kind: "person", Cell: egress.PastCell{Table: "by_district", Keys: []string{"530426"}, Figure: "people"},
				Other: egress.PastCell{Release: "0192f000-0000-7000-8000-000000000009", Table: "by_age", Keys: []string{"65+"}, Figure: "cost"}, Difference: 8}},
			Nearest: []egress.NearPair{{Kind: "person", Cell: egress.PastCell{Table: "by_district", Keys: []string{"530402"}, Figure: "people"},
				Other: egress.PastCell{Release: "0192f000-0000-7000-8000-000000000008", Table: "all", Figure: "people"}, Difference: 61}},
			Combinations: []egress.Combination{{Kind: "person", Subjects: 4, Terms: []egress.PastTerm{
				{PastCell: egress.PastCell{Table: "by_district", Keys: []string{"530426"}, Figure: "people"}, Times: "1"},
				{PastCell: egress.PastCell{Release: "0192f000-0000-7000-8000-000000000009", Table: "by_age", Keys: []string{"65+"}, Figure: "people"}, Times: "-2"},
			}}},
			LeftOut: 5, Incomplete: true,
		},
		Warnings:   []string{"table by_district: look · 表 by_district：请看"},
		NotChecked: []string{"intent: whether a condition picks out one subject"},
	}
}

// published is the table as it leaves. 530427 is empty.
func published() *egress.Published {
	hidden := egress.Value{Mark: egress.Suppressed}
	row := func(key string, figures ...string) []egress.Value {
		out := []egress.Value{{Text: key}}
		for _, f := range figures {
			out = append(out, egress.Value{Text: f})
		}
		return out
	}
	return &egress.Published{
		Name: "by_district", Complete: true, Notes: []string{"counts are rounded to 5 · 计数取整至 5"},
		Columns: []egress.PublishedColumn{
			{Name: "district", Title: "区县", Type: text, Key: true}, {Name: "people", Title: "people", Type: integer}, {Name: "visits", Title: "visits", Type: integer},
			{Name: "cost", Title: "cost", Type: double}, {Name: "mean", Title: "mean", Type: double},
		},
		Rows: [][]egress.Value{
			row("530402", "1305", "2740", "1230000", "450"), row("530403", "905", "1915", "766000", "400"),
			append(row("530426"), hidden, hidden, hidden, hidden), append(row("530427"), hidden, hidden, hidden, hidden),
		},
	}
}

func review(chinese bool) Review {
	return Review{
		Chinese: chinese, Domain: "city.example", Made: noon, Job: "0192f000-0000-7000-8000-000000000001",
		Name: "循环系统疾病费用", Question: "各区县循环系统疾病的就诊人数与费用", Audience: "市医保局", Submitter: "wang", Org: "云健数据", Created: noon,
		Class: "verified", Manifest: "name: 循环系统疾病费用\nscenario: chronic\n", State: "held",
		Scenario:  Scenario{ID: "chronic", Title: "慢病费用监测", Purpose: "监测各区县费用", Department: "玉溪市医保局", Version: 1, Term: "2026-01-01 to 2026-12-31"},
		Agreement: Agreement{ID: "agr-1", Title: "授权运营协议", Authority: "玉溪市数据局", Operator: "云健数据", Term: "2026-01-01 to 2026-12-31"},
		Grants: []Grant{{
			Dataset: "claims", Version: 1, Policy: "claims-statistics version 1",
			Asked: []Column{{"person", []string{"join"}}, {"cost", []string{"measure", "row"}}}, NotAsked: []Column{{"visit_date", []string{"derive"}}},
		}},
		Report: report(), Leaving: []string{"by_district"},
		Rules: map[egress.Rule]RuleWords{
			egress.RuleDominance: {"dominance", "one or two subjects make up nearly all of a figure"},
			egress.RulePPercent:  {"p%", "the second largest could work out the largest within 10%"},
			egress.RuleMinimum:   {"too few", "fewer than 10 subjects"},
		},
		Checked: []string{"at least 10 different subjects behind every figure"}, NotChecked: []string{"intent: whether a condition picks out one subject"},
		Digests: []Digest{{"tables.json (SM3)", "6d3f"}}, Steps: []Step{{"submitted → admitted", "wang", 41, noon}},
	}
}

func outcome(chinese bool) Outcome {
	return Outcome{
		Chinese: chinese, Domain: "city.example", Job: "0192f000-0000-7000-8000-000000000001", State: "released",
		Name: "循环系统疾病费用", Question: "各区县循环系统疾病的就诊人数与费用", Scenario: "慢病费用监测", Preset: "default", Issued: noon, Record: 93,
		Checked: []string{"at least 10 subjects"}, NotChecked: []string{"intent: whether a condition picks out one subject"},
		Tables:    []*egress.Published{published()},
		Questions: []Asked{{Name: "insured", Lines: []string{"about one · 主体类别: person", "1. 在保: any(paid_until >= '2024-01-01')", "2. 无记录: otherwise"}}},
	}
}
