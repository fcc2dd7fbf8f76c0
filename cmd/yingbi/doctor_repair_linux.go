//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingbi/domain"
)

// plan is one repair as a program reads it.
type plan struct {
	Check string   `json:"check"`
	Does  string   `json:"does"` // and why that is safe
	Items []string `json:"items,omitempty"`
}

// repaired is a repair as a program reads it.
type repaired struct {
	Found health           `json:"found"`
	Plan  []plan           `json:"plan"`
	Done  *domain.Recovery `json:"done,omitempty"`   // by opening the domain
	Mode  []string         `json:"rights,omitempty"` // files whose rights were tightened
	Left  []domain.Finding `json:"left,omitempty"`   // what is not as it should be, afterwards
}

// repair explains what can be repaired and, unless only that is wanted, does it.
func (a *app) repair(ctx context.Context, dryRun bool) error {
	h, missing, err := a.look(ctx, true)
	if err != nil {
		return err
	}
	out := repaired{Found: h, Plan: []plan{}}
	for _, f := range mending(h.Checks) {
		out.Plan = append(out.Plan, plan{f.Check, a.remedy(f), f.Items})
	}
	if !a.json {
		a.showHealth(h, missing)
		a.showPlan(out.Plan)
	}
	err = a.broken(h)
	if err == nil && !dryRun && len(out.Plan) > 0 {
		err = a.doRepair(ctx, &out)
	}
	if a.json {
		err = errors.Join(err, a.give(out, nil))
	}
	return err
}

func (a *app) showPlan(all []plan) {
	if len(all) == 0 {
		a.say("\nnothing is to be repaired", "\n无需修复")
		return
	}
	a.heading("Repairs", "修复方案")
	for i, p := range all {
		fmt.Fprintf(a.out, "%d. %s: %s\n", i+1, a.checkTitle(p.Check), p.Does)
		for _, item := range p.Items {
			fmt.Fprintf(a.out, "   %s\n", printable(item))
		}
	}
}

// doRepair opens the domain, which repairs most, does the rest, and looks again.
func (a *app) doRepair(ctx context.Context, out *repaired) error {
	for _, f := range out.Found.Checks {
		if f.Check == "rights" && f.State == domain.Mends {
			out.Mode = f.Items
		}
	}
	err := a.withRecovery(ctx, func(s *domain.Session, r domain.Recovery) error {
		out.Done = &r
		return s.TightenRights(ctx, out.Mode)
	})
	if err != nil {
		return err
	}
	after, _, err := a.look(ctx, true)
	if err != nil {
		return err
	}
	out.Left = mending(after.Checks)
	if err := a.broken(after); err != nil {
		return err
	}
	a.say("\nrepaired, and recorded in the log", "\n已修复，并已记入日志")
	for _, f := range out.Left {
		found, _ := a.words(f)
		a.say("still so: %s: %s", "仍未解决：%s：%s", a.checkTitle(f.Check), found)
	}
	return nil
}

func (a *app) acceptClock(ctx context.Context) error {
	return a.with(ctx, func(s *domain.Session) error {
		host, err := s.AcceptClock(ctx)
		if err != nil {
			return err
		}
		return a.give(map[string]time.Time{"time": host}, func() {
			a.say("the host's clock counts again: %s. Grants that ended by the wrong clock alone are in force again",
				"主机时钟重新生效：%s。仅因错误时钟而到期的授权恢复有效", when(host))
		})
	})
}
