package detect

import (
	"bytes"
	"unicode/utf8"
)

const (
	maxReach   = 40 // characters that an address may go on before its first number
	maxNumeral = 12 // characters of a number of a house
)

var (
	addressCues  = []string{"现住址", "住址", "地址", "家住", "现住", "住在", "居住", "位于", "户籍", "送至", "寄到", "前往", "为", "是", "在", "到", "至", "住", "往", "从", "去"}
	provinceCues = []string{"北京", "天津", "上海", "重庆", "河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "海南", "四川", "贵州", "云南", "陕西", "甘肃", "青海", "台湾", "内蒙古", "广西", "西藏", "宁夏", "新疆", "香港", "澳门"}
)

// addresses looks at each number with a unit (号 幢 室): what stands before it since
// the last punctuation or word such as 住在 is the address, with further units behind.
func (f *finder) addresses() {
	done := 0
	for i := 0; i < len(f.text); {
		_, size := utf8.DecodeRune(f.text[i:])
		end := f.unit(i)
		if end == 0 || f.taken[i] {
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
		if start-size < done || size == 0 || f.taken[start-size] || !isHan(c) && c != '·' && (c >= utf8.RuneSelf || !alphanumeric(byte(c)) && c != '-' && c != '(' && c != ')') {
			break
		}
		start -= size
	}
	text := f.text[start:from]
	after := 0
	for _, cue := range addressCues {
		if i := bytes.LastIndex(text, []byte(cue)); i >= 0 {
			after = max(after, i+len(cue))
		}
	}
	if first := firstOf(text, provinceCues); first >= 0 {
		return start + first
	}
	return start + after
}

// firstOf gives the first place of any of the words, or -1.
func firstOf(text []byte, words []string) int {
	first := -1
	for _, w := range words {
		if i := bytes.Index(text, []byte(w)); i >= 0 && (first < 0 || i < first) {
			first = i
		}
	}
	return first
}
