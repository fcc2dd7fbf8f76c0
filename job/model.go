package job

import (
	"context"
	"errors"
	"slices"

	"yingbi/egress"
	"yingbi/internal/fault"
	"yingbi/manifest"
	"yingbi/release"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/vault"
)

// model checks a regression that the module has fitted: query cells compute the
// score equations at its coefficients, who is behind the rows, and how far a coefficient
// could follow one of them. Of a model that passes, they tell each subject's part, too.
func (r *run) model(name string, emitted answer) error {
	at := slices.IndexFunc(r.plan.Models, func(m manifest.PlanModel) bool { return m.Name == name })
	if at < 0 {
		return fault.Errorf(fault.Internal, "the plan has no model %q", name)
	}
	plan := &r.plan.Models[at]
	coefficients, err := egress.Coefficients(plan, emitted)
	if err != nil {
		return err
	}
	statements := plan.Statements(coefficients)
	answers, err := r.ask(plan, statements, r.limits())
	if err != nil {
		return err
	}
	g := egress.Regression{Plan: plan, Coefficients: coefficients, Score: answers[0], Margins: results(answers[1 : 1+len(plan.Units)])}
	if rest := answers[1+len(plan.Units):]; len(rest) > 0 {
		g.Patterns = rest[0]
	}
	inverse, err := g.Inverse()
	if err != nil {
		return err
	}
	if inverse != nil {
		if answers, err = r.ask(plan, plan.Leverage(coefficients, inverse), r.limits()); err != nil {
			return err
		}
		g.Leverage = results(answers)
	}
	if err := r.report.AddModel(g); err != nil {
		return err
	}
	return r.told(plan)
}

// told draws the consequences of a verdict on a model.
func (r *run) told(plan *manifest.PlanModel) error {
	m := r.report.Model(plan.Name)
	if slices.Contains(m.Rules, egress.RuleScore) {
		return r.alarm("a model's coefficients are not what the rows give", "output", plan.Name)
	}
	members := plan.Members()
	if m.Verdict != egress.Publish || len(members) == 0 {
		return nil
	}
	var statements []manifest.Statement
	for _, s := range members {
		statements = append(statements, s.Statement)
	}
	limits := r.limits()
	limits.Output += maxMembers
	answers, err := r.ask(plan, statements, limits)
	for i, s := range statements {
		if err == nil {
			r.fitted[s.Name] = answers[i].frame
		}
	}
	return err
}

func results(answers []answer) (out []egress.Result) {
	for _, a := range answers {
		out = append(out, a)
	}
	return out
}

// ask runs the statements of a model over the views of its inputs, on one thread: they
// add up doubles.
func (r *run) ask(plan *manifest.PlanModel, statements []manifest.Statement, limits sandbox.Limits) ([]answer, error) {
	views, files, err := r.views.forQuery(r.ctx, &manifest.Plan{Inputs: plan.Inputs, Threads: 1})
	if err != nil {
		return nil, err
	}
	req := abi.QueryRequest{Views: views, Threads: 1, Memory: r.manifest.Limits.Memory}
	for _, st := range statements {
		req.Statements = append(req.Statements, statement(st))
	}
	frames, err := r.service.Runner.Query(r.ctx, req, files, limits)
	if err := errors.Join(err, closeAll(files)); err != nil {
		return nil, err
	}
	answers := make([]answer, len(statements))
	for i, st := range statements {
		if frames[st.Name] == nil {
			return nil, fault.Errorf(fault.Integrity, "the query cell did not answer %s", st.Name)
		}
		answers[i] = answer{frames[st.Name]}
	}
	return answers, nil
}

// refused names the models of the manifest, and the asserted outputs, that a release does
// not have. Whoever wrote the one and has the other knows them.
func refused(ctx context.Context, home *vault.Compartment) (models, asserted []string, err error) {
	m, err := readManifest(ctx, home)
	if err != nil {
		return nil, nil, err
	}
	body, err := home.Read(ctx, objTables, maxObject)
	if err != nil {
		return nil, nil, err
	}
	tables, err := release.ParseTables(body)
	for _, o := range m.Outputs {
		switch {
		case slices.ContainsFunc(tables, func(t release.Table) bool { return t.Name == o.Name }):
		case o.Model != nil:
			models = append(models, o.Name)
		case o.Asserted != nil:
			asserted = append(asserted, o.Name)
		}
	}
	return models, asserted, err
}
