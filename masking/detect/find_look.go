package detect

import "unicode/utf8"

// sights are what one pass over a text sees, so that nothing is searched for that cannot
// be there.
type sights struct {
	marks   uint16
	plain   int   // letters and digits of ASCII
	units   bool  // a numeral stands before a character that begins a unit, as in 3号
	cueAt   []int // where two characters stand as a cue begins
	titleAt []titleAt
}

// leastPlain is how many letters and digits the shortest identifier of them has: a plate.
const leastPlain = 5

// titleAt is a title in a text, and its number in the list of titles.
type titleAt struct{ number, at int }

// look fills the sights. A word is looked up only where two characters follow each other
// of which some word has the one first and the other second.
func (f *finder) look() {
	before, start := trait(0), 0 // of the character before
	for i := 0; i < len(f.text); {
		if c := f.text[i]; c < utf8.RuneSelf {
			class := classes[c]
			f.marks |= class
			if before = 0; class&(classDigit|classLetter) != 0 {
				f.plain++
				before = numeral
			} else if c == '-' {
				before = numeral
			}
			i++
			continue
		}
		var c rune
		size := 3
		if lead := f.text[i]; lead&0xf0 == 0xe0 { // what is folded is UTF-8
			c = rune(lead&0x0f)<<12 | rune(f.text[i+1]&0x3f)<<6 | rune(f.text[i+2]&0x3f)
		} else {
			c, size = utf8.DecodeRune(f.text[i:])
		}
		own := f.trait(c)
		if both := before << 1 & own & (place | cueNext | titleNext); both != 0 {
			f.sight(both, start, i+size)
		}
		before, start = own, i
		i += size
	}
}

// sight takes two characters that may begin a word.
func (f *finder) sight(kinds trait, start, end int) {
	f.units = f.units || kinds&place != 0
	if kinds&cueNext != 0 {
		f.cueAt = append(f.cueAt, start)
	}
	if kinds&titleNext != 0 {
		if n := f.titles[string(f.text[start:end])]; n > 0 {
			f.titleAt = append(f.titleAt, titleAt{n, start})
		}
	}
}
