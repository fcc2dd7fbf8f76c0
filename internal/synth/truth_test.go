package synth

import (
	"compress/gzip"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The truth is held to files that are read by other code, at a size and for many seeds:
// what is planted must hold for any.
func TestTruthMatchesARecount(t *testing.T) {
	sizes := []int{3000}
	for range 8 {
		sizes = append(sizes, minPeople)
	}
	for seed, people := range sizes {
		dir, truth := makeCity(t, people, uint64(seed))
		files := map[string]*read{}
		for _, f := range truth.Files {
			if f.Refused {
				continue
			}
			r := readRows(t, dir, f)
			files[f.Path] = r
			checkFile(t, f, r)
			if truth.Rows[f.Path] != len(r.good) || truth.BadRows[f.Path] != f.bad() {
				t.Errorf("%s: %d good rows; the truth says %d and %d bad ones", f.Path, len(r.good), truth.Rows[f.Path], truth.BadRows[f.Path])
			}
		}
		if truth.Rows[PopulationFile] != people {
			t.Errorf("%d people, not %d", truth.Rows[PopulationFile], people)
		}
		checkDistricts(t, truth, files)
		checkPlanted(t, truth, files)
		checkCases(t, truth, files)
	}
}

func checkFile(t *testing.T, f File, r *read) {
	t.Helper()
	bad, subjects := map[string]int64{}, map[string]int64{}
	for _, q := range f.Quarantined {
		bad[q.Column+" "+q.Reason] = q.Rows
	}
	for kind, who := range r.people {
		subjects[kind] = int64(len(who))
	}
	nulls := maps.Clone(f.Nulls)
	maps.DeleteFunc(nulls, func(_ string, n int64) bool { return n == 0 })
	if !maps.Equal(bad, r.bad) || !maps.Equal(nulls, r.nulls) && len(nulls)+len(r.nulls) > 0 || !maps.Equal(subjects, f.Subjects) || int64(len(r.good)) != f.Rows {
		t.Errorf("%s: counted %d good, bad %v, nulls %v, subjects %v; the truth says %+v", f.Path, len(r.good), r.bad, r.nulls, subjects, f)
	}
}

func checkDistricts(t *testing.T, truth Truth, files map[string]*read) {
	t.Helper()
	totals := map[string]*DistrictTotal{}
	for _, d := range districts() {
		totals[d.code] = &DistrictTotal{Code: d.code, Name: d.name}
	}
	for _, p := range files[PopulationFile].good {
		totals[p["district"]].People++
	}
	patients, homes := map[string]bool{}, map[string]bool{}
	for _, v := range files[ClaimsFile].good {
		d := totals[v["district"]]
		d.Claims++
		d.Cost += money(t, v["cost"])
		if key := v["district"] + v["person"]; !patients[key] {
			patients[key] = true
			d.Patients++
		}
	}
	for _, r := range files[ElectricityFile].good {
		d := totals[r["district"]]
		if r["fee"] != "" {
			d.Electricity += money(t, r["fee"])
		}
		if !homes[r["household"]] {
			homes[r["household"]] = true
			d.Households++
		}
	}
	for _, f := range files[EnterprisesFile].good {
		totals[f["district"]].Enterprises++
		totals[f["district"]].Revenue += money(t, f["revenue"])
	}
	for _, d := range truth.Districts {
		if *totals[d.Code] != d {
			t.Errorf("counted %+v, truth says %+v", *totals[d.Code], d)
		}
	}
}

// checkPlanted looks for the chief, the small cells and the dominant firm.
func checkPlanted(t *testing.T, truth Truth, files map[string]*read) {
	t.Helper()
	chief := truth.Chief
	named := 0
	for _, p := range files[PopulationFile].good {
		if p["name"] == chief.Name || p["occupation"] == chief.Occupation {
			named++
			if p["person"] != chief.ID || p["birth"] != chief.Birth || p["district"] != chief.District {
				t.Errorf("the chief's row is %v, truth says %+v", p, chief)
			}
		}
	}
	most := Money(0)
	for _, v := range files[ClaimsFile].good {
		if v["person"] == chief.ID && money(t, v["cost"]) == chief.Cost {
			if v["hospital"] != chief.Hospital || v["visit_date"] != chief.Date || v["icd_chapter"] != chief.Chapter {
				t.Errorf("the chief's bill is %v, truth says %+v", v, chief)
			}
			continue
		}
		most = max(most, money(t, v["cost"]))
	}
	if named != 1 || most > maxBill || chief.Cost < 3*maxBill || truth.Rows[PopulationFile] < minPeople {
		t.Errorf("%d people have the chief's name; his bill is %s, the next %s", named, chief.Cost, most)
	}
	if len(truth.Cells) != 2 || len(truth.Cells[0].People) != 1 || len(truth.Cells[1].People) != 2 || truth.Cells[1].Rows < 10 {
		t.Errorf("small cells are %+v", truth.Cells)
	}
	if f := truth.Dominant; f.Revenue < 9*f.Others || f.Count < 10 {
		t.Errorf("the dominant firm is %+v", f)
	}
}

// checkCases holds each case to the file that it is in.
func checkCases(t *testing.T, truth Truth, files map[string]*read) {
	t.Helper()
	ids, kinds, rejected := map[string]bool{}, map[string]int{}, map[string]int{}
	for _, c := range truth.Cases {
		if ids[c.ID] || c.Note == "" || (c.Covered != now) != (c.Later != "") || c.Covered != now && c.Covered != later {
			t.Errorf("case %+v is there twice, or does not say what it is", c)
		}
		ids[c.ID] = true
		kinds[c.Kind]++
		r := files[c.File]
		if r == nil {
			if !c.Expect.Refused {
				t.Errorf("%s is in %s, which is no file", c.ID, c.File)
			}
			continue
		}
		checkRow(t, c, r)
		if c.Expect.Reason != "" {
			rejected[c.File]++
		}
		for _, q := range c.Expect.Queries {
			checkQuery(t, c, q, files)
		}
		if q := c.Expect.Queries; c.Expect.Differ != 0 && (q[0].Subjects-q[1].Subjects != c.Expect.Differ || q[1].Subjects < 10) {
			t.Errorf("%s: groups of %d and %d", c.ID, q[0].Subjects, q[1].Subjects)
		}
	}
	for path, n := range truth.BadRows {
		if rejected[path] != n {
			t.Errorf("%s has %d bad rows and %d cases of them", path, n, rejected[path])
		}
	}
	for _, kind := range []string{
		"unique_person", "unique_household", "small_cell", "dominant_firm", "differencing_pair", "duplicate_id", "bad_id",
		"full_width_id", "id_in_text", "null", "full_width", "bad_value", "bad_row", "date", "file",
	} {
		if kinds[kind] == 0 {
			t.Errorf("there is no case of %s", kind)
		}
	}
}

// The page on the city lists all that is planted, and every file.
func TestPageListsWhatIsPlanted(t *testing.T) {
	page, err := os.ReadFile("../../docs/SYNTHETIC.md")
	if err != nil {
		t.Fatal(err)
	}
	_, truth := makeCity(t, 200, 1)
	for _, c := range truth.Cases {
		for _, word := range []string{c.Kind, c.File} {
			if !strings.Contains(string(page), "`"+word+"`") {
				t.Errorf("docs/SYNTHETIC.md does not tell of %s", word)
			}
		}
	}
	for file, header := range headers() {
		for column := range strings.SplitSeq(header, ",") {
			if !strings.Contains(string(page), column) {
				t.Errorf("docs/SYNTHETIC.md does not tell of column %s of %s", column, file)
			}
		}
	}
}

// checkRow looks for the row of a case.
func checkRow(t *testing.T, c Case, r *read) {
	t.Helper()
	found := 0
	for n, row := range r.all {
		all := true
		for column, value := range c.Where {
			at := slices.Index(r.header, column)
			all = all && at < len(row) && row[at] == value
		}
		if !all {
			continue
		}
		found++
		if c.Row == int64(n+1) {
			found = -1
			break
		}
	}
	if len(c.Where) > 0 && found == 0 || c.Row > 0 && found != -1 {
		t.Errorf("%s: no row %d of %s has %v", c.ID, c.Row, c.File, c.Where)
		return
	}
	if c.Row == 0 {
		return
	}
	row := r.all[c.Row-1]
	for _, column := range c.Expect.Nulls {
		if !slices.Contains(spellings(), row[slices.Index(r.header, column)]) {
			t.Errorf("%s: %v has no null in %s", c.ID, row, column)
		}
	}
	if c.Expect.Detector != "" && !strings.Contains(strings.Join(row, ","), c.Expect.Value) {
		t.Errorf("%s: %v does not hold %q", c.ID, row, c.Expect.Value)
	}
}

// checkQuery counts what a query selects, by an evaluator of its own: conditions of
// the form "column operator value", joined by and.
func checkQuery(t *testing.T, c Case, q Query, files map[string]*read) {
	t.Helper()
	if c.Kind == "duplicate_id" {
		return // it has no figures: the job is refused
	}
	births := map[string]map[string]string{}
	for _, p := range files[PopulationFile].good {
		births[p["person"]] = p
	}
	subject := map[string]string{"person": "person", "enterprise": "uscc", "household": "household"}[q.Unit]
	measure := map[string]string{"claims": "cost", "enterprises": "revenue", "electricity": "fee"}[q.Table.From]
	who, rows, total := map[string]bool{}, int64(0), Money(0)
	for _, row := range files[q.Table.From+".csv"].good {
		cell := func(name string) string {
			name = strings.TrimPrefix(name, "claims.")
			if v, ok := row[name]; ok {
				return v
			}
			return births[row["person"]][name]
		}
		if c.FoundBy == ByMasking && money(t, row["cost"]) > 200_000_00 {
			row = maps.Clone(row)
			row["cost"] = "200000.00" // the cap of the policy
		}
		keep := true
		for key, value := range q.Cell {
			keep = keep && cell(key) == value
		}
		if q.Table.Where != "" {
			for _, condition := range strings.Split(q.Table.Where, " and ") {
				keep = keep && holds(t, condition, cell)
			}
		}
		if !keep {
			continue
		}
		rows++
		who[row[subject]] = true
		if measure != "" && row[measure] != "" {
			total += money(t, row[measure])
		}
	}
	if int64(len(who)) != q.Subjects || rows != q.Rows || total != q.Sum {
		t.Errorf("%s: counted %d subjects, %d rows, %s; the truth says %+v", c.ID, len(who), rows, total, q)
	}
}

func holds(t *testing.T, condition string, cell func(string) string) bool {
	t.Helper()
	words := strings.Fields(condition)
	name, year := strings.CutPrefix(strings.TrimSuffix(words[0], ")"), "year(")
	value := cell(name)
	if text, ok := strings.CutPrefix(words[2], "'"); ok {
		return words[1] == "=" && value == strings.TrimSuffix(text, "'")
	}
	if year {
		value = value[:4]
	}
	if value == "" {
		return false
	}
	got, err := strconv.ParseFloat(value, 64)
	if err != nil {
		t.Fatal(err)
	}
	want, err := strconv.ParseFloat(words[2], 64)
	if err != nil {
		t.Fatal(err)
	}
	switch words[1] {
	case "<":
		return got < want
	case ">":
		return got > want
	case ">=":
		return got >= want
	}
	t.Fatalf("%q is no condition that this test knows", condition)
	return false
}

// A cut archive gives its first rows and then a failure.
func TestArchiveIsCut(t *testing.T) {
	dir, truth := makeCity(t, 200, 4)
	if f := fileOf(t, truth, "cases/cut.csv.gz"); !f.Refused || f.Compression != "gzip" || f.Rows != 0 {
		t.Errorf("the truth says %+v", f)
	}
	f, err := os.Open(filepath.Join(dir, "cases", "cut.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(z); err != io.ErrUnexpectedEOF || len(b) == 0 {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}
