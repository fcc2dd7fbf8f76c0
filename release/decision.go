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
	Returned = "returned" // for change, to be submitted again
)

// PolicyPrefix begins the reviewer of a decision that no person made: the scenario, an @
// and its version follow. The domain's own key signs it.
const PolicyPrefix = "policy:"

const (
	decisionFormat = "yingbi/decision/v2"
	maxDecision    = 32 << 10 // bytes
)

// Decision is a reviewer's statement about the output of a job.
type Decision struct {
	Format     string        `json:"format"` // Encode sets it
	Domain     string        `json:"domain"` // name
	Job        string        `json:"job"`    // id
	Verdict    string        `json:"verdict"`
	Reason     string        `json:"reason"`      // of a rejection or return; may be empty else
	Message    string        `json:"message"`     // to the operator, of a return
	Conditions []string      `json:"conditions"`  // of an approval
	ValidUntil string        `json:"valid_until"` // date; likewise, may be empty
	Tables     crypto.Digest `json:"tables"`      // SM3 of tables.json, what will be published; zero if there is none
	Report     crypto.Digest `json:"report"`      // commitment to the report that the reviewer saw; likewise
	Reviewer   string        `json:"reviewer"`
	Org        string        `json:"org"`
	Time       time.Time     `json:"time"`    // kept in UTC, to the microsecond
	Expires    time.Time     `json:"expires"` // when an approval that was not used ends
}

// Terms are those of an approval.
func (d Decision) Terms() Terms { return Terms{d.Conditions, d.ValidUntil} }

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
	c.fail("verdict", d.Verdict != Approved && d.Verdict != Rejected && d.Verdict != Returned)
	c.line("domain", d.Domain)
	c.line("job", d.Job)
	c.note(flaw(d.Reason, maxProse, true), "reason")
	c.note(flaw(d.Message, maxProse, true), "message")
	c.fail("message", d.Message != "" && d.Verdict != Returned)
	c.terms(d.Terms())
	c.line("reviewer", d.Reviewer)
	c.line("org", d.Org)
	c.time("time", d.Time)
	if d.Verdict == Approved {
		c.digest("tables", d.Tables)
		c.digest("report", d.Report)
		c.time("expires", d.Expires)
	} else {
		c.fail("conditions", !d.Terms().none())
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
