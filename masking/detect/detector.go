package detect

import (
	"bytes"
	"sync"
	"unicode/utf8"
)

// Detector holds the reference tables. It does not change after New and may be used
// from several goroutines.
type Detector struct {
	*tables
	finders sync.Pool // of finder, with room and without a text
}

// New reads the reference tables, which are built in.
func New() *Detector {
	d := &Detector{tables: readTables()}
	d.finders.New = func() any { return &finder{Detector: d} }
	return d
}

// Value appends what a whole value may be to dst, the highest confidence first.
// White space around it, full width, dashes and invisible characters do not matter.
// Nothing is appended for text that is not UTF-8 or has more than 512 bytes. For values
// of ASCII, Chinese characters and full width nothing is allocated but room in dst.
func (d *Detector) Value(dst []Hit, value []byte) []Hit {
	if len(value) < 3 || len(value) > maxValue {
		return dst
	}
	for value[0] <= ' ' && len(value) > 3 {
		value = value[1:]
	}
	for value[len(value)-1] <= ' ' && len(value) > 3 {
		value = value[:len(value)-1]
	}
	var r reading
	if r.read(value) {
		return d.judge(dst, &r)
	}
	return d.folded(dst, value)
}

// folded reads a value that is not in the detectors' spelling yet.
func (d *Detector) folded(dst []Hit, value []byte) []Hit {
	var room [maxValue]byte
	soft := room[:0]
	for i := 0; i < len(value); {
		c, size := utf8.DecodeRune(value[i:])
		if c == utf8.RuneError && size < 2 {
			return dst
		}
		soft = appendFolded(soft, c)
		i += size
	}
	var r reading
	if !r.read(bytes.Trim(soft, " ")) {
		return dst
	}
	return d.judge(dst, &r)
}

func (d *Detector) judge(dst []Hit, r *reading) []Hit {
	begin := len(dst)
	if r.marks&markAt != 0 {
		dst = add(dst, Email, email(r.soft))
	} else if r.han > 0 {
		dst = d.chinese(dst, r)
	} else if r.marks&(markOther|markMiddle) == 0 || r.marks&(markColon|markDash) != 0 && r.letters+r.digits > 2 {
		dst = d.ascii(dst, r)
	}
	sortHits(dst[begin:])
	return dst
}

// ascii reads what has no Chinese characters: numbers, codes, addresses of machines.
func (d *Detector) ascii(dst []Hit, r *reading) []Hit {
	switch {
	case r.marks&(markColon|markDot|markSlash|markOther) != 0:
		dst = add(dst, IP, ip(r))
		dst = add(dst, MAC, mac(r))
		if r.marks&(markColon|markSlash) != 0 || r.marks&markDot != 0 && r.letters != len("ext") {
			return dst
		}
	case r.marks&markDash != 0:
		dst = add(dst, MAC, mac(r))
	}
	if n := r.digits + r.letters; n < 6 || n > maxPlain || r.digits < 5 {
		if r.tight() && n == 12 {
			dst = add(dst, MAC, mac(r))
		}
		return dst
	}
	r.compact()
	return d.codes(dst, r)
}

// codes reads identifiers of letters and digits by their length.
func (d *Detector) codes(dst []Hit, r *reading) []Hit {
	if r.marks&(markOther|markDot) != 0 {
		return d.phone(dst, r)
	}
	switch r.size {
	case 6:
		dst = add(dst, RegionCode, d.region(r))
	case 7, 8:
		dst = d.short(dst, r)
	case 9:
		dst = add(dst, OrgCode, organisation(r))
		dst = d.short(dst, r)
		dst = add(dst, RegionCode, d.region(r))
	case 10, 11:
		dst = permits(dst, r)
	case 12:
		if r.tight() {
			dst = add(dst, MAC, mac(r))
		}
		dst = add(dst, RegionCode, d.region(r))
	case 15:
		dst = add(dst, ResidentID15, d.oldResident(r))
		dst = add(dst, ForeignPRID, d.oldForeigner(r))
		dst = add(dst, BankCard, d.card(r))
	case 16, 17, 19:
		dst = add(dst, BankCard, d.card(r))
	case 18:
		before := len(dst)
		if dst = d.eighteen(dst, r); len(dst) > before && dst[before].Type == ResidentID {
			return dst // what passes all that is no card and no telephone number
		}
		dst = add(dst, BankCard, d.card(r))
	}
	if r.letters == 0 || r.digits >= 10 {
		dst = d.phone(dst, r)
	}
	return add(dst, MedicalRecordNo, medicalRecord(r))
}

// chinese reads what has Chinese characters.
func (d *Detector) chinese(dst []Hit, r *reading) []Hit {
	if r.digits+r.letters == 0 {
		if r.han <= maxUndotted || r.marks&(markMiddle|markDot) != 0 {
			dst = add(dst, PersonNameZH, d.name(r.soft))
		}
	} else if r.han <= 3 {
		dst = add(dst, Plate, plate(r.soft))
		dst = d.phone(dst, r)
	}
	return add(dst, AddressZH, d.address(r.soft))
}

// add appends a hit unless it is none.
func add(dst []Hit, t Type, confidence float64) []Hit {
	if confidence <= 0 {
		return dst
	}
	return append(dst, Hit{t, confidence})
}

// sortHits orders a handful of hits, keeping the order of equal ones.
func sortHits(hits []Hit) {
	for i := 1; i < len(hits); i++ {
		for j := i; j > 0 && hits[j].Confidence > hits[j-1].Confidence; j-- {
			hits[j], hits[j-1] = hits[j-1], hits[j]
		}
	}
}
