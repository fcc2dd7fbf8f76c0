package release

import (
	"reflect"
	"time"

	"yingbi/crypto"
	"yingbi/internal/fault"
)

// What a reviewer decides.
const (
	Approved = "approved"
	Rejected = "rejected"
)

const (
	decisionFormat = "yingbi/decision/v1"
	maxDecision    = 32 << 10 // bytes
)

// Decision is a reviewer's statement about the output of a job.
type Decision struct {
	Format   string        `json:"format"` // Encode sets it
	Domain   string        `json:"domain"` // name
	Job      string        `json:"job"`    // id
	Verdict  string        `json:"verdict"`
	Reason   string        `json:"reason"` // of a rejection; may be empty else
	Tables   crypto.Digest `json:"tables"` // SM3 of tables.json, what will be published; zero if there is none
	Report   crypto.Digest `json:"report"` // commitment to the report that the reviewer saw; likewise
	Reviewer string        `json:"reviewer"`
	Org      string        `json:"org"`
	Time     time.Time     `json:"time"` // kept in UTC, to the microsecond
}

// Encode gives the canonical JSON that the reviewer signs.
func (d Decision) Encode() ([]byte, error) {
	d.Format = decisionFormat
	return d.encode()
}

// ParseDecision reads what Encode wrote, and nothing else.
func ParseDecision(b []byte) (Decision, error) {
	return parse("the decision", b, maxDecision, Decision.encode)
}

func (d Decision) encode() ([]byte, error) {
	if d.Format != decisionFormat {
		return nil, fault.Errorf(fault.Unsupported, "the format of the decision is not %s; a newer version may read it", decisionFormat)
	}
	var c checklist
	c.fail("verdict", d.Verdict != Approved && d.Verdict != Rejected)
	c.line("domain", d.Domain)
	c.line("job", d.Job)
	c.note(flaw(d.Reason, maxProse, true), "reason")
	c.line("reviewer", d.Reviewer)
	c.line("org", d.Org)
	c.time("time", d.Time)
	if d.Verdict == Approved {
		c.digest("tables", d.Tables)
		c.digest("report", d.Report)
	} else {
		c.fail("reason", d.Reason == "")
	}
	if c.err != nil {
		return nil, c.err
	}
	return appendValue(nil, reflect.ValueOf(d))
}

// SignedDecision is a decision with the reviewer's own signature.
type SignedDecision struct {
	Statement string           `json:"statement"` // the bytes that were signed
	Signature []byte           `json:"signature"` // under DecisionLabel; SM2, DER
	Key       crypto.PublicKey `json:"key"`       // the reviewer's
}

// Verify checks the signature by the key beside it and gives the decision.
// Whether the key is the reviewer's, the caller must know from elsewhere.
func (s SignedDecision) Verify() (Decision, error) {
	if s.Key.VerifyLabelled(DecisionLabel, []byte(s.Statement), s.Signature) != nil {
		return Decision{}, fault.Errorf(fault.Integrity, "the decision was altered, or is not signed by the key %s", s.Key.Fingerprint())
	}
	return ParseDecision([]byte(s.Statement))
}
