package job

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/internal/fault"
	"yingbi/manifest"
)

// Bits are counted in thousandths, in whole numbers.
const (
	millibit       = 1000
	millibitsAByte = 8 * millibit
)

// Cost is what one run of the job charges, in thousandths of a bit: log2 of the number
// of ends that its submitter could come to see, rounded up. They are the release without
// a person, the approval, the approval that is taken back or that expires, each reason of
// the list for a rejection and for a return, and each code of the module's own. Besides,
// numbers that nobody can compute again take all that they can carry, and each regression
// a bit: its module sees rows, and can have it refused.
func Cost(m *manifest.Manifest) int64 {
	outcomes := 4 + 2*(len(Reasons())-1) + len(m.Errors) // ModuleError is never seen without a code
	power := new(big.Int).Exp(big.NewInt(int64(outcomes)), big.NewInt(millibit), nil)
	cost := int64(power.Sub(power, big.NewInt(1)).BitLen()) + m.AssertedMillibits()
	for _, out := range m.Outputs {
		if out.Model != nil {
			cost += millibit
		}
	}
	return cost
}

// Bits writes thousandths of a bit as bits.
func Bits(millibits int64) string {
	s := fmt.Sprintf("%d.%03d", millibits/millibit, millibits%millibit)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// Charge is what a run, or an excerpt of its log, takes from the budgets of its
// submitter's organisation: so much of each data set that the job reads. It stands in
// the intent of the act and nowhere else, so that it is durable before the act, and
// neither a crash nor a change of the database gives it back.
type Charge struct {
	Org       string
	Datasets  []string
	Year      int
	Millibits int64
}

// The names of a charge in the details of an intent.
const (
	detailOrg       = "budget_org"
	detailDatasets  = "budget_datasets"
	detailYear      = "budget_year"
	detailMillibits = "budget_millibits"
)

func (c Charge) details() map[string]string {
	return map[string]string{
		detailOrg: c.Org, detailDatasets: strings.Join(c.Datasets, " "),
		detailYear: strconv.Itoa(c.Year), detailMillibits: strconv.FormatInt(c.Millibits, 10),
	}
}

// ParseCharge reads the charge of an intent; one that charges nothing has the zero
// Charge.
func ParseCharge(details map[string]string) (Charge, error) {
	amount, ok := details[detailMillibits]
	if !ok {
		return Charge{}, nil
	}
	c := Charge{Org: details[detailOrg], Datasets: strings.Fields(details[detailDatasets])}
	var err, err2 error
	c.Year, err = strconv.Atoi(details[detailYear])
	c.Millibits, err2 = strconv.ParseInt(amount, 10, 64)
	if err != nil || err2 != nil || c.Millibits < 0 || c.Org == "" || len(c.Datasets) == 0 {
		return Charge{}, fault.New(fault.Integrity, "an intent of the log charges a budget in a way that nobody can read")
	}
	return c, nil
}

// Account is the sum of all charges that the log has.
type Account interface {
	// Used tells what an organisation has used up of a data set in a year.
	Used(org, dataset string, year int) int64
	// Take adds a charge, unless one of its data sets would come over the limit: then
	// it names that data set and adds nothing. A charge whose intent could not be
	// recorded afterwards counts until the next start.
	Take(c Charge, limit int64) (short string)
}

// Budget is how an organisation stands with one data set this year, under the limit
// of one scenario. Amounts are thousandths of a bit.
type Budget struct {
	Scenario string `json:"scenario"`
	Dataset  string `json:"dataset"`
	Limit    int64  `json:"limit_millibits"`
	Used     int64  `json:"used_millibits"` // under whichever scenario
	Left     int64  `json:"left_millibits"`
	Renews   string `json:"renews"` // the day
}

func (s *Service) budget(sc *access.Scenario, org, dataset string) Budget {
	year := access.Year(s.Clock())
	b := Budget{Scenario: sc.ID, Dataset: dataset, Limit: sc.OutcomeBits * millibit, Used: s.Account.Used(org, dataset, year), Renews: renewal(year)}
	b.Left = max(0, b.Limit-b.Used)
	return b
}

func renewal(year int) string { return fmt.Sprintf("%d-01-01", year+1) }

// Budgets tells how an organisation stands with each data set that a scenario grants
// it. Whether somebody may ask is the caller's to decide.
func (s *Service) Budgets(ctx context.Context, org, scenario string) (out []Budget, err error) {
	c, err := s.circumstances(ctx, scenario, 0)
	if err != nil || c.agreement.Operator != org {
		return nil, err
	}
	for _, g := range c.scenario.Grants {
		out = append(out, s.budget(c.scenario, org, g.Dataset))
	}
	return out, nil
}

// budgetsOf tells the same of the data sets that a job reads, for its submitter's
// organisation.
func (s *Service) budgetsOf(j Job, c circumstances, m *manifest.Manifest) (out []Budget) {
	for _, dataset := range datasets(m) {
		out = append(out, s.budget(c.scenario, j.Org, dataset))
	}
	return out
}

// spend charges an act on a job, which its intent then records, or records that
// there was too little left.
func (s *Service) spend(ctx context.Context, actor access.Person, action access.Action, j Job, c circumstances, m *manifest.Manifest, millibits int64) (Charge, error) {
	charge := Charge{Org: j.Org, Datasets: datasets(m), Year: access.Year(s.Clock()), Millibits: millibits}
	short := s.Account.Take(charge, c.scenario.OutcomeBits*millibit)
	if short == "" {
		return charge, nil
	}
	b := s.budget(c.scenario, j.Org, short)
	_, err := s.Log.Append(ctx, audit.Record{
		Actor: actor.ID, Action: "access.deny", Phase: audit.Event, Target: "job/" + j.ID,
		Details: map[string]string{"action": string(action), "rule": "outcome_bits"},
	})
	return Charge{}, errors.Join(fault.Errorf(fault.Limit,
		"%s has used %s of the %s bits that scenario %s gives it this year to learn how runs over data set %s end, and this takes %s; wait until %s, or ask %s to approve the scenario with more outcome_bits",
		j.Org, Bits(b.Used), Bits(b.Limit), c.scenario.ID, short, Bits(millibits), b.Renews, c.agreement.Authority), err)
}

// datasets are those that the job reads, each once.
func datasets(m *manifest.Manifest) []string {
	var out []string
	for _, in := range m.Inputs {
		out = append(out, in.Dataset)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
