package release

import (
	"fmt"
	"reflect"
	"time"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
)

// The classes of a release: what the job's code saw, and so whose figures they are.
const (
	Protected = "protected" // a module saw finished tables alone; its figures
	Verified  = "verified"  // the domain's own computation of the declared tables
	Mapped    = "mapped"    // the domain's own tables over records that a module made of one subject at a time
	Asserted  = "asserted"  // a module saw rows; numbers of its own, beside what the domain computed
)

// minAssertedReviewers is how many different people approve numbers that nobody has
// computed again.
const minAssertedReviewers = 2

const (
	certificateFormat = "yingbi/certificate/v2"
	maxCertificate    = 1 << 20 // bytes
	maxEntries        = 256     // of a list
)

// Certificate says what was released, from what, by whose decision, and where the
// log has it. Digests of what is not published are commitments.
type Certificate struct {
	Format          string           `json:"format"`   // Encode sets it
	Domain          string           `json:"domain"`   // name, also of its audit log
	Key             crypto.PublicKey `json:"key"`      // of the domain
	Job             string           `json:"job"`      // id
	Name            string           `json:"name"`     // of the job
	Question        string           `json:"question"` // that it answers; may be empty
	Class           string           `json:"class"`
	Asserted        []string         `json:"asserted,omitempty"` // tables whose numbers nobody has computed again
	Scenario        string           `json:"scenario"`           // id
	ScenarioTitle   string           `json:"scenario_title"`
	Purpose         string           `json:"purpose"` // of the scenario
	Agreement       string           `json:"agreement"`
	Operator        string           `json:"operator"`  // organisation
	Submitter       string           `json:"submitter"` // id of the person
	Manifest        crypto.Digest    `json:"manifest"`  // commitment
	Module          *crypto.Digest   `json:"module"`    // commitment; nil for a job without one
	Inputs          []Input          `json:"inputs"`
	Checks          Checks           `json:"checks"`
	Reviewers       int              `json:"reviewers"` // how many different people had to approve
	Conditions      []string         `json:"conditions"`
	ValidUntil      string           `json:"valid_until"` // date; may be empty
	Decisions       []SignedDecision `json:"decisions"`
	Files           []File           `json:"files"` // by name; all but certificate.json and certificate.sig
	FilesCommitment Commitment       `json:"files_commitment"`
	Proof           audit.Proof      `json:"proof"`  // of the intent to release
	Issued          time.Time        `json:"issued"` // the record's time
}

// Terms are those under which it was released.
func (c Certificate) Terms() Terms { return Terms{c.Conditions, c.ValidUntil} }

// Input is a data set as the job saw it.
type Input struct {
	Dataset       string        `json:"dataset"`
	Version       int           `json:"version"` // from 1
	Digest        crypto.Digest `json:"digest"`  // commitment to the rows of the version
	Policy        string        `json:"policy"`  // the masking policy
	PolicyVersion int           `json:"policy_version"`
	PolicyDigest  crypto.Digest `json:"policy_digest"`
	View          crypto.Digest `json:"view"` // identity of the masked view
}

// Checks is what disclosure control looked at.
type Checks struct {
	Preset     string        `json:"preset"`
	Rules      []string      `json:"rules"`       // each in words, with its threshold
	Report     crypto.Digest `json:"report"`      // commitment to the report
	NotChecked []string      `json:"not_checked"` // in words
}

// Encode gives the canonical JSON that the domain signs.
func (c *Certificate) Encode() ([]byte, error) {
	set := *c
	set.Format = certificateFormat
	return set.encode()
}

// ParseCertificate reads what Encode wrote, and nothing else. It checks no
// signature: Verify does.
func ParseCertificate(b []byte) (*Certificate, error) {
	c, err := parse(CertificateFile, b, maxCertificate, Certificate.encode)
	if err != nil {
		return nil, err
	}
	return &c, nil
}

func (c Certificate) encode() ([]byte, error) {
	if c.Format != certificateFormat {
		return nil, fault.Errorf(fault.Unsupported, "the format of the certificate is not %s; a newer version may read it", certificateFormat)
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	b, err := appendValue(nil, reflect.ValueOf(c))
	if err == nil && len(b) > maxCertificate {
		err = fault.Errorf(fault.Limit, "the certificate has %d bytes, at most %d are kept", len(b), maxCertificate)
	}
	return b, err
}

// check sees that everything is there. What it says is Verify's affair.
func (c Certificate) check() error {
	var l checklist
	l.line("domain", c.Domain)
	l.fail("key", c.Key.IsZero())
	l.line("job", c.Job)
	l.line("name", c.Name)
	l.note(flaw(c.Question, maxProse, true), "question")
	l.line("scenario", c.Scenario)
	l.line("scenario_title", c.ScenarioTitle)
	l.prose("purpose", c.Purpose)
	l.line("agreement", c.Agreement)
	l.line("operator", c.Operator)
	l.line("submitter", c.Submitter)
	l.digest("manifest", c.Manifest)
	l.fail("module", c.Module != nil && *c.Module == crypto.Digest{})
	l.fail("class", c.Class != Protected && c.Class != Verified && c.Class != Mapped && c.Class != Asserted)
	l.lines("asserted", c.Asserted)
	l.fail("asserted", len(c.Asserted) > 0 && c.Class != Asserted)
	l.fail("reviewers", c.Class == Asserted && c.Reviewers < minAssertedReviewers)
	l.length("inputs", len(c.Inputs), 1)
	for i, in := range c.Inputs {
		l.input(fmt.Sprintf("inputs[%d]", i), in)
	}
	l.line("checks.preset", c.Checks.Preset)
	l.digest("checks.report", c.Checks.Report)
	l.lines("checks.rules", c.Checks.Rules)
	l.lines("checks.not_checked", c.Checks.NotChecked)
	l.fail("reviewers", c.Reviewers < 1 || c.Reviewers > maxEntries)
	l.terms(c.Terms())
	l.length("decisions", len(c.Decisions), 0)
	l.length("files", len(c.Files), 1)
	for i, f := range c.Files {
		l.line(fmt.Sprintf("files[%d].name", i), f.Name)
	}
	l.digest("files_commitment.value", c.FilesCommitment.Value)
	l.time("issued", c.Issued)
	return l.err
}

// checklist keeps the first flaw that it is told of.
type checklist struct{ err error }

func (l *checklist) note(why, field string) {
	if why != "" && l.err == nil {
		l.err = fault.Errorf(fault.Invalid, "%s %s", field, why)
	}
}

func (l *checklist) fail(field string, failed bool) {
	if failed {
		l.note("is missing or none of the values that it may have", field)
	}
}

func (l *checklist) line(field, s string)  { l.note(required(s, maxTitle, false), field) }
func (l *checklist) prose(field, s string) { l.note(required(s, maxProse, true), field) }

func (l *checklist) digest(field string, d crypto.Digest) { l.fail(field, d == crypto.Digest{}) }

func (l *checklist) time(field string, t time.Time) {
	l.fail(field, t.UTC().Year() < 1970 || t.UTC().Year() > 9999)
}

func (l *checklist) length(field string, n, least int) {
	if n < least || n > maxEntries {
		l.note(fmt.Sprintf("has %d entries; %d to %d are possible", n, least, maxEntries), field)
	}
}

func (l *checklist) lines(field string, texts []string) {
	l.length(field, len(texts), 0)
	for i, s := range texts {
		l.line(fmt.Sprintf("%s[%d]", field, i), s)
	}
}

func (l *checklist) input(field string, in Input) {
	l.line(field+".dataset", in.Dataset)
	l.line(field+".policy", in.Policy)
	l.fail(field+".version", in.Version < 1 || in.PolicyVersion < 1)
	l.digest(field+".digest", in.Digest)
	l.digest(field+".policy_digest", in.PolicyDigest)
	l.digest(field+".view", in.View)
}
