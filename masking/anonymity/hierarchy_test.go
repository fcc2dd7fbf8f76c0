package anonymity

import (
	"slices"
	"strings"
	"testing"
)

func path(t *testing.T, h *Hierarchy, value string) string {
	t.Helper()
	code := must(h.Code(value))(t)
	var out []string
	for l := range h.Levels() {
		out = append(out, h.Value(code, l))
	}
	return strings.Join(out, " ")
}

func TestRules(t *testing.T) {
	prefixes, bands := must(Prefixes(4, 2))(t), must(Bands(5, 10, 100))(t)
	for _, c := range []struct {
		h           *Hierarchy
		value, want string
	}{
		{prefixes, "110105", "110105 1101* 11* *"}, {prefixes, "1101", "1101 1101 11* *"}, {prefixes, "北京市朝阳区", "北京市朝阳区 北京市朝* 北京* *"},
		{prefixes, "1", "1 1 1 *"}, {prefixes, "", "   *"},
		{bands, "37", "37 [35,40) [30,40) [0,100) *"}, {bands, "-1", "-1 [-5,0) [-10,0) [-100,0) *"}, {bands, "0", "0 [0,5) [0,10) [0,100) *"},
		{Periods(), "2024-02-29", "2024-02-29 2024-02 2024 *"}, {Periods(), "2024-02-29 12:00:00", "2024-02-29 12:00:00 2024-02 2024 *"},
		{Plain(), "x", "x"},
	} {
		if got := path(t, c.h, c.value); got != c.want {
			t.Errorf("%q: %q, want %q", c.value, got, c.want)
		}
		if path(t, c.h, c.value) != c.want {
			t.Errorf("%q: another time it is another", c.value)
		}
	}
	for _, bad := range []error{second(Prefixes(2, 4)), second(Prefixes(0)), second(Bands(10, 15)), second(Bands(0)), second(Prefixes(slices.Collect(fall(99))...))} {
		if bad == nil {
			t.Error("a rule that does not nest is taken")
		}
	}
	for value, h := range map[string]*Hierarchy{"thirty": bands, "99999999999999999": bands, "2024-02-30": Periods(), "24-1-1": Periods()} {
		if _, err := h.Code(value); err == nil || strings.Contains(err.Error(), value) {
			t.Errorf("%q: %v", value, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func fall(from int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for n := from; n > 0 && yield(n); n-- {
		}
	}
}

func TestReadHierarchy(t *testing.T) {
	h := must(ReadHierarchy(strings.NewReader("\ufeffa;x;*\nb;x;*\n\"c;d\";y;*\n")))(t)
	if got := path(t, h, "c;d"); got != "c;d y *" || h.Levels() != 3 {
		t.Errorf("%q", got)
	}
	if _, err := h.Code("secret"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a value without a row: %v", err)
	}
	for name, text := range map[string]string{
		"nothing": "", "blank": "\n\n", "ragged": "a;x;*\nb;*\n", "twice": "a;*\na;*\n", "not nested": "a;x;1\nb;x;2\n",
		"not nested above": "a;x;1;*\nb;y;1;+\n", "no UTF-8": "a\xff;*\n", "quotes": "a\"b;*\n", "too many levels": strings.Repeat(";", maxLevels) + "\n",
	} {
		if _, err := ReadHierarchy(strings.NewReader(text)); err == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
}

func FuzzReadHierarchy(f *testing.F) {
	for _, seed := range []string{"a;x;*\nb;x;*\n", "1;0-4;*\n2;0-4;*\n7;5-9;*\n", "\"a;b\";*\n", "a;x;1\nb;x;2\n", "\ufeffa\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ReadHierarchy(strings.NewReader(text))
		if err != nil {
			return
		}
		below := map[string]string{} // of two levels, by their depth
		for code := range h.levels[0].of {
			for l := range h.Levels() {
				value := h.Value(uint32(code), l)
				if l == 0 {
					if again, err := h.Code(value); err != nil || again != uint32(code) {
						t.Fatalf("%q has code %d, not %d: %v", value, again, code, err)
					}
					continue
				}
				key := string(rune(l)) + h.Value(uint32(code), l-1)
				if up, known := below[key]; known && up != value {
					t.Fatalf("%q stands under %q and %q", key, up, value)
				}
				below[key] = value
			}
		}
	})
}
