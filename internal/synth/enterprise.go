package synth

import "strconv"

const enterprisesHeader = "uscc,name,district,industry,revenue,tax,employees"

const (
	firstFirms = 400    // exist in every city
	maxFirms   = 99_999 // as many organisation codes are free
	minRevenue = Money(200_000_00)
)

// firmsOf is how many enterprises a city of so many people has.
func firmsOf(people int) int { return min(maxFirms, max(firstFirms, people/50)) }

type enterprise struct {
	code      string
	name      string
	district  int
	industry  int
	revenue   Money
	tax       Money
	employees int
}

func (c *city) enterpriseRow(e *enterprise) []string {
	return []string{
		e.code, e.name, c.districts[e.district].code, c.industries[e.industry].code,
		e.revenue.String(), e.tax.String(), strconv.Itoa(e.employees),
	}
}

// site is where an enterprise is and what it does.
type site struct{ district, industry int }

func (c *city) siteOf(n int) site {
	d := c.row(siteStream, n)
	s := site{c.living.draw(&d), c.business.draw(&d)}
	if district, industry, _, _ := plantedFirm(n); district != "" {
		s.district = c.find(district)
		for k, kind := range c.industries {
			if kind.code == industry {
				s.industry = k
			}
		}
	}
	return s
}

// enterprise makes row n. Revenue follows a power law with the exponent 1: twice the
// revenue is half as frequent.
func (c *city) enterprise(n int) enterprise {
	const bits, spread = 1 << 32, int(maxRevenue / minRevenue)
	d := c.row(firmStream, n)
	s := c.siteOf(n)
	revenue := minRevenue * bits / Money(bits/spread+1+d.below(bits-bits/spread-1))
	_, _, planted, employees := plantedFirm(n)
	revenue = max(revenue, planted)
	employees = max(employees, 1+int(revenue/40_000_000)*(50+d.below(100))/100)
	kind := c.industries[s.industry]
	heads := []rune(firmHead)
	at := 2 * d.below(len(heads)/2)
	name := string(heads[at:at+2]) + kind.trades[d.below(len(kind.trades))] + "（玉溪）有限公司"
	if n%16 == 15 { // a comma within a field
		name = "Yunxi " + strconv.Itoa(n) + " Trading Co., Ltd."
	}
	return enterprise{
		code: c.codes[n], name: name, district: s.district, industry: s.industry, revenue: revenue,
		tax: revenue * Money(20+d.below(60)) / 1000, employees: employees,
	}
}
