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

// FuzzNormalise holds that a normal form is its own normal form.
func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"11010519491231002x", "１１０　１", "京A·12345", "e\u200d\u0301", "ß", "ŉ", "ǰ\u200b\u0323", "\xff", "ﬃ-ſ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, id string) {
		once, ok := Normalise(id)
		if !ok {
			return
		}
		if twice, ok := Normalise(once); !ok || twice != once || once == "" {
			t.Fatalf("%q becomes %q becomes %q", id, once, twice)
		}
	})
}
