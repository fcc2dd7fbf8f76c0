package access

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"yingbi/internal/fault"
)

// Action is something that a person asks the domain to do.
type Action string

// The actions of the domain.
const (
	ManagePeople    Action = "people.manage"
	ConfirmPerson   Action = "people.confirm"
	ListPeople      Action = "people.list"
	RegisterDataset Action = "dataset.register"
	ImportDataset   Action = "dataset.import"
	ReadQuality     Action = "dataset.quality"
	ListDatasets    Action = "dataset.list"
	SetPolicy       Action = "policy.set"
	SignAgreement   Action = "agreement.sign"
	ApproveScenario Action = "scenario.approve"
	ListScenarios   Action = "scenario.list"
	FetchKit        Action = "scenario.kit"
	SubmitJob       Action = "job.submit"
	RunJob          Action = "job.run"
	ReadJob         Action = "job.read"
	ReadBudget      Action = "budget.read"
	ReviewJob       Action = "review.read"
	DecideJob       Action = "review.decide"
	CommentJob      Action = "review.comment"
	AnswerJob       Action = "job.comment"
	ReleaseExcerpt  Action = "review.excerpt"
	CreateRelease   Action = "release.create"
	FetchRelease    Action = "release.fetch"
	ReplayRelease   Action = "release.replay"
	WithdrawRelease Action = "release.withdraw"
	ListWithdrawn   Action = "release.withdrawn"
	ReadAudit       Action = "audit.read"
	RotateKeys      Action = "keys.rotate"
	RepairDomain    Action = "domain.repair"
	AcceptClock     Action = "clock.accept"
	RequestReveal   Action = "reveal.request"
	ListReveals     Action = "reveal.list"
	DecideReveal    Action = "reveal.decide"
	ReadReveal      Action = "reveal.read"
	ReadRisk        Action = "scenario.risk"
	AskSubject      Action = "answer.ask"
	ListQuestions   Action = "answer.list"
)

// rule says who may do an action, and what else must hold.
type rule struct {
	roles    []Role
	scenario bool // the scenario and its agreement must be in force, and the person's organisation a party
	party    bool // an operator's organisation must be the one that the agreement is with
	own      bool // the job must be of the person's own organisation
	foreign  bool // for a reviewer, the job must be of another person and another organisation, and the scenario of the reviewer's department
	grantor  bool // for an authority, the agreement must be its organisation's
	home     bool // for a reviewer, the scenario must be of the reviewer's department
	mine     bool // what is asked about must be the person's own
	second   bool // what is asked about must be of another person and another organisation
}

var rules = map[Action]rule{
	ManagePeople:    {roles: []Role{Sysadmin}},
	ConfirmPerson:   {roles: []Role{Security}},
	ListPeople:      {roles: []Role{Sysadmin, Security}},
	RegisterDataset: {roles: []Role{Provider}},
	ImportDataset:   {roles: []Role{Provider}},
	ReadQuality:     {roles: []Role{Provider}},
	ListDatasets:    {roles: []Role{Provider, Authority, Processor, Operator, Reviewer, Security, Auditor}},
	SetPolicy:       {roles: []Role{Security, Processor}},
	SignAgreement:   {roles: []Role{Authority}},
	ApproveScenario: {roles: []Role{Authority}},
	ListScenarios:   {roles: []Role{Authority, Operator, Reviewer, Security, Auditor, Provider}},
	FetchKit:        {roles: []Role{Provider, Authority, Processor, Operator, Reviewer, Security, Auditor}, party: true},
	SubmitJob:       {roles: []Role{Operator}, scenario: true},
	RunJob:          {roles: []Role{Operator}, scenario: true, own: true},
	ReadJob:         {roles: []Role{Operator}, own: true},
	ReadBudget:      {roles: []Role{Operator}},
	ReviewJob:       {roles: []Role{Reviewer}, foreign: true},
	DecideJob:       {roles: []Role{Reviewer}, foreign: true},
	CommentJob:      {roles: []Role{Reviewer}, foreign: true},
	AnswerJob:       {roles: []Role{Operator}, own: true},
	ReleaseExcerpt:  {roles: []Role{Reviewer}, scenario: true, foreign: true},
	CreateRelease:   {roles: []Role{Reviewer}, scenario: true, foreign: true},
	FetchRelease:    {roles: []Role{Operator}, own: true},
	ReplayRelease:   {roles: []Role{Reviewer, Security, Auditor}, foreign: true},
	WithdrawRelease: {roles: []Role{Reviewer, Authority, Security}, foreign: true, grantor: true},
	ListWithdrawn:   {roles: []Role{Provider, Authority, Processor, Operator, Reviewer, Security, Auditor}},
	ReadAudit:       {roles: []Role{Security, Auditor}},
	RotateKeys:      {roles: []Role{Security}},
	RepairDomain:    {roles: []Role{Sysadmin}},
	AcceptClock:     {roles: []Role{Security}},
	RequestReveal:   {roles: []Role{Provider}},
	ListReveals:     {roles: []Role{Provider, Security, Auditor}},
	DecideReveal:    {roles: []Role{Security}, second: true},
	ReadReveal:      {roles: []Role{Provider}, mine: true},
	ReadRisk:        {roles: []Role{Reviewer, Security}, home: true},
	AskSubject:      {roles: []Role{Operator}, scenario: true, own: true},
	ListQuestions:   {roles: []Role{Operator}},
}

// Actions lists every action.
func Actions() []Action {
	out := make([]Action, 0, len(rules))
	for a := range rules {
		out = append(out, a)
	}
	slices.Sort(out)
	return out
}

// Request is one question to Check. Scenario, Agreement and the submitter are
// those of the job, or of the request to reveal tokens, that it concerns; an action
// that needs them is denied without them.
type Request struct {
	Actor        Person
	Action       Action
	Now          time.Time
	Scenario     *Scenario
	Agreement    *Agreement
	Submitter    string // id of the person who submitted the job or the request
	SubmitterOrg string
}

// Decision is the answer. A refusal carries the rule that refused, what is so,
// and what would have to change.
type Decision struct {
	Allowed bool
	Rule    string
	Reason  string
	Remedy  string
}

// Err is nil for an allowed decision and a fault.Denied for a refusal.
func (d Decision) Err() error {
	if d.Allowed {
		return nil
	}
	return fault.Errorf(fault.Denied, "denied by rule %s: %s; %s", d.Rule, d.Reason, d.Remedy)
}

func deny(rule, reason, remedy string) Decision {
	return Decision{Rule: rule, Reason: reason, Remedy: remedy}
}

// Check decides whether the actor may do what the request asks. What no rule
// allows is denied.
func Check(r Request) Decision {
	rule, ok := rules[r.Action]
	if !ok || r.Actor.ID == "" {
		return deny("default", fmt.Sprintf("nothing allows %q", r.Action), "ask for an action of the domain")
	}
	if r.Actor.Frozen {
		return deny("frozen", r.Actor.ID+" is frozen", "the security officer can lift it")
	}
	if !r.Actor.Confirmed {
		return deny("unconfirmed", r.Actor.ID+" is registered and not confirmed", "a security officer does that with yingbi people confirm")
	}
	if !slices.ContainsFunc(rule.roles, r.Actor.Has) {
		return deny("role", fmt.Sprintf("%s needs %s; %s is %s", r.Action, words(rule.roles), r.Actor.ID, words(r.Actor.Roles)),
			"ask a person with that role, or the system administrator for the role")
	}
	if rule.party && r.Actor.Has(Operator) {
		if d := checkParty(r, r.Actor.Org); !d.Allowed {
			return d
		}
	}
	if rule.own && r.SubmitterOrg != r.Actor.Org {
		return deny("own_work", "the job is of another organisation", "read the jobs of your own")
	}
	if d := checkHands(r, rule); !d.Allowed {
		return d
	}
	if rule.grantor && r.Actor.Has(Authority) && (r.Agreement == nil || r.Agreement.Authority != r.Actor.Org) {
		return deny("grantor", "the agreement is not one of "+r.Actor.Org, "ask the authority that signed it, or a reviewer of the scenario's department")
	}
	// Who is asked as another than a reviewer learns nothing of the work itself.
	if !slices.ContainsFunc(rule.roles, func(role Role) bool { return role != Reviewer && r.Actor.Has(role) }) {
		if d := checkReviewer(r, rule); !d.Allowed {
			return d
		}
	}
	if rule.scenario {
		return checkScenario(r)
	}
	return Decision{Allowed: true}
}

// checkHands holds apart the two people whom it takes to reveal tokens.
func checkHands(r Request, rule rule) Decision {
	switch {
	case rule.mine && r.Submitter != r.Actor.ID:
		return deny("own_request", "the request is somebody else's, or there is none", "name a request that you made yourself")
	case rule.second && r.Submitter == "":
		return deny("four_eyes", "there is no such request", "name a request of the domain")
	case rule.second && r.Submitter == r.Actor.ID:
		return deny("four_eyes", "nobody decides on their own request", "ask another security officer")
	case rule.second && r.SubmitterOrg == r.Actor.Org:
		return deny("four_eyes", "nobody decides on a request of their own organisation", "ask a security officer of another organisation")
	}
	return Decision{Allowed: true}
}

// checkReviewer holds the reviewer apart from the submitter (GZ 17: review by
// the department that authorised the developer).
func checkReviewer(r Request, rule rule) Decision {
	switch {
	case rule.foreign && (r.Submitter == "" || r.Scenario == nil):
		return deny("four_eyes", "the job's submitter or scenario is unknown", "name a job of the domain")
	case rule.foreign && r.Submitter == r.Actor.ID:
		return deny("four_eyes", "nobody reviews their own job", "ask another reviewer")
	case rule.foreign && r.SubmitterOrg == r.Actor.Org:
		return deny("four_eyes", "nobody reviews a job of their own organisation", "ask a reviewer of the department that authorised the scenario")
	case rule.home && r.Scenario == nil:
		return deny("department", "the scenario is unknown", "name a scenario of the domain")
	case (rule.foreign || rule.home) && r.Scenario.Department != r.Actor.Org:
		return deny("department", fmt.Sprintf("scenario %s was authorised by %s, and %s belongs to %s", r.Scenario.ID, r.Scenario.Department, r.Actor.ID, r.Actor.Org),
			"ask a reviewer of that department")
	}
	return Decision{Allowed: true}
}

// checkParty holds that the scenario's agreement is with the organisation.
func checkParty(r Request, org string) Decision {
	s, a := r.Scenario, r.Agreement
	switch {
	case s == nil || a == nil || s.Agreement != a.ID:
		return deny("scenario", "no scenario grants this", "ask the authority for a scenario under your agreement")
	case a.Operator != org:
		return deny("agreement", fmt.Sprintf("agreement %s is with %s, not with %s", a.ID, a.Operator, org), "work under an agreement of your own organisation")
	}
	return Decision{Allowed: true}
}

func checkScenario(r Request) Decision {
	org := r.Actor.Org
	if r.SubmitterOrg != "" {
		org = r.SubmitterOrg
	}
	if d := checkParty(r, org); !d.Allowed {
		return d
	}
	s, a := r.Scenario, r.Agreement
	switch {
	case !a.Term.Covers(r.Now):
		return deny("agreement_term", fmt.Sprintf("agreement %s runs %s", a.ID, a.Term), "apply to the authority for renewal")
	case !s.Term.Covers(r.Now):
		return deny("scenario_term", fmt.Sprintf("scenario %s runs %s", s.ID, s.Term), "apply to the authority for a new scenario")
	}
	return Decision{Allowed: true}
}

func words(roles []Role) string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = string(r)
	}
	return strings.Join(out, " or ")
}
