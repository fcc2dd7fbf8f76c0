package detect

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const maxAddress = 240 // bytes of the longest address

// numerals stand before a unit as digits and letters do.
const numerals = "〇零一二三四五六七八九十百甲乙丙丁"

// part is what a word tells of an address.
type part uint8

const (
	division part = 1 << iota
	road
	roadWord // also where nothing stands before it
	estate
	unit
	noUnit // begins like a unit and is none
)

func partWords() map[part]string {
	return map[part]string{
		division: "省 市 区 县 旗 盟 州 镇 乡",
		road:     "路 街 巷 弄 里 坊",
		roadWord: "大道 胡同 南道 北道 东道 西道 环路 条",
		estate:   "小区 花园 公寓 大厦 广场 家园 新村 社区 苑 府 庭 城 园 楼 村 屯 庄 寨 家属院 宿舍 国际 中心",
		unit:     "单元 号楼 信箱 号 弄 幢 栋 座 楼 层 室 房 组 队 社 排 院",
		noUnit:   "号线 号文 号令 号公告 号台风 室一厅 室两厅 室1厅 室2厅 室二厅 层次 社区 组织 组成 队伍 社会 楼盘 院士 房间",
	}
}

// partWord is a word that addresses are made of.
type partWord struct {
	word string
	is   part
}

// readParts lists the words by their first characters, the longest first.
func (t *tables) readParts() {
	t.parts = map[rune][]partWord{}
	for is, words := range partWords() {
		for word := range strings.FieldsSeq(words) {
			c, _ := utf8.DecodeRuneInString(word)
			t.parts[c] = append(t.parts[c], partWord{word, is})
			t.chars[c] |= place
		}
	}
	for _, words := range t.parts {
		slices.SortFunc(words, func(a, b partWord) int {
			return 8*(len(b.word)-len(a.word)) + int(a.is) - int(b.is)
		})
	}
	t.mark(numerals, numeral)
	t.provinces, t.beforeAddress = strings.Fields(provinceCues), strings.Fields(addressCues)
	for _, w := range t.provinces {
		c, _ := utf8.DecodeRuneInString(w)
		t.chars[c] |= provinceFirst
	}
	for _, w := range t.beforeAddress {
		c, _ := utf8.DecodeLastRuneInString(w)
		t.chars[c] |= cueLast
	}
}

// partAt finds the longest word of some kinds that text begins with.
func (t *tables) partAt(text []byte, c rune, kinds part) partWord {
	if t.trait(c)&place != 0 {
		for _, w := range t.parts[c] {
			if w.is&kinds != 0 && len(text) >= len(w.word) && string(text[:len(w.word)]) == w.word {
				return w
			}
		}
	}
	return partWord{}
}

// address judges a text by what addresses are made of: divisions (省 市 区), a road
// or an estate, and below them a number with its unit (号 幢 室). Divisions alone are
// an area, in which many people live.
func (d *Detector) address(soft []byte) float64 {
	if len(soft) < 7 || len(soft) > maxAddress {
		return 0
	}
	a := d.addressParts(soft)
	switch {
	case a.prose:
		return 0
	case a.units > 0 && a.area: // a district that is called by a number
		return 0.4
	case a.units > 0 && a.roads+a.estates+a.divisions > 0:
		return float64(min(65+10*min(a.divisions, 2)+10*min(a.roads+a.units-1, 2), 97)) / 100
	case a.units > 1:
		return 0.6
	case a.open && (a.roads > 0 || a.rooms && a.estates > 0):
		return 0.55
	case a.roads > 0 && a.divisions > 0:
		return 0.45
	case a.divisions > 1 || a.units > 0:
		return 0.2
	}
	return 0
}

// addressParts counts what an address is made of.
type addressParts struct {
	divisions, roads, estates, units int
	open                             bool // it ends in a bare number
	rooms                            bool // with dashes: 12-3-502
	prose                            bool // it has what ends a sentence
	area                             bool // it ends in a division, or in the office of one
}

func (d *Detector) addressParts(s []byte) addressParts {
	var a addressParts
	number := 0 // characters of the numeral just before
	before := rune(0)
	for i := 0; i < len(s); {
		c, size := utf8.DecodeRune(s[i:])
		if !isHan(c) && strings.ContainsRune("。！？；!?;@", c) {
			a.prose = true
			return a
		}
		if d.inNumeral(c, number > 0) {
			a.rooms = a.rooms || c == '-'
			if number > 0 || !strings.ContainsRune("第〕]年月", before) {
				number++
			}
		} else if c != ' ' {
			a.count(d, s[i:], c, number > 0, isHan(before))
			number = 0
		}
		before = c
		i += size
	}
	a.open = number > 0
	a.area = before != 0 && strings.ContainsRune("省市区县旗盟州镇乡道会", before)
	return a
}

// inNumeral reports whether c belongs to a number as addresses have it: 12, 3-2, B, 二十.
func (d *Detector) inNumeral(c rune, inside bool) bool {
	if c < utf8.RuneSelf {
		return alphanumeric(byte(c)) || c == '-' && inside
	}
	return d.trait(c)&numeral != 0
}

// count takes the word at the beginning of rest, after a number or after a name.
func (a *addressParts) count(d *Detector, rest []byte, c rune, number, named bool) {
	if number {
		if d.partAt(rest, c, unit|noUnit).is == unit {
			a.units++
			return
		}
	}
	kinds := roadWord
	if named {
		kinds |= division | road | estate
	}
	switch d.partAt(rest, c, kinds).is {
	case division:
		a.divisions++
	case road, roadWord:
		a.roads++
	case estate:
		a.estates++
	}
}
