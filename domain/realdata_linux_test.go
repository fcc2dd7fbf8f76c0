//go:build linux && cgo

package domain

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"yingbi/examples/real"
	"yingbi/job"
	"yingbi/release"
)

// shared finds the folder of public data beside the repository. Where it is
// absent these tests cannot run and say so.
func shared(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("YINGBI_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared")
	}
	path := filepath.Join(dir, "data", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the public data set %s is not here: put the shared folder beside the repository, or name it in YINGBI_SHARED", name)
	}
	return path
}

func realDocument(t testing.TB, name string) []byte {
	t.Helper()
	b, err := real.Files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	year := strconv.Itoa(time.Now().In(time.FixedZone("CST", 8*3600)).Year())
	return []byte(strings.ReplaceAll(string(b), ": 2026-", ": "+year+"-"))
}

// registerReal brings both public data sets in and approves their scenario.
func registerReal(t *testing.T, f *fixture) {
	t.Helper()
	ctx, li, shen, chen := t.Context(), f.as("li"), f.as("shen"), f.as("chen")
	for _, set := range []struct {
		id, file string
		rows     int64
	}{{"flights", "flights-3m.parquet", 3_000_000}, {"adult", "adult.csv", 30_162}} {
		path := shared(t, set.file)
		if _, err := li.RegisterDataset(ctx, set.id+".yaml", realDocument(t, set.id+".yaml")); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		v, err := li.ImportDataset(ctx, set.id, Upload{Files: []*os.File{file}})
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil || v.Rows != set.rows || v.Quarantined != 0 {
			t.Fatalf("%s: %+v, %v", set.id, v, err)
		}
		if _, err := shen.SetPolicy(ctx, set.id+"-policy.yaml", realDocument(t, set.id+"-policy.yaml")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := chen.ApproveScenario(ctx, "scenario.yaml", realDocument(t, "scenario.yaml")); err != nil {
		t.Fatal(err)
	}
}

// publishReal takes a job to what would be released.
func publishReal(t *testing.T, f *fixture, name string) release.Table {
	t.Helper()
	ctx, wang, zhao := t.Context(), f.as("wang"), f.as("zhao")
	j, err := wang.Jobs().Submit(ctx, wang.Actor, job.Package{File: name, Manifest: realDocument(t, name)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wang.Jobs().Run(ctx, wang.Actor, j.ID); err != nil {
		t.Fatal(err)
	}
	r, err := zhao.Jobs().Open(ctx, zhao.Actor, j.ID)
	if err != nil {
		t.Fatal(err)
	}
	if r.Failure != nil || len(r.Tables) != 1 {
		t.Fatalf("%d tables, failure %+v", len(r.Tables), r.Failure)
	}
	return r.Tables[0]
}

// TestRealData runs a job over each public data set, and recounts the small one.
func TestRealData(t *testing.T) {
	t.Parallel()
	path := shared(t, "adult.csv")
	shared(t, "flights-3m.parquet")
	f := open(t)
	registerReal(t, f)

	flights := publishReal(t, f, "flights-job.yaml")
	if n := len(flights.Rows); n < 300 {
		t.Errorf("flights: %d cells", n)
	}
	adult := publishReal(t, f, "adult-job.yaml")
	recount := countAdults(t, path)
	published := 0
	for _, row := range adult.Rows {
		key := row[0].Text + "|" + row[1].Text + "|" + row[2].Text
		want := recount[key]
		if row[3].Suppressed {
			if want.people >= 50 && want.high >= 15 && want.people-want.high >= 15 {
				t.Errorf("%s: %d people, %d of them high, are withheld", key, want.people, want.high)
			}
			continue
		}
		published++
		people, err := strconv.Atoi(row[3].Text)
		if err != nil || want.people < 10 || math.Abs(float64(people-want.people)) > 2.5 {
			t.Errorf("%s: published %q people, recounted %d", key, row[3].Text, want.people)
		}
		share, err := strconv.ParseFloat(row[4].Text, 64)
		if err != nil || math.Abs(share-float64(want.high)/float64(want.people)) > 5/float64(want.people) {
			t.Errorf("%s: published share %q, recounted %d of %d", key, row[4].Text, want.high, want.people)
		}
	}
	if published < 50 {
		t.Errorf("adult: %d of %d cells are published", published, len(adult.Rows))
	}
}

type adults struct{ people, high int }

// countAdults counts by education, sex and age band, as the job does.
func countAdults(t *testing.T, path string) map[string]adults {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in := csv.NewReader(file)
	in.Comma = ';'
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]adults{}
	for _, r := range rows[1:] {
		age, err := strconv.Atoi(r[1])
		if err != nil {
			t.Fatal(err)
		}
		key := fmt.Sprintf("%s|%s|%s", r[4], r[0], ageBand(age))
		c := out[key]
		c.people++
		if r[8] == ">50K" {
			c.high++
		}
		out[key] = c
	}
	return out
}

func ageBand(age int) string {
	switch {
	case age < 30:
		return "<30"
	case age < 45:
		return "[30,45)"
	case age < 60:
		return "[45,60)"
	}
	return ">=60"
}
