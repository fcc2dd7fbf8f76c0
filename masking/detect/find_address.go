package detect

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

const (
	maxReach   = 40 // characters that an address may go on before its first number
	maxNumeral = 12 // characters of a number of a house
)

const (
	addressCues  = "住址 地址 位于 户籍 为 是 在 到 至 住 往 从 去" // or what ends so: 现住址, 家住, 送至
	provinceCues = "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门"
)

// addresses looks at each number with a unit (号 幢 室): what stands before it since
// the last punctuation or word such as 住在 is the address, with further units behind.
func (f *finder) addresses() {
	done := 0
	for i := 0; i < len(f.text); {
		_, size := utf8.DecodeRune(f.text[i:])
		end := f.unit(i)
		if end == 0 || f.isTaken(i) {
			i += size
			continue
		}
		start := f.addressStart(i, done)
		for next := f.more(end); next > end; next = f.more(end) {
			end = next
		}
		if c := f.address(f.text[start:end]); c >= 0.65 {
			f.take(start, end, AddressZH, c)
		}
		done, i = end, end
	}
}

// unit gives the end of a numeral with its unit that starts here, 0 where there is none.
func (f *finder) unit(i int) int {
	at := i
	for count := range maxNumeral + 1 {
		c, size := utf8.DecodeRune(f.text[at:])
		if !f.inNumeral(c, count > 0) {
			if w := f.partAt(f.text[at:], c, unit|noUnit); count > 0 && w.is == unit {
				return at + len(w.word)
			}
			return 0
		}
		at += size
	}
	return 0
}

// more gives the end of a further unit: at once, after a name such as …中心20楼, or a
// bare number of a room.
func (f *finder) more(from int) int {
	if end := f.unit(from); end > 0 {
		return end
	}
	for at, n := from, 0; n < 15; n++ {
		c, size := utf8.DecodeRune(f.text[at:])
		if !isHan(c) {
			break
		}
		if w := f.partAt(f.text[at:], c, estate); w.is == estate && at > from {
			if end := f.unit(at + len(w.word)); end > 0 {
				return end
			}
		}
		at += size
	}
	n := leading(f.text[from:])
	if n >= 2 && n <= 4 && (from+n == len(f.text) || !alphanumeric(f.text[from+n])) {
		return from + n
	}
	return 0
}

// addressStart walks back from a numeral to where its address begins, not before done.
func (f *finder) addressStart(from, done int) int {
	start := from
	for range maxReach {
		c, size := utf8.DecodeLastRune(f.text[:start])
		if start-size < done || size == 0 || f.isTaken(start-size) || !isHan(c) && c != '·' && (c >= utf8.RuneSelf || !alphanumeric(byte(c)) && c != '-' && c != '(' && c != ')') {
			break
		}
		start -= size
	}
	return start + f.addressIn(f.text[start:from])
}

// addressIn gives where the address in a text begins: at the first province, or else after
// the last of the cues.
func (f *finder) addressIn(text []byte) int {
	after := 0
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRune(text[i:])
		own := f.trait(c)
		if own&provinceFirst != 0 && slices.ContainsFunc(f.provinces, func(w string) bool { return bytes.HasPrefix(text[i:], []byte(w)) }) {
			return i
		}
		i += size
		if own&cueLast != 0 && slices.ContainsFunc(f.beforeAddress, func(w string) bool { return bytes.HasSuffix(text[:i], []byte(w)) }) {
			after = i
		}
	}
	return after
}
