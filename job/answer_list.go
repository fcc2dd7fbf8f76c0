package job

import (
	"context"

	"yingbi/access"
	"yingbi/internal/fault"
	"yingbi/manifest"
)

// Askable is a question that an organisation may ask now.
type Askable struct {
	Job        string                     `json:"job"`
	Output     string                     `json:"output"`
	Scenario   string                     `json:"scenario"`
	Question   string                     `json:"question"` // of the job
	Kind       string                     `json:"kind"`     // of subject
	Answers    []string                   `json:"answers"`
	Parameters []manifest.ParameterValues `json:"parameters"`
	ValidUntil string                     `json:"valid_until,omitempty"`

	Millibits        int64 `json:"millibits"`         // that one answer takes
	SubjectMillibits int64 `json:"subject_millibits"` // that all callers may learn of a subject in a year
	CallsPerDay      int64 `json:"calls_per_day"`
	CallsLeft        int64 `json:"calls_left"` // today
}

// Questions lists what the actor's organisation may ask of single subjects.
func (s *Service) Questions(ctx context.Context, actor access.Person) ([]Askable, error) {
	decision := access.Check(access.Request{Actor: actor, Action: access.ListQuestions, Now: s.Clock()})
	if !decision.Allowed {
		return nil, s.denied(ctx, actor, access.ListQuestions, "jobs", decision)
	}
	all, err := s.Store.Jobs(ctx)
	if err != nil {
		return nil, err
	}
	out := []Askable{}
	for _, j := range all {
		if j.State != Released || j.Org != actor.Org {
			continue
		}
		c, err := s.circumstances(ctx, j.Scenario, j.ScenarioVersion)
		if err != nil {
			return nil, err
		}
		if mayAsk(j, c) != nil || !s.check(actor, access.AskSubject, j, c).Allowed {
			continue
		}
		found, err := s.askables(ctx, actor, j, c)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

func (s *Service) askables(ctx context.Context, actor access.Person, j Job, c circumstances) (out []Askable, err error) {
	home, err := s.unlock(ctx, actor, j.ID, "list questions")
	if err != nil {
		return nil, err
	}
	defer home.Close()
	m, err := s.released(ctx, j, c, home)
	switch fault.KindOf(err) {
	case fault.Conflict, fault.Denied: // its last day is over, or the data are granted in this way no longer
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	limits := c.scenario.Verification
	for i := range m.plan.Answers {
		p := &m.plan.Answers[i]
		a := Askable{
			Job: j.ID, Output: p.Name, Scenario: j.Scenario, Question: m.manifest.Question, Kind: p.Kind, Answers: p.Answers,
			Parameters: append([]manifest.ParameterValues{}, p.Parameters...), ValidUntil: m.until,
			Millibits: p.Millibits(), SubjectMillibits: limits.SubjectBits * millibit, CallsPerDay: limits.CallsPerDay,
		}
		a.CallsLeft = max(0, limits.CallsPerDay-s.Inquiries.Calls(j.Org, j.Scenario, access.Day(s.Clock())))
		out = append(out, a)
	}
	return out, nil
}
