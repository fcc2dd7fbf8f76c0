package masking

import (
	"fmt"
	"slices"
	"strings"

	"yingbi/internal/yamldoc"
	"yingbi/masking/anonymity"
)

// readDiversity reads l: {column: icd, distinct: 3}, or entropy: 2.5, or recursive: 3 with c: 2.
func (a *anonymityStep) readDiversity(m *yamldoc.Map) error {
	l, err := a.readSensitive(m, "l")
	if l == nil || err != nil {
		return err
	}
	form := 0
	for _, key := range []string{"distinct", "entropy", "recursive"} {
		n := l.Get(key)
		if n == nil {
			continue
		}
		form++
		v, err := readPositive(n)
		if err != nil {
			return err
		}
		if v.float() < 2 && key != "entropy" || key != "entropy" && strings.Contains(string(v), ".") || v.float() <= 1 || v.float() > maxK {
			return n.Errorf("want l above 1, and 2 or more and whole but for entropy, found %s", v)
		}
		switch key {
		case "distinct":
			a.models.Distinct = int(v.float())
		case "entropy":
			a.models.Entropy = v.float()
		default:
			a.models.Recursive = int(v.float())
		}
		a.written["l"] = fmt.Sprintf("%s: %s", key, v)
	}
	if form != 1 {
		return l.Node().Errorf("write one of distinct: 3, entropy: 2.5 and recursive: 3 with c: 2")
	}
	if c := l.Get("c"); c != nil || a.models.Recursive > 0 {
		if c == nil || a.models.Recursive == 0 {
			return l.Node().Errorf("recursive diversity has an l and a c, such as recursive: 3, c: 2; the others have no c")
		}
		v, err := readPositive(c)
		if err != nil {
			return err
		}
		a.models.C = v.float()
		a.written["l"] += ", c: " + string(v)
	}
	return l.Done()
}

// readCloseness reads t: {column: icd, most: 0.3}.
func (a *anonymityStep) readCloseness(m *yamldoc.Map) error {
	t, err := a.readSensitive(m, "t")
	if t == nil || err != nil {
		return err
	}
	n, err := t.Need("most")
	if err != nil {
		return err
	}
	v, err := readPositive(n)
	if err != nil {
		return err
	}
	if v.float() > 1 {
		return n.Errorf("want a distance up to 1, such as 0.3, found %s", v)
	}
	a.models.T, a.models.Distance = v.float(), anonymity.EqualDistance // a hierarchy changes it
	a.written["t"] = "most: " + string(v)
	return t.Done()
}

// readSensitive reads the mapping under l or t and its column, which is the same in both.
func (a *anonymityStep) readSensitive(m *yamldoc.Map, key string) (*yamldoc.Map, error) {
	n := m.Get(key)
	if n == nil {
		return nil, nil
	}
	section, err := n.Map()
	if err != nil {
		return nil, err
	}
	column, err := section.NeedText("column")
	if err != nil {
		return nil, err
	}
	if slices.Contains(a.quasi, column) || a.sensitive != "" && a.sensitive != column {
		return nil, section.Get("column").Errorf("l and t are about one column, which is no quasi-identifier")
	}
	a.sensitive = column
	return section, checkColumnName(section.Get("column"), column)
}

func readPositive(n *yamldoc.Node) (number, error) {
	text, err := n.Text()
	if err != nil {
		return "", err
	}
	v, ok := parseNumber(text)
	if !ok || v.float() <= 0 {
		return "", n.Errorf("want a number above 0, such as 0.3, found %q", text)
	}
	return v, nil
}
