package vault

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"yingbi/internal/fault"
	"yingbi/keeper"
)

var errInjected = errors.New("injected")

var commitSteps = []step{stepSign, stepManifest, stepLedger, stepSweep}

var putSteps = slices.Concat([]step{stepObject, stepPublish, stepFolder}, commitSteps)

// change is something that moves the compartment dataset/a from one state to
// another: objects by name, nil where there is no compartment.
type change struct {
	name          string
	steps         []step
	run           func(*domain, *Compartment) error
	before, after map[string]string
}

var changes = []change{
	{"create", []step{stepSign, stepManifest, stepLedger}, func(d *domain, _ *Compartment) error {
		_, err := d.vault.Create(d.t.Context(), intent("dataset/a"))
		return err
	}, nil, map[string]string{}},
	{"put", putSteps, func(d *domain, c *Compartment) error {
		return c.PutAll(d.t.Context(), map[string]func(io.Writer) error{"b": bytesOf([]byte("two")), "c": bytesOf([]byte("three"))})
	}, map[string]string{"a": "one"}, map[string]string{"a": "one", "b": "two", "c": "three"}},
	{"replace", putSteps, func(d *domain, c *Compartment) error {
		return c.Put(d.t.Context(), "a", bytesOf([]byte("uno")))
	}, map[string]string{"a": "one"}, map[string]string{"a": "uno"}},
	{"delete", slices.Concat([]step{stepFolder}, commitSteps), func(d *domain, c *Compartment) error {
		return c.Delete(d.t.Context(), "a")
	}, map[string]string{"a": "one"}, map[string]string{}},
	{"destroy", commitSteps, func(d *domain, _ *Compartment) error {
		return d.vault.Destroy(d.t.Context(), intent("dataset/a"))
	}, map[string]string{"a": "one"}, nil},
}

// prepare makes a domain in the state before the change.
func (ch change) prepare(t *testing.T) (*domain, *Compartment) {
	d := newDomain(t)
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

// wantState opens the compartment and compares all of it.
func (d *domain) wantState(want map[string]string) {
	d.t.Helper()
	if err := d.vault.Check(d.t.Context()); err != nil {
		d.t.Errorf("check: %v", err)
	}
	if d.vault.Exists("dataset/a") != (want != nil) {
		d.t.Errorf("exists = %v", want == nil)
	}
	if want == nil {
		_, err := d.vault.Unlock(d.t.Context(), intent("dataset/a"))
		wantKind(d.t, "unlock", err, fault.NotFound)
		return
	}
	c := d.unlock("dataset/a")
	defer c.Close()
	if names := c.Names(); len(names) != len(want) {
		d.t.Errorf("names = %q, want %v", names, want)
	}
	for name, content := range want {
		wantRead(d.t, c, name, content)
	}
}

// A process that dies at any step leaves the state before or the state after,
// whichever the ledger has; what is left over is collected, and work goes on.
func TestCrashAtEveryStep(t *testing.T) {
	for _, ch := range changes {
		for _, at := range ch.steps {
			t.Run(ch.name+"/"+string(at), func(t *testing.T) {
				d, c := ch.prepare(t)
				var crashed *domain
				d.vault.hook = func(s step) error {
					if s == at && crashed == nil {
						crashed = d.clone()
					}
					return nil
				}
				if err := ch.run(d, c); err != nil {
					t.Fatal(err)
				}
				if crashed == nil {
					t.Fatal("the step was never reached")
				}
				want := ch.before
				if at == stepSweep {
					want = ch.after
				}
				crashed.wantRecovery(want)
				d.wantState(ch.after)
			})
		}
	}
}

func (d *domain) wantRecovery(want map[string]string) {
	d.t.Helper()
	d.wantState(want)
	if _, err := d.vault.Collect(d.t.Context()); err != nil {
		d.t.Errorf("collect: %v", err)
	}
	d.wantState(want)
	files := d.files("dataset.a")
	wantFiles := len(want) + 2 // the key and the manifest
	if version, _, known := d.ledger.Committed("dataset/a"); want == nil {
		wantFiles = 0
		if known && version > 0 {
			wantFiles = 1 // the tombstone
		}
	}
	if len(files) != wantFiles {
		d.t.Errorf("files after collecting: %q, want %d", files, wantFiles)
	}
	if want != nil {
		put(d.t, d.unlock("dataset/a"), "later", "works")
	}
}

// An error at any step before the ledger leaves the state before, and the same
// process can try again.
func TestErrorAtEveryStep(t *testing.T) {
	for _, ch := range changes {
		for _, at := range ch.steps {
			if at == stepLedger || at == stepSweep {
				continue
			}
			t.Run(ch.name+"/"+string(at), func(t *testing.T) {
				d, c := ch.prepare(t)
				d.vault.hook = func(s step) error {
					if s == at {
						return errInjected
					}
					return nil
				}
				if err := ch.run(d, c); !errors.Is(err, errInjected) {
					t.Fatalf("error %v", err)
				}
				d.vault.hook = nil
				d.wantState(ch.before)
				d.clone().wantRecovery(ch.before)
				if err := ch.run(d, c); err != nil {
					t.Fatal(err)
				}
				d.wantState(ch.after)
			})
		}
	}
}

// Where the ledger's answer is lost, nothing more is written until a new opening
// has found out what it has.
func TestLedgerThatDoesNotAnswer(t *testing.T) {
	for _, ch := range changes {
		for _, recorded := range []bool{false, true} {
			d, c := ch.prepare(t)
			d.ledger.Fail(true, recorded)
			if err := ch.run(d, c); err == nil {
				t.Fatal(ch.name, "succeeds without the ledger")
			}
			d.ledger.Fail(false, false)
			if c != nil {
				wantKind(t, ch.name+": a write with an open outcome", c.Put(t.Context(), "z", bytesOf(nil)), fault.Conflict)
			}
			if orphans, err := d.vault.Collect(t.Context()); err != nil || len(orphans) > 0 {
				t.Errorf("%s: collected %q, %v while the outcome is open", ch.name, orphans, err)
			}
			want := ch.before
			if recorded {
				want = ch.after
			}
			d.reopen()
			d.wantRecovery(want)
		}
	}
}

// A process that dies while an object is being written leaves a temporary file
// inside the vault's folder, and nothing else.
func TestCrashWhileWriting(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/a")
	put(t, c, "a", "one")
	var crashed *domain
	err := c.Put(t.Context(), "a", func(w io.Writer) error {
		w.Write(make([]byte, 300_000))
		crashed = d.clone()
		if orphans, err := d.vault.Collect(t.Context()); err != nil || len(orphans) > 0 {
			t.Errorf("collected %q, %v under a writer", orphans, err)
		}
		return errInjected
	})
	if !errors.Is(err, errInjected) {
		t.Fatal(err)
	}
	d.wantState(map[string]string{"a": "one"})
	orphans, err := crashed.vault.Collect(t.Context())
	if err != nil || len(orphans) != 1 || !strings.HasSuffix(orphans[0], ".tmp") {
		t.Errorf("collected %q, %v", orphans, err)
	}
	crashed.wantRecovery(map[string]string{"a": "one"})
}

func TestKeeperThatRefuses(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/a")
	put(t, c, "a", "one")
	d.keys.Fail("sign", true)
	if err := c.Put(t.Context(), "a", bytesOf([]byte("two"))); err == nil {
		t.Error("a commit without a signature")
	}
	if err := d.vault.Destroy(t.Context(), intent("dataset/a")); err == nil {
		t.Error("a tombstone without a signature")
	}
	if _, err := d.vault.Create(t.Context(), intent("dataset/b")); err == nil {
		t.Error("a compartment without a signature")
	}
	d.keys.Fail("sign", false)
	d.wantState(map[string]string{"a": "one"})
	d.keys.Fail("unwrap", true)
	if _, err := d.vault.Unlock(t.Context(), intent("dataset/a")); err == nil {
		t.Error("unlocked without the keeper")
	}
	d.keys.Fail("create", true)
	if _, err := d.vault.Create(t.Context(), keeper.Intent{Actor: "li", Compartment: "dataset/c"}); err == nil {
		t.Error("created without the keeper")
	}
	if got := d.files("dataset.c"); got != nil {
		t.Errorf("left %q", got)
	}
}

func TestDestroy(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/a")
	put(t, c, "a", "one")
	if err := d.vault.Destroy(t.Context(), intent("dataset/a")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Derive("x", 16); err == nil {
		t.Error("an old handle still has the key")
	}
	if files := d.files("dataset.a"); len(files) != 1 || !strings.HasPrefix(files[0], "manifest.3.") {
		t.Errorf("files = %q, want the tombstone", files)
	}
	_, err := d.vault.Create(t.Context(), intent("dataset/a"))
	wantKind(t, "the name again", err, fault.Conflict)
	wantKind(t, "destroying twice", d.vault.Destroy(t.Context(), intent("dataset/a")), fault.NotFound)
	d.reopen()
	d.wantState(nil)
}

func TestRotate(t *testing.T) {
	d := newDomain(t)
	put(t, d.create("dataset/a"), "a", "one")
	put(t, d.create("people"), "b", "two")
	d.create("dataset/gone")
	if err := d.vault.Destroy(t.Context(), intent("dataset/gone")); err != nil {
		t.Fatal(err)
	}
	d.keys.Fail("rewrap", true)
	if n, err := d.vault.Rotate(t.Context(), d.keys); err == nil || n != 0 {
		t.Errorf("rotated %d, %v", n, err)
	}
	d.keys.Fail("rewrap", false)
	before := d.clone()
	n, err := d.vault.Rotate(t.Context(), d.keys)
	if err != nil || n != 2 || d.keys.Calls("rewrap") != 2 {
		t.Errorf("rotated %d with %d calls, %v", n, d.keys.Calls("rewrap"), err)
	}
	same, _ := before.vault.files.read(t.Context(), "people/key", maxWrapped)
	if now, err := d.vault.files.read(t.Context(), "people/key", maxWrapped); err != nil || string(now) == string(same) {
		t.Errorf("the wrapped key is unchanged, %v", err)
	}
	d.reopen()
	d.wantState(map[string]string{"a": "one"})
	wantRead(t, d.unlock("people"), "b", "two")
}
