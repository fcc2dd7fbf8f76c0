//go:build linux && cgo

package domain

import (
	"context"
	"errors"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"yingbi/examples/guests"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/release"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// built holds the example modules that were compiled, by name.
var built sync.Map

// guest compiles an example module, once in a test run.
func guest(t testing.TB, name string) []byte {
	t.Helper()
	if module, ok := built.Load(name); ok {
		return module.([]byte)
	}
	module, err := guests.Build(filepath.Join("..", "examples", "guests"), name)
	if err != nil {
		t.Fatal(err)
	}
	built.Store(name, module)
	return module
}

func tableNames(tables []release.Table) string {
	var out []string
	for _, t := range tables {
		out = append(out, t.Name)
	}
	return strings.Join(out, " ")
}

// TestProtectedJob runs a module in Go that sees finished tables alone, and
// computes its index again from the figures that the module was shown.
func TestProtectedJob(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.held("standardised", guest(t, "standardise"))
	r := f.review(id)
	if r.Job.Class != "protected" || tableNames(r.Tables) != "standardised" {
		t.Fatalf("%s: %s", r.Job.Class, tableNames(r.Tables))
	}
	shown := r.Report.Published("by_district").Rows
	total, visits := new(big.Rat), new(big.Rat)
	number := func(s string) *big.Rat {
		n, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatalf("%q is no number", s)
		}
		return n
	}
	// by_district: district, people, visits, cost.
	for _, row := range shown {
		visits.Add(visits, number(row[2].Text))
		total.Add(total, number(row[3].Text))
	}
	mean := new(big.Rat).Quo(total, visits)
	for i, row := range r.Tables[0].Rows {
		source := shown[i]
		own := new(big.Rat).Quo(number(source[3].Text), number(source[2].Text))
		want := own.Mul(own, big.NewRat(100, 1)).Quo(own, mean)
		gap, _ := new(big.Rat).Sub(want, number(row[1].Text)).Float64()
		if row[0].Text != source[0].Text || gap > 0.11 || gap < -0.11 { // the guest cuts, twice, to a tenth
			t.Errorf("%s: index %s, want %s", row[0].Text, row[1].Text, want.FloatString(2))
		}
	}
	cert, err := release.VerifyFiles(f.released(id), domainName, f.Info.Public)
	if err != nil || cert.Module == nil || cert.Class != "protected" {
		t.Errorf("%+v, %v", cert, err)
	}
}

// TestVerifiedJob runs a module in C over rows: its figures are compared with the
// domain's own, and those are what is published.
func TestVerifiedJob(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.held("compare", guest(t, "compare"))
	r := f.review(id)
	if r.Job.Class != "verified" || tableNames(r.Tables) != "by_district" || len(r.Report.Comparisons) != 1 {
		t.Fatalf("%s: %s, %+v", r.Job.Class, tableNames(r.Tables), r.Report.Comparisons)
	}
	if said := r.Report.Comparisons[0].String(); !strings.Contains(said, "18 equal, 0 close, 0 different, 0 cells missing, 0 rows too many") {
		t.Error(said)
	}
	if cert, err := release.VerifyFiles(f.released(id), domainName, f.Info.Public); err != nil || cert.Module == nil {
		t.Errorf("%+v, %v", cert, err)
	}
}

// TestCompiledOnce holds that the second run of a module takes its code from where
// the first run sealed it.
func TestCompiledOnce(t *testing.T) {
	t.Parallel()
	f := open(t)
	module := guest(t, "compare")
	f.held("compare", module)
	c, err := f.as("wang").compartment(t.Context(), "modules", "test")
	if err != nil || len(c.Names()) != 1 {
		t.Fatalf("%v", err)
	}
	wang := f.as("wang")
	service := wang.Jobs()
	service.Runner = withoutCompiler{service.Runner}
	j := f.submit("wang", "compare", module)
	if _, err := service.Run(t.Context(), wang.Actor, j.ID); err != nil {
		t.Fatal(err)
	}
	if got := f.state(j.ID); got != job.Held {
		t.Errorf("the second run is %s", got)
	}
}

type withoutCompiler struct{ job.Runner }

func (withoutCompiler) Compile(context.Context, abi.CompileRequest, []byte, sandbox.Limits) ([]byte, error) {
	return nil, errors.New("compiled again")
}

// TestSmuggler holds that a module which sends rows under the name of an honest
// table publishes none of them.
func TestSmuggler(t *testing.T) {
	t.Parallel()
	f := open(t)
	from := f.log.Size()
	r := f.review(f.run("attack_module", guest(t, "hostile-smuggle")))
	if strings.Count(r.GuestLog, "/") < 20 { // label/cost
		t.Errorf("the reviewer does not see what the module logged: %q", r.GuestLog)
	}
	for _, table := range r.Tables {
		if table.Name != "by_district" || len(table.Rows) != 9 {
			t.Errorf("%s would be published with %d rows", table.Name, len(table.Rows))
		}
	}
	if r.Failure == nil && (len(r.Report.Comparisons) != 1 || strings.Contains(r.Report.Comparisons[0].String(), " 0 rows too many")) {
		t.Errorf("the reviewer is not told that the rows are not the domain's: %v", r.Report.Comparisons)
	}
	if r.Failure == nil {
		f.alarmed(from, r.Job.ID, "a module's table is not what the rows give", r.Report.Comparisons[0].Output)
	}
}

// TestModuleIsAdmitted holds that a module with an import that guests have not
// leaves nothing behind but the record of its refusal.
func TestModuleIsAdmitted(t *testing.T) {
	f := open(t)
	wang := f.as("wang")
	before, from := f.snapshot(), f.log.Size()
	for _, p := range []struct {
		manifest string
		module   []byte
		kind     fault.Kind
		word     string
	}{
		{"attack_module", guest(t, "hostile-files"), fault.Denied, "path_open"},
		{"attack_module", []byte("\x00asm\x01\x00\x00\x00"), fault.Denied, "memory"},
		{"attack_module", []byte("MZ"), fault.Invalid, ""},
		{"attack_module", nil, fault.Invalid, "--module"},
		{"by_district", guest(t, "compare"), fault.Invalid, "no outputs"},
	} {
		_, err := wang.Jobs().Submit(t.Context(), wang.Actor, job.Package{File: "job.yaml", Manifest: document("jobs/" + p.manifest + ".yaml"), Module: p.module})
		wantKind(t, err, p.kind, p.word)
	}
	f.unchanged(before)
	for _, r := range f.records(from) {
		if r.Action != "job.refuse" || r.Actor != "wang" {
			t.Errorf("the log has %s by %s", r.Action, r.Actor)
		}
	}
	if n := f.log.Size() - from; n != 5 {
		t.Errorf("%d records of 5 refusals", n)
	}
}

// snapshot is what a refusal must leave as it was: the compartments with their
// versions, and the counts of the database.
func (f *fixture) snapshot() map[string]int {
	f.t.Helper()
	database, err := inDatabase(f.t.Context(), f.store)
	if err != nil {
		f.t.Fatal(err)
	}
	out := maps.Clone(database.counts)
	for name, v := range f.ledger.versions {
		out["compartment "+name] = int(v.number)
	}
	entries, err := os.ReadDir(filepath.Join(f.dir, "vault"))
	if err != nil {
		f.t.Fatal(err)
	}
	for _, e := range entries {
		files, err := os.ReadDir(filepath.Join(f.dir, "vault", e.Name()))
		if err != nil {
			f.t.Fatal(err)
		}
		out["files of "+e.Name()] = len(files)
	}
	return out
}

func (f *fixture) unchanged(before map[string]int) {
	f.t.Helper()
	after := f.snapshot()
	for key, n := range after {
		if before[key] != n {
			f.t.Errorf("%s: %d before, %d now", key, before[key], n)
		}
	}
	if len(after) != len(before) {
		f.t.Errorf("%d things before, %d now", len(before), len(after))
	}
}
