//go:build linux && cgo

package domain

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the driver that the store uses

	"yingbi/access"
	"yingbi/audit"
	"yingbi/catalog"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/keeper"
)

// refused holds that the folder does not open, and why.
func refused(t testing.TB, cfg Config, kind fault.Kind, words ...string) {
	t.Helper()
	d, _, err := Open(t.Context(), cfg)
	if err == nil {
		err = d.Close(t.Context())
		t.Fatalf("the domain opened (and closed: %v)", err)
	}
	wantKind(t, err, kind, words...)
}

func founder() Founding { return Founding{Name: domainName, Admin: person("gao")} }

// edited gives f with a change, for table tests.
func edited[T any](v T, change func(*T)) T {
	change(&v)
	return v
}

func TestInitRefuses(t *testing.T) {
	dir := copyCommon(t)
	key := filepath.Join(t.TempDir(), "new.key")
	fresh := func() Config {
		cfg := config(t, filepath.Join(t.TempDir(), "new"))
		cfg.Unlock.KeyFile = key
		return cfg
	}
	full := fresh()
	if err := os.MkdirAll(full.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(full.Dir, "notes.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	half := fresh() // what a crash in the middle of Init leaves
	if _, err := keeper.Init(t.Context(), keeper.Config{Exe: half.Exe, Dir: half.path("keeper"), Origin: domainName, Unlock: half.Unlock}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		cfg      Config
		founding Founding
		kind     fault.Kind
		word     string
	}{
		{"twice", config(t, dir), founder(), fault.Conflict, "a domain folder already"},
		{"not empty", full, founder(), fault.Conflict, "not empty"},
		{"half made", half, founder(), fault.Conflict, "not empty"},
		{"no name", fresh(), Founding{Admin: person("gao")}, fault.Invalid, "name"},
		{"name with a space", fresh(), Founding{Name: "two words", Admin: person("gao")}, fault.Invalid, "name"},
		{"roles that contradict", fresh(), edited(founder(), func(f *Founding) {
			f.Admin.Roles = []access.Role{access.Sysadmin, access.Operator}
		}), fault.Denied, "sysadmin and operator"},
		{"nobody", fresh(), Founding{Name: domainName}, fault.Invalid, "person"},
		{"no way to unlock", edited(fresh(), func(c *Config) { c.Unlock = keeper.Unlock{} }), founder(), fault.Invalid, "unlock"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Init(t.Context(), c.cfg, c.founding)
			wantKind(t, err, c.kind, c.word)
			if _, err := os.Stat(c.cfg.path(infoFile)); err == nil && c.name != "twice" {
				t.Error("there is a domain.json")
			}
		})
	}
	refused(t, half, fault.NotFound, "yingbi init")
	if b, err := os.ReadFile(filepath.Join(full.Dir, "notes.txt")); err != nil || string(b) != "mine" {
		t.Errorf("the file that was there holds %q, %v", b, err)
	}
}

// TestTwoProcesses holds that one folder is open once: here from the same
// process, in TestKill's victims from another one.
func TestTwoProcesses(t *testing.T) {
	f := open(t)
	refused(t, config(t, f.dir), fault.Conflict, "another process")
	f.close()
	f.reopen() // and the refusal left nothing behind
	if said := startVictim(t, f.dir).wait(); !strings.Contains(said, "another process has this domain open") {
		t.Errorf("a second process says %q", said)
	}
}

func TestFolderIsWhole(t *testing.T) {
	base := copyCommon(t)
	info, err := readInfo(base)
	if err != nil {
		t.Fatal(err)
	}
	other, err := crypto.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	write := func(change func(*Info)) func(string) error {
		return func(dir string) error {
			b, err := json.Marshal(edited(info, change))
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, infoFile), b, 0o600)
		}
	}
	for _, c := range []struct {
		name   string
		damage func(dir string) error
		kind   fault.Kind
		word   string
	}{
		{"no domain.json", func(dir string) error { return os.Remove(filepath.Join(dir, infoFile)) }, fault.NotFound, "yingbi init"},
		{"half a domain.json", func(dir string) error { return os.Truncate(filepath.Join(dir, infoFile), 40) }, fault.Integrity, infoFile},
		{"an empty domain.json", write(func(i *Info) { *i = Info{} }), fault.Integrity, infoFile},
		{"a newer format", write(func(i *Info) { i.Format = Format + 1 }), fault.Conflict, "newer yingbi"},
		{"another name", write(func(i *Info) { i.Name = "other.gov.cn" }), fault.Integrity, ""},
		{"another public key", write(func(i *Info) { i.Public = other.Public() }), fault.Integrity, "keyring"},
		{"no keyring", func(dir string) error { return os.RemoveAll(filepath.Join(dir, "keeper")) }, fault.NotFound, ""},
		{"no audit log", func(dir string) error { return os.RemoveAll(filepath.Join(dir, "audit")) }, fault.Integrity, "shortened"},
		{"no log, but its checkpoint", func(dir string) error { return os.Remove(filepath.Join(dir, "audit", "log")) }, fault.Integrity, ""},
		{"no vault", func(dir string) error { return os.RemoveAll(filepath.Join(dir, "vault")) }, fault.Integrity, "compartment"},
		{"no database", func(dir string) error { return os.Remove(filepath.Join(dir, "meta.db")) }, fault.Integrity, "older than the audit log"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := copyCommon(t)
			if err := c.damage(dir); err != nil {
				t.Fatal(err)
			}
			refused(t, config(t, dir), c.kind, c.word)
		})
	}
}

func TestUnlocking(t *testing.T) {
	dir := copyCommon(t)
	wrong := filepath.Join(t.TempDir(), "wrong.key")
	if err := os.WriteFile(wrong, bytes.Repeat([]byte{7}, 32), 0o600); err != nil {
		t.Fatal(err)
	}
	loose := filepath.Join(t.TempDir(), "loose.key")
	if err := os.WriteFile(loose, bytes.Repeat([]byte{7}, 32), 0o644); err != nil {
		t.Fatal(err)
	}
	cfg := config(t, dir)
	for name, c := range map[string]struct {
		unlock keeper.Unlock
		kind   fault.Kind
	}{
		"another key file":        {keeper.Unlock{KeyFile: wrong}, fault.Denied},
		"a passphrase":            {keeper.Unlock{PassphraseFD: pipe(t, "correct horse battery staple\n")}, fault.Invalid},
		"a key file for everyone": {keeper.Unlock{KeyFile: loose}, fault.Denied},
		"nothing":                 {keeper.Unlock{}, fault.Invalid},
	} {
		cfg.Unlock = c.unlock
		t.Run(name, func(t *testing.T) { refused(t, cfg, c.kind) })
	}
	refuseMixed(t, dir)
	cfg = config(t, dir)
	d, r, err := Open(t.Context(), cfg)
	if err != nil || !r.Empty() {
		t.Fatalf("after the refusals: %+v, %v", r, err)
	}
	if err := d.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// refuseMixed puts the keyring of another domain, whose key file is given, in
// place of a domain's own.
func refuseMixed(t *testing.T, dir string) {
	t.Helper()
	cfg := config(t, filepath.Join(t.TempDir(), "other"))
	cfg.Unlock.KeyFile = filepath.Join(t.TempDir(), "other.key")
	if _, _, err := Init(t.Context(), cfg, founder()); err != nil {
		t.Fatal(err)
	}
	mixed := filepath.Join(t.TempDir(), "mixed")
	copyFolder(t, mixed, dir)
	replaceFolder(t, filepath.Join(mixed, "keeper"), cfg.path("keeper"))
	cfg.Dir = mixed
	refused(t, cfg, fault.Integrity, "keyring")
}

func TestPassphrase(t *testing.T) {
	cfg := config(t, filepath.Join(t.TempDir(), "domain"))
	const phrase = "影壁 is a wall of four words"
	unlock := func(text string) Config {
		cfg.Unlock = keeper.Unlock{PassphraseFD: pipe(t, text+"\n")}
		return cfg
	}
	copyCommon(t) // for the founder's key
	if _, _, err := Init(t.Context(), unlock(phrase), founder()); err != nil {
		t.Fatal(err)
	}
	refused(t, unlock(phrase+"!"), fault.Denied)
	d, _, err := Open(t.Context(), unlock(phrase))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func pipe(t testing.TB, text string) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	if _, err := w.WriteString(text); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return r
}

// TestPutBack puts parts of an older copy of the folder back in place. Each is
// refused, the database too: what the log knows to have been done must be there.
func TestPutBack(t *testing.T) {
	f := open(t)
	zhao := f.as("zhao")
	id := f.held("by_district", nil)
	if _, err := zhao.Approve(t.Context(), id); err != nil {
		t.Fatal(err)
	}
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

// TestWholeFolderPutBack is what no domain can see by itself: everything is of an
// older time. A checkpoint that an auditor kept tells.
func TestWholeFolderPutBack(t *testing.T) {
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

// change runs a statement on the database behind the domain's back.
func (f *fixture) change(statement string, args ...any) {
	f.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(f.dir, "meta.db"))
	if err != nil {
		f.t.Fatal(err)
	}
	defer db.Close()
	result, err := db.ExecContext(f.t.Context(), statement, args...)
	if err != nil {
		f.t.Fatal(err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		f.t.Fatalf("%d rows were changed, %v", n, err)
	}
}

// TestForgedApproval holds that a job is not released because the database says
// that it was approved: the reviewer's own signature must be sealed with it.
func TestForgedApproval(t *testing.T) {
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
			f.change("UPDATE jobs SET state = 'approved' WHERE id = ?", id)
			_, err := zhao.Jobs().Release(t.Context(), zhao.Actor, id)
			if kind := fault.KindOf(err); kind != fault.Integrity && kind != fault.NotFound {
				t.Errorf("the release gives %v", err)
			}
			if got := f.state(id); got != job.Approved {
				t.Errorf("the job is %s", got)
			}
			f.change("UPDATE jobs SET state = 'released' WHERE id = ?", id)
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
	f.change("UPDATE jobs SET state = 'approved' WHERE id = ?", id)
	f.close()
	refused(t, config(t, f.dir), fault.Integrity, "job/"+id)
	f.change("UPDATE jobs SET state = 'released' WHERE id = ?", id)
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
	rows, err := c.Stat("v1.parquet")
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
