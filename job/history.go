package job

import (
	"context"
	"io"
	"slices"

	"yingbi/access"
	"yingbi/egress"
	"yingbi/egress/history"
	"yingbi/keeper"
	"yingbi/sandbox/abi"
	"yingbi/vault"
)

// Who is behind the cells of a job lies in its compartment from its run on, in three
// objects for each kind of subject. With the release they are copied to the compartment
// of the kind, where those of all releases are found together: whatever becomes of the
// job or of the data sets that it read, its release keeps counting.
const (
	objContributors = "contributors/"
	partCells       = ".cells"
	partGroups      = ".groups"
	partMarks       = ".marks"
)

// HistoryCompartment holds who is behind the releases that tell of a kind of subject,
// and derives the key of their marks.
func HistoryCompartment(kind string) string { return "history/" + kind }

// archive is the compartment of one kind, unlocked.
type archive struct {
	kind string
	home *vault.Compartment
}

func (s *Service) archive(ctx context.Context, actor access.Person, job, kind string) (*archive, error) {
	in := keeper.Intent{Actor: actor.ID, Compartment: HistoryCompartment(kind), Purpose: "audit", Job: job}
	open := s.Vault.Create
	if s.Vault.Exists(in.Compartment) {
		open = s.Vault.Unlock
	}
	home, err := open(ctx, in)
	return &archive{kind, home}, err
}

// past lists the jobs that are released and have told of the kind, oldest first. What a
// release that was not made to its end left there does not count.
func (s *Service) past(ctx context.Context, a *archive) (out []string, err error) {
	all, err := s.Store.Jobs(ctx)
	for _, j := range all {
		if j.State.WasReleased() && has(a.home, j.ID+partCells) {
			out = append(out, j.ID)
		}
	}
	return out, err
}

// load reads the releases of these jobs.
func (a *archive) load(ctx context.Context, jobs []string) (out []*history.Release, err error) {
	for _, id := range jobs {
		r, err := readContributors(ctx, a.home, id, id)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// readContributors reads the objects of a name; id is the release's.
func readContributors(ctx context.Context, home *vault.Compartment, name, id string) (*history.Release, error) {
	cells, err := home.Read(ctx, name+partCells, maxContributors)
	if err != nil {
		return nil, err
	}
	groups, err := home.Read(ctx, name+partGroups, maxContributors)
	if err != nil {
		return nil, err
	}
	return history.Decode(id, cells, groups, func() ([]byte, error) { return home.Read(ctx, name+partMarks, maxContributors) })
}

// maxContributors bounds one of the objects of one kind.
const maxContributors = 1 << 30

// audit compares the job's cells for one kind with earlier releases.
func (a *archive) audit(ctx context.Context, job string, k int64, fresh *history.Release, earlier []*history.Release) (*history.Verdict, error) {
	cfg := history.Config{K: int(k)}
	seed, err := a.home.Derive("audit of job/"+job, len(cfg.Seed))
	if err != nil {
		return nil, err
	}
	copy(cfg.Seed[:], seed)
	return history.Audit(ctx, cfg, fresh, earlier)
}

// history withholds the cells that tell of few subjects together with those of the job
// and of earlier releases, kind by kind.
func (r *run) history(frames map[string]*abi.Frame) error {
	told := egress.History{}
	past := map[string]bool{}
	for _, kind := range kinds(r.plan) {
		if err := r.historyOf(kind, frames, &told, past); err != nil {
			return err
		}
	}
	told.Releases = len(past)
	r.report.AddHistory(told)
	for _, c := range r.behind {
		c.Keep(r.publishes)
	}
	return nil
}

func (r *run) historyOf(kind string, frames map[string]*abi.Frame, told *egress.History, past map[string]bool) error {
	s := r.service
	a, err := s.archive(r.ctx, access.Person{ID: r.actor}, r.job.ID, kind)
	if err != nil {
		return err
	}
	defer a.home.Close()
	jobs := r.past[kind]
	if !r.replay {
		if jobs, err = s.past(r.ctx, a); err != nil {
			return err
		}
		r.past[kind] = jobs
	}
	earlier, err := a.load(r.ctx, jobs)
	if err != nil {
		return err
	}
	key, err := a.home.Derive("marks of contributions", 32)
	if err != nil {
		return err
	}
	fresh, err := r.contributors(kind, history.NewMarker(key), frames)
	if err != nil {
		return err
	}
	verdict, err := a.audit(r.ctx, r.job.ID, r.report.Preset.Minimum, fresh, earlier)
	if err != nil {
		return err
	}
	for _, id := range jobs {
		past[id] = true
	}
	tell(told, kind, verdict, append(earlier, fresh))
	r.withhold(fresh, verdict.Withhold)
	r.behind[kind] = fresh
	return nil
}

// withhold takes cells and models out of the report.
func (r *run) withhold(fresh *history.Release, cells []int) {
	for _, i := range cells {
		r.report.RefuseModel(fresh.Cells[i].Table, egress.RuleDifferencing)
	}
	for _, t := range r.tables {
		var places []int
		for _, i := range cells {
			if c := fresh.Cells[i]; c.Table == t.Name {
				places = append(places, c.Place)
			}
		}
		if len(places) > 0 {
			r.report.Withhold(t, places, egress.RuleDifferencing)
		}
	}
}

func (r *run) publishes(c history.Cell) bool {
	if m := r.report.Model(c.Table); m != nil { // no table has its name
		return m.Verdict == egress.Publish
	}
	return slices.ContainsFunc(r.report.Tables, func(t egress.TableReport) bool {
		return t.Name == c.Table && t.Published != nil && t.Cells[c.Place].Verdict == egress.Publish
	})
}

// tell puts a verdict into the reviewers' words.
func tell(h *egress.History, kind string, v *history.Verdict, all []*history.Release) {
	cell := func(p history.Place) egress.PastCell {
		at := slices.IndexFunc(all, func(r *history.Release) bool { return r.ID == p.Release })
		c := all[at].Cells[p.Cell]
		return egress.PastCell{Release: p.Release, Table: c.Table, Keys: c.Keys, Figure: p.Figure}
	}
	pairs := func(from []history.Pair) (out []egress.NearPair) {
		for _, p := range from {
			out = append(out, egress.NearPair{Kind: kind, Cell: cell(p.New), Other: cell(p.Other), Difference: p.Difference})
		}
		return out
	}
	h.Cells += v.Earlier
	h.LeftOut += v.LeftOut
	h.Incomplete = h.Incomplete || !v.Complete
	h.Pairs = append(h.Pairs, pairs(v.Pairs)...)
	h.Nearest = append(h.Nearest, pairs(v.Nearest)...)
	for _, c := range v.Combinations {
		out := egress.Combination{Kind: kind, Subjects: c.Subjects}
		for _, t := range c.Terms {
			out.Terms = append(out.Terms, egress.PastTerm{PastCell: cell(t.Place), Times: t.Times})
		}
		h.Combinations = append(h.Combinations, out)
	}
}

// sealContributors adds what lies sealed with the job to its objects.
func (r *run) sealContributors(objects map[string]func(io.Writer) error) error {
	for kind, c := range r.behind {
		if len(c.Cells) == 0 {
			continue
		}
		parts, err := c.Encode()
		if err != nil {
			return err
		}
		for name, b := range map[string][]byte{partCells: parts.Cells, partGroups: parts.Groups, partMarks: parts.Marks} {
			objects[objContributors+kind+name] = bytesOf(b)
		}
	}
	return nil
}
