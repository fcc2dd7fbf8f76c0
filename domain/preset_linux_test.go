//go:build linux && cgo

package domain

import (
	"slices"
	"strings"
	"testing"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/release"
)

const cityPreset = "name: city\nextends: default\nminimum: 15\nbase: 10\n"

// TestAPresetOfTheDomain judges by a preset that a domain has set: report, certificate and
// the run's account say which, a newer version waits for the scenario, and a release is run
// again by the one that it was judged by.
func TestAPresetOfTheDomain(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx, chen, pei, zhao := t.Context(), f.as("chen"), f.as("pei"), f.as("zhao")
	scenario := func(preset string) []byte {
		return replaced(t, "scenario.yaml", "preset: default", "preset: "+preset)
	}
	approve := func(preset string) error {
		_, err := chen.ApproveScenario(ctx, "scenario.yaml", scenario(preset))
		return err
	}
	wantKind(t, approve("city"), fault.Invalid, `no preset "city"`)
	wantKind(t, approve("city\npreset_version: 1"), fault.NotFound, "city")
	from := f.log.Size()
	if p, err := pei.SetPreset(ctx, "city.yaml", []byte(cityPreset)); err != nil || p.Version != 1 || p.Minimum != 15 || p.P != 10 {
		t.Fatalf("%+v, %v", p, err)
	}
	r := recordOf(f.records(from), string(access.SetPolicy))
	if r == nil || r.Target != "preset/city" || r.Details[digestDetail] != crypto.Sum([]byte(cityPreset)).String() {
		t.Errorf("the log has %+v", r)
	}
	wantKind(t, approve("city"), fault.Invalid, "say which version")
	wantKind(t, approve("default\npreset_version: 1"), fault.NotFound)
	if err := approve("city\npreset_version: 1"); err != nil {
		t.Fatal(err)
	}
	id := f.held("by_district", nil)
	if _, err := f.as("shen").SetPreset(ctx, "city.yaml", []byte(strings.Replace(cityPreset, "15", "30", 1))); err != nil {
		t.Fatal(err)
	}
	if v := f.review(f.held("by_district", nil)); v.Report.Preset.Minimum != 15 {
		t.Errorf("a newer version counts for a scenario that was not approved again: %+v", v.Report.Preset)
	}
	v := f.review(id)
	digest, err := v.Report.Preset.Digest()
	if err != nil || v.Report.Preset.String() != "city@1" || v.Report.Preset.Extends != "default" || v.Report.Preset.Minimum != 15 ||
		v.Used.Preset != "city" || v.Used.PresetVersion != 1 || v.Used.PresetDigest == nil || *v.Used.PresetDigest != digest {
		t.Errorf("%+v, %+v, %v", v.Report.Preset, v.Used, err)
	}
	cert, err := release.VerifyFiles(f.released(id), domainName, f.Info.Public)
	if err != nil || cert.Checks.Preset != "city@1" || !slices.ContainsFunc(cert.Checks.Rules, func(s string) bool { return strings.Contains(s, "at least 15 distinct") }) {
		t.Errorf("%+v, %v", cert.Checks, err)
	}

	if err := approve("city\npreset_version: 2"); err != nil {
		t.Fatal(err)
	}
	if v := f.review(f.held("by_district", nil)); v.Report.Preset.Minimum != 30 || v.Report.Preset.Version != 2 {
		t.Errorf("%+v", v.Report.Preset)
	}
	if err := f.replay("sun", id); err != nil {
		t.Error(err)
	}
	docs, err := zhao.Documents(ctx, job.DocPreset)
	if err != nil || len(docs) != 1 || docs[0].ID != "city" || docs[0].Version != 2 {
		t.Errorf("%+v, %v", docs, err)
	}
	k, err := f.as("wang").Kit(ctx, "chronic")
	if err != nil || k.Preset == nil || k.Preset.Version != 2 {
		t.Errorf("the kit has the preset %+v, %v", k.Preset, err)
	}

	// What was judged by other numbers is named.
	f.edit("UPDATE documents SET body = CAST(replace(CAST(body AS TEXT), '15', '12') AS BLOB) WHERE id = 'city' AND version = 1")
	wantKind(t, f.replay("sun", id), fault.Integrity, "not the same: preset city@1")
	f.edit("UPDATE documents SET body = CAST(replace(CAST(body AS TEXT), '12', '9') AS BLOB) WHERE id = 'city' AND version = 1")
	wantKind(t, f.replay("sun", id), fault.Integrity, "not the same: the preset: ", "looser")
	f.edit("DELETE FROM documents WHERE id = 'city' AND version = 1")
	wantKind(t, f.replay("sun", id), fault.Integrity, "not the same: the preset: ")
	f.close()
	_, _, err = Open(ctx, config(t, f.dir))
	wantKind(t, err, fault.Integrity, "preset/city")
}

// TestPresetsAreChecked holds who may set a preset, and what none may be.
func TestPresetsAreChecked(t *testing.T) {
	t.Parallel()
	f := open(t)
	for _, who := range []string{"chen", "wang", "zhao", "li", "sun", "gao"} {
		_, err := f.as(who).SetPreset(t.Context(), "city.yaml", []byte(cityPreset))
		wantKind(t, err, fault.Denied, "policy.set")
	}
	for what, text := range map[string]string{
		"looser":      strings.Replace(cityPreset, "15", "9", 1),
		"a name":      strings.Replace(cityPreset, "city", "strict", 1),
		"for files":   strings.Replace(cityPreset, "city", "acro", 1),
		"a path":      strings.Replace(cityPreset, "city", "../city", 1),
		"nothing":     "",
		"no base":     "name: city\nminimum: 15\n",
		"another one": cityPreset + "extends: strict\n",
	} {
		if _, err := f.as("shen").SetPreset(t.Context(), "city.yaml", []byte(text)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	if records := f.records(0); slices.ContainsFunc(records, func(r audit.Record) bool { return r.Target == "preset/city" && r.Phase == audit.Intent }) {
		t.Error("the log says that one was set")
	}
}
