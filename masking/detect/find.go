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
	f := d.finders.Get().(*finder)
	f.fold(text)
	f.look()
	f.search()
	slices.SortFunc(f.spans, func(a, b Span) int { return a.Start - b.Start })
	for _, s := range f.spans {
		dst = append(dst, Span{f.place(s.Start), f.place(s.End), s.Type, s.Confidence})
	}
	f.forget()
	if len(text) <= maxKept {
		d.finders.Put(f)
	}
	return dst
}

// maxKept is the longest text, in bytes, of which the room is kept for the next.
const maxKept = 1 << 16

// forget gives up a text, which may be about people, and keeps the room.
func (f *finder) forget() {
	clear(f.room)
	f.text, f.room, f.taken = nil, f.room[:0], f.taken[:0]
	f.moves, f.spans, f.groups = f.moves[:0], f.spans[:0], f.groups[:0]
	f.sights = sights{cueAt: f.cueAt[:0], titleAt: f.titleAt[:0]}
}

// search has each kind of identifier looked for where the text has what it needs. Of two
// that overlap the first stays.
func (f *finder) search() {
	if f.marks&markAt != 0 {
		f.mails()
	}
	if f.marks&(markColon|markDot|markDash) != 0 {
		f.machines()
	}
	if f.plain >= leastPlain {
		f.numbers()
	}
	f.cued()
	f.titled()
	if f.units {
		f.addresses()
	}
}

// finder looks through one text, folded.
type finder struct {
	*Detector
	text  []byte
	room  []byte // of the text where something was folded
	moves []move // where folding moved what follows
	taken []bool // of the text; empty: nothing is yet
	spans []Span
	sights
	groups []group
}

// take notes a span unless a part of it is already somebody's.
func (f *finder) take(start, end int, t Type, confidence float64) bool {
	if start >= end || f.place(start) == f.place(end) {
		return false
	}
	if len(f.taken) == 0 {
		f.taken = slices.Grow(f.taken, len(f.text))[:len(f.text)]
		clear(f.taken)
	}
	if slices.Contains(f.taken[start:end], true) {
		return false
	}
	for i := start; i < end; i++ {
		f.taken[i] = true
	}
	f.spans = append(f.spans, Span{start, end, t, confidence})
	return true
}

// isTaken reports whether a byte is already somebody's.
func (f *finder) isTaken(i int) bool { return len(f.taken) > 0 && f.taken[i] }

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

const leastMachine = 7 // bytes of the shortest address of a machine: 1.2.3.4

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
		if i-start >= leastMachine && i-start < 64 && !f.machine(start, i) {
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
	if end-start < leastMachine || !r.read(f.text[start:end]) || r.marks == 0 || f.joined(start, end) {
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
