//go:build linux && cgo

package domain

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/width"

	"yingbi/release"
)

// scoreOf walks the tree of examples/guests/risk by hand.
func scoreOf(visits, yuan, largest, circulatory, chapters int64) int64 {
	switch {
	case yuan <= 12000 && visits <= 6 && circulatory <= 0:
		return 5
	case yuan <= 12000 && visits <= 6:
		return 18
	case yuan <= 12000 && chapters <= 4:
		return 24
	case yuan <= 12000:
		return 38
	case largest <= 20000 && circulatory <= 1:
		return 45
	case largest <= 20000:
		return 62
	case circulatory <= 2:
		return 78
	}
	return 93
}

func classOf(score int64) string {
	switch {
	case score < 40:
		return "低"
	case score < 70:
		return "中"
	}
	return "高"
}

// plain writes an identifier as the registry does: some are written in full width,
// with blanks, or with a small x.
func plain(id string) string { return strings.ToUpper(strings.TrimSpace(width.Narrow.String(id))) }

// homes reads who lives where from the raw file.
func homes(t *testing.T) map[string]string {
	t.Helper()
	f, err := os.Open(dataFile("population"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := csv.NewReader(f)
	in.FieldsPerRecord = -1
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[strings.TrimPrefix(name, "\ufeff")] = i
	}
	out := map[string]string{}
	for _, r := range rows[1:] {
		if len(r) == len(rows[0]) {
			out[plain(r[at["person"]])] = r[at["district"]]
		}
	}
	return out
}

type stratum struct{ people, score int64 }

// stratify scores everybody from the raw rows.
func stratify(t *testing.T) map[[2]string]*stratum {
	t.Helper()
	type bills struct {
		visits, fen, largest, circulatory int64
		chapters                          map[string]bool
	}
	of := map[string]*bills{}
	for _, c := range readClaims(t) {
		b := of[plain(c.person)]
		if b == nil {
			b = &bills{chapters: map[string]bool{}}
			of[plain(c.person)] = b
		}
		yuan := min(c.fen, 200_000_00) / 100
		b.visits++
		b.fen += yuan
		b.largest = max(b.largest, yuan)
		if c.chapter == "IX" {
			b.circulatory++
		}
		b.chapters[c.chapter] = true
	}
	out := map[[2]string]*stratum{}
	for person, district := range homes(t) {
		b := of[person]
		if b == nil {
			continue // nobody without a bill has a record
		}
		score := scoreOf(b.visits, b.fen, b.largest, b.circulatory, int64(len(b.chapters)))
		key := [2]string{district, classOf(score)}
		if out[key] == nil {
			out[key] = &stratum{}
		}
		out[key].people++
		out[key].score += score
	}
	return out
}

// TestMappedJob has a trained tree score each person by themselves, and compares the
// tables of its records with a recount of the raw rows.
func TestMappedJob(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.held("risk", guest(t, "risk"))
	r := f.review(id)
	if r.Job.Class != "mapped" || tableNames(r.Tables) != "by_district" || len(r.Report.Mappings) != 1 {
		t.Fatalf("%s: %s, %+v", r.Job.Class, tableNames(r.Tables), r.Report.Mappings)
	}
	if m := r.Report.Mappings[0]; m.Unit != "person" || m.Failed != 0 || m.Subjects < cityPeople/2 {
		t.Errorf("%+v", m)
	}
	want := stratify(t)
	compared := 0
	for _, row := range r.Tables[0].Rows { // district, class, people, score
		if row[2].Suppressed || row[3].Suppressed {
			continue
		}
		s := want[[2]string{row[0].Text, row[1].Text}]
		if s == nil {
			t.Errorf("nobody is in the cell %s, %s", row[0].Text, row[1].Text)
			continue
		}
		score, err := strconv.ParseFloat(row[3].Text, 64)
		if err != nil || row[2].Text != strconv.FormatInt(toFive(s.people), 10) ||
			math.Abs(score/(float64(s.score)/float64(s.people))-1) > 0.02 {
			t.Errorf("%s, %s: %s people with score %s; %d people have %d together", row[0].Text, row[1].Text, row[2].Text, row[3].Text, s.people, s.score)
		}
		compared++
	}
	if compared < 6 {
		t.Errorf("%d cells were compared; the test looks at little", compared)
	}
	cert, err := release.VerifyFiles(f.released(id), domainName, f.Info.Public)
	if err != nil || cert.Module == nil || cert.Class != release.Mapped {
		t.Errorf("%+v, %v", cert, err)
	}
}
