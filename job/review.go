package job

import (
	"context"
	"slices"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/egress"
	"yingbi/internal/fault"
	"yingbi/manifest"
	"yingbi/release"
	"yingbi/vault"
)

// Review is what a reviewer sees of a job: what it says, what it would publish,
// on what evidence, and what nobody has checked.
type Review struct {
	Job         Job             `json:"job"`
	Steps       []Transition    `json:"steps"`
	Manifest    string          `json:"manifest"`
	Used        *Used           `json:"used,omitempty"`
	Report      *egress.Report  `json:"report,omitempty"`
	Tables      []release.Table `json:"tables,omitempty"`
	Failure     *Failure        `json:"failure,omitempty"`
	GuestLog    string          `json:"guest_log,omitempty"` // any bytes
	Excerpt     *Excerpt        `json:"excerpt,omitempty"`   // of the log, as it was released
	Budgets     []Budget        `json:"budgets"`             // of the submitter's organisation, for what the job reads
	ReportSeal  crypto.Digest   `json:"report_commitment"`
	TableDigest crypto.Digest   `json:"tables_digest"`

	Approvals []release.Decision `json:"approvals,omitempty"` // signed so far, of those that are needed
	Needed    int                `json:"needed,omitempty"`
	Comments  []Comment          `json:"comments,omitempty"`
	Replaces  *Predecessor       `json:"replaces,omitempty"`

	Scenario  *access.Scenario  `json:"-"` // in the version of the job
	Agreement *access.Agreement `json:"-"` // in force
}

// Open opens a held, failed or decided job for a reviewer. Looking is recorded:
// it shows evidence that nobody else may see.
func (s *Service) Open(ctx context.Context, actor access.Person, id string) (r *Review, err error) {
	j, c, err := s.find(ctx, actor, access.ReviewJob, id)
	if err != nil {
		return nil, err
	}
	intent := audit.Record{Actor: actor.ID, Action: string(access.ReviewJob), Target: "job/" + id}
	err = s.Log.Act(ctx, intent, func(uint64) error {
		home, err := s.unlock(ctx, actor, id, "review")
		if err != nil {
			return err
		}
		defer home.Close()
		if r, err = s.review(ctx, j, c, home); err != nil {
			return err
		}
		r.Replaces, err = s.predecessor(ctx, actor, home, r.Manifest)
		return err
	})
	return r, err
}

func (s *Service) review(ctx context.Context, j Job, c circumstances, home *vault.Compartment) (*Review, error) {
	r := &Review{Job: j, Scenario: c.scenario, Agreement: c.agreement}
	var err error
	if r.Steps, err = s.Store.Transitions(ctx, j.ID); err != nil {
		return nil, err
	}
	body, err := home.Read(ctx, objManifest, maxManifest)
	if err != nil {
		return nil, err
	}
	r.Manifest = string(body)
	m, err := manifest.Parse(objManifest, body)
	if err != nil {
		return nil, err
	}
	r.Budgets = s.budgetsOf(j, c, m)
	if r.Excerpt, err = readExcerpt(ctx, home); err != nil {
		return nil, err
	}
	if r.GuestLog, err = optional(ctx, home, objGuestLog); err != nil {
		return nil, err
	}
	if r.Comments, err = readComments(ctx, home); err != nil {
		return nil, err
	}
	if has(home, objReport) {
		if err := r.readOutcome(ctx, home); err != nil {
			return nil, err
		}
		so, err := s.approvals(ctx, j, c, home)
		if err != nil {
			return nil, err
		}
		r.Approvals, r.Needed = so.decisions, so.needed
	}
	return r, r.readFailure(ctx, home)
}

// readFailure tells why a run did not reach its end. One that was cut off by an
// unclean end of the domain left no word behind.
func (r *Review) readFailure(ctx context.Context, home *vault.Compartment) error {
	if has(home, objFailure) {
		r.Failure = &Failure{}
		return getJSON(ctx, home, objFailure, r.Failure)
	}
	if slices.ContainsFunc(r.Steps, func(step Transition) bool { return step.To == Failed }) {
		r.Failure = &Failure{Kind: fault.Interrupted.String(), Text: "the domain ended while the job ran; it can be submitted again"}
	}
	return nil
}

func (r *Review) readOutcome(ctx context.Context, home *vault.Compartment) error {
	body, err := home.Read(ctx, objReport, maxObject)
	if err != nil {
		return err
	}
	if r.Report, err = egress.ParseReport(body); err != nil {
		return err
	}
	if body, err = home.Read(ctx, objTables, maxObject); err != nil {
		return err
	}
	if r.Tables, err = release.ParseTables(body); err != nil {
		return err
	}
	r.TableDigest = crypto.Sum(body)
	info, err := home.Stat(objReport)
	if err != nil {
		return err
	}
	r.ReportSeal = info.Commitment
	r.Used = &Used{}
	return getJSON(ctx, home, objRun, r.Used)
}

func has(home *vault.Compartment, name string) bool {
	_, err := home.Stat(name)
	return err == nil
}

func optional(ctx context.Context, home *vault.Compartment, name string) (string, error) {
	if !has(home, name) {
		return "", nil
	}
	b, err := home.Read(ctx, name, maxObject)
	return string(b), err
}

// List gives the jobs that the person may see: an operator those of their own
// organisation as they look from outside, a reviewer those of scenarios of their
// department.
func (s *Service) List(ctx context.Context, actor access.Person) ([]Job, error) {
	all, err := s.Store.Jobs(ctx)
	if err != nil {
		return nil, err
	}
	var out []Job
	for _, j := range all {
		c, err := s.circumstances(ctx, j.Scenario, j.ScenarioVersion)
		if err != nil {
			return nil, err
		}
		if err := s.lapse(ctx, &j, c); err != nil {
			return nil, err
		}
		if s.check(actor, access.ReviewJob, j, c).Allowed {
			out = append(out, j)
		} else if s.check(actor, access.ReadJob, j, c).Allowed {
			out = append(out, j.Outside())
		}
	}
	return out, nil
}

// Show gives a job, as it looks from outside, to a person of its submitter's
// organisation.
func (s *Service) Show(ctx context.Context, actor access.Person, id string) (Job, error) {
	j, _, err := s.find(ctx, actor, access.ReadJob, id)
	return j.Outside(), err
}

// Recover fails the jobs that an unclean end left running, refuses those that were
// being submitted, and gives the ids of both.
func (s *Service) Recover(ctx context.Context) ([]string, error) {
	all, err := s.Store.Jobs(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, j := range all {
		end := Failed
		switch j.State {
		case Running, Checking:
		case Submitted, Admitted:
			end = Refused
		default:
			continue
		}
		j.Reason = fault.Interrupted.String()
		if err := s.move(ctx, &j, end, "domain"); err != nil {
			return out, err
		}
		out = append(out, j.ID)
	}
	return out, nil
}
