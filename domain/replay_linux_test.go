//go:build linux && cgo

package domain

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/catalog"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/vault"
)

// replay runs a job again as somebody of the cast.
func (f *fixture) replay(who, id string) error {
	f.t.Helper()
	s := f.as(who)
	return s.Jobs().Replay(f.t.Context(), s.Actor, id)
}

// TestReplayIsTheSame runs releases of every class again, after newer data, a newer
// policy and a newer scenario have come, and holds that nothing changes by it.
func TestReplayIsTheSame(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx := t.Context()
	jobs := map[string]string{}
	for name, module := range map[string]string{"by_district": "", "standardised": "standardise", "compare": "compare", "risk": "risk"} {
		var code []byte
		if module != "" {
			code = guest(t, module)
		}
		jobs[name] = f.held(name, code)
		f.released(jobs[name])
	}
	if _, err := importFile(ctx, f.as("li"), "claims", dataFile("population")); err == nil {
		t.Fatal("a wrong file was imported")
	}
	if _, err := importFile(ctx, f.as("li"), "claims", dataFile("claims")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.as("chen").ApproveScenario(ctx, "scenario.yaml", document("scenario.yaml")); err != nil {
		t.Fatal(err)
	}
	for name, id := range jobs {
		before, used, from := f.snapshot(), f.bits("wang").Used, f.log.Size()
		if err := f.replay("sun", id); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		f.unchanged(before)
		if got := f.bits("wang").Used; got != used {
			t.Errorf("%s: a replay was charged: %d and then %d", name, used, got)
		}
		phases := ""
		for _, r := range f.records(from) {
			if r.Action == string(access.ReplayRelease) && r.Target == "job/"+id {
				phases += r.Phase + " " + r.Result + " "
			}
		}
		if phases != audit.Intent+"  "+audit.Outcome+" "+audit.OK+" " {
			t.Errorf("%s is recorded as %q", name, phases)
		}
	}
	wantKind(t, f.replay("sun", f.held("by_district", nil)), fault.Conflict, "no release")
}

// object gives the path of the file in which an object of a compartment is sealed.
func (f *fixture) object(compartment, folder, name string) string {
	f.t.Helper()
	c, err := f.as("li").compartment(f.t.Context(), compartment, "test")
	if err != nil {
		f.t.Fatal(err)
	}
	defer c.Close()
	info, err := c.Stat(name)
	if err != nil {
		f.t.Fatal(err)
	}
	return f.fileOf(folder, info)
}

func (f *fixture) fileOf(folder string, info vault.ObjectInfo) string {
	f.t.Helper()
	entries, err := os.ReadDir(filepath.Join(f.dir, "vault", folder))
	if err != nil {
		f.t.Fatal(err)
	}
	found := ""
	for _, e := range entries {
		if file, err := e.Info(); err == nil && file.Size() == info.Sealed {
			if found != "" {
				f.t.Fatalf("two files of %d bytes in %s", info.Sealed, folder)
			}
			found = filepath.Join(f.dir, "vault", folder, e.Name())
		}
	}
	return found
}

// flip changes a bit in the middle of a file, and gives what changes it back.
func (f *fixture) flip(path string) (back func()) {
	f.t.Helper()
	change := func() {
		b, err := os.ReadFile(path)
		if err != nil {
			f.t.Fatal(err)
		}
		b[len(b)/2] ^= 1
		if err := os.WriteFile(path, b, 0o600); err != nil {
			f.t.Fatal(err)
		}
	}
	change()
	return change
}

// lying is a query cell that was taken over: it tells of too many rows in the first
// cell.
type lying struct {
	job.Runner
	more int64
}

func (l lying) Query(ctx context.Context, r abi.QueryRequest, files []*os.File, lim sandbox.Limits) (map[string]*abi.Frame, error) {
	frames, err := l.Runner.Query(ctx, r, files, lim)
	for _, frame := range frames {
		for _, c := range frame.Columns {
			if c.Name == "n_rows" && frame.Columns[0].Name != "cell" { // who is behind it is left as it is
				c.Ints[0] += l.more
			}
		}
	}
	return frames, err
}

// TestReplayNamesTheFirstDifference replaces what a release stands on, one thing and
// then another that comes before it.
func TestReplayNamesTheFirstDifference(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.held("compare", guest(t, "compare"))
	f.released(id)
	differs := func(word string) {
		t.Helper()
		wantKind(t, f.replay("shen", id), fault.Integrity, "not the same: "+word)
	}
	sun := f.as("sun")
	liar := sun.Jobs()
	honest := liar.Runner
	liar.Program = "another" // and none was noted
	for more, word := range map[int64]string{1: "the report; the tables are the same", 1000: "table by_district, row 1, column visits", -1 << 40: "the run, which fails now"} {
		liar.Runner = lying{honest, more}
		wantKind(t, liar.Replay(t.Context(), sun.Actor, id), fault.Integrity, "not the same: "+word)
	}

	f.flip(f.object("job/"+id, "job."+id, "module.wasm"))
	differs("the module")
	f.edit("UPDATE documents SET body = CAST(replace(CAST(body AS TEXT), '200_000', '100_000') AS BLOB) WHERE id = 'claims-statistics'")
	differs("policy claims-statistics, version 1")
	back := f.flip(f.object(catalog.Compartment("claims"), "dataset.claims", "v1.00001.parquet"))
	differs("data set claims, version 1")
	back()
	f.edit("UPDATE dataset_versions SET body = replace(body, '\"rows\"', '\"ROWS\"') WHERE dataset = 'claims'")
	differs("policy claims-statistics, version 1")
	f.edit("UPDATE dataset_versions SET body = replace(body, '\"digest\":\"', '\"digest\":\"0') WHERE dataset = 'claims'")
	differs("data set claims, version 1")
}

// TestReplayByAnotherProgram holds that another program is named where the result is
// another, and makes no difference where it is the same.
func TestReplayByAnotherProgram(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.close()
	cfg := config(t, f.dir)
	cfg.Program = "v1"
	var err error
	if f.Domain, _, err = Open(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	id := f.held("by_district", nil)
	f.released(id)
	sun := f.as("sun")
	service := sun.Jobs()
	service.Program = "v2"
	if err := service.Replay(t.Context(), sun.Actor, id); err != nil {
		t.Error(err)
	}
	service.Runner = lying{service.Runner, 1}
	wantKind(t, service.Replay(t.Context(), sun.Actor, id), fault.Integrity, "not the same: the program was yingbi v1 and is v2")
}
