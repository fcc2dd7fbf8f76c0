//go:build linux && cgo

package sample

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"yingbi/domain"
	"yingbi/examples/city"
	"yingbi/examples/guests"
	"yingbi/internal/testkit"
	"yingbi/job"
	"yingbi/store"
)

// cityKit is the kit of the example scenario, as a domain gives it. Its term ends a year
// later than it says, so that no test depends on the day.
func cityKit(t testing.TB) domain.Kit {
	t.Helper()
	doc := func(path, id string, version int) store.Document {
		b, err := city.File(path, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		year := time.Now().Year()
		b = bytes.ReplaceAll(b, fmt.Appendf(nil, "until: %d-", year), fmt.Appendf(nil, "until: %d-", year+1))
		return store.Document{ID: id, Version: version, Body: b}
	}
	k := domain.Kit{Domain: "city.example", Scenario: doc("scenario.yaml", "chronic", 1), Agreement: doc("agreement.yaml", "agr-1", 1)}
	for _, id := range []string{"claims", "population", "enterprises"} {
		k.Datasets = append(k.Datasets, doc("datasets/"+id+".yaml", id, 1))
		k.Policies = append(k.Policies, doc("policies/"+id+".yaml", id+"-statistics", 1))
	}
	return k
}

// files gives the files of a kit.
func files(t testing.TB, k domain.Kit) map[string][]byte {
	t.Helper()
	files, err := Pack(k, "test")
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// write puts the files of a kit, in which a test has altered something, into a folder.
func write(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// read reads the kit in files.
func read(t testing.TB, files map[string][]byte) *Kit {
	t.Helper()
	k, err := Read(write(t, files))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// cityJob is a job of the example city.
func cityJob(t testing.TB, name string, module []byte) job.Package {
	t.Helper()
	b, err := city.File("jobs/"+name+".yaml", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return job.Package{File: name + ".yaml", Manifest: b, Module: module}
}

func guest(t testing.TB, name string) []byte {
	t.Helper()
	b, err := guests.Build("../examples/guests", name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// trap builds the module of testdata as the examples are built.
func trap(t testing.TB) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "trap.wasm")
	cmd := exec.Command("clang-19", "--target=wasm32-wasi", "-O3", "-mexec-model=reactor", "-Wl,-s,--no-entry", "testdata/trap.c", "-o", out)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// config is a sample run of a job with the kit of the city. Whatever a run leaves in
// its temporary folder fails the test.
func config(t testing.TB, p job.Package) Config {
	t.Helper()
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Cleanup(func() {
		left, err := os.ReadDir(temp)
		if err != nil || len(left) > 0 {
			t.Errorf("the run left %v behind (%v)", left, err)
		}
	})
	return Config{Exe: testkit.Binary(t), Kit: read(t, files(t, cityKit(t))), Package: p, People: DefaultPeople, Seed: 1}
}

func held(t testing.TB, r *Result, err error) *Result {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if r.Review.Failure != nil || r.Review.Job.State != job.Held {
		t.Fatalf("the job is %s: %+v", r.Review.Job.State, r.Review.Failure)
	}
	return r
}
