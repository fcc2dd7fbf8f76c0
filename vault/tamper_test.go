package vault

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yingbi/internal/fault"
	"yingbi/keeper"
)

// find gives the path of the file of an object of dataset/a.
func (d *domain) find(c *Compartment, name string) string {
	d.t.Helper()
	e, err := c.entry(name)
	if err != nil {
		d.t.Fatal(err)
	}
	return filepath.Join(d.dir, "dataset.a", e.Stored+objectSuffix)
}

func (d *domain) manifest() string {
	d.t.Helper()
	paths, err := filepath.Glob(filepath.Join(d.dir, "dataset.a", "manifest.*"))
	if err != nil || len(paths) != 1 {
		d.t.Fatal(paths, err)
	}
	return paths[0]
}

// wantDamage opens the domain anew and wants dataset/a refused, at the latest
// when the object is read.
func (d *domain) wantDamage(what, object string) {
	d.t.Helper()
	d.reopen()
	c, err := d.vault.Unlock(d.t.Context(), intent("dataset/a"))
	if err == nil {
		_, err = c.Read(d.t.Context(), object, 1<<20)
		c.Close()
	}
	wantKind(d.t, what, err, fault.Integrity)
}

func TestEveryAlteredByteIsNoticed(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/a")
	put(t, c, "x", "thirty bytes of what is secret")
	for what, path := range map[string]string{"object": d.find(c, "x"), "manifest": d.manifest(), "key": filepath.Join(d.dir, "dataset.a", keyFile)} {
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range good {
			bad := bytes.Clone(good)
			bad[i] ^= 1 << (i % 8)
			if err := os.WriteFile(path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			d.wantDamage(what, "x")
		}
		for _, n := range []int{0, 1, len(good) / 2, len(good) - 1} {
			os.WriteFile(path, good[:n], 0o600)
			d.wantDamage(what+" cut short", "x")
		}
		os.WriteFile(path, append(bytes.Clone(good), 0), 0o600)
		d.wantDamage(what+" made longer", "x")
		os.Remove(path)
		d.wantDamage(what+" removed", "x")
		if what != "object" {
			if err := d.vault.Check(t.Context()); fault.KindOf(err) != fault.Integrity {
				t.Errorf("check after removing the %s: %v", what, err)
			}
		}
		os.WriteFile(path, good, 0o600)
	}
	d.reopen()
	wantRead(t, d.unlock("dataset/a"), "x", "thirty bytes of what is secret")
}

func TestExchangedObjects(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/a")
	put(t, c, "x", "aaaa")
	put(t, c, "y", "bbbb")
	x, y := d.find(c, "x"), d.find(c, "y")
	os.Rename(x, x+"~")
	os.Rename(y, x)
	os.Rename(x+"~", y)
	d.wantDamage("swapped", "x")
	d.wantDamage("swapped", "y")
	if err := d.vault.Check(t.Context()); err != nil {
		t.Errorf("check reads no object, but says %v", err)
	}
}

func TestMissingObjectIsFoundByCheck(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/a")
	put(t, c, "x", "aaaa")
	os.Truncate(d.find(c, "x"), 100)
	wantKind(t, "check", d.vault.Check(t.Context()), fault.Integrity)
	os.Remove(d.find(c, "x"))
	wantKind(t, "check", d.vault.Check(t.Context()), fault.Integrity)
}

// The folder of an earlier day, put back: every signature in it is right.
func TestRollback(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/a")
	put(t, c, "x", "old")
	old := d.clone()
	put(t, c, "x", "new")

	whole := d.clone()
	os.RemoveAll(filepath.Join(whole.dir, "dataset.a"))
	os.CopyFS(whole.dir, os.DirFS(old.dir))
	whole.wantDamage("the whole folder", "x")
	if orphans, err := whole.vault.Collect(t.Context()); len(orphans) > 0 || fault.KindOf(err) != fault.Integrity {
		t.Errorf("collected %q, %v from a damaged compartment", orphans, err)
	}

	renamed := d.clone()
	stale, err := os.ReadFile(old.manifest())
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(renamed.manifest(), stale, 0o600)
	renamed.wantDamage("the old manifest under the new name", "x")

	object := d.clone()
	sealed, err := os.ReadFile(old.find(old.unlock("dataset/a"), "x"))
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(object.find(object.unlock("dataset/a"), "x"), sealed, 0o600)
	object.wantDamage("the old object under the new name", "x")

	gone := d.clone()
	os.RemoveAll(filepath.Join(gone.dir, "dataset.a"))
	gone.reopen()
	wantKind(t, "check without the folder", gone.vault.Check(t.Context()), fault.Integrity)
	_, err = gone.vault.Create(t.Context(), intent("dataset/a"))
	wantKind(t, "create over it", err, fault.Conflict)
}

func TestDestroyedCompartmentPutBack(t *testing.T) {
	d := newDomain(t)
	put(t, d.create("dataset/a"), "x", "old")
	old := d.clone()
	if err := d.vault.Destroy(t.Context(), intent("dataset/a")); err != nil {
		t.Fatal(err)
	}
	os.CopyFS(d.dir, os.DirFS(old.dir))
	d.reopen()
	_, err := d.vault.Unlock(t.Context(), intent("dataset/a"))
	wantKind(t, "unlock", err, fault.NotFound)
	if orphans, err := d.vault.Collect(t.Context()); err != nil || len(orphans) != 3 {
		t.Errorf("collected %q, %v", orphans, err)
	}
}

func TestForeignKeyAndSignature(t *testing.T) {
	d := newDomain(t)
	put(t, d.create("dataset/a"), "x", "one")
	put(t, d.create("dataset/b"), "x", "two")
	key := filepath.Join(d.dir, "dataset.a", keyFile)
	good, _ := os.ReadFile(key)
	other, _ := os.ReadFile(filepath.Join(d.dir, "dataset.b", keyFile))
	os.WriteFile(key, other, 0o600)
	d.wantDamage("the key of another compartment", "x")
	_, fresh, err := d.keys.Create(t.Context(), intent("dataset/a"))
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(key, fresh, 0o600)
	d.wantDamage("another key of this compartment", "x")
	os.WriteFile(key, good, 0o600)

	stranger := newDomain(t)
	stranger.dir, stranger.ledger = d.dir, d.ledger
	stranger.reopen()
	_, err = stranger.vault.Unlock(t.Context(), keeper.Intent{Actor: "li", Compartment: "dataset/a"})
	wantKind(t, "a vault with another keeper", err, fault.Integrity)
}

// The longest manifest that is written can be read.
func TestMostObjects(t *testing.T) {
	m := manifest{Objects: make([]entry, maxObjects)}
	for i := range m.Objects {
		m.Objects[i] = entry{Name: strings.Repeat("a", maxName), Stored: strings.Repeat("0", 32), Opening: make([]byte, 105),
			Size: 1 << 48, Sealed: 1 << 49, Created: noon.Add(time.Microsecond)}
	}
	b, err := m.encode()
	if err != nil || len(b)+1024 > maxManifest {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	m.Objects = append(m.Objects, entry{})
	_, err = m.encode()
	wantKind(t, "one more", err, fault.Limit)
}

// FuzzParseManifest holds that what is accepted has one spelling.
func FuzzParseManifest(f *testing.F) {
	d := newDomain(f)
	c := d.create("dataset/a")
	put(f, c, "x", "one")
	put(f, c, "y", "two")
	b := c.Begin()
	if _, err := b.CreateCache(f.Context(), "z"); err != nil {
		f.Fatal(err)
	}
	if err := b.Commit(f.Context()); err != nil {
		f.Fatal(err)
	}
	file, err := os.ReadFile(d.manifest())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add(bytes.ToUpper(file))
	f.Add([]byte(strings.Replace(string(file), `"version":4`, `"version":0`, 1)))
	f.Add([]byte(strings.Replace(string(file), `"name":"x"`, `"name":"../x"`, 1)))
	f.Add([]byte("{}\n\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		m, body, signature, err := parseManifest(file)
		if err != nil {
			return
		}
		again, err := m.encode()
		if err != nil || !bytes.Equal(again, body) || !bytes.Equal(manifestBytes(again, signature), file) {
			t.Fatalf("accepted in another spelling: %v\n%s", err, file)
		}
		for _, e := range m.Objects {
			if strings.ContainsAny(e.Stored, "./") || checkName(e.Name) != nil {
				t.Fatalf("accepted %q stored as %q", e.Name, e.Stored)
			}
		}
	})
}
