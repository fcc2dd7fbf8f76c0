//go:build linux && cgo

package domain

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yingbi/egress"
	"yingbi/internal/fault"
	"yingbi/job"
)

// census is a job that counts the people of the city for whom conditions hold, one
// table for each.
func census(scenario string, conditions ...string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "name: 人口\nscenario: %s\nquestion: 人数\ninputs:\n  population: {dataset: population, columns: [birth]}\ntables:\n", scenario)
	for i, c := range conditions {
		where := ""
		if c != "" {
			where = ", where: \"" + c + "\""
		}
		fmt.Fprintf(&b, "  t%d: {from: population%s, measures: {people: subjects()}}\n", i, where)
	}
	return []byte(b.String())
}

// youngest gives a month since which at least one person of the city was born, and
// fewer than ten.
func youngest(t *testing.T) (month string, n int) {
	t.Helper()
	rows := csvRows(t, dataFile("population"))
	at := slices.Index(rows[0], "birth")
	var months []string
	for _, r := range rows[1:] {
		if len(r[at]) == len("2000-01-01") {
			months = append(months, r[at][:7])
		}
	}
	slices.Sort(months)
	for n = 9; months[len(months)-n] == months[len(months)-n-1]; n-- {
	}
	return months[len(months)-n], n
}

// others lets another operator work, under an agreement and a scenario of its own.
func (f *fixture) others() {
	f.t.Helper()
	chen := f.as("chen")
	agreement := bytes.Replace(bytes.Replace(document("agreement.yaml"), []byte("agr-1"), []byte("agr-2"), 1), []byte("云健数据"), []byte("另一家公司"), 1)
	if _, err := chen.SignAgreement(f.t.Context(), "agreement.yaml", agreement); err != nil {
		f.t.Fatal(err)
	}
	scenario := bytes.Replace(bytes.Replace(document("scenario.yaml"), []byte("id: chronic"), []byte("id: other"), 1), []byte("agr-1"), []byte("agr-2"), 1)
	if _, err := chen.ApproveScenario(f.t.Context(), "scenario.yaml", scenario); err != nil {
		f.t.Fatal(err)
	}
}

// runAs submits and runs a job.
func (f *fixture) runAs(who string, manifest []byte) string {
	f.t.Helper()
	s := f.as(who)
	j, err := s.Jobs().Submit(f.t.Context(), s.Actor, job.Package{File: "job.yaml", Manifest: manifest})
	if err == nil {
		_, err = s.Jobs().Run(f.t.Context(), s.Actor, j.ID)
	}
	if err != nil {
		f.t.Fatal(err)
	}
	if r := f.review(j.ID); r.Failure != nil {
		f.t.Fatalf("%+v", r.Failure)
	}
	return j.ID
}

// TestReleasesThatDifferByAFew: whoever asks again, without a few people, is refused,
// and the reviewer is shown the release that they would be subtracted from.
func TestReleasesThatDifferByAFew(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.others()
	month, n := youngest(t)
	first := f.runText(census("chronic", ""), nil)
	f.released(first)
	for who, scenario := range map[string]string{"wang": "chronic", "feng": "other"} {
		id := f.runAs(who, census(scenario, "birth < '"+month+"-01'"))
		r := f.review(id).Report
		if r.Tables[0].Verdict != egress.Refuse || r.Tables[0].Failing[egress.RuleDifferencing] != 1 || len(r.History.Pairs) != 1 {
			t.Fatalf("%s: %+v, %+v", who, r.Tables[0], r.History)
		}
		p := r.History.Pairs[0]
		if p.Other.Release != first || p.Difference != n || p.Kind != "person" || p.Cell.Table != "t0" || r.History.Releases != 1 {
			t.Errorf("%s: %+v, want a difference of %d", who, p, n)
		}
		if strings.Contains(strings.Join(r.NotChecked, "\n"), "cross-release") {
			t.Errorf("%q", r.NotChecked)
		}
	}
	again := f.runAs("feng", census("other", ""))
	r := f.review(again).Report
	if r.Published("t0") == nil || len(r.History.Nearest) != 1 || r.History.Nearest[0].Difference != 0 {
		t.Errorf("the same table again: %+v", r.History)
	}
	if err := f.replay("shen", first); err != nil {
		t.Error(err)
	}
}

// TestTablesOfAJobThatDifferByAFew: of two such tables one is left.
func TestTablesOfAJobThatDifferByAFew(t *testing.T) {
	t.Parallel()
	f := open(t)
	month, _ := youngest(t)
	r := f.review(f.runText(census("chronic", "", "birth < '"+month+"-01'"), nil)).Report
	if r.Published("t0") == nil || r.Published("t1") != nil || r.History.Pairs[0].Other.Release != "" {
		t.Errorf("%+v", r.History)
	}
}

// TestThreeReleasesTogether: all people, without the old, without the young, leave a few
// of whom no two releases tell.
func TestThreeReleasesTogether(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.others()
	month, n := youngest(t)
	old := f.runText(census("chronic", "birth < '1960-01-01'"), nil)
	f.released(old)
	rest := f.runAs("feng", census("other", "birth >= '1960-01-01' and birth < '"+month+"-01'"))
	if f.review(rest).Report.Published("t0") == nil {
		t.Fatalf("%+v", f.review(rest).Report.History)
	}
	f.publish(rest)
	id := f.runText(census("chronic", ""), nil)
	f.replays(old)
	r := f.review(id).Report
	if r.Published("t0") != nil || len(r.History.Pairs) != 0 || len(r.History.Combinations) != 1 {
		t.Fatalf("%+v", r.History)
	}
	c := r.History.Combinations[0]
	if c.Subjects != n || len(c.Terms) != 3 || c.Terms[0].Release != "" || c.Terms[1].Release != old || c.Terms[2].Release != rest {
		t.Errorf("%+v, want %d subjects", c, n)
	}
}

// replays holds that a release comes out as it was, whatever was released since.
func (f *fixture) replays(id string) {
	f.t.Helper()
	if err := f.replay("shen", id); err != nil {
		f.t.Error(err)
	}
}

// publish takes a held job of another operator to its release.
func (f *fixture) publish(id string) {
	f.t.Helper()
	f.approved(id)
	zhao := f.as("zhao")
	if _, err := zhao.Jobs().Release(f.t.Context(), zhao.Actor, id); err != nil {
		f.t.Fatal(err)
	}
}

// TestOneBillChanged: a new version of the data in which one bill is another tells that
// bill, in the district where it is and nowhere else.
func TestOneBillChanged(t *testing.T) {
	t.Parallel()
	f := open(t)
	first := f.held("by_district", nil)
	f.released(first)
	rows := csvRows(t, dataFile("claims"))
	chapter, cost, district := slices.Index(rows[0], "icd_chapter"), slices.Index(rows[0], "cost"), slices.Index(rows[0], "district")
	published := f.review(first).Report.Published("by_district").Rows
	at := slices.IndexFunc(rows, func(r []string) bool {
		return r[chapter] == "IX" && len(r[cost]) < 8 && slices.ContainsFunc(published, func(p []egress.Value) bool {
			return p[0].Text == r[district] && p[1].Mark == ""
		})
	})
	rows[at][cost] = "9" + rows[at][cost]
	path := filepath.Join(t.TempDir(), "claims.csv")
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := importFile(t.Context(), f.as("li"), "claims", path); err != nil {
		t.Fatal(err)
	}
	r := f.review(f.held("by_district", nil)).Report
	if len(r.History.Pairs) != 1 || r.Tables[0].Failing[egress.RuleDifferencing] != 1 {
		t.Fatalf("%+v", r.History)
	}
	p := r.History.Pairs[0]
	if p.Difference != 1 || p.Cell.Figure != "cost" || p.Cell.Keys[0] != rows[at][district] || !slices.Equal(p.Cell.Keys, p.Other.Keys) {
		t.Errorf("%+v, want district %s", p, rows[at][district])
	}
	f.replays(first)
}

// TestReleasedMeanwhile: what was released between a job's run and its release is looked
// at, and stops it; the job can be rejected then.
func TestReleasedMeanwhile(t *testing.T) {
	t.Parallel()
	f := open(t)
	month, _ := youngest(t)
	a, b, other := f.runText(census("chronic", ""), nil), f.runText(census("chronic", "birth < '"+month+"-01'"), nil), f.held("by_district", nil)
	zhao := f.as("zhao")
	for _, id := range []string{a, b, other} {
		if f.review(id).Report.Tables[0].Published == nil {
			t.Fatalf("%+v", f.review(id).Report)
		}
		f.approved(id)
	}
	if _, err := zhao.Jobs().Release(t.Context(), zhao.Actor, a); err != nil {
		t.Fatal(err)
	}
	_, err := zhao.Jobs().Release(t.Context(), zhao.Actor, b)
	wantKind(t, err, fault.Conflict, a, "disclosure_risk")
	if s := f.state(b); s != job.Approved {
		t.Errorf("the job is %s", s)
	}
	if _, err := zhao.Jobs().Release(t.Context(), zhao.Actor, other); err != nil {
		t.Errorf("another release is stopped: %v", err)
	}
	f.close()
	if r := f.reopen(); !r.Empty() {
		t.Errorf("%+v", r)
	}
	zhao = f.as("zhao")
	if _, err := zhao.Reject(t.Context(), b, "poor_quality"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("an approval was taken back for another reason: %v", err)
	}
	if _, err := zhao.Reject(t.Context(), b, "disclosure_risk"); err != nil {
		t.Error(err)
	}
	if r := f.review(f.runText(census("chronic", "birth < '"+month+"-01'"), nil)).Report; r.Published("t0") != nil {
		t.Errorf("%+v", r.History)
	}
}

// TestHistoryOutlivesAJob: what a release that was not made to its end left in the
// history counts for nothing; what was released counts without its job's compartment.
func TestHistoryOutlivesAJob(t *testing.T) {
	t.Parallel()
	f := open(t)
	month, _ := youngest(t)
	first := f.runText(census("chronic", ""), nil)
	f.released(first)
	again, err := f.as("wang").compartment(t.Context(), job.Compartment(first), "test")
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	for _, name := range again.Names() {
		if strings.HasPrefix(name, "contributors/") {
			if err := again.Delete(t.Context(), name); err != nil {
				t.Fatal(err)
			}
		}
	}
	near := census("chronic", "birth < '"+month+"-01'")
	if r := f.review(f.runText(near, nil)).Report; len(r.History.Pairs) != 1 {
		t.Errorf("%+v", r.History)
	}
	f.edit("UPDATE jobs SET state = 'approved' WHERE id = '" + first + "'") // as a crash leaves it
	if r := f.review(f.runText(near, nil)).Report; r.History.Releases != 0 {
		t.Errorf("%+v", r.History)
	}
}
