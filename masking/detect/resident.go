package detect

import (
	"bytes"

	"yingbi/internal/idnum"
)

// Births lie between these years: the first cards were issued in 1984, and the
// tables are meant to be renewed before the last one.
const (
	firstBirth = 1880
	lastBirth  = 2027
)

// eighteen reads 18 characters: resident numbers of people here and of foreigners,
// and unified social credit codes.
func (d *Detector) eighteen(dst []Hit, r *reading) []Hit {
	if id := string(r.plain()); r.letters == 0 || r.letters == 1 && id[17] == 'X' {
		if year := decimal(r.plain()[6:10]); firstBirth <= year && year <= lastBirth {
			switch {
			case idnum.ResidentID(id):
				c := d.located(r.plain(), 0.99, 0.97, 0.9, 0.8)
				dst = append(dst, Hit{ResidentID, c}, Hit{SocialSecurityNo, 0.55})
			case idnum.ForeignResidentID(id):
				dst = append(dst, Hit{ForeignPRID, 0.45})
			}
		}
	}
	return add(dst, USCC, d.creditCode(r))
}

// located picks a confidence by what the first digits are: a county of today, one that
// was abolished, one unknown of a known prefecture, or a mere province.
func (d *Detector) located(code []byte, county, former, prefecture, province float64) float64 {
	n := decimal(code[:6])
	switch {
	case d.regions.has(n):
		return county
	case d.former.has(n):
		return former
	case d.regions.has(n/100*100) || d.former.has(n/100*100):
		return prefecture
	}
	return province
}

// oldResident reads the 15 digits of before 1999, which have no check character:
// region and birth date alone speak for them.
func (d *Detector) oldResident(r *reading) float64 {
	if r.letters > 0 || !idnum.OldResidentID(string(r.plain())) {
		return 0
	}
	return d.located(r.plain(), 0.7, 0.65, 0.45, 0.2)
}

// creditCode reads unified social credit codes. Early ones with a body of M000… were
// issued with check characters that the standard does not give.
func (d *Detector) creditCode(r *reading) float64 {
	code := r.plain()
	if code[0] == '0' || isLetter(code[0]) && code[0] != 'A' && code[0] != 'N' && code[0] != 'Y' {
		return 0
	}
	if idnum.CreditCode(string(code)) {
		if decimal(code[2:8]) == 100000 { // registered with the central authorities
			return 0.97
		}
		return d.located(code[2:], 0.98, 0.97, 0.85, 0.3)
	}
	if string(code[8:12]) == "M000" && !bytes.ContainsAny(code, "IOSVZ") && digits(code[2:8]) && d.located(code[2:], 1, 1, 1, 0) > 0 {
		return 0.4
	}
	return 0
}

// oldForeigner reads the 15 characters of the cards until 2023: a country by ISO 3166-1 and
// twelve digits that begin with a region.
func (d *Detector) oldForeigner(r *reading) float64 {
	if r.letters != 3 || r.digits != 12 || !d.countries[string(r.plain()[:3])] || !digits(r.plain()[3:]) {
		return 0
	}
	if n := decimal(r.plain()[3:7]) * 100; d.regions.has(n) || d.former.has(n) {
		return 0.85
	}
	return 0.3
}

// organisation reads organisation codes. One number of nine digits in eleven has the
// check character by chance, so digits alone need the hyphen.
func organisation(r *reading) float64 {
	hyphen := r.marks == markDash && r.soft[len(r.soft)-2] == '-' && len(r.soft) == 10
	if !hyphen && r.marks&^markSpace != 0 || !idnum.OrganisationCode(string(r.plain())) || string(r.plain()) == "000000000" {
		return 0
	}
	letters := r.letters
	if isLetter(r.plain()[8]) {
		letters-- // X is a check character
	}
	switch {
	case hyphen && letters > 0:
		return 0.95
	case hyphen:
		return 0.75
	case letters > 2:
		return 0.85
	case r.letters > 0:
		return 0.6
	}
	return 0.45
}

// region reads codes of GB/T 2260 and, below a county, the nine and twelve digits of
// the statistical divisions. Six digits are many other things too.
func (d *Detector) region(r *reading) float64 {
	if !r.tight() || r.letters > 0 {
		return 0
	}
	n := decimal(r.plain()[:6])
	switch below := r.plain()[6:]; {
	case len(below) == 0 && d.regions.has(n):
		return 0.7
	case len(below) == 0 && d.former.has(n):
		return 0.45
	case len(below) == 0 || !d.regions.has(n):
		return 0
	case !between(below[:3], 1, 599), len(below) == 6 && !between(below[3:], 1, 599):
		return 0
	}
	return 0.6
}

func between(code []byte, low, high int) bool {
	n := decimal(code)
	return low <= n && n <= high
}

// decimal reads a few digits; what is no digit counts as something else than it is.
func decimal(code []byte) int {
	n := 0
	for _, c := range code {
		n = n*10 + int(c-'0')
	}
	return n
}

func digits(code []byte) bool {
	for _, c := range code {
		if !isDigit(c) {
			return false
		}
	}
	return true
}
