package idnum

// HongKongID reports whether id is a number of a Hong Kong identity card: one or two
// letters, six digits and the check character, without brackets (A1234563). The
// weights are 9 to 2, a missing first letter counts as a space, which is 36; the
// check character makes the sum a multiple of 11, where 10 is A. The Immigration
// Department has not published the rule; it is the one in general use.
func HongKongID(id string) bool {
	letters := len(id) - 7
	if letters != 1 && letters != 2 || !allDigits(id[letters:letters+6]) {
		return false
	}
	sum := 0
	if letters == 1 {
		sum = 36 * 9
	}
	for i := range len(id) - 1 {
		v := int(id[i] - '0')
		if i < letters {
			if id[i] < 'A' || id[i] > 'Z' {
				return false
			}
			v = int(id[i]-'A') + 10
		}
		sum += v * (len(id) - i)
	}
	return "0123456789A"[(11-sum%11)%11] == id[len(id)-1]
}
