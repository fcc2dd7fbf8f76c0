package job

import (
	"errors"
	"slices"

	"yingbi/egress"
	"yingbi/internal/fault"
	"yingbi/manifest"
	"yingbi/sandbox/abi"
)

// model checks a regression that the module has fitted: query cells compute the
// score equations at its coefficients, who is behind the rows, and how far a coefficient
// could follow one of them.
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
	answers, err := r.ask(plan, statements)
	if err != nil {
		return err
	}
	g := egress.Regression{Plan: plan, Coefficients: coefficients, Score: answers[0], Margins: answers[1 : 1+len(plan.Units)]}
	if rest := answers[1+len(plan.Units):]; len(rest) > 0 {
		g.Patterns = rest[0]
	}
	inverse, err := g.Inverse()
	if err != nil {
		return err
	}
	if inverse != nil {
		if g.Leverage, err = r.ask(plan, plan.Leverage(coefficients, inverse)); err != nil {
			return err
		}
	}
	return r.report.AddModel(g)
}

// ask runs the statements of a model over the views of its inputs, on one thread: they
// add up doubles.
func (r *run) ask(plan *manifest.PlanModel, statements []manifest.Statement) ([]egress.Result, error) {
	views, files, err := r.views.forQuery(r.ctx, &manifest.Plan{Inputs: plan.Inputs, Threads: 1})
	if err != nil {
		return nil, err
	}
	req := abi.QueryRequest{Views: views, Threads: 1, Memory: r.manifest.Limits.Memory}
	for _, st := range statements {
		req.Statements = append(req.Statements, statement(st))
	}
	frames, err := r.service.Runner.Query(r.ctx, req, files, r.limits())
	if err := errors.Join(err, closeAll(files)); err != nil {
		return nil, err
	}
	answers := make([]egress.Result, len(statements))
	for i, st := range statements {
		if frames[st.Name] == nil {
			return nil, fault.Errorf(fault.Integrity, "the query cell did not answer %s", st.Name)
		}
		answers[i] = answer{frames[st.Name]}
	}
	return answers, nil
}
