package masking

import "yingbi/masking/anonymity"

// judge notes the risk before and after, and which tuples of quasi-identifiers go. The
// levels are those that cutAt saw last.
func (s *solver) judge(levels []int, cut []bool) (err error) {
	if s.After, err = s.risk(levels, cut); err != nil {
		return err
	}
	s.count(make([]int, len(levels)))
	if s.Before, err = s.risk(make([]int, len(levels)), make([]bool, len(cut))); err != nil {
		return err
	}
	s.cut = map[string]struct{}{}
	for id, gone := range cut {
		if gone {
			s.cut[string(appendKey(nil, s.tuples.at(id)[:len(s.quasi)]))] = struct{}{}
		}
	}
	return nil
}

// risk measures the classes that count found, but for those that are cut, whole.
func (s *solver) risk(levels []int, cut []bool) (out anonymity.Risk, err error) {
	quasi, _ := s.attributes()
	t, err := anonymity.NewTable(quasi, nil)
	if err != nil {
		return out, err
	}
	seen, suppressed := make([]bool, len(s.sizes)), int64(0)
	for _, id := range s.order {
		class := s.class[id]
		if seen[class] {
			continue
		}
		if seen[class] = true; cut[id] {
			suppressed += s.sizes[class]
		} else if err := t.Add(s.numbers(id)[:len(quasi)], nil, s.sizes[class]); err != nil {
			return out, err
		}
	}
	release, err := t.Release(levels, anonymity.Spec{})
	if err != nil {
		return out, err
	}
	out, err = release.Risk(nil)
	out.Suppressed = suppressed
	return out, err
}
