package detect

import (
	"slices"
	"unicode/utf8"
)

// move says where the folded text from a place on was written.
type move struct {
	to, from int  // a place in the folded text, and in the text
	still    bool // all up to the next move was written by one character
}

// fold brings the text to the spelling that detectors read, and keeps line ends. What is
// spelled so already is not copied.
func (f *finder) fold(text []byte) {
	at := spelled(text)
	if f.text = text; at == len(text) {
		return
	}
	out := append(f.room[:0], text[:at]...)
	for at < len(text) {
		c, size := utf8.DecodeRune(text[at:])
		before := len(out)
		if out = appendFolded(out, c); len(out) > before+1 {
			f.moves = append(f.moves, move{before, at, true})
		}
		at += size
		f.moves = append(f.moves, move{len(out), at, false})
		same := spelled(text[at:])
		out = append(out, text[at:at+same]...)
		at += same
	}
	f.text, f.room = out, out
}

// spelled gives how many bytes of the text from its beginning need no folding.
func spelled(text []byte) int {
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c >= ' ' && c < utf8.RuneSelf, c == '\n', c == '\t', c == '\r':
			i++
			continue
		case c >= 0xe4 && c <= 0xe9 && i+2 < len(text) && text[i+1]&0xc0 == 0x80 && text[i+2]&0xc0 == 0x80: // U+4000 to U+9FFF
			i += 3
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if form, ok := foldRune(r); !ok || form != r || r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(text)
}

// place maps a place between characters of the folded text to the text itself.
func (f *finder) place(i int) int {
	n, found := slices.BinarySearchFunc(f.moves, i, func(m move, i int) int { return m.to - i })
	if found {
		for n+1 < len(f.moves) && f.moves[n+1].to == i { // characters of which nothing is left
			n++
		}
	} else if n--; n < 0 {
		return i
	}
	if m := f.moves[n]; !m.still {
		return m.from + i - m.to
	}
	return f.moves[n].from
}
