package detect

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// findSlowly is what Find has to find: every character is folded by itself, and everything is
// searched for everywhere. It shares the judgement of what stands at a place, and not the
// way to the places.
func (d *Detector) findSlowly(text []byte) []Span {
	f := finder{Detector: d, sights: sights{marks: math.MaxUint16}}
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRune(text[i:])
		if c == '\n' || c == '\t' || c == '\r' {
			f.text = append(f.text, byte(c))
		} else {
			f.text = appendFolded(f.text, c)
		}
		for len(f.moves) < len(f.text) {
			f.moves = append(f.moves, move{len(f.moves), i, true})
		}
		i += size
	}
	f.moves = append(f.moves, move{len(f.text), len(text), true})
	f.mails()
	f.machines()
	f.numbers()
	for i := range f.text {
		f.cueAt = append(f.cueAt, i)
	}
	f.cued()
	for title := range strings.FieldsSeq(titles) {
		for from := 0; ; {
			i := bytes.Index(f.text[from:], []byte(title))
			if i < 0 {
				break
			}
			f.nameBefore(from + i)
			from += i + len(title)
		}
	}
	f.addresses()
	slices.SortFunc(f.spans, func(a, b Span) int { return a.Start - b.Start })
	for i, s := range f.spans {
		f.spans[i].Start, f.spans[i].End = f.place(s.Start), f.place(s.End)
	}
	return f.spans
}

// pieces are what texts are made of here: words of the tables, identifiers, characters
// that fold to several, to one or to nothing, and what is none of UTF-8.
func pieces(r *rand.Rand) []string {
	out := strings.Fields(`， 。 、 ： ; ( ) （ ） - · • . : @ + １ Ａ ① ㈱ ㎏ ﷺ ﬁ Ⅳ 第 号 幢 室 单元 3 12 502 8号 2栋 二十 甲 路 大道 小区 省 市 区 县 村
		王 李 张伟 王芳 欧阳娜娜 买买提·阿不都拉 高血压 患 者 身份 证号 奶 爷爷爷 先 生 女 医 先生先生 因 于 在 的 云南省 昆明市 五华区 翠湖南路 世纪大道100号
		京A·12345 沪A1234警 粤B D12345 13899815157 138 9981 5157 11010519491231002X 010-65551234 a@b.com 192.0.2.10 00:00:5E:00:53:01 2001:db8::1 A123456(3) ZY000123456
		2024-01-01 12:00:00 0.5 x_1 ... -- :: ext`)
	out = append(out, " ", "\n", "\t", "　", "\u00a0", "\u200b", "\ufeff", "\xff", "\xe4\xb8", "\ufffd", "\x00", "e\u0301", "\U0001d7d8", "㐀", "\U00020000")
	out = append(out, strings.Fields(titles)...)
	for _, cues := range detector().cues {
		for _, c := range cues {
			out = append(out, c.word)
		}
	}
	slices.Sort(out) // the map's order is not fixed
	for _, value := range []Type{ResidentID, USCC, BankCard, HKID, OrgCode} {
		out = append(out, checked(r)[value])
	}
	return out
}

// TestFindAgainstOracle holds Find against the slow search, on texts of all sorts of pieces.
func TestFindAgainstOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	words, found := pieces(r), 0
	for range 60_000 {
		var text []byte
		for range 1 + r.IntN(14) {
			word := words[r.IntN(len(words))]
			if r.IntN(40) == 0 {
				word = word[:r.IntN(len(word)+1)]
			}
			text = append(text, word...)
		}
		found += len(sameFinding(t, text))
	}
	if found < 20_000 {
		t.Errorf("only %d spans were compared", found)
	}
}

// TestAddressBegins holds where an address begins against a search for each word.
func TestAddressBegins(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	words, provinces := slices.Concat(strings.Fields(addressCues), strings.Fields("现住址 家住 住在 送至 地 籍 址 于 王 路 北 海 3 ·")), strings.Fields(provinceCues)
	for range 5000 {
		text, first, after := "", -1, 0
		for range r.IntN(8) {
			text += words[r.IntN(len(words))]
		}
		if r.IntN(3) == 0 {
			text += provinces[r.IntN(len(provinces))] + words[r.IntN(len(words))]
		}
		for _, w := range provinces {
			if i := strings.Index(text, w); i >= 0 && (first < 0 || i < first) {
				first = i
			}
		}
		for w := range strings.FieldsSeq(addressCues) {
			if i := strings.LastIndex(text, w); i >= 0 {
				after = max(after, i+len(w))
			}
		}
		want := after
		if first >= 0 {
			want = first
		}
		f := finder{Detector: detector()}
		if got := f.addressIn([]byte(text)); got != want {
			t.Fatalf("in %s it begins at %d, want %d", text, got, want)
		}
	}
}

func sameFinding(t *testing.T, text []byte) []Span {
	t.Helper()
	got, want := detector().Find(nil, text), detector().findSlowly(text)
	if !slices.Equal(got, want) {
		t.Fatalf("in %q found %v, want %v", text, got, want)
	}
	return got
}
