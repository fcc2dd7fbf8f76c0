package domain

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/internal/fault"
	"yingbi/keeper"
)

// Reveal is a request to open tokens (还原令牌), as the log tells of it. It takes two
// people: a provider of the data set asks, with a reason; a security officer of another
// organisation agrees; then who asked may read the values, once.
//
//	requested ──► approved ──► read
//	    └──► rejected   └──► expired (from requested too)
//
// The tokens lie sealed in a compartment of the request's own, which is destroyed when
// the request is over. They are in no record, and what they open to is nowhere at all.
type Reveal struct {
	ID        string      `json:"id"`
	Scenario  string      `json:"scenario"`
	Dataset   string      `json:"dataset"`
	Column    string      `json:"column"`
	Tokens    int         `json:"tokens"` // how many
	Reason    string      `json:"reason"`
	Reference string      `json:"reference"` // such as the number of a case
	By        string      `json:"by"`
	Org       string      `json:"org"`
	At        time.Time   `json:"at"`
	Until     time.Time   `json:"until"` // from then on it cannot be approved or read
	State     RevealState `json:"state"`
	Decider   string      `json:"decided_by,omitempty"`

	scenarioVersion int
}

// RevealState is how far a request to open tokens has come.
type RevealState string

const (
	RevealRequested RevealState = "requested"
	RevealApproved  RevealState = "approved"
	RevealRejected  RevealState = "rejected"
	RevealRead      RevealState = "read"
	RevealExpired   RevealState = "expired"
)

// revealTime is how long a request lasts, decision and reading included.
const revealTime = 72 * time.Hour

// revealFolder begins the names of the compartments of requests and the targets of
// their records.
const revealFolder = "reveal/"

func (r Reveal) target() string { return revealFolder + r.ID }

// waits reports whether the request is neither over nor out of time.
func (r Reveal) waits(now time.Time) bool {
	return (r.State == RevealRequested || r.State == RevealApproved) && now.Before(r.Until)
}

// asOf is the request as it stands at an instant.
func (r Reveal) asOf(now time.Time) Reveal {
	if !r.waits(now) && (r.State == RevealRequested || r.State == RevealApproved) {
		r.State = RevealExpired
	}
	return r
}

// reveals are all requests to open tokens. The log is their only source, so that none
// is read twice by putting back an older database. The zero value is empty.
type reveals struct {
	mu   sync.Mutex // one act on requests at a time; guards all
	all  []*Reveal  // in the order of the log
	byID map[string]*Reveal
}

// The names of a request in the details of its intents.
const (
	detailScenario  = "scenario"
	detailVersion   = "scenario_version"
	detailDataset   = "dataset"
	detailColumn    = "column"
	detailTokens    = "tokens"
	detailReason    = "reason"
	detailReference = "reference"
	detailByOrg     = "org"
	detailUntil     = "until"
	detailVerdict   = "verdict"
)

// intent is the record by which a request begins.
func (r Reveal) intent() audit.Record {
	return audit.Record{
		Time: r.At, Actor: r.By, Action: string(access.RequestReveal), Target: r.target(),
		Details: map[string]string{
			detailScenario: r.Scenario, detailVersion: strconv.Itoa(r.scenarioVersion), detailDataset: r.Dataset, detailColumn: r.Column,
			detailTokens: strconv.Itoa(r.Tokens), detailReason: r.Reason, detailReference: r.Reference, detailByOrg: r.Org,
			detailUntil: r.Until.UTC().Format(time.RFC3339Nano),
		},
	}
}

// began takes an intent: from the intent to read on a request is read, however the
// act ends. mu is held, here and below.
func (v *reveals) began(intent audit.Record) {
	if r := v.byID[strings.TrimPrefix(intent.Target, revealFolder)]; r != nil && intent.Action == string(access.ReadReveal) {
		r.State = RevealRead
	}
}

// done takes the intent of an act that ended well.
func (v *reveals) done(intent audit.Record) error {
	switch access.Action(intent.Action) {
	case access.RequestReveal:
		return v.add(intent)
	case access.DecideReveal:
		r := v.byID[strings.TrimPrefix(intent.Target, revealFolder)]
		if r == nil {
			return fault.New(fault.Integrity, "it decides on a request to open tokens that nobody made")
		}
		r.State, r.Decider = RevealState(intent.Details[detailVerdict]), intent.Actor
	}
	return nil
}

func (v *reveals) add(intent audit.Record) error {
	d := intent.Details
	r := &Reveal{
		ID: strings.TrimPrefix(intent.Target, revealFolder), Scenario: d[detailScenario], Dataset: d[detailDataset], Column: d[detailColumn],
		Reason: d[detailReason], Reference: d[detailReference], By: intent.Actor, Org: d[detailByOrg], At: intent.Time, State: RevealRequested,
	}
	var errs [3]error
	r.scenarioVersion, errs[0] = strconv.Atoi(d[detailVersion])
	r.Tokens, errs[1] = strconv.Atoi(d[detailTokens])
	r.Until, errs[2] = time.Parse(time.RFC3339Nano, d[detailUntil])
	if errs != [3]error{} || v.byID[r.ID] != nil {
		return fault.New(fault.Integrity, "it asks to open tokens in a way that nobody can read")
	}
	if v.byID == nil {
		v.byID = map[string]*Reveal{}
	}
	v.byID[r.ID] = r
	v.all = append(v.all, r)
	return nil
}

// find gives a copy; the zero Reveal is none.
func (v *reveals) find(id string) Reveal {
	if r := v.byID[id]; r != nil {
		return *r
	}
	return Reveal{ID: id}
}

// sweepReveals destroys the tokens of requests that are over, have run out of time, or
// were begun by an act that did not end. ledger.reveals.mu is held.
func (d *Domain) sweepReveals(ctx context.Context) error {
	for _, compartment := range d.ledger.Compartments() {
		id, ours := strings.CutPrefix(compartment, revealFolder)
		r := d.ledger.reveals.find(id)
		if !ours || r.waits(d.cfg.Clock()) || !d.vault.Exists(compartment) {
			continue
		}
		state := string(r.asOf(d.cfg.Clock()).State)
		if state == "" {
			state = "abandoned"
		}
		if err := d.event(ctx, "domain", "reveal.destroy", compartment, map[string]string{"state": state}); err != nil {
			return err
		}
		if err := d.destroyTokens(ctx, "domain", compartment); err != nil {
			return err
		}
	}
	return nil
}

func (d *Domain) destroyTokens(ctx context.Context, actor, compartment string) error {
	return d.vault.Destroy(ctx, keeper.Intent{Actor: actor, Compartment: compartment, Purpose: "destroy tokens"})
}

// Reveals lists the requests to open tokens, the newest first: to a provider those of
// their own organisation.
func (s *Session) Reveals(ctx context.Context) ([]Reveal, error) {
	if err := s.authorise(ctx, access.ListReveals, "reveals"); err != nil {
		return nil, err
	}
	v := &s.ledger.reveals
	v.mu.Lock()
	defer v.mu.Unlock()
	everything := s.Actor.Has(access.Security) || s.Actor.Has(access.Auditor)
	out := []Reveal{}
	for _, r := range slices.Backward(v.all) {
		if everything || r.Org == s.Actor.Org {
			out = append(out, r.asOf(s.cfg.Clock()))
		}
	}
	return out, s.sweepReveals(ctx)
}
