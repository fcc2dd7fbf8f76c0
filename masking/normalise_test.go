package masking

import (
	"strings"
	"testing"

	"yingbi/subject"
)

// A pseudonym must link exactly the rows that the registry counts as one subject.
func TestNormaliseIsTheRegistrys(t *testing.T) {
	cases := []string{
		"", " ", "-", "530402199001011234", "53040219900101123x", "５３０４02-1990 0101_1234", "云A·12345", "ａｂ　c", "é", "e\u0301", "e\u200d\u0301",
		"a.b/c", "\xff", "①", "ß", "ﬁ", "\u0000x", "x\u2212y", "・・", "ǆ", strings.Repeat("A", 256), strings.Repeat("A", 257), strings.Repeat("é", 600), strings.Repeat("-", 1000) + "A",
	}
	for c := rune(0); c < 0x3100; c++ {
		cases = append(cases, "1"+string(c)+"a", string(c))
	}
	for _, in := range cases {
		got, ok := normalise(in)
		want, wantOK := subject.Normalise(in)
		if ok != wantOK || ok && got != want {
			t.Errorf("%q: masking has %q, %v, the registry %q, %v", in, got, ok, want, wantOK)
		}
	}
}
