//go:build linux && cgo

package domain

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"yingbi/internal/synth"
)

const (
	fromClaimsAnd = "inputs: {claims: {dataset: claims, columns: [person, hospital, cost]}, hospitals: {dataset: hospitals, columns: [code, grade]}%s}\n"
	readmission   = "inputs: {stays: {dataset: stays, columns: [person, admitted, days]}, population: {dataset: population, columns: [person, %s]}}\n" +
		"map: {course: {unit: person, from: [stays], record: {readmitted: [否, 是], stays: {min: 0, max: 20, default: 1}}}}\n"
)

// measureAnalyses ask for distributions, standardised rates, survival, concentration,
// cohorts, grades of hospitals, and what a module makes of each person's stays.
var measureAnalyses = []analysis{
	{"各区县费用的分布", fmt.Sprintf(fromClaims, "district, cost") + "tables: {t: {from: claims, group_by: [district], measures: {visits: count(), middle: median(cost), high: 'quantile(cost, 0.9)', spread: sd(cost)}}}\n", ""},
	{"各病种费用的分布", fmt.Sprintf(fromClaims, "icd_chapter, cost") + "tables: {t: {from: claims, group_by: [icd_chapter], measures: {people: subjects(), middle: median(cost), high: 'quantile(cost, 0.9)', spread: sd(cost)}}}\n", ""},
	{"各区县电价", fmt.Sprintf(fromPower, "district, kwh, fee") + "tables: {t: {from: power, group_by: [district], measures: {homes: subjects(household), price: 'ratio(fee, kwh)', middle: median(kwh)}}}\n", ""},
	{"各区县循环系统疾病标化就诊率", fmt.Sprintf(withPeople, "district, icd_chapter", "birth") +
		"derive: {age: \"band(age_at(birth, '2024-07-01'), [45])\"}\nreferences: {std: {\"<45\": 0.55, \">=45\": 0.45}}\ntables: {t: {from: claims, join: {population: person}, group_by: [district], measures: {visits: count(), heart: \"rate(icd_chapter = 'IX', 1000)\", standard: \"standardised(icd_chapter = 'IX', age, std, 1000)\"}}}\n", ""},
	{"两性大额费用的生存", fmt.Sprintf(withPeople, "cost", "sex") + "tables: {t: {from: claims, join: {population: person}, group_by: [sex], measures: {visits: count(), large: 'rate(cost > 1000, 1000)', s: 'survival(cost, cost > 0, [1000, 5000])'}}}\n", ""},
	{"各区县用电集中度", fmt.Sprintf(fromPower, "district, household, kwh") + "tables: {t: {from: power, group_by: [district], measures: {homes: subjects(household), parts: 'hhi(household, kwh)'}}}\n", ""},
	{"各行业收入中位数", fmt.Sprintf(fromFirms, "industry, revenue") + "tables: {t: {from: firms, group_by: [industry], measures: {firms: subjects(), middle: median(revenue)}}}\n", ""},
	{"各级医院", fmt.Sprintf(fromClaimsAnd, "") + "tables: {t: {from: claims, join: {hospitals: [hospital, code]}, group_by: [grade], measures: {people: subjects(person), visits: count(), cost: sum(cost), middle: median(cost)}}}\n", ""},
	{"各区县居民就医流向，含合计", fmt.Sprintf(fromClaimsAnd, ", population: {dataset: population, columns: [person, district]}") +
		"tables:\n  t: {from: claims, join: {hospitals: [hospital, code], population: person}, group_by: [district, grade], measures: {people: subjects(person), visits: count()}}\n" +
		"  all: {from: claims, join: {hospitals: [hospital, code], population: person}, group_by: [district], measures: {people: subjects(person), visits: count()}}\n", ""},
	{"既往就诊", "inputs: {population: {dataset: population, columns: [person, sex, birth]}, claims: {dataset: claims, columns: [person, visit_date]}}\ncohort: {unit: person, from: population, index: 2024-07-01}\n" + strings.Replace(byAge, "}\n", ", before: \"exists(claims.visit_date, -182, -1)\"}\n", 1) +
		"tables: {t: {from: population, group_by: [age, sex, before], measures: {people: subjects()}}}\n", ""},
	{"三十天再入院", fmt.Sprintf(readmission, "district") + "tables: {t: {from: population, join: {course: person}, group_by: [district, readmitted], measures: {people: subjects(), stays: mean(stays)}}}\n", "readmission"},
	{"两性各年龄再入院", fmt.Sprintf(readmission, "sex, birth") + byAge + "tables: {t: {from: population, join: {course: person}, group_by: [sex, age], measures: {people: subjects(), again: \"rate(readmitted = '是', 1000)\", stays: mean(stays)}}}\n", "readmission"},
}

const measureGrants = `  - {dataset: hospitals, policy: hospitals-open, version: 1, columns: {code: [join], grade: [group]}}
  - {dataset: stays, policy: stays-all, version: 1, columns: {person: [join], admitted: [row], days: [row]}}
`

// bandsScenario grants the firms' size in bands that the provider chose, and not the author.
const bandsScenario = "grants:\n  - {dataset: enterprises, policy: enterprises-bands, version: 1, columns: {industry: [group], employees: [group]}}\n"

var bandsAnalysis = analysis{"各行业企业规模，部门分档", fmt.Sprintf(fromFirms, "industry, employees") + "tables: {t: {from: firms, group_by: [industry, employees], measures: {firms: subjects()}}}\n", ""}

// describe registers a data set and imports it.
func (a *analysts) describe(id, subject, columns, path string) {
	a.t.Helper()
	text, _, _ := strings.Cut(string(realDocument(a.t, "adult.yaml")), "file:")
	text = strings.NewReplacer("id: adult", "id: "+id, "title: 人口收入抽样", "title: "+id).Replace(text) + "file: {format: csv}\nsubjects: [" + subject + "]\n"
	li := a.as("li")
	if _, err := li.RegisterDataset(a.t.Context(), id+".yaml", []byte(text+"columns:\n"+columns)); err != nil {
		a.t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		a.t.Fatal(err)
	}
	defer file.Close()
	if v, err := li.ImportDataset(a.t.Context(), id, Upload{Files: []*os.File{file}}); err != nil || v.Rows < 9 {
		a.t.Fatalf("%s: %+v, %v", id, v, err)
	}
}

// addHospitals brings in the grade of each hospital, and who stayed in one for how long:
// the larger bills, a day for each 1,500 yuan.
func (a *analysts) addHospitals(data string) {
	a.t.Helper()
	dir := a.t.TempDir()
	bills := csvRows(a.t, filepath.Join(data, synth.ClaimsFile))
	at := map[string]int{}
	for i, name := range bills[0] {
		at[strings.TrimPrefix(name, "\uFEFF")] = i
	}
	hospitals, stays := [][]string{{"code", "grade"}}, [][]string{{"person", "admitted", "days"}}
	seen := map[string]bool{}
	for _, row := range bills[1:] {
		if len(row) != len(bills[0]) {
			continue
		}
		if h := row[at["hospital"]]; h != "" && !seen[h] {
			seen[h] = true
			hospitals = append(hospitals, []string{h, []string{"三级", "二级", "一级"}[len(seen)%3]})
		}
		if cost, err := strconv.ParseFloat(row[at["cost"]], 64); err == nil && cost > 600 {
			stays = append(stays, []string{row[at["person"]], row[at["visit_date"]], strconv.Itoa(1 + int(min(cost, 30_000)/1_500))})
		}
	}
	write := func(name string, rows [][]string) string {
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		if err != nil {
			a.t.Fatal(err)
		}
		defer f.Close()
		w := csv.NewWriter(f)
		if err := w.WriteAll(rows); err != nil {
			a.t.Fatal(err)
		}
		return path
	}
	a.describe("hospitals", "", "  - {name: code, title: 医院, type: text}\n  - {name: grade, title: 等级, type: text}\n", write("hospitals.csv", hospitals))
	a.describe("stays", "{column: person, kind: person}", "  - {name: person, title: 公民身份号码, type: text, identifier: resident_id}\n  - {name: admitted, title: 入院, type: date}\n  - {name: days, title: 天数, type: integer}\n", write("stays.csv", stays))
	policy := "id: %s\nname: 全部\nversion: 1\ndataset: %s\ncolumns: {%s}\n"
	a.setPolicy(fmt.Sprintf(policy, "hospitals-open", "hospitals", "code: keep, grade: keep"))
	a.setPolicy(fmt.Sprintf(policy, "stays-all", "stays", "person: pseudonym, admitted: keep, days: keep"))
	a.setPolicy(fmt.Sprintf(policy, "enterprises-bands", "enterprises", "uscc: pseudonym, industry: keep, employees: {rule: bands, bounds: [10, 50], closed: left}"))
	a.approveScenario("bands", bandsScenario)
}

// cityChunks are all analyses of the city, so many in one domain.
func cityChunks() [][]analysis {
	return slices.Collect(slices.Chunk(slices.Concat(cityAnalyses, measureAnalyses), besides))
}
