package job

import (
	"fmt"
	"slices"
	"time"

	"yingbi/crypto"
	"yingbi/internal/fault"
)

// DigestDetail names, in the intent of a submission, the digest of the job.
const DigestDetail = "digest"

// State is where a job stands in its life.
type State string

// The states of a job.
const (
	Submitted State = "submitted"
	Admitted  State = "admitted"
	Queued    State = "queued"
	Running   State = "running"
	Checking  State = "checking"
	Held      State = "held"
	Approved  State = "approved"
	Released  State = "released"
	Withdrawn State = "withdrawn" // released, and no longer given out

	Refused  State = "refused"  // never ran: admission or rights
	Failed   State = "failed"   // ran and did not finish; a reviewer decides what is said of it
	Rejected State = "rejected" // a reviewer said no
	Returned State = "returned" // a reviewer said what to change
	Frozen   State = "frozen"   // stopped by the security officer
	Expired  State = "expired"  // nobody ended it in time (expire.go)
)

// transitions is the whole life of a job: what is not here cannot happen.
var transitions = map[State][]State{
	Submitted: {Admitted, Refused, Frozen},
	Admitted:  {Queued, Refused, Frozen},
	Queued:    {Running, Refused, Frozen, Expired},
	Running:   {Checking, Failed, Frozen},
	Checking:  {Held, Failed, Frozen},
	Held:      {Approved, Rejected, Returned, Frozen, Expired},
	Approved:  {Released, Rejected, Frozen, Expired},
	Failed:    {Rejected, Returned, Expired},
	Released:  {Withdrawn},
	Withdrawn: nil,
	Refused:   nil,
	Rejected:  nil,
	Returned:  nil,
	Frozen:    nil,
	Expired:   nil,
}

// States lists every state.
func States() []State {
	out := make([]State, 0, len(transitions))
	for s := range transitions {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

// CanBecome reports whether a job may go from s to next.
func (s State) CanBecome(next State) bool { return slices.Contains(transitions[s], next) }

// Ended reports whether nothing follows s.
func (s State) Ended() bool { return len(transitions[s]) == 0 }

// WasReleased reports whether figures of the job have left the domain.
func (s State) WasReleased() bool { return s == Released || s == Withdrawn }

// reviewable reports whether a run has ended that reviewers may speak of.
func (s State) reviewable() bool {
	switch s {
	case Submitted, Admitted, Queued, Running, Checking, Refused, Frozen:
		return false
	}
	return true
}

// InReview is what an operator sees of a job whose run has touched real rows
// and on which nobody has decided: that it ended well, badly or not at all is
// itself a word about the rows.
const InReview = "in review"

// Outside is how the state is shown to the operator's side.
func (s State) Outside() string {
	switch s {
	case Running, Checking, Held, Failed:
		return InReview
	}
	return string(s)
}

// Job is what the metadata database knows of a job: ids, states and times. What
// it says and what it made lie sealed in its compartment.
type Job struct {
	ID       string // UUIDv7
	Scenario string
	// ScenarioVersion is the one under which the job was submitted.
	ScenarioVersion int
	Submitter       string
	Org             string // the submitter's organisation
	State           State
	Class           string // assurance: verified, protected, mapped or asserted; empty before the run
	Reason          string // why it ended: a fault kind, a limit, a reviewer's reason; never text of a guest
	Module          bool   // the job brings a module
	Approvals       int    // that were signed; for lists, what counts is sealed
	Created         time.Time
	Updated         time.Time
}

// Digest binds what the domain decides by: which job, under which scenario, of
// whom.
func (j Job) Digest() crypto.Digest {
	return crypto.Sum(fmt.Appendf(nil, "yingbi job\x00%s\x00%s\x00%d\x00%s\x00%s", j.ID, j.Scenario, j.ScenarioVersion, j.Submitter, j.Org))
}

// Outside is the job as its operator's side may see it: while it is in review,
// nothing that a run has left in it, not even when it ended. Of one that has expired
// it does not tell how the run ended either.
func (j Job) Outside() Job {
	if j.State == Expired {
		j.Class, j.Approvals = "", 0
	}
	if j.State = State(j.State.Outside()); j.State == InReview {
		j.Class, j.Reason, j.Updated, j.Approvals = "", "", j.Created, 0
	}
	return j
}

// Transition is one step in a job's life.
type Transition struct {
	From, To State
	Actor    string
	Audit    uint64 // index of its record in the log
	At       time.Time
}

// Reasons is the closed list from which a reviewer takes the reason of a
// rejection: the only word about a run over real rows that reaches an operator
// without a release.
func Reasons() []string {
	return []string{DisclosureRisk, "outside_purpose", "insufficient_context", "poor_quality", "failed_limit", "failed_run", ModuleError}
}

// DisclosureRisk is the only reason for which a job is rejected that was approved: what
// was released since tells of few subjects together with it.
const DisclosureRisk = "disclosure_risk"

// ModuleError is the reason that tells the operator with which code of its own the
// module ended. Only a run that did can be rejected for it.
const ModuleError = "module_error"

// CheckReason refuses a reason that is not on the list.
func CheckReason(reason string) error {
	if slices.Contains(Reasons(), reason) {
		return nil
	}
	return fault.Errorf(fault.Invalid, "%q is not a reason; the reasons are %v", reason, Reasons())
}

// The kinds of documents that are in force in a domain.
const (
	DocDataset   = "dataset"
	DocPolicy    = "policy"
	DocAgreement = "agreement"
	DocScenario  = "scenario"
	DocPreset    = "preset"
)
