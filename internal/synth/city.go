package synth

import (
	"time"

	"yingbi/internal/idnum"
)

// district is a county of Yuxi. Codes and names are of GB/T 2260 as listed by the
// National Bureau of Statistics; weights are near the census of 2020, in thousands.
type district struct {
	code, name string
	weight     int
	hospitals  []string
	hot        bool // summers need cooling
}

const (
	centre = 0 // where one visit in five goes, wherever the patient lives
	inCity = 9 // districts; birthplaces from here on are elsewhere
)

func districts() []district {
	return []district{
		{"530402", "红塔区", 588, []string{"青鸾医院", "白鹿医院", "望舒儿童医院", "扶桑医院"}, false},
		{"530403", "江川区", 247, []string{"星云医院", "采薇医院"}, false},
		{"530423", "通海县", 276, []string{"杞麓医院", "鹤鸣医院"}, false},
		{"530424", "华宁县", 188, []string{"象鼻医院", "听泉医院"}, false},
		{"530425", "易门县", 155, []string{"菌香医院", "云岫医院"}, false},
		{"530426", "峨山彝族自治县", 145, []string{"火把医院", "锦屏医院"}, false},
		{"530427", "新平彝族傣族自治县", 263, []string{"花腰医院", "哀牢医院"}, true},
		{"530428", "元江哈尼族彝族傣族自治县", 198, []string{"红河谷医院", "它克医院"}, true},
		{"530481", "澄江市", 165, []string{"抚仙医院", "寒武医院"}, false},
	}
}

// elsewhere are districts of other prefectures in which people of the city were born.
func elsewhere() []string {
	return []string{"530102", "530103", "530111", "530302", "530502", "532301", "532501", "532503", "532901"}
}

// chapter is a chapter of ICD-10: how often it is visited for, in per mille, its
// usual bill in yuan, and how much dearer a year of age makes it, in per mille.
type chapter struct {
	code    string
	weight  int
	bill    int
	ageing  int
	winters bool // visited for in the cold
}

func chapters() []chapter {
	return []chapter{
		{"I", 60, 180, 2, false}, {"II", 35, 2600, 6, false}, {"III", 15, 420, 3, false}, {"IV", 90, 310, 8, false}, {"V", 30, 380, 1, false},
		{"VI", 45, 450, 7, false}, {"IX", 170, 640, 16, true}, {"X", 210, 160, 5, true}, {"XI", 120, 270, 4, false}, {"XIII", 95, 330, 9, false},
		{"XIV", 70, 400, 6, false}, {"XVII", 10, 1900, 1, false}, {"XIX", 50, 720, 5, false},
	}
}

// industry is a letter of GB/T 4754 with what its firms are called after.
type industry struct {
	code   string
	weight int
	trades []string
}

func industries() []industry {
	return []industry{
		{"A", 90, []string{"农业", "花卉", "果蔬"}}, {"B", 15, []string{"矿业"}}, {"C", 300, []string{"食品", "机械", "建材", "服饰"}},
		{"E", 80, []string{"建筑", "装饰"}}, {"F", 220, []string{"商贸", "百货", "医药"}}, {"G", 70, []string{"物流", "运输"}},
		{"H", 90, []string{"餐饮", "酒店"}}, {"I", 60, []string{"信息", "软件"}}, {"L", 50, []string{"租赁", "咨询"}}, {"R", 25, []string{"文化", "体育"}},
	}
}

const (
	surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文普矣"
	given    = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英霞平刚桂兰玉萍红梅鑫波斌宇浩凯婷雪琳欣怡子涵梓轩宏建国庆春华文辉力永健世广志义兴良海山仁宁贵福生龙元全胜学祥才发武新利清飞彬富顺信昌成康星光天达安岩中茂进林有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚裕河哲江亮政谦亨奇固之轮翰朗伯言若鸣朋梁栋维启克伦翔旭鹏泽晨辰士以家致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘"
	firmHead = "云溪金穗同德永昌瑞丰恒泰鼎盛新禾安顺宏远嘉禾九鼎长青百川和润"
)

// city holds the tables and what rows of one file need of another. It does not
// change once it is made.
type city struct {
	seed        uint64
	people      int
	districts   []district
	birthplaces []string // codes; districts first
	chapters    []chapter
	industries  []industry
	surnames    []rune
	given       []rune
	block       *block
	codes       []string // of the enterprises

	living   *chances          // districts
	illness  *chances          // chapters
	business *chances          // industries
	days     map[bool]*chances // of 2024, by whether the illness is one of winters
	dates    []string          // of 2024
	months   []string          // first days
	often    *quantiles        // visits
	dear     *quantiles        // bills
	hungry   *quantiles        // for electricity
	wavering *quantiles        // between months
	hold     [inCity][16]int   // claims of who was born before the year may be planted alone
}

func newCity(seed uint64, people int) (*city, error) {
	c := &city{
		seed: seed, people: people, districts: districts(), chapters: chapters(), industries: industries(),
		surnames: []rune(surnames), given: []rune(given),
		often: newQuantiles(exponential), dear: newQuantiles(logNormal(0.9)),
		hungry: newQuantiles(logNormal(0.45)), wavering: newQuantiles(logNormal(0.12)),
	}
	for _, d := range c.districts {
		c.birthplaces = append(c.birthplaces, d.code)
	}
	c.birthplaces = append(c.birthplaces, elsewhere()...)
	c.living = newChances(len(c.districts), func(i int) int { return c.districts[i].weight })
	c.illness = newChances(len(c.chapters), func(i int) int { return c.chapters[i].weight })
	c.business = newChances(len(c.industries), func(i int) int { return c.industries[i].weight })
	c.calendar()
	c.block = newBlock(c.row(blockStream, 0), c.living, len(c.birthplaces))
	c.reserve()
	return c, c.found()
}

// calendar makes the dates of 2024 and how many visits each has: half as many at
// weekends, twice as many in the cold for what winters bring.
func (c *city) calendar() {
	var cold, weekend []bool
	for d := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == 2024; d = d.AddDate(0, 0, 1) {
		c.dates = append(c.dates, d.Format(time.DateOnly))
		cold = append(cold, d.Month() <= 2 || d.Month() >= 11)
		weekend = append(weekend, d.Weekday() == time.Saturday || d.Weekday() == time.Sunday)
		if d.Day() == 1 {
			c.months = append(c.months, d.Format(time.DateOnly))
		}
	}
	c.days = map[bool]*chances{}
	for _, winters := range []bool{false, true} {
		c.days[winters] = newChances(len(c.dates), func(i int) int {
			weight := 2
			if weekend[i] {
				weight = 1
			}
			if winters && cold[i] {
				weight *= 2
			}
			return weight
		})
	}
}

// found gives every enterprise its number.
func (c *city) found() error {
	c.codes = make([]string, firmsOf(c.people))
	for n := range c.codes {
		code, err := idnum.SyntheticCreditCode(c.districts[c.siteOf(n).district].code, n+1)
		if err != nil {
			return err
		}
		c.codes[n] = code
	}
	return nil
}

// find gives the index of a district by its code, for what is planted.
func (c *city) find(code string) int {
	for i, d := range c.districts {
		if d.code == code {
			return i
		}
	}
	return centre
}

// name draws a family name, the commoner the earlier it stands, and one or two
// characters of a given name.
func (c *city) name(d *draws) string {
	at := d.next() >> 32
	name := append(make([]rune, 0, 3), c.surnames[int(at*at>>32)*len(c.surnames)>>32])
	for range 1 + min(1, d.below(5)) {
		name = append(name, c.given[d.below(len(c.given))])
	}
	return string(name)
}
