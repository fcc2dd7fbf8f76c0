//go:build linux && cgo

package domain

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/release"
)

// few writes a number of subjects as a report does.
func few(n int) string {
	if n < 10 {
		return "<10"
	}
	return strconv.Itoa(n)
}

// TestQuestionsAtReview counts the answers of everybody from the raw rows, as the reviewers
// are shown them, and holds a release of questions alone.
func TestQuestionsAtReview(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.asking("16", "1000")
	r, raw := f.review(id), chapters(t)
	if r.Needed != 2 || len(r.Tables) != 0 || len(r.Report.Tables) != 0 || len(r.Report.Questions) != 2 || r.Job.Class != release.Verified {
		t.Fatalf("%d signatures, %d tables, %+v", r.Needed, len(r.Tables), r.Report.Questions)
	}
	for i, chapter := range []string{"IX", "X", "II"} {
		n := 0
		for _, all := range raw {
			if slices.Contains(all, chapter) {
				n++
			}
		}
		if got := r.Report.Questions[0].Census[i]; !slices.Equal(got.Subjects, []string{few(n), few(len(raw) - n)}) || got.Chosen[0] != chapter {
			t.Errorf("chapter %s: %v, and %d of %d have it", chapter, got, n, len(raw))
		}
	}
	often := 0
	for _, all := range raw {
		if len(all) >= 3 {
			often++
		}
	}
	if got := r.Report.Questions[1].Census[0].Subjects; !slices.Equal(got, []string{few(often), few(len(raw) - often), "<10"}) {
		t.Errorf("%v, and %d of %d come often", got, often, len(raw))
	}
	if !slices.ContainsFunc(r.Report.Warnings, func(s string) bool { return strings.Contains(s, "parameter_list") }) {
		t.Errorf("nobody is warned that a parameter lists chapters: %q", r.Report.Warnings)
	}
	sun := f.as("sun")
	if err := sun.Jobs().Replay(t.Context(), sun.Actor, id); err != nil {
		t.Errorf("replayed: %v", err)
	}
	files, err := f.as("wang").Jobs().Files(t.Context(), f.as("wang").Actor, id)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(files[release.QuestionsFile], []byte(hasBeen)) || files[release.WorkbookFile] != nil {
		t.Errorf("the release has %v", slices.Sorted(maps.Keys(files)))
	}
	service := f.as("zhao").Jobs()
	for _, name := range []string{release.QuestionsFile, release.TablesFile} {
		changed := maps.Clone(files)
		changed[name] = bytes.Replace(files[name], []byte(">= 3"), []byte(">= 2"), 1)
		if _, err := release.VerifyFiles(changed, service.Name, service.Public); fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s asks something else: %v", name, err)
		}
	}
}

// TestQuestionsWaitForTwo holds that no policy lets a question go, over whichever data,
// and that one person does not.
func TestQuestionsWaitForTwo(t *testing.T) {
	t.Parallel()
	f := open(t)
	body := string(document("scenario.yaml"))
	for _, pair := range [][2]string{
		{"id: chronic", "id: firms"}, {"preset: default", "preset: default\nautomatic: true\nverification: {subject_bits: 8, calls_per_day: 10}"}, {"industry: [group, filter]", "industry: [group, filter, verify]"},
	} {
		body = strings.Replace(body, pair[0], pair[1], 1)
	}
	if _, err := f.as("chen").ApproveScenario(t.Context(), "firms.yaml", []byte(body)); err != nil {
		t.Fatal(err)
	}
	const firms = "name: 企业\nscenario: firms\nquestion: 企业行业核验\ninputs: {enterprises: {dataset: enterprises, columns: [industry]}}\ntables: {all: {from: enterprises, measures: {firms: subjects()}}}\n"
	run := func(manifest string) job.State {
		wang := f.as("wang")
		j, err := wang.Jobs().Submit(t.Context(), wang.Actor, job.Package{File: "job.yaml", Manifest: []byte(manifest)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := wang.Jobs().Run(t.Context(), wang.Actor, j.ID); err != nil {
			t.Fatal(err)
		}
		return f.review(j.ID).Job.State
	}
	if got := run(strings.Replace(firms, "columns: [industry]", "columns: [district]", 1)); got != job.Released {
		t.Fatalf("a table alone is %s", got)
	}
	asks := firms + "outputs: {made: {kind: answer, unit: enterprise, from: enterprises, answers: {是: any(industry = 'C'), 否: otherwise}}}\n"
	if got := run(asks); got != job.Held {
		t.Errorf("with a question it is %s", got)
	}
}
