//go:build linux && cgo

package domain

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/masking"
)

// TestRequiredAnonymityIsMet takes a job to its release under a scenario that requires
// k, l and t of its view, and runs it again. What the view has is evidence for
// reviewers, and no part of what leaves.
func TestRequiredAnonymityIsMet(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.grantTokens()
	id := f.runText(replaced(t, "jobs/by_district.yaml", "scenario: chronic", "scenario: lookup"), nil)
	r := f.review(id)
	if r.Failure != nil || r.Job.State != job.Held || len(r.Tables) != 1 || len(r.Tables[0].Rows) == 0 {
		t.Fatalf("the job is %s: %+v, %+v", r.Job.State, r.Failure, r.Tables)
	}
	did := r.Used.Inputs[0].Anonymity
	meetsLookup(t, did)
	files := f.released(id)
	if len(files) == 0 {
		t.Fatal("nothing was released")
	}
	for name, b := range files {
		for _, word := range []string{"smallest_class", "prosecutor", "suppressed_rows", "l_distinct"} {
			if strings.Contains(string(b), word) {
				t.Errorf("%s is released with evidence that is for reviewers: %s", name, word)
			}
		}
	}
	zhao := f.as("zhao")
	if err := zhao.Jobs().Replay(t.Context(), zhao.Actor, id); err != nil {
		t.Error(err)
	}
	// A job under a scenario that asks for none has no such evidence.
	if other := f.review(f.held("by_district", nil)); other.Used.Inputs[0].Anonymity != nil {
		t.Errorf("a view without a section has %+v", other.Used.Inputs[0].Anonymity)
	}
}

// meetsLookup holds that a view has what the scenario lookup requires.
func meetsLookup(t *testing.T, did *masking.Anonymised) {
	t.Helper()
	want := masking.Met{K: 20, Sensitive: "icd_chapter", Distinct: 3, T: 0.4}
	if did == nil {
		t.Fatal("the view has no evidence")
	}
	got := did.Met
	if got.LeastDistinct < 3 || got.LeastEntropy <= 1 || got.MostDistance <= 0 || got.MostDistance > 0.4 {
		t.Errorf("the view has %+v inside its classes", got)
	}
	got.LeastDistinct, got.LeastEntropy, got.MostDistance = 0, 0, 0
	if got != want || did.Unit != "person" || did.After.Smallest < 20 || did.After.Prosecutor.Max > 1.0/20 ||
		did.Before.Rows == 0 || float64(did.Suppressed) > 0.02*float64(did.Rows) {
		t.Errorf("the view has %+v", did)
	}
}

// TestRisks shows the risk in the views of a scenario; TestEverybodyTriesEverything
// says to whom.
func TestRisks(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.grantTokens()
	shen, from := f.as("shen"), f.log.Size()
	risks, err := shen.Jobs().Risks(t.Context(), shen.Actor, "lookup", "")
	if err != nil || len(risks) != 1 || risks[0].Dataset != "claims" || risks[0].Version != 1 || risks[0].Policy != "claims-tokens" || risks[0].PolicyVersion != 1 {
		t.Fatalf("%+v, %v", risks, err)
	}
	meetsLookup(t, risks[0].Anonymised)
	looked := map[string]int{}
	for _, r := range f.records(from) {
		if r.Action == string(access.ReadRisk) && r.Target == "scenario/lookup" && r.Actor == "shen" {
			looked[r.Phase]++
		}
	}
	if !maps.Equal(looked, map[string]int{audit.Intent: 1, audit.Outcome: 1}) {
		t.Errorf("the log has %v", looked)
	}
	// It is the view that a job then runs over.
	id := f.runText(replaced(t, "jobs/by_district.yaml", "scenario: chronic", "scenario: lookup"), nil)
	if used := f.review(id).Used.Inputs[0]; used.View != risks[0].View || !sameJSON(t, used.Anonymity, risks[0].Anonymised) {
		t.Errorf("the job ran over %+v", used)
	}
	zhao := f.as("zhao")
	if again, err := zhao.Jobs().Risks(t.Context(), zhao.Actor, "lookup", "claims"); err != nil || len(again) != 1 {
		t.Errorf("%+v, %v", again, err)
	}
	_, err = zhao.Jobs().Risks(t.Context(), zhao.Actor, "lookup", "population")
	wantKind(t, err, fault.NotFound, "section anonymity")
	_, err = zhao.Jobs().Risks(t.Context(), zhao.Actor, "lookup", "nothing")
	wantKind(t, err, fault.Denied, "does not grant")
	_, err = shen.Jobs().Risks(t.Context(), shen.Actor, "chronic", "")
	wantKind(t, err, fault.NotFound, "section anonymity")
	for _, id := range []string{"wang", "qian", "tan", "li", "sun"} {
		s := f.as(id)
		_, err := s.Jobs().Risks(t.Context(), s.Actor, "lookup", "claims")
		wantKind(t, err, fault.Denied)
	}
}

func sameJSON(t *testing.T, a, b any) bool {
	t.Helper()
	one, err := json.Marshal(a)
	other, err2 := json.Marshal(b)
	return err == nil && err2 == nil && slices.Equal(one, other)
}
