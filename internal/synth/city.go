package synth

import (
	"math/rand/v2"
	"strings"
)

// district is a county of Yuxi. Codes and names are of GB/T 2260 as listed by the
// National Bureau of Statistics; weights are near the census of 2020, in thousands.
type district struct {
	code, name string
	weight     int
	hospitals  []string
}

// centre is where one visit in five goes, wherever the patient lives.
const centre = 0

func districts() []district {
	return []district{
		{"530402", "红塔区", 588, []string{"青鸾医院", "白鹿医院", "望舒儿童医院", "扶桑医院"}},
		{"530403", "江川区", 247, []string{"星云医院", "采薇医院"}},
		{"530423", "通海县", 276, []string{"杞麓医院", "鹤鸣医院"}},
		{"530424", "华宁县", 188, []string{"象鼻医院", "听泉医院"}},
		{"530425", "易门县", 155, []string{"菌香医院", "云岫医院"}},
		{"530426", "峨山彝族自治县", 145, []string{"火把医院", "锦屏医院"}},
		{"530427", "新平彝族傣族自治县", 263, []string{"花腰医院", "哀牢医院"}},
		{"530428", "元江哈尼族彝族傣族自治县", 198, []string{"红河谷医院", "它克医院"}},
		{"530481", "澄江市", 165, []string{"抚仙医院", "寒武医院"}},
	}
}

// chapter is a chapter of ICD-10: how often it is visited for, in per mille, its
// usual bill in yuan, and how much dearer a year of age makes it, in per cent.
type chapter struct {
	code   string
	weight int
	bill   float64
	ageing float64
}

func chapters() []chapter {
	return []chapter{
		{"I", 60, 180, 0.2}, {"II", 35, 2600, 0.6}, {"III", 15, 420, 0.3}, {"IV", 90, 310, 0.8}, {"V", 30, 380, 0.1},
		{"VI", 45, 450, 0.7}, {"IX", 170, 640, 1.6}, {"X", 210, 160, 0.5}, {"XI", 120, 270, 0.4}, {"XIII", 95, 330, 0.9},
		{"XIV", 70, 400, 0.6}, {"XVII", 10, 1900, 0.1}, {"XIX", 50, 720, 0.5},
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

// city holds the tables and what rows of one file need of another.
type city struct {
	seed       uint64
	people     int
	districts  []district
	chapters   []chapter
	industries []industry
	surnames   []rune
	given      []rune
	dates      []string // of 2024
	plants     []plant
	firms      []enterprise
}

func newCity(seed uint64, people int) (*city, error) {
	c := &city{
		seed: seed, people: people, districts: districts(), chapters: chapters(), industries: industries(),
		surnames: []rune(surnames), given: []rune(given), dates: datesOf2024(), plants: plants(),
	}
	for e := range max(firstFirms, people/50) {
		firm, err := c.enterprise(e)
		if err != nil {
			return nil, err
		}
		c.firms = append(c.firms, firm)
	}
	return c, nil
}

// A stream keeps the draws for one kind of row apart from those for another.
type stream uint64

const (
	personStream stream = iota + 1
	claimStream
	firmStream
	plantStream
)

// row gives the random numbers of row i of the stream.
func (c *city) row(s stream, i int) *rand.Rand {
	return rand.New(rand.NewPCG(c.seed^uint64(s)*0x9e3779b97f4a7c15, uint64(i)))
}

// pick draws an index by weight.
func pick(r *rand.Rand, n int, weight func(int) int) int {
	total := 0
	for i := range n {
		total += weight(i)
	}
	at := r.IntN(total)
	for i := range n {
		if at -= weight(i); at < 0 {
			return i
		}
	}
	return n - 1
}

func (c *city) pickDistrict(r *rand.Rand) int {
	return pick(r, len(c.districts), func(i int) int { return c.districts[i].weight })
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

// nameOf draws a family name, the commoner the earlier it stands, and one or two
// characters of a given name.
func (c *city) nameOf(r *rand.Rand) string {
	var b strings.Builder
	at := r.Float64()
	b.WriteRune(c.surnames[int(at*at*float64(len(c.surnames)))])
	for range 1 + min(1, r.IntN(5)) {
		b.WriteRune(c.given[r.IntN(len(c.given))])
	}
	return b.String()
}
