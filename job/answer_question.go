package job

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"yingbi/access"
	"yingbi/egress/label"
	"yingbi/internal/fault"
	"yingbi/internal/idnum"
	"yingbi/manifest"
	"yingbi/masking/detect"
	"yingbi/release"
	"yingbi/subject"
	"yingbi/vault"
)

// verifiable refuses at submission questions that could never be asked.
func verifiable(plan *manifest.Plan, scenario *access.Scenario, inputs []input) error {
	for i := range plan.Answers {
		p := &plan.Answers[i]
		if scenario.Verification == nil {
			return fault.Errorf(fault.Denied, "scenario %s lets nobody ask about single subjects, as %s would; the authority can approve it with a section verification", scenario.ID, p.Name)
		}
		if limit := scenario.Verification.SubjectBits * millibit; p.Millibits() > limit {
			return fault.Errorf(fault.Limit, "one answer of %s takes %s bits, and scenario %s lets %s a year be learnt of a subject", p.Name, Bits(p.Millibits()), scenario.ID, Bits(limit))
		}
		if _, err := identifierOf(p, inputs); err != nil {
			return err
		}
	}
	return nil
}

// identifierOf tells what identifies the subjects of a question; 0 is any identifier.
func identifierOf(p *manifest.PlanAnswer, inputs []input) (detect.Type, error) {
	for _, in := range inputs {
		if !slices.ContainsFunc(p.Inputs, func(q manifest.PlanInput) bool { return q.Name == in.name }) {
			continue
		}
		for _, sub := range in.dataset.Subjects {
			if sub.Kind == p.Kind && !sub.EachRow {
				column, _ := in.dataset.Column(sub.Column)
				return column.Identifier, nil
			}
		}
	}
	return 0, fault.Errorf(fault.Invalid, "no input of %s has a column by which somebody could name a %s", p.Name, p.Kind)
}

// mayAsk refuses a job whose questions cannot be asked now.
func mayAsk(j Job, c circumstances) error {
	switch {
	case j.State == Withdrawn:
		return withdrawn(j)
	case j.State != Released:
		return fault.Errorf(fault.Conflict, "job %s is %s; only the questions of a released job can be asked", j.ID, j.State.Outside())
	case c.scenario.Verification == nil:
		return fault.Errorf(fault.Denied, "scenario %s lets nobody ask about single subjects", c.scenario.ID)
	}
	return c.current()
}

// questions are those of a released job, as its reviewers have signed for them.
type questions struct {
	manifest *manifest.Manifest
	plan     *manifest.Plan
	inputs   []input // in their newest versions
	until    string  // the last day; empty is no end
}

// released reads the questions of a job from what is sealed with it. The certificate
// says which manifest was approved, and under which policies, the notice beside it whether
// it was withdrawn; what the database says of that does not count.
func (s *Service) released(ctx context.Context, j Job, c circumstances, home *vault.Compartment) (out *questions, err error) {
	if has(home, objWithdrawal) {
		return nil, fault.Errorf(fault.Conflict, "the release of job %s was withdrawn", j.ID)
	}
	files, err := readRelease(ctx, home)
	if err != nil {
		return nil, err
	}
	cert, err := release.VerifyFiles(files, s.Name, s.Public)
	if err != nil {
		return nil, err
	}
	sealed, err := home.Stat(objManifest)
	if err != nil {
		return nil, err
	}
	if cert.Job != j.ID || cert.Scenario != j.Scenario || cert.Manifest != sealed.Commitment {
		return nil, fault.Errorf(fault.Integrity, "the certificate that is sealed with job %s is of another job or manifest", j.ID)
	}
	if terms := cert.Terms(); terms.Over(s.Clock()) {
		return nil, fault.Errorf(fault.Conflict, "the release of job %s was valid until %s; submit the job again", j.ID, terms.ValidUntil)
	}
	out = &questions{until: cert.ValidUntil}
	if out.manifest, err = readManifest(ctx, home); err != nil {
		return nil, err
	}
	if out.inputs, err = s.inputs(ctx, out.manifest, c.scenario, nil); err != nil {
		return nil, err
	}
	granted, err := schema(j.Scenario, out.inputs)
	if err != nil {
		return nil, err
	}
	if out.plan, err = out.manifest.Check(granted); err != nil {
		return nil, err
	}
	return out, out.signedFor(cert, files[release.TablesFile])
}

// signedFor refuses questions other than those that two people have approved, word by
// word.
func (m *questions) signedFor(cert *release.Certificate, tables []byte) error {
	was, err := release.ParseQuestions(tables)
	if err != nil {
		return err
	}
	signed, err := release.EncodeTables(nil, was...)
	if err != nil {
		return err
	}
	now, err := release.EncodeTables(nil, questionsOf(m.plan)...)
	if err != nil {
		return err
	}
	if !bytes.Equal(signed, now) {
		return fault.New(fault.Integrity, "the questions of the manifest are others than those that were approved")
	}
	if len(was) == 0 {
		return nil
	}
	if cert.Reviewers < 2 || len(cert.Inputs) != len(m.inputs) {
		return fault.New(fault.Integrity, "questions about single subjects were released without two people's signatures, or for other inputs")
	}
	for i, in := range m.inputs {
		was := cert.Inputs[i]
		if in.dataset.ID != was.Dataset || in.policy.ID != was.Policy || in.grant.PolicyVersion != was.PolicyVersion || in.policy.Digest() != was.PolicyDigest {
			return fault.Errorf(fault.Integrity, "input %s is seen through another policy than the one that was approved", in.name)
		}
	}
	return nil
}

// choose gives the question that is asked, if nothing about it is malformed: before it
// is charged, and without a look at who is known.
func (m *questions) choose(q Question) (*manifest.PlanAnswer, error) {
	var names []string
	for i := range m.plan.Answers {
		p := &m.plan.Answers[i]
		if names = append(names, p.Name); p.Name != q.Output {
			continue
		}
		if _, err := p.Statement(subject.Nobody, q.Set); err != nil {
			return nil, err
		}
		of, err := identifierOf(p, m.inputs)
		if err != nil {
			return nil, err
		}
		if err := checkIdentifier(of, q.ID); err != nil {
			return nil, err
		}
		return p, checkBasis(q.Basis, q.ID)
	}
	if names == nil {
		return nil, fault.Errorf(fault.NotFound, "job %s was released without a question; yingbi answer list has those that can be asked", q.Job)
	}
	return nil, fault.Errorf(fault.NotFound, "job %s has no question of this name; it has %s", q.Job, strings.Join(names, ", "))
}

// checkIdentifier refuses what cannot be an identifier of the kind, mostly a slip of
// the hand. It quotes nothing.
func checkIdentifier(of detect.Type, id []byte) error {
	normal, ok := idnum.Normalise(string(id))
	if ok {
		switch of {
		case detect.ResidentID, detect.ResidentID15:
			ok = idnum.ResidentID(normal) || idnum.OldResidentID(normal) || idnum.ForeignResidentID(normal)
		case detect.USCC:
			ok = idnum.CreditCode(normal)
		}
	}
	if ok {
		return nil
	}
	what := "identifier"
	if of != 0 {
		what = of.String()
	}
	return fault.Errorf(fault.Invalid, "what was read is no %s: check its length and its last character. Nothing was charged", what)
}

// shortest is how many characters an identifier has that is looked for inside the basis;
// a shorter one may stand there by chance.
const shortest = 6

// checkBasis refuses a reference that cannot stand in the log for good, and one that
// tells whom it is about.
func checkBasis(basis string, id []byte) error {
	f := label.Check(basis)
	if f != "" || strings.TrimSpace(basis) == "" {
		return fault.Errorf(fault.Invalid, "give as basis one line of at most %d plain characters, such as the number of an order or a consent, and nobody's number: it stands in the log for good", label.MaxRunes)
	}
	personal := slices.ContainsFunc(detect.New().Find(nil, []byte(basis)), func(s detect.Span) bool { return s.Type.Direct() && s.Confidence >= detect.Fires })
	normal, _ := idnum.Normalise(basis)
	forms := []string{}
	if own, ok := idnum.Normalise(string(id)); ok {
		forms = append(forms, own)
		if modern, old, ok := idnum.ResidentForms(own); ok {
			forms = append(forms, modern, old)
		}
	}
	for _, form := range forms {
		personal = personal || len(form) >= shortest && strings.Contains(normal, form)
	}
	if personal {
		return fault.New(fault.Invalid, "the basis seems to name somebody, and it stands in the log for good: name the order or consent alone")
	}
	return nil
}
