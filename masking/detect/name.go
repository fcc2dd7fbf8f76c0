package detect

import (
	"strings"
	"unicode/utf8"
)

// Characters of the longest name, and of the longest without dots.
const (
	maxName     = 24
	maxUndotted = 6
)

// What the last characters of a text of three say: titles, and things and places that
// bear a surname's character first.
const (
	titles    = "先生 女士 小姐 太太 夫人 医生 大夫 护士 医师 老师 教授 主任 院长 校长 局长 处长 科长 部长 市长 县长 镇长 村长 经理 总监 师傅 律师 法官 警官 同志 同学 阿姨 叔叔 大爷 大妈 大叔 大姐 大哥 奶奶 爷爷 书记 队长 组长 店长 站长 所长 会计 司机 司令 将军 博士"
	titleSize = len("先生") // bytes of each

	calls   = "氏总董工哥姐叔姨婶嫂爷奶爸妈"
	noNames = "村庄区县市镇乡街店厂场校组屯寨沟湾坡局所部处室司省者们性化率量表单费款税价额型式类种项件机器车船线网片粉丸汤散酒茶药病症炎癌癣疹疮瘤痛血人"
)

// name judges a text of Chinese characters as the name of a person. Surnames and the
// characters of given names are strong where both agree; a word that is spelled
// like a name is not decided by a single value.
func (d *Detector) name(soft []byte) float64 {
	var room [maxName]rune
	p := room[:0]
	dots := 0
	for i := 0; i < len(soft); {
		c, size := utf8.DecodeRune(soft[i:])
		i += size
		switch {
		case c == ' ':
			continue
		case c == '·' || c == '.':
			dots++
			c = '·'
		case !isHan(c):
			return 0
		}
		if len(p) == len(room) {
			return 0
		}
		p = append(p, c)
	}
	if dots > 0 {
		return d.dottedName(p)
	}
	return d.nameOf(p)
}

// nameOf judges characters without a dot.
func (d *Detector) nameOf(p []rune) float64 {
	if len(p) < 2 || len(p) > maxUndotted {
		return 0
	}
	var room [maxUndotted * utf8.UTFMax]byte
	text := room[:0]
	for _, c := range p {
		text = utf8.AppendRune(text, c)
	}
	if second, last := p[1], p[len(p)-1]; second == '某' || last == '某' || len(p) == 2 && strings.ContainsRune(calls, last) {
		return 0.2
	}
	if len(p) > 2 && d.titles[string(text[len(text)-titleSize:])] > 0 {
		return 0.2
	}
	for long := min(len(p)-1, 4); long > 1 && d.trait(p[0])&compound != 0; long-- {
		if d.compounds[string(text[:3*long])] {
			return d.compoundName(p[long:], text)
		}
	}
	if c := d.withoutSurname(text); c > 0 {
		return c
	}
	if len(p) <= 3 {
		return d.plainName(p, text)
	}
	if len(p) == 4 && d.trait(p[0])&surname != 0 {
		return 0.15
	}
	return 0
}

// withoutSurname judges names that are made of one or two known elements.
func (d *Detector) withoutSurname(text []byte) float64 {
	for at := 6; at <= len(text)-6; at += 3 {
		if d.elements[string(text[:at])] && d.elements[string(text[at:])] {
			return 0.75
		}
	}
	if len(text) > 6 && d.elements[string(text)] {
		return 0.55
	}
	return 0
}

// compoundName judges what follows a surname of two or more characters.
func (d *Detector) compoundName(rest []rune, text []byte) float64 {
	switch {
	case len(rest) > 2:
		return 0.1
	case d.words[string(text)], d.trait(rest[len(rest)-1])&noName != 0:
		return 0.3
	case !d.all(rest, given):
		return 0.6
	}
	return 0.9
}

func (d *Detector) all(p []rune, of trait) bool {
	for _, c := range p {
		if d.trait(c)&of == 0 {
			return false
		}
	}
	return true
}

// plainName judges a surname of one character with one or two more.
func (d *Detector) plainName(p []rune, text []byte) float64 {
	s := d.trait(p[0]) & surname
	if s == 0 {
		return 0
	}
	if d.words[string(text)] || d.trait(p[len(p)-1])&noName != 0 {
		return 0.3
	}
	fits := 0
	for _, c := range p[1:] {
		if d.trait(c)&given != 0 {
			fits++
		}
	}
	if len(p) == 2 {
		return ofTwo(s, fits)
	}
	c := ofThree(s, fits)
	if d.words[string(text[:6])] { // 王国维, but 申请表 too
		c = max(c-0.25, 0.3)
	}
	return c
}

func ofTwo(s trait, fits int) float64 {
	switch {
	case s == frequent && fits > 0:
		return 0.75
	case s == usual && fits > 0:
		return 0.65
	case s == frequent, fits > 0:
		return 0.5
	}
	return 0.3
}

func ofThree(s trait, fits int) float64 {
	switch {
	case s == frequent && fits == 2:
		return 0.9
	case s == usual && fits == 2:
		return 0.8
	case fits == 2, s == frequent && fits == 1:
		return 0.6
	case s == rare:
		return 0.3
	}
	return 0.4
}

// dottedName judges names of other languages, whose parts have a dot between them.
func (d *Detector) dottedName(p []rune) float64 {
	parts, begin, sounds, chars := 0, 0, 0, 0
	family := false
	for i := 0; i <= len(p); i++ {
		if i < len(p) && p[i] != '·' {
			chars++
			if d.trait(p[i])&sound != 0 {
				sounds++
			}
			continue
		}
		if i == begin || i-begin > 8 || d.words[string(p[begin:i])] {
			return 0
		}
		family = family || parts == 0 && d.compounds[string(p[begin:i])]
		parts, begin = parts+1, i+1
	}
	switch {
	case parts < 2 || parts > 4 || chars < 3:
		return 0
	case family, sounds*3 >= chars*2:
		return 0.9
	case sounds*2 >= chars:
		return 0.7
	}
	return 0.3
}
