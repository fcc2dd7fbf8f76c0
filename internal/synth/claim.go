package synth

const (
	maxBill   = Money(150_000_00) // nobody but the chief is above it
	minBill   = Money(5_00)
	maxClaims = 60 // a person's, in the year
)

const claimsHeader = "claim,person,district,hospital,icd_chapter,visit_date,cost"

// claim is a bill. All but the cost are indices.
type claim struct {
	district int // where the hospital is
	hospital int
	chapter  int
	date     int
	cost     Money
}

// appendClaim writes the nth row of person i without its line feed.
func (c *city) appendClaim(b []byte, i, nth int, p *person, v claim) []byte {
	d := &c.districts[v.district]
	b = append(appendClaimNumber(b, i, nth), ',')
	b = appendCell(b, p.id)
	b = appendCell(b, d.code)
	b = appendCell(b, d.hospitals[v.hospital])
	b = appendCell(b, c.chapters[v.chapter].code)
	b = appendCell(b, c.dates[v.date])
	return v.cost.append(b)
}

func appendClaimNumber(b []byte, i, nth int) []byte {
	return appendPadded(appendPadded(append(b, "C2024"...), i, 8), nth, 2)
}

// claims makes the claims of person i: those that are planted first, then by
// chance, more for the old; a few people have very many and one in seven none.
func (c *city) claims(visits []claim, i int, p *person) []claim {
	d := c.row(claimStream, i)
	n := min(maxClaims, int(c.often.draw(&d)*int64(52+p.age())/14/one))
	if plan, ok := planOf(i, 1); ok {
		visits = c.plantedClaims(visits, plan, p)
	}
	for range n {
		visits = append(visits, c.visit(&d, p))
	}
	return visits
}

func (c *city) visit(d *draws, p *person) claim {
	chapter := c.illness.draw(d)
	at := p.district
	if d.below(100) < 20 {
		at = centre
	}
	ch := &c.chapters[chapter]
	fen := int64(ch.bill) * int64(1000+ch.ageing*p.age()) / 10 * c.dear.draw(d) / one
	if c.reserved(p, at, chapter) {
		chapter = c.chapterOf("X")
	}
	return c.visitAt(d, at, chapter, min(maxBill, max(minBill, Money(fen))))
}

func (c *city) visitAt(d *draws, at, chapter int, cost Money) claim {
	return claim{
		district: at, hospital: d.below(len(c.districts[at].hospitals)),
		chapter: chapter, date: c.days[c.chapters[chapter].winters].draw(d), cost: cost,
	}
}

func (c *city) chapterOf(code string) int {
	for k, ch := range c.chapters {
		if ch.code == code {
			return k
		}
	}
	return 0
}
