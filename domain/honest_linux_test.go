//go:build linux && cgo

package domain

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yingbi/egress"
	"yingbi/internal/synth"
	"yingbi/job"
)

// honestPeople is the size of the city of the honest analysts: tables by two keys have
// small cells in it, and few.
const honestPeople = 6_000

// analysis is what an honest analyst asks: a manifest without its first lines.
type analysis struct {
	question string
	text     string
	module   string // an example module, for mapped and protected jobs
}

const (
	fromPopulation = "inputs: {population: {dataset: population, columns: [%s]}}\n"
	fromClaims     = "inputs: {claims: {dataset: claims, columns: [%s]}}\n"
	withPeople     = "inputs: {claims: {dataset: claims, columns: [person, %s]}, population: {dataset: population, columns: [person, %s]}}\n"
	fromPower      = "inputs: {power: {dataset: electricity, columns: [%s]}}\n"
	fromFirms      = "inputs: {firms: {dataset: enterprises, columns: [%s]}}\n"
	fromAdult      = "inputs: {adult: {dataset: adult, columns: [%s]}}\n"
	fromFlights    = "inputs: {flights: {dataset: flights, columns: [%s]}}\n"
	fromNursery    = "inputs: {nursery: {dataset: nursery, columns: [%s]}}\n"
	fromCharities  = "inputs: {charities: {dataset: charities, columns: [%s]}}\n"

	byAge  = "derive: {age: \"band(age_at(birth, '2024-07-01'), [18, 45, 60, 75])\"}\n"
	byCare = "measures: {people: subjects(), visits: count(), cost: sum(cost), mean: mean(cost)}}}\n"
)

// cityAnalyses are asked of the synthetic city.
var cityAnalyses = []analysis{
	{"各区县医疗费用", fmt.Sprintf(fromClaims, "district, cost") + "tables: {t: {from: claims, group_by: [district], " + byCare, ""},
	{"各区县各年龄段医疗费用", fmt.Sprintf(withPeople, "district, cost", "birth") + byAge + "tables: {t: {from: claims, join: {population: person}, group_by: [district, age], " + byCare, ""},
	{"各病种费用", fmt.Sprintf(fromClaims, "icd_chapter, cost") + "tables: {t: {from: claims, group_by: [icd_chapter], " + byCare, ""},
	{"各病种男女费用", fmt.Sprintf(withPeople, "icd_chapter, cost", "sex") + "tables: {t: {from: claims, join: {population: person}, group_by: [icd_chapter, sex], " + byCare, ""},
	{"各月就诊与费用", fmt.Sprintf(fromClaims, "visit_date, cost") + "derive: {m: month(visit_date)}\ntables: {t: {from: claims, group_by: [m], " + byCare, ""},
	{"各区县各季度费用", fmt.Sprintf(fromClaims, "district, visit_date, cost") + "derive: {q: quarter(visit_date)}\ntables: {t: {from: claims, group_by: [district, q], " + byCare, ""},
	{"各病种各季度就诊", fmt.Sprintf(fromClaims, "icd_chapter, visit_date") + "derive: {q: quarter(visit_date)}\ntables: {t: {from: claims, group_by: [icd_chapter, q], measures: {people: subjects(), visits: count()}}}\n", ""},
	{"各区县老年人口比例", fmt.Sprintf(fromPopulation, "district, birth") + "derive: {old: \"age_at(birth, '2024-07-01') >= 60\"}\ntables: {t: {from: population, group_by: [district], measures: {people: subjects(), old: share(old)}}}\n", ""},
	{"人口金字塔", fmt.Sprintf(fromPopulation, "sex, birth") + "derive: {age: \"band(age_at(birth, '2024-07-01'), [10, 20, 30, 40, 50, 60, 70, 80])\"}\ntables: {t: {from: population, group_by: [age, sex], measures: {people: subjects()}}}\n", ""},
	{"各区县人口性别", fmt.Sprintf(fromPopulation, "district, sex") + "tables: {t: {from: population, group_by: [district, sex], measures: {people: subjects()}}}\n", ""},
	{"各区县人口年龄", fmt.Sprintf(fromPopulation, "district, birth") + byAge + "tables: {t: {from: population, group_by: [district, age], measures: {people: subjects()}}}\n", ""},
	{"文化程度与性别", fmt.Sprintf(fromPopulation, "education, sex") + "tables: {t: {from: population, group_by: [education, sex], measures: {people: subjects()}}}\n", ""},
	{"各区县文化程度，含合计", fmt.Sprintf(fromPopulation, "district, education") + "tables:\n  t: {from: population, group_by: [district, education], measures: {people: subjects()}}\n  all: {from: population, group_by: [district], measures: {people: subjects()}}\n", ""},
	{"大额费用比例", fmt.Sprintf(fromClaims, "icd_chapter, cost") + "tables: {t: {from: claims, group_by: [icd_chapter], measures: {visits: count(), large: share(cost > 1000)}}}\n", ""},
	{"各医院就诊", fmt.Sprintf(fromClaims, "hospital, cost") + "tables: {t: {from: claims, group_by: [hospital], " + byCare, ""},
	{"各医院男女就诊", fmt.Sprintf(withPeople, "hospital, cost", "sex") + "tables: {t: {from: claims, join: {population: person}, group_by: [hospital, sex], measures: {people: subjects(), visits: count(), mean: mean(cost)}}}\n", ""},
	{"循环系统疾病费用", fmt.Sprintf(fromClaims, "district, icd_chapter, cost") + "tables: {t: {from: claims, where: icd_chapter = 'IX', group_by: [district], " + byCare, ""},
	{"循环系统疾病费用按年龄性别", fmt.Sprintf(withPeople, "icd_chapter, cost", "birth, sex") + byAge + "tables: {t: {from: claims, join: {population: person}, where: icd_chapter = 'IX', group_by: [age, sex], " + byCare, ""},
	{"呼吸系统疾病逐月", fmt.Sprintf(fromClaims, "icd_chapter, visit_date, cost") + "derive: {m: month(visit_date)}\ntables: {t: {from: claims, where: icd_chapter = 'X', group_by: [m], " + byCare, ""},
	{"儿童病种", fmt.Sprintf(withPeople, "icd_chapter, cost", "birth") + "derive: {child: \"age_at(birth, '2024-07-01') < 18\"}\ntables: {t: {from: claims, join: {population: person}, where: child, group_by: [icd_chapter], " + byCare, ""},
	{"老年人病种，含合计", fmt.Sprintf(withPeople, "icd_chapter, cost", "birth, sex") + "derive: {old: \"age_at(birth, '2024-07-01') >= 60\"}\ntables:\n  t: {from: claims, join: {population: person}, where: old, group_by: [icd_chapter, sex], measures: {people: subjects(), cost: sum(cost)}}\n  all: {from: claims, join: {population: person}, where: old, group_by: [sex], measures: {people: subjects(), cost: sum(cost)}}\n", ""},
	{"逐月用电", fmt.Sprintf(fromPower, "month, kwh, fee") + "tables: {t: {from: power, group_by: [month], measures: {homes: subjects(household), kwh: sum(kwh), mean: mean(kwh)}}}\n", ""},
	{"各区县用电", fmt.Sprintf(fromPower, "district, kwh, fee") + "tables: {t: {from: power, group_by: [district], measures: {homes: subjects(household), kwh: mean(kwh), fee: sum(fee)}}}\n", ""},
	{"各区县逐月用电", fmt.Sprintf(fromPower, "district, month, kwh") + "tables: {t: {from: power, group_by: [district, month], measures: {homes: subjects(household), mean: mean(kwh)}}}\n", ""},
	{"各季度电费", fmt.Sprintf(fromPower, "month, fee") + "derive: {q: quarter(month)}\ntables: {t: {from: power, group_by: [q], measures: {homes: subjects(household), fee: sum(fee)}}}\n", ""},
	{"高用电户月比例", fmt.Sprintf(fromPower, "district, kwh") + "tables: {t: {from: power, group_by: [district], measures: {homes: subjects(household), high: share(kwh > 400)}}}\n", ""},
	{"户主年龄与用电", "inputs: {power: {dataset: electricity, columns: [person, kwh]}, population: {dataset: population, columns: [person, birth]}}\n" + byAge + "tables: {t: {from: power, join: {population: person}, group_by: [age], measures: {homes: subjects(household), mean: mean(kwh)}}}\n", ""},
	{"各行业企业与收入", fmt.Sprintf(fromFirms, "industry, revenue, tax") + "tables: {t: {from: firms, group_by: [industry], measures: {firms: subjects(), revenue: sum(revenue), tax: sum(tax)}}}\n", ""},
	{"各区县企业与就业", fmt.Sprintf(fromFirms, "district, employees") + "tables: {t: {from: firms, group_by: [district], measures: {firms: subjects(), staff: sum(employees)}}}\n", ""},
	{"各行业企业规模", fmt.Sprintf(fromFirms, "industry, employees") + "derive: {size: \"band(employees, [10, 50])\"}\ntables: {t: {from: firms, group_by: [industry, size], measures: {firms: subjects()}}}\n", ""},
	{"费用风险分层", "inputs: {bills: {dataset: claims, columns: [icd_chapter, cost]}, population: {dataset: population, columns: [person, district]}}\nmap: {risk: {unit: person, from: [bills], record: {class: [低, 中, 高], score: {min: 0, max: 100}}}}\ntables: {t: {from: population, join: {risk: person}, group_by: [district, class], measures: {people: subjects(), score: mean(score)}}}\n", "risk"},
}

// realAnalyses are asked of public data.
var realAnalyses = []analysis{
	{"学历、性别、年龄与高收入", fmt.Sprintf(fromAdult, "education, sex, age, salary") + "derive: {a: \"band(age, [30, 45, 60])\"}\ntables: {t: {from: adult, group_by: [education, sex, a], measures: {people: subjects(), high: share(salary = '>50K')}}}\n", ""},
	{"年龄、性别与高收入", fmt.Sprintf(fromAdult, "sex, age, salary") + "derive: {a: \"band(age, [30, 45, 60])\"}\ntables: {t: {from: adult, group_by: [sex, a], measures: {people: subjects(), high: share(salary = '>50K')}}}\n", ""},
	{"职业与性别", fmt.Sprintf(fromAdult, "occupation, sex, salary") + "tables: {t: {from: adult, group_by: [occupation, sex], measures: {people: subjects(), high: share(salary = '>50K')}}}\n", ""},
	{"学历与收入档", fmt.Sprintf(fromAdult, "education, salary") + "tables: {t: {from: adult, group_by: [education, salary], measures: {people: subjects()}}}\n", ""},
	{"职业与年龄", fmt.Sprintf(fromAdult, "occupation, age") + "derive: {a: \"band(age, [30, 45, 60])\"}\ntables: {t: {from: adult, group_by: [occupation, a], measures: {people: subjects(), mean: mean(age)}}}\n", ""},
	{"各出发地航班延误", fmt.Sprintf(fromFlights, "origin, distance, delay") + "derive: {haul: \"band(distance, [500, 1500])\"}\ntables: {t: {from: flights, group_by: [origin, haul], measures: {flights: count(), delay: mean(delay), late: share(delay > 15)}}}\n", ""},
	{"逐月航班延误", fmt.Sprintf(fromFlights, "date, delay") + "tables: {t: {from: flights, group_by: [date], measures: {flights: count(), delay: mean(delay), late: share(delay > 15)}}}\n", ""},
	{"各目的地逐月延误", fmt.Sprintf(fromFlights, "date, destination, delay") + "tables: {t: {from: flights, group_by: [destination, date], measures: {flights: count(), delay: mean(delay)}}}\n", ""},
	{"入园建议与家庭", fmt.Sprintf(fromNursery, "parents, finance, recommend") + "tables: {t: {from: nursery, group_by: [parents, finance], measures: {children: subjects(), first: share(recommend = 'priority')}}}\n", ""},
	{"各年慈善机构收入", fmt.Sprintf(fromCharities, "year, income, staff") + "tables: {t: {from: charities, group_by: [year], measures: {charities: subjects(), income: mean(income), staff: mean(staff)}}}\n", ""},
	{"各类各年慈善机构收入", fmt.Sprintf(fromCharities, "year, type, income") + "tables: {t: {from: charities, group_by: [type, year], measures: {charities: subjects(), income: mean(income)}}}\n", ""},
}

const honestScenario = `grants:
  - {dataset: claims, policy: claims-care, version: 1, columns: {person: [join], district: [group], hospital: [group, join], icd_chapter: [group, filter, row], visit_date: [derive, group, filter], cost: [measure, filter, row]}}
  - {dataset: population, policy: population-census, version: 1, columns: {person: [join], sex: [group], birth: [derive, filter, group], district: [group], education: [group]}}
  - {dataset: electricity, policy: electricity-statistics, version: 1, columns: {household: [join], person: [join], district: [group], month: [group, derive], kwh: [measure, filter], fee: [measure]}}
  - {dataset: enterprises, policy: enterprises-statistics, version: 1, columns: {district: [group], industry: [group], revenue: [measure], tax: [measure], employees: [derive, group, measure]}}
`

const honestRealScenario = `grants:
  - {dataset: flights, policy: flights-open, version: 1, columns: {date: [group], delay: [measure, filter], distance: [derive, group], origin: [group], destination: [group]}}
  - {dataset: adult, policy: adult-all, version: 1, columns: {sex: [group], age: [derive, group, measure], education: [group], occupation: [group], salary: [group, filter]}}
  - {dataset: nursery, policy: nursery-all, version: 1, columns: {parents: [group], finance: [group], recommend: [filter]}}
  - {dataset: charities, policy: charities-all, version: 1, columns: {year: [group], type: [group], income: [measure], staff: [measure]}}
`

// analysts is a domain in which honest people work.
type analysts struct {
	*fixture
	*tally
	wang, zhao, xu *Session
}

// tally counts what is left of their tables.
type tally struct {
	kept, all, jobs int
	least           float64
	lost            map[egress.Rule]int
}

func honest(t *testing.T, all *tally) *analysts {
	t.Helper()
	f := open(t)
	return &analysts{fixture: f, tally: all, wang: f.as("wang"), zhao: f.as("zhao"), xu: f.as("xu")}
}

func (a *analysts) approveScenario(id, grants string) {
	a.t.Helper()
	text, _, _ := strings.Cut(strings.Replace(string(document("scenario.yaml")), "id: chronic", "id: "+id, 1), "grants:")
	if _, err := a.as("chen").ApproveScenario(a.t.Context(), "scenario.yaml", []byte(text+grants)); err != nil {
		a.t.Fatal(err)
	}
}

func (a *analysts) setPolicy(text string) {
	a.t.Helper()
	if _, err := a.as("shen").SetPolicy(a.t.Context(), "policy.yaml", []byte(text)); err != nil {
		a.t.Fatal(err)
	}
}

// ask runs and releases an analysis, and counts the cells that hold anybody.
func (a *analysts) ask(scenario string, q analysis) {
	a.t.Helper()
	var module []byte
	if q.module != "" {
		module = guest(a.t, q.module)
	}
	ctx, jobs := a.t.Context(), a.wang.Jobs()
	text := "name: " + q.question + "\nscenario: " + scenario + "\nquestion: " + q.question + "\n" + q.text
	j, err := jobs.Submit(ctx, a.wang.Actor, job.Package{File: "job.yaml", Manifest: []byte(text), Module: module})
	if err == nil {
		_, err = jobs.Run(ctx, a.wang.Actor, j.ID)
	}
	if err != nil {
		a.t.Fatalf("%s: %v", q.question, err)
	}
	r, err := jobs.Open(ctx, a.zhao.Actor, j.ID)
	if err != nil || r.Failure != nil {
		a.t.Fatalf("%s: %v, %+v", q.question, err, r)
	}
	kept, all, failing := 0, 0, map[egress.Rule]int{}
	for _, t := range r.Report.Tables {
		cells := max(len(t.Cells), t.Withheld)
		kept, all = kept+cells-t.Withheld, all+cells
		for rule, n := range t.Failing {
			failing[rule] += n
			a.lost[rule] += n
		}
	}
	a.jobs, a.kept, a.all = a.jobs+1, a.kept+kept, a.all+all
	a.least = min(a.least, float64(kept)/float64(max(all, 1)))
	a.t.Logf("%3d%%  %4d of %4d  %s %v", 100*kept/max(all, 1), kept, all, q.question, failing)
	if kept == 0 {
		return
	}
	if err = approve(ctx, a.xu, a.zhao, j.ID); err == nil {
		_, err = jobs.Release(ctx, a.zhao.Actor, j.ID)
	}
	if err != nil {
		a.t.Errorf("%s: %v", q.question, err)
	}
}

// judge holds that enough is left.
func (a *tally) judge(t *testing.T, jobs int, least float64) {
	t.Helper()
	t.Logf("%d analyses keep %d of %d cells (%.1f%%), the least %.0f%%; rules that cells failed: %v",
		a.jobs, a.kept, a.all, 100*float64(a.kept)/float64(a.all), 100*a.least, a.lost)
	if a.jobs != jobs || 100*a.kept < 85*a.all || a.least < least {
		t.Errorf("a checker that withholds so much of honest tables is of no use")
	}
}

// besides is how many analyses are asked of one domain, each beside all releases before
// it. Of all in one, the search for combinations takes minutes.
const besides = 8

// TestHonestAnalysesOfACity: what honest analysts ask of a city is released, nearly all of
// it, each release beside earlier ones. Of the old nearly all have been to a hospital, and
// who has not would be told by the difference from a table of costs. Of 400 firms by
// industry and the author's bands of size nothing is left: all but few of an industry are
// small, and a band of the author's that holds them all is a full cell. In bands of the
// provider's the large cells are left.
func TestHonestAnalysesOfACity(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	if _, err := synth.Write(t.Context(), synth.Config{People: honestPeople, Seed: 11, Dir: data}); err != nil {
		t.Fatal(err)
	}
	all := &tally{least: 1, lost: map[egress.Rule]int{}}
	for _, some := range cityChunks() {
		a := honestCity(t, data, all)
		for _, q := range some {
			a.ask("honest", q)
		}
	}
	honestCity(t, data, all).ask("bands", bandsAnalysis)
	all.judge(t, len(cityAnalyses)+len(measureAnalyses)+1, 0)
}

// honestCity is a domain with the city's data.
func honestCity(t *testing.T, data string, all *tally) *analysts {
	t.Helper()
	a := honest(t, all)
	li := a.as("li")
	if _, err := li.RegisterDataset(t.Context(), "electricity.yaml", document("datasets/electricity.yaml")); err != nil {
		t.Fatal(err)
	}
	files := maps.Clone(cityFiles)
	files["electricity"] = synth.ElectricityFile
	for _, id := range slices.Sorted(maps.Keys(files)) {
		if _, err := importFile(t.Context(), li, id, filepath.Join(data, files[id])); err != nil {
			t.Fatal(err)
		}
	}
	a.setPolicy(string(document("policies/electricity.yaml")))
	a.setPolicy(strings.NewReplacer("id: claims-statistics", "id: claims-care", "  district: keep\n", "  district: keep\n  hospital: keep\n").Replace(string(document("policies/claims.yaml"))))
	a.setPolicy(strings.NewReplacer("id: population-statistics", "id: population-census", "  district: keep\n", "  district: keep\n  education: keep\n").Replace(string(document("policies/population.yaml"))))
	a.addHospitals(data)
	a.approveScenario("honest", honestScenario+measureGrants)
	return a
}

// TestHonestAnalysesOfPublicData: the same of real data, where some are few and uneven.
func TestHonestAnalysesOfPublicData(t *testing.T) {
	t.Parallel()
	nursery, charities := shared(t, filepath.Join("acro", "nursery.csv")), shared(t, filepath.Join("acro", "test_data.csv"))
	a := honest(t, &tally{least: 1, lost: map[egress.Rule]int{}})
	registerReal(t, a.fixture)
	a.describe("nursery", "{kind: person, each_row: true}", "  - {name: parents, title: 父母, type: text}\n  - {name: finance, title: 经济, type: text}\n  - {name: recommend, title: 建议, type: text}\n", nursery)
	a.describe("charities", "{column: charity, kind: enterprise}", "  - {name: charity, title: 名称, type: text}\n  - {name: type, title: 类别, type: text, source: grant_type}\n  - {name: year, title: 年份, type: integer}\n  - {name: income, title: 收入, type: double, source: inc_total}\n  - {name: staff, title: 人员支出, type: double, source: staff_costs}\n", charities)
	policy := "id: %s-all\nname: 全部\nversion: 1\ndataset: %s\ncolumns: {%s}\n"
	a.setPolicy(fmt.Sprintf(policy, "nursery", "nursery", "parents: keep, finance: keep, recommend: keep"))
	a.setPolicy(fmt.Sprintf(policy, "charities", "charities", "charity: pseudonym, type: keep, year: keep, income: keep, staff: keep"))
	a.setPolicy(fmt.Sprintf(policy, "adult", "adult", "sex: keep, age: {rule: clamp, top: 85}, education: keep, occupation: keep, salary: keep"))
	a.approveScenario("honest-real", honestRealScenario)
	for _, q := range realAnalyses {
		a.ask("honest-real", q)
	}
	a.judge(t, len(realAnalyses), 0.3)
}
