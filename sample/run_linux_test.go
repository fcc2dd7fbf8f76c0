//go:build linux && cgo

package sample

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/release"
	"yingbi/sandbox/abi"
	"yingbi/store"
)

// TestSameSeedSameReport runs a job twice over the same sample data, under other keys.
func TestSameSeedSameReport(t *testing.T) {
	cfg := config(t, cityJob(t, "by_district", nil))
	var reports []string
	for range 2 {
		result, err := Run(t.Context(), cfg)
		r := held(t, result, err)
		report, err := r.Review.Report.Encode()
		if err != nil {
			t.Fatal(err)
		}
		reports = append(reports, string(report)+fmt.Sprint(r.Review.Tables, r.Data))
		if len(r.Review.Tables) != 1 || len(r.Review.Tables[0].Rows) < 9 {
			t.Errorf("it publishes %+v", r.Review.Tables)
		}
		if want := []Data{{Dataset: "claims", Rows: 9980, Quarantined: 20}}; !reflect.DeepEqual(r.Data, want) {
			t.Errorf("the data are %+v", r.Data)
		}
	}
	if reports[0] != reports[1] {
		t.Errorf("one seed reports\n%s\nand\n%s", reports[0], reports[1])
	}
}

// TestMappedJobFindsItsSubjects runs a module over one subject at a time, whose
// records are joined with another data set.
func TestMappedJobFindsItsSubjects(t *testing.T) {
	cfg := config(t, cityJob(t, "risk", guest(t, "risk")))
	var begun []string
	cfg.Begin = func(s Step) { begun = append(begun, s.What) }
	result, err := Run(t.Context(), cfg)
	r := held(t, result, err)
	m := r.Review.Report.Mappings
	if len(m) != 1 || m[0].Subjects < 1500 || m[0].Failed != 0 {
		t.Errorf("the mapping is %+v", m)
	}
	if r.Review.Job.Class != release.Mapped || len(r.Review.Tables) != 1 {
		t.Errorf("%s publishes %+v", r.Review.Job.Class, r.Review.Tables)
	}
	classes := map[string]bool{}
	for _, row := range r.Review.Tables[0].Rows {
		classes[row[1].Text] = true
	}
	if len(classes) < 2 {
		t.Errorf("only the classes %v can be published", classes)
	}
	want := []string{
		Founding, Making, Import, Making, Import, Granting, Submit, Running, abi.TaskCompile, abi.TaskMap, abi.TaskQuery, Review,
	}
	if !slices.Equal(begun, want) || len(r.Steps) != len(want) {
		t.Errorf("began %v and ended %v, want %v", begun, r.Steps, want)
	}
}

// TestTrapIsShown: the author sees what the module wrote before it trapped.
func TestTrapIsShown(t *testing.T) {
	r, err := Run(t.Context(), config(t, cityJob(t, "attack_module", trap(t))))
	if err != nil {
		t.Fatal(err)
	}
	if r.Review.Job.State != job.Failed || r.Review.Failure == nil || r.Review.Failure.Kind != fault.Invalid.String() ||
		!strings.Contains(r.Review.Failure.Text, "guest-trap") {
		t.Errorf("the job is %s: %+v", r.Review.Job.State, r.Review.Failure)
	}
	if !strings.Contains(r.Review.GuestLog, "about to trap\n") {
		t.Errorf("the log is %q", r.Review.GuestLog)
	}
}

// TestRefusalsAreTheDomains: what a domain refuses is refused, with its place.
func TestRefusalsAreTheDomains(t *testing.T) {
	ungranted := cityJob(t, "by_district", nil)
	ungranted.Manifest = bytes.ReplaceAll(ungranted.Manifest, []byte("district"), []byte("hospital"))
	elsewhere := cityJob(t, "by_district", nil)
	elsewhere.Manifest = bytes.Replace(elsewhere.Manifest, []byte("scenario: chronic"), []byte("scenario: other"), 1)
	broken := cityJob(t, "by_district", nil)
	broken.Manifest = []byte("name: [")
	for name, c := range map[string]struct {
		p    job.Package
		kind fault.Kind
		text string
	}{
		"row per subject":  {cityJob(t, "attack_rows", nil), fault.Denied, "attack_rows.yaml:10:16: tables.everyone.group_by[0]: row per subject"},
		"not granted":      {ungranted, fault.Denied, `"hospital"`},
		"another scenario": {elsewhere, fault.NotFound, "other"},
		"malformed":        {broken, fault.Invalid, "by_district.yaml:1:"},
		"no module":        {cityJob(t, "risk", nil), fault.Invalid, "no module comes with it"},
		"not admitted":     {cityJob(t, "attack_module", guest(t, "hostile-files")), fault.Denied, "wasi_snapshot_preview1"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(t, c.p)
			cfg.People = minPeople
			r, err := Run(t.Context(), cfg)
			if r != nil || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.text) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestNothingIsLeftBehind cancels runs at each of their steps, and fails them.
func TestNothingIsLeftBehind(t *testing.T) {
	for _, at := range []string{Founding, Import, abi.TaskQuery} {
		t.Run(at, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			cfg := config(t, cityJob(t, "by_district", nil))
			cfg.People = minPeople
			temp, seen := os.Getenv("TMPDIR"), false
			cfg.Begin = func(s Step) {
				if s.What != at {
					return
				}
				left, err := filepath.Glob(filepath.Join(temp, "yingbi-sample-*"))
				if info, statErr := os.Stat(left[0]); err == nil && statErr == nil {
					seen = info.Mode().Perm() == 0o700
				}
				cancel()
			}
			if _, err := Run(ctx, cfg); !errors.Is(err, context.Canceled) && fault.KindOf(err) != fault.Interrupted {
				t.Errorf("got %v", err)
			}
			if !seen {
				t.Error("the run had no private folder")
			}
		})
	}
	cfg := config(t, cityJob(t, "by_district", nil))
	for _, people := range []int{0, minPeople - 1, maxPeople + 1} {
		cfg.People = people
		if _, err := Run(t.Context(), cfg); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%d people: %v", people, err)
		}
	}
}

// everyType is a description with a column of each type, each in two ways, about
// subjects of two kinds.
const everyType = `id: claims
title: 各类字段
provider: 玉溪市医保局
level: 3
openness: closed
update: never
declaration: {state_secrets: none, state_security: none, public_interest: none, restricted: none, by: 李静, date: 2026-01-05}
file: {format: parquet}
subjects: [{column: person, kind: person}, {column: car, kind: vehicle}]
columns:
  - {name: record, type: text, source: "登记 号", sample: {unique: true}}
  - {name: person, type: text}
  - {name: car, type: integer}
  - {name: district, type: text}
  - {name: icd_chapter, type: text, nulls: [NA, "-"], sample: {values: ["a,b", "say \"x\"", 二], missing: 30}}
  - {name: visit_date, type: date}
  - {name: cost, type: "decimal(12,2)", sample: {min: -5, max: 5}}
  - {name: share, type: "decimal(4,4)"}
  - {name: beds, type: integer, required: true}
  - {name: number, type: integer, sample: {unique: true}}
  - {name: ratio, type: double, sample: {max: -1}}
  - {name: urgent, type: boolean}
  - {name: at, type: timestamp, zone: UTC, sample: {min: 2024-02-28 23:00:00, max: 2024-03-01}}
  - {name: late, type: "decimal(18,0)", sample: {min: 999999999999999998}}
`

// TestEveryTypeIsImported: of what is made an import keeps all but the rows that are
// meant for the quarantine.
func TestEveryTypeIsImported(t *testing.T) {
	k := cityKit(t)
	k.Datasets[0].Body = []byte(everyType)
	p := cityJob(t, "by_district", nil)
	p.Manifest = bytes.Replace(p.Manifest, []byte("subjects()"), []byte("subjects(vehicle)"), 1)
	cfg := config(t, p)
	cfg.Kit = read(t, files(t, k))
	result, err := Run(t.Context(), cfg)
	r := held(t, result, err)
	if d := r.Data[0]; d.Rows != 9980 || d.Quarantined != 20 || d.Guessed != nil {
		t.Errorf("the data are %+v", d)
	}
}

// TestLaterPolicy: a scenario is run through the version of a policy that it grants.
func TestLaterPolicy(t *testing.T) {
	k := cityKit(t)
	k.Scenario.Body = bytes.Replace(k.Scenario.Body, []byte("version: 1"), []byte("version: 3"), 1)
	k.Policies[0].Body = bytes.Replace(k.Policies[0].Body, []byte("version: 1"), []byte("version: 3"), 1)
	cfg := config(t, cityJob(t, "by_district", nil))
	cfg.Kit = read(t, files(t, k))
	result, err := Run(t.Context(), cfg)
	r := held(t, result, err)
	if used := r.Review.Used.Inputs[0]; used.Policy != "claims-statistics" || used.PolicyVersion != 3 {
		t.Errorf("the run used %+v", used)
	}
	k.Scenario.Body = bytes.Replace(k.Scenario.Body, []byte("version: 3"), []byte("version: 201"), 1)
	k.Policies[0].Body = bytes.Replace(k.Policies[0].Body, []byte("version: 3"), []byte("version: 201"), 1)
	cfg.Kit = read(t, files(t, k))
	if _, err := Run(t.Context(), cfg); fault.KindOf(err) != fault.Limit {
		t.Errorf("version 201: %v", err)
	}
}

// TestOwnPreset: a job is judged by the preset of the domain's own that the kit has, in the
// version that its scenario names; a kit whose preset is another is none.
func TestOwnPreset(t *testing.T) {
	k := cityKit(t)
	k.Scenario.Body = bytes.Replace(k.Scenario.Body, []byte("preset: default"), []byte("preset: city\npreset_version: 3"), 1)
	k.Preset = &store.Document{Kind: job.DocPreset, ID: "city", Version: 3, Body: []byte("name: city\nextends: strict\nminimum: 25\n")}
	packed := files(t, k)
	cfg := config(t, cityJob(t, "by_district", nil))
	cfg.Kit = read(t, packed)
	result, err := Run(t.Context(), cfg)
	r := held(t, result, err)
	if p := r.Review.Report.Preset; p.String() != "city@3" || p.Minimum != 25 || p.P != 20 {
		t.Errorf("it was judged by %+v", p)
	}
	const name = "preset-city-v3.yaml"
	for want, body := range map[fault.Kind]string{fault.Conflict: "name: city\nextends: strict\n", fault.NotFound: ""} {
		changed := maps.Clone(packed)
		if changed[name] = []byte(body); body == "" {
			delete(changed, name)
		}
		if _, err := Read(write(t, changed)); fault.KindOf(err) != want {
			t.Errorf("%q: %v", body, err)
		}
	}
}

// TestEndedAgreement: a sample run knows the dates of the kit.
func TestEndedAgreement(t *testing.T) {
	k := cityKit(t)
	year := time.Now().Year()
	k.Agreement.Body = fmt.Appendf(nil, "id: agr-1\ntitle: t\nauthority: 玉溪市数据局\noperator: 云健数据\nfrom: %d-01-01\nuntil: %d-12-31\nproducts: [p]\n", year-3, year-2)
	cfg := config(t, cityJob(t, "by_district", nil))
	cfg.Kit, cfg.People = read(t, files(t, k)), minPeople
	if _, err := Run(t.Context(), cfg); fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), "agreement_term") {
		t.Errorf("got %v", err)
	}
}
