package detect

import "bytes"

// dialled is a number as it is written: its digits and how they stand in groups.
type dialled struct {
	room        [25]byte
	first, last int // of the digits in room, which leaves the first place free
	runs        [8]int
	from, to    int // of the groups in runs
	plus        bool
	ext         bool // an extension followed and was cut off
}

func (n *dialled) digits() []byte { return n.room[n.first:n.last] }

// phone reads mobile numbers and landlines.
func (d *Detector) phone(dst []Hit, r *reading) []Hit {
	if r.digits < 10 || r.digits > 21 {
		return dst
	}
	n := dialled{first: 1, last: 1}
	if !n.read(r.soft) {
		return dst
	}
	country := n.stripCountry()
	switch number := n.digits(); {
	case len(number) < 9 || number[0] == '1' && len(number) != 11 && !country:
		return dst
	case number[0] == '1' && len(number) == 11 && n.runs[n.from] >= 3 && !n.ext:
		return add(dst, Mobile, d.mobile(number))
	case len(number) == 12 && number[0] == '0' && number[1] == '1' && !country && n.to-n.from == 1 && !n.ext:
		if c := d.mobile(number[1:]); c > 0 {
			return append(dst, Hit{Mobile, min(c, 0.7)})
		}
	}
	return add(dst, Landline, d.landline(&n, country))
}

// read takes the digits apart. Only spaces, dashes, brackets and a leading + may
// stand between them, and an extension after them.
func (n *dialled) read(soft []byte) bool {
	soft = n.cutExtension(soft)
	inside := false
	for i, c := range soft {
		switch {
		case isDigit(c):
			if !inside {
				if n.to == len(n.runs) {
					return false
				}
				n.to++
			}
			if n.last == len(n.room) {
				return false
			}
			n.room[n.last] = c
			n.last++
			n.runs[n.to-1]++
		case c == '+' && n.to == 0 && i < 2:
			n.plus = true
		case c != ' ' && c != '-' && c != '(' && c != ')':
			return false
		}
		inside = isDigit(c)
	}
	return n.to > 0
}

// cutExtension cuts what follows 转, ext, x or #: one to six digits.
func (n *dialled) cutExtension(soft []byte) []byte {
	for i, c := range soft {
		if c != '#' && c|0x20 != 'x' && c|0x20 != 'e' && c != "转"[0] {
			continue
		}
		tail := bytes.TrimLeft(soft[i:], "转分机exEXtT#.: ")
		if len(tail) > 0 && len(tail) <= 6 && digits(tail) {
			n.ext = true
			return soft[:i]
		}
		break
	}
	return soft
}

// stripCountry takes +86, 0086 or 86 off.
func (n *dialled) stripCountry() bool {
	code := 0
	switch d := n.digits(); {
	case bytes.HasPrefix(d, []byte("0086")) && len(d) > 12:
		code = 4
	case bytes.HasPrefix(d, []byte("86")) && (n.plus || n.runs[0] == 2 || len(d) == 13):
		code = 2
	case n.plus:
		n.last = n.first // of another country
	}
	n.first = min(n.first+code, n.last)
	if n.runs[0] -= code; n.runs[0] <= 0 && n.to > 1 {
		n.from++
	}
	return code > 0
}

// mobile looks the prefix of eleven digits up.
func (d *Detector) mobile(number []byte) float64 {
	switch d.mobiles[decimal(number[:4])] {
	case public:
		return 0.97
	case virtual:
		return 0.9
	case machine:
		return 0.6
	}
	return 0
}

// landline reads area code and number. In an area of three digits numbers have
// eight; none begins with 0, 1 or the 9 of services (95xxx).
func (d *Detector) landline(n *dialled, country bool) float64 {
	if country && n.room[n.first] != '0' { // which the country code takes away
		n.first--
		n.room[n.first] = '0'
		n.runs[n.from]++
	}
	number := n.digits()
	area, shortest := 4, 7
	if number[1] == '1' || number[1] == '2' {
		area, shortest = 3, 8
	}
	if number[0] != '0' || !d.areas.has(decimal(number[:area])) || !n.dropArea(area) {
		return 0
	}
	local := len(number) - area
	if last := n.runs[n.to-1]; n.to-n.from > 1 && last <= 6 && !n.ext && local-last >= shortest {
		local -= last // an extension after a dash
		n.to--
	}
	if c := number[area]; local < shortest || local > 8 || c == '0' || c == '1' || c == '9' || n.to-n.from > 2 {
		return 0
	}
	if n.runs[n.from] == len(number) { // nothing is set apart
		return 0.7
	}
	return 0.92
}

// dropArea takes the area code from the groups; false where it ends inside of one.
func (n *dialled) dropArea(area int) bool {
	if n.runs[n.from] == 1 && n.to-n.from > 1 { // (0)871
		n.from++
		n.runs[n.from]++
	}
	if n.runs[n.from] == area && n.to-n.from > 1 {
		n.from++
		return true
	}
	return n.runs[n.from] > area
}

// local reads a number without its area: eight digits may be anything.
func (d *Detector) local(dst []Hit, r *reading) []Hit {
	if c := r.plain()[0]; c == '0' || c == '1' || c == '9' || r.marks&^markDash != 0 || r.size > 8 {
		return dst
	}
	if r.marks == markDash && (r.soft[3] == '-' || r.soft[4] == '-') && len(r.soft) == r.size+1 {
		return append(dst, Hit{Landline, 0.3})
	}
	if r.size == 8 && r.tight() {
		return append(dst, Hit{Landline, 0.1})
	}
	return dst
}
