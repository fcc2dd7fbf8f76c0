package synth

import "strconv"

const electricityHeader = "meter,household,person,district,month,kwh,fee"

// seasons are how much more a household needs than in a mild month, in per cent: for
// heating in winter, and where summers are hot for cooling.
var seasons = [12][2]int{
	{128, 110}, {118, 104}, {104, 100}, {98, 106}, {96, 122}, {100, 140},
	{106, 152}, {104, 148}, {98, 128}, {96, 108}, {104, 102}, {122, 108},
}

// reading is a month of a household. One in two hundred was not read.
type reading struct {
	month int // from 0
	read  bool
	power int64 // hundredths of a kWh
	fee   Money
}

// readings makes the year of the household that begins with person head and is to
// have so many people. It does not depend on whether all of them are in the city.
func (c *city) readings(head, size, district int) (year [12]reading) {
	d := c.row(householdStream, head)
	plan, _ := planOf(head, size)
	usual := int64(45+38*size) * 100 * c.hungry.draw(&d) / one
	hot := 0
	if c.districts[district].hot {
		hot = 1
	}
	for month := range year {
		power := min(muchPower*9/10, usual*int64(seasons[month][hot])/100*c.wavering.draw(&d)/one)
		read := d.below(200) > 0
		if plan.power {
			power, read = muchPower+int64(d.below(muchPower)), true
		}
		year[month] = reading{month: month, read: read, power: power, fee: feeOf(power)}
	}
	return year
}

// feeOf is by three steps: 170 kWh at 0.45 yuan, 90 at 0.50, the rest at 0.80.
func feeOf(power int64) Money {
	first := min(power, 170_00)
	second := min(power-first, 90_00)
	return Money((first*45 + second*50 + (power-first-second)*80) / 100)
}

// appendReading writes the row of a household, whose account p keeps, without its line feed.
func (c *city) appendReading(b []byte, p *person, r reading) []byte {
	b = append(appendPadded(append(b, 'M'), p.household, 8), ',')
	b = append(appendHousehold(b, p.household), ',')
	b = appendCell(b, p.id)
	b = appendCell(b, c.districts[p.district].code)
	b = appendCell(b, c.months[r.month])
	if !r.read {
		return append(b, ',')
	}
	b = append(strconv.AppendInt(b, r.power/100, 10), '.')
	b = append(appendPadded(b, int(r.power%100), 2), ',')
	return r.fee.append(b)
}
