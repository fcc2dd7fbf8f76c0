package label

import (
	"strings"
	"testing"
	"unicode/utf8"

	"yingbi/internal/idnum"
)

func TestHonestTextsPass(t *testing.T) {
	for _, s := range []string{
		"", "东城区", "内科（门诊）", "I10", "E11.9", "<18", "[18,60)", ">=60", "a < b & c", "R&D", "AT&T", "2024-01", "2024-01-01", "110101", "110101001000",
		"男", "O型", "CT检查", "γGT", "μg", "β受体阻滞剂", "Igκ", "Ωm", "-", "++", "-1.5", "+3", "12%", "阳性(+)", "é", "Москва", "Αθήνα", "γ-GT 50", "第一　医院",
		"91110000100000000X", strings.Repeat("长", MaxRunes),
	} {
		if f := Check(s); f != "" {
			t.Errorf("%q is refused as %s", s, f)
		}
	}
}

func TestFaults(t *testing.T) {
	id, ok := idnum.SyntheticResidentID("110101", 1990, 1, 2, 3)
	if ok != nil {
		t.Fatal(ok)
	}
	card, _ := idnum.SyntheticBankCard("62220000000000000")
	wide := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r + 0xFEE0
		}
		return r
	}, id)
	for s, want := range map[string]Fault{
		"a\x00": Control, "a\nb": Control, "\tx": Control, "\xff": Control, "a\u2028b": Control, "\ue000": Control, "\ufffd": Control, "\x1b[2J": Control,
		"内\u200b科": Invisible, "内科\ufeff": Invisible, "a\u00adb": Invisible, "a\U000e0041": Invisible, "葛\U000e0100": Invisible, "a\u00a0b": Invisible, "\u3164": Invisible,
		"a\u202eb": Bidi, "\u2067x": Bidi, "\u200fx": Bidi,
		strings.Repeat("长", MaxRunes+1): Long,
		"pаypal":                        Lookalike, "ΑB": Lookalike, "аΟ": Lookalike, "e\u0301": Lookalike,
		"<b>x": Markup, "x</td>": Markup, "<!--": Markup, "&lt;": Markup, "&#60;": Markup, "<script": Markup,
		"=1+1": Formula, "+cmd|x": Formula, "-2+3": Formula, "@SUM(A1)": Formula, " =x": Formula, "＝x": Formula, "+-=": Formula,
		id: Identifier, "张三" + id: Identifier, id[:6] + " " + id[6:14] + " " + id[14:]: Identifier, wide: Identifier, strings.ToLower(id): Identifier,
		"13800138000": Identifier, "电话138-0013-8000": Identifier, card: Identifier, "A123456(3)": Identifier, "a 1 (2)": "", "A1234563": Identifier,
	} {
		if f := Check(s); f != want {
			t.Errorf("%q: %q, want %q", s, f, want)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{"东城区", "=1", "<b>", "110101199001020030", "a\u200b", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if Check(s) != "" {
			return
		}
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\n\r\t\u200b\u202e") || strings.HasPrefix(s, "=") || idnum.ResidentID(s) || len(s) > 4*MaxRunes {
			t.Fatalf("%q is let through", s)
		}
	})
}
