package detect

import (
	"bytes"

	"yingbi/internal/idnum"
)

// short reads seven to nine characters: passports, permits and cards of Hong Kong.
func (d *Detector) short(dst []Hit, r *reading) []Hit {
	id := r.plain()
	if r.letters == 0 {
		switch {
		case len(id) == 8 && r.tight():
			dst = append(dst, Hit{TWCompatriotPermit, 0.15})
		case len(id) == 9 && r.tight() && id[0] == '1' && (id[1] == '4' || id[1] == '5'): // passports until 2012
			dst = append(dst, Hit{Passport, 0.3})
		}
		return d.local(dst, r)
	}
	if r.marks&markParen == 0 && isLetter(id[0]) {
		dst = add(dst, Passport, passport(id))
		dst = add(dst, HKMTravelPermit, travelPermit(id))
		dst = permits(dst, r)
		if len(id) == 9 && digits(id[2:]) {
			dst = append(dst, Hit{SocialCardNo, 0.2})
		}
	}
	return add(dst, HKID, hongKong(r))
}

// serial reports whether c may stand in a series of documents: no I and no O, which
// look like digits.
func serial(c byte) bool { return isLetter(c) && c != 'I' && c != 'O' }

// passport reads E and G with eight digits, E with a letter and seven, those of
// officials (D, S, P; DE, SE, PE), and of Hong Kong and Macao (K; KJ, MA).
func passport(id []byte) float64 {
	first, rest := id[0], id[1:]
	switch {
	case len(id) == 9 && digits(rest):
		switch first {
		case 'E', 'G':
			return 0.8
		case 'D', 'S', 'P':
			return 0.7
		case 'K':
			return 0.45
		}
	case len(id) == 8 && digits(rest) && (first == 'D' || first == 'S' || first == 'P'):
		return 0.6
	case len(id) == 9 && digits(id[2:]):
		switch {
		case first == 'E' && serial(id[1]):
			return 0.9
		case id[1] == 'E' && (first == 'D' || first == 'S' || first == 'P'):
			return 0.85
		case first == 'K' && id[1] == 'J', first == 'M' && id[1] == 'A':
			return 0.6
		}
	}
	return 0
}

// travelPermit reads the permits of people of the mainland for Hong Kong and Macao: C
// (cards) or W (booklets) with eight digits, C with a letter and seven.
func travelPermit(id []byte) float64 {
	switch {
	case len(id) != 9 || id[0] != 'C' && id[0] != 'W':
	case digits(id[1:]):
		return 0.75
	case id[0] == 'C' && serial(id[1]) && digits(id[2:]):
		return 0.8
	}
	return 0
}

// permits reads nine to eleven characters: home-return permits (H or M, eight digits,
// two more for the times of issue), permits and cards of Taiwan.
func permits(dst []Hit, r *reading) []Hit {
	id := r.plain()
	if (id[0] == 'H' || id[0] == 'M') && (len(id) == 9 || len(id) == 11) && digits(id[1:]) && r.marks&markParen == 0 {
		dst = append(dst, Hit{HomeReturnPermit, 0.75})
	}
	if len(id) == 10 && r.marks&markParen == 0 && idnum.TaiwanID(string(id)) {
		c := 0.9
		if id[1] != '1' && id[1] != '2' {
			c = 0.8
		}
		dst = append(dst, Hit{TWID, c})
	}
	return add(dst, TWCompatriotPermit, compatriot(r))
}

// compatriot reads ten digits with a letter in brackets, the booklets until 2015;
// without it nothing tells them from other numbers.
func compatriot(r *reading) float64 {
	id := r.plain()
	switch n := len(id); {
	case n == 10 && r.letters == 0 && r.tight():
		return 0.1
	case n == 11 && digits(id[:10]) && isLetter(id[10]) && bytes.HasSuffix(r.soft, []byte{')'}) && bracketed(r.soft):
		return 0.8
	}
	return 0
}

// bracketed reports whether a value ends in one character between brackets.
func bracketed(soft []byte) bool {
	n := len(soft)
	return n > 3 && soft[n-1] == ')' && soft[n-3] == '(' && bytes.Count(soft, []byte{'('}) == 1 && bytes.Count(soft, []byte{')'}) == 1
}

// hongKong reads numbers of Hong Kong identity cards, best with the check character
// in brackets.
func hongKong(r *reading) float64 {
	inBrackets := bracketed(r.soft)
	if r.marks&markParen != 0 && !inBrackets || r.marks&markPlus != 0 || !idnum.HongKongID(string(r.plain())) {
		return 0
	}
	if inBrackets {
		return 0.95
	}
	return 0.6
}

// medicalRecord reads prefixes of wards and counters before digits. No format is
// common to hospitals, so a header has to confirm it.
func medicalRecord(r *reading) float64 {
	if r.letters < 2 || r.letters > 3 || r.digits < 5 || r.marks&^markDash != 0 || !digits(r.plain()[r.letters:]) {
		return 0
	}
	switch string(r.plain()[:r.letters]) {
	case "ZY", "ZYH", "MZ", "MZH", "BA", "BAH", "BL", "BLH", "JZ", "JZH":
		return 0.3
	}
	return 0
}
