package discover

import (
	"bytes"

	"yingbi/masking/detect"
)

// shape notes the types whose shape a value has although the detector does not take it
// for one: what would fire at the rate of chance if the column held other numbers.
func (c *class) shape(p *profile, value []byte) {
	value = bytes.TrimSpace(value)
	n := len(value)
	last := byte(0)
	if n > 0 {
		last = value[n-1]
	}
	first, allDigits := kinds(0), p.digits == n
	if n > 0 {
		first = kindOf[value[0]]
	}
	switch {
	case n == 18 && (allDigits || p.run == 17 && (last == 'X' || last == 'x')):
		c.noteParted(only(detect.ResidentID), dated(value[6:14]))
		c.noteParted(only(detect.ForeignPRID), value[0] == '9' && dated(value[6:14]))
	case n == 18 && p.seen&^(digit|upper) == 0:
		c.noteParted(only(detect.USCC), value[0] >= '1' && value[0] <= '9' && p.digits >= 8)
	case n == 15 && allDigits:
		c.note(only(detect.ResidentID15))
	case n == 11 && allDigits:
		c.note(only(detect.Mobile))
	case n == 6 && allDigits:
		c.note(only(detect.RegionCode))
	case n == 8 && allDigits:
		c.note(only(detect.TWCompatriotPermit))
	case n == 9 && p.digits == 8 && first == upper:
		c.note(only(detect.Passport) | only(detect.HKMTravelPermit) | only(detect.HomeReturnPermit) | only(detect.SocialCardNo))
	case n == 10 && p.digits == 9 && first == upper:
		c.noteParted(only(detect.TWID), true)
	}
	if allDigits && n >= 16 && n <= 19 {
		c.noteParted(only(detect.BankCard), value[0] >= '3' && value[0] <= '6')
	}
	if (n == 9 || n == 10) && p.digits > 0 && p.seen&^(digit|upper|dash) == 0 {
		c.noteParted(only(detect.OrgCode), true)
	}
	if p.seen&at != 0 {
		c.note(only(detect.Email))
	}
	if p.dots == 3 && p.seen == digit|dot || p.seen&colon != 0 && p.seen&(high|blank) == 0 {
		c.note(only(detect.IP) | only(detect.MAC))
	}
	if first == high && p.digits >= 3 && n <= 3+7 {
		c.note(only(detect.Plate))
	}
}

func (c *class) note(all types) { c.near |= all &^ c.fires }

// noteParted notes also whether the parts before the check digit are right.
func (c *class) noteParted(all types, right bool) {
	c.note(all)
	if right {
		c.parted |= all &^ c.fires
	}
}

// dated reports whether eight digits are a day of a life.
func dated(value []byte) bool {
	year, rest, ok := dateOf(value)
	return ok && len(rest) == 0 && year >= 1880 && year < 2100
}
