//go:build linux && cgo

package domain

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yingbi/internal/fault"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// failing is a cell that fails in a way that could tell something.
type failing struct{ crashing }

func (failing) Query(context.Context, abi.QueryRequest, []*os.File, sandbox.Limits) (map[string]*abi.Frame, error) {
	return nil, errors.New("row 7 of chapter IX")
}

// TestAnswersStayCharged crashes in the middle of a question, fails its cell, and puts an
// old database back. No way gives bits or calls back, and no failure tells of a row.
func TestAnswersStayCharged(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.asking("2", "1000")
	person := patient(t, "IX", "X")
	f.close()
	old := filepath.Join(t.TempDir(), "old")
	copyFolder(t, old, f.dir)
	f.reopen()
	wang, crashed := f.as("wang"), filepath.Join(t.TempDir(), "crashed")
	service := wang.Jobs()
	service.Runner = crashing{service.Runner, func() { copyFolder(t, crashed, f.dir) }}
	if answer, err := service.Ask(t.Context(), wang.Actor, treated(id, person, "IX")); err != nil || answer != hasBeen {
		t.Fatalf("%q, %v", answer, err)
	}
	service.Runner = failing{}
	answer, err := service.Ask(t.Context(), wang.Actor, treated(id, person, "IX"))
	wantKind(t, err, fault.Internal, "counts all the same")
	if answer != "" || strings.Contains(err.Error(), "chapter") {
		t.Errorf("a failure tells %q, %v", answer, err)
	}
	_, err = f.ask("wang", treated(id, person, "IX"))
	wantKind(t, err, fault.Limit, "at most 2 bits")
	f.close()

	after := &fixture{t: t, dir: crashed, truth: common.truth}
	if r := after.reopen(); len(r.Abandoned) != 1 || !strings.Contains(r.Abandoned[0], "answer.ask") {
		t.Errorf("the copy is not of the middle of a question: %+v", r)
	}
	after.answers("wang", treated(id, person, "IX"), hasBeen) // the second bit
	_, err = after.ask("wang", treated(id, person, "IX"))
	wantKind(t, err, fault.Limit, "at most 2 bits")
	after.close()

	// The database has nothing of it, so that an old one is as good as the new one.
	for _, dir := range []string{f.dir, crashed} {
		replaceFolder(t, filepath.Join(dir, "meta.db"), filepath.Join(old, "meta.db"))
		again := &fixture{t: t, dir: dir, truth: common.truth}
		again.reopen()
		_, err = again.ask("wu", treated(id, person, "IX"))
		wantKind(t, err, fault.Limit, "at most 2 bits")
		again.close()
	}
}

// TestKilledWhileAsking kills a domain that answers, again and again: whatever was
// answered is charged.
func TestKilledWhileAsking(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.verifying("checks", "agr-1", "1", "1000000")
	f.question("wang", treatedJob, nil)
	f.close()
	random := rand.New(rand.NewPCG(6, 9))
	before := map[string]int64{}
	for range 4 {
		v := startVictimOn(t, f.dir, nil, victimAct+"=ask")
		if line := v.wait(); line != "open" {
			t.Fatalf("the victim said %q", line)
		}
		said := 0
		for range random.IntN(3) {
			v.wait()
		}
		time.Sleep(time.Duration(random.IntN(150)) * time.Millisecond)
		v.kill()
		for _, line := range v.said {
			if strings.HasPrefix(line, "answered ") {
				said++
			}
		}
		f.reopen()
		total, charged := map[string]int64{}, int64(0)
		for key, n := range f.ledger.inquiries.bits {
			total[key.subject.String()] = n
			charged += n / 1000
		}
		calls := int64(0)
		for _, n := range f.ledger.inquiries.calls {
			calls += n
		}
		if int(charged)-len(before) < said || calls != charged {
			t.Errorf("%d answers, and %d subjects are charged with %d calls, before %d; the victim said %q", said, charged, calls, len(before), v.said)
		}
		before = maps.Clone(total)
		f.close()
	}
	if len(before) == 0 {
		t.Error("nothing was asked; the test looks at nothing")
	}
}
