package synth

// The chief has a family name that no other row has.
const (
	chiefName       = "尉迟守拙"
	chiefOccupation = "局长（退休）"
	chiefDistrict   = "530426"
	circulatory     = "IX"
	beforeYear      = 1945 // born earlier: 80 or more at the end of 2024
)

// plant is what hangs on one of the first people.
type plant struct {
	person   int // below minPeople
	district string
	chapter  string
	rows     int
	chief    bool
}

func plants() []plant {
	return []plant{
		{person: 17, district: chiefDistrict, chapter: circulatory, rows: 1, chief: true},
		{person: 23, district: "530425", chapter: "XVII", rows: 1},
		{person: 41, district: "530481", chapter: "III", rows: 5},
		{person: 67, district: "530481", chapter: "III", rows: 7},
	}
}

// planted gives what hangs on person i.
func (c *city) planted(i int) (plant, bool) {
	for _, p := range c.plants {
		if p.person == i {
			return p, true
		}
	}
	return plant{}, false
}

// reserved reports whether a visit would fall into a planted cell, by where the
// patient lives or by where the hospital is.
func (c *city) reserved(p *person, at int, chapter string) bool {
	for _, plan := range c.plants {
		if plan.chapter != chapter || (plan.chief && p.year >= beforeYear) {
			continue
		}
		if p.code == plan.district || c.districts[at].code == plan.district {
			return true
		}
	}
	return false
}

// plantedClaims are the rows of person p in a planted cell.
func (c *city) plantedClaims(plan plant, p *person) []claim {
	r := c.row(plantStream, plan.person)
	var out []claim
	for range plan.rows {
		cost := Money(300_00 + r.IntN(2_000_00))
		if plan.chief {
			cost = Money(486_000_00 + r.IntN(1_000_00))
		}
		out = append(out, c.visitAt(r, p.district, plan.chapter, cost))
	}
	return out
}

// Rows that ingest must put into quarantine, each for its own reason. They follow
// rows whose numbers are below minPeople, in every city.

func badPeople(i int, p *person) [][]string {
	row := p.row()
	switch i {
	case 110:
		row[3] = "1987-02-30" // no such day
	case 120:
		row[0] = "" // whose row is it
	case 130:
		row = row[:6] // fields are missing
	default:
		return nil
	}
	return [][]string{row}
}

func badClaims(i int, p *person) [][]string {
	row := []string{"C202499999" + p.id[14:17], p.id, p.code, "青鸾医院", "X", "2024-03-08", "120.00"}
	switch i {
	case 111:
		row[5] = "2024-13-01" // month 13
	case 121:
		row[5] = "三月八日" // no date at all
	case 131:
		row[6] = "约三百" // no number
	case 141:
		row[6] = "120.00元" // a number with its unit
	case 151:
		row[1] = "" // whose row is it
	case 161:
		row = append(row, "备注") // a field too many
	case 171:
		row = row[:4] // fields are missing
	default:
		return nil
	}
	return [][]string{row}
}

func badEnterprises(i int, e enterprise) [][]string {
	row := e.row()
	switch i {
	case 112:
		row[4] = "约三亿" // no number
	case 122:
		row[0] = "" // whose row is it
	case 132:
		row = append(row, "", "") // fields too many
	default:
		return nil
	}
	return [][]string{row}
}
