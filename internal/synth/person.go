package synth

import "yingbi/internal/idnum"

const populationHeader = "person,name,sex,birth,district,education,occupation,employer,household"

type person struct {
	id         string
	name       string
	male       bool
	year       int
	month, day int
	district   int // where the person lives
	education  string
	occupation string
	employer   string // credit code, or empty
	household  int    // its first person
}

// age is in completed years at the end of 2024.
func (p *person) age() int { return 2024 - p.year }

func (p *person) birth() string { return string(appendDate(nil, p.year, p.month, p.day)) }

func (p *person) sex() string {
	if p.male {
		return "男"
	}
	return "女"
}

// appendPerson writes the row without its line feed.
func (c *city) appendPerson(b []byte, p *person) []byte {
	b = appendCell(b, p.id)
	b = appendCell(b, p.name)
	b = appendCell(b, p.sex())
	b = append(appendDate(b, p.year, p.month, p.day), ',')
	b = appendCell(b, c.districts[p.district].code)
	b = appendCell(b, p.education)
	b = appendCell(b, p.occupation)
	b = appendCell(b, p.employer)
	return appendHousehold(b, p.household)
}

// person makes row i of the population.
func (c *city) person(i int) (person, error) {
	d := c.row(personStream, i)
	s := c.seat(i)
	p := person{name: c.name(&d), male: s.male, year: s.year, district: s.district, household: s.head}
	sequence, day := c.serial(s)
	if plan, ok := planOf(s.head, s.size); ok {
		p.district = c.find(plan.district)
	}
	plan, planted := planOf(i, 1)
	if planted { // each on a day of its own, so that the last sequence number is free
		s.birthplace, sequence, day = p.district, sequences, i
		plan.shape(&p)
	}
	p.month, p.day = monthAndDay(p.year, day)
	p.live(&d, c, i)
	if planted && plan.chief {
		p.occupation = chiefOccupation
	}
	sequence *= 2
	if p.male {
		sequence++
	}
	var err error
	p.id, err = idnum.SyntheticResidentID(c.birthplaces[s.birthplace], p.year, p.month, p.day, sequence)
	return p, err
}

// serial spreads the people of one birthplace, year and sex over days and sequence
// numbers: a walk in steps that have no divisor in common with their number, and so
// comes to each place once.
func (c *city) serial(s seat) (sequence, day int) {
	const step = 112_559
	from := mix(c.seed^uint64(s.birthplace*years+s.year)) % serials
	at := (s.serial*step + int(from)) % serials
	return at % sequences, at / sequences
}

// monthAndDay gives the date of a day of the year, from 0. 29 February is
// nobody's birthday, so that all years have as many.
func monthAndDay(year, day int) (int, int) {
	for month, n := range [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31} {
		if day < n {
			return month + 1, day + 1
		}
		day -= n
	}
	return 12, 31
}

// live draws what follows from the age. An employer is one of those that exist in
// every city that has a person i.
func (p *person) live(d *draws, c *city, i int) {
	schooling := d.below(100) + min(40, max(0, (p.year-1950)/2))
	work, employer := d.below(len(jobs)), d.below(firmsOf(i))
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
			p.employer = c.codes[employer]
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

func appendHousehold(b []byte, head int) []byte { return appendPadded(append(b, 'H'), head, 8) }

// appendCell writes a cell and its comma. None of these cells has a quote, a comma or a line feed.
func appendCell(b []byte, cell string) []byte { return append(append(b, cell...), ',') }

func appendDate(b []byte, year, month, day int) []byte {
	b = append(appendPadded(b, year, 4), '-')
	b = append(appendPadded(b, month, 2), '-')
	return appendPadded(b, day, 2)
}

// appendPadded writes the last digits of n.
func appendPadded(b []byte, n, digits int) []byte {
	b = append(b, "00000000"[:digits]...)
	for i := len(b) - 1; n > 0 && i >= len(b)-digits; i-- {
		b[i] += byte(n % 10)
		n /= 10
	}
	return b
}
