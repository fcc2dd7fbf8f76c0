//go:build linux && cgo

package domain

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/internal/fault"
	"yingbi/internal/idnum"
	"yingbi/job"
	"yingbi/keeper"
	"yingbi/release"
	"yingbi/subject"
)

// treatedJob asks whether a person was treated for a disease, and questionJob how often at
// all besides. Their answers are words that nothing else in a domain says.
const treatedJob = `name: 就诊核验
scenario: checks
question: 经本人授权，核验有无某类疾病就诊记录
audience: 商业健康保险核保
parameters:
  chapter: [IX, X, II]
inputs:
  claims: {dataset: claims, columns: [person, icd_chapter]}
outputs:
  treated:
    kind: answer
    unit: person
    from: claims
    answers:
      确有该类疾病就诊: any(icd_chapter = chapter)
      未见该类疾病就诊: otherwise
`

const questionJob = treatedJob + `  visits:
    kind: answer
    unit: person
    from: claims
    answers:
      曾经多次就诊: count() >= 3
      偶有一两次就诊: count() >= 1
      并无就诊记录: otherwise
`

const (
	hasBeen  = "确有该类疾病就诊"
	hasNot   = "未见该类疾病就诊"
	noRecord = "并无就诊记录"
)

// verifying approves a scenario under which an agreement's operator may ask, with limits;
// without them columns are granted for it and no question may be asked.
func (f *fixture) verifying(id, agreement, bits, calls string) {
	f.t.Helper()
	limits := "preset: default"
	if bits != "" {
		limits += "\nverification: {subject_bits: " + bits + ", calls_per_day: " + calls + "}"
	}
	body := string(document("scenario.yaml"))
	for _, pair := range [][2]string{
		{"id: chronic", "id: " + id}, {"agreement: agr-1", "agreement: " + agreement},
		{"preset: default", limits}, {"icd_chapter: [group, filter, row]", "icd_chapter: [group, filter, row, verify]"},
	} {
		if !strings.Contains(body, pair[0]) {
			f.t.Fatalf("the scenario has no %q", pair[0])
		}
		body = strings.Replace(body, pair[0], pair[1], 1)
	}
	if _, err := f.as("chen").ApproveScenario(f.t.Context(), id+".yaml", []byte(body)); err != nil {
		f.t.Fatal(err)
	}
}

// secondCompany gives the company of feng an agreement, a scenario and a released
// question of its own.
func (f *fixture) secondCompany(bits, calls string) (id string) {
	f.t.Helper()
	agreement := bytes.Replace(document("agreement.yaml"), []byte("id: agr-1"), []byte("id: agr-2"), 1)
	agreement = bytes.Replace(agreement, []byte("operator: 云健数据"), []byte("operator: 另一家公司"), 1)
	if _, err := f.as("chen").SignAgreement(f.t.Context(), "agreement.yaml", agreement); err != nil {
		f.t.Fatal(err)
	}
	f.verifying("others", "agr-2", bits, calls)
	return f.question("feng", strings.Replace(questionJob, "scenario: checks", "scenario: others", 1), nil)
}

// asking approves the scenario checks and gives a released job with its questions.
func (f *fixture) asking(bits, calls string) (id string) {
	f.t.Helper()
	f.verifying("checks", "agr-1", bits, calls)
	return f.question("wang", questionJob, nil)
}

// question takes a job with questions to its release, by both reviewers.
func (f *fixture) question(who, manifest string, terms *release.Terms) (id string) {
	f.t.Helper()
	id = f.heldQuestion(who, manifest)
	zhao, xu := f.as("zhao"), f.as("xu")
	if terms == nil {
		terms = &release.Terms{}
	}
	j, err := zhao.ApproveUnder(f.t.Context(), id, *terms)
	if err != nil || j.State != job.Held {
		f.t.Fatalf("after one signature the job is %s, %v", j.State, err)
	}
	if _, err = xu.Approve(f.t.Context(), id); err != nil {
		f.t.Fatal(err)
	}
	if _, err := zhao.Jobs().Release(f.t.Context(), zhao.Actor, id); err != nil {
		f.t.Fatal(err)
	}
	return id
}

func (f *fixture) heldQuestion(who, manifest string) (id string) {
	f.t.Helper()
	s := f.as(who)
	j, err := s.Jobs().Submit(f.t.Context(), s.Actor, job.Package{File: "job.yaml", Manifest: []byte(manifest)})
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := s.Jobs().Run(f.t.Context(), s.Actor, j.ID); err != nil {
		f.t.Fatal(err)
	}
	if r := f.review(j.ID); r.Failure != nil || r.Job.State != job.Held {
		f.t.Fatalf("the job is %s: %+v", r.Job.State, r.Failure)
	}
	return j.ID
}

const basis = "授权书〔2026〕17号"

func treated(id, person, chapter string) job.Question {
	return job.Question{Job: id, Output: "treated", Set: map[string]string{"chapter": chapter}, Basis: basis, ID: []byte(person)}
}

func visits(id, person string) job.Question {
	return job.Question{Job: id, Output: "visits", Basis: basis, ID: []byte(person)}
}

// ask puts a question as somebody.
func (f *fixture) ask(who string, q job.Question) (string, error) {
	f.t.Helper()
	s := f.as(who)
	return s.Jobs().Ask(f.t.Context(), s.Actor, q)
}

// answers holds that a question is answered so.
func (f *fixture) answers(who string, q job.Question, want string) {
	f.t.Helper()
	if got, err := f.ask(who, q); err != nil || got != want {
		f.t.Errorf("%s asks %s of %s: %q, %v; want %q", who, q.Output, q.ID, got, err, want)
	}
}

// nobody is a valid number that no data have.
func nobody(t testing.TB, n int) string {
	t.Helper()
	id, err := idnum.SyntheticResidentID("110105", 1931, 1, 1+n%28, n/28)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// chapters are those of each person's claims, in the raw data.
func chapters(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, c := range readClaims(t) {
		out[c.person] = append(out[c.person], c.chapter)
	}
	return out
}

// idle gives somebody of the population without a claim.
func idle(t *testing.T) string {
	t.Helper()
	treated := chapters(t)
	b, err := os.ReadFile(dataFile("population"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if id, _, _ := strings.Cut(line, ","); idnum.ResidentID(id) && treated[id] == nil {
			return id
		}
	}
	t.Fatal("everybody has a claim")
	return ""
}

// patient gives somebody whose number has an old form, too, with claims of one chapter
// and none of another.
func patient(t *testing.T, with, without string) string {
	t.Helper()
	all := chapters(t)
	for _, id := range sortedKeys(all) {
		if _, _, ok := idnum.ResidentForms(id); ok && slices.Contains(all[id], with) && !slices.Contains(all[id], without) {
			return id
		}
	}
	t.Fatal("the city has no such person")
	return ""
}

// intents gives those to ask, from an index of the log on.
func (f *fixture) intents(from uint64) (out []audit.Record) {
	for _, r := range f.records(from) {
		if r.Action == string(access.AskSubject) && r.Phase == audit.Intent {
			out = append(out, r)
		}
	}
	return out
}

// askOnAndOn is the act of a victim: it asks about one person after the other, and says
// about whom it was answered.
func askOnAndOn(ctx context.Context, d *Domain) error {
	wang, err := login(ctx, d, "wang")
	if err != nil {
		return err
	}
	all, err := wang.Jobs().Questions(ctx, wang.Actor)
	if err != nil || len(all) == 0 {
		return fault.Errorf(fault.Internal, "no question, %v", err)
	}
	for n := int(all[0].CallsPerDay - all[0].CallsLeft); ; n++ {
		id, err := idnum.SyntheticResidentID("110105", 1931, 1, 1+n%28, n/28)
		if err != nil {
			return err
		}
		if _, err := wang.Jobs().Ask(ctx, wang.Actor, treated(all[0].Job, id, "IX")); err != nil {
			return err
		}
		fmt.Println("answered", n)
	}
}

// lookup finds a person in the registry past all borders.
func (f *fixture) lookup(person string) (found subject.Found, known int) {
	f.t.Helper()
	c, err := f.vault.Unlock(f.t.Context(), keeper.Intent{Actor: "test", Compartment: subject.Compartment("person"), Purpose: "test"})
	if err != nil {
		f.t.Fatal(err)
	}
	defer c.Close()
	r, err := subject.Open(f.t.Context(), c)
	if err == nil {
		found, err = subject.Lookup(f.t.Context(), c, []byte(person))
	}
	if err != nil {
		f.t.Fatal(err)
	}
	return found, r.Len()
}
