package access

import "yingbi/internal/yamldoc"

// Verification bounds the questions about single subjects that are asked under a
// scenario.
type Verification struct {
	SubjectBits int64 // that all callers of the domain may learn of one subject in a calendar year
	CallsPerDay int64 // of an organisation
}

// The most that a scenario may give: 16 bits are as many yes and no about one person.
const (
	maxSubjectBits = 16
	maxCallsPerDay = 1_000_000
)

// maxAssertedBits are 64 numbers of 1000 choices several times over.
const maxAssertedBits = 4096

func parseOutcomeBits(n *yamldoc.Node) (int64, error) {
	if n == nil {
		return defaultOutcomeBits, nil
	}
	bits, err := n.Int()
	if err == nil && (bits < 1 || bits > maxOutcomeBits) {
		err = n.Errorf("want 1 to %d bits a year, such as 128; left out, it is %d", maxOutcomeBits, defaultOutcomeBits)
	}
	return bits, err
}

func parseAsserted(n *yamldoc.Node) (bits int64, err error) {
	m, err := n.Map()
	if err != nil {
		return 0, err
	}
	of, err := m.Need("bits")
	if err != nil {
		return 0, err
	}
	if bits, err = of.Int(); err == nil && (bits < 1 || bits > maxAssertedBits) {
		err = of.Errorf("want 1 to %d bits a run, found %d", maxAssertedBits, bits)
	}
	if err != nil {
		return 0, err
	}
	return bits, m.Done()
}

func parseVerification(n *yamldoc.Node) (*Verification, error) {
	m, err := n.Map()
	if err != nil {
		return nil, err
	}
	v := &Verification{}
	for _, limit := range []struct {
		key  string
		to   *int64
		most int64
	}{{"subject_bits", &v.SubjectBits, maxSubjectBits}, {"calls_per_day", &v.CallsPerDay, maxCallsPerDay}} {
		n, err := m.Need(limit.key)
		if err != nil {
			return nil, err
		}
		if *limit.to, err = n.Int(); err == nil && (*limit.to < 1 || *limit.to > limit.most) {
			err = n.Errorf("want 1 to %d, found %d", limit.most, *limit.to)
		}
		if err != nil {
			return nil, err
		}
	}
	return v, m.Done()
}
