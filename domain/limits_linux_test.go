//go:build linux && cgo

package domain

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/release"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// failed holds that a job failed and what its reviewer is told, that its operator
// is told nothing, and that the reviewer can close it.
func (f *fixture) failed(id string, kind fault.Kind, limit string) {
	f.t.Helper()
	f.seen(id, job.InReview)
	r := f.review(id)
	if r.Job.State != job.Failed || r.Failure == nil || r.Failure.Kind != kind.String() || r.Failure.Limit != limit || len(r.Tables) != 0 {
		f.t.Fatalf("job %s is %s: %+v, want %s over %q", id, r.Job.State, r.Failure, kind, limit)
	}
	zhao := f.as("zhao")
	if _, err := zhao.Reject(f.t.Context(), id, "failed_run"); err != nil {
		f.t.Error(err)
	}
	f.seen(id, job.Rejected)
}

// TestOverTime runs a module that never ends beside an honest job.
func TestOverTime(t *testing.T) {
	t.Parallel()
	f := open(t)
	spinning := bytes.Replace(document("jobs/attack_module.yaml"), []byte("time: 5s"), []byte("time: 1s"), 1)
	wang, module := f.as("wang"), guest(t, "hostile-spin")
	spin, err := wang.Jobs().Submit(t.Context(), wang.Actor, job.Package{File: "job.yaml", Manifest: spinning, Module: module})
	if err != nil {
		t.Fatal(err)
	}
	honest := f.submit("wang", "by_district", nil)
	var both sync.WaitGroup
	for _, id := range []string{spin.ID, honest.ID} {
		both.Go(func() {
			if _, err := wang.Jobs().Run(t.Context(), wang.Actor, id); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if got := f.state(honest.ID); got != job.Held {
		t.Errorf("the job beside it is %s", got)
	}
	f.failed(spin.ID, fault.Limit, "time of 1s")
	f.held("by_district", nil)
}

// notes describes texts, too many for a small cell.
const (
	notes = `id: notes
title: 备注
summary: 每行一段长文本。
provider: 玉溪市医保局
level: 2
tags: [测试]
openness: conditional
conditions: 仅供测试
update: yearly
declaration: {state_secrets: none, state_security: none, public_interest: none, restricted: none, by: 李静, date: 2026-01-05}
file: {format: csv}
subjects:
  - {column: person, kind: person}
columns:
  - {name: person, title: 人, type: text}
  - {name: note, title: 备注, type: text}
`
	notesPolicy = `id: notes-policy
name: 备注
version: 1
dataset: notes
comment: Kept as it is.
columns: {person: pseudonym, note: keep}
`
	notesJob = `name: 备注计数
scenario: notes
question: 有多少条不是空话
inputs:
  notes: {dataset: notes, columns: [person, note]}
tables:
  long:
    from: notes
    where: note != 'nothing'
    measures: {n: count(), who: subjects()}
limits: {memory: 16MiB}
`
)

// TestOverMemory runs a query over more text than its job may have memory.
func TestOverMemory(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx, li := t.Context(), f.as("li")
	if _, err := li.RegisterDataset(ctx, "notes.yaml", []byte(notes)); err != nil {
		t.Fatal(err)
	}
	var csv bytes.Buffer
	csv.WriteString("person,note\n")
	for i := range 100_000 {
		fmt.Fprintf(&csv, "P%05d,%s%05d\n", i%500, strings.Repeat("长文本", 40), i)
	}
	path := filepath.Join(t.TempDir(), "notes.csv")
	if err := os.WriteFile(path, csv.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := importFile(ctx, li, "notes", path); err != nil {
		t.Fatal(err)
	}
	if _, err := f.as("shen").SetPolicy(ctx, "policy.yaml", []byte(notesPolicy)); err != nil {
		t.Fatal(err)
	}
	head, _, _ := bytes.Cut(document("scenario.yaml"), []byte("grants:"))
	scenario := append(bytes.Replace(head, []byte("id: chronic"), []byte("id: notes"), 1),
		"grants:\n  - dataset: notes\n    policy: notes-policy\n    version: 1\n    columns: {person: [join], note: [filter]}\n"...)
	if _, err := f.as("chen").ApproveScenario(ctx, "scenario.yaml", scenario); err != nil {
		t.Fatal(err)
	}
	f.failed(f.runText([]byte(notesJob), nil), fault.Limit, "memory")
	f.held("by_district", nil)
	roomy := f.runText(bytes.Replace([]byte(notesJob), []byte("16MiB"), []byte("256MiB"), 1), nil)
	if got := f.state(roomy); got != job.Held {
		t.Errorf("with more memory the job is %s: %+v", got, f.review(roomy).Failure)
	}
}

// TestInterruptedRun lets the operator stop waiting: that much is no secret to them.
func TestInterruptedRun(t *testing.T) {
	f := open(t)
	wang := f.as("wang")
	j := f.submit("wang", "by_district", nil)
	ctx, cancel := context.WithCancel(t.Context())
	service := wang.Jobs()
	service.Runner = &liar{Runner: service.Runner, query: func(map[string]*abi.Frame) error { cancel(); return ctx.Err() }}
	_, err := service.Run(ctx, wang.Actor, j.ID)
	wantKind(t, err, fault.Interrupted)
	f.failed(j.ID, fault.Interrupted, "")
	f.held("by_district", nil)
}

// liar is a runner whose cells were taken over: it changes what they answer.
type liar struct {
	job.Runner
	query func(map[string]*abi.Frame) error
	guest func(*sandbox.GuestResult) error
}

func (l *liar) Query(ctx context.Context, r abi.QueryRequest, files []*os.File, lim sandbox.Limits) (map[string]*abi.Frame, error) {
	frames, err := l.Runner.Query(ctx, r, files, lim)
	if err == nil && l.query != nil {
		err = l.query(frames)
	}
	return frames, err
}

func (l *liar) Guest(ctx context.Context, r abi.GuestRequest, files []*os.File, lim sandbox.Limits) (sandbox.GuestResult, error) {
	result, err := l.Runner.Guest(ctx, r, files, lim)
	if err == nil && l.guest != nil {
		err = l.guest(&result)
	}
	return result, err
}

// runWith runs a job with cells that lie, and gives its id.
func (f *fixture) runWith(l *liar, manifest string, module []byte) string {
	f.t.Helper()
	wang := f.as("wang")
	service := wang.Jobs()
	l.Runner = service.Runner
	service.Runner = l
	j := f.submit("wang", manifest, module)
	if _, err := service.Run(f.t.Context(), wang.Actor, j.ID); err != nil {
		f.t.Fatal(err)
	}
	return j.ID
}

// TestQueryCellLies takes each answer of the query cell away, cuts a row off it,
// and renames its last column: answers that do not hold together fail the job.
func TestQueryCellLies(t *testing.T) {
	t.Parallel()
	f := open(t)
	var names []string
	id := f.runWith(&liar{query: func(frames map[string]*abi.Frame) error {
		names = sortedKeys(frames)
		return nil
	}}, "by_district", nil)
	if got := f.state(id); got != job.Held || len(names) < 2 {
		t.Fatalf("without a lie the job is %s, with answers %v", got, names)
	}
	for _, name := range names {
		for lie, tell := range map[string]func(map[string]*abi.Frame){
			"missing": func(frames map[string]*abi.Frame) { delete(frames, name) },
			"shorter": func(frames map[string]*abi.Frame) { frames[name] = withoutLastRow(frames[name]) },
			"renamed": func(frames map[string]*abi.Frame) {
				columns := frames[name].Columns
				columns[len(columns)-1].Name += "_"
			},
		} {
			id := f.runWith(&liar{query: func(frames map[string]*abi.Frame) error { tell(frames); return nil }}, "by_district", nil)
			if r := f.review(id); r.Failure == nil || r.Failure.Kind != fault.Integrity.String() {
				t.Errorf("%s %s: the job is %s, %+v", name, lie, r.Job.State, r.Failure)
			}
		}
	}
}

// withoutLastRow is a frame with a row less.
func withoutLastRow(f *abi.Frame) *abi.Frame {
	out := &abi.Frame{Rows: f.Rows - 1}
	for _, c := range f.Columns {
		c.Valid = nil
		cut := func(n int) int { return max(0, n-1) }
		c.Ints, c.Floats = c.Ints[:cut(len(c.Ints))], c.Floats[:cut(len(c.Floats))]
		c.Days, c.Bools = c.Days[:cut(len(c.Days))], c.Bools[:cut(len(c.Bools))]
		c.Offsets = c.Offsets[:cut(len(c.Offsets))]
		out.Columns = append(out.Columns, c)
	}
	return out
}

// TestGuestCellLies emits what the manifest does not declare, or declares once.
func TestGuestCellLies(t *testing.T) {
	t.Parallel()
	f := open(t)
	module := guest(t, "compare")
	for name, c := range map[string]struct {
		lie  func(*sandbox.GuestResult)
		word string
	}{
		"nothing": {func(r *sandbox.GuestResult) { r.Items = nil }, "did not emit"},
		"twice":   {func(r *sandbox.GuestResult) { r.Items = append(r.Items, r.Items...) }, "twice"},
		"another": {func(r *sandbox.GuestResult) { r.Items[0].Name = "by_district" }, "did not emit"},
	} {
		t.Run(name, func(t *testing.T) {
			id := f.runWith(&liar{guest: func(r *sandbox.GuestResult) error { c.lie(r); return nil }}, "compare", module)
			r := f.review(id)
			if r.Failure == nil || !strings.Contains(r.Failure.Text, c.word) || len(r.Tables) != 0 {
				t.Errorf("the job is %s: %+v", r.Job.State, r.Failure)
			}
		})
	}
	extra := f.runWith(&liar{guest: func(r *sandbox.GuestResult) error {
		r.Items = append(r.Items, sandbox.Item{Name: "everything", Frame: r.Items[0].Frame})
		return nil
	}}, "compare", module)
	if r := f.review(extra); slices.ContainsFunc(r.Tables, func(table release.Table) bool { return table.Name == "everything" }) || r.Failure == nil {
		t.Errorf("an output that nobody declared: the job is %s, %s", r.Job.State, tableNames(r.Tables))
	}
}
