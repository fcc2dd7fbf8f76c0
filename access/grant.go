package access

import (
	"slices"
	"strconv"
	"strings"

	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
)

// Use is a way in which a column may be used.
type Use string

// The uses. A guest sees rows of a column only with Row; only with Verify is one subject
// asked about by it.
const (
	Join    Use = "join"
	Filter  Use = "filter"
	Group   Use = "group"
	Measure Use = "measure"
	Derive  Use = "derive"
	Row     Use = "row"
	Verify  Use = "verify"
)

var uses = []Use{Join, Filter, Group, Measure, Derive, Row, Verify}

// Grant gives a scenario some columns of one data set, seen through one version of
// one policy: a later one counts only when the scenario is approved again.
type Grant struct {
	Dataset       string
	Policy        string
	PolicyVersion int
	Columns       []GrantedColumn
	Requires      Requirement
}

// Requirement is the anonymity that the policy must give over the grant. A zero field
// asks nothing.
type Requirement struct {
	K     int      // subjects of a class, at least
	L     int      // different values of the sensitive column in a class, at least
	T     float64  // distance of a class from the whole, at most
	Quasi []string // columns that must be among the quasi-identifiers where they are granted
}

// maxCrowd is more than any published k or l.
const maxCrowd = 100_000

// GrantedColumn is a column with the uses that were granted.
type GrantedColumn struct {
	Name string
	Uses []Use
}

func parseGrants(m *yamldoc.Map) ([]Grant, error) {
	node, err := m.Need("grants")
	if err != nil {
		return nil, err
	}
	items, err := node.List()
	if err != nil {
		return nil, err
	}
	var out []Grant
	for _, item := range items {
		g, err := parseGrant(item)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out, func(other Grant) bool { return other.Dataset == g.Dataset }) {
			return nil, item.Errorf("data set %s is granted twice; join the two", g.Dataset)
		}
		out = append(out, g)
	}
	if len(out) == 0 {
		return nil, node.Errorf("a scenario grants at least one data set")
	}
	return out, nil
}

func parseGrant(item *yamldoc.Node) (Grant, error) {
	m, err := item.Map()
	if err != nil {
		return Grant{}, err
	}
	r := fields{m: m}
	g := Grant{Dataset: r.text("dataset"), Policy: r.text("policy")}
	if r.err != nil {
		return g, r.err
	}
	node, err := m.Need("version")
	if err != nil {
		return g, err
	}
	version, err := node.Int()
	if err != nil {
		return g, err
	}
	if version < 1 || version > 1<<31-1 {
		return g, node.Errorf("want the policy's version, 1 or more")
	}
	g.PolicyVersion = int(version)
	if node, err = m.Need("columns"); err != nil {
		return g, err
	}
	columns, err := node.Map()
	if err != nil {
		return g, err
	}
	for _, name := range columns.Keys() {
		granted, err := parseUses(columns.Get(name), node)
		if err != nil {
			return g, err
		}
		g.Columns = append(g.Columns, GrantedColumn{Name: name, Uses: granted})
	}
	if n := m.Get("requires"); n != nil {
		if g.Requires, err = parseRequirement(n); err != nil {
			return g, err
		}
	}
	return g, m.Done()
}

func parseRequirement(n *yamldoc.Node) (out Requirement, err error) {
	m, err := n.Map()
	if err != nil {
		return out, err
	}
	if out.K, err = crowd(m.Get("k")); err != nil {
		return out, err
	}
	if out.L, err = crowd(m.Get("l")); err != nil {
		return out, err
	}
	if n := m.Get("t"); n != nil {
		text, err := n.Text()
		if err != nil {
			return out, err
		}
		if out.T, err = strconv.ParseFloat(text, 64); err != nil || !(out.T > 0 && out.T < 1) {
			return out, n.Errorf("want a distance between 0 and 1 such as 0.2, found %q", text)
		}
	}
	if n := m.Get("quasi"); n != nil {
		if out.Quasi, err = n.Texts(); err != nil {
			return out, err
		}
	}
	if out.K == 0 && out.L == 0 && out.T == 0 && len(out.Quasi) == 0 {
		return out, n.Errorf("name what is required: k, l, t, quasi")
	}
	return out, m.Done()
}

func crowd(n *yamldoc.Node) (int, error) {
	if n == nil {
		return 0, nil
	}
	v, err := n.Int()
	if err == nil && (v < 2 || v > maxCrowd) {
		err = n.Errorf("want a number from 2 to %d, found %d", maxCrowd, v)
	}
	return int(v), err
}

func parseUses(n, parent *yamldoc.Node) ([]Use, error) {
	if n == nil {
		return nil, parent.Errorf("every column lists its uses: %s", useNames())
	}
	texts, err := n.Texts()
	if err != nil {
		return nil, err
	}
	var out []Use
	for _, s := range texts {
		u := Use(s)
		if !slices.Contains(uses, u) || slices.Contains(out, u) {
			return nil, n.Errorf("%q is not a use, or stands twice; the uses are %s", s, useNames())
		}
		out = append(out, u)
	}
	if len(out) == 0 {
		return nil, n.Errorf("name at least one use: %s", useNames())
	}
	return out, nil
}

func useNames() string {
	out := make([]string, len(uses))
	for i, u := range uses {
		out[i] = string(u)
	}
	return strings.Join(out, ", ")
}

// Grant gives the scenario's grant on a data set, or a fault.Denied that says
// what is granted.
func (s *Scenario) Grant(dataset string) (*Grant, error) {
	names := make([]string, len(s.Grants))
	for i := range s.Grants {
		if s.Grants[i].Dataset == dataset {
			return &s.Grants[i], nil
		}
		names[i] = s.Grants[i].Dataset
	}
	return nil, fault.Errorf(fault.Denied, "scenario %s does not grant data set %s; it grants %s", s.ID, dataset, strings.Join(names, ", "))
}
