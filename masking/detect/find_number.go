package detect

import (
	"bytes"
	"unicode/utf8"
)

// wanted is the confidence from which a type counts inside of a text; zero is never.
var wanted = [numTypes + 1]float64{
	ResidentID: Fires, ResidentID15: 0.6, USCC: Fires, OrgCode: 0.75, Mobile: Fires, Landline: 0.7, BankCard: 0.6,
	Passport: 0.8, HKMTravelPermit: 0.75, HomeReturnPermit: 0.75, TWCompatriotPermit: 0.8, ForeignPRID: 0.8,
	HKID: 0.9, TWID: 0.8, IP: 0.9, MAC: 0.9,
}

// wantedParts is the same where several groups have to be put together.
const wantedParts = 0.7

// What a number inside of a text has at least: digits, and letters and digits.
const (
	leastDigits = 5
	leastNumber = 7
)

// group is a run of letters and digits, with how many of them are digits.
type group struct{ start, end, digits int }

// numbers looks at runs of letters and digits, and at what neighbouring ones give
// when they are put together: the longest first.
func (f *finder) numbers() {
	f.group()
	groups := f.groups
	for i := 0; i < len(groups); {
		if n := f.plateAt(groups[i:]); n > 0 {
			i += n
			continue
		}
		i += f.numberAt(groups[i:])
	}
}

// group lists the runs of ASCII letters and digits.
func (f *finder) group() {
	for i := 0; i < len(f.text); i++ {
		if !alphanumeric(f.text[i]) {
			continue
		}
		g := group{start: i}
		for i < len(f.text) && alphanumeric(f.text[i]) {
			if isDigit(f.text[i]) {
				g.digits++
			}
			i++
		}
		g.end = i
		f.groups = append(f.groups, g)
	}
}

// numberAt takes the longest number that begins with the first group, and tells how
// many groups are done with.
func (f *finder) numberAt(groups []group) int {
	first := groups[0]
	reach, digits, size := 1, first.digits, first.end-first.start
	if size > maxPlain || f.fraction(first.start) {
		return 1
	}
	for ; reach < len(groups) && reach < 8; reach++ {
		gap, next := f.text[groups[reach-1].end:groups[reach].start], groups[reach]
		if len(gap) > 2 || size+next.end-next.start > maxPlain || !joins(gap) {
			break
		}
		size, digits = size+next.end-next.start, digits+next.digits
	}
	for ; reach > 0 && digits >= leastDigits && size >= leastNumber; reach-- {
		last := groups[reach-1]
		size, digits = size-last.end+last.start, digits-last.digits
		start, end := f.widen(first.start, last.end)
		if end < len(f.text)-1 && f.text[end] == '.' && isDigit(f.text[end+1]) {
			continue // a decimal
		}
		if best := f.best(f.text[start:end], reach > 1); best.Type > 0 && f.take(start, end, best.Type, best.Confidence) {
			return reach
		}
	}
	return 1
}

// joins reports whether a gap can be one inside of a number.
func joins(gap []byte) bool {
	for _, c := range gap {
		if c != ' ' && c != '-' && c != '(' && c != ')' {
			return false
		}
	}
	return true
}

// fraction reports whether what starts here are the decimals of a number.
func (f *finder) fraction(start int) bool {
	return start > 1 && f.text[start-1] == '.' && isDigit(f.text[start-2]) || start > 0 && f.text[start-1] == '_'
}

// widen adds a + or a bracket before, and the bracket that closes one.
func (f *finder) widen(start, end int) (int, int) {
	if start > 0 && f.text[start-1] == '+' {
		start--
	}
	if f.marks&markParen == 0 {
		return start, end
	}
	opened := bytes.Count(f.text[start:end], []byte{'('}) - bytes.Count(f.text[start:end], []byte{')'})
	switch {
	case opened > 0 && end < len(f.text) && f.text[end] == ')':
		end++
	case opened < 0 && start > 0 && f.text[start-1] == '(':
		start--
	}
	return start, end
}

// best gives the surest type of those that count inside of a text.
func (f *finder) best(text []byte, parts bool) Hit {
	var r reading
	if !r.read(text) || r.digits+r.letters > maxPlain {
		return Hit{}
	}
	var hits [16]Hit
	r.compact()
	best := Hit{}
	for _, h := range f.codes(hits[:0], &r) {
		least := wanted[h.Type]
		if parts {
			least = max(least, wantedParts)
		}
		if least > 0 && wanted[h.Type] > 0 && h.Confidence >= least && h.Confidence > best.Confidence {
			best = h
		}
	}
	return best
}

// plateAt takes a number plate: a province right before the first group, perhaps a dot
// inside, perhaps 警 or 学 behind. It tells how many groups are done with.
func (f *finder) plateAt(groups []group) int {
	g := groups[0]
	if !isLetter(f.text[g.start]) || g.start < 3 {
		return 0
	}
	done := 1
	if g.end-g.start == 1 && len(groups) > 1 {
		if gap := string(f.text[g.end:groups[1].start]); gap == "·" || gap == "-" || gap == " " || gap == "." {
			g.end, done = groups[1].end, 2
		}
	}
	start := g.start - 3
	if _, size := utf8.DecodeLastRune(f.text[:g.start]); size != 3 || g.end-g.start < 5 || g.end-g.start > 9 {
		return 0
	}
	for _, end := range []int{min(g.end+3, len(f.text)), g.end} {
		if utf8.Valid(f.text[start:end]) {
			if c := plate(f.text[start:end]); c >= 0.4 && f.take(start, end, Plate, c) {
				return done
			}
		}
	}
	return 0
}
