package vault

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yingbi/internal/fault"
	"yingbi/internal/testkit"
	"yingbi/vault/vaulttest"
)

// rotation changes no object; whichever keys it has moved, all open.
var rotation = change{"rotate", nil, func(d *domain, _ *Compartment) error {
	_, err := d.vault.Rotate(d.t.Context(), d.keys)
	return err
}, map[string]string{"a": "one"}, map[string]string{"a": "one"}}

// TestDiskFailsAtEachCall strikes every call by which the vault changes its
// folder: the compartment is as before or as after, as the ledger has it, and
// where the disk is well again the change can be made.
func TestDiskFailsAtEachCall(t *testing.T) {
	for _, ch := range append(changes[:len(changes):len(changes)], rotation) {
		t.Run(ch.name, func(t *testing.T) { testkit.Sweep(t, ch.strike) })
	}
}

func (ch change) strike(t *testing.T, folder string, b *testkit.Blow, do func(func())) {
	d, c := ch.prepareIn(t, folder)
	var err error
	do(func() { err = ch.run(d, c) })
	committed := err == nil
	if err != nil {
		if b.Kind == "full" && (fault.KindOf(err) != fault.Limit || !strings.Contains(err.Error(), "disk is full")) {
			t.Errorf("a full disk is told as %v", err)
		}
		if version, _, _ := d.ledger.Committed("dataset/a"); version > ch.version(d) {
			t.Errorf("committed version %d, and told %v", version, err)
		}
	}
	want := ch.before
	if committed {
		want = ch.after
	}
	after := &domain{t: t, dir: filepath.Join(b.Left, "vault"), keys: d.keys, ledger: d.ledger}
	if b.Kind == "cut" && b.Hit != "" { // nobody goes on in the old process
		after.reopen()
		after.wantRecovery(want)
		return
	}
	d.wantState(want)
	d.clone().wantRecovery(want)
	if !committed {
		if err := ch.run(d, c); err != nil {
			t.Fatalf("again: %v", err)
		}
	}
	after.reopen()
	after.wantRecovery(ch.after)
}

// version is what the ledger has before the change.
func (ch change) version(d *domain) uint64 {
	if ch.before == nil {
		return 0
	}
	return uint64(1 + len(ch.before)) // made, and one for each put
}

// prepareIn is prepare in a given folder.
func (ch change) prepareIn(t *testing.T, folder string) (*domain, *Compartment) {
	t.Helper()
	keys, err := vaulttest.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	d := &domain{t: t, dir: filepath.Join(folder, "vault"), keys: keys, ledger: vaulttest.NewLedger()}
	d.reopen()
	put(t, d.create("dataset/other"), "x", "other")
	if ch.before == nil {
		return d, nil
	}
	c := d.create("dataset/a")
	for name, content := range ch.before {
		put(t, c, name, content)
	}
	return d, c
}

// TestVaultThatCannotBeMade strikes the opening of a new vault.
func TestVaultThatCannotBeMade(t *testing.T) {
	testkit.Sweep(t, func(t *testing.T, folder string, b *testkit.Blow, do func(func())) {
		keys, err := vaulttest.NewKeys()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		d := &domain{t: t, dir: filepath.Join(folder, "vault"), keys: keys, ledger: vaulttest.NewLedger()}
		do(func() {
			v, err := Open(t.Context(), Config{Dir: d.dir, Keys: keys, Public: keys.Public(), Ledger: d.ledger})
			if err != nil {
				return
			}
			defer v.Close()
			if c, err := v.Create(t.Context(), intent("dataset/a")); err == nil {
				c.Put(t.Context(), "a", bytesOf([]byte("one"))) // which counts if the ledger says so
			}
		})
		d.dir = filepath.Join(b.Left, "vault")
		d.reopen()
		version, _, known := d.ledger.Committed("dataset/a")
		switch {
		case !known:
			d.wantRecovery(nil)
		case version == 1:
			d.wantRecovery(map[string]string{})
		default:
			d.wantRecovery(map[string]string{"a": "one"})
		}
	})
}

// TestHalfWritten damages what lies in the folder as a disk does: Check and Open
// find it, and name it.
func TestHalfWritten(t *testing.T) {
	for _, test := range []struct {
		name   string
		damage func(d *domain, c *Compartment) error
		check  bool   // by Check already; otherwise when it is opened
		word   string // in the error
	}{
		{"half an object", func(d *domain, c *Compartment) error { return os.Truncate(d.find(c, "x"), 60) }, true, "object x"},
		{"an empty object", func(d *domain, c *Compartment) error { return os.Truncate(d.find(c, "x"), 0) }, true, "object x"},
		{"an object that grew", func(d *domain, c *Compartment) error { return grow(d.find(c, "x"), 4096) }, true, "object x"},
		{"no object", func(d *domain, c *Compartment) error { return os.Remove(d.find(c, "x")) }, true, "object x"},
		{"an object of zeros", func(d *domain, c *Compartment) error { return zero(d.find(c, "x")) }, false, "object x"},
		{"an object that is a folder", func(d *domain, c *Compartment) error {
			return errors.Join(os.Remove(d.find(c, "x")), os.Mkdir(d.find(c, "x"), 0o700))
		}, true, "object x"},
		{"half a manifest", func(d *domain, _ *Compartment) error { return os.Truncate(d.manifest(), 100) }, true, "manifest of version 2"},
		{"an empty manifest", func(d *domain, _ *Compartment) error { return os.Truncate(d.manifest(), 0) }, true, "manifest of version 2"},
		{"a manifest of zeros", func(d *domain, _ *Compartment) error { return zero(d.manifest()) }, true, "manifest of version 2"},
		{"no manifest", func(d *domain, _ *Compartment) error { return os.Remove(d.manifest()) }, true, "manifest of version 2"},
		{"no key", func(d *domain, _ *Compartment) error { return os.Remove(d.path("key")) }, true, "wrapped key"},
		{"an empty key", func(d *domain, _ *Compartment) error { return os.Truncate(d.path("key"), 0) }, true, "wrapped key"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDomain(t)
			c := d.create("dataset/a")
			put(t, c, "x", strings.Repeat("what is secret ", 20))
			if err := test.damage(d, c); err != nil {
				t.Fatal(err)
			}
			d.reopen()
			if err := d.vault.Check(t.Context()); test.check {
				wantKind(t, "check", err, fault.Integrity)
				if err != nil && (!strings.Contains(err.Error(), "dataset/a") || !strings.Contains(err.Error(), test.word)) {
					t.Errorf("check does not name it: %v", err)
				}
			}
			c, err := d.vault.Unlock(t.Context(), intent("dataset/a"))
			if err == nil {
				_, err = c.Read(t.Context(), "x", 1<<20)
			}
			wantKind(t, "open", err, fault.Integrity)
			if orphans, _ := d.vault.Collect(t.Context()); len(orphans) > 0 && test.word != "wrapped key" && test.word != "object x" {
				t.Errorf("collected %q from a damaged compartment", orphans)
			}
		})
	}
}

// path gives a file of dataset/a.
func (d *domain) path(name string) string { return filepath.Join(d.dir, "dataset.a", name) }

func grow(path string, by int64) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return os.Truncate(path, info.Size()+by)
}

// zero keeps the length of a file and loses its bytes.
func zero(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, make([]byte, info.Size()), 0o600)
}
