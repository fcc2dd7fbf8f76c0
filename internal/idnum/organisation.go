package idnum

import (
	"fmt"
	"strings"
)

// creditAlphabet is GB 32100-2015, table 1: no I, O, S, V, Z.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// creditValue maps a byte to its place in creditAlphabet plus one; 0 is no letter of it.
var creditValue = func() (values [256]byte) {
	for i := range len(creditAlphabet) {
		values[creditAlphabet[i]] = byte(i + 1)
	}
	return values
}()

// creditWeights are 3^(i−1) mod 31 for i = 1…17 (GB 32100-2015, annex B).
var creditWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// organisationWeights are of GB 11714-1997, clause 4.
var organisationWeights = [8]int{3, 7, 9, 10, 5, 8, 4, 2}

// CreditCode reports whether code is a unified social credit code: 18 characters
// of the alphabet, six digits of a region at 3 to 8, an organisation code at 9 to
// 17, and both check characters right. Codes with a body of M000…, given out before
// the standard, may have a wrong last character and are not recognised.
func CreditCode(code string) bool {
	if len(code) != 18 || !allDigits(code[2:8]) || !organisation(code[8:17]) {
		return false
	}
	c, ok := creditCheck(code)
	return ok && c == code[17]
}

// OrganisationCode reports whether code is an organisation code: eight digits or
// letters and the check character, with or without a hyphen before it.
func OrganisationCode(code string) bool {
	if len(code) == 10 && code[8] == '-' {
		return organisation(code[:8] + code[9:])
	}
	return organisation(code)
}

func organisation(code string) bool {
	if len(code) != 9 {
		return false
	}
	c, ok := organisationCheck(code)
	return ok && c == code[8]
}

// SyntheticOrganisationCode makes the nth code, 1 to 99999, of the zone
// PDY00001–PDY99999, which GB 11714 leaves to self-defined codes: no organisation
// of the real world has it. Nine characters, without a hyphen.
func SyntheticOrganisationCode(n int) (string, error) {
	if n < 1 || n > 99_999 {
		return "", fmt.Errorf("idnum: the self-defined zone has numbers 1 to 99999, not %d", n)
	}
	code := fmt.Sprintf("PDY%05d", n)
	c, _ := organisationCheck(code)
	return code + string(c), nil
}

// SyntheticCreditCode makes the code of an enterprise (91) registered in a region
// of six digits, around the nth synthetic organisation code.
func SyntheticCreditCode(region string, n int) (string, error) {
	organisation, err := SyntheticOrganisationCode(n)
	if err != nil {
		return "", err
	}
	if len(region) != 6 || !allDigits(region) {
		return "", fmt.Errorf("idnum: a region has six digits, not %q", region)
	}
	code := "91" + region + organisation
	c, _ := creditCheck(code)
	return code + string(c), nil
}

// InSyntheticZone reports whether an organisation or credit code is of the zone.
func InSyntheticZone(code string) bool {
	if len(code) == 18 {
		code = code[8:]
	}
	return len(code) >= 9 && strings.HasPrefix(code, "PDY") && allDigits(code[3:8]) && code[3:8] != "00000"
}

// creditCheck computes the last character from 17 of the alphabet.
func creditCheck(code string) (c byte, ok bool) {
	sum := 0
	for i, w := range creditWeights {
		v := int(creditValue[code[i]])
		if v == 0 {
			return 0, false
		}
		sum += w * (v - 1)
	}
	return creditAlphabet[(31-sum%31)%31], true
}

// organisationCheck computes the last character from eight digits and capital
// letters, of which A is 10 and Z is 35.
func organisationCheck(code string) (c byte, ok bool) {
	sum := 0
	for i, w := range organisationWeights {
		switch c := code[i]; {
		case c >= '0' && c <= '9':
			sum += w * int(c-'0')
		case c >= 'A' && c <= 'Z':
			sum += w * (int(c-'A') + 10)
		default:
			return 0, false
		}
	}
	return "0X987654321"[sum%11], true // 11 − s, where 10 is X and 11 is 0
}
