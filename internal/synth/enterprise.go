package synth

import (
	"fmt"
	"math"
	"strconv"

	"yingbi/internal/idnum"
)

const (
	firstFirms       = 400 // exist in every city: enough that no seed leaves the dominant firm alone
	dominantFirm     = 30  // its number
	dominantDistrict = "530402"
	dominantIndustry = "C"
	maxRevenue       = Money(20_000_000_00)     // of all others
	dominantRevenue  = Money(88_000_000_000_00) // more than 9 × the others of its cell in the largest city
)

var enterprisesHeader = []string{"uscc", "name", "district", "industry", "revenue", "tax", "employees"}

type enterprise struct {
	code      string
	name      string
	district  string
	industry  string
	revenue   Money
	tax       Money
	employees int
}

func (e *enterprise) row() []string {
	return []string{e.code, e.name, e.district, e.industry, e.revenue.String(), e.tax.String(), strconv.Itoa(e.employees)}
}

// enterprise makes row n. Revenue is log-normal around 1.2 million yuan.
func (c *city) enterprise(n int) (enterprise, error) {
	r := c.row(firmStream, n)
	d := c.districts[c.pickDistrict(r)].code
	kind := c.industries[pick(r, len(c.industries), func(i int) int { return c.industries[i].weight })]
	revenue := min(maxRevenue, Money(1_200_000_00*math.Exp(1.1*r.NormFloat64())))
	if n == dominantFirm {
		d, revenue = dominantDistrict, dominantRevenue
		kind = industry{code: dominantIndustry, trades: []string{"机械"}}
	}
	code, err := idnum.SyntheticCreditCode(d, n+1)
	if err != nil {
		return enterprise{}, err
	}
	heads := []rune(firmHead)
	at := 2 * r.IntN(len(heads)/2)
	name := fmt.Sprintf("%s%s（玉溪）有限公司", string(heads[at:at+2]), kind.trades[r.IntN(len(kind.trades))])
	if n%16 == 15 { // a comma within a field
		name = fmt.Sprintf("Yunxi %d Trading Co., Ltd.", n)
	}
	return enterprise{
		code: code, name: name, district: d, industry: kind.code, revenue: revenue,
		tax: revenue * Money(20+r.IntN(60)) / 1000, employees: 1 + int(float64(revenue)/40_000_000*(0.5+r.Float64())),
	}, nil
}
