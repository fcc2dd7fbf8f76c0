package sample

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yingbi/catalog"
	"yingbi/examples/city"
	"yingbi/internal/idnum"
)

// described reads a description of the example city, in which a test may have replaced
// something.
func described(t testing.TB, id string, replace ...string) *catalog.Dataset {
	t.Helper()
	b, err := city.File("datasets/"+id+".yaml", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	d, err := catalog.ParseDescription(id, []byte(strings.NewReplacer(replace...).Replace(string(b))))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// made gives the rows of a data set by column, without those that are not to be kept.
func made(t testing.TB, sets []*catalog.Dataset, d *catalog.Dataset, seed uint64) map[string][]string {
	t.Helper()
	g, err := newGenerator(sets, 500, seed)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := g.write(&b, d); err != nil {
		t.Fatal(err)
	}
	reader := csv.NewReader(&b)
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for i, row := range rows[1:] {
		for j, c := range d.Columns {
			if i%spoilt != firstBad {
				out[c.Name] = append(out[c.Name], row[j])
			}
		}
	}
	return out
}

func TestSameSeedSameData(t *testing.T) {
	sets := []*catalog.Dataset{described(t, "claims"), described(t, "population"), described(t, "electricity"), described(t, "checkups")}
	for _, d := range sets {
		one, again, other := made(t, sets, d, 1), made(t, sets, d, 1), made(t, sets, d, 2)
		same := func(a, b map[string][]string) bool { return maps.EqualFunc(a, b, slices.Equal) }
		if !same(one, again) || same(one, other) {
			t.Errorf("%s: the seed does not decide the data", d.ID)
		}
	}
}

// TestJoinsFindPartners: subjects of a kind are one population, and columns of a name,
// or of one that is named, share their values.
func TestJoinsFindPartners(t *testing.T) {
	claims, population, enterprises, electricity := described(t, "claims"), described(t, "population"), described(t, "enterprises"), described(t, "electricity")
	sets := []*catalog.Dataset{claims, population, enterprises, electricity}
	c, p, e, w := made(t, sets, claims, 1), made(t, sets, population, 1), made(t, sets, enterprises, 1), made(t, sets, electricity, 1)
	for name, pair := range map[string][2][]string{
		"claims of people": {c["person"], p["person"]}, "employers": {p["employer"], e["uscc"]}, "households": {w["household"], p["household"]},
		"account holders": {w["person"], p["person"]}, "districts": {c["district"], e["district"]},
	} {
		there := map[string]bool{}
		for _, v := range pair[1] {
			there[v] = v != ""
		}
		found, all := 0, 0
		for _, v := range pair[0] {
			if v != "" {
				all++
				if there[v] {
					found++
				}
			}
		}
		if all < 150 || found < all*95/100 || found == all && name == "claims of people" {
			t.Errorf("%s: %d of %d find a partner", name, found, all)
		}
	}
	if n := len(slices.Compact(slices.Sorted(slices.Values(p["person"])))); n != len(p["person"]) {
		t.Errorf("%d people in %d rows of the register", n, len(p["person"]))
	}
	if n := len(slices.Compact(slices.Sorted(slices.Values(c["person"])))); n < 300 || n > 480 {
		t.Errorf("%d of 500 people have claims", n)
	}
}

// TestNumbersAreNobodys: the numbers of the largest population are valid, different,
// and in ranges that nobody has.
func TestNumbersAreNobodys(t *testing.T) {
	for kind, check := range map[string]func(string) bool{
		person:     func(n string) bool { return idnum.ResidentID(n) && n[6:9] == "185" },
		enterprise: func(n string) bool { return idnum.CreditCode(n) && idnum.InSyntheticZone(n) },
		"vehicle":  func(n string) bool { return strings.HasPrefix(n, "VEHICLE") },
		"":         func(n string) bool { _, err := strconv.ParseInt(n, 10, 64); return err == nil && len(n) == 9 },
	} {
		seen := map[string]bool{}
		for i := range maxPeople {
			n, err := numberOf(kind, kind == "", i)
			if err != nil || !check(n) || seen[n] {
				t.Fatalf("%s %d is %q, %v", kind, i, n, err)
			}
			seen[n] = true
		}
	}
}

// TestDeclaredValuesAreKept: what a provider declares holds for every row.
func TestDeclaredValuesAreKept(t *testing.T) {
	d := described(t, "claims",
		"name: claim, title: 结算单号, type: text", "name: claim, type: text, sample: {unique: true}",
		"name: hospital, title: 医疗机构, type: text", `name: hospital, type: text, nulls: [无, "-"], sample: {missing: 20}`,
		"min: 1, max: 500000", "min: 20, max: 500000")
	got := made(t, []*catalog.Dataset{d}, d, 3)
	chapter, _ := d.Column("icd_chapter")
	cost, _ := d.Column("cost")
	from, to := period(d)
	nulls, amounts := 0, []int64{}
	for i := range got["claim"] {
		if v := got["icd_chapter"][i]; v != "" && !slices.Contains(chapter.Sample.Values, v) {
			t.Errorf("chapter %q", v)
		}
		if v := got["hospital"][i]; v == "无" || v == "-" {
			nulls++
		} else if !strings.HasPrefix(v, "hospital-") {
			t.Errorf("hospital %q", v)
		}
		n, err := cost.Ordinal(got["cost"][i])
		if err != nil || n < 20_00 || n > 500_000_00 {
			t.Errorf("cost %q, %v", got["cost"][i], err)
		}
		amounts = append(amounts, n)
		day, err := time.Parse(time.DateOnly, got["visit_date"][i])
		if err != nil || day.Before(from) || day.After(to) || day.Year() != 2024 {
			t.Errorf("day %q, %v", got["visit_date"][i], err)
		}
	}
	rows := len(got["claim"])
	if nulls < rows*15/100 || nulls > rows*25/100 {
		t.Errorf("%d of %d rows have no hospital", nulls, rows)
	}
	if n := len(slices.Compact(slices.Sorted(slices.Values(got["claim"])))); n != rows {
		t.Errorf("%d claims in %d rows", n, rows)
	}
	slices.Sort(amounts)
	if median, high := amounts[rows/2], amounts[rows-1]; high < 50*median {
		t.Errorf("the median is %d, the largest %d: no heavy tail", median, high)
	}
	if missing := count(got["icd_chapter"], ""); missing == 0 || missing > rows/20 || count(got["cost"], "") > 0 || count(got["person"], "") > 0 {
		t.Errorf("%d chapters are missing", missing)
	}
}

func count(list []string, value string) (n int) {
	for _, v := range list {
		if v == value {
			n++
		}
	}
	return n
}

// TestRowsOfARegister: a provider says whether subjects have one row each, and how
// many rows a list of codes has.
func TestRowsOfARegister(t *testing.T) {
	for _, c := range []struct {
		id      string
		replace []string
		rows    int
	}{
		{"population", nil, 490}, {"claims", nil, 2500}, {"enterprises", nil, 490}, {"electricity", nil, 2500},
		{"population", []string{"公民身份号码, type: text", "公民身份号码, type: text, sample: {unique: false}"}, 2500},
		{"claims", []string{"公民身份号码, type: text", "公民身份号码, type: text, sample: {unique: true}"}, 490},
		{"population", []string{"{column: person, kind: person}", "{each_row: true, kind: person}"}, 500},
		{"population", []string{"  - {column: person, kind: person}", "  []"}, 2500},
		{"population", []string{"  - {column: person, kind: person}", "  []", "values: [女, 男], missing: 0", "values: [女, 男], unique: true"}, 2},
		{"enterprises", []string{"name: name, title: 企业名称, type: text", "name: name, type: text, sample: {same_as: uscc, unique: true}"}, 490},
	} {
		d := described(t, c.id, c.replace...)
		got := made(t, []*catalog.Dataset{d}, d, 1)
		if rows := len(got[d.Columns[0].Name]); rows+(c.rows+spoilt-firstBad-1)/spoilt != c.rows {
			t.Errorf("%s %q: %d rows besides the bad ones, want %d in all", c.id, c.replace, rows, c.rows)
		}
	}
}

func TestPeriodIsReadFromTheScope(t *testing.T) {
	for scope, want := range map[string]string{
		"2024 年": "2024-01-01 2024-12-31", "": "2025-01-01 2025-12-31", "全市": "2025-01-01 2025-12-31",
		"本市参保人，2020 年起": "2020-01-01 2026-01-05", "2019—2023 年度": "2019-01-01 2023-12-31", "since 2025": "2025-01-01 2026-01-05",
		"2030 年起": "2030-01-01 2030-12-31", "10 万条 12024": "2025-01-01 2025-12-31",
	} {
		d := described(t, "claims")
		d.Scope = scope
		from, to := period(d)
		if got := fmt.Sprint(from.Format(time.DateOnly), " ", to.Format(time.DateOnly)); got != want {
			t.Errorf("%q is %s, want %s", scope, got, want)
		}
	}
}

// TestGuessedColumnsAreTold: a column is guessed if nobody, of its own or another
// data set, declares its values.
func TestGuessedColumnsAreTold(t *testing.T) {
	claims, population := described(t, "claims"), described(t, "population", `, sample: {values: ["530402"`, `, nulls: ["", "530402"`, `"530426"]}`, `"530426"]`)
	for _, c := range []struct {
		sets []*catalog.Dataset
		want []string
	}{{[]*catalog.Dataset{population}, []string{"district"}}, {[]*catalog.Dataset{population, claims}, nil}} {
		g, err := newGenerator(c.sets, 500, 1)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := g.guessed(population, []string{"person", "district", "sex", "birth"}); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%v, %v, want %v", got, err, c.want)
		}
	}
}
