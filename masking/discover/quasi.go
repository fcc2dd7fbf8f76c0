package discover

import (
	"strings"
	"unicode"

	"yingbi/masking/detect"
)

// matter is what a column says about people, apart from identifiers.
type matter uint8

// The matters. Those before lastQuasi are quasi-identifiers: others know them of a
// person, and together they single people out.
const (
	nothing matter = iota
	birthDate
	age
	sex
	region
	postcode
	ethnicity
	marriage
	education
	occupation
	employer
	nationality
	nativePlace
	politics
	lastQuasi
	religion
	health
	household
)

// hint says by what a matter is known: words of a header, of which those in Latin
// letters stand by themselves; values of which a column consists.
type hint struct {
	matter  matter
	english string
	chinese string
	latin   string
	han     string
	values  string // in lower case
	alone   bool   // the values tell without a header
}

// hints are looked at in this order.
var hints = []hint{
	{birthDate, "birth dates", "出生日期", "birth birthday birthdate dob born csrq csny csny sr", "出生 生日", "", false},
	{age, "ages", "年龄", "age nl", "年龄 岁数 周岁", "", false},
	{sex, "sex", "性别", "sex gender xb", "性别", "男 女 男性 女性 男生 女生 先生 女士 m f male female man woman 未知 不详 未说明 其他 unknown other", true},
	{ethnicity, "ethnic groups", "民族", "ethnicity ethnic race mz", "民族", ethnicGroups, true},
	{
		marriage, "marital status", "婚姻状况", "marital marriage hyzk hyqk", "婚姻 婚否 婚况",
		"未婚 已婚 离异 离婚 丧偶 初婚 再婚 复婚 未说明 其他 single married divorced widowed separated never-married", true,
	},
	{
		education, "education", "文化程度", "education degree schooling whcd xl xueli", "文化程度 学历 学位 教育程度",
		"小学 初中 高中 中专 中技 职高 大专 专科 本科 大学 硕士 博士 研究生 硕士研究生 博士研究生 大学本科 大学专科 文盲 半文盲 学龄前 初中及以下 高中及以下 其他", true,
	},
	{politics, "political affiliation", "政治面貌", "zzmm political", "政治面貌 党派", "中共党员 中共预备党员 共青团员 群众 无党派人士 民主党派 党员 团员", true},
	{religion, "religion", "宗教信仰", "religion faith zjxy", "宗教 信仰", "", false},
	{
		health, "health", "健康信息", "diagnosis diagnoses disease icd icd10 symptom allergy medication surgery jbmc zdmc jbbm zdbm", "诊断 疾病 病种 病名 病情 症状 过敏 手术名称 用药 残疾 传染",
		"", false,
	},
	{household, "numbers of households", "户号", "household hh hhid huhao", "户号 户编号 家庭编号 家庭户", "", false},
	{postcode, "postcodes", "邮政编码", "postcode zip zipcode postal yzbm yb", "邮编 邮政编码", "", false},
	{nativePlace, "native places", "籍贯", "jg native birthplace jiguan", "籍贯 出生地", "", false},
	{nationality, "nationality", "国籍", "nationality citizenship country gj", "国籍", "", false},
	{occupation, "occupations", "职业", "occupation job profession workclass zy zhiye zw", "职业 职务 工种 岗位 职称", "", false},
	{employer, "employers", "工作单位", "employer company workplace gzdw", "工作单位 就业单位 所在单位 任职单位", "", false},
	{
		region, "areas", "地区", "district county city province region town township street area xzqh qx xian sheng shi", "区县 县区 省份 城市 地市 地区 行政区 区划 乡镇 街道 户籍地 居住地 所在地 辖区",
		"", false,
	},
}

// ethnicGroups of GB/T 3304, without the word for group.
const ethnicGroups = "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 " +
	"阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 其他"

// about says what the column tells of people. Its values are those of the words, none of
// a column with too many.
func (j *judge) about(c *column) hint {
	for _, h := range hints {
		if j.headed(h.matter) && j.fits(h.matter) || h.alone && c.consistsOf(h.values) {
			return h
		}
	}
	switch {
	case j.part(isDate|isTimestamp) >= 0.95 && j.rows.years.low >= 1900 && j.rows.years.low < 1960 && j.rows.years.high-j.rows.years.low >= 30 && j.distinct >= 10:
		return hintOf(birthDate)
	case j.part(isArea) >= 0.8 && j.distinct > 1:
		return hintOf(region)
	}
	return hint{}
}

// headed reports whether the header names the matter.
func (j *judge) headed(m matter) bool {
	h := hintOf(m)
	return anyOf(h.han, func(w string) bool { return strings.Contains(j.han, w) }) || anyOf(h.latin, func(w string) bool { return j.latin[w] })
}

func hintOf(m matter) hint {
	for _, h := range hints {
		if h.matter == m {
			return h
		}
	}
	return hint{}
}

// fits reports whether the values can be what a header says.
func (j *judge) fits(m matter) bool {
	numbers := j.part(isInteger | isDecimal | isDigits)
	switch m {
	case birthDate:
		year := j.rows.integers
		return j.part(isDate|isTimestamp) >= 0.5 || numbers >= 0.9 && year.any && year.low >= 1900 && year.high < 2100
	case age:
		return j.part(isAge) >= 0.9
	case sex, ethnicity, marriage, politics:
		return j.distinct <= 100
	case postcode:
		return j.share(j.rows.near[detect.RegionCode]+j.rows.fires[detect.RegionCode]) >= 0.5
	case region:
		return j.part(isDate|isTimestamp|isDecimal) < 0.1 && j.distinct < 0.9*float64(j.rows.values)+10 && j.part(isProse) < 0.5 && j.part(isAge) < 0.5
	case household:
		return j.part(isDate|isTimestamp|isDecimal|isProse) < 0.1
	case education, religion, nationality, nativePlace, occupation, employer:
		return numbers < 0.9 || j.distinct <= 100
	}
	return true
}

// consistsOf reports whether nearly all values are of a list, and two of it are there.
func (c *column) consistsOf(list string) bool {
	if c.full || len(c.words.entries) > 80 {
		return false
	}
	known := map[string]bool{}
	for _, w := range strings.Fields(list) {
		known[w] = true
	}
	in, all, found := int64(0), int64(0), 0
	for i := range c.words.entries {
		w := &c.words.entries[i]
		text := strings.ToLower(strings.TrimSpace(string(c.words.text[w.start:w.end])))
		all += w.count
		if known[text] || known[strings.TrimSuffix(text, "族")] {
			in += w.count
			found++
		}
	}
	return found >= 2 && float64(in) >= 0.95*float64(all)
}

// headerWords splits a header into its words of Latin letters, and the rest.
func headerWords(name string) (latin map[string]bool, han string) {
	latin = map[string]bool{}
	var word, rest strings.Builder
	last := rune(0)
	for _, r := range name + " " {
		letter := r < unicode.MaxASCII && unicode.IsLetter(r)
		if word.Len() > 0 && (!letter || unicode.IsUpper(r) && unicode.IsLower(last)) {
			latin[strings.ToLower(word.String())] = true
			word.Reset()
		}
		if letter {
			word.WriteRune(r)
		} else if r > unicode.MaxASCII {
			rest.WriteRune(r)
		}
		last = r
	}
	return latin, rest.String()
}

func anyOf(list string, is func(string) bool) bool {
	for _, w := range strings.Fields(list) {
		if is(w) {
			return true
		}
	}
	return false
}
