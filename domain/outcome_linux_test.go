//go:build linux && cgo

package domain

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// ends gives a module that writes text to its log and returns result.
func ends(result int32, text string) []byte {
	sleb := func(v int64) (out []byte) {
		for {
			b := byte(v & 0x7f)
			if v >>= 7; v == 0 && b&0x40 == 0 || v == -1 && b&0x40 != 0 {
				return append(out, b)
			}
			out = append(out, b|0x80)
		}
	}
	sized := func(b []byte) []byte { return append(binary.AppendUvarint(nil, uint64(len(b))), b...) }
	section := func(id byte, items ...[]byte) []byte {
		return append([]byte{id}, sized(slices.Concat([]byte{byte(len(items))}, slices.Concat(items...)))...)
	}
	name := func(s string) []byte { return sized([]byte(s)) }
	code := slices.Concat([]byte{0, 0x41, 0, 0x41}, sleb(int64(len(text))), []byte{0x10, 0, 0x1a, 0x41}, sleb(int64(result)), []byte{0x0b})
	return slices.Concat([]byte("\x00asm\x01\x00\x00\x00"),
		section(1, []byte{0x60, 0, 1, 0x7f}, []byte{0x60, 2, 0x7f, 0x7f, 1, 0x7f}),
		section(2, slices.Concat(name("yingbi"), name("log"), []byte{0, 1})),
		section(3, []byte{0}),
		section(5, []byte{0, 1}),
		section(7, append(name("memory"), 2, 0), append(name("yb_run"), 0, 1)),
		section(10, sized(code)),
		section(11, slices.Concat([]byte{0, 0x41, 0, 0x0b}, sized([]byte(text)))))
}

// coded is a job whose module has n errors of its own.
func coded(n int) []byte {
	var errors []string
	for i := range n {
		errors = append(errors, fmt.Sprintf("error_%d: 第%d种", i+1, i+1))
	}
	return append(document("jobs/compare.yaml"), fmt.Sprintf("module: {errors: {%s}}\n", strings.Join(errors, ", "))...)
}

// TestErrorsOfAModule ends modules with results that are declared and others, and
// looks with both sides' eyes.
func TestErrorsOfAModule(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx, zhao, wang := t.Context(), f.as("zhao"), f.as("wang")
	for _, c := range []struct {
		declared int
		result   int32
		code     string
	}{{16, 1, "error_1"}, {16, 16, "error_16"}, {16, 17, ""}, {2, 3, ""}, {2, -1, ""}, {0, 1, ""}} {
		id := f.runText(coded(c.declared), ends(c.result, ""))
		r := f.review(id)
		if r.Failure == nil || r.Failure.Code != c.code || r.Failure.Kind != "invalid" || c.code != "" && !strings.Contains(r.Failure.Text, "第") {
			t.Errorf("result %d of %d declared: %+v", c.result, c.declared, r.Failure)
		}
		shown, err := wang.Jobs().Show(ctx, wang.Actor, id)
		told, err2 := wang.Jobs().Told(ctx, wang.Actor, id)
		if err != nil || err2 != nil || shown.State != job.InReview || !reflect.DeepEqual(told, job.Told{}) {
			t.Errorf("before a decision the operator sees %+v and %+v, %v, %v", shown, told, err, err2)
		}
		_, err = zhao.Reject(ctx, id, job.ModuleError)
		if c.code == "" {
			wantKind(t, err, fault.Conflict, "another reason")
			_, err = zhao.Reject(ctx, id, "failed_run")
		}
		if err != nil {
			t.Fatal(err)
		}
		if told, err = wang.Jobs().Told(ctx, wang.Actor, id); err != nil || told.Code != c.code {
			t.Errorf("result %d of %d declared: the operator is told %q, %v", c.result, c.declared, told.Code, err)
		}
	}
}

// TestACodeIsToldByDecision holds that an altered database tells nobody a code.
func TestACodeIsToldByDecision(t *testing.T) {
	t.Parallel()
	f := open(t)
	wang := f.as("wang")
	id := f.runText(coded(3), ends(2, ""))
	f.edit("UPDATE jobs SET state = 'rejected', reason = 'module_error' WHERE id = ?", id)
	told, err := wang.Jobs().Told(t.Context(), wang.Actor, id)
	if kind := fault.KindOf(err); told.Code != "" || kind != fault.Integrity && kind != fault.NotFound {
		t.Errorf("undecided: %+v, %v", told, err)
	}
	f.edit("UPDATE jobs SET state = 'failed', reason = '' WHERE id = ?", id)
	if _, err := f.as("zhao").Reject(t.Context(), id, "failed_run"); err != nil {
		t.Fatal(err)
	}
	f.edit("UPDATE jobs SET reason = 'module_error' WHERE id = ?", id)
	told, err = wang.Jobs().Told(t.Context(), wang.Actor, id)
	if told.Code != "" || fault.KindOf(err) != fault.Integrity {
		t.Errorf("decided otherwise: %+v, %v", told, err)
	}
}

// withBits is the scenario with another budget.
func withBits(bits string) []byte {
	return bytes.Replace(document("scenario.yaml"), []byte("1_000_000"), []byte(bits), 1)
}

func (f *fixture) bits(id string) job.Budget {
	f.t.Helper()
	all, err := f.as(id).Budgets(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	for _, b := range all {
		if b.Dataset == "claims" {
			return b
		}
	}
	return job.Budget{}
}

// TestOutcomeBudget uses a budget up, and waits for the next year.
func TestOutcomeBudget(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx := t.Context()
	if _, err := f.as("chen").ApproveScenario(ctx, "scenario.yaml", withBits("9")); err != nil {
		t.Fatal(err)
	}
	year := access.Year(time.Now())
	want := job.Budget{Scenario: "chronic", Dataset: "claims", Limit: 9000, Left: 9000, Renews: fmt.Sprintf("%d-01-01", year+1)}
	if got := f.bits("wang"); got != want {
		t.Errorf("before a run %+v", got)
	}
	for _, name := range []string{"by_district", "dominance", "by_district"} { // dominance reads enterprises alone
		if r := f.review(f.run(name, nil)); len(r.Budgets) != 1 || r.Budgets[0].Used%4000 != 0 {
			t.Errorf("the reviewer sees %+v", r.Budgets)
		}
	}
	want.Used, want.Left = 2*4000, 9000-2*4000
	if got := f.bits("wu"); got != want {
		t.Errorf("after two runs over claims %+v", got)
	}
	if got := f.bits("feng"); got != (job.Budget{}) {
		t.Errorf("another organisation sees %+v", got)
	}
	queued, wang, from := f.submit("wang", "by_district", nil), f.as("wang"), f.log.Size()
	_, err := wang.Jobs().Run(ctx, wang.Actor, queued.ID)
	wantKind(t, err, fault.Limit, "8 of the 9 bits", "data set claims", want.Renews, "玉溪市数据局")
	if got := f.state(queued.ID); got != job.Queued {
		t.Errorf("the job is %s", got)
	}
	denied := 0
	for _, r := range f.records(from) {
		if r.Action == string(access.RunJob) {
			t.Error("a run was recorded")
		}
		if r.Action == "access.deny" && r.Details["rule"] == "outcome_bits" {
			denied++
		}
	}
	if denied != 1 {
		t.Errorf("%d refusals are recorded", denied)
	}
	f.run("dominance", nil) // another data set
	f.at(func() time.Time { return time.Date(year+1, 1, 2, 0, 0, 0, 0, time.UTC) })
	wang = f.as("wang")
	if got := f.bits("wang"); got.Used != 0 || got.Left != 9000 {
		t.Errorf("in the next year %+v", got)
	}
	if _, err := wang.Jobs().Run(ctx, wang.Actor, queued.ID); err != nil {
		t.Error(err)
	}
}

// TestAccount counts for each organisation, data set and year apart, and takes a
// charge as a whole or not at all.
func TestAccount(t *testing.T) {
	var a account
	charge := func(org string, year int, datasets ...string) job.Charge {
		return job.Charge{Org: org, Datasets: datasets, Year: year, Millibits: 4}
	}
	for i, c := range []struct {
		charge job.Charge
		short  string
	}{
		{charge("a", 1, "x", "y"), ""}, {charge("a", 1, "x"), ""}, {charge("a", 1, "y", "x"), "x"}, {charge("a", 1, "y"), ""},
		{charge("a", 1, "y"), "y"}, {charge("b", 1, "x", "y"), ""}, {charge("a", 2, "x", "y"), ""},
	} {
		if short := a.Take(c.charge, 8); short != c.short {
			t.Errorf("charge %d: %q", i, short)
		}
	}
	if got := []int64{a.Used("a", "x", 1), a.Used("a", "y", 1), a.Used("b", "y", 1), a.Used("a", "x", 2), a.Used("c", "x", 1)}; !slices.Equal(got, []int64{8, 8, 4, 4, 0}) {
		t.Error(got)
	}
	if err := a.replay(7, audit.Record{Details: map[string]string{"budget_millibits": "many"}}); fault.KindOf(err) != fault.Integrity {
		t.Error(err)
	}
}

// crashing copies the domain as a crash would leave it, in the middle of a run.
type crashing struct {
	job.Runner
	copy func()
}

func (c crashing) Query(ctx context.Context, r abi.QueryRequest, files []*os.File, l sandbox.Limits) (map[string]*abi.Frame, error) {
	c.copy()
	return c.Runner.Query(ctx, r, files, l)
}

// TestBitsStayTaken crashes in the middle of a run, takes the run out of the database,
// and puts an old database in its place. No way gives bits back.
func TestBitsStayTaken(t *testing.T) {
	t.Parallel()
	f := open(t)
	first := f.submit("wang", "by_district", nil)
	f.close()
	old := filepath.Join(t.TempDir(), "old")
	copyFolder(t, old, f.dir)
	f.reopen()
	wang, crashed := f.as("wang"), filepath.Join(t.TempDir(), "crashed")
	service := wang.Jobs()
	service.Runner = crashing{service.Runner, func() { copyFolder(t, crashed, f.dir) }}
	if _, err := service.Run(t.Context(), wang.Actor, first.ID); err != nil {
		t.Fatal(err)
	}
	f.close()

	after := &fixture{t: t, dir: crashed}
	if r := after.reopen(); len(r.Jobs) != 1 || len(r.Abandoned)+len(r.Finished) == 0 {
		t.Errorf("the copy is not of the middle of a run: %+v", r)
	}
	if got := after.bits("wang"); got.Used != 4000 || after.state(first.ID) != job.Failed {
		t.Errorf("after the crash %+v; the job is %s", got, after.state(first.ID))
	}
	after.close()
	after.edit("DELETE FROM job_transitions")
	after.edit("DELETE FROM jobs")
	refused(t, config(t, crashed), fault.Integrity, "job/"+first.ID)
	replaceFolder(t, filepath.Join(f.dir, "meta.db"), filepath.Join(old, "meta.db"))
	refused(t, config(t, f.dir), fault.Integrity, "older than the audit log")
}
