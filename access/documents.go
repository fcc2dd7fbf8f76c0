package access

import (
	"math"
	"time"

	"yingbi/internal/yamldoc"
)

// Term is a span of days, both included, in the domain's zone.
type Term struct{ From, Until time.Time }

const day = "2006-01-02"

// zone is China Standard Time, by which agreements run.
var zone = time.FixedZone("CST", 8*3600)

// Covers reports whether the instant falls into the term.
func (t Term) Covers(now time.Time) bool {
	return !now.Before(t.From) && !t.Over(now)
}

// Over reports whether the term has ended by the instant.
func (t Term) Over(now time.Time) bool { return !now.Before(t.Until.AddDate(0, 0, 1)) }

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

// Scenario (应用场景) is what the authority approved: a purpose, dates, columns.
type Scenario struct {
	ID         string
	Title      string
	Purpose    string
	Agreement  string
	Filing     string // 备案号, under which it is on file with an authority; empty where it is not
	Department string // the organisation whose reviewers judge what leaves
	Preset     string // the disclosure-control preset of the scenario
	Term       Term
	Grants     []Grant

	// PresetVersion is that of a preset of the domain's own: a later one counts only when
	// the scenario is approved again. 0 says that the preset is one of the program's.
	PresetVersion int

	// Reviewers is how many different people approve a job at least; Signatures says how
	// many one needs.
	Reviewers int

	// Automatic lets tables go without a person where no check has anything to say, over
	// data of level 1 or 2.
	Automatic bool

	// ApprovalDays is within how many days of an approval its release is made.
	ApprovalDays int

	// Verification lets questions about one subject be asked; nil lets none.
	Verification *Verification

	// AssertedBits is how many bits of numbers that nobody can compute again one run may
	// carry out; 0 lets none leave.
	AssertedBits int64

	// OutcomeBits is how many bits an organisation may learn in a calendar year from
	// how its runs over one data set end.
	OutcomeBits int64
}

// Signatures is how many different people have to approve a job: two where it computes
// over columns of level 3 or more (before masking), or where nobody can recompute what it
// says. Level 0 is not known, and counts as high. A scenario may ask for two always,
// never for fewer.
func (s *Scenario) Signatures(level int, recomputed bool) int {
	if level <= 0 || level >= 3 || !recomputed {
		return 2
	}
	return max(1, s.Reviewers)
}

const (
	maxReviewers        = 2
	defaultApprovalDays = 30
	maxApprovalDays     = 366
)

// defaultOutcomeBits are 64 runs a year without codes of their own, at 4 bits each:
// more than an honest study needs, and fewer than the questions by which a
// collection of yes and no describes a hundred people.
const (
	defaultOutcomeBits = 256
	maxOutcomeBits     = 1 << 20
)

// Year is the calendar year of an instant in the domain's zone.
func Year(t time.Time) int { return t.In(zone).Year() }

// Day is the date of an instant in the domain's zone, such as 2026-01-31.
func Day(t time.Time) string { return t.In(zone).Format(day) }

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
		s.Filing, r.err = m.GetText("filing")
	}
	if n := m.Get("verification"); r.err == nil && n != nil {
		s.Verification, r.err = parseVerification(n)
	}
	if n := m.Get("asserted"); r.err == nil && n != nil {
		s.AssertedBits, r.err = parseAsserted(n)
	}
	s.PresetVersion = r.number("preset_version", 0, math.MaxInt32)
	s.Reviewers = r.number("reviewers", 1, maxReviewers)
	s.ApprovalDays = r.number("approval_days", defaultApprovalDays, maxApprovalDays)
	if n := m.Get("automatic"); r.err == nil && n != nil {
		if s.Automatic, r.err = n.Bool(); r.err == nil && s.Automatic && s.Reviewers > 1 {
			r.err = n.Errorf("two people are asked for beside it (reviewers); leave one of them out")
		}
		if r.err == nil && s.Automatic && s.AssertedBits > 0 {
			r.err = n.Errorf("numbers that nobody can compute again are allowed beside it (asserted), and two people look at these; leave one of them out")
		}
	}
	if r.err == nil {
		s.Grants, r.err = parseGrants(m)
	}
	return s, r.done()
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

// number reads a key that may be left out, from 1 to most.
func (r *fields) number(key string, otherwise, most int64) int {
	n := r.m.Get(key)
	if r.err != nil || n == nil {
		return int(otherwise)
	}
	var v int64
	if v, r.err = n.Int(); r.err == nil && (v < 1 || v > most) {
		r.err = n.Errorf("want 1 to %d; left out, it is %d", most, otherwise)
	}
	return int(v)
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
