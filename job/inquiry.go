package job

import (
	"strconv"

	"yingbi/access"
	"yingbi/crypto"
	"yingbi/internal/fault"
)

// Inquiry is what a question about one subject takes: a call of the day from an
// organisation under a scenario, and millibits from the subject, over all callers,
// scenarios and questions of the domain. It stands in the intent of the question and
// nowhere else, as a Charge does.
type Inquiry struct {
	Org, Scenario string
	Day           string        // 2026-01-31; its year is that of the subject's account
	Kind          string        // of subject
	Subject       crypto.Digest // the account of the subject
	Millibits     int64         // 0 where too little was left, so that nothing was asked
}

// Year is the calendar year of the inquiry.
func (q Inquiry) Year() string { return q.Day[:len("2026")] }

// The names of an inquiry in the details of an intent.
const (
	detailAskOrg       = "answer_org"
	detailAskScenario  = "answer_scenario"
	detailAskDay       = "answer_day"
	detailAskKind      = "answer_kind"
	detailAskSubject   = "answer_account"
	detailAskMillibits = "answer_millibits"
)

func (q Inquiry) details() map[string]string {
	return map[string]string{
		detailAskOrg: q.Org, detailAskScenario: q.Scenario, detailAskDay: q.Day, detailAskKind: q.Kind,
		detailAskSubject: q.Subject.String(), detailAskMillibits: strconv.FormatInt(q.Millibits, 10),
	}
}

// ParseInquiry reads the inquiry of an intent; ok is false where there is none. An intent
// to ask has one.
func ParseInquiry(action string, details map[string]string) (q Inquiry, ok bool, err error) {
	amount, found := details[detailAskMillibits]
	if !found && action != string(access.AskSubject) {
		return q, false, nil
	}
	q = Inquiry{Org: details[detailAskOrg], Scenario: details[detailAskScenario], Day: details[detailAskDay], Kind: details[detailAskKind]}
	var err2 error
	q.Millibits, err = strconv.ParseInt(amount, 10, 64)
	q.Subject, err2 = crypto.ParseDigest(details[detailAskSubject])
	if err != nil || err2 != nil || q.Millibits < 0 || len(q.Day) != len("2026-01-31") || q.Org == "" || q.Scenario == "" {
		return Inquiry{}, false, fault.New(fault.Integrity, "an intent of the log asks about a subject in a way that nobody can read")
	}
	return q, true, nil
}

// Inquiries is the account of all inquiries that the log has.
type Inquiries interface {
	// Calls tells how many an organisation has made under a scenario on a day.
	Calls(org, scenario, day string) int64
	// Take adds an inquiry unless that many calls of its day are used up; ok is false then.
	// Where the account of the subject would come over the limit, in millibits, what it gives
	// has none: the call counts, and nothing may be asked. An inquiry whose intent could not be
	// recorded afterwards counts until the next start.
	Take(q Inquiry, calls, limit int64) (taken Inquiry, ok bool)
}
