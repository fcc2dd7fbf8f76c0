package domain

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"yingbi/access"
	"yingbi/catalog"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/masking"
	"yingbi/masking/detect"
)

// RevealRequest is what a provider asks to have opened, and why.
type RevealRequest struct {
	Scenario, Dataset, Column string
	Reason, Reference         string
	Tokens                    []string
}

// The limits of a request. A token of the longest value has 461 bytes.
const (
	MaxRevealed    = 100 // tokens of a request
	MaxToken       = 512 // bytes
	maxReason      = 1000
	maxReference   = 200
	maxTokenObject = MaxRevealed * (MaxToken + 1)
	tokenObject    = "tokens"
)

// RequestReveal asks that tokens of a column be opened. They are sealed; the reason, the
// reference and how many they are go into the log. Whether they are tokens at all
// nobody looks at before somebody else has agreed.
func (s *Session) RequestReveal(ctx context.Context, q RevealRequest) (Reveal, error) {
	for what, id := range map[string]string{"scenario": q.Scenario, "data set": q.Dataset} {
		if err := access.CheckID(what, id); err != nil {
			return Reveal{}, err
		}
	}
	if err := s.authorise(ctx, access.RequestReveal, catalog.Compartment(q.Dataset)); err != nil {
		return Reveal{}, err
	}
	if _, err := s.ownDataset(ctx, access.RequestReveal, q.Dataset); err != nil {
		return Reveal{}, err
	}
	if err := q.check(); err != nil {
		return Reveal{}, err
	}
	doc, err := s.store.Document(ctx, job.DocScenario, q.Scenario)
	if err != nil {
		return Reveal{}, err
	}
	if _, err := s.revealPolicy(ctx, doc.Body, q.Dataset, q.Column); err != nil {
		return Reveal{}, err
	}
	now := s.cfg.Clock().UTC().Truncate(time.Microsecond) // as the log keeps it
	r := Reveal{
		ID: uuid.Must(uuid.NewV7()).String(), Scenario: q.Scenario, scenarioVersion: doc.Version, Dataset: q.Dataset, Column: q.Column, Tokens: len(q.Tokens),
		Reason: q.Reason, Reference: q.Reference, By: s.Actor.ID, Org: s.Actor.Org, At: now, Until: now.Add(revealTime), State: RevealRequested,
	}
	return r, s.keepRequest(ctx, r, q.Tokens)
}

func (s *Session) keepRequest(ctx context.Context, r Reveal, tokens []string) error {
	v := &s.ledger.reveals
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := s.sweepReveals(ctx); err != nil {
		return err
	}
	err := s.log.Act(ctx, r.intent(), func(uint64) error {
		c, err := s.compartment(ctx, r.target(), "seal tokens")
		if err != nil {
			return err
		}
		defer c.Close()
		return c.Put(ctx, tokenObject, writeBytes([]byte(strings.Join(tokens, "\n"))))
	})
	if err != nil {
		return err
	}
	return v.done(r.intent())
}

// revealPolicy gives the policy through which a scenario is granted a column whose
// values can be given back.
func (s *Session) revealPolicy(ctx context.Context, scenario []byte, dataset, column string) (*masking.Policy, error) {
	sc, err := access.ParseScenario("scenario.yaml", scenario)
	if err != nil {
		return nil, err
	}
	grant, err := sc.Grant(dataset)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(grant.Columns, func(c access.GrantedColumn) bool { return c.Name == column }) {
		return nil, fault.Errorf(fault.Invalid, "scenario %s is granted no column of this name of data set %s; yingbi scenario show %[1]s lists them", sc.ID, dataset)
	}
	body, err := documents{s.store}.DocumentVersion(ctx, job.DocPolicy, grant.Policy, grant.PolicyVersion)
	if err != nil {
		return nil, err
	}
	p, err := masking.ParsePolicy(grant.Policy, body)
	if err == nil && !p.Opens(column) {
		err = fault.Errorf(fault.Invalid, "policy %s makes nothing of column %q that can be opened; the rules token and fpe do", p.ID, column)
	}
	return p, err
}

// check refuses what no second person should be asked about. It quotes nothing.
func (q RevealRequest) check() error {
	if len(q.Tokens) == 0 || len(q.Tokens) > MaxRevealed {
		return fault.Errorf(fault.Limit, "a request is about 1 to %d tokens, and this one has %d: ask for those alone that the case needs", MaxRevealed, len(q.Tokens))
	}
	seen := map[string]bool{}
	for i, token := range q.Tokens {
		odd := strings.ContainsFunc(token, func(c rune) bool { return !unicode.IsGraphic(c) || unicode.IsSpace(c) })
		if token == "" || len(token) > MaxToken || odd || !utf8.ValidString(token) {
			return fault.Errorf(fault.Invalid, "line %d is no token: give one a line, of at most %d bytes and without spaces", i+1, MaxToken)
		}
		if seen[token] {
			return fault.Errorf(fault.Invalid, "line %d has a token for the second time", i+1)
		}
		seen[token] = true
	}
	if err := q.checkText("reason", q.Reason, maxReason); err != nil {
		return err
	}
	return q.checkText("reference", q.Reference, maxReference)
}

// checkText refuses a text for the log that may tell whom the request is about.
func (q RevealRequest) checkText(what, text string, most int) error {
	odd := strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsGraphic(c) })
	if strings.TrimSpace(text) == "" || len(text) > most || odd || !utf8.ValidString(text) {
		return fault.Errorf(fault.Invalid, "give a %s in one line of at most %d bytes: it stands in the log for good", what, most)
	}
	personal := slices.ContainsFunc(q.Tokens, func(token string) bool { return strings.Contains(text, token) })
	for _, span := range detect.New().Find(nil, []byte(text)) {
		personal = personal || span.Type.Direct() && span.Confidence >= detect.Fires
	}
	if personal {
		return fault.Errorf(fault.Invalid, "the %s seems to name somebody, by a token, a number or a name; it stands in the log for good, so name the case alone", what)
	}
	return nil
}
