//go:build linux && cgo

package domain

import (
	"strings"
	"testing"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/internal/fault"
	"yingbi/job"
)

const because2026 = "\nlowered: {reason: 已公开发布, by: 李静, date: 2026-03-01}\n"

// register describes a data set as li, and gives the details of the record.
func (f *fixture) register(body []byte) (map[string]string, error) {
	f.t.Helper()
	from := f.log.Size()
	if _, err := f.as("li").RegisterDataset(f.t.Context(), "dataset.yaml", body); err != nil {
		return nil, err
	}
	for _, r := range f.records(from) {
		if r.Action == string(access.RegisterDataset) && r.Phase == audit.Intent {
			return r.Details, nil
		}
	}
	f.t.Fatal("the act has no record")
	return nil, nil
}

// TestALevelFallsForAReason lowers the levels of a data set that has no rows yet and of
// one that has.
func TestALevelFallsForAReason(t *testing.T) {
	t.Parallel()
	f := open(t)
	fresh := func(oldnew ...string) []byte {
		return replaced(t, "datasets/claims.yaml", append([]string{"id: claims", "id: fresh"}, oldnew...)...)
	}
	lower := func(because string) []byte {
		return fresh("level: 3", "level: 2"+because, "name: cost,", "name: cost, level: 1,")
	}
	if details, err := f.register(fresh()); err != nil || len(details) != 1 {
		t.Fatalf("%v %v", details, err)
	}
	_, err := f.register(fresh("level: 3", "level: 2"))
	wantKind(t, err, fault.Invalid, "3 to 2: the data set, claim, person", "lowered")
	_, err = f.as("wang").RegisterDataset(t.Context(), "dataset.yaml", lower(because2026))
	wantKind(t, err, fault.Denied, "rule role")
	_, err = f.as("bai").RegisterDataset(t.Context(), "dataset.yaml", lower(because2026))
	wantKind(t, err, fault.Denied)

	details, err := f.register(lower(because2026))
	if err != nil {
		t.Fatal(err)
	}
	if details["lowered"] != "3 to 2: the data set, claim, person, district, hospital, icd_chapter, visit_date; 3 to 1: cost" ||
		details["lowered_because"] != "已公开发布 (李静, 2026-03-01)" {
		t.Errorf("the record says %q", details)
	}
	_, err = f.register(fresh("level: 3", "level: 1"+because2026))
	wantKind(t, err, fault.Invalid, "does not count again")
	if details, err = f.register(fresh("level: 3", "level: 1"+strings.Replace(because2026, "03-01", "04-01", 1))); err != nil || !strings.HasPrefix(details["lowered"], "2 to 1: the data set") {
		t.Errorf("%q %v", details, err)
	}

	// With rows, levels alone may change.
	_, err = f.register(replaced(t, "datasets/claims.yaml", "level: 3", "level: 4", "title: 医保结算明细", "title: 结算"))
	wantKind(t, err, fault.Conflict, "keeps its description")
	_, err = f.register(replaced(t, "datasets/claims.yaml", "level: 3", "level: 2"))
	wantKind(t, err, fault.Invalid, "say why")
	if details, err = f.register(replaced(t, "datasets/claims.yaml", "level: 3", "level: 2"+because2026)); err != nil || details["lowered"] == "" {
		t.Errorf("%q %v", details, err)
	}
}

// TestARaisedLevelHoldsAtOnce raises a column of data that is in use: no module is
// shown it any more, not by a job that was queued before either, and tables go on.
func TestARaisedLevelHoldsAtOnce(t *testing.T) {
	t.Parallel()
	f := open(t)
	module := guest(t, "compare")
	queued := f.submit("wang", "compare", module)
	if _, err := f.register(replaced(t, "datasets/claims.yaml", "name: cost,", "name: cost, level: 4,")); err != nil {
		t.Fatal(err)
	}
	wang := f.as("wang")
	if _, err := wang.Jobs().Run(t.Context(), wang.Actor, queued.ID); err != nil {
		t.Fatal(err)
	}
	if r := f.review(queued.ID); r.Failure == nil || r.Job.State != job.Failed || !strings.Contains(r.Failure.Text, `"cost" of "claims" is of level 4`) {
		t.Errorf("the queued job is %s: %+v", r.Job.State, r.Failure)
	}
	for name, code := range map[string][]byte{"compare": module, "risk": guest(t, "risk")} {
		_, err := wang.Jobs().Submit(t.Context(), wang.Actor, job.Package{File: "job.yaml", Manifest: document("jobs/" + name + ".yaml"), Module: code})
		wantKind(t, err, fault.Denied, `"cost" of "claims" is of level 4`)
	}
	f.held("by_district", nil)
	// What was done is in the log and in the database alike.
	f.close()
	if r := f.reopen(); !r.Empty() {
		t.Errorf("the domain had to be put right: %+v", r)
	}
}

// TestConsentOfOneScenario leaves a direct identifier readable: for the scenario to
// which the provider consents, in tables, and to no module.
func TestConsentOfOneScenario(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx, li, shen, chen, wang := t.Context(), f.as("li"), f.as("shen"), f.as("chen"), f.as("wang")
	described := func(consent string) []byte {
		b := replaced(t, "datasets/claims.yaml", "id: claims", "id: calls", "name: district,", "name: district, identifier: mobile,")
		return append(b, consent...)
	}
	const recall = "\nraw_use:\n  - {scenario: recall, columns: [district], reason: 召回, by: 李静, date: 2026-03-01}\n"
	if _, err := f.register(described("")); err != nil {
		t.Fatal(err)
	}
	if _, err := importFile(ctx, li, "calls", dataFile("claims")); err != nil {
		t.Fatal(err)
	}
	policy := replaced(t, "policies/claims.yaml", "id: claims-", "id: calls-", "dataset: claims", "dataset: calls")
	_, err := shen.SetPolicy(ctx, "policy.yaml", policy)
	wantKind(t, err, fault.Invalid, "district", "mobile")
	details, err := f.register(described(recall))
	if err != nil || details["raw_use"] != "recall: district; 召回 (李静, 2026-03-01)" {
		t.Fatalf("%q %v", details, err)
	}
	if _, err := shen.SetPolicy(ctx, "policy.yaml", policy); err != nil {
		t.Fatal(err)
	}
	scenario := func(id string) []byte {
		return replaced(t, "scenario.yaml", "id: chronic", "id: "+id, "dataset: claims", "dataset: calls", "policy: claims-", "policy: calls-")
	}
	_, err = chen.ApproveScenario(ctx, "scenario.yaml", scenario("other"))
	wantKind(t, err, fault.Denied, "district", "has not consented to it for scenario other")
	if _, err := chen.ApproveScenario(ctx, "scenario.yaml", scenario("recall")); err != nil {
		t.Fatal(err)
	}
	manifest := func(name string) []byte {
		return replaced(t, "jobs/"+name+".yaml", "scenario: chronic", "scenario: recall", "dataset: claims", "dataset: calls")
	}
	_, err = wang.Jobs().Submit(ctx, wang.Actor, job.Package{File: "job.yaml", Manifest: manifest("compare"), Module: guest(t, "compare")})
	wantKind(t, err, fault.Denied, "granted unmasked")
	id := f.runText(manifest("by_district"), nil)
	if r := f.review(id); r.Failure != nil {
		t.Errorf("a table by the unmasked column: %+v", r.Failure)
	}
	// A consent that is withdrawn ends it.
	if _, err := f.register(described("")); err != nil {
		t.Fatal(err)
	}
	_, err = wang.Jobs().Submit(ctx, wang.Actor, job.Package{File: "job.yaml", Manifest: manifest("by_district")})
	wantKind(t, err, fault.Invalid, "district", "mobile")
}

// TestRequiredAnonymity approves no scenario whose policy gives less than it requires.
func TestRequiredAnonymity(t *testing.T) {
	t.Parallel()
	f := open(t)
	body := replaced(t, "scenario.yaml", "    policy: claims-statistics\n", "    policy: claims-statistics\n    requires: {k: 5, quasi: [district]}\n")
	_, err := f.as("chen").ApproveScenario(t.Context(), "scenario.yaml", body)
	wantKind(t, err, fault.Conflict, "k of 5 or more", "the quasi-identifier district")
}

// TestApprovalRecordsLevels holds that the record of an approval tells the levels of
// the views that it grants.
func TestApprovalRecordsLevels(t *testing.T) {
	t.Parallel()
	f := open(t)
	from := f.log.Size()
	sc, err := f.as("chen").ApproveScenario(t.Context(), "scenario.yaml", document("scenario.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, r := range f.records(from) {
		if r.Action == string(access.ApproveScenario) {
			said += r.Details["levels"]
		}
	}
	if said != "claims 3 to 3; population 3 to 3; enterprises 3 to 3" {
		t.Errorf("the record says %q", said)
	}
	levels, err := f.as("wang").Levels(t.Context(), sc)
	if err != nil || len(levels) != 13 || levels[0] != (ColumnLevel{"claims", "person", 3, 2}) || levels[1] != (ColumnLevel{"claims", "district", 3, 3}) {
		t.Errorf("%+v %v", levels, err)
	}
}
