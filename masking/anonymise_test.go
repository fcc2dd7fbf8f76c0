package masking

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

const stepPolicy = `id: p
name: test
version: 1
dataset: d
columns:
  person: pseudonym
  birth: keep
  sex: keep
  district: keep
  age: keep
  icd: keep
`

func stepOf(t testing.TB, section string) *Policy {
	t.Helper()
	p, err := ParsePolicy("p.yaml", []byte(stepPolicy+section))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const fullSection = `anonymity:
  quasi: [sex, birth, district, age]
  k: 5
  suppress: 0.05
  hierarchies:
    birth: [month, year, decade]
    district: [4, 2]
    age: [5, 20]
    sex: [[男, 人], [女, 人]]
`

// people are rows of subjects, of whom each has some. Where they move, the district
// differs from row to row.
func people(t testing.TB, subjects int, moving bool) *dataset {
	random := rand.New(rand.NewPCG(7, 8))
	var person, birth, sex, district, age, icd, ordinal []string
	for s := range subjects {
		b := fmt.Sprintf("%d-%02d-%02d", 1940+random.IntN(60), 1+random.IntN(12), 1+random.IntN(28))
		d := random.IntN(12)
		if random.IntN(50) == 0 {
			b = null
		}
		for range 1 + random.IntN(4) {
			if moving {
				d = random.IntN(12)
			}
			person, birth = append(person, fmt.Sprintf("P%05d", s)), append(birth, b)
			sex, district = append(sex, []string{"男", "女"}[s%2]), append(district, fmt.Sprintf("53%02d%02d", d/4, d%4))
			age, icd = append(age, fmt.Sprint(20+s%60)), append(icd, fmt.Sprintf("I%02d", random.IntN(9)))
			ordinal = append(ordinal, fmt.Sprint(s+1))
		}
	}
	d := &dataset{}
	d.add(t, "person", "text", person)
	d.columns[0].Subject = "person"
	d.add(t, "birth", "date", birth)
	d.add(t, "sex", "text", sex)
	d.add(t, "district", "text", district)
	d.add(t, "age", "integer", age)
	d.add(t, "icd", "text", icd)
	d.add(t, "__subject_person", "integer", ordinal)
	return d
}

// class is the rows that share all quasi-identifiers.
type class struct {
	rows     int
	subjects map[string]bool
	icd      map[string]int
}

func classesOf(d *dataset, out map[string][]string, quasi ...string) map[string]*class {
	classes := map[string]*class{}
	for i, ordinal := range d.values[6] {
		var key []string
		for _, q := range quasi {
			key = append(key, out[q][i])
		}
		c := classes[strings.Join(key, "|")]
		if c == nil {
			c = &class{subjects: map[string]bool{}, icd: map[string]int{}}
			classes[strings.Join(key, "|")] = c
		}
		c.rows++
		c.subjects[ordinal] = true
		c.icd[d.values[5][i]]++
	}
	return classes
}

// hidden is the key of rows without any quasi-identifier.
func hidden(n int) string { return strings.Join(slices.Repeat([]string{null}, n), "|") }

func (d *dataset) anonymised(t testing.TB, rows int, p *Policy) (map[string][]string, *Anonymised) {
	t.Helper()
	m, err := p.Compile(d.described(), secret)
	if err != nil {
		t.Fatal(err)
	}
	out, err := d.run(t, m, rows)
	if err != nil {
		t.Fatal(err)
	}
	return out, m.Anonymised()
}

func TestAnonymityHoldsOverSubjects(t *testing.T) {
	quasi := []string{"age", "birth", "district", "sex"}
	for _, moving := range []bool{false, true} {
		d := people(t, 1500, moving)
		out, did := d.anonymised(t, 500, stepOf(t, fullSection))
		gone := 0
		for key, c := range classesOf(d, out, quasi...) {
			if key == hidden(len(quasi)) {
				gone = c.rows
			} else if len(c.subjects) < 5 {
				t.Errorf("moving %v: class %s has %d subjects in %d rows", moving, key, len(c.subjects), c.rows)
			}
		}
		if rows := len(d.values[0]); gone != int(did.Suppressed) || float64(gone) > 0.05*float64(rows) || did.Rows != int64(rows) || did.Unit != "person" {
			t.Errorf("moving %v: %d of %d rows lost their quasi-identifiers; the step says %+v", moving, gone, rows, did)
		}
		if did.After.Smallest < 5 || did.Before.Uniques == 0 || did.Before.Prosecutor.Max != 1 {
			t.Errorf("moving %v: risk before %+v, after %+v", moving, did.Before, did.After)
		}
		if len(did.Columns) != 4 || did.Columns[0].Name != "birth" || did.Columns[0].Levels != 5 {
			t.Errorf("moving %v: columns %+v", moving, did.Columns)
		}
	}
}

// What a row shows is its own value at the level that the step chose, or nothing.
func TestAnonymityShowsLevels(t *testing.T) {
	d := people(t, 3000, false)
	out, did := d.anonymised(t, 1000, stepOf(t, fullSection))
	at := map[string]func(string, int) string{
		"birth": func(v string, level int) string {
			return []string{v, v[:8] + "01", v[:5] + "01-01", v[:3] + "0-01-01", null}[level]
		},
		"district": func(v string, level int) string { return []string{v, v[:4], v[:2], null}[level] },
		"sex":      func(v string, level int) string { return []string{v, "人"}[level] },
		"age": func(v string, level int) string {
			var age int
			fmt.Sscan(v, &age)
			return []string{v, fmt.Sprintf("[%d,%d)", age/5*5, age/5*5+5), fmt.Sprintf("[%d,%d)", age/20*20, age/20*20+20), null}[level]
		},
	}
	finer := 0
	for _, c := range did.Columns {
		column := slices.IndexFunc(d.columns, func(in Column) bool { return in.Name == c.Name })
		if c.Level < c.Levels-1 {
			finer++
		}
		for i, v := range d.values[column] {
			want := null
			if v != null {
				want = at[c.Name](v, c.Level)
			}
			if got := out[c.Name][i]; got != want && got != null {
				t.Fatalf("%s: %s is shown as %s at level %d, want %s", c.Name, v, got, c.Level, want)
			}
		}
	}
	if finer < 2 {
		t.Errorf("hardly anything is shown: %+v", did.Columns)
	}
	if slices.Equal(out["person"], d.values[0]) || !slices.Equal(out["icd"], d.values[5]) {
		t.Error("columns beside the step are not as their rules leave them")
	}
}

func TestAnonymityDoesNotDependOnBatches(t *testing.T) {
	d := people(t, 400, true)
	p := stepOf(t, fullSection)
	want, told := d.anonymised(t, 10_000, p)
	for _, rows := range []int{1, 97, 512} {
		got, did := d.anonymised(t, rows, p)
		for name := range want {
			if !slices.Equal(got[name], want[name]) {
				t.Errorf("column %s differs in batches of %d", name, rows)
			}
		}
		if fmt.Sprintf("%+v", did) != fmt.Sprintf("%+v", told) {
			t.Errorf("in batches of %d the step says %+v, want %+v", rows, did, told)
		}
	}
}

func TestDiversityAndCloseness(t *testing.T) {
	d := people(t, 2000, false)
	whole := map[string]int{}
	for _, v := range d.values[5] {
		whole[v]++
	}
	out, did := d.anonymised(t, 700, stepOf(t, fullSection+"  l: {column: icd, distinct: 4}\n  t: {column: icd, most: 0.4}\n"))
	if m := did.Met; m.K != 5 || m.Sensitive != "icd" || m.Distinct != 4 || m.T != 0.4 || m.LeastDistinct < 4 || m.LeastEntropy <= 1 || m.MostDistance <= 0 || m.MostDistance > 0.4 {
		t.Errorf("the step says it meets %+v", m)
	}
	quasi := []string{"age", "birth", "district", "sex"}
	smallest, classes, counted := 1<<30, 0, 0
	for key, c := range classesOf(d, out, quasi...) {
		if key == hidden(4) {
			continue
		}
		smallest, classes, counted = min(smallest, len(c.subjects)), classes+1, counted+len(c.subjects)
		if len(c.icd) < 4 || len(c.subjects) < 5 {
			t.Errorf("class %s has %d diagnoses of %d subjects", key, len(c.icd), len(c.subjects))
		}
		distance := 0.0
		for v, n := range whole {
			distance += math.Abs(float64(c.icd[v])/float64(c.rows)-float64(n)/float64(len(d.values[5]))) / 2
		}
		if distance > 0.45 { // t counts a diagnosis of a subject once, this every row
			t.Errorf("class %s is %.2f from the whole", key, distance)
		}
	}
	if r := did.After; int(r.Smallest) != smallest || int(r.Classes) != classes || int(r.Rows) != counted { // a subject with two diagnoses counts once
		t.Errorf("the risk is measured over %+v, and the view has %d classes of %d subjects and more, %d in all", r, classes, smallest, counted)
	}
	hierarchy := "  t: {column: icd, most: 0.2}\n"
	for i := range 9 {
		hierarchy += map[bool]string{true: "    icd: [", false: ", "}[i == 0] + fmt.Sprintf("[I%02d, %s, all]", i, map[bool]string{true: "low", false: "high"}[i < 5])
	}
	section := strings.Replace(fullSection, "  hierarchies:\n", strings.Replace(hierarchy, "    icd", "  hierarchies:\n    icd", 1)+"]\n", 1)
	if _, did := d.anonymised(t, 700, stepOf(t, section)); did.After.Smallest < 5 {
		t.Errorf("a hierarchical distance gives %+v", did)
	}
}

// The step holds over what is granted: fewer quasi-identifiers need less.
func TestAnonymityOverTheGrant(t *testing.T) {
	d := people(t, 1500, false)
	m, err := stepOf(t, fullSection+"  l: {column: icd, distinct: 3}\n").Compile(d.described(), secret)
	if err != nil {
		t.Fatal(err)
	}
	some, err := m.Only([]string{"sex", "district"})
	if err != nil {
		t.Fatal(err)
	}
	if reads := some.SurveyReads(); !slices.Equal(reads, []string{"sex", "district", "__subject_person"}) {
		t.Errorf("the survey reads %v", reads)
	}
	out, err := d.run(t, some, 500)
	if err != nil {
		t.Fatal(err)
	}
	if got := some.Anonymised(); len(got.Columns) != 2 || !slices.Equal(out["district"], d.values[3]) {
		t.Errorf("24 classes of more than 50 subjects are coarser than needed: %+v", got.Columns)
	}
	none, err := m.Only([]string{"icd"})
	if err != nil || none.Surveys() || none.Anonymised() != nil {
		t.Errorf("without a quasi-identifier there is a survey, or %v", err)
	}
}

func TestAnonymityThatCannotBe(t *testing.T) {
	d := people(t, 4, false)
	m, err := stepOf(t, fullSection).Compile(d.described(), secret)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.run(t, m, 3); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "too few subjects") {
		t.Error(err)
	}
	d = people(t, 300, false)
	d.values[2][17] = "不详"
	m, err = stepOf(t, fullSection).Compile(d.described(), secret)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.run(t, m, 300); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "no row of its hierarchy") || strings.Contains(err.Error(), "不详") {
		t.Error(err)
	}
	// An empty version has nothing to hide.
	empty := &dataset{columns: d.columns, values: make([][]string, len(d.columns))}
	if m, err = stepOf(t, fullSection).Compile(d.described(), secret); err != nil {
		t.Fatal(err)
	}
	if err := m.Settle(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := m.Apply(empty.batch(t, 0, 0), 0); err != nil {
		t.Error(err)
	}
}

func TestAnonymityIsInTheDigest(t *testing.T) {
	section := strings.ReplaceAll(fullSection, "suppress: 0.05", "suppress: 0.050\n  metric: aecs\n  unit: person\n  l: {column: icd, recursive: 3, c: 2.50}\n  t: {column: icd, most: 0.20}")
	p := stepOf(t, section)
	again, err := ParsePolicy("again.yaml", p.Encode())
	if err != nil {
		t.Fatalf("%v in\n%s", err, p.Encode())
	}
	if string(again.Encode()) != string(p.Encode()) {
		t.Errorf("encoded again:\n%s\nand before:\n%s", again.Encode(), p.Encode())
	}
	seen := map[string]string{string(p.Encode()): "the section"}
	for _, change := range []string{"", "k: 5|k: 6", "0.050|0.06", "aecs|dm", "c: 2.50|c: 2", "recursive: 3, c: 2.50|entropy: 3", "month, year|year", "[4, 2]|[4]", "[5, 20]|[5, 10]", "[男, 人], |", "  unit: person\n|", "birth, |"} {
		from, to, _ := strings.Cut(change, "|")
		changed := strings.Replace(section, from, to, 1)
		if change == "" {
			changed = ""
		}
		if change == "birth, |" {
			changed = strings.Replace(changed, "    birth: [month, year, decade]\n", "", 1)
		}
		encoded := string(stepOf(t, changed).Encode())
		if other := seen[encoded]; other != "" {
			t.Errorf("%q does not change the policy: %s", change, other)
		}
		seen[encoded] = change
	}
}

func TestAnonymityRefuses(t *testing.T) {
	columns := people(t, 1, false).described()
	for section, want := range map[string]string{
		"{}":                                                  "quasi",
		"{quasi: [], k: 5}":                                   "name 1 to",
		"{quasi: [sex, sex], k: 5}":                           "twice",
		"{quasi: [sex]}":                                      `"k"`,
		"{quasi: [sex], k: 1}":                                "from 2",
		"{quasi: [sex], k: 5, suppress: 1}":                   "below 1",
		"{quasi: [sex], k: 5, metric: best}":                  "the metrics are",
		"{quasi: [sex], k: 5, more: 1}":                       "more",
		"{quasi: [nothing], k: 5}":                            "not among",
		"{quasi: [sex], k: 5, unit: household}":               "unit",
		"{quasi: [sex], k: 5, l: {column: sex, distinct: 2}}": "no quasi-identifier",
		"{quasi: [sex], k: 5, l: {column: icd}}":              "write one of",
		"{quasi: [sex], k: 5, l: {column: icd, distinct: 2, entropy: 2}}":                         "write one of",
		"{quasi: [sex], k: 5, l: {column: icd, distinct: 2.5}}":                                   "whole",
		"{quasi: [sex], k: 5, l: {column: icd, recursive: 2}}":                                    "a c",
		"{quasi: [sex], k: 5, l: {column: icd, distinct: 2, c: 2}}":                               "a c",
		"{quasi: [sex], k: 5, l: {column: icd, distinct: 2}, t: {column: age, most: 0.2}}":        "one column",
		"{quasi: [sex], k: 5, t: {column: icd, most: 2}}":                                         "up to 1",
		"{quasi: [sex], k: 5, hierarchies: {icd: [2]}}":                                           "stands for a column",
		"{quasi: [sex], k: 5, hierarchies: {sex: []}}":                                            "want periods",
		"{quasi: [sex], k: 5, hierarchies: {sex: [[a, b], [a, c]]}}":                              "came before",
		"{quasi: [sex], k: 5, hierarchies: {sex: [[a, b, c], [d, b, e]]}}":                        "nest",
		"{quasi: [age], k: 5, hierarchies: {age: [5, 12]}}":                                       "multiple",
		"{quasi: [age], k: 5, hierarchies: {age: [10, 5]}}":                                       "text for lengths",
		"{quasi: [district], k: 5, hierarchies: {district: [2, 4]}}":                              "an integer for widths",
		"{quasi: [birth], k: 5, hierarchies: {birth: [year, month]}}":                             "in the order",
		"{quasi: [birth], k: 5, hierarchies: {birth: [year, 4]}}":                                 "in the order",
		"{quasi: [birth], k: 5, hierarchies: {birth: [week]}}":                                    "one of month",
		"{quasi: [sex], k: 5, hierarchies: {sex: [year]}}":                                        "a date",
		"{quasi: [sex], k: 5, t: {column: icd, most: 0.2}, hierarchies: {icd: [2]}}":              "list of rows",
		"{quasi: [sex], k: 5, t: {column: icd, most: 0.2}, hierarchies: {icd: [[a, b], [c, d]]}}": "",
	} {
		p, err := ParsePolicy("p.yaml", []byte(stepPolicy+"anonymity: "+section+"\n"))
		if err == nil {
			err = p.Check(columns)
		}
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", section, err)
			}
		} else if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "p.yaml:") {
			t.Errorf("%s: %v, want %q", section, err, want)
		}
	}
}

func TestMeets(t *testing.T) {
	d := people(t, 1, false)
	m, err := stepOf(t, fullSection+"  l: {column: icd, distinct: 3}\n  t: {column: icd, most: 0.3}\n").Compile(d.described(), secret)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := stepOf(t, "").Compile(d.described(), secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		m     *Masker
		asks  Requirement
		lacks string
	}{
		{m, Requirement{}, ""}, {bare, Requirement{}, ""},
		{m, Requirement{K: 5, L: 3, T: 0.3, Quasi: []string{"birth", "a column of another grant"}}, ""},
		{m, Requirement{K: 6}, "k of 6"}, {m, Requirement{L: 4}, "l of 4"}, {m, Requirement{T: 0.2}, "t of 0.2"},
		{m, Requirement{Quasi: []string{"icd"}}, "quasi-identifier icd"},
		{bare, Requirement{K: 2, T: 0.5}, "a section anonymity, k of 2 or more, t of 0.5"},
	} {
		err := c.m.Meets(c.asks)
		if c.lacks == "" && err != nil || c.lacks != "" && (fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), c.lacks)) {
			t.Errorf("%+v: %v, want %q", c.asks, err, c.lacks)
		}
	}
}

func TestBandsOfTheLadder(t *testing.T) {
	for _, c := range []struct {
		v, width int64
		want     string
	}{
		{37, 10, "[30,40)"}, {-1, 10, "[-10,0)"}, {-10, 10, "[-10,0)"}, {0, 7, "[0,7)"},
		{math.MaxInt64, 10, "≥9223372036854775800"}, {math.MinInt64, 10, "<-9223372036854775800"}, {math.MinInt64, 1, "[-9223372036854775808,-9223372036854775807)"},
	} {
		if got := band(c.v, c.width); got != c.want {
			t.Errorf("band(%d, %d) = %s, want %s", c.v, c.width, got, c.want)
		}
	}
}
