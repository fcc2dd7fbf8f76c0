//go:build linux && cgo

package domain

import (
	"bytes"
	"encoding/csv"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yingbi/audit"
	"yingbi/egress"
	"yingbi/internal/fault"
	"yingbi/release"
)

// TestModelAndChart runs a module that fits a regression: the domain takes its
// coefficients, publishes its own, and draws the declared chart as a file of the
// release; all of it comes out the same a second time.
func TestModelAndChart(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.held("logistic", guest(t, "logistic"))
	r := f.review(id)
	if r.Job.Class != "verified" || tableNames(r.Tables) != "by_district fit" || len(r.Report.Models) != 1 {
		t.Fatalf("%s: %s, %+v, %v", r.Job.Class, tableNames(r.Tables), r.Report.Models, r.Report.Warnings)
	}
	m := r.Report.Models[0]
	if m.Verdict != egress.Publish || len(m.Rules) != 0 || m.Step == "" || m.Subjects[0] < 500 || m.Rows < m.Subjects[0] {
		t.Errorf("%+v", m)
	}
	var terms []string
	for _, row := range r.Tables[1].Rows {
		terms = append(terms, row[0].Text)
		coefficient, err1 := strconv.ParseFloat(row[1].Text, 64)
		deviation, err2 := strconv.ParseFloat(row[2].Text, 64)
		if err1 != nil || err2 != nil || math.Abs(coefficient) > 20 || deviation <= 0 || deviation > 1 {
			t.Errorf("%+v", row)
		}
	}
	if got := strings.Join(terms, "; "); got != "intercept; cost; district = '530402'" {
		t.Error(got)
	}
	files := f.released(id)
	cert, err := release.VerifyFiles(files, domainName, f.Info.Public)
	if err != nil {
		t.Fatal(err)
	}
	svg := files["share_map.svg"]
	if !slices.ContainsFunc(cert.Files, func(f release.File) bool { return f.Name == "share_map.svg" }) || !bytes.HasPrefix(svg, []byte("<svg")) && !bytes.HasPrefix(svg, []byte("<?xml")) ||
		!bytes.Contains(svg, []byte("循环系统疾病占比")) || files["fit.csv"] == nil {
		t.Errorf("%+v\n%.200s", cert.Files, svg)
	}
	files["share_map.svg"] = append(svg, ' ')
	_, err = release.VerifyFiles(files, domainName, f.Info.Public)
	wantKind(t, err, fault.Integrity, "share_map.svg")
	sun := f.as("sun")
	if err := sun.Jobs().Replay(t.Context(), sun.Actor, id); err != nil {
		t.Error(err)
	}
}

// TestSkewedModel holds that a module which hides something in its coefficients leaves
// no model, and the reviewer is told.
func TestSkewedModel(t *testing.T) {
	t.Parallel()
	f := open(t)
	from := f.log.Size()
	r := f.review(f.held("logistic", guest(t, "hostile-skew")))
	m := r.Report.Models[0]
	if m.Verdict != egress.Refuse || !slices.Equal(m.Rules, []egress.Rule{egress.RuleScore}) || m.Published != nil || tableNames(r.Tables) != "by_district" {
		t.Errorf("%+v: %s", m, tableNames(r.Tables))
	}
	if !slices.ContainsFunc(r.Report.Warnings, func(s string) bool { return strings.Contains(s, "not those that the rows give") }) {
		t.Errorf("%v", r.Report.Warnings)
	}
	f.alarmed(from, r.Job.ID, "a model's coefficients are not what the rows give", "fit")
	f.released(r.Job.ID) // the table beside it
	wang := f.as("wang")
	told, err := wang.Jobs().Told(t.Context(), wang.Actor, r.Job.ID)
	if err != nil || !slices.Equal(told.Refused, []string{"fit"}) {
		t.Errorf("%+v, %v", told, err)
	}
	from = f.log.Size()
	f.replays(r.Job.ID)
	for _, record := range f.records(from) {
		if record.Action == "job.alarm" {
			t.Error("a replay raises the alarm again")
		}
	}
}

// alarmed holds that the log has one alarm of a job since a record, which names an output
// of the manifest and says no figure, and that a security officer reads it.
func (f *fixture) alarmed(from uint64, id, what, output string) {
	f.t.Helper()
	records, err := f.as("sun").Records(f.t.Context(), from)
	if err != nil {
		f.t.Fatal(err)
	}
	n := 0
	for _, r := range records {
		if r.Action != "job.alarm" {
			continue
		}
		if n++; r.Target != "job/"+id || r.Phase != audit.Event || !maps.Equal(r.Details, map[string]string{"alarm": what, "output": output}) {
			f.t.Errorf("%+v", r)
		}
	}
	if n != 1 {
		f.t.Errorf("%d alarms", n)
	}
}

// fitOnly is the job of the regression without a table.
func fitOnly(t *testing.T) []byte {
	t.Helper()
	all := document("jobs/logistic.yaml")
	from, to := bytes.Index(all, []byte("tables:")), bytes.Index(all, []byte("outputs:"))
	chart := bytes.Index(all, []byte("  share_map:"))
	if from < 0 || to < from || chart < to {
		t.Fatalf("%s", all)
	}
	return slices.Concat(all[:from], all[to:chart])
}

// withoutOne imports the claims again, without those of one person who has some in the
// district 530402.
func (f *fixture) withoutOne() {
	f.t.Helper()
	rows := csvRows(f.t, dataFile("claims"))
	person, district := slices.Index(rows[0], "person"), slices.Index(rows[0], "district")
	at := slices.IndexFunc(rows, func(r []string) bool { return r[district] == "530402" })
	gone := rows[at][person]
	rows = slices.DeleteFunc(rows, func(r []string) bool { return r[person] == gone })
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		f.t.Fatal(err)
	}
	path := filepath.Join(f.t.TempDir(), "claims.csv")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		f.t.Fatal(err)
	}
	if _, err := importFile(f.t.Context(), f.as("li"), "claims", path); err != nil {
		f.t.Fatal(err)
	}
}

// TestModelsThatDifferByAFew: a job needs no table beside its model; who is behind a
// model is compared with everybody behind earlier models and tables.
func TestModelsThatDifferByAFew(t *testing.T) {
	t.Parallel()
	f := open(t)
	logistic := guest(t, "logistic")
	first := f.runText(fitOnly(t), logistic)
	if r := f.review(first); tableNames(r.Tables) != "fit" || len(r.Report.Tables) != 0 || r.Report.History.Releases != 0 {
		t.Fatalf("%s, %+v, %+v", tableNames(r.Tables), r.Failure, r.Report)
	}
	if files := f.released(first); files["fit.csv"] == nil {
		t.Error("the release has no fit.csv")
	}
	again := f.review(f.runText(fitOnly(t), logistic)).Report
	if m := again.Model("fit"); m.Verdict != egress.Publish || len(again.History.Nearest) != 1 || again.History.Nearest[0].Difference != 0 {
		t.Errorf("the same again: %+v, %+v", m.Rules, again.History)
	}

	f.withoutOne()
	for name, manifest := range map[string][]byte{
		"a model": fitOnly(t),
		"people":  []byte("name: 人数\nscenario: chronic\nquestion: 人数\ninputs: {claims: {dataset: claims, columns: [district]}}\ntables: {fit: {from: claims, measures: {people: subjects()}}}\n"),
		"one side of a term": []byte("name: 人次\nscenario: chronic\nquestion: 人次\ninputs: {claims: {dataset: claims, columns: [district]}}\n" +
			"tables: {fit: {from: claims, where: district = '530402', measures: {visits: count()}}}\n"),
	} {
		var module []byte
		if name == "a model" {
			module = logistic
		}
		r := f.review(f.runText(manifest, module))
		if r.Failure != nil || len(r.Tables) != 0 || len(r.Report.History.Pairs) != 1 {
			t.Fatalf("%s: %+v, %s, %+v", name, r.Failure, tableNames(r.Tables), r.Report)
		}
		p := r.Report.History.Pairs[0]
		if p.Other.Release != first || p.Other.Table != "fit" || p.Cell.Table != "fit" || p.Difference != 1 || p.Kind != "person" {
			t.Errorf("%s: %+v", name, p)
		}
		if m := r.Report.Model("fit"); m != nil && !slices.Equal(m.Rules, []egress.Rule{egress.RuleDifferencing}) {
			t.Errorf("%s: %v", name, m.Rules)
		}
		_, err := f.as("zhao").Approve(t.Context(), r.Job.ID)
		wantKind(t, err, fault.Conflict, "nothing to approve")
	}
	f.replays(first)
}

// TestModelReleasedMeanwhile: what was released between a model's run and its release
// stops it.
func TestModelReleasedMeanwhile(t *testing.T) {
	t.Parallel()
	f := open(t)
	first := f.runText(fitOnly(t), guest(t, "logistic"))
	f.withoutOne()
	second := f.runText(fitOnly(t), guest(t, "logistic"))
	f.approved(first)
	f.approved(second)
	zhao := f.as("zhao")
	if _, err := zhao.Jobs().Release(t.Context(), zhao.Actor, second); err != nil {
		t.Fatal(err)
	}
	_, err := zhao.Jobs().Release(t.Context(), zhao.Actor, first)
	wantKind(t, err, fault.Conflict, second, "disclosure_risk")
	f.replays(second)
}

// TestATreeIsATable: the leaves of a tree are cells of a table; a small one is withheld, and
// of a tree that has but one large leaf nothing is published.
func TestATreeIsATable(t *testing.T) {
	t.Parallel()
	f := open(t)
	month, _ := youngest(t)
	tree := func(leaf string) *egress.Report {
		return f.review(f.runText([]byte("name: 树\nscenario: chronic\nquestion: 人数\ninputs: {population: {dataset: population, columns: [birth]}}\nderive:\n  leaf: \"case when birth >= '"+
			month+"-01' then 'rare' "+leaf+" end\"\ntables: {tree: {from: population, group_by: [leaf], measures: {people: subjects()}}}\n"), nil)).Report
	}
	r := tree("when birth >= '1980-01-01' then 'young' else 'old'")
	if r.Published("tree") == nil {
		t.Fatalf("%+v", r.Tables[0])
	}
	for _, c := range r.Tables[0].Cells {
		small := c.Keys[0].Text == "rare"
		if small != (c.Verdict == egress.Withhold) || small && !slices.Contains(c.Findings, egress.Finding{Rule: egress.RuleMinimum, Unit: 0, Measure: -1}) {
			t.Errorf("leaf %s: %+v", c.Keys[0].Text, c)
		}
	}
	if tree := tree("else 'other'").Tables[0]; tree.Verdict != egress.Refuse || tree.Failing[egress.RuleMinimum] != 1 || tree.Failing[egress.RuleFull] != 1 {
		t.Errorf("%+v", tree)
	}
}
