package masking

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

func TestMemoKeys(t *testing.T) {
	seen := map[memoKey]string{}
	for _, domain := range []uint8{1, 2, 255} {
		for _, value := range []string{"1", "10", "01", "a", "\x00a", "530402199001011234", "530402199001011235", "91530402PDY00001XA", "影壁"} {
			k, ok := keyOf(domain, value)
			if what := fmt.Sprint(domain, value); !ok || seen[k] != "" || k == (memoKey{}) {
				t.Errorf("%q: %v, or the key of %q", what, ok, seen[k])
			} else {
				seen[k] = what
			}
		}
	}
	for _, value := range []string{"", strings.Repeat("1", memoValue+1), "a\x00"} { // filled up with zeros, it would be another
		if _, ok := keyOf(1, value); ok {
			t.Errorf("%q has a key", value)
		}
	}
	if _, ok := keyOf(0, "1"); ok {
		t.Error("a value without a domain has a key")
	}
}

// What is found is what was put, at every size of the table, and the newest is found.
func TestMemo(t *testing.T) {
	m := newMemo()
	key := func(i int) memoKey {
		k, _ := keyOf(1, fmt.Sprint(i))
		return k
	}
	sumOf := func(i int) sum { return sum{uint64(i) % (1 << 40), uint64(i) << 20} }
	const n = 100_000
	known := 0
	for i := range n {
		m.add([]entry{newEntry(key(i), sumOf(i)), newEntry(key(i), sumOf(i))})
		if got, ok := m.sums.find(m.hash(key(i)), key(i)); !ok || got != sumOf(i) {
			t.Fatalf("%d: %v, %v", i, got, ok)
		}
	}
	for i := range n {
		got, ok := m.sums.find(m.hash(key(i)), key(i))
		if ok {
			known++
		}
		if ok && got != sumOf(i) {
			t.Fatalf("%d has the sum of another", i)
		}
	}
	if known < n*99/100 || m.used > known {
		t.Errorf("%d of %d are known, %d used", known, n, m.used)
	}
	if size := uintptr(cap(m.sums)) * unsafe.Sizeof(m.sums[0]); size > 64<<20 {
		t.Errorf("the table has %d bytes", size)
	}
	old := m.sums
	m.wipe()
	if m.sums != nil || slices.ContainsFunc(old, func(set [places]entry) bool { return set != [places]entry{} }) {
		t.Error("wiping leaves values")
	}
}

// A Masker that is closed holds none of the identifiers that it saw.
func TestCloseWipes(t *testing.T) {
	for _, people := range []int{50, 2 * maxWords} { // as words, and in the memo
		m, err := policyOf(t, "c: pseudonym").Compile([]Column{{Name: "c", Type: text, Subject: "person"}}, secret)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for i := range people {
			ids = append(ids, fmt.Sprintf("5304021990%08d", i))
		}
		applyTo(t, m, columnOf(t, text, ids...))
		w := m.columns[0].words
		raw, sums := w.raw.text[:cap(w.raw.text)], m.memo.sums
		if raw == nil && sums == nil {
			t.Fatal("the Masker remembers nothing; the search looks at nothing")
		}
		m.Close()
		if bytes.Contains(raw, []byte("5304")) || slices.ContainsFunc(sums, func(set [places]entry) bool { return set != [places]entry{} }) {
			t.Errorf("%d people: identifiers are left", people)
		}
		if m.memo.sums != nil || w.raw.text != nil || w.masked != nil {
			t.Errorf("%d people: the Masker still holds them", people)
		}
	}
}

// applyTo masks the only column.
func applyTo(t testing.TB, m *Masker, a arrow.Array) arrow.Array {
	t.Helper()
	batch := array.NewRecordBatch(arrow.NewSchema([]arrow.Field{{Name: "c", Type: a.DataType()}}, nil), []arrow.Array{a}, int64(a.Len()))
	out, err := m.Apply(batch, 0)
	if err != nil {
		t.Fatal(err)
	}
	return out.Column(0)
}

// However many goroutines mask, and whatever they remember, a value has one pseudonym.
func TestMaskerAtOnce(t *testing.T) {
	for _, people := range []int{40, 3 * maxWords} {
		m, err := policyOf(t, "c: pseudonym").Compile([]Column{{Name: "c", Type: text, Subject: "person"}}, secret)
		if err != nil {
			t.Fatal(err)
		}
		var workers sync.WaitGroup
		var mu sync.Mutex
		all := map[string]string{}
		for g := range 4 {
			workers.Go(func() {
				r := rand.New(rand.NewPCG(uint64(g), 1))
				for range 6 {
					var ids []string
					for range 3000 {
						ids = append(ids, fmt.Sprintf("5304021990%08d", r.IntN(people)))
					}
					got := plain(applyTo(t, m, columnOf(t, text, ids...)))
					mu.Lock()
					for i, id := range ids {
						if known := all[id]; known != "" && known != got.ValueStr(i) {
							t.Errorf("%s and %s are one person", known, got.ValueStr(i))
						}
						all[id] = got.ValueStr(i)
					}
					mu.Unlock()
				}
			})
		}
		workers.Wait()
		different := map[string]bool{}
		for _, pseudonym := range all {
			different[pseudonym] = true
		}
		if len(different) != len(all) {
			t.Errorf("%d people have %d pseudonyms", len(all), len(different))
		}
	}
}

// A column gives the same texts as words and by the rule itself, whichever comes
// first, and a number of a word stands for one text in all batches.
func TestWords(t *testing.T) {
	var few, many []string
	for i := range 200 {
		few = append(few, fmt.Sprintf("云南省玉溪市%d", i%60))
	}
	few[7] = null
	for i := range maxWords + 10 {
		many = append(many, fmt.Sprintf("云南省昆明市%d", i))
	}
	for _, rule := range []string{"keep", "{rule: mask, first: 2, last: 3}", "{rule: prefix, length: 7}", "pseudonym", "{rule: pseudonym, kind: person}"} {
		compile := func() *Masker {
			m, err := policyOf(t, "c: "+rule).Compile([]Column{{Name: "c", Type: text}}, secret)
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		asRule := compile()
		applyTo(t, asRule, columnOf(t, text, many...))
		want := applyTo(t, asRule, columnOf(t, text, few...))
		if _, ok := want.(*array.Dictionary); ok {
			t.Fatalf("%s: %d different texts come as words", rule, len(many))
		}
		asWords := compile()
		first := applyTo(t, asWords, columnOf(t, text, few[:90]...)).(*array.Dictionary)
		second := applyTo(t, asWords, array.NewSlice(columnOf(t, text, few...), 5, 200)).(*array.Dictionary)
		if got := append(spell(plain(first))[:5], spell(plain(second))...); !slices.Equal(got, spell(plain(want))) {
			t.Errorf("%s: as words %q, by itself %q", rule, got[:9], spell(plain(want))[:9])
		}
		for i := range first.Dictionary().Len() {
			if first.Dictionary().ValueStr(i) != second.Dictionary().ValueStr(i) {
				t.Fatalf("%s: word %d changes", rule, i)
			}
		}
		if got := spell(plain(applyTo(t, asWords, columnOf(t, text, many...)))); len(got) != len(many) || got[3] == got[len(got)-1] && rule != "{rule: prefix, length: 7}" {
			t.Errorf("%s: %d texts, %q", rule, len(got), got[3])
		}
	}
	nulls := applyTo(t, mustCompile(t, "keep"), columnOf(t, text, null, null))
	if !nulls.IsNull(0) || nulls.Len() != 2 {
		t.Errorf("nulls become %v", spell(nulls))
	}
}

func mustCompile(t testing.TB, rule string) *Masker {
	t.Helper()
	m, err := policyOf(t, "c: "+rule).Compile([]Column{{Name: "c", Type: text}}, secret)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Words whose masked value is null make their rows null.
func TestWordsThatBecomeNull(t *testing.T) {
	got, _ := apply(t, "{rule: pseudonym, kind: person}", Column{Type: text}, columnOf(t, text, "-", "1", "-", null))
	if s := spell(got); s[0] != null || s[1] == null || s[2] != null || s[3] != null {
		t.Errorf("got %q", s)
	}
}

// The remembered days and offsets against the calendar, where clocks change.
func TestPeriodsAgainstTheCalendar(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, name := range []string{"Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "UTC"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, period := range []string{"day", "month", "quarter", "year"} {
			first, _ := periodOf(period)
			s, clock := newStarts(first), offsets{zone: zone}
			for range 3000 {
				micros := r.Int64N(300*365*24*3600*1e6) - 150*365*24*3600*1e6 // 1820 to 2120
				want, _ := startOf(time.UnixMicro(micros).In(zone), first)
				if got, ok := s.of(clock.day(micros)); !ok || got != want {
					t.Fatalf("%s, %s: the instant %d begins at day %d, want %d", name, period, micros, got, want)
				}
			}
		}
	}
	s := newStarts(func(y int, m time.Month, _ int) (int, time.Month, int) { return y, m, 1 })
	if _, ok := s.of(-1 << 31); ok {
		t.Error("a period begins before the first date")
	}
}
