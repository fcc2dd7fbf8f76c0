package synth

// tally counts what is in some rows. Tallies of chunks add up to that of the city.
type tally struct {
	rows, bad  [streams]int64
	patients   int64 // with at least one claim
	schoolless int64 // without education
	idle       int64 // without an employer
	households int64
	unread     int64 // months
	districts  [inCity]DistrictTotal
	pair       [2]group // whole, and without the one
}

// group is some claims of some people.
type group struct {
	subjects, rows int64
	sum            Money
}

func (t *tally) addPerson(p *person, visits []claim) {
	t.districts[p.district].People++
	if p.education == "" {
		t.schoolless++
	}
	if p.employer == "" {
		t.idle++
	}
	if len(visits) > 0 {
		t.patients++
	}
	var seen [inCity]bool
	for _, v := range visits {
		d := &t.districts[v.district]
		d.Claims++
		d.Cost += v.cost
		if !seen[v.district] {
			seen[v.district] = true
			d.Patients++
		}
	}
}

// addPair counts the claims of one person in the cell of the differencing pair.
func (t *tally) addPair(p *person, visits []claim, district, chapter int) {
	var g group
	for _, v := range visits {
		if v.district == district && v.chapter == chapter {
			g = group{1, g.rows + 1, g.sum + v.cost}
		}
	}
	t.pair[0].add(g)
	if p.year >= beforePair {
		t.pair[1].add(g)
	}
}

func (g *group) add(other group) {
	g.subjects += other.subjects
	g.rows += other.rows
	g.sum += other.sum
}

func (t *tally) addHousehold(district int, year [12]reading) {
	t.households++
	d := &t.districts[district]
	d.Households++
	for _, r := range year {
		if !r.read {
			t.unread++
			continue
		}
		d.Electricity += r.fee
	}
}

func (t *tally) add(other *tally) {
	for f := range t.rows {
		t.rows[f] += other.rows[f]
		t.bad[f] += other.bad[f]
	}
	t.patients += other.patients
	t.schoolless += other.schoolless
	t.idle += other.idle
	t.households += other.households
	t.unread += other.unread
	for i := range t.districts {
		t.districts[i].add(other.districts[i])
	}
	for i := range t.pair {
		t.pair[i].add(other.pair[i])
	}
}

func (d *DistrictTotal) add(other DistrictTotal) {
	d.People += other.People
	d.Patients += other.Patients
	d.Claims += other.Claims
	d.Cost += other.Cost
	d.Households += other.Households
	d.Electricity += other.Electricity
	d.Enterprises += other.Enterprises
	d.Revenue += other.Revenue
}
