package masking

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
	"yingbi/masking/anonymity"
)

// anonymityStep is the section of a policy that asks for k-anonymity and its kin over all rows
// of a view. It looks at the columns as their rules leave them.
type anonymityStep struct {
	place     fault.Place
	quasi     []string // columns, by name
	unit      string   // the kind of subject that k counts; empty where the data set has at most one
	sensitive string   // column of l and t; empty without them
	models    anonymity.Models
	suppress  number // share of the rows that may lose their quasi-identifiers
	metric    anonymity.Metric
	ladders   map[string]ladder // by column

	written map[string]string // l and t in canonical form
	counts  string            // after fit: the kind of subject that k counts; empty: each row is one
}

// The limits of the section.
const (
	maxQuasi = 20
	maxK     = 1_000_000
	maxSteps = 12 // levels of a hierarchy
)

var metrics = []struct {
	name   string
	metric anonymity.Metric
}{
	{"loss", anonymity.Loss}, {"dm", anonymity.Discernibility}, {"dm_mono", anonymity.MonotoneDiscernibility},
	{"aecs", anonymity.AverageClassSize}, {"entropy", anonymity.Entropy}, {"entropy_mono", anonymity.MonotoneEntropy},
}

func (p *Policy) readAnonymity(m *yamldoc.Map) error {
	n := m.Get("anonymity")
	if n == nil {
		return nil
	}
	section, err := n.Map()
	if err != nil {
		return err
	}
	a := &anonymityStep{place: n.Place, suppress: "0", ladders: map[string]ladder{}, written: map[string]string{}}
	for _, read := range []func(*yamldoc.Map) error{a.readQuasi, a.readK, a.readDiversity, a.readCloseness, a.readCosts, a.readLadders, (*yamldoc.Map).Done} {
		if err := read(section); err != nil {
			return err
		}
	}
	p.anonymity = a
	return nil
}

func (a *anonymityStep) readQuasi(m *yamldoc.Map) error {
	n, err := m.Need("quasi")
	if err != nil {
		return err
	}
	if a.quasi, err = n.Texts(); err != nil {
		return err
	}
	if len(a.quasi) == 0 || len(a.quasi) > maxQuasi {
		return n.Errorf("name 1 to %d columns by which somebody may be recognised, found %d", maxQuasi, len(a.quasi))
	}
	slices.Sort(a.quasi)
	for i, name := range a.quasi {
		if i > 0 && name == a.quasi[i-1] {
			return n.Errorf("column %q is named twice", name)
		}
		if err := checkColumnName(n, name); err != nil {
			return err
		}
	}
	if unit := m.Get("unit"); unit != nil {
		if a.unit, err = unit.Text(); err != nil {
			return err
		}
		return checkText(unit, a.unit, maxText)
	}
	return nil
}

func (a *anonymityStep) readK(m *yamldoc.Map) error {
	n, err := m.Need("k")
	if err != nil {
		return err
	}
	k, err := n.Int()
	if err == nil && (k < 2 || k > maxK) {
		err = n.Errorf("want a class size from 2 to %d, found %d", maxK, k)
	}
	a.models.K = int(k)
	return err
}

// readCosts reads what may be lost, and how it is measured.
func (a *anonymityStep) readCosts(m *yamldoc.Map) error {
	if n := m.Get("suppress"); n != nil {
		text, err := n.Text()
		if err != nil {
			return err
		}
		v, ok := parseNumber(text)
		if !ok || v.float() < 0 || v.float() >= 1 {
			return n.Errorf("want the share of rows that may lose their quasi-identifiers, from 0 to below 1 such as 0.05, found %q", text)
		}
		a.suppress = v
	}
	n := m.Get("metric")
	if n == nil {
		return nil
	}
	text, err := n.Text()
	if err != nil {
		return err
	}
	var names []string
	for _, known := range metrics {
		if names = append(names, known.name); known.name == text {
			a.metric = known.metric
			return nil
		}
	}
	return n.Errorf("%q is no metric; the metrics are %s", text, strings.Join(names, ", "))
}

func (a *anonymityStep) readLadders(m *yamldoc.Map) error {
	n := m.Get("hierarchies")
	if n == nil {
		return nil
	}
	section, err := n.Map()
	if err != nil {
		return err
	}
	for _, name := range section.Keys() {
		item := section.Get(name)
		if item == nil || !slices.Contains(a.quasi, name) && name != a.sensitive {
			return n.Errorf("a hierarchy stands for a column of quasi, l or t; %q is none, or empty", name)
		}
		if a.ladders[name], err = readLadder(item); err != nil {
			return err
		}
		if name == a.sensitive && a.models.T > 0 {
			if a.ladders[name].rows == nil {
				return item.Errorf("the hierarchy of a sensitive column is a list of rows such as [I10, IX, all]")
			}
			a.models.Distance = anonymity.HierarchicalDistance
		}
	}
	return nil
}

// encode writes the section in canonical form.
func (a *anonymityStep) encode() string {
	var b strings.Builder
	b.WriteString("anonymity:\n  quasi: [" + quoteAll(a.quasi) + "]\n")
	if a.unit != "" {
		b.WriteString("  unit: " + quote(a.unit) + "\n")
	}
	b.WriteString("  k: " + strconv.Itoa(a.models.K) + "\n")
	for _, key := range []string{"l", "t"} {
		if a.written[key] != "" {
			fmt.Fprintf(&b, "  %s: {column: %s, %s}\n", key, quote(a.sensitive), a.written[key])
		}
	}
	if a.suppress != "0" {
		b.WriteString("  suppress: " + string(a.suppress) + "\n")
	}
	if a.metric != anonymity.Loss {
		for _, known := range metrics {
			if known.metric == a.metric {
				b.WriteString("  metric: " + known.name + "\n")
			}
		}
	}
	if len(a.ladders) > 0 {
		b.WriteString("  hierarchies:\n")
	}
	for _, name := range append(slices.Clone(a.quasi), a.sensitive) {
		if l, ok := a.ladders[name]; ok {
			fmt.Fprintf(&b, "    %s: %s\n", quote(name), l.encode())
		}
	}
	return b.String()
}

func quoteAll(texts []string) string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = quote(text)
	}
	return strings.Join(out, ", ")
}
