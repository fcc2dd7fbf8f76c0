package subject

import (
	"bytes"
	"testing"

	"yingbi/internal/fault"
)

// found looks an identifier up among those that are saved.
func (r *Registry) found(t testing.TB, id string) Found {
	t.Helper()
	f, err := Lookup(t.Context(), r.compartment, []byte(id))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestLookup finds subjects by every spelling, and gives each one account.
func TestLookup(t *testing.T) {
	s := newStore(t)
	r := s.open()
	const modern, old = "11010519491231002X", "110105491231002"
	for i, id := range []string{modern, "110105490101001", "P-7"} {
		r.want(t, id, int64(i+1))
	}
	if err := r.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	accounts := map[string]Found{}
	for want, spellings := range map[int64][]string{
		1:      {modern, "11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ", " 110105-19491231-002x\n", old, "１１０１０５４９１２３１００２", "110105 491231 002"},
		2:      {"110105490101001", "110105194901010013", "110105 19490101 0013"},
		3:      {"P-7", "p7", "Ｐ７"},
		Nobody: {"110105194912310038", "110105491231003"},
	} {
		first := r.found(t, spellings[0])
		for _, id := range spellings {
			if f := r.found(t, id); f.Ordinal != want || f.Account != first.Account {
				t.Errorf("%q is %d, want %d; its account is another: %v", id, f.Ordinal, want, f.Account != first.Account)
			}
		}
		for id, other := range accounts {
			if other.Account == first.Account {
				t.Errorf("%q and %q have one account", id, spellings[0])
			}
		}
		accounts[spellings[0]] = first
	}
	if r.Len() != 3 {
		t.Errorf("looking up has assigned: %d subjects", r.Len())
	}
	again := s.open()
	for id, want := range accounts {
		if f := again.found(t, id); f != want {
			t.Errorf("%q is %+v after it was opened again, and was %+v", id, f, want)
		}
	}
	r.want(t, old, 4) // it is a row of its own where data have it, and still one account
	if err := r.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f := r.found(t, old); f != accounts[modern] {
		t.Errorf("%+v", f)
	}
}

// TestAccountTellsNothing holds that an account shows neither tag nor ordinal, and is
// another in another registry.
func TestAccountTellsNothing(t *testing.T) {
	a, b := newStore(t).open(), newStore(t).open()
	a.want(t, "P7", 1)
	tag := a.tags.at(1)
	f := a.found(t, "P7")
	if bytes.Contains(f.Account[:], tag[:4]) || f.Account == b.found(t, "P7").Account {
		t.Error("the account follows from the tag, or from the identifier alone")
	}
}

// TestLookupRefuses holds that what names nobody is refused, and not repeated.
func TestLookupRefuses(t *testing.T) {
	r := newStore(t).open()
	for _, id := range []string{"", " ", "---", "\xff", "\u200b", string(bytes.Repeat([]byte("7"), 257))} {
		if f, err := Lookup(t.Context(), r.compartment, []byte(id)); fault.KindOf(err) != fault.Invalid || f != (Found{}) || len(id) > 3 && bytes.Contains([]byte(err.Error()), []byte(id)) {
			t.Errorf("%q: %+v, %v", id, f, err)
		}
	}
}
