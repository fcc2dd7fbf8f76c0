package access

import (
	"slices"
	"strings"
	"time"

	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
)

// Term is a span of days, both included, in the domain's zone.
type Term struct{ From, Until time.Time }

const day = "2006-01-02"

// zone is China Standard Time, by which agreements run.
var zone = time.FixedZone("CST", 8*3600)

// Covers reports whether the instant falls into the term.
func (t Term) Covers(now time.Time) bool {
	return !now.Before(t.From) && now.Before(t.Until.AddDate(0, 0, 1))
}

// String renders the term as 2026-01-01 to 2026-12-31.
func (t Term) String() string { return t.From.Format(day) + " to " + t.Until.Format(day) }

// MaxTermYears is the longest term of an agreement that any of the texts allows
// (YX 17 and BJ 16: five years).
const MaxTermYears = 5

// Agreement (授权协议) ties an operator to the authority for a term.
type Agreement struct {
	ID        string
	Title     string
	Authority string // the organisation that grants
	Operator  string // the organisation that is granted
	Term      Term
	Products  []string // what may be made of the data
}

// Use is a way in which a column may be used.
type Use string

// The uses. A guest sees rows of a column only with Row.
const (
	Join    Use = "join"
	Filter  Use = "filter"
	Group   Use = "group"
	Measure Use = "measure"
	Derive  Use = "derive"
	Row     Use = "row"
)

var uses = []Use{Join, Filter, Group, Measure, Derive, Row}

// Grant gives a scenario some columns of one data set, seen through one version of
// one policy: a later one counts only when the scenario is approved again.
type Grant struct {
	Dataset       string
	Policy        string
	PolicyVersion int
	Columns       []GrantedColumn
}

// GrantedColumn is a column with the uses that were granted.
type GrantedColumn struct {
	Name string
	Uses []Use
}

// Scenario (应用场景) is what the authority approved: a purpose, dates, columns.
type Scenario struct {
	ID         string
	Title      string
	Purpose    string
	Agreement  string
	Department string // the organisation whose reviewers judge what leaves
	Preset     string // the disclosure-control preset of the scenario
	Term       Term
	Grants     []Grant

	// OutcomeBits is how many bits an organisation may learn in a calendar year from
	// how its runs over one data set end.
	OutcomeBits int64
}

// defaultOutcomeBits are 91 runs a year without codes of their own, at 2.8 bits each:
// more than an honest study needs, and fewer than the questions by which a
// collection of yes and no describes a hundred people.
const (
	defaultOutcomeBits = 256
	maxOutcomeBits     = 1 << 20
)

// Year is the calendar year of an instant in the domain's zone.
func Year(t time.Time) int { return t.In(zone).Year() }

// ParseAgreement reads an agreement; file names it in errors.
func ParseAgreement(file string, b []byte) (*Agreement, error) {
	m, err := top(file, b)
	if err != nil {
		return nil, err
	}
	r := fields{m: m}
	a := &Agreement{
		ID: r.id("agreement"), Title: r.text("title"), Authority: r.text("authority"),
		Operator: r.text("operator"), Term: r.term(), Products: r.texts("products"),
	}
	if r.err == nil && a.Term.Until.After(a.Term.From.AddDate(MaxTermYears, 0, 0)) {
		r.err = m.Node().Errorf("the term is longer than %d years", MaxTermYears)
	}
	return a, r.done()
}

// ParseScenario reads a scenario; file names it in errors.
func ParseScenario(file string, b []byte) (*Scenario, error) {
	m, err := top(file, b)
	if err != nil {
		return nil, err
	}
	r := fields{m: m}
	s := &Scenario{
		ID: r.id("scenario"), Title: r.text("title"), Purpose: r.text("purpose"), Agreement: r.text("agreement"),
		Department: r.text("department"), Preset: r.text("preset"), Term: r.term(),
	}
	if r.err == nil {
		s.OutcomeBits, r.err = parseOutcomeBits(m.Get("outcome_bits"))
	}
	if r.err == nil {
		s.Grants, r.err = parseGrants(m)
	}
	return s, r.done()
}

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

func top(file string, b []byte) (*yamldoc.Map, error) {
	doc, err := yamldoc.Parse(file, b)
	if err != nil {
		return nil, err
	}
	return doc.Map()
}

// fields reads required keys one after the other and keeps the first error.
type fields struct {
	m   *yamldoc.Map
	err error
}

func (r *fields) text(key string) string {
	if r.err != nil {
		return ""
	}
	var s string
	s, r.err = r.m.NeedText(key)
	return s
}

func (r *fields) id(what string) string {
	id := r.text("id")
	if r.err == nil {
		if err := CheckID(what, id); err != nil {
			r.err = r.m.Get("id").Errorf("%v", err)
		}
	}
	return id
}

func (r *fields) texts(key string) []string {
	if r.err != nil {
		return nil
	}
	n, err := r.m.Need(key)
	if err != nil {
		r.err = err
		return nil
	}
	out, err := n.Texts()
	r.err = err
	return out
}

func (r *fields) date(key string) time.Time {
	s := r.text(key)
	if r.err != nil {
		return time.Time{}
	}
	t, err := time.ParseInLocation(day, s, zone)
	if err != nil {
		r.err = r.m.Get(key).Errorf("want a date such as 2026-01-31, found %q", s)
	}
	return t
}

func (r *fields) term() Term {
	t := Term{From: r.date("from"), Until: r.date("until")}
	if r.err == nil && t.Until.Before(t.From) {
		r.err = r.m.Get("until").Errorf("lies before from")
	}
	return t
}

func (r *fields) done() error {
	if r.err != nil {
		return r.err
	}
	return r.m.Done()
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
	return g, m.Done()
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
