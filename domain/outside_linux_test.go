//go:build linux && cgo

package domain

import (
	"slices"
	"testing"

	"yingbi/job"
)

// TestOperatorSeesInReview walks jobs through every state that a run over real
// rows can be in, and looks with the operator's eyes.
func TestOperatorSeesInReview(t *testing.T) {
	f := open(t)
	for _, life := range [][]job.State{
		{job.Running, job.Checking, job.Held},
		{job.Running, job.Failed},
		{job.Running, job.Checking, job.Failed},
	} {
		j := f.submit("wang", "by_district", nil)
		f.seen(j.ID, job.Queued)
		for _, next := range life {
			to := job.Transition{From: j.State, To: next, Actor: "test", At: f.cfg.Clock()}
			j.Class, j.Reason = "verified", "limit"
			if err := f.store.MoveJob(t.Context(), j, to); err != nil {
				t.Fatal(err)
			}
			j.State = next
			f.seen(j.ID, job.InReview)
		}
	}
}

// seen holds that people of the operator's organisation see a job in this state,
// and nothing of how its run went.
func (f *fixture) seen(id string, want job.State) {
	f.t.Helper()
	for _, who := range []string{"wang", "wu"} {
		s := f.as(who)
		shown, err := s.Jobs().Show(f.t.Context(), s.Actor, id)
		if err != nil {
			f.t.Fatal(err)
		}
		listed, err := s.Jobs().List(f.t.Context(), s.Actor)
		if err != nil {
			f.t.Fatal(err)
		}
		at := slices.IndexFunc(listed, func(j job.Job) bool { return j.ID == id })
		if at < 0 {
			f.t.Fatalf("%s does not see job %s in the list", who, id)
		}
		for _, j := range []job.Job{shown, listed[at]} {
			if j.State != want || want == job.InReview && (j.Class != "" || j.Reason != "" || !j.Updated.Equal(j.Created)) {
				f.t.Errorf("%s sees %+v instead of %q", who, j, want)
			}
		}
	}
}

// twice joins claims with themselves. That one person has several rows on both
// sides is seen when it runs, and fails it.
const twice = `name: 重复连接
scenario: chronic
question: 一人多行的两表能否连接
inputs:
  a: {dataset: claims, columns: [person, district]}
  b: {dataset: claims, columns: [person]}
tables:
  pairs:
    from: a
    join: {b: person}
    group_by: [district]
    measures: {n: count()}
`

// TestRunTellsNothing holds that a run that fails and one that is held answer
// alike.
func TestRunTellsNothing(t *testing.T) {
	f := open(t)
	wang := f.as("wang")
	for _, life := range []struct {
		manifest []byte
		end      job.State
	}{{document("jobs/by_district.yaml"), job.Held}, {[]byte(twice), job.Failed}} {
		j, err := wang.Jobs().Submit(t.Context(), wang.Actor, job.Package{File: "job.yaml", Manifest: life.manifest})
		if err != nil {
			t.Fatal(err)
		}
		ran, err := wang.Jobs().Run(t.Context(), wang.Actor, j.ID)
		if err != nil {
			t.Fatal(err)
		}
		if f.state(j.ID) != life.end || ran.State != job.InReview || ran.Class != "" || ran.Reason != "" {
			t.Errorf("the operator is told %+v of a job that is %s", ran, f.state(j.ID))
		}
	}
}
