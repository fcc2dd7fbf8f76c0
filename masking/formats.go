package masking

import (
	"bytes"
	"strings"

	"yingbi/internal/idnum"
	"yingbi/masking/detect"
)

// format is a kind of number of which the rule fpe keeps the form. All have a million
// texts at least, as FF1 asks.
type format struct {
	name  string
	kind  detect.Type // that its texts imitate; 0 is none
	radix int
	width int  // bytes of a text, about
	kept  int  // bytes of what split keeps, which FF1 takes as the tweak
	dense bool // all numerals join to a text; the others keep nothing

	// split writes the numerals of a normal text and tells how many, and which part of
	// the text stays; none where it has not the format.
	split func(numerals, id []byte) (n int, kept []byte)
	// join appends the text of numerals; false where there is none.
	join func(to, numerals, kept []byte) ([]byte, bool)
}

const (
	minDigits   = 6
	maxDigitsID = 36           // of the format digits
	maxNumerals = residentBits // of any format
)

// formats lists the formats by name.
func formats() []format {
	return []format{
		{name: "bank_card", kind: detect.BankCard, radix: 10, width: 19, kept: issuerDigits, dense: true, split: splitCard, join: joinCard},
		{name: "digits", radix: 10, width: 18, dense: true, split: splitDigits, join: joinDigits},
		{name: "mobile", kind: detect.Mobile, radix: 10, width: 11, kept: 3, dense: true, split: splitMobile, join: joinDigits},
		{name: "resident_id", kind: detect.ResidentID, radix: 2, width: 18, split: splitResident, join: joinResident},
		{name: "uscc", kind: detect.USCC, radix: 31, width: 18, kept: 8, dense: true, split: splitCredit, join: joinCredit},
	}
}

// formatNamed gives the zero format for no name of one.
func formatNamed(name string) format {
	for _, f := range formats() {
		if f.name == name {
			return f
		}
	}
	return format{}
}

func formatNames() string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return strings.Join(names, ", ")
}

// values writes the numerals of digits; false where some are none.
func values(numerals, digits []byte) bool {
	for i, c := range digits {
		if c-'0' > 9 {
			return false
		}
		numerals[i] = c - '0'
	}
	return true
}

func splitDigits(numerals, id []byte) (int, []byte) {
	if len(id) < minDigits || len(id) > maxDigitsID || !values(numerals, id) {
		return 0, nil
	}
	return len(id), nil
}

// joinDigits puts digits behind what was kept.
func joinDigits(to, numerals, kept []byte) ([]byte, bool) {
	to = append(to, kept...)
	for _, v := range numerals {
		to = append(to, '0'+v)
	}
	return to, true
}

// splitMobile keeps the network's three digits and takes a prefix of the country off.
func splitMobile(numerals, id []byte) (int, []byte) {
	id = bytes.TrimPrefix(bytes.TrimPrefix(id, []byte("+")), []byte("00"))
	if len(id) == 13 {
		id = bytes.TrimPrefix(id, []byte("86"))
	}
	if len(id) != 11 || id[0] != '1' || id[1] < '3' || id[1] > '9' || id[2]-'0' > 9 || !values(numerals, id[3:]) {
		return 0, nil
	}
	return 8, id[:3]
}

const issuerDigits = 6 // of a card: ISO/IEC 7812-1 before 2017, and UnionPay today

// splitCard keeps the issuer and leaves the check digit out.
func splitCard(numerals, id []byte) (int, []byte) {
	if len(id) > 19 || !idnum.BankCard(string(id)) {
		return 0, nil
	}
	body := id[issuerDigits : len(id)-1]
	values(numerals, body)
	return len(body), id[:issuerDigits]
}

func joinCard(to, numerals, kept []byte) ([]byte, bool) {
	start := len(to)
	to, _ = joinDigits(to, numerals, kept)
	return append(to, idnum.LuhnCheck(string(to[start:]))), true
}

// residentBits hold every rank of a resident number: nine tenths of all 45 bits are one.
const residentBits = 45

func splitResident(numerals, id []byte) (int, []byte) {
	if len(id) != 18 {
		return 0, nil
	}
	rank, ok := idnum.ResidentRank(string(id))
	if !ok {
		return 0, nil
	}
	for i := range residentBits {
		numerals[i] = byte(rank >> (residentBits - 1 - i) & 1)
	}
	return residentBits, nil
}

func joinResident(to, numerals, _ []byte) ([]byte, bool) {
	rank := uint64(0)
	for _, v := range numerals {
		rank = rank<<1 | uint64(v)
	}
	return idnum.AppendResidentID(to, rank)
}

// splitCredit keeps the authority, the kind and the region, and leaves both check
// characters out.
func splitCredit(numerals, id []byte) (int, []byte) {
	if len(id) != 18 || !idnum.CreditCode(string(id)) {
		return 0, nil
	}
	for i, c := range id[8:16] {
		v, ok := idnum.CreditNumeral(c)
		if !ok {
			return 0, nil
		}
		numerals[i] = v
	}
	return 8, id[:8]
}

func joinCredit(to, numerals, kept []byte) ([]byte, bool) {
	start := len(to)
	to = append(to, kept...)
	for _, v := range numerals {
		to = append(to, idnum.CreditCharacter(v))
	}
	checks, ok := idnum.CreditChecks(string(to[start:]))
	return append(to, checks[:]...), ok
}
