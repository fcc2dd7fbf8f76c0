package synth

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"yingbi/internal/fault"
	"yingbi/internal/idnum"
)

func makeCity(t *testing.T, people int, seed uint64) (dir string, truth Truth) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "city")
	truth, err := Write(context.Background(), Config{People: people, Seed: seed, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return dir, truth
}

func readFile(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// readRows splits a file into good rows, by column name, and a count of bad ones. It
// judges by itself, from the form of the values alone.
func readRows(t *testing.T, dir, name string) (good []map[string]string, bad int) {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(readFile(t, dir, name), []byte("\ufeff"))))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		if cells, ok := goodRow(rows[0], row); ok {
			good = append(good, cells)
		} else {
			bad++
		}
	}
	return good, bad
}

func goodRow(header, row []string) (map[string]string, bool) {
	if len(row) != len(header) {
		return nil, false
	}
	cells := map[string]string{}
	for i, column := range header {
		cells[column] = row[i]
		var err error
		switch column {
		case "person", "uscc":
			if row[i] == "" {
				return nil, false
			}
		case "birth", "visit_date":
			_, err = time.Parse(time.DateOnly, row[i])
		case "cost", "revenue", "tax":
			err = new(Money).UnmarshalText([]byte(row[i]))
		}
		if err != nil {
			return nil, false
		}
	}
	return cells, true
}

func money(t *testing.T, s string) Money {
	t.Helper()
	var m Money
	if err := m.UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSameSeedSameBytes(t *testing.T) {
	a, truthA := makeCity(t, 500, 7)
	b, truthB := makeCity(t, 500, 7)
	other, _ := makeCity(t, 500, 8)
	for _, name := range []string{PopulationFile, ClaimsFile, EnterprisesFile, TruthFile} {
		if !bytes.Equal(readFile(t, a, name), readFile(t, b, name)) {
			t.Errorf("%s differs between two runs", name)
		}
		if bytes.Equal(readFile(t, a, name), readFile(t, other, name)) {
			t.Errorf("%s is the same for another seed", name)
		}
	}
	if !reflect.DeepEqual(truthA, truthB) {
		t.Error("the truths differ")
	}
}

// A row depends on the seed and its number alone.
func TestSmallerCityIsTheBeginning(t *testing.T) {
	small, _ := makeCity(t, 300, 7)
	large, _ := makeCity(t, 12_000, 7)
	for _, name := range []string{PopulationFile, ClaimsFile, EnterprisesFile} {
		if !bytes.HasPrefix(readFile(t, large, name), readFile(t, small, name)) {
			t.Errorf("%s of 300 people does not begin that of 12,000", name)
		}
	}
}

func TestTruthFileHoldsTheTruth(t *testing.T) {
	dir, truth := makeCity(t, 200, 1)
	var back Truth
	if err := json.Unmarshal(readFile(t, dir, TruthFile), &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back, truth) {
		t.Errorf("truth.json holds %+v, want %+v", back, truth)
	}
}

func TestNumbersAreValidAndUnique(t *testing.T) {
	dir, _ := makeCity(t, 12_000, 3)
	people, _ := readRows(t, dir, PopulationFile)
	firms, _ := readRows(t, dir, EnterprisesFile)
	ids, codes := map[string]bool{}, map[string]bool{}
	for _, f := range firms {
		code := f["uscc"]
		if !idnum.CreditCode(code) || !idnum.InSyntheticZone(code) || codes[code] || code[2:8] != f["district"] {
			t.Errorf("enterprise %q is wrong or there twice", code)
		}
		codes[code] = true
	}
	for _, p := range people {
		id := p["person"]
		male := (id[16]-'0')%2 == 1
		if !idnum.ResidentID(id) || ids[id] || strings.ReplaceAll(p["birth"], "-", "") != id[6:14] || male != (p["sex"] == "男") {
			t.Errorf("person %q is wrong or there twice", id)
		}
		if p["employer"] != "" && !codes[p["employer"]] {
			t.Errorf("person %q has an employer that is not there", id)
		}
		ids[id] = true
	}
	claims, _ := readRows(t, dir, ClaimsFile)
	numbers := map[string]bool{}
	for _, v := range claims {
		if !ids[v["person"]] || numbers[v["claim"]] || !strings.HasPrefix(v["visit_date"], "2024-") {
			t.Errorf("claim %q is wrong or there twice", v["claim"])
		}
		numbers[v["claim"]] = true
	}
	if perPerson := float64(len(claims)) / float64(len(people)); perPerson < 5 || perPerson > 7 {
		t.Errorf("%.1f claims a person", perPerson)
	}
}

// Resident numbers stay unique up to the largest city: by construction, which is
// checked on people who share a slot.
func TestLargestCityHasUniqueNumbers(t *testing.T) {
	c, err := newCity(5, maxPeople)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i := 42; i < maxPeople; i += slots {
		p, err := c.person(i)
		if err != nil {
			t.Fatal(err)
		}
		day := p.id[9:14] // last digit of the year, month, day: what keeps a slot apart
		if seen[day] {
			t.Fatalf("person %d has the number of another", i)
		}
		seen[day] = true
	}
}

func TestTruthMatchesARecount(t *testing.T) {
	sizes := []int{3000}
	for range 20 { // the planted rows must hold for any seed
		sizes = append(sizes, minPeople)
	}
	for seed, people := range sizes {
		dir, truth := makeCity(t, people, uint64(seed))
		population, badPopulation := readRows(t, dir, PopulationFile)
		claims, badClaims := readRows(t, dir, ClaimsFile)
		firms, badFirms := readRows(t, dir, EnterprisesFile)
		rows := map[string]int{PopulationFile: len(population), ClaimsFile: len(claims), EnterprisesFile: len(firms)}
		bad := map[string]int{PopulationFile: badPopulation, ClaimsFile: badClaims, EnterprisesFile: badFirms}
		if !maps.Equal(rows, truth.Rows) || !maps.Equal(bad, truth.BadRows) {
			t.Errorf("%v good and %v bad, truth says %v and %v", rows, bad, truth.Rows, truth.BadRows)
		}
		totals := map[string]*DistrictTotal{}
		for _, d := range districts() {
			totals[d.code] = &DistrictTotal{Code: d.code, Name: d.name}
		}
		for _, p := range population {
			totals[p["district"]].People++
		}
		patients := map[string]bool{}
		for _, v := range claims {
			d := totals[v["district"]]
			d.Claims++
			d.Cost += money(t, v["cost"])
			if key := v["district"] + v["person"]; !patients[key] {
				patients[key] = true
				d.Patients++
			}
		}
		for _, f := range firms {
			totals[f["district"]].Enterprises++
			totals[f["district"]].Revenue += money(t, f["revenue"])
		}
		for _, d := range truth.Districts {
			if *totals[d.Code] != d {
				t.Errorf("seed %d: counted %+v, truth says %+v", seed, *totals[d.Code], d)
			}
		}
		checkPlanted(t, truth, population, claims, firms)
	}
}

func checkPlanted(t *testing.T, truth Truth, population, claims, firms []map[string]string) {
	t.Helper()
	people := map[string]map[string]string{}
	named := 0
	for _, p := range population {
		people[p["person"]] = p
		if p["name"] == truth.Chief.Name || p["occupation"] == truth.Chief.Occupation {
			named++
		}
	}
	chief := people[truth.Chief.ID]
	if named != 1 || chief["name"] != truth.Chief.Name || chief["birth"] != truth.Chief.Birth || chief["district"] != truth.Chief.District {
		t.Errorf("%d people have the chief's name or occupation; his row is %v", named, chief)
	}
	var bills []map[string]string
	for _, v := range claims {
		old := people[v["person"]]["birth"] < "1945"
		here := v["district"] == truth.Chief.District || people[v["person"]]["district"] == truth.Chief.District
		if old && here && v["icd_chapter"] == truth.Chief.Chapter {
			bills = append(bills, v)
		} else if money(t, v["cost"]) > maxBill {
			t.Errorf("claim %s is above what others pay", v["claim"])
		}
	}
	if len(bills) != 1 || bills[0]["person"] != truth.Chief.ID || money(t, bills[0]["cost"]) != truth.Chief.Cost ||
		bills[0]["hospital"] != truth.Chief.Hospital || bills[0]["visit_date"] != truth.Chief.Date || truth.Chief.Cost < 3*maxBill {
		t.Errorf("the chief's cell holds %v, truth says %+v", bills, truth.Chief)
	}
	if len(truth.Cells) != 2 || len(truth.Cells[0].People) != 1 || len(truth.Cells[1].People) != 2 || truth.Cells[1].Rows < 10 {
		t.Errorf("small cells are %+v", truth.Cells)
	}
	for _, cell := range truth.Cells {
		var got Cell
		for _, v := range claims {
			if v["icd_chapter"] != cell.Chapter || (v["district"] != cell.District && people[v["person"]]["district"] != cell.District) {
				continue
			}
			got.Rows++
			got.Cost += money(t, v["cost"])
			if !slices.Contains(got.People, v["person"]) {
				got.People = append(got.People, v["person"])
			}
		}
		if got.Rows != cell.Rows || got.Cost != cell.Cost || !slices.Equal(got.People, cell.People) {
			t.Errorf("the cell %s %s holds %+v, truth says %+v", cell.District, cell.Chapter, got, cell)
		}
	}
	checkDominant(t, truth.Dominant, firms)
}

func checkDominant(t *testing.T, want Firm, firms []map[string]string) {
	t.Helper()
	var got Firm
	for _, f := range firms {
		if f["district"] != want.District || f["industry"] != want.Industry {
			continue
		}
		if f["uscc"] == want.Code {
			got = Firm{f["uscc"], f["name"], f["district"], f["industry"], money(t, f["revenue"]), got.Others, got.Count}
			continue
		}
		got.Count++
		got.Others += money(t, f["revenue"])
	}
	if got != want || got.Revenue < 9*got.Others || got.Count < 10 {
		t.Errorf("the dominant firm is %+v, truth says %+v", got, want)
	}
}

func TestBadRowsHaveTheirReasons(t *testing.T) {
	_, truth := makeCity(t, minPeople, 2)
	if want := map[string]int{PopulationFile: 3, ClaimsFile: 7, EnterprisesFile: 3}; !maps.Equal(truth.BadRows, want) {
		t.Errorf("bad rows %v, want %v", truth.BadRows, want)
	}
}

func TestDialects(t *testing.T) {
	dir, _ := makeCity(t, 200, 2)
	firms := readFile(t, dir, EnterprisesFile)
	if !bytes.HasPrefix(firms, []byte("\ufeffuscc,")) || bytes.Count(firms, []byte("\r\n")) != bytes.Count(firms, []byte("\n")) || !bytes.Contains(firms, []byte(`"Yunxi`)) {
		t.Error("enterprises.csv is not as Excel writes it")
	}
	if b := readFile(t, dir, ClaimsFile); !bytes.HasPrefix(b, []byte("claim,")) || bytes.Contains(b, []byte("\r")) {
		t.Error("claims.csv is not plain UTF-8 with LF")
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []Config{{People: minPeople - 1, Dir: "x"}, {People: -1, Dir: "x"}, {People: maxPeople + 1, Dir: "x"}, {People: 1000}} {
		if _, err := Write(context.Background(), c); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v gave %v", c, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Write(ctx, Config{Dir: t.TempDir()}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context gave %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(context.Background(), Config{Dir: file}); err == nil {
		t.Error("a file passed for a folder")
	}
}

func TestMoneyText(t *testing.T) {
	for text, want := range map[string]Money{"0.00": 0, "0.05": 5, "12.30": 1230, "88000000000.00": dominantRevenue} {
		var m Money
		if err := m.UnmarshalText([]byte(text)); err != nil || m != want || m.String() != text {
			t.Errorf("%q was read as %d, %v", text, m, err)
		}
	}
	for _, bad := range []string{"", ".", "1", "1.", "1.0", "1.000", ".05", "00.05", "-1.00", "+1.00", "1.0a", "99999999999999999999.00"} {
		var m Money
		if err := m.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q was read as %d", bad, m)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		if _, err := Write(context.Background(), Config{Dir: dir}); err != nil {
			b.Fatal(err)
		}
	}
}
