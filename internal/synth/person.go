package synth

import (
	"fmt"
	"math/rand/v2"

	"yingbi/internal/idnum"
)

// A resident number must be unique without looking at other rows. Its sequence
// holds one of 500 slots and the sex; people of one slot differ by the day of the
// year, of which 12 × 28 are used, or by the last digit of the year's offset.
const (
	slots     = 500
	monthDays = 12 * 28
	firstYear = 1924 // ages 1 to 100 in 2024
)

// decades are how many were born in 1924–1933, 1934–1943, … 2014–2023, per mille.
var decades = [10]int{4, 22, 62, 118, 158, 172, 148, 138, 96, 82}

var populationHeader = []string{"person", "name", "sex", "birth", "district", "education", "occupation", "employer"}

type person struct {
	id         string
	name       string
	male       bool
	year       int
	month, day int
	district   int    // index, where the person lives
	code       string // of the district
	education  string
	occupation string
	employer   string // credit code, or empty
}

// age is in completed years at the end of 2024.
func (p *person) age() int { return 2024 - p.year }

func (p *person) birth() string { return fmt.Sprintf("%04d-%02d-%02d", p.year, p.month, p.day) }

func (p *person) row() []string {
	sex := "女"
	if p.male {
		sex = "男"
	}
	return []string{p.id, p.name, sex, p.birth(), p.code, p.education, p.occupation, p.employer}
}

// person makes row i of the population.
func (c *city) person(i int) (*person, error) {
	r := c.row(personStream, i)
	p := &person{male: r.IntN(1000) < 512, name: c.nameOf(r), district: c.pickDistrict(r)}
	decade := pick(r, len(decades), func(d int) int { return decades[d] })
	birthplace := p.district
	if r.IntN(100) < 15 {
		birthplace = c.pickDistrict(r)
	}
	plan, planted := c.planted(i)
	if planted {
		p.district, birthplace = c.find(plan.district), c.find(plan.district)
	}
	if plan.chief {
		p.name, p.male, decade = chiefName, true, 1
	}

	slot := (i*271 + int(c.seed%slots)) % slots
	block := i / slots
	day := (block*101 + slot*13 + int(c.seed%monthDays)) % monthDays
	p.year = firstYear + decade*10 + (slot+block/monthDays)%10
	p.month, p.day = day/28+1, day%28+1
	p.code = c.districts[p.district].code
	p.live(r, c, i)
	if plan.chief {
		p.occupation = chiefOccupation
	}

	sequence := slot * 2
	if p.male {
		sequence++
	}
	var err error
	p.id, err = idnum.SyntheticResidentID(c.districts[birthplace].code, p.year, p.month, p.day, sequence)
	return p, err
}

// live draws what follows from the age. An employer is one of those that exist in
// every city that has a person i.
func (p *person) live(r *rand.Rand, c *city, i int) {
	schooling := r.IntN(100) + min(40, max(0, (p.year-1950)/2))
	work, employer := r.IntN(len(jobs)), r.IntN(max(firstFirms, i/50))
	switch age := p.age(); {
	case age < 7:
		p.education, p.occupation = "", "学龄前"
		return
	case age < 19:
		p.education, p.occupation = "小学", "学生"
		if age > 12 {
			p.education = "初中"
		}
		return
	case age >= 60:
		p.occupation = "退休"
	default:
		p.occupation = jobs[work]
		if work >= ownAccount {
			p.employer = c.firms[employer].code
		}
	}
	switch {
	case schooling < 35:
		p.education = "小学"
	case schooling < 70:
		p.education = "初中"
	case schooling < 100:
		p.education = "高中"
	case schooling < 132:
		p.education = "大学"
	default:
		p.education = "研究生"
	}
}

// jobs at the ages of 19 to 59; the first ones have no employer.
var jobs = [...]string{"农民", "农民", "个体", "公务员", "教师", "工人", "工人", "职员", "职员", "司机", "医护", "服务员"}

const ownAccount = 5
