package discover

import (
	"math/bits"

	"yingbi/masking/detect"
)

// bit is the index of a trait.
func bit(t traits) int { return bits.TrailingZeros32(uint32(t)) }

// part is the share of the values with one of the traits, which exclude each other.
func (j *judge) part(all traits) float64 {
	n := int64(0)
	for t := all; t != 0; t &= t - 1 {
		n += j.rows.traits[bits.TrailingZeros32(uint32(t))]
	}
	return j.share(n)
}

// names decides about names of people, which single values cannot tell from words: in a
// column of them most read as a name that is no word, and few end as places do.
func (j *judge) names() TypeShare {
	const t = detect.PersonNameZH
	sure := j.share(j.rows.fires[t])
	f := TypeShare{Type: t, Share: min(1, j.share(j.rows.fires[t]+j.rows.weak[t]))}
	evidence := tail(j.once.fires[t], j.once.values, j.detector.Chance(t))
	least, need := 0.6, 3.
	if j.prior[t] > 0 {
		least, need = 0.3, 0.5
	}
	if sure < least || evidence < need || j.part(isPlace) >= 0.5 {
		f.Confidence = min(0.45, 0.4*f.Share)
		return f
	}
	f.Confidence = min(0.99, 0.5+0.15*min(evidence/10, 1)+0.25*sure+0.1*j.prior[t])
	return f
}

// addresses decides about addresses: texts that go down from an area to a house.
func (j *judge) addresses() TypeShare {
	const t = detect.AddressZH
	f := TypeShare{Type: t, Share: j.share(j.rows.fires[t])}
	weak := j.share(j.rows.fires[t] + j.rows.weak[t])
	switch {
	case f.Share >= 0.5, j.prior[t] > 0 && f.Share >= 0.2:
		f.Confidence = min(0.99, 0.6+0.3*f.Share+0.1*j.prior[t])
	case j.prior[t] > 0 && weak >= 0.5:
		f.Share, f.Confidence = weak, 0.5+0.2*weak
	default:
		f.Share, f.Confidence = weak, min(0.45, 0.4*weak)
	}
	return f
}

// byHeader decides about numbers without any check, which the header names and the values
// do not contradict.
func (j *judge) byHeader(t detect.Type) TypeShare {
	n := j.rows.fires[t] + j.rows.weak[t]
	switch t {
	case detect.MedicalRecordNo:
		if j.rows.sizes.high <= 24 && j.rows.sizes.low >= 4 {
			n = max(n, j.rows.traits[bit(isCode)]+j.rows.traits[bit(isInteger)]+j.rows.traits[bit(isDigits)])
		}
	default:
		n = max(n, j.rows.fires[t]+j.rows.near[t])
	}
	f := TypeShare{Type: t, Share: min(1, j.share(n))}
	f.Confidence = min(0.3, 0.3*f.Share)
	if j.prior[t] > 0 && f.Share >= 0.5 && j.distinct > 1 {
		f.Confidence = min(0.95, 0.5+0.2*f.Share+0.2*j.prior[t])
	}
	if j.prior[t] == 0 && j.share(j.rows.fires[t]+j.rows.weak[t]) == 0 {
		f.Confidence = 0
	}
	return f
}

// insideTexts decides about identifiers that texts hold. One is enough, unless other
// numbers of its length stand there as often: then it may be one of those.
func (j *judge) insideTexts(t detect.Type) TypeShare {
	n := j.once.spans[t]
	f := TypeShare{Type: t, Share: j.share(j.rows.spans[t]), inside: true}
	if n == 0 {
		return f
	}
	numbers := n
	switch t {
	case detect.Mobile:
		numbers = j.once.traits[bit(hasRun11)]
	case detect.ResidentID:
		numbers = j.once.traits[bit(hasRun18)]
	case detect.PersonNameZH, detect.AddressZH:
		numbers = max(4, j.once.values/20) // a word may look like one
	case detect.RegionCode, detect.IP, detect.SocialSecurityNo:
		numbers = j.once.values
	}
	f.Confidence = min(0.45, 0.1+f.Share)
	if 2*n >= numbers {
		f.Confidence = min(0.95, 0.65+0.3*f.Share)
	}
	return f
}
