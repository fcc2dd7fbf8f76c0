package manifest

import (
	"strings"
	"testing"

	"yingbi/internal/coltype"
)

const full = UseJoin | UseFilter | UseGroup | UseMeasure | UseDerive | UseRow

func typ(t testing.TB, s string) coltype.Type {
	t.Helper()
	out, err := coltype.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// col writes a column as "decimal(12,2): filter measure".
func col(t testing.TB, title, spec string) ColumnSchema {
	t.Helper()
	name, uses, _ := strings.Cut(spec, ":")
	out := ColumnSchema{Type: typ(t, name), Title: title}
	for _, u := range strings.Fields(uses) {
		if u == "all" {
			out.Uses |= full
			continue
		}
		use, err := ParseUse(u)
		if err != nil {
			t.Fatal(err)
		}
		out.Uses |= use
	}
	return out
}

func person(c ColumnSchema, kind string) ColumnSchema { c.Subject = kind; return c }

// city is the schema of most tests: claims of people at hospitals, the people
// themselves, and the hospitals, which belong to enterprises.
func city(t testing.TB) Schema {
	t.Helper()
	return Schema{
		"claims": {Level: 3, Subjects: []string{"person"}, Columns: map[string]ColumnSchema{
			"person":      person(col(t, "参保人", "text: join row"), "person"),
			"district":    col(t, "区县", "text: group filter row"),
			"icd_chapter": col(t, "疾病章", "text: filter group derive row"),
			"visit_date":  col(t, "就诊日期", "date: filter derive row"),
			"admitted":    col(t, "", "timestamp: filter derive row"),
			"hospital":    col(t, "医院", "text: join row"),
			"cost":        col(t, "费用", "decimal(12,2): filter measure derive row"),
			"days":        col(t, "住院天数", "integer: filter measure group derive row"),
			"weight":      col(t, "", "double: measure group filter derive row"),
			"born":        col(t, "", "date: derive row"),
			"insured":     col(t, "", "boolean: measure derive row"),
			"urgent":      col(t, "急诊", "boolean: filter group derive row"),
			"列 名":         col(t, "", "text: group row"),
		}},
		"population": {Level: 3, Subjects: []string{"person"}, Columns: map[string]ColumnSchema{
			"person":   person(col(t, "", "text: join row"), "person"),
			"birth":    col(t, "出生日期", "date: derive"),
			"sex":      col(t, "性别", "text: group filter derive"),
			"district": col(t, "户籍区县", "text: group derive"),
			"income":   col(t, "", "decimal(14,2): measure derive"),
			"alive":    col(t, "", "boolean: verify"),
			"branch":   col(t, "", "text: join verify"),
		}},
		"hospitals": {Level: 2, Subjects: []string{"enterprise"}, Columns: map[string]ColumnSchema{
			"code":       col(t, "", "text: join"),
			"hospital":   col(t, "", "text: join"),
			"number":     col(t, "", "integer: join"),
			"enterprise": person(col(t, "", "text: join"), "enterprise"),
			"grade":      col(t, "等级", "integer: group filter derive"),
			"beds":       col(t, "", "integer: measure"),
		}},
		"insurance": {Level: 3, Subjects: []string{"person"}, Columns: map[string]ColumnSchema{
			"person":     person(col(t, "", "text: join"), "person"),
			"status":     col(t, "状态", "text: verify"),
			"paid_until": col(t, "缴至", "date: verify"),
			"paid":       col(t, "", "decimal(18,2): verify"),
			"months":     col(t, "", "integer: verify"),
			"score":      col(t, "", "double: verify"),
			"employer":   col(t, "", "text: filter derive group"),
			"branch":     col(t, "", "text: join verify"),
		}},
		"branches": {Level: 1, Columns: map[string]ColumnSchema{
			"branch": col(t, "", "text: join verify"),
			"region": col(t, "", "text: verify"),
			"office": col(t, "", "text: join"),
		}},
		"weather": {Level: 1, Columns: map[string]ColumnSchema{
			"day":  col(t, "", "date: all"),
			"rain": col(t, "", "double: all"),
			"city": col(t, "", "text: all"),
		}},
	}
}

const head = "name: 慢病费用\nscenario: 慢病费用监测\nquestion: 人均费用是否随年龄上升\n"

const claims = "inputs:\n  claims: {dataset: claims, columns: [person, district, icd_chapter, visit_date, admitted, hospital, cost, days, weight, urgent, born, insured, 列 名]}\n"

// job completes a manifest with one table over claims from its group_by and
// measures; where is optional.
func job(where, groupBy, measure string) string {
	s := head + claims + "tables:\n  t:\n    from: claims\n"
	if where != "" {
		s += "    where: " + where + "\n"
	}
	return s + "    group_by: [" + groupBy + "]\n    measures:\n      m: " + measure + "\n"
}

func plan(t testing.TB, text string) *Plan {
	t.Helper()
	m, err := Parse("job.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := m.Check(only(m, city(t)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// only keeps the inputs of a schema that the manifest names.
func only(m *Manifest, s Schema) Schema {
	out := Schema{}
	for _, in := range m.Inputs {
		if g, ok := s[in.Dataset]; ok {
			out[in.Name] = g
		}
	}
	return out
}
