package synth

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Truth is what is in the files: totals of the good rows, and what was planted with
// what has to become of it.
type Truth struct {
	People    int             `json:"people"`
	Seed      uint64          `json:"seed"`
	Chief     Chief           `json:"chief"`
	Cells     []Cell          `json:"small_cells"`
	Dominant  Firm            `json:"dominant_firm"`
	Rows      map[string]int  `json:"rows"`     // good rows by file, without the header
	BadRows   map[string]int  `json:"bad_rows"` // rows to quarantine by file
	Districts []DistrictTotal `json:"districts"`
	Files     []File          `json:"files"`
	Cases     []Case          `json:"cases"`
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

// DistrictTotal counts good rows. People and households by where they live; patients
// (distinct), claims and cost by where the hospital is.
type DistrictTotal struct {
	Code        string `json:"code"`
	Name        string `json:"name"`
	People      int    `json:"people"`
	Patients    int    `json:"patients"`
	Claims      int    `json:"claims"`
	Cost        Money  `json:"cost"`
	Households  int    `json:"households"`
	Electricity Money  `json:"electricity_fee"`
	Enterprises int    `json:"enterprises"`
	Revenue     Money  `json:"revenue"`
}

// File says how a file is written and what an import of it must count. A file that
// must be refused has no counts.
type File struct {
	Path        string           `json:"path"`    // below the folder of truth.json, with slashes
	Dataset     string           `json:"dataset"` // whose description in examples/city fits it
	Encoding    string           `json:"encoding"`
	Compression string           `json:"compression,omitempty"`
	Refused     bool             `json:"refused,omitempty"`
	Rows        int64            `json:"rows"` // kept
	Quarantined []Quarantined    `json:"quarantined"`
	Nulls       map[string]int64 `json:"nulls"`    // by column, among the rows kept
	Subjects    map[string]int64 `json:"subjects"` // distinct by kind, among the rows kept
}

// Quarantined counts rows by why they are not kept. Column is empty for a whole row.
type Quarantined struct {
	Column string `json:"column"`
	Reason string `json:"reason"`
	Rows   int64  `json:"rows"`
}

func newFile(path, dataset string) File {
	return File{
		Path: path, Dataset: dataset, Encoding: "utf-8",
		Quarantined: []Quarantined{}, Nulls: map[string]int64{}, Subjects: map[string]int64{},
	}
}

// reject counts a row that must be quarantined.
func (f *File) reject(column, reason string) {
	for i, q := range f.Quarantined {
		if q.Column == column && q.Reason == reason {
			f.Quarantined[i].Rows++
			return
		}
	}
	f.Quarantined = append(f.Quarantined, Quarantined{column, reason, 1})
}

// bad is how many rows must be quarantined.
func (f *File) bad() int {
	n := int64(0)
	for _, q := range f.Quarantined {
		n += q.Rows
	}
	return int(n)
}

// ReadTruth reads truth.json of a city that Write made in the folder.
func ReadTruth(dir string) (Truth, error) {
	var t Truth
	b, err := os.ReadFile(filepath.Join(dir, TruthFile))
	if err != nil {
		return t, err
	}
	if err := json.Unmarshal(b, &t); err != nil {
		return t, fmt.Errorf("synth: %s is not the truth of a city: %v", TruthFile, err)
	}
	return t, nil
}

func (t *Truth) json() ([]byte, error) {
	b, err := json.MarshalIndent(t, "", "  ")
	return append(b, '\n'), err
}
