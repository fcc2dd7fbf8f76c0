package idnum

// BankCard reports whether number has the form of a bank card: 13 to 19 digits
// (GB/T 15694.1, ISO/IEC 7812-1) whose Luhn sum is right. One number in ten is, so
// the issuer's prefix must be looked up as well.
func BankCard(number string) bool {
	return len(number) >= 13 && len(number) <= 19 && Luhn(number)
}

// Luhn reports whether the last of at least two digits is the check digit of the others.
func Luhn(digits string) bool {
	if len(digits) < 2 || !allDigits(digits) {
		return false
	}
	last := len(digits) - 1
	return luhnCheck(digits[:last]) == digits[last]
}

// SyntheticBankCard appends the check digit to a body of 12 to 18 digits; it reports
// false for any other.
func SyntheticBankCard(body string) (string, bool) {
	if len(body) < 12 || len(body) > 18 || !allDigits(body) {
		return "", false
	}
	return body + string(luhnCheck(body)), true
}

func luhnCheck(body string) byte {
	sum := 0
	for i := range len(body) {
		d := int(body[len(body)-1-i] - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return '0' + byte((10-sum%10)%10)
}
