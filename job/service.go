package job

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/catalog"
	"yingbi/crypto"
	"yingbi/internal/clock"
	"yingbi/internal/fault"
	"yingbi/keeper"
	"yingbi/manifest"
	"yingbi/masking"
	"yingbi/vault"
)

// Store is the metadata that jobs live in; store.Store implements it. MoveJob
// refuses, as a fault.Conflict, a step that the table does not know or that
// starts from another state than the job's.
type Store interface {
	AddJob(context.Context, Job) error
	Job(ctx context.Context, id string) (Job, error)
	Jobs(context.Context) ([]Job, error)
	MoveJob(context.Context, Job, Transition) error
	SetApprovals(ctx context.Context, job string, n int) error // for lists; what counts is sealed
	Transitions(ctx context.Context, id string) ([]Transition, error)
	LatestVersion(ctx context.Context, dataset string) (catalog.Version, error)
	Versions(ctx context.Context, dataset string) ([]catalog.Version, error)

	// When each cached view of a data set was last used, by identity.
	UseView(ctx context.Context, dataset, view string, at time.Time) error
	ViewUses(ctx context.Context, dataset string) (map[string]time.Time, error)
	ForgetViews(ctx context.Context, dataset string, views []string) error
}

// Documents gives documents, or a fault.NotFound: the newest version, which is in
// force, or a given one.
type Documents interface {
	Document(ctx context.Context, kind, id string) (body []byte, version int, err error)
	DocumentVersion(ctx context.Context, kind, id string, version int) (body []byte, err error)
}

// Service runs the life of jobs. All fields but Program and Cache are needed.
type Service struct {
	Name      string // of the domain
	Program   string // version of the program, noted with each run
	Public    crypto.PublicKey
	Store     Store
	Documents Documents
	Log       *audit.Log
	Account   Account
	Inquiries Inquiries
	Vault     *vault.Vault
	Keys      vault.Keys
	Runner    Runner
	Releases  *sync.Mutex // held while one is made or a decision is signed: each is examined beside all before it
	Clock     clock.Clock
	Cache     Cache
	Notes     *slog.Logger // what nobody asked for and whoever runs the domain may want to know
}

// Compartment is where the vault keeps a job.
func Compartment(id string) string { return "job/" + id }

// The objects of a job's compartment.
const (
	objManifest  = "job.yaml"
	objModule    = "module.wasm"
	objRun       = "run.json"      // what the run used: versions, policies, views
	objReport    = "report.json"   // egress's report
	objTables    = "tables.json"   // what would be published
	objFailure   = "failure.json"  // why it failed, for the reviewer
	objExcerpt   = "excerpt.json"  // of the log, released to the operator by a reviewer
	objGuestLog  = "guest.log"     // what the module wrote, for the reviewer
	objDecision  = "decision.json" // the reviewers' signed decisions
	releaseFiles = "release/"      // the files of the release

	objReplaces   = "replaces"        // id of the returned job that this one replaces
	objComments   = "comment/"        // one each
	objWithdrawal = "withdrawal.json" // the signed notice
)

// circumstances is what a decision about a job depends on: the scenario in the
// version under which the job was submitted, and the agreement in force.
type circumstances struct {
	scenario  *access.Scenario
	version   int // of scenario
	newest    int // version of the scenario that is in force
	agreement *access.Agreement
}

// circumstances loads them; version 0 is the one in force.
func (s *Service) circumstances(ctx context.Context, scenario string, version int) (c circumstances, err error) {
	body, newest, err := s.Documents.Document(ctx, DocScenario, scenario)
	if err != nil {
		return c, err
	}
	if c.version, c.newest = newest, newest; version != 0 && version != newest {
		c.version = version
		if body, err = s.Documents.DocumentVersion(ctx, DocScenario, scenario, version); err != nil {
			return c, err
		}
	}
	if c.scenario, err = access.ParseScenario(scenario, body); err != nil {
		return c, err
	}
	if body, _, err = s.Documents.Document(ctx, DocAgreement, c.scenario.Agreement); err != nil {
		return c, err
	}
	c.agreement, err = access.ParseAgreement(c.scenario.Agreement, body)
	return c, err
}

// current refuses to go on with a job whose scenario was approved again since it
// was submitted: what was granted then may not be granted now.
func (c circumstances) current() error {
	if c.version == c.newest {
		return nil
	}
	return fault.Errorf(fault.Conflict, "scenario %s was approved again (version %d, the job is of version %d): submit the job again",
		c.scenario.ID, c.newest, c.version)
}

// authorise decides whether the actor may do the action on the job, and records
// a refusal.
func (s *Service) authorise(ctx context.Context, actor access.Person, action access.Action, j Job, c circumstances) error {
	decision := s.check(actor, action, j, c)
	if decision.Allowed {
		return nil
	}
	target := "job/" + j.ID
	if j.ID == "" {
		target = "scenario/" + j.Scenario
	}
	return s.denied(ctx, actor, action, target, decision)
}

// denied records a refusal and gives it.
func (s *Service) denied(ctx context.Context, actor access.Person, action access.Action, target string, decision access.Decision) error {
	_, err := s.Log.Append(ctx, audit.Record{
		Actor: actor.ID, Action: "access.deny", Phase: audit.Event, Target: target,
		Details: map[string]string{"action": string(action), "rule": decision.Rule},
	})
	return errors.Join(decision.Err(), err)
}

func (s *Service) check(actor access.Person, action access.Action, j Job, c circumstances) access.Decision {
	return access.Check(access.Request{
		Actor: actor, Action: action, Now: s.Clock(), Scenario: c.scenario, Agreement: c.agreement,
		Submitter: j.Submitter, SubmitterOrg: j.Org,
	})
}

// load reads a job with its circumstances.
func (s *Service) load(ctx context.Context, id string) (j Job, c circumstances, err error) {
	if j, err = s.Store.Job(ctx, id); err != nil {
		return j, c, err
	}
	c, err = s.circumstances(ctx, j.Scenario, j.ScenarioVersion)
	return j, c, err
}

// find loads a job and authorises the action on it. An approval that was not used in
// time ends here.
func (s *Service) find(ctx context.Context, actor access.Person, action access.Action, id string) (j Job, c circumstances, err error) {
	if j, c, err = s.load(ctx, id); err != nil {
		return j, c, err
	}
	if err := s.authorise(ctx, actor, action, j, c); err != nil {
		return Job{}, circumstances{}, err
	}
	err = s.lapse(ctx, &j, c)
	return j, c, err
}

// unlock opens the job's compartment for a purpose.
func (s *Service) unlock(ctx context.Context, actor access.Person, id, purpose string) (*vault.Compartment, error) {
	return s.Vault.Unlock(ctx, keeper.Intent{Actor: actor.ID, Compartment: Compartment(id), Purpose: purpose, Job: id})
}

// move records one step of the job's life, takes it, and updates j.
func (s *Service) move(ctx context.Context, j *Job, to State, actor string) error {
	index, err := s.Log.Append(ctx, audit.Record{
		Actor: actor, Action: "job.move", Phase: audit.Event, Target: "job/" + j.ID,
		Details: map[string]string{"from": string(j.State), "to": string(to)},
	})
	if err != nil {
		return err
	}
	step := Transition{From: j.State, To: to, Actor: actor, Audit: index, At: s.Clock()}
	if err := s.Store.MoveJob(ctx, *j, step); err != nil {
		return err
	}
	j.State, j.Updated = to, step.At
	return nil
}

func readManifest(ctx context.Context, home *vault.Compartment) (*manifest.Manifest, error) {
	body, err := home.Read(ctx, objManifest, maxManifest)
	if err != nil {
		return nil, err
	}
	return manifest.Parse(objManifest, body)
}

// maxManifest is more than a manifest may have.
const maxManifest = 2 << 20

// input is everything that the domain knows of one input of a manifest.
type input struct {
	name    string
	dataset *catalog.Dataset
	version catalog.Version
	policy  *masking.Policy
	grant   *access.Grant
}

// inputs resolves the manifest's inputs against the scenario, in the versions that a
// run has used of each, or the newest ones where used is nil.
func (s *Service) inputs(ctx context.Context, m *manifest.Manifest, scenario *access.Scenario, used []UsedInput) ([]input, error) {
	var out []input
	for i, in := range m.Inputs {
		grant, err := scenario.Grant(in.Dataset)
		if err != nil {
			return nil, err
		}
		one := input{name: in.Name, grant: grant}
		if used == nil {
			one.version, err = s.Store.LatestVersion(ctx, in.Dataset)
		} else {
			one.version, err = s.version(ctx, used, i, in)
		}
		if err != nil {
			return nil, err
		}
		body, _, err := s.Documents.Document(ctx, DocDataset, in.Dataset)
		if err != nil {
			return nil, err
		}
		if one.dataset, err = catalog.ParseDescription(in.Dataset, body); err != nil {
			return nil, err
		}
		if body, err = s.Documents.DocumentVersion(ctx, DocPolicy, grant.Policy, grant.PolicyVersion); err != nil {
			return nil, err
		}
		if one.policy, err = masking.ParsePolicy(grant.Policy, body); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// version finds the version that a run has used of an input.
func (s *Service) version(ctx context.Context, used []UsedInput, i int, in manifest.Input) (v catalog.Version, err error) {
	if used[i].Name != in.Name || used[i].Dataset != in.Dataset {
		return v, fault.Errorf(fault.Integrity, "the sealed account of the run has other inputs than its manifest")
	}
	all, err := s.Store.Versions(ctx, in.Dataset)
	if err != nil {
		return v, err
	}
	at := slices.IndexFunc(all, func(v catalog.Version) bool { return v.Number == used[i].Version })
	if at < 0 {
		return v, fault.Errorf(fault.NotFound, "data set %s has no version %d any more, which the run used", in.Dataset, used[i].Version)
	}
	return all[at], nil
}
