package detect

import "math/bits"

// Chance is how often a random value of the shape that the type has, of its length
// and alphabet, fires for it: what a share of hits in a column has to be held against.
// Of digits it is counted from the tables; of names and addresses it is the share
// among ordinary Chinese words and place names, and an upper bound.
func (d *Detector) Chance(t Type) float64 {
	const dates = 365.25 * (lastBirth + 1 - firstBirth) / 1e8 // of eight digits
	switch t {
	case ResidentID, SocialSecurityNo:
		return 34.0 / 100 * dates / 11
	case ResidentID15:
		return share(d.regions, d.former) * 365.25 / 1e4
	case USCC:
		return 34.0 / 100 / 31 / 11
	case OrgCode, HKID:
		return 1.0 / 11
	case Mobile:
		return float64(d.allocated) / 1e4
	case Landline:
		return 0.035
	case BankCard:
		return 0.02
	case Plate:
		return 0.01
	case Passport:
		return 5.0 / 26
	case HKMTravelPermit, HomeReturnPermit, TWCompatriotPermit:
		return 2.0 / 26 // one of two letters before digits
	case ForeignPRID:
		return 245.0 / 17576 * 0.05
	case TWID:
		return 4.0 / 10 / 10
	case RegionCode:
		return share(d.regions)
	case IP:
		return 0.4
	case MAC:
		return 0.5
	case Email:
		return 0.1
	case PersonNameZH:
		return 0.05
	case AddressZH:
		return 0.01
	}
	return 0 // never fires by its value
}

// share is how many of all codes of six digits are in one of the maps.
func share(maps ...bitmap) float64 {
	n := 0
	for _, m := range maps { // which have none in common
		for _, word := range m {
			n += bits.OnesCount64(word)
		}
	}
	return float64(n) / regionCodes
}
