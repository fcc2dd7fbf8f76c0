//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"yingbi/catalog"
	"yingbi/internal/coltype"
	"yingbi/manifest"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/view"
)

// tableJob declares one table of some 200 cells.
const tableJob = `name: 费用
scenario: chronic
question: 各区县各类疾病的就诊人数与费用
inputs:
  claims: {dataset: claims, columns: [district, icd_chapter, cost]}
tables:
  cells:
    from: claims
    group_by: [district, icd_chapter]
    measures: {people: subjects(), visits: count(), cost: sum(cost)}
`

// queryMemory is what the engine may take, in a cell and outside.
const queryMemory = 8 << 30

var queryLimits = sandbox.Limits{Memory: queryMemory, Wall: 30 * time.Minute, Output: 16 << 30}

// benchTable compares a declared table and its evidence over a sealed view with the
// same statements in DuckDB on a plain Parquet file of the same rows: from the view,
// and from an engine file that was made of it before. What it adds to be told who is
// behind each cell has a row of its own.
func benchTable(ctx context.Context, b *bench) (rows []Row, err error) {
	l, err := b.newFilledLab(ctx, b.Rows)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	t := &declared{lab: l}
	if t.plan, err = l.plan(); err != nil {
		return nil, err
	}
	members := t.plan.Tables[0].Members
	t.plan.Tables[0].Members = nil
	b.say("building the view")
	if t.view, err = l.freshView(ctx); err != nil {
		return nil, err
	}
	if t.plain, err = b.writePlain(ctx, t.view); err != nil {
		return nil, err
	}
	b.say("making the engine file")
	made, err := measure(func() error { return t.prepare(ctx) })
	if err != nil {
		return nil, err
	}
	whole := func(ctx context.Context) error {
		t.plan.Tables[0].Members = members
		defer func() { t.plan.Tables[0].Members = nil }()
		return t.warm(ctx)
	}
	costs, err := b.contest(ctx, "table", timed("warm", t.warm), timed("cold", t.cold), timed("DuckDB", t.inDuck), timed("members", whole))
	if err != nil {
		return nil, err
	}
	baseline := fmt.Sprintf("the same statements in DuckDB on plain Parquet, %d threads", t.plan.Threads)
	cold := Row{Name: "table-cold", Ours: "a declared table with its evidence, from the sealed view", Baseline: baseline, Size: counted(b.Rows, "rows"), Reach: atMost(1.5)}
	cold.compare(costs[1], costs[2], false)
	warm := Row{
		Name: "table-warm", Ours: "the same from the sealed engine file", Baseline: baseline, Reach: atMost(1.0),
		Size: fmt.Sprintf("%s; the file of %s was made in %s", counted(b.Rows, "rows"), bytesOf(t.engineSize), figure(made.Clock, "s")),
	}
	warm.compare(costs[0], costs[2], false)
	behind := Row{
		Name: "table-members", Ours: "the same from the engine file, and who is behind each cell, for the audit of releases",
		Baseline: "the same without them", Size: counted(b.Rows, "rows"),
	}
	behind.compare(costs[3], costs[0], false)
	return []Row{cold, warm, behind}, os.Remove(t.plain)
}

// declared is a table to be computed, and where its rows are.
type declared struct {
	*lab
	plan       *manifest.Plan
	view       *view.View
	engineSize int64
	plain      string // the same rows, as DuckDB writes Parquet
}

// plan compiles the job against what the example scenario grants.
func (l *lab) plan() (*manifest.Plan, error) {
	m, err := manifest.Parse("job.yaml", []byte(tableJob))
	if err != nil {
		return nil, err
	}
	masker, err := l.policy.Compile(view.Columns(l.dataset), make([]byte, 32))
	if err != nil {
		return nil, err
	}
	schema := manifest.InputSchema{Level: l.dataset.Level, Subjects: []string{"person"}, Columns: map[string]manifest.ColumnSchema{}}
	for _, c := range masker.Columns() {
		schema.Columns[c.Name] = manifest.ColumnSchema{Type: c.Type, Subject: c.Subject, Uses: manifest.UseGroup | manifest.UseMeasure | manifest.UseFilter}
	}
	return m.Check(manifest.Schema{"claims": schema})
}

func (t *declared) input() manifest.PlanInput { return t.plan.Inputs[0] }

// columns gives the view's columns that the plan needs, in a sealed file.
func (t *declared) columns(ctx context.Context) (*os.File, error) {
	return sandbox.SealedFile("view", func(w io.Writer) error { return t.view.Query(ctx, w, t.input().Columns) })
}

// prepare makes the engine file of the columns and seals it.
func (t *declared) prepare(ctx context.Context) error {
	file, err := t.columns(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	req := abi.PrepareRequest{
		Columns: t.input().Columns, Cluster: catalog.SubjectColumn("person"), Threads: t.plan.Threads, Memory: queryMemory,
	}
	err = t.view.SealEngine(ctx, view.Engine{Columns: req.Columns}, func(w io.Writer) error { return t.cells.Prepare(ctx, req, file, queryLimits, w) })
	if err != nil {
		return err
	}
	object, err := t.view.OpenEngine(ctx, view.Engine{Columns: req.Columns})
	if err != nil {
		return err
	}
	t.engineSize = object.Size()
	return object.Close()
}

// cold does what a job does that finds a view: its columns into a sealed file, a
// cell that loads them and answers all statements.
func (t *declared) cold(ctx context.Context) error {
	file, err := t.columns(ctx)
	if err != nil {
		return err
	}
	return errors.Join(t.query(ctx, file, false), file.Close())
}

// warm does what a job does that finds an engine file of its columns.
func (t *declared) warm(ctx context.Context) error {
	object, err := t.view.OpenEngine(ctx, view.Engine{Columns: t.input().Columns})
	if err != nil {
		return err
	}
	object.SetCores(threads())
	file, err := sandbox.SealedFile("engine", func(w io.Writer) error {
		_, err := io.Copy(w, object.Reader())
		return err
	})
	if err = errors.Join(err, object.Close()); err != nil {
		return err
	}
	return errors.Join(t.query(ctx, file, true), file.Close())
}

// query answers the plan's statements in a cell.
func (t *declared) query(ctx context.Context, file *os.File, engine bool) error {
	in := t.input()
	req := abi.QueryRequest{
		Views:   []abi.View{{Name: in.Name, FD: abi.InputFD, Columns: in.Columns, Engine: engine}},
		Threads: t.plan.Threads, Memory: queryMemory,
	}
	for _, s := range t.plan.Statements() {
		out := abi.Statement{Name: s.Name, SQL: s.SQL}
		for _, v := range s.Args {
			out.Args = append(out.Args, abi.Value(v))
		}
		for _, c := range s.Columns {
			out.Result = append(out.Result, abi.ResultColumn{Name: c.Name, Type: c.Type})
		}
		req.Statements = append(req.Statements, out)
	}
	frames, err := t.cells.Query(ctx, req, []*os.File{file}, queryLimits)
	if err != nil {
		return err
	}
	return t.check(frames[t.plan.Tables[0].Cells.Name].Rows)
}

// check holds that a side computed the table: a cell for each district and chapter.
func (t *declared) check(cells int) error {
	if want := len(districts) * len(chapters); cells != want {
		return fmt.Errorf("the table has %d cells, not %d", cells, want)
	}
	return nil
}

// writePlain makes a plain Parquet file of the view's rows, ordinals included, as
// DuckDB itself writes it.
func (b *bench) writePlain(ctx context.Context, v *view.View) (path string, err error) {
	raw := filepath.Join(b.dir, "raw.parquet")
	f, err := os.Create(raw)
	if err != nil {
		return "", err
	}
	if err := errors.Join(v.Query(ctx, f, nil), f.Close()); err != nil {
		return "", err
	}
	path = filepath.Join(b.dir, "view.parquet")
	copying := fmt.Sprintf("COPY (SELECT * FROM read_parquet(%s)) TO %s (FORMAT parquet)", text(raw), text(path))
	return path, errors.Join(inDuck(ctx, threads(), copying), os.Remove(raw))
}

// inDuck answers the plan's statements in DuckDB over the plain file.
func (t *declared) inDuck(ctx context.Context) (err error) {
	d, err := openDuck(ctx, t.plan.Threads)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.exec(ctx, fmt.Sprintf("CREATE VIEW claims AS SELECT * FROM read_parquet(%s)", text(t.plain))); err != nil {
		return err
	}
	for _, s := range t.plan.Statements() {
		args := make([]any, len(s.Args))
		for i, v := range s.Args {
			if args[i] = v.Text; v.Type.Kind != coltype.Text {
				args[i] = v.Int
			}
		}
		rows, err := d.drain(ctx, s.SQL, args...)
		if err != nil {
			return err
		}
		if s.Name == t.plan.Tables[0].Cells.Name {
			if err := t.check(rows); err != nil {
				return err
			}
		}
	}
	return nil
}
