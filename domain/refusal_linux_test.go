//go:build linux && cgo

package domain

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yingbi/access"
	"yingbi/crypto"
	"yingbi/internal/fault"
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
	t.Parallel()
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
	t.Parallel()
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
