package idnum

import "fmt"

// provinces of GB/T 2260 with 81 to 83, which residence permits of people from
// Hong Kong, Macao and Taiwan carry. Bit n stands for code n.
var provinces = func() (set [100]bool) {
	for _, run := range [][2]int{{11, 15}, {21, 23}, {31, 37}, {41, 46}, {50, 54}, {61, 65}, {71, 71}, {81, 83}} {
		for code := run[0]; code <= run[1]; code++ {
			set[code] = true
		}
	}
	return set
}()

// residentWeights are 2^(18−i) mod 11 for i = 1…17 (GB 11643-1999, annex A).
var residentWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// ResidentID reports whether id is an 18-character resident identity number: a
// province, a date of the calendar and the right check character, X in upper case.
func ResidentID(id string) bool {
	if len(id) != 18 || !allDigits(id[:17]) || !provinces[number(id[:2])] {
		return false
	}
	return realDate(number(id[6:10]), number(id[10:12]), number(id[12:14])) && residentCheck(id) == id[17]
}

// OldResidentID reports whether id has the form of a 15-digit number, issued until
// 1999: year of two digits, no check character. Only a whole column of them is
// evidence.
func OldResidentID(id string) bool {
	return len(id) == 15 && allDigits(id) && provinces[number(id[:2])] &&
		realDate(1900+number(id[6:8]), number(id[8:10]), number(id[10:12]))
}

// ResidentForms gives both numbers of one person from either of them: of 18 characters,
// and the 15 digits that were issued until 1999 to who was born from 1900 on. ok is false
// where there is just one.
func ResidentForms(id string) (modern, old string, ok bool) {
	switch {
	case ResidentID(id) && id[6:8] == "19":
		return id, id[:6] + id[8:17], true
	case OldResidentID(id):
		modern = id[:6] + "19" + id[6:]
		return modern + string(residentCheck(modern)), id, true
	}
	return "", "", false
}

// ForeignResidentID reports whether id has the form of the foreign permanent resident
// cards of 2023: a 9, a province, three digits of the country, date and check
// character as in a resident number. The rule is not published in full; this is how
// cards are read in practice, so it is weak evidence.
func ForeignResidentID(id string) bool {
	return len(id) == 18 && id[0] == '9' && allDigits(id[:17]) && provinces[number(id[1:3])] &&
		realDate(number(id[6:10]), number(id[10:12]), number(id[12:14])) && residentCheck(id) == id[17]
}

// SyntheticResidentID makes a valid number: six digits of a region, a birth date
// and a sequence of 0 to 999, odd for a man and even for a woman. No range is kept
// free for tests, so a person of this number may exist.
func SyntheticResidentID(region string, year, month, day, sequence int) (string, error) {
	id := fmt.Sprintf("%s%04d%02d%02d%03d", region, year, month, day, sequence)
	if len(region) == 6 && len(id) == 17 && allDigits(id) {
		if id += string(residentCheck(id)); ResidentID(id) {
			return id, nil
		}
	}
	return "", fmt.Errorf("idnum: no resident number has region %q, date %d-%d-%d and sequence %d", region, year, month, day, sequence)
}

// residentCheck computes the check character from 17 digits.
func residentCheck(id string) byte {
	sum := 0
	for i, w := range residentWeights {
		sum += w * int(id[i]-'0')
	}
	return "10X98765432"[sum%11]
}

// realDate knows the Gregorian calendar; a birth lies between 1850 and 2099.
func realDate(year, month, day int) bool {
	if year < 1850 || year > 2099 || month < 1 || month > 12 || day < 1 {
		return false
	}
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return day <= 29
	}
	return day <= [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// number reads a few digits.
func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
