package synth

// The chief has a family name that no other row has.
const (
	chiefName       = "尉迟守拙"
	chiefOccupation = "局长（退休）"
	chiefDistrict   = "530426"
	circulatory     = "IX"
)

// What is planted.
const (
	beforeChief = 1945 // born earlier: 80 or more at the end of 2024
	beforePair  = 1935 // 90 or more
	beforeAll   = 1924 // 101 or more
	everybody   = 3000 // born before: all

	pairDistrict = "530402"
	pairChapter  = "XI"
	muchPower    = 5_000_00 // hundredths of a kWh in a month: one household alone has it
)

// plant is what hangs on one of the first people: claims in a cell that is kept
// free of those of others born before the year.
type plant struct {
	person   int // below minPeople; at least maxHome from the next
	district string
	chapter  string
	rows     int
	before   int
	born     int // year, if it matters
	chief    bool
	power    bool // of the household
}

func plants() []plant {
	return []plant{
		{person: 17, district: chiefDistrict, chapter: circulatory, rows: 1, before: beforeChief, born: 1936, chief: true},
		{person: 23, district: "530425", chapter: "XVII", rows: 1, before: everybody},
		{person: 41, district: "530481", chapter: "III", rows: 5, before: everybody},
		{person: 67, district: "530481", chapter: "III", rows: 7, before: everybody},
		{person: 73, district: pairDistrict, chapter: pairChapter, rows: 1, before: beforePair, born: 1931},
		{person: 89, district: "530423", born: 1921},
		{person: 97, district: "530427", power: true},
	}
}

// planOf gives what hangs on one of n people.
func planOf(first, n int) (plant, bool) {
	if first < minPeople {
		for _, p := range plants() {
			if p.person >= first && p.person < first+n {
				return p, true
			}
		}
	}
	return plant{}, false
}

func (plan plant) shape(p *person) {
	if plan.born != 0 {
		p.year = plan.born
	}
	if plan.chief {
		p.name, p.male = chiefName, true
	}
}

// reserve notes which claims may only be planted.
func (c *city) reserve() {
	for _, plan := range plants() {
		for k, ch := range c.chapters {
			if ch.code == plan.chapter {
				c.hold[c.find(plan.district)][k] = plan.before
			}
		}
	}
}

// reserved reports whether a visit would fall into a planted cell, by where the
// patient lives or by where the hospital is.
func (c *city) reserved(p *person, at, chapter int) bool {
	return p.year < max(c.hold[p.district][chapter], c.hold[at][chapter])
}

// plantedClaims are the rows of person p in a planted cell.
func (c *city) plantedClaims(visits []claim, plan plant, p *person) []claim {
	d := c.row(plantStream, plan.person)
	for range plan.rows {
		cost := Money(300_00 + d.below(2_000_00))
		if plan.chief {
			cost = Money(486_000_00 + d.below(1_000_00))
		}
		chapter := c.chapterOf(plan.chapter)
		visits = append(visits, c.visitAt(&d, p.district, chapter, cost))
	}
	return visits
}

// The firms that are planted. The dominant one has more than nine tenths of the
// revenue of its industry in its district; the two of the duopoly have so together,
// and neither alone; the large one is the only one of its district and industry with
// so many employees. Rivals make sure that no cell is small.
const (
	dominantFirm     = 30 // numbers of enterprises
	largeFirm        = 50
	duopoly          = 60 // and the next
	rivals           = 62 // and eleven more
	dominantDistrict = "530402"
	dominantIndustry = "C"
	largeIndustry    = "F"
	duopolyDistrict  = "530423"
	largeStaff       = 6_000
	manyEmployees    = 5_000

	maxRevenue      = Money(20_000_000_00)     // of all others
	dominantRevenue = Money(88_000_000_000_00) // more than 9 × the others of its cell in the largest city
	duopolyRevenue  = Money(20_000_000_000_00) // so is twice this of theirs
)

// plantedFirm says where enterprise n is, its revenue and its employees, if they matter.
func plantedFirm(n int) (district, industry string, revenue Money, employees int) {
	switch {
	case n == dominantFirm:
		return dominantDistrict, dominantIndustry, dominantRevenue, 0
	case n == largeFirm:
		return dominantDistrict, largeIndustry, 0, largeStaff
	case n == duopoly:
		return duopolyDistrict, dominantIndustry, duopolyRevenue, 0
	case n == duopoly+1:
		return duopolyDistrict, dominantIndustry, duopolyRevenue / 100 * 95, 0
	case n >= rivals && n < rivals+12:
		return duopolyDistrict, dominantIndustry, 0, 0
	}
	return "", "", 0, 0
}
