package discover

import (
	"cmp"
	"math"
	"slices"

	"yingbi/masking/detect"
)

// TypeShare says that a column holds a type: with which confidence, and in which share of
// its values.
type TypeShare struct {
	Type       detect.Type `json:"type"`
	Confidence float64     `json:"confidence"`
	Share      float64     `json:"share"`

	inside bool // of texts that hold one among other words
}

// judge decides about one column.
type judge struct {
	detector *detect.Detector
	latin    map[string]bool   // words of the header
	han      string            // what it has beyond ASCII
	prior    [numTypes]float64 // by the header
	hinted   bool              // the header suggests some type
	rows     evidence          // of all values
	once     evidence          // of the different ones, each as if it had come once
	distinct float64
	exact    bool
}

func newJudge(d *detect.Detector, name string, c *column) *judge {
	j := &judge{detector: d}
	j.latin, j.han = headerWords(name)
	for _, h := range detect.Header(nil, name) {
		j.prior[h.Type] = max(j.prior[h.Type], h.Confidence)
		j.hinted = true
	}
	if c.full {
		j.rows = c.rows
		j.distinct, j.exact = c.distinct.count()
		j.distinct = min(j.distinct, float64(j.rows.values))
		j.once = j.rows.scaled(j.distinct / float64(j.rows.values))
		return j
	}
	for i := range c.words.entries {
		w := &c.words.entries[i]
		j.rows.add(&w.class, w.count)
		j.once.add(&w.class, 1)
	}
	j.distinct, j.exact = float64(len(c.words.entries)), true
	return j
}

// The evidence that a type needs, as powers of ten by which chance alone is unlikelier:
// without a word of the header, which grows with the number of values, and with one. It
// is a bound on the tail of the binomial (Chernoff), so that the true chance is smaller.
const (
	neededLeast  = 2.5
	neededMost   = 5
	neededFormed = 2 // for types with a form that other values seldom have
	neededHinted = 1
	neededParted = 0.9 // against numbers with the same parts, of which one in ten or so passes a check digit
	sureParted   = 6
)

// types lists what the column holds, the surest first. From Fires on it is taken for
// held; what is below is for information.
func (j *judge) types() []TypeShare {
	var out []TypeShare
	if j.rows.values == 0 {
		return out
	}
	for _, t := range detect.Types() {
		var f TypeShare
		switch t {
		case detect.PersonNameZH:
			f = j.names()
		case detect.AddressZH:
			f = j.addresses()
		case detect.MedicalRecordNo, detect.SocialCardNo:
			f = j.byHeader(t)
		case detect.TWCompatriotPermit:
			if f = j.byHeader(t); f.Confidence < detect.Fires {
				f = j.byValue(t)
			}
		case detect.SocialSecurityNo:
			f = j.socialSecurity()
		default:
			f = j.byValue(t)
		}
		if inside := j.insideTexts(t); inside.Confidence > f.Confidence {
			f = inside
		}
		if t == detect.RegionCode && j.headed(postcode) {
			f.Confidence = min(f.Confidence, 0.4) // both have six digits
		}
		if f.Confidence >= 0.05 && f.Share > 0 {
			f.Confidence, f.Share = math.Round(100*f.Confidence)/100, max(math.Round(1e6*f.Share)/1e6, 1e-6)
			out = append(out, f)
		}
	}
	j.exclude(out)
	slices.SortStableFunc(out, func(a, b TypeShare) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(b.Share, a.Share))
	})
	return out
}

func (j *judge) share(n int64) float64 { return float64(n) / float64(j.rows.values) }

// tail is how unlikely it is, in powers of ten, that hits of n or more come about at the
// rate of chance.
func tail(hits, n int64, chance float64) float64 {
	if n == 0 || hits == 0 || chance <= 0 {
		return 0
	}
	a := float64(hits) / float64(n)
	if a <= chance {
		return 0
	}
	divergence := a * math.Log(a/chance)
	if a < 1 {
		divergence += (1 - a) * math.Log((1-a)/(1-chance))
	}
	return float64(n) * divergence / math.Ln10
}

// shaped are the types whose shape is noted where a value is not of them (shape.go).
const shaped = 1<<detect.ResidentID | 1<<detect.ForeignPRID | 1<<detect.USCC | 1<<detect.ResidentID15 | 1<<detect.Mobile | 1<<detect.RegionCode |
	1<<detect.TWCompatriotPermit | 1<<detect.Passport | 1<<detect.HKMTravelPermit | 1<<detect.HomeReturnPermit | 1<<detect.SocialCardNo |
	1<<detect.TWID | 1<<detect.OrgCode | 1<<detect.BankCard | 1<<detect.Email | 1<<detect.IP | 1<<detect.MAC | 1<<detect.Plate

// hits counts the different values that are of a type, and their share of all. A column
// of nothing else also has those that are likely, or of which the header speaks.
func (j *judge) hits(t detect.Type) (hits int64, share float64) {
	const wide = 1<<detect.ForeignPRID | 1<<detect.OrgCode | 1<<detect.Plate | 1<<detect.RegionCode | 1<<detect.Passport | 1<<detect.HKID
	fires := j.rows.fires[t]
	if all := j.share(fires + j.rows.weak[t]); j.prior[t] > 0 && all >= 0.8 {
		return j.once.fires[t] + j.once.weak[t], all
	}
	if all := j.share(fires + j.rows.likely[t]); types(wide).has(t) && all >= 0.8 {
		return j.once.fires[t] + j.once.likely[t], all
	}
	return j.once.fires[t], j.share(fires)
}

// byValue decides about a type that single values can be of.
func (j *judge) byValue(t detect.Type) TypeShare {
	hits, share := j.hits(t)
	f := TypeShare{Type: t, Share: min(1, share)}
	if hits == 0 {
		return f
	}
	among := j.once.values
	if types(shaped).has(t) {
		among = max(hits, j.once.fires[t]+j.once.near[t])
	}
	chance := j.detector.Chance(t)
	evidence := tail(hits, among, chance)
	need := min(max(2+math.Log10(float64(among)), neededLeast), neededMost)
	switch {
	case j.prior[t] > 0:
		need = neededHinted
	case t == detect.Email || t == detect.IP || t == detect.MAC || t == detect.Plate:
		need = neededFormed
	}
	often := float64(hits) >= min(2*chance, 0.9)*float64(among)
	counted := j.prior[t] == 0 && (j.serial(t) || t == detect.IP && j.rows.traits[bit(isAddress)] == 0)
	if evidence < need || !often || counted || !j.checked(t, hits) {
		f.Confidence = min(0.45, 0.1+0.3*f.Share+0.1*j.prior[t])
		return f
	}
	f.Confidence = 0.5 + 0.2*min(evidence/15, 1) + 0.25*f.Share
	if j.prior[t] > 0 {
		f.Confidence += 0.05
	}
	f.Confidence = min(f.Confidence, 0.99)
	return f
}

// socialSecurity decides about what is the number of the resident identity card under
// another name: the header alone tells.
func (j *judge) socialSecurity() TypeShare {
	f := j.byValue(detect.ResidentID)
	f.Type = detect.SocialSecurityNo
	switch {
	case j.prior[f.Type] == 0:
		f.Confidence = min(f.Confidence, 0.3)
	case f.Confidence >= detect.Fires:
		f.Confidence = min(0.99, f.Confidence+0.05)
	}
	return f
}

// checked reports whether as many values pass a check digit as identifiers do, and not
// only as many as of other numbers that are put together alike: order numbers of an
// area, a day and a sequence pass it one in eleven times.
func (j *judge) checked(t detect.Type, hits int64) bool {
	chance := map[detect.Type]float64{
		detect.ResidentID: 1. / 11, detect.ForeignPRID: 1. / 11, detect.OrgCode: 1. / 11, detect.BankCard: 1. / 10, detect.TWID: 1. / 10, detect.USCC: 1. / 31,
	}[t]
	if chance == 0 {
		return true
	}
	failed := max(0, j.once.parted[t]-(hits-j.once.fires[t])) // those that are likely have it too
	evidence := tail(hits, hits+failed, chance)
	return hits >= failed && evidence >= neededParted || float64(hits) >= 2*chance*float64(hits+failed) && evidence >= sureParted
}

// serial reports whether the numbers lie as close as those that one counter gives, which
// no check digit contradicts.
func (j *judge) serial(t detect.Type) bool {
	switch t {
	case detect.Mobile, detect.Landline, detect.Passport, detect.HKMTravelPermit, detect.HomeReturnPermit, detect.ResidentID15, detect.TWCompatriotPermit:
	default:
		return false
	}
	n := j.rows.numbers
	return n.any && j.distinct >= 5 && float64(n.high-n.low) < 50*j.distinct
}

// exclude lowers types that share a shape with one that the header names.
func (j *judge) exclude(found []TypeShare) {
	const alike = 1<<detect.Passport | 1<<detect.HKMTravelPermit | 1<<detect.HomeReturnPermit | 1<<detect.SocialCardNo | 1<<detect.TWCompatriotPermit |
		1<<detect.RegionCode | 1<<detect.TWID | 1<<detect.MedicalRecordNo | 1<<detect.Landline
	named := slices.ContainsFunc(found, func(f TypeShare) bool {
		return types(alike).has(f.Type) && j.prior[f.Type] > 0 && f.Confidence >= detect.Fires && f.Share >= 0.5
	})
	for i := range found {
		f := &found[i]
		if named && types(alike).has(f.Type) && j.prior[f.Type] == 0 {
			f.Confidence = min(f.Confidence, 0.4)
		}
	}
}
