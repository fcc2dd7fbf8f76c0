//go:build linux && cgo

package domain

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/catalog"
	"yingbi/crypto"
	"yingbi/ingest"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/release"
)

// work goes on until it is killed.
func work(ctx context.Context) error {
	d, _, err := Open(ctx, victimConfig())
	if err != nil {
		return err
	}
	fmt.Println("open")
	for {
		if err := workOnce(ctx, d); err != nil {
			return err
		}
	}
}

// workOnce imports a file, takes a new job to its release, and goes on with every
// job that was left on its way.
func workOnce(ctx context.Context, d *Domain) error {
	s := map[string]*Session{}
	for _, id := range []string{"li", "wang", "zhao", "xu"} {
		var err error
		if s[id], err = d.Login(ctx, id, common.keys[id]); err != nil {
			return err
		}
	}
	v, err := importFile(ctx, s["li"], "enterprises", dataFile("enterprises"))
	if err != nil {
		return err
	}
	fmt.Println("version", v.Number)
	j, err := s["wang"].Jobs().Submit(ctx, s["wang"].Actor, job.Package{File: "job.yaml", Manifest: document("jobs/by_district.yaml")})
	if err != nil {
		return err
	}
	fmt.Println("submitted", j.ID)
	jobs, err := d.store.Jobs(ctx)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if err := lead(ctx, s["wang"], s["zhao"], s["xu"], j); err != nil {
			return err
		}
	}
	return nil
}

// lead takes one job as far as it goes.
func lead(ctx context.Context, wang, zhao, xu *Session, j job.Job) error {
	say := func(word string, err error) error {
		if err == nil {
			fmt.Println(word, j.ID)
			j, err = wang.store.Job(ctx, j.ID)
		}
		return err
	}
	if j.State == job.Queued {
		_, err := wang.Jobs().Run(ctx, wang.Actor, j.ID)
		if err = say("ran", err); err != nil {
			return err
		}
	}
	if j.State == job.Held {
		err := approve(ctx, xu, zhao, j.ID)
		if err = say("approved", err); err != nil {
			return err
		}
	}
	if j.State == job.Approved {
		_, err := zhao.Jobs().Release(ctx, zhao.Actor, j.ID)
		if err = say("released", err); err != nil {
			return err
		}
		files, err := wang.Jobs().Files(ctx, wang.Actor, j.ID)
		if err != nil {
			return err
		}
		fmt.Println("fetched", j.ID, crypto.Sum(files[release.CertificateFile]))
	}
	return nil
}

// TestKill kills a domain at work again and again, at moments that a seed
// chooses: while it opens, imports, runs, decides and releases. Each time it must
// open again, know everything that it had acknowledged, and give the rest up
// cleanly.
func TestKill(t *testing.T) {
	t.Parallel()
	dir := copyCommon(t)
	all, _ := canaries(t)
	kills := 12
	if testing.Short() {
		kills = 3
	}
	soak := startSoak(t)
	random := rand.New(rand.NewPCG(soak.seed, 2))
	w := newWitness()
	var given Recovery
	for i := 0; soak.goesOn(i, kills); i++ {
		v := startVictim(t, dir)
		for range random.IntN(14) { // words; six are a round, none is in the middle of opening
			v.wait()
		}
		time.Sleep(time.Duration(random.IntN(120)) * time.Millisecond)
		v.kill()
		w.hear(t, v.said)
		if len(w.errors) > 0 {
			t.Errorf("the victim met %q", w.errors)
		}
		all.sealed(t, dir)
		f := &fixture{t: t, dir: dir, truth: common.truth}
		r := f.reopen()
		check(t, f, w, r)
		given.Finished = append(given.Finished, r.Finished...)
		given.Abandoned = append(given.Abandoned, r.Abandoned...)
		given.Jobs = append(given.Jobs, r.Jobs...)
		given.Orphans = append(given.Orphans, r.Orphans...)
		f.close()
		if t.Failed() {
			t.Fatalf("at kill %d; the victim said %q", i, v.said)
		}
	}
	t.Logf("version %d, %d jobs, %d of them given out; given up: %d acts, %d jobs, %d orphans; %d acts were done all the same",
		w.version, len(w.jobs), len(w.fetched), len(given.Abandoned), len(given.Jobs), len(given.Orphans), len(given.Finished))
	if !testing.Short() && (len(given.Abandoned) == 0 || w.version < 3 || len(w.fetched) == 0) {
		t.Error("the kills met nothing; the test looks at nothing")
	}
	goOn(t, dir, w)
}

// check looks at a domain that was opened after a kill.
func check(t *testing.T, f *fixture, w *witness, r Recovery) {
	t.Helper()
	for _, id := range r.Jobs {
		if s := f.state(id); s != job.Failed && s != job.Refused {
			t.Errorf("job %s was given up and is %s", id, s)
		}
	}
	if r.TornBytes > 64<<10 {
		t.Errorf("%d bytes were cut from the log", r.TornBytes)
	}
	if again, err := f.vault.Collect(t.Context()); err != nil || len(again) > 0 {
		t.Errorf("orphans are left: %v, %v", again, err)
	}
	if err := f.vault.Check(t.Context()); err != nil {
		t.Error(err)
	}
	checkVersions(t, f, w)
	checkJobs(t, f, w, r)
	checkLog(t, f)
}

// checkVersions reads every version of the data set that victims import.
func checkVersions(t *testing.T, f *fixture, w *witness) {
	t.Helper()
	versions, err := f.store.Versions(t.Context(), "enterprises")
	if err != nil || len(versions) < w.version {
		t.Fatalf("%d versions, %v; %d were acknowledged", len(versions), err, w.version)
	}
	c, err := f.as("li").compartment(t.Context(), catalog.Compartment("enterprises"), "test")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i, v := range versions {
		stored, err := ingest.Stored(t.Context(), c, "enterprises", i+1)
		if err != nil || !reflect.DeepEqual(stored, v) {
			t.Errorf("version %d is %+v, registered as %+v, %v", i+1, stored, v, err)
		}
		for _, p := range v.Parts {
			if _, err := c.Read(t.Context(), p.Object(), 1<<30); err != nil {
				t.Error(err)
			}
		}
	}
}

// checkJobs holds that no job is half-way, and that each is at least where a
// victim was told it was.
func checkJobs(t *testing.T, f *fixture, w *witness, r Recovery) {
	t.Helper()
	jobs, err := f.store.Jobs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]job.State{}
	for _, j := range jobs {
		states[j.ID] = j.State
		switch j.State {
		case job.Submitted, job.Admitted, job.Running, job.Checking:
			t.Errorf("job %s is still %s", j.ID, j.State)
		case job.Failed:
			if review := f.review(j.ID); review.Failure == nil || review.Failure.Kind != fault.Interrupted.String() && !w.struck {
				t.Errorf("the reviewer of job %s is told %+v", j.ID, review.Failure)
			}
		case job.Released:
			checkReleased(t, f, w, j.ID)
		}
	}
	for id, told := range w.jobs {
		if far(states[id]) < far(told) {
			t.Errorf("job %s was acknowledged as %s and is %q", id, told, states[id])
		}
	}
}

// checkReleased holds that a release verifies and is the one that was given out.
func checkReleased(t *testing.T, f *fixture, w *witness, id string) {
	t.Helper()
	wang := f.as("wang")
	files, err := wang.Jobs().Files(t.Context(), wang.Actor, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := release.VerifyFiles(files, domainName, f.Info.Public); err != nil {
		t.Error(err)
	}
	digest := crypto.Sum(files[release.CertificateFile]).String()
	if told := w.fetched[id]; told != "" && told != digest {
		t.Errorf("job %s has another release than the one that was given out", id)
	}
	w.fetched[id] = digest
}

// checkLog verifies the trail without the domain: every intent has its outcome,
// and no job was released twice.
func checkLog(t *testing.T, f *fixture) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "trail")
	if _, err := f.as("sun").ExportAudit(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	verifier, err := crypto.NoteVerifier(domainName, f.Info.Public)
	if err != nil {
		t.Fatal(err)
	}
	report, err := audit.Verify(out, verifier, nil)
	if err != nil || report.Pending != 1 || report.Uncovered != 0 { // the export itself is under way
		t.Errorf("%+v, %v", report, err)
	}
	made := map[string]int{}
	for _, r := range f.records(0) {
		if r.Phase == audit.Outcome && r.Action == string(access.CreateRelease) && r.Result == audit.OK {
			made[r.Target]++
		}
	}
	for target, n := range made {
		if n > 1 {
			t.Errorf("%s was released %d times", target, n)
		}
		if s := f.state(strings.TrimPrefix(target, "job/")); s != job.Released {
			t.Errorf("the log has %s released, and it is %s", target, s)
		}
	}
}

// goOn holds that what was given up can be done again, with the next number.
func goOn(t *testing.T, dir string, w *witness) {
	t.Helper()
	f := &fixture{t: t, dir: dir, truth: common.truth}
	if r := f.reopen(); !r.Empty() {
		t.Errorf("after a clean end: %+v", r)
	}
	defer f.close()
	versions, err := f.store.Versions(t.Context(), "enterprises")
	if err != nil {
		t.Fatal(err)
	}
	v, err := importFile(t.Context(), f.as("li"), "enterprises", dataFile("enterprises"))
	if err != nil || v.Number != len(versions)+1 {
		t.Errorf("the next import is version %d of %d, %v", v.Number, len(versions), err)
	}
	f.released(f.held("dominance", nil))
}
