package vault

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"yingbi/crypto"
	"yingbi/internal/clock"
	"yingbi/internal/fault"
	"yingbi/keeper"
	"yingbi/vault/vaulttest"
)

var noon = time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)

// domain is a vault with its doubles, which can be opened again and cloned.
type domain struct {
	t      testing.TB
	dir    string
	keys   *vaulttest.Keys
	ledger *vaulttest.Ledger
	vault  *Vault
}

func newDomain(t testing.TB) *domain {
	t.Helper()
	keys, err := vaulttest.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	d := &domain{t: t, dir: t.TempDir(), keys: keys, ledger: vaulttest.NewLedger()}
	d.reopen()
	return d
}

// reopen opens the same folder as a new process would.
func (d *domain) reopen() {
	d.t.Helper()
	v, err := Open(d.t.Context(), Config{Dir: d.dir, Keys: d.keys, Public: d.keys.Public(), Ledger: d.ledger, Clock: clock.Fixed(noon)})
	if err != nil {
		d.t.Fatal(err)
	}
	d.vault = v
	d.t.Cleanup(func() { v.Close() })
}

// clone copies folder and ledger as a crash at this moment leaves them.
func (d *domain) clone() *domain {
	d.t.Helper()
	c := &domain{t: d.t, dir: d.t.TempDir(), keys: d.keys, ledger: d.ledger.Clone()}
	if err := os.CopyFS(c.dir, os.DirFS(d.dir)); err != nil {
		d.t.Fatal(err)
	}
	c.reopen()
	return c
}

func intent(compartment string) keeper.Intent {
	return keeper.Intent{Actor: "li", Compartment: compartment, Purpose: "test"}
}

func (d *domain) create(name string) *Compartment {
	d.t.Helper()
	c, err := d.vault.Create(d.t.Context(), intent(name))
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

func (d *domain) unlock(name string) *Compartment {
	d.t.Helper()
	c, err := d.vault.Unlock(d.t.Context(), intent(name))
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

func bytesOf(b []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}
}

func put(t testing.TB, c *Compartment, name, content string) {
	t.Helper()
	if err := c.Put(t.Context(), name, bytesOf([]byte(content))); err != nil {
		t.Fatal(err)
	}
}

func wantRead(t testing.TB, c *Compartment, name, content string) {
	t.Helper()
	b, err := c.Read(t.Context(), name, 1<<20)
	if err != nil || string(b) != content {
		t.Errorf("%s = %.20q, %v; want %.20q", name, b, err, content)
	}
}

func wantKind(t testing.TB, what string, err error, kind fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("%s: error %v, want a fault that is %v", what, err, kind)
	}
}

func TestWhatIsPutIsReadAfterReopening(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/claims")
	put(t, c, "v1.parquet", "first")
	put(t, c, "v1.parquet", "second")
	put(t, c, "notes/a", "")
	c.Close()
	d.reopen()
	c = d.unlock("dataset/claims")
	wantRead(t, c, "v1.parquet", "second")
	wantRead(t, c, "notes/a", "")
	if got := c.Names(); !reflect.DeepEqual(got, []string{"notes/a", "v1.parquet"}) {
		t.Errorf("names = %q", got)
	}
	if err := c.Delete(t.Context(), "notes/a"); err != nil {
		t.Fatal(err)
	}
	wantKind(t, "deleting twice", c.Delete(t.Context(), "notes/a"), fault.NotFound)
	if _, err := c.Open(t.Context(), "notes/a"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("open after delete: %v", err)
	}
	if got := d.files("dataset.claims"); len(got) != 3 {
		t.Errorf("files = %q, want key, manifest and one object", got)
	}
	if orphans, err := d.vault.Collect(t.Context()); err != nil || len(orphans) != 0 {
		t.Errorf("orphans %q, %v", orphans, err)
	}
	if err := d.vault.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func (d *domain) files(folder string) (names []string) {
	entries, err := os.ReadDir(filepath.Join(d.dir, folder))
	if err != nil && !os.IsNotExist(err) {
		d.t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestSizesAroundASegment(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/a")
	for _, n := range []int{0, 1, 65535, 65536, 65537, 131072, 200_001} {
		plain := bytes.Repeat([]byte{byte(n), 7, 9}, n/3+1)[:n]
		if err := c.Put(t.Context(), "x", bytesOf(plain)); err != nil {
			t.Fatal(err)
		}
		o, err := c.Open(t.Context(), "x")
		if err != nil {
			t.Fatal(n, err)
		}
		got, err := io.ReadAll(o.Reader())
		if err != nil || !bytes.Equal(got, plain) || o.Size() != int64(n) {
			t.Errorf("%d bytes: read %d, %v", n, len(got), err)
		}
		if n > 10 {
			tail := make([]byte, 10)
			if _, err := o.ReadAt(tail, int64(n)-10); err != nil || !bytes.Equal(tail, plain[n-10:]) {
				t.Errorf("%d bytes: tail %x, %v", n, tail, err)
			}
		}
		o.Close()
		if _, err := c.Read(t.Context(), "x", int64(n)-1); n > 0 && fault.KindOf(err) != fault.Limit {
			t.Errorf("reading %d bytes with a lower limit: %v", n, err)
		}
	}
}

func TestOneSignatureForManyObjects(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/a")
	before := d.keys.Calls("sign")
	err := c.PutAll(t.Context(), map[string]func(io.Writer) error{
		"a": bytesOf([]byte("1")), "b": bytesOf([]byte("2")), "c": bytesOf([]byte("3")),
	})
	if err != nil || d.keys.Calls("sign") != before+1 {
		t.Errorf("%d signatures, %v", d.keys.Calls("sign")-before, err)
	}
	if version, _, _ := d.ledger.Committed("dataset/a"); version != 2 {
		t.Errorf("version %d, want 2", version)
	}
}

func TestBatchCreateRefusesAName(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/a")
	one, two := c.Begin(), c.Begin()
	for _, b := range []*Batch{one, two} {
		w, err := b.Create(t.Context(), "v1")
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte("x"))
	}
	if err := one.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantKind(t, "the second of two", two.Commit(t.Context()), fault.Conflict)
	two.Discard()
	_, err := c.Begin().Create(t.Context(), "v1")
	wantKind(t, "a third", err, fault.Conflict)
	if n := len(d.files("dataset.a")); n != 3 {
		t.Errorf("%d files, want key, manifest, one object", n)
	}
	wantKind(t, "a batch that is over", one.Commit(t.Context()), fault.Internal)
}

func TestWriterOfABatchInterleave(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/a")
	b := c.Begin()
	defer b.Discard()
	rows, err := b.Create(t.Context(), "rows")
	if err != nil {
		t.Fatal(err)
	}
	bad, err := b.Create(t.Context(), "bad")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		io.WriteString(rows, strings.Repeat("r", 50_000))
		io.WriteString(bad, "b")
	}
	if err := b.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantRead(t, c, "rows", strings.Repeat("r", 150_000))
	wantRead(t, c, "bad", "bbb")
}

func TestOpenObjectOutlivesItsReplacement(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/a")
	put(t, c, "x", "old")
	o, err := c.Open(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	put(t, c, "x", "new")
	if got, err := io.ReadAll(o.Reader()); err != nil || string(got) != "old" {
		t.Errorf("got %q, %v", got, err)
	}
	wantRead(t, c, "x", "new")
}

func TestCommitmentOpens(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/a")
	put(t, c, "x", "content")
	info, err := c.Stat("x")
	if err != nil || info.Size != 7 {
		t.Fatal(info, err)
	}
	nonce, content, err := c.Opening("x")
	if err != nil || content != crypto.Sum([]byte("content")) {
		t.Fatal(content, err)
	}
	if err := crypto.CheckCommit(info.Commitment, nonce, content[:]); err != nil {
		t.Error(err)
	}
	put(t, c, "x", "content")
	if again, _ := c.Stat("x"); again.Commitment == info.Commitment {
		t.Error("equal content has equal commitments")
	}
	_, err = c.Stat("y")
	wantKind(t, "Stat of nothing", err, fault.NotFound)
}

func TestDeriveIsStableAndSeparate(t *testing.T) {
	d := newDomain(t)
	a, b := d.create("scenario/a"), d.create("scenario/b")
	one, err := a.Derive("pseudonym", 32)
	if err != nil || len(one) != 32 {
		t.Fatal(one, err)
	}
	d.reopen()
	if again, _ := d.unlock("scenario/a").Derive("pseudonym", 32); !bytes.Equal(again, one) {
		t.Error("another secret after reopening")
	}
	other, _ := a.Derive("order", 32)
	foreign, _ := b.Derive("pseudonym", 32)
	if bytes.Equal(one, other) || bytes.Equal(one, foreign) {
		t.Error("labels or compartments share a secret")
	}
	a.Close()
	_, err = a.Derive("pseudonym", 32)
	wantKind(t, "a closed compartment", err, fault.Conflict)
	wantKind(t, "a closed compartment", a.Put(t.Context(), "x", bytesOf(nil)), fault.Conflict)
	_, err = a.Open(t.Context(), "x")
	wantKind(t, "a closed compartment", err, fault.Conflict)
}

func TestNames(t *testing.T) {
	d := newDomain(t)
	for _, name := range []string{"", "/", "a/", "/a", "a//b", "A/b", "a.b", "..", "a/../b", "a b", "数据", "a/b/c/d", "a/-b", "a/__0x2f__", strings.Repeat("a", 201)} {
		_, err := d.vault.Create(t.Context(), intent(name))
		wantKind(t, name, err, fault.Invalid)
		if d.vault.Exists(name) {
			t.Errorf("%q exists", name)
		}
	}
	for _, name := range []string{"people", "dataset/claims", "module/0f", "job/0192a-b_c", "a/b/c"} {
		c := d.create(name)
		for _, object := range []string{"", ".", "../x", "-x", "a b", "名", "a\x00", strings.Repeat("a", 201)} {
			wantKind(t, object, c.Put(t.Context(), object, bytesOf(nil)), fault.Internal)
		}
		put(t, c, strings.Repeat("a", 200), "x")
		if !d.vault.Exists(name) {
			t.Errorf("%q does not exist", name)
		}
	}
	if _, err := d.vault.Unlock(t.Context(), intent("dataset/other")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("unlock of nothing: %v", err)
	}
	_, err := d.vault.Create(t.Context(), intent("people"))
	wantKind(t, "create twice", err, fault.Conflict)
}

func TestOpenRefusesAnEmptyConfig(t *testing.T) {
	if _, err := Open(t.Context(), Config{}); err == nil {
		t.Error("a vault without keys")
	}
}

func TestFilesAreForTheirOwnerAlone(t *testing.T) {
	d := newDomain(t)
	put(t, d.create("dataset/a"), "x", "secret")
	err := filepath.Walk(d.dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && path != d.dir && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", filepath.Base(path), info.Mode())
		}
		if err == nil && !info.IsDir() {
			b, _ := os.ReadFile(path)
			if bytes.Contains(b, []byte("secret")) {
				t.Errorf("%s holds plain bytes", filepath.Base(path))
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestManyWritersAndReaders(t *testing.T) {
	d := newDomain(t)
	first := d.create("dataset/a")
	put(t, first, "shared", "0")
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			c, err := d.vault.Unlock(t.Context(), intent("dataset/a"))
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			for range 5 {
				if err := c.Put(t.Context(), "shared", bytesOf([]byte{byte('0' + i)})); err != nil {
					t.Error(err)
				}
				if _, err := c.Read(t.Context(), "shared", 1); err != nil {
					t.Error(err)
				}
				if _, err := d.vault.Collect(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if version, _, _ := d.ledger.Committed("dataset/a"); version != 22 {
		t.Errorf("version %d, want 22", version)
	}
	if n := len(d.files("dataset.a")); n != 3 {
		t.Errorf("%d files left, want 3", n)
	}
}

func TestCancelledPutLeavesNothing(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/a")
	before := d.files("dataset.a")
	ctx, cancel := context.WithCancel(t.Context())
	err := c.Put(ctx, "x", func(w io.Writer) error {
		cancel()
		_, err := w.Write(make([]byte, 200_000))
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if got := d.files("dataset.a"); !reflect.DeepEqual(got, before) {
		t.Errorf("files %q, want %q", got, before)
	}
}
