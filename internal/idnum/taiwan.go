package idnum

import "strings"

// taiwanLetters are in the order of their values, from 10.
const taiwanLetters = "ABCDEFGHJKLMNPQRSTUVXYWZIO"

// TaiwanID reports whether id is a number of a Taiwan identity card, a letter and
// nine digits of which the first is 1 or 2, or of a resident certificate: 8 or 9
// there since 2021, a letter A to D before. A letter counts with its two-digit value, the
// second one with its units; the weights are 1 9 8 7 6 5 4 3 2 1 1.
func TaiwanID(id string) bool {
	if len(id) != 10 || !allDigits(id[2:]) {
		return false
	}
	first := strings.IndexByte(taiwanLetters, id[0]) + 10
	second := int(id[1] - '0')
	switch c := id[1]; {
	case c >= 'A' && c <= 'D':
		second = int(c - 'A')
	case c != '1' && c != '2' && c != '8' && c != '9':
		return false
	}
	sum := first/10 + first%10*9 + second*8 + int(id[9]-'0')
	for i := 2; i < 9; i++ {
		sum += int(id[i]-'0') * (9 - i)
	}
	return first >= 10 && sum%10 == 0
}
