package view

import (
	"slices"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
)

// A rule that follows the subjects of rows is given them though nobody is granted
// their column: all dates of one person move alike.
func TestDatesMoveWithTheirSubject(t *testing.T) {
	const n = 1000
	h := newHome(t, 600, n-600)
	req := h.request(t)
	req.Policy = policy(t, "id: p\nname: p\nversion: 1\ndataset: claims\ncolumns:\n  born: {rule: shift, days: 30, subject: person}\n  insured: keep\n")
	req.Grant = []string{"born", "insured"}
	header, rows := read(t, parquet(t, open(t, req)))
	if want := []string{"born", "insured", "__subject_person", "__subject_enterprise"}; !slices.Equal(header, want) {
		t.Fatalf("columns %v, want %v", header, want)
	}
	days := func(all map[string][]int, person, date string) {
		if date == array.NullValueStr {
			return
		}
		day, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		all[person] = append(all[person], int(day.Unix()/86400))
	}
	raw, moved := map[string][]int{}, map[string][]int{}
	for i := range n {
		row := rawRow(i)
		days(raw, row[9], row[4])
		days(moved, rows[i][2], rows[i][0])
	}
	offsets := map[int]bool{}
	for person, before := range raw {
		after := moved[person]
		slices.Sort(before)
		slices.Sort(after)
		if len(after) != len(before) {
			t.Fatalf("person %s has %d dates, and had %d", person, len(after), len(before))
		}
		by := after[0] - before[0]
		offsets[by] = true
		for i := range after {
			if after[i]-before[i] != by || by == 0 || by < -30 || by > 30 {
				t.Fatalf("person %s: date %d moves by %d, the first by %d", person, i, after[i]-before[i], by)
			}
		}
	}
	if len(raw) < 30 || len(offsets) < 15 {
		t.Errorf("%d people move by %d different offsets", len(raw), len(offsets))
	}
}
