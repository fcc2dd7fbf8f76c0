package synth

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Money is an amount in fen. As text it is yuan with two decimals: "486920.37".
type Money int64

func (m Money) String() string { return fmt.Sprintf("%d.%02d", m/100, m%100) }

// MarshalText writes what String gives.
func (m Money) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads an amount that is not negative, with exactly two decimals.
func (m *Money) UnmarshalText(b []byte) error {
	yuan, fen, ok := strings.Cut(string(b), ".")
	n, err := strconv.ParseUint(yuan+fen, 10, 63)
	if !ok || err != nil || len(fen) != 2 || Money(n).String() != string(b) {
		return fmt.Errorf("synth: %q is not an amount such as 12.30", b)
	}
	*m = Money(n)
	return nil
}

// Truth is what is in the files: planted values, and totals of the good rows.
type Truth struct {
	People    int             `json:"people"`
	Seed      uint64          `json:"seed"`
	Chief     Chief           `json:"chief"`
	Cells     []Cell          `json:"small_cells"`
	Dominant  Firm            `json:"dominant_firm"`
	Rows      map[string]int  `json:"rows"`     // good rows by file, without the header
	BadRows   map[string]int  `json:"bad_rows"` // rows to quarantine by file
	Districts []DistrictTotal `json:"districts"`
}

// Chief is the person whose bill must not come out. His claim is the only one of
// its chapter in the district by anyone of 80 and more.
type Chief struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Occupation string `json:"occupation"`
	Birth      string `json:"birth"`
	District   string `json:"district"`
	Hospital   string `json:"hospital"`
	Chapter    string `json:"icd_chapter"`
	Date       string `json:"visit_date"`
	Cost       Money  `json:"cost"`
}

// Cell is a district and chapter of claims with very few people.
type Cell struct {
	District string   `json:"district"`
	Chapter  string   `json:"icd_chapter"`
	People   []string `json:"people"`
	Rows     int      `json:"rows"`
	Cost     Money    `json:"cost"`
}

// Firm has almost all the revenue of its industry in its district. Others is the
// sum of the remaining firms there, Count how many they are.
type Firm struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	District string `json:"district"`
	Industry string `json:"industry"`
	Revenue  Money  `json:"revenue"`
	Others   Money  `json:"others_revenue"`
	Count    int    `json:"others"`
}

// DistrictTotal counts good rows. People by where they live; patients (distinct),
// claims and cost by where the hospital is.
type DistrictTotal struct {
	Code        string `json:"code"`
	Name        string `json:"name"`
	People      int    `json:"people"`
	Patients    int    `json:"patients"`
	Claims      int    `json:"claims"`
	Cost        Money  `json:"cost"`
	Enterprises int    `json:"enterprises"`
	Revenue     Money  `json:"revenue"`
}

func newTruth(c Config) Truth {
	t := Truth{People: c.People, Seed: c.Seed, Rows: map[string]int{}, BadRows: map[string]int{}}
	for _, d := range districts() {
		t.Districts = append(t.Districts, DistrictTotal{Code: d.code, Name: d.name})
	}
	return t
}

func (t *Truth) addPerson(p *person, visits []claim) {
	t.Rows[PopulationFile]++
	t.Rows[ClaimsFile] += len(visits)
	t.Districts[p.district].People++
	seen := map[int]bool{}
	for _, v := range visits {
		d := &t.Districts[v.district]
		d.Claims++
		d.Cost += v.cost
		if !seen[v.district] {
			seen[v.district] = true
			d.Patients++
		}
	}
}

// addPlanted records what hangs on p.
func (t *Truth) addPlanted(plan plant, p *person, visits []claim) {
	if plan.chief {
		v := visits[0]
		t.Chief = Chief{p.id, p.name, p.occupation, p.birth(), v.code, v.hospital, v.chapter, v.date, v.cost}
		return
	}
	last := len(t.Cells) - 1
	if last < 0 || t.Cells[last].District != plan.district {
		t.Cells = append(t.Cells, Cell{District: plan.district, Chapter: plan.chapter})
		last++
	}
	cell := &t.Cells[last]
	cell.People = append(cell.People, p.id)
	cell.Rows += len(visits)
	for _, v := range visits {
		cell.Cost += v.cost
	}
}

func (t *Truth) addEnterprise(n int, e enterprise) {
	t.Rows[EnterprisesFile]++
	for i := range t.Districts {
		if t.Districts[i].Code == e.district {
			t.Districts[i].Enterprises++
			t.Districts[i].Revenue += e.revenue
		}
	}
	switch f := &t.Dominant; {
	case n == dominantFirm:
		f.Code, f.Name, f.District, f.Industry, f.Revenue = e.code, e.name, e.district, e.industry, e.revenue
	case e.district == dominantDistrict && e.industry == dominantIndustry:
		f.Count++
		f.Others += e.revenue
	}
}

func (t *Truth) json() ([]byte, error) {
	b, err := json.MarshalIndent(t, "", "  ")
	return append(b, '\n'), err
}
