package detect

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// cue is a word that says what comes after it.
type cue struct {
	word        string
	of          Type
	least, most int // letters and digits of a number
}

const (
	afterCue  = ": =\t、\"“「【['的号码为是叫"
	nameStops = "因于在的是和与及男女今昨自从被把将由已曾家来到诉主电身住系现年岁说称同向对给等先报可有及其无未不要以前后进出入上下并已我你他她该此也都就又再去了着过经"
)

// cued looks at what follows a word such as 姓名, 身份证号 or 病案号.
func (f *finder) cued() {
	for _, at := range f.cueAt {
		rest := f.text[at:]
		c, _ := utf8.DecodeRune(rest)
		for _, cue := range f.cues[c] {
			if len(rest) >= len(cue.word) && string(rest[:len(cue.word)]) == cue.word {
				f.after(at+len(cue.word), cue)
				break
			}
		}
	}
}

// after takes what a cue announces.
func (f *finder) after(from int, cue cue) {
	rest := f.text[from:]
	value := bytes.TrimLeft(rest, afterCue)
	start := from + len(rest) - len(value)
	if cue.of == PersonNameZH {
		f.nameAt(start, bytes.ContainsAny(f.text[from:start], ":=\t"))
		return
	}
	end, count := start, 0
	for end < len(f.text) && (alphanumeric(f.text[end]) || f.text[end] == '-' && end > start) {
		if f.text[end] != '-' {
			count++
		}
		end++
	}
	if number := bytes.TrimRight(f.text[start:end], "-"); count >= cue.least && count <= cue.most && bytes.ContainsAny(number, "0123456789") {
		f.take(start, start+len(number), cue.of, 0.7)
	}
}

// nameAt takes the name that begins here. After a colon (sure) a word that is spelled
// like a name is one.
func (f *finder) nameAt(start int, sure bool) {
	var room [maxName]rune
	p := f.hanRun(start, room[:0])
	least := 0.5
	if sure {
		least = 0.2
	}
	if bytes.ContainsRune([]byte(string(p)), '·') {
		for len(p) > 0 && p[len(p)-1] == '·' {
			p = p[:len(p)-1]
		}
		if c := f.dottedName(p); c >= least {
			f.take(start, start+len(string(p)), PersonNameZH, max(c, 0.6))
		}
		return
	}
	if long, c := f.nameLength(p, least); long > 0 {
		f.take(start, start+len(string(p[:long])), PersonNameZH, max(c, 0.6))
	}
}

// hanRun reads Chinese characters and middle dots.
func (f *finder) hanRun(start int, p []rune) []rune {
	for i := start; i < len(f.text) && len(p) < cap(p); {
		c, size := utf8.DecodeRune(f.text[i:])
		if !isHan(c) && c != '·' {
			break
		}
		p = append(p, c)
		i += size
	}
	return p
}

// nameLength says how many characters of a run are the name that begins it.
func (d *Detector) nameLength(p []rune, least float64) (int, float64) {
	if len(p) >= 2 && len(p) <= 4 {
		if c := d.nameOf(p); c >= least && (len(p) < 4 || c >= 0.5) && !strings.ContainsRune(nameStops, p[len(p)-1]) {
			return len(p), c
		}
	}
	if len(p) > 2 && d.compounds[string(p[:2])] {
		if len(p) == 3 || strings.ContainsRune(nameStops, p[3]) {
			return 3, 0.8
		}
		return 4, 0.8
	}
	if len(p) > 2 && !strings.ContainsRune(nameStops, p[2]) {
		if c := d.nameOf(p[:3]); c >= 0.5 {
			return 3, c
		}
	}
	if len(p) >= 2 && !strings.ContainsRune(nameStops, p[1]) {
		if c := d.nameOf(p[:2]); c >= least {
			return 2, c
		}
	}
	return 0, 0
}

// titled looks for surnames and names before 先生, 医生 and the like, in the order of the
// list of titles.
func (f *finder) titled() {
	slices.SortFunc(f.titleAt, func(a, b titleAt) int { return cmp.Or(a.number-b.number, a.at-b.at) })
	last := titleAt{}
	for _, t := range f.titleAt {
		if t.number == last.number && t.at < last.at+titleSize {
			continue // 奶奶奶 has one
		}
		f.nameBefore(t.at)
		last = t
	}
}

// nameBefore takes the name that ends here.
func (f *finder) nameBefore(end int) {
	var room [5]rune
	p, start := room[len(room):], end
	for len(p) < len(room) {
		c, size := utf8.DecodeLastRune(f.text[:start])
		if !isHan(c) {
			break
		}
		start -= size
		p = room[len(room)-len(p)-1:]
		p[0] = c
	}
	for _, long := range []int{4, 3, 2} {
		if long <= len(p) {
			name := p[len(p)-long:]
			if c := f.nameOf(name); c >= 0.6 || long == 2 && f.compounds[string(name)] {
				f.take(end-len(string(name)), end, PersonNameZH, max(c, 0.6))
				return
			}
		}
	}
	if len(p) == 0 || f.trait(p[len(p)-1])&(frequent|usual) == 0 {
		return
	}
	if last := p[len(p)-1:]; len(p) == 1 || f.trait(last[0])&frequent != 0 && !f.words[string(p[len(p)-2:])] {
		f.take(end-len(string(last)), end, PersonNameZH, 0.6)
	}
}
