package job

import (
	"cmp"
	"errors"
	"io"
	"strings"
	"time"

	"yingbi/catalog"
	"yingbi/manifest"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/vault"
	"yingbi/view"
)

// Cache bounds the cache of masked views. A view is sealed when it is first asked for. When the
// same columns of it are asked for again, an engine file is made of them, which the
// next query opens instead. What a data set's views take together is bounded;
// beyond that go those that were used longest ago.
type Cache struct {
	// EngineRows is the fewest rows of which an engine file is made. 0 is a million,
	// which are loaded from Parquet in a tenth of a second.
	EngineRows int64
	// Budget is what the cached views of one data set may take, in bytes. 0 is eight
	// times its newest version, and at least 4 GiB.
	Budget int64
}

const (
	defaultEngineRows = 1 << 20
	budgetFactor      = 8
	budgetLeast       = 4 << 30
	// prepareTime and prepareFile bound a cell that makes an engine file.
	prepareTime = 30 * time.Minute
	prepareFile = 64 << 30
)

// tend notes that the run has used its views, makes engine files of what it has
// used again, and evicts. What fails here fails nothing: the run has ended.
func (r *run) tend(inputs []input) {
	for _, in := range inputs {
		if err := r.tendOne(in); err != nil && r.ctx.Err() == nil {
			r.service.Notes.Warn("the cache of views was not tended", "dataset", in.dataset.ID, "error", err)
		}
	}
}

func (r *run) tendOne(in input) error {
	v := r.views.byName[in.name]
	id := v.Identity().String()
	if err := r.service.Store.UseView(r.ctx, in.dataset.ID, id, r.service.Clock()); err != nil {
		return err
	}
	err := r.prepare(in.name, v)
	return errors.Join(err, r.evict(in, id))
}

// prepare makes the engine file of the columns that the plan names, if the view was
// there before this run.
func (r *run) prepare(name string, v *view.View) error {
	least := cmp.Or(r.service.Cache.EngineRows, defaultEngineRows)
	if !v.Reused() || v.Rows() < least || r.plan.Threads < 2 {
		return nil
	}
	for _, in := range r.plan.Inputs {
		if in.Name != name || v.HasEngine(engineOf(in.Columns)) {
			continue
		}
		if err := r.prepareOne(in, v); err != nil {
			return err
		}
	}
	return nil
}

// engineOf is an engine file that this program's cells read.
func engineOf(columns []string) view.Engine {
	return view.Engine{Format: abi.EngineFormat, Columns: columns}
}

func (r *run) prepareOne(in manifest.PlanInput, v *view.View) error {
	parquet, err := sandbox.SealedFile("view", func(w io.Writer) error { return v.Query(r.ctx, w, in.Columns) })
	if err != nil {
		return err
	}
	defer parquet.Close()
	req := abi.PrepareRequest{Columns: in.Columns, Threads: r.plan.Threads, Memory: r.manifest.Limits.Memory}
	for _, c := range in.Columns {
		if strings.HasPrefix(c, catalog.SubjectColumn("")) {
			req.Cluster = c
			break
		}
	}
	limits := sandbox.Limits{Memory: r.manifest.Limits.Memory, Wall: prepareTime, Output: prepareFile}
	return v.SealEngine(r.ctx, engineOf(in.Columns), func(w io.Writer) error {
		return r.service.Runner.Prepare(r.ctx, req, parquet, limits, w)
	})
}

// evict holds the data set's cache to its budget.
func (r *run) evict(in input, keep string) error {
	home := r.views.homes[in.dataset.ID]
	budget, err := r.service.Cache.budget(home, in.version)
	if err != nil {
		return err
	}
	used, err := r.service.Store.ViewUses(r.ctx, in.dataset.ID)
	if err != nil {
		return err
	}
	gone, err := view.Evict(r.ctx, home, budget, used, []string{keep})
	if err != nil || len(gone) == 0 {
		return err
	}
	r.service.Notes.Info("views were evicted from the cache", "dataset", in.dataset.ID, "views", len(gone))
	return r.service.Store.ForgetViews(r.ctx, in.dataset.ID, gone)
}

// budget is what the cached views of a data set may take, in bytes.
func (c Cache) budget(home *vault.Compartment, v catalog.Version) (int64, error) {
	if c.Budget > 0 {
		return c.Budget, nil
	}
	rows := int64(0)
	for _, p := range v.Parts {
		info, err := home.Stat(p.Object())
		if err != nil {
			return 0, err
		}
		rows += info.Size
	}
	return max(budgetLeast, budgetFactor*rows), nil
}
