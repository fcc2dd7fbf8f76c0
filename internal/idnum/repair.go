package idnum

// A format-preserving cipher needs the numbers of a kind as a set that it can permute:
// their ranks, or their parts without check characters.

const (
	numProvinces = 35
	dateSlots    = 250 * 12 * 31 // of the years from 1850 on; those of no date stay empty
)

// ResidentRanks is above every rank of a resident number.
const ResidentRanks = numProvinces * 10_000 * dateSlots * 1000

// provinceCodes lists provinces in order, provinceAt gives the place of a code.
var provinceCodes, provinceAt = func() (codes [numProvinces]byte, at [100]byte) {
	n := 0
	for code, known := range provinces {
		if known {
			codes[n], at[code] = byte(code), byte(n)
			n++
		}
	}
	return codes, at
}()

// ResidentRank gives the place of a resident number among all, ordered by region,
// birth and sequence: any four digits may follow a province.
func ResidentRank(id string) (rank uint64, ok bool) {
	if !ResidentID(id) {
		return 0, false
	}
	region := int(provinceAt[number(id[:2])])*10_000 + number(id[2:6])
	date := ((number(id[6:10])-1850)*12+number(id[10:12])-1)*31 + number(id[12:14]) - 1
	return (uint64(region)*dateSlots+uint64(date))*1000 + uint64(number(id[14:17])), true
}

// AppendResidentID appends the number of a rank. It reports false for ranks of no
// number, such as those of 30 February.
func AppendResidentID(dst []byte, rank uint64) ([]byte, bool) {
	if rank >= ResidentRanks {
		return dst, false
	}
	sequence, date, region := int(rank%1000), int(rank/1000%dateSlots), int(rank/1000/dateSlots)
	year, month, day := 1850+date/31/12, 1+date/31%12, 1+date%31
	if !realDate(year, month, day) {
		return dst, false
	}
	var id [18]byte
	put(id[:2], int(provinceCodes[region/10_000]))
	put(id[2:6], region%10_000)
	put(id[6:10], year)
	put(id[10:12], month)
	put(id[12:14], day)
	put(id[14:17], sequence)
	id[17] = residentCheck(string(id[:]))
	return append(dst, id[:]...), true
}

// put writes a number with leading zeros.
func put(to []byte, n int) {
	for i := len(to) - 1; i >= 0; i-- {
		to[i] = '0' + byte(n%10)
		n /= 10
	}
}

// LuhnCheck computes the check digit that follows digits.
func LuhnCheck(digits string) byte { return luhnCheck(digits) }

// CreditChecks computes the two check characters of a credit code, that of its
// organisation and its own, from the 16 characters before them. It reports false
// where one is not of the alphabet.
func CreditChecks(body string) (checks [2]byte, ok bool) {
	if len(body) != 16 {
		return checks, false
	}
	var code [17]byte
	copy(code[:], body)
	if code[16], ok = organisationCheck(body[8:]); !ok {
		return checks, false
	}
	last, ok := creditCheck(string(code[:]))
	return [2]byte{code[16], last}, ok
}

// CreditNumeral gives the place of a character in the alphabet of credit codes, from
// 0 to 30, and CreditCharacter the character.
func CreditNumeral(c byte) (v byte, ok bool) {
	v = creditValue[c]
	return v - 1, v != 0
}

func CreditCharacter(v byte) byte { return creditAlphabet[v] }
