package subject

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"yingbi/internal/fault"
	"yingbi/keeper"
	"yingbi/vault"
	"yingbi/vault/vaulttest"
)

// store is a vault with one registry's compartment.
type store struct {
	t      testing.TB
	dir    string
	keys   *vaulttest.Keys
	ledger *vaulttest.Ledger
}

var intent = keeper.Intent{Actor: "li", Compartment: "registry/person", Purpose: "test"}

func newStore(t testing.TB) *store {
	t.Helper()
	keys, err := vaulttest.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	return &store{t: t, dir: t.TempDir(), keys: keys, ledger: vaulttest.NewLedger()}
}

// compartment opens the vault anew.
func (s *store) compartment() *vault.Compartment {
	s.t.Helper()
	v, err := vault.Open(s.t.Context(), vault.Config{Dir: s.dir, Keys: s.keys, Public: s.keys.Public(), Ledger: s.ledger})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { v.Close() })
	open := v.Unlock
	if !v.Exists(intent.Compartment) {
		open = v.Create
	}
	c, err := open(s.t.Context(), intent)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *store) open() *Registry {
	s.t.Helper()
	r, err := Open(s.t.Context(), s.compartment())
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// ordinal gives that of one identifier.
func (r *Registry) ordinal(id string) (int64, error) {
	var tag [1]Tag
	var out [1]int64
	r.Tags(tag[:], func(int) []byte { return []byte(id) })
	err := r.Assign(tag[:], out[:])
	return out[0], err
}

func (r *Registry) want(t testing.TB, id string, ordinal int64) {
	t.Helper()
	if got, err := r.ordinal(id); err != nil || got != ordinal {
		t.Errorf("ordinal of %q = %d, %v; want %d", id, got, err, ordinal)
	}
}

func TestOrdinalsAreStableAndInOrderOfFirstSight(t *testing.T) {
	s := newStore(t)
	r := s.open()
	r.want(t, "a", 1)
	r.want(t, "b", 2)
	r.want(t, "Ａ", 1)
	if err := r.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.want(t, "c", 3)
	if err := r.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.Save(t.Context()); err != nil { // nothing new
		t.Fatal(err)
	}
	r.want(t, "unsaved", 4)

	r = s.open()
	if r.Len() != 3 || len(r.compartment.Names()) != 2 {
		t.Errorf("%d subjects in %q", r.Len(), r.compartment.Names())
	}
	r.want(t, "d", 4) // an ordinal that was never saved was never used
	for i, id := range []string{"a", "b", "c", "d"} {
		r.want(t, id, int64(i+1))
	}
	r.want(t, "　-", 0)
}

func TestRowsAreSubjectsOfTheirOwn(t *testing.T) {
	r := newStore(t).open()
	seen := map[int64]bool{}
	var tag [1]Tag
	var ordinal [1]int64
	for _, c := range []struct {
		dataset string
		version int
		row     int64
	}{{"adult", 1, 1}, {"adult", 1, 2}, {"adult", 2, 1}, {"adult", 11, 1}, {"other", 1, 1}} {
		r.RowTags(tag[:], c.dataset, c.version, c.row)
		if err := r.Assign(tag[:], ordinal[:]); err != nil || seen[ordinal[0]] {
			t.Errorf("%v: ordinal %d given before, %v", c, ordinal, err)
		}
		seen[ordinal[0]] = true
	}
	if r.RowTags(tag[:], "adult", 1, 2); r.Assign(tag[:], ordinal[:]) != nil || ordinal[0] != 2 {
		t.Errorf("the same row again is %d", ordinal)
	}
	r.want(t, "ADULT|1|2", 6)
}

// The reference is a Go map; sizes cross several growths and chunks.
func TestAgainstAMap(t *testing.T) {
	s := newStore(t)
	r := s.open()
	reference := map[string]int64{}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 30_000 {
		id := fmt.Sprintf("%06d", random.IntN(14_000))
		want, known := reference[id]
		if !known {
			want = int64(len(reference) + 1)
			reference[id] = want
		}
		r.want(t, id, want)
		if i%7_001 == 0 {
			if err := r.Save(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := r.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	r = s.open()
	if r.Len() != len(reference) {
		t.Fatalf("%d subjects, want %d", r.Len(), len(reference))
	}
	for id, want := range reference {
		r.want(t, id, want)
	}
}

func TestManyGoroutinesAgree(t *testing.T) {
	s := newStore(t)
	r := s.open()
	var wg sync.WaitGroup
	got := make([][]int64, 4)
	for g := range got {
		wg.Go(func() {
			for i := range 3_000 {
				ordinal, err := r.ordinal(fmt.Sprintf("P%d", i*(g*2+1)%3_000))
				if err != nil {
					t.Error(err)
				}
				got[g] = append(got[g], ordinal)
				if i%1_000 == 0 {
					if err := r.Save(t.Context()); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	for g := range got {
		for i, ordinal := range got[g] {
			r.want(t, fmt.Sprintf("P%d", i*(g*2+1)%3_000), ordinal)
		}
	}
	if err := r.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again := s.open(); again.Len() != r.Len() {
		t.Errorf("%d subjects after reopening, want %d", again.Len(), r.Len())
	}
}

func TestTwoRegistriesCannotBothSave(t *testing.T) {
	s := newStore(t)
	c := s.compartment()
	one, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	two, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	one.want(t, "a", 1)
	two.want(t, "b", 1)
	if err := one.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := two.Save(t.Context()); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the second save: %v", err)
	}
}

func TestFailedSaveCanBeRepeated(t *testing.T) {
	s := newStore(t)
	r := s.open()
	r.want(t, "a", 1)
	s.keys.Fail("sign", true)
	if err := r.Save(t.Context()); err == nil {
		t.Error("saved without a signature")
	}
	s.keys.Fail("sign", false)
	if err := r.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.open().want(t, "a", 1)
}

func TestSegmentsThatDoNotFollow(t *testing.T) {
	put := func(c *vault.Compartment, name string, b []byte) {
		t.Helper()
		err := c.Put(t.Context(), name, func(w io.Writer) error {
			_, err := w.Write(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	tags := make([]byte, 32)
	tags[0] = 1
	for name, damage := range map[string]func(*vault.Compartment){
		"a gap":        func(c *vault.Compartment) { put(c, segmentName(4), tags) },
		"an overlap":   func(c *vault.Compartment) { put(c, segmentName(2), tags) },
		"half a tag":   func(c *vault.Compartment) { put(c, segmentName(3), tags[:17]) },
		"a tag twice":  func(c *vault.Compartment) { put(c, segmentName(3), append(tags[:16:16], tags[:16]...)) },
		"another name": func(c *vault.Compartment) { put(c, "x", nil) },
	} {
		s := newStore(t)
		r := s.open()
		r.want(t, "a", 1)
		r.want(t, "b", 2)
		if err := r.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		damage(r.compartment)
		if _, err := Open(t.Context(), r.compartment); fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNoIdentifierOnDisk(t *testing.T) {
	s := newStore(t)
	r := s.open()
	const canary = "11010519491231002X"
	r.want(t, canary, 1)
	if err := r.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	o, err := r.compartment.Read(t.Context(), segmentName(1), 100)
	if err != nil || len(o) != 16 || bytes.Contains(o, []byte(canary[:8])) {
		t.Errorf("segment %x, %v", o, err)
	}
	files := 0
	filepath.Walk(s.dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			files++
			if b, _ := os.ReadFile(path); bytes.Contains(b, []byte(canary)) || bytes.Contains(b, o) {
				t.Errorf("%s holds an identifier or a tag", filepath.Base(path))
			}
		}
		return err
	})
	if files != 3 {
		t.Errorf("%d files", files)
	}
}

// The limit is checked without four billion subjects.
func TestLimit(t *testing.T) {
	r := newStore(t).open()
	r.tags.n = maxSubjects
	if _, err := r.ordinal("one too many"); fault.KindOf(err) != fault.Limit {
		t.Errorf("error %v", err)
	}
}
