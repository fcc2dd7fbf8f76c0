package idnum

import (
	"strings"
	"testing"
)

func TestNormalise(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"11010519491231002X", "11010519491231002X"},
		{"11010519491231002x", "11010519491231002X"},
		{"１１０１０５１９４９１２３１００２ｘ", "11010519491231002X"},
		{" 110105　19491231-002X\t", "11010519491231002X"},
		{"110105–1949—1231−002X", "11010519491231002X"},
		{"\ufeff110105\u200b19491231002X", "11010519491231002X"},
		{"京A·12345", "京A12345"},
		{"京a・12345", "京A12345"},
		{"91350100m000100y4_3", "91350100M000100Y43"},
		{"e\u0301", "É"},
		{"e\u200d\u0301", "É"},
		{"1.2/3", "1.2/3"},
		{"0", "0"},
		{strings.Repeat("A", 256), strings.Repeat("A", 256)},
	} {
		got, ok := Normalise(c.in)
		if !ok || got != c.want {
			t.Errorf("Normalise(%q) = %q, %v; want %q", c.in, got, ok, c.want)
		}
	}
	for _, in := range []string{"", " ", "　", "---", "\u200b", "_ ·", "\xff", strings.Repeat("A", 257), strings.Repeat("a", 5000)} {
		if got, ok := Normalise(in); ok {
			t.Errorf("Normalise(%.20q) = %q", in, got)
		}
	}
}

// Every character alone and between others: the quick way is the rule.
func TestAppendNormalIsTheRule(t *testing.T) {
	for c := range rune(0x10000) {
		if _, quick := simple(c); quick || c < 0x300 {
			wantSame(t, string(c))
			wantSame(t, "a"+string(c)+"1")
			wantSame(t, "e"+string(c)+"\u0301")
		}
	}
	for _, id := range []string{"", strings.Repeat("A", 256), strings.Repeat("a", 257), strings.Repeat("-", 1023) + "a", strings.Repeat("-", 1024) + "a", "a\xff", "１a"} {
		wantSame(t, id)
	}
}

// wantSame compares AppendNormal and Normalise with the rule.
func wantSame(t *testing.T, id string) {
	t.Helper()
	want, ok := normalise(id)
	if got, gotOK := Normalise(id); gotOK != ok || got != want {
		t.Errorf("Normalise(%q) = %q, %v; the rule gives %q, %v", id, got, gotOK, want, ok)
	}
	if got, gotOK := AppendNormal([]byte("i"), []byte(id)); gotOK != ok || string(got) != "i"+want {
		t.Errorf("AppendNormal(%q) = %q, %v; the rule gives %q, %v", id, got, gotOK, want, ok)
	}
}

func TestAppendNormalAllocatesNothing(t *testing.T) {
	dst, id := make([]byte, 0, maxID), []byte(" 京·110105-19491231　00２x")
	if n := testing.AllocsPerRun(100, func() { AppendNormal(dst, id) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzNormalise holds that a normal form is its own normal form, and that the quick
// ways give what the rule gives.
func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"11010519491231002x", "１１０　１", "京A·12345", "e\u200d\u0301", "ß", "ŉ", "ǰ\u200b\u0323", "\xff", "ﬃ-ſ", "a b-c_d\t", "a\x7fb\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, id string) {
		wantSame(t, id)
		once, ok := Normalise(id)
		if !ok {
			return
		}
		if twice, ok := Normalise(once); !ok || twice != once || once == "" {
			t.Fatalf("%q becomes %q becomes %q", id, once, twice)
		}
	})
}

func BenchmarkAppendNormal(b *testing.B) {
	for _, id := range []string{"11010519491231002X", "110105-19491231-002x", "京A·12345", "１１０１０５１９４９１２３１００２ｘ"} {
		b.Run(id, func(b *testing.B) {
			dst, in := make([]byte, 0, maxID), []byte(id)
			b.ReportAllocs()
			for b.Loop() {
				AppendNormal(dst, in)
			}
		})
	}
}
