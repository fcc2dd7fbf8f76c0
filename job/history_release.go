package job

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/egress"
	"yingbi/internal/fault"
	"yingbi/vault"
)

// contributed lists the kinds of subjects that a job's cells tell of.
func contributed(home *vault.Compartment) (out []string) {
	for _, name := range home.Names() {
		kind, is := strings.CutPrefix(name, objContributors)
		if kind, cells := strings.CutSuffix(kind, partCells); is && cells {
			out = append(out, kind)
		}
	}
	return out
}

// examine is called with the release of an approved job, under the lock of all releases.
// Where others were made since the job ran, the audit is made again; a finding stops
// the release.
func (s *Service) examine(ctx context.Context, actor access.Person, j Job, home *vault.Compartment) error {
	var u Used
	if err := getJSON(ctx, home, objRun, &u); err != nil {
		return err
	}
	body, err := home.Read(ctx, objReport, maxObject)
	if err != nil {
		return err
	}
	report, err := egress.ParseReport(body)
	if err != nil {
		return err
	}
	for _, kind := range contributed(home) {
		if err := s.examineKind(ctx, actor, j, home, kind, u.Past[kind], report.Preset.Minimum); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) examineKind(ctx context.Context, actor access.Person, j Job, home *vault.Compartment, kind string, known []string, k int64) error {
	a, err := s.archive(ctx, actor, j.ID, kind)
	if err != nil {
		return err
	}
	defer a.home.Close()
	jobs, err := s.past(ctx, a)
	if err != nil {
		return err
	}
	var since []string
	for _, id := range jobs {
		if !slices.Contains(known, id) {
			since = append(since, id)
		}
	}
	if len(since) == 0 {
		return nil
	}
	fresh, err := readContributors(ctx, home, objContributors+kind, "")
	if err != nil {
		return err
	}
	earlier, err := a.load(ctx, jobs)
	if err != nil {
		return err
	}
	v, err := a.audit(ctx, j.ID, k, fresh, earlier)
	if err != nil || len(v.Withhold) == 0 {
		return err
	}
	_, err = s.Log.Append(ctx, audit.Record{
		Actor: actor.ID, Action: "release.stop", Phase: audit.Event, Target: "job/" + j.ID,
		Details: map[string]string{"rule": string(egress.RuleDifferencing), "cells": fmt.Sprint(len(v.Withhold)), "since": strings.Join(since, " ")},
	})
	if err != nil {
		return err
	}
	return fault.Errorf(fault.Conflict,
		"%d cells of job %s tell of fewer than %d subjects (%s) together with what was released after it ran (%s); reject it for disclosure_risk, and have it submitted again: its next run will withhold them",
		len(v.Withhold), j.ID, k, kind, strings.Join(since, ", "))
}

// remember copies who is behind a release into the history of each kind.
func (s *Service) remember(ctx context.Context, actor access.Person, j Job, home *vault.Compartment) error {
	for _, kind := range contributed(home) {
		a, err := s.archive(ctx, actor, j.ID, kind)
		if err != nil {
			return err
		}
		objects := map[string]func(io.Writer) error{}
		for _, part := range []string{partCells, partGroups, partMarks} {
			b, err := home.Read(ctx, objContributors+kind+part, maxContributors)
			if err != nil {
				a.home.Close()
				return err
			}
			objects[j.ID+part] = bytesOf(b)
		}
		err = a.home.PutAll(ctx, objects)
		a.home.Close()
		if err != nil {
			return err
		}
	}
	return nil
}
