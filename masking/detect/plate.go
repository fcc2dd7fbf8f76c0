package detect

import (
	"strings"
	"unicode/utf8"
)

const plateProvinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

// newEnergy are the letters of new-energy plates: D and F at first, the others since.
const newEnergy = "DABCEFGHJK"

// plate reads number plates by GA 36: a province, the letter of an authority and a
// series without I and O. Those of embassies have no province.
func plate(soft []byte) float64 {
	var room [10]rune
	p := room[:0]
	for len(soft) > 0 {
		c, size := utf8.DecodeRune(soft)
		soft = soft[size:]
		switch {
		case c == ' ' || c == '-' || c == '·' || c == '.':
			continue
		case len(p) == len(room):
			return 0
		case c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		}
		p = append(p, c)
	}
	return plateOf(p)
}

func plateOf(p []rune) float64 {
	switch {
	case len(p) == 7 && p[0] == '使' && countDigits(p[1:]) == 6, len(p) == 7 && p[6] == '使' && countDigits(p[:6]) == 6:
		return 0.8
	case len(p) >= 8 && p[0] == 'W' && p[1] == 'J' && strings.ContainsRune(plateProvinces, p[2]): // armed police
		if n := len(p) - 3; n == 5 && inSeries(p[3:]) {
			return 0.8
		}
		return 0
	case len(p) < 7 || len(p) > 8 || !strings.ContainsRune(plateProvinces, p[0]) || p[1] < 'A' || p[1] > 'Z' || p[1] == 'I' || p[1] == 'O':
		return 0
	}
	if len(p) == 8 {
		return newEnergyPlate(p[2:])
	}
	series := p[2:]
	if last := series[4]; strings.ContainsRune("警挂学领使试超港澳", last) {
		if (last == '港' || last == '澳') && (p[0] != '粤' || p[1] != 'Z') {
			return 0
		}
		series = series[:4]
	}
	if letters := len(series) - countDigits(series); !inSeries(series) || letters > 3 {
		return 0
	}
	return 0.95
}

// newEnergyPlate reads the six characters of a series: small cars have the letter
// first, large ones last. Letters but D and F are refused by many checks and are not
// seen everywhere, so alone they do not decide.
func newEnergyPlate(series []rune) float64 {
	mark := series[0]
	switch {
	case countDigits(series[2:]) == 4 && inSeries(series[1:2]):
	case countDigits(series[:5]) == 5:
		mark = series[5]
	default:
		return 0
	}
	switch {
	case mark == 'D' || mark == 'F':
		return 0.97
	case mark < 'A' || mark > 'Z' || !strings.ContainsRune(newEnergy, mark):
		return 0
	}
	return 0.45
}

func countDigits(p []rune) int {
	n := 0
	for _, c := range p {
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}

// inSeries reports whether all are digits or capital letters but I and O.
func inSeries(p []rune) bool {
	for _, c := range p {
		if c >= 0x80 || !isDigit(byte(c)) && !serial(byte(c)) {
			return false
		}
	}
	return true
}
