package synth

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

const (
	maxBill   = Money(150_000_00) // nobody but the chief is above it
	minBill   = Money(5_00)
	maxClaims = 60 // a person's, in the year
)

var claimsHeader = []string{"claim", "person", "district", "hospital", "icd_chapter", "visit_date", "cost"}

type claim struct {
	number   string
	district int // index, where the hospital is
	code     string
	hospital string
	chapter  string
	date     string
	cost     Money
}

func (v *claim) row(p *person) []string {
	return []string{v.number, p.id, v.code, v.hospital, v.chapter, v.date, v.cost.String()}
}

// claims makes the claims of person i: those that are planted first, then by
// chance, more for the old; a few people have very many and one in seven none.
func (c *city) claims(i int, p *person) []claim {
	r := c.row(claimStream, i)
	n := min(maxClaims, int(r.ExpFloat64()*(3.5+float64(p.age())/14)))
	var out []claim
	if plan, ok := c.planted(i); ok {
		out = c.plantedClaims(plan, p)
	}
	for range n {
		out = append(out, c.visit(r, p))
	}
	for j := range out {
		out[j].number = fmt.Sprintf("C2024%07d%02d", i, j)
	}
	return out
}

func (c *city) visit(r *rand.Rand, p *person) claim {
	ch := c.chapters[pick(r, len(c.chapters), func(k int) int { return c.chapters[k].weight })]
	at := p.district
	if r.IntN(100) < 20 {
		at = centre
	}
	bill := ch.bill * (1 + ch.ageing/100*float64(p.age())) * math.Exp(0.9*r.NormFloat64())
	cost := min(maxBill, max(minBill, Money(bill*100)))
	if c.reserved(p, at, ch.code) {
		ch.code = "X"
	}
	return c.visitAt(r, at, ch.code, cost)
}

func (c *city) visitAt(r *rand.Rand, at int, chapter string, cost Money) claim {
	d := c.districts[at]
	return claim{
		district: at, code: d.code, hospital: d.hospitals[r.IntN(len(d.hospitals))],
		chapter: chapter, date: c.dates[r.IntN(len(c.dates))], cost: cost,
	}
}

func datesOf2024() []string {
	var out []string
	for d := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == 2024; d = d.AddDate(0, 0, 1) {
		out = append(out, d.Format(time.DateOnly))
	}
	return out
}
