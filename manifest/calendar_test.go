package manifest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"yingbi/internal/fault"
)

// TestCalendars holds each day of some years to the label that Go gives it.
func TestCalendars(t *testing.T) {
	db := engine(t)
	draw(rand.New(rand.NewPCG(1, 1))).load(t, db)
	first, last := time.Date(2019, 12, 20, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)
	run(t, db, "DELETE FROM claims; INSERT INTO claims(visit_date, __subject_person) SELECT CAST(d AS DATE), 1 FROM range(DATE '2019-12-20', DATE '2026-01-11', INTERVAL 1 DAY) t(d)")
	for _, c := range []struct {
		call   string
		within func(time.Time) string
		n      int
	}{
		{"month_of(visit_date, '2020-02', '2025-11')", func(d time.Time) string {
			return between(d.Format("2006-01"), "2020-02", "2025-11")
		}, 70},
		{"quarter_of(visit_date, '2020-Q1', '2025-Q3')", func(d time.Time) string {
			return between(fmt.Sprintf("%d-Q%d", d.Year(), (int(d.Month())-1)/3+1), "2020-Q1", "2025-Q3")
		}, 23},
		{"week_of(visit_date, '2020-W01', '2025-W52')", func(d time.Time) string {
			y, w := d.ISOWeek()
			return between(fmt.Sprintf("%d-W%02d", y, w), "2020-W01", "2025-W52")
		}, 313}, // 2020 has 53
	} {
		table := plan(t, head+claims+"derive:\n  at: \""+c.call+"\"\ntables: {t: {from: claims, group_by: [at], measures: {n: count()}}}\n").Tables[0]
		domain := table.Keys[0].Domain
		if len(domain) != c.n || !slices.IsSorted(domain) {
			t.Errorf("%s: %d labels, want %d", c.call, len(domain), c.n)
		}
		want := map[string]int{}
		for d := first; !d.After(last); d = d.AddDate(0, 0, 1) {
			want[c.within(d)]++
		}
		got := map[string]int{}
		for _, row := range table.Cells.query(t, db) {
			var n int
			fmt.Sscan(row[1], &n)
			got[row[0]] = n
			if row[0] != "∅" && !slices.Contains(domain, row[0]) {
				t.Errorf("%s: %q is not in its list", c.call, row[0])
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", c.call, got, want)
		}
	}
}

func between(label, first, last string) string {
	if label < first || label > last {
		return "∅"
	}
	return label
}

func TestCalendarsRefused(t *testing.T) {
	for call, want := range map[string]string{
		"month_of(visit_date)":                          "want month_of(date, '2024-01', '2024-12')",
		"month_of(visit_date, '2024-1', '2024-12')":     "want a bound such as '2024-01', found '2024-1'",
		"month_of(visit_date, '2024-13', '2024-12')":    "want a bound such as",
		"month_of(visit_date, '2024-01', '2024-01-31')": "want a bound such as",
		"month_of(visit_date, '0024-01', '2024-12')":    "want a bound such as",
		"month_of(visit_date, '2024-02', '2024-01')":    "the last not before the first",
		"month_of(visit_date, '1900-01', '2024-01')":    "at most 400 periods",
		"month_of(visit_date, 2024, 2025)":              "want a bound such as",
		"month_of(cost, '2024-01', '2024-12')":          "want a date",
		"quarter_of(visit_date, '2024-Q0', '2024-Q4')":  "want a bound such as '2024-Q1'",
		"quarter_of(visit_date, '2024-Q1', '2024-Q5')":  "want a bound such as",
		"quarter_of(visit_date, '2024-01', '2024-12')":  "want a bound such as",
		"week_of(visit_date, '2024-W01', '2024-W53')":   "want a bound such as '2024-W01', found '2024-W53'",
		"week_of(visit_date, '2024-W1', '2024-W02')":    "want a bound such as",
		"week_of(visit_date, '2024-W00', '2024-W02')":   "want a bound such as",
	} {
		_, err := check(t, head+claims+"derive:\n  at: \""+call+"\"\ntables: {t: {from: claims, group_by: [at], measures: {n: count()}}}\n")
		expect(t, call, err, want, fault.Invalid)
	}
	_, err := check(t, head+claims+"tables: {t: {from: claims, where: \"month_of(visit_date, '2024-01', '2024-12') = '2024-02'\", measures: {n: count()}}}\n")
	if err != nil {
		t.Errorf("a month as a filter: %v", err)
	}
	s := city(t)
	c := s["claims"].Columns["visit_date"]
	c.Uses = UseGroup
	s["claims"].Columns["visit_date"] = c
	m, err := Parse("job.yaml", []byte(head+claims+"derive:\n  at: \"month_of(visit_date, '2024-01', '2024-12')\"\ntables: {t: {from: claims, group_by: [at], measures: {n: count()}}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = m.Check(only(m, s)); err == nil || !strings.Contains(err.Error(), "used here to derive") {
		t.Errorf("a date that may only be grouped by: %v", err)
	}
}
