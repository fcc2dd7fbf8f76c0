package detect

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// Find appends the identifiers inside a text, in order and without overlap: numbers
// and addresses of machines that stand alone, what follows a word such as 身份证号 or
// 姓名, surnames before titles, and postal addresses. It is meant for redaction: numbers with
// a check digit are taken as they come, the rest where something speaks for it. Names
// without a word before or after them are not found.
func (d *Detector) Find(dst []Span, text []byte) []Span {
	f := finder{Detector: d}
	f.fold(text)
	f.taken = make([]bool, len(f.text))
	f.mails()
	f.machines()
	f.numbers()
	f.cued()
	f.titled()
	f.addresses()
	slices.SortFunc(f.spans, func(a, b Span) int { return a.Start - b.Start })
	for _, s := range f.spans {
		s.Start, s.End = f.place(s.Start), f.place(s.End)
		dst = append(dst, s)
	}
	return dst
}

// finder looks through one text, folded.
type finder struct {
	*Detector
	text  []byte
	at    []int // where each byte of text was written, and the end; nil where nothing was folded
	taken []bool
	spans []Span
}

// fold brings the text to the spelling that detectors read, and keeps line ends.
func (f *finder) fold(text []byte) {
	f.text = text
	same := func(c rune) bool {
		form, ok := foldRune(c)
		return ok && form == c || c == '\n' || c == '\t' || c == '\r'
	}
	first := bytes.IndexFunc(text, func(c rune) bool { return !same(c) })
	if first < 0 && utf8.Valid(text) {
		return
	}
	f.text, f.at = make([]byte, 0, len(text)), make([]int, 0, len(text)+1)
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRune(text[i:])
		if same(c) {
			f.text = utf8.AppendRune(f.text, c)
		} else {
			f.text = appendFolded(f.text, c)
		}
		for len(f.at) < len(f.text) {
			f.at = append(f.at, i)
		}
		i += size
	}
	f.at = append(f.at, len(text))
}

// place maps a place between characters of the folded text to the text itself.
func (f *finder) place(i int) int {
	if f.at == nil {
		return i
	}
	return f.at[i]
}

// take notes a span unless a part of it is already somebody's.
func (f *finder) take(start, end int, t Type, confidence float64) bool {
	if start >= end || slices.Contains(f.taken[start:end], true) || f.place(start) == f.place(end) {
		return false
	}
	for i := start; i < end; i++ {
		f.taken[i] = true
	}
	f.spans = append(f.spans, Span{start, end, t, confidence})
	return true
}

// mails looks left and right of each @.
func (f *finder) mails() {
	for i, c := range f.text {
		if c != '@' {
			continue
		}
		start, end := i, i+1
		for start > 0 && i-start < 64 && (f.text[start-1] == '.' || f.text[start-1] < utf8.RuneSelf && localChar(rune(f.text[start-1]))) {
			start--
		}
		for end < len(f.text) && end-i < 254 && (f.text[end] == '.' || f.text[end] < utf8.RuneSelf && domainChar(rune(f.text[end]))) {
			end++
		}
		address := bytes.TrimRight(f.text[start:end], ".-")
		start += len(address) - len(bytes.TrimLeft(address, ".'/=?&"))
		if end = max(start, end-(end-start-len(address))); start < i && i+1 < end && end <= len(f.text) {
			if c := email(f.text[start:end]); c >= Fires {
				f.take(start, end, Email, c)
			}
		}
	}
}

// machines looks at runs of hexadecimal digits with dots, colons and dashes.
func (f *finder) machines() {
	part := func(c byte) bool { return hexadecimal(c) || c == ':' || c == '.' || c == '-' }
	for i := 0; i < len(f.text); i++ {
		if !part(f.text[i]) {
			continue
		}
		start := i
		for i < len(f.text) && part(f.text[i]) {
			i++
		}
		if i-start < 64 && !f.machine(start, i) {
			for start < i && bytes.IndexByte([]byte(":.-"), f.text[start]) >= 0 {
				start++
			}
			end := start + len(bytes.TrimRight(f.text[start:i], ":.-"))
			f.machine(start, end)
		}
	}
}

func (f *finder) machine(start, end int) bool {
	var r reading
	if end-start < 7 || !r.read(f.text[start:end]) || r.marks == 0 || f.joined(start, end) {
		return false
	}
	if c := ip(&r); c >= Fires {
		return f.take(start, end, IP, c)
	}
	c := mac(&r)
	return c >= Fires && f.take(start, end, MAC, c)
}

// joined reports whether a letter or digit stands right before or after.
func (f *finder) joined(start, end int) bool {
	return start > 0 && alphanumeric(f.text[start-1]) || end < len(f.text) && alphanumeric(f.text[end])
}

func alphanumeric(c byte) bool { return isDigit(c) || isLetter(c) }
