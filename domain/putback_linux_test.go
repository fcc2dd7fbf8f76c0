//go:build linux && cgo

package domain

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/catalog"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/job"
)

// TestPutBack puts parts of an older copy of the folder back in place. Each is
// refused, the database too: what the log knows to have been done must be there.
func TestPutBack(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.held("by_district", nil)
	f.approved(id)
	f.close()
	old := filepath.Join(t.TempDir(), "old")
	copyFolder(t, old, f.dir)

	acts := map[string]func() error{
		"an import": func() error {
			_, err := importFile(t.Context(), f.as("li"), "enterprises", dataFile("enterprises"))
			return err
		},
		"a policy": func() error {
			next := bytes.Replace(document("policies/claims.yaml"), []byte("version: 1"), []byte("version: 2"), 1)
			_, err := f.as("shen").SetPolicy(t.Context(), "claims.yaml", next)
			return err
		},
		"a scenario": func() error {
			_, err := f.as("chen").ApproveScenario(t.Context(), "scenario.yaml", document("scenario.yaml"))
			return err
		},
		"a person": func() error {
			key, err := crypto.NewSigningKey()
			if err != nil {
				return err
			}
			return f.as("gao").AddPerson(t.Context(), access.Person{ID: "new", Org: "玉溪市数据局", Roles: []access.Role{access.Provider}, Key: key.Public()}, "新人")
		},
		"a submission": func() error { f.submit("wang", "by_district", nil); return nil },
		"a run":        func() error { f.held("dominance", nil); return nil },
		"a rejection": func() error {
			_, err := f.as("zhao").Reject(t.Context(), f.held("dominance", nil), "poor_quality")
			return err
		},
		"a release": func() error {
			_, err := f.as("zhao").Jobs().Release(t.Context(), f.as("zhao").Actor, id)
			return err
		},
	}
	for name, act := range acts {
		t.Run(name, func(t *testing.T) {
			replaceFolder(t, f.dir, old)
			f.reopen()
			if err := act(); err != nil {
				t.Fatal(err)
			}
			f.close()
			now := filepath.Join(t.TempDir(), "now")
			copyFolder(t, now, f.dir)
			for part, word := range map[string]string{"vault": "compartment", "audit": "shortened", "meta.db": "older than the audit log"} {
				if part == "vault" && (name == "a policy" || name == "a scenario") {
					continue // nothing of it is in the vault; the scenario has its key
				}
				replaceFolder(t, f.dir, now)
				replaceFolder(t, filepath.Join(f.dir, part), filepath.Join(old, part))
				refused(t, config(t, f.dir), fault.Integrity, word)
			}
			replaceFolder(t, f.dir, now)
			if r := f.reopen(); !r.Empty() {
				t.Errorf("the folder as it was had to be put right: %+v", r)
			}
			f.close()
		})
	}
}

// TestAddedToTheDatabase puts into the database what nobody did, or takes an import
// out: whoever can write it must not become a reviewer, nor have a policy or a
// version of their own. TestTheLogBindsTheDatabase changes what is there.
func TestAddedToTheDatabase(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.close()
	old := filepath.Join(t.TempDir(), "old")
	copyFolder(t, old, f.dir)
	key, err := crypto.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]func(){
		"a reviewer of one's own": func() {
			f.edit(`INSERT INTO people (id, org, roles, public_key, frozen, created, created_by)
				SELECT 'mallory', org, roles, ?, frozen, created, created_by FROM people WHERE id = 'zhao'`, key.Public().String())
		},
		"a second policy": func() {
			f.edit("INSERT INTO documents SELECT kind, id, 2, body, created, created_by FROM documents WHERE id = 'claims-statistics'")
		},
		"a scenario of one's own": func() {
			f.edit("INSERT INTO documents SELECT kind, 'mine', 1, body, created, created_by FROM documents WHERE kind = 'scenario'")
		},
		"a version that never was": func() {
			f.edit("INSERT INTO dataset_versions SELECT dataset, 2, body, created FROM dataset_versions WHERE dataset = 'claims'")
		},
		"a version that is gone": func() { f.edit("DELETE FROM dataset_versions WHERE dataset = 'claims'") },
	} {
		t.Run(name, func(t *testing.T) {
			replaceFolder(t, f.dir, old)
			edit()
			refused(t, config(t, f.dir), fault.Integrity, "metadata database")
		})
	}
}

// TestWholeFolderPutBack is what no domain can see by itself: everything is of an
// older time. A checkpoint that an auditor kept tells.
func TestWholeFolderPutBack(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.close()
	old := filepath.Join(t.TempDir(), "old")
	copyFolder(t, old, f.dir)
	f.reopen()
	f.released(f.held("by_district", nil))
	kept, err := f.log.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.close()
	replaceFolder(t, f.dir, old)
	f.reopen()
	out := filepath.Join(t.TempDir(), "trail")
	if _, err := f.as("sun").ExportAudit(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	verifier, err := crypto.NoteVerifier(domainName, f.Info.Public)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Verify(out, verifier, nil); err != nil {
		t.Errorf("by itself: %v", err)
	}
	_, err = audit.Verify(out, verifier, kept)
	wantKind(t, err, fault.Integrity)
}

// TestShortenedLog cuts records from the end of the log, in whole lines and in
// the middle of one.
func TestShortenedLog(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]func([]byte) []byte{
		"one line":  func(b []byte) []byte { return b[:bytes.LastIndexByte(b[:len(b)-1], '\n')+1] },
		"one byte":  func(b []byte) []byte { return b[:len(b)-1] },
		"one half":  func(b []byte) []byte { return b[:len(b)/2] },
		"all of it": func(b []byte) []byte { return nil },
		"one bit": func(b []byte) []byte {
			b[len(b)/2] ^= 1
			return b
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := copyCommon(t)
			path := filepath.Join(dir, "audit", "log")
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, cut(b), 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, config(t, dir), fault.Integrity)
		})
	}
}

// TestForgedApproval holds that a job is not released because the database says
// that it was approved: the reviewer's own signature must be sealed with it.
func TestForgedApproval(t *testing.T) {
	t.Parallel()
	f := open(t)
	zhao := f.as("zhao")
	held := f.held("by_district", nil)
	rejected := f.held("by_district", nil)
	if _, err := zhao.Reject(t.Context(), rejected, "disclosure_risk"); err != nil {
		t.Fatal(err)
	}
	queued := f.submit("wang", "by_district", nil).ID
	failed := f.runText([]byte(twice), nil)
	for name, id := range map[string]string{"held": held, "rejected": rejected, "queued": queued, "failed": failed} {
		t.Run(name, func(t *testing.T) {
			f.edit("UPDATE jobs SET state = 'approved' WHERE id = ?", id)
			_, err := zhao.Jobs().Release(t.Context(), zhao.Actor, id)
			if kind := fault.KindOf(err); kind != fault.Integrity && kind != fault.NotFound {
				t.Errorf("the release gives %v", err)
			}
			if got := f.state(id); got != job.Approved {
				t.Errorf("the job is %s", got)
			}
			f.edit("UPDATE jobs SET state = 'released' WHERE id = ?", id)
			files, err := f.as("wang").Jobs().Files(t.Context(), f.as("wang").Actor, id)
			if err == nil || len(files) > 0 {
				t.Errorf("files of a release that never was: %v, %v", sortedKeys(files), err)
			}
		})
	}
}

// TestReleasedOnce holds that nothing makes a second release of a job.
func TestReleasedOnce(t *testing.T) {
	f := open(t)
	zhao := f.as("zhao")
	id := f.held("by_district", nil)
	files := f.released(id)
	_, err := zhao.Jobs().Release(t.Context(), zhao.Actor, id)
	wantKind(t, err, fault.Conflict)
	f.edit("UPDATE jobs SET state = 'approved' WHERE id = ?", id)
	f.close()
	refused(t, config(t, f.dir), fault.Integrity, "job/"+id)
	f.edit("UPDATE jobs SET state = 'released' WHERE id = ?", id)
	f.reopen()
	again, err := f.as("wang").Jobs().Files(t.Context(), f.as("wang").Actor, id)
	if err != nil || fmt.Sprint(again) != fmt.Sprint(files) {
		t.Errorf("the files are others now, or %v", err)
	}
}

// TestDamagedObject flips a bit in each sealed object of a data set: no job over
// it is held.
func TestDamagedObject(t *testing.T) {
	f := open(t)
	folder := filepath.Join(f.dir, "vault", "dataset.claims")
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	c, err := f.as("li").compartment(context.Background(), catalog.Compartment("claims"), "test")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := c.Stat("v1.00001.parquet")
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(b)) <= rows.Size { // sealed bytes are more than plain ones: these are not the rows
			continue
		}
		b[len(b)/2] ^= 1
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := f.review(f.run("by_district", nil))
	if r.Job.State != job.Failed || r.Failure == nil || r.Failure.Kind != fault.Integrity.String() {
		t.Errorf("the job is %s: %+v", r.Job.State, r.Failure)
	}
}
