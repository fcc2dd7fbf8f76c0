//go:build linux && cgo

package domain

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"yingbi/crypto"
	"yingbi/internal/fault"
)

// foreseen looks at a folder before it is opened, and holds that the look changes
// nothing and finds nothing broken. It gives what the look found, by check.
func foreseen(t *testing.T, dir string) map[string]Finding {
	t.Helper()
	before := fingerprint(t, dir)
	found, err := Look(t.Context(), config(t, dir), false)
	if err != nil {
		t.Fatal(err)
	}
	if after := fingerprint(t, dir); after != before {
		t.Error("a look has changed the folder")
	}
	out := map[string]Finding{}
	for _, f := range found {
		out[f.Check] = f
		if f.State == Broken {
			t.Errorf("%s: %s", f.Check, f.Reason)
		}
	}
	if len(out) != len(Checks()) {
		t.Errorf("%d checks, want %d", len(out), len(Checks()))
	}
	return out
}

// matches holds that an opening has put right what a look foresaw.
func matches(t *testing.T, found map[string]Finding, r Recovery) {
	t.Helper()
	if torn := found["log"].Facts["torn_bytes"]; torn != r.TornBytes {
		t.Errorf("a look saw %d torn bytes, and %d were cut", torn, r.TornBytes)
	}
	if !slices.Equal(found["orphans"].Items, r.Orphans) || !slices.Equal(found["leftovers"].Items, r.Leftovers) {
		t.Errorf("a look saw %+v and %+v, and removed were %+v", found["orphans"], found["leftovers"], r)
	}
	if items := found["acts"].Items; len(items) != len(r.Finished)+len(r.Abandoned)+len(r.Jobs) {
		t.Errorf("a look saw %q, and closed were %+v", items, r)
	}
}

// fingerprint is a digest of every name, mode and byte in a folder.
func fingerprint(t *testing.T, dir string) crypto.Digest {
	t.Helper()
	var parts [][]byte
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		parts = append(parts, []byte(path), []byte(info.Mode().String()))
		if !e.IsDir() {
			b, err := os.ReadFile(path)
			parts = append(parts, b)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return crypto.Sum(parts...)
}

// TestLook looks at a domain that was never opened, at one at work, and at damage
// of each part; the script doctor_repair of cmd/yingbi tells the rest.
func TestLook(t *testing.T) {
	t.Parallel()
	whole := copyCommon(t)
	cfg := config(t, filepath.Join(t.TempDir(), "new"))
	if _, _, err := Init(t.Context(), cfg, Founding{Name: domainName, Admin: person("gao")}); err != nil {
		t.Fatal(err)
	}
	for check, f := range foreseen(t, cfg.Dir) {
		if f.State != Sound && check != "keeper" && check != "space" {
			t.Errorf("a domain that was never opened: %s is %+v", check, f)
		}
	}
	f := &fixture{t: t, dir: whole}
	f.reopen()
	_, err := Look(t.Context(), config(t, whole), false)
	wantKind(t, err, fault.Conflict)
	f.close()
	_, err = Look(t.Context(), config(t, t.TempDir()), false)
	wantKind(t, err, fault.NotFound)

	for path, check := range map[string]string{
		"audit/log": "log", "audit/checkpoint": "log", "vault/people/key": "vault", "vault/dataset.claims": "vault", "vault": "vault", "meta.db": "database",
	} {
		dir := filepath.Join(t.TempDir(), "damaged")
		copyFolder(t, dir, whole)
		if err := os.RemoveAll(filepath.Join(dir, path)); err != nil {
			t.Fatal(err)
		}
		found, err := Look(t.Context(), config(t, dir), true)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if (f.State == Broken) != (f.Check == check) && !(check == "vault" && f.Check == "orphans") {
				t.Errorf("without %s: %s is %s: %s", path, f.Check, f.State, f.Reason)
			}
		}
	}
}
