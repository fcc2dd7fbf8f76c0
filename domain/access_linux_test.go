//go:build linux && cgo

package domain

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/job"
)

// verb is something that a session can do, who may do it, and the action under
// which a refusal is recorded.
type verb struct {
	name   string
	action access.Action
	who    []string
	do     func(*Session) error
}

// desk holds jobs in the states that verbs need, and counts what is made new.
type desk struct {
	f                       *fixture
	queued                  map[string]string // by who will run it
	held, approved, release string
	logged                  string // its module wrote to its log
	returned                string // held, until it is returned
	question                string // released
	asked, agreed           Reveal // of tokens
	made                    int
}

func newDesk(f *fixture) *desk {
	d := &desk{f: f, queued: map[string]string{}, held: f.held("by_district", nil)}
	for _, p := range cast {
		d.queued[p.id] = f.submit("wang", "by_district", nil).ID
	}
	d.approved = f.held("by_district", nil)
	f.approved(d.approved)
	d.release = f.held("by_district", nil)
	f.released(d.release)
	d.returned = f.held("by_district", nil)
	d.logged = f.runText(document("jobs/compare.yaml"), ends(1, "line\n"))
	d.question = f.asking("16", "1000")
	f.grantTokens()
	tokens := f.tokensOf(f.people(2)...)
	d.asked, d.agreed = f.asked(tokens...), f.agreed(tokens...)
	return d
}

func (d *desk) next() string {
	d.made++
	return fmt.Sprint("made", d.made)
}

// another is a document under a new id.
func (d *desk) another(path, id string) []byte {
	return bytes.Replace(document(path), []byte("id: "+id), []byte("id: "+d.next()), 1)
}

// verbs lists everything that a session can do. A new verb without a line here
// is a gap; TestEveryActionIsTried sees those that have an action of their own.
func (d *desk) verbs() []verb {
	ctx := d.f.t.Context()
	one := func(_ any, err error) error { return err }
	once := func(_ any, err error) error {
		if fault.KindOf(err) == fault.Conflict { // another has done it
			return nil
		}
		return err
	}
	reviewers := []string{"zhao", "xu"}
	everybodyReads := []string{"li", "bai", "chen", "wen", "shen", "wang", "wu", "feng", "zhao", "xu", "qian", "tan", "sun"}
	return []verb{
		{"register a person", access.ManagePeople, []string{"gao"}, func(s *Session) error {
			key, err := crypto.NewSigningKey()
			if err != nil {
				return err
			}
			return s.AddPerson(ctx, access.Person{ID: d.next(), Org: "某局", Roles: []access.Role{access.Provider}, Key: key.Public()}, "某人")
		}},
		{"confirm a person", access.ConfirmPerson, []string{"shen"}, func(s *Session) error { return one(s.ConfirmPerson(ctx, "dai")) }},
		{"list people", access.ListPeople, []string{"gao", "shen"}, func(s *Session) error { return one(s.People(ctx)) }},
		{"describe a data set", access.RegisterDataset, []string{"li"}, func(s *Session) error {
			return one(s.RegisterDataset(ctx, "claims.yaml", d.another("datasets/claims.yaml", "claims")))
		}},
		{"import", access.ImportDataset, []string{"li"}, func(s *Session) error {
			return one(importFile(ctx, s, "enterprises", dataFile("enterprises")))
		}},
		{"read the quality", access.ReadQuality, []string{"li"}, func(s *Session) error { return one(s.Quality(ctx, "claims", 1, 10)) }},
		{"list data sets", access.ListDatasets, append(everybodyReads, "pei"), func(s *Session) error { return one(s.Documents(ctx, job.DocDataset)) }},
		{"list policies", access.ListDatasets, append(everybodyReads, "pei"), func(s *Session) error { return one(s.Documents(ctx, job.DocPolicy)) }},
		{"list versions", access.ListDatasets, append(everybodyReads, "pei"), func(s *Session) error { return one(s.Versions(ctx, "claims")) }},
		{"list scenarios", access.ListScenarios, everybodyReads, func(s *Session) error { return one(s.Documents(ctx, job.DocScenario)) }},
		{"levels of a scenario", access.ListScenarios, everybodyReads, func(s *Session) error {
			sc, err := access.ParseScenario("scenario.yaml", document("scenario.yaml"))
			if err != nil {
				return err
			}
			return one(s.Levels(ctx, sc))
		}},
		{"list agreements", access.ListScenarios, everybodyReads, func(s *Session) error { return one(s.Documents(ctx, job.DocAgreement)) }},
		{"take a kit", access.FetchKit, []string{"li", "bai", "chen", "wen", "shen", "wang", "wu", "zhao", "xu", "qian", "tan", "sun", "pei"}, func(s *Session) error {
			return one(s.Kit(ctx, "chronic"))
		}},
		{"set a policy", access.SetPolicy, []string{"shen", "pei"}, func(s *Session) error {
			return one(s.SetPolicy(ctx, "claims.yaml", d.another("policies/claims.yaml", "claims-statistics")))
		}},
		{"sign an agreement", access.SignAgreement, []string{"chen"}, func(s *Session) error {
			return one(s.SignAgreement(ctx, "agreement.yaml", document("agreement.yaml")))
		}},
		{"approve a scenario", access.ApproveScenario, []string{"chen"}, func(s *Session) error {
			return one(s.ApproveScenario(ctx, "scenario.yaml", d.another("scenario.yaml", "chronic")))
		}},
		{"submit", access.SubmitJob, []string{"wang", "wu"}, func(s *Session) error {
			return one(s.Jobs().Submit(ctx, s.Actor, job.Package{File: "job.yaml", Manifest: document("jobs/by_district.yaml")}))
		}},
		{"run", access.RunJob, []string{"wang", "wu"}, func(s *Session) error { return one(s.Jobs().Run(ctx, s.Actor, d.queued[s.Actor.ID])) }},
		{"show", access.ReadJob, []string{"wang", "wu"}, func(s *Session) error { return one(s.Jobs().Show(ctx, s.Actor, d.held)) }},
		{"read what was told", access.ReadJob, []string{"wang", "wu"}, func(s *Session) error { return one(s.Jobs().Told(ctx, s.Actor, d.logged)) }},
		{"read the budgets", access.ReadBudget, []string{"wang", "wu", "feng"}, func(s *Session) error { return one(s.Budgets(ctx)) }},
		{"release an excerpt", access.ReleaseExcerpt, reviewers, func(s *Session) error {
			return once(s.Jobs().ReleaseExcerpt(ctx, s.Actor, d.logged, []job.Lines{{First: 1, Last: 1}}, "a test"))
		}},
		{"replay", access.ReplayRelease, []string{"zhao", "xu", "shen", "sun"}, func(s *Session) error { return s.Jobs().Replay(ctx, s.Actor, d.release) }},
		{"review", access.ReviewJob, reviewers, func(s *Session) error { return one(s.Jobs().Open(ctx, s.Actor, d.held)) }},
		{"approve", access.DecideJob, reviewers, func(s *Session) error { return one(s.Approve(ctx, d.held)) }},
		{"reject", access.DecideJob, reviewers, func(s *Session) error { return once(s.Reject(ctx, d.queued["wang"], "poor_quality")) }}, // it has run by then
		{"return", access.DecideJob, reviewers, func(s *Session) error { return once(s.Return(ctx, d.returned, "poor_quality", "")) }},
		{"comment as a reviewer", access.CommentJob, reviewers, func(s *Session) error { return one(s.Jobs().Comment(ctx, s.Actor, d.held, "looks right")) }},
		{"comment as an operator", access.AnswerJob, []string{"wang", "wu"}, func(s *Session) error { return one(s.Jobs().Answer(ctx, s.Actor, d.returned, "done")) }},
		{"release", access.CreateRelease, reviewers, func(s *Session) error { return once(s.Jobs().Release(ctx, s.Actor, d.approved)) }},
		{"fetch", access.FetchRelease, []string{"wang", "wu", "zhao", "xu"}, func(s *Session) error { return one(s.Jobs().Files(ctx, s.Actor, d.release)) }},
		{"withdraw", access.WithdrawRelease, []string{"zhao", "xu", "chen", "shen"}, func(s *Session) error {
			return once(s.Jobs().Withdraw(ctx, s.Actor, d.release, "wrong_data"))
		}},
		{"list what was withdrawn", access.ListWithdrawn, []string{"li", "bai", "chen", "wen", "shen", "wang", "wu", "feng", "zhao", "xu", "qian", "tan", "sun", "pei"}, func(s *Session) error {
			return one(s.Jobs().Withdrawn(ctx, s.Actor))
		}},
		{"read the trail", access.ReadAudit, []string{"shen", "sun"}, func(s *Session) error { return one(s.Records(ctx, 0)) }},
		{"take the trail away", access.ReadAudit, []string{"shen", "sun"}, func(s *Session) error {
			return one(s.ExportAudit(ctx, filepath.Join(d.f.t.TempDir(), "trail")))
		}},
		{"ask for tokens to be opened", access.RequestReveal, []string{"li"}, func(s *Session) error { return one(s.RequestReveal(ctx, lookup("a-token"))) }},
		{"list requests to open tokens", access.ListReveals, []string{"li", "bai", "shen", "sun"}, func(s *Session) error { return one(s.Reveals(ctx)) }},
		{"agree to open tokens", access.DecideReveal, []string{"shen"}, func(s *Session) error { return one(s.DecideReveal(ctx, d.asked.ID, true)) }},
		{"read opened tokens", access.ReadReveal, []string{"li"}, func(s *Session) error { return one(s.ReadReveal(ctx, d.agreed.ID)) }},
		{"ask about a subject", access.AskSubject, []string{"wang", "wu"}, func(s *Session) error {
			return one(s.Jobs().Ask(ctx, s.Actor, treated(d.question, nobody(d.f.t, 1), "IX")))
		}},
		{"list questions", access.ListQuestions, []string{"wang", "wu", "feng"}, func(s *Session) error { return one(s.Jobs().Questions(ctx, s.Actor)) }},
		{"read the risk", access.ReadRisk, []string{"zhao", "xu", "shen"}, func(s *Session) error { return one(s.Jobs().Risks(ctx, s.Actor, "lookup", "")) }},
		{"repair", access.RepairDomain, []string{"gao"}, func(s *Session) error { return s.TightenRights(ctx, nil) }},
		{"accept the clock", access.AcceptClock, []string{"shen"}, func(s *Session) error {
			err := one(s.AcceptClock(ctx))
			if fault.KindOf(err) == fault.Conflict { // it is right
				err = nil
			}
			return err
		}},
	}
}

// TestEverybodyTriesEverything lets each person try each verb: first all those who
// may not, of whom nothing must remain but a record each, then those who may.
func TestEverybodyTriesEverything(t *testing.T) {
	t.Parallel()
	f := open(t)
	d := newDesk(f)
	verbs, before := d.verbs(), f.snapshot()
	for _, v := range verbs {
		for _, p := range cast {
			if slices.Contains(v.who, p.id) {
				continue
			}
			t.Run(v.name+" by "+p.id, func(t *testing.T) {
				s, from := f.as(p.id), f.log.Size()
				err := v.do(s)
				if fault.KindOf(err) != fault.Denied {
					t.Fatalf("got %v", err)
				}
				records := f.records(from)
				if len(records) != 1 || records[0].Action != "access.deny" || records[0].Phase != audit.Event || records[0].Actor != p.id {
					t.Fatalf("the log has %+v", records)
				}
				if got := records[0].Details["action"]; got != string(v.action) && (v.action != access.FetchRelease || got != string(access.ReviewJob)) {
					t.Errorf("recorded as %s", got)
				}
			})
		}
	}
	f.unchanged(before)
	for _, v := range verbs {
		for _, id := range v.who {
			if err := v.do(f.as(id)); err != nil {
				t.Errorf("%s by %s: %v", v.name, id, err)
			}
		}
	}
}

// TestEveryActionIsTried holds that the list of verbs has every action that a
// session can do; keys are rotated by no session yet.
func TestEveryActionIsTried(t *testing.T) {
	tried := map[access.Action]bool{access.RotateKeys: true}
	for _, v := range (&desk{f: &fixture{t: t}}).verbs() {
		tried[v.action] = true
	}
	for _, a := range access.Actions() {
		if !tried[a] {
			t.Errorf("nobody tries %s", a)
		}
	}
	for _, role := range access.Roles() {
		if !slices.ContainsFunc(cast, func(p member) bool { return p.role == role }) {
			t.Errorf("nobody is %s", role)
		}
	}
}

// TestLists holds that each person's list has the jobs that are theirs to see.
func TestLists(t *testing.T) {
	f := open(t)
	id := f.held("by_district", nil)
	for _, p := range cast {
		s := f.as(p.id)
		jobs, err := s.Jobs().List(t.Context(), s.Actor)
		if err != nil {
			t.Fatal(err)
		}
		want := job.State("")
		switch p.id {
		case "wang", "wu":
			want = job.InReview
		case "zhao", "xu":
			want = job.Held
		}
		if want == "" && len(jobs) != 0 || want != "" && (len(jobs) != 1 || jobs[0].ID != id || jobs[0].State != want) {
			t.Errorf("%s sees %+v", p.id, jobs)
		}
	}
}

// TestLogin holds that a person is let in by their own key alone, that nobody
// learns who is registered, and that both are recorded.
func TestLogin(t *testing.T) {
	f := open(t)
	var answers []string
	for _, c := range []struct{ id, key, actor string }{
		{"zhao", "qian", "zhao"}, {"zhao", "wang", "zhao"}, {"nobody", "zhao", "nobody"}, {"ID 530426…", "zhao", "unnamed"},
	} {
		from := f.log.Size()
		s, err := f.Login(t.Context(), c.id, common.keys[c.key])
		if s != nil {
			t.Fatalf("%s was let in with the key of %s", c.id, c.key)
		}
		wantKind(t, err, fault.Denied)
		answers = append(answers, strings.TrimPrefix(err.Error(), strconv.Quote(c.id)))
		records := f.records(from)
		if len(records) != 1 || records[0].Action != "session.refuse" || records[0].Actor != c.actor {
			t.Errorf("the log has %+v", records)
		}
	}
	if len(slices.Compact(answers)) != 1 {
		t.Errorf("the answers differ: %q", answers)
	}
}

// TestDecisionKey holds that a decision is signed with the reviewer's own key,
// whatever the caller passes in.
func TestDecisionKey(t *testing.T) {
	f := open(t)
	id := f.held("by_district", nil)
	zhao := f.as("zhao")
	_, err := zhao.Jobs().Approve(t.Context(), zhao.Actor, common.keys["qian"], id, nil)
	wantKind(t, err, fault.Denied, "own registered key")
	if got := f.state(id); got != job.Held {
		t.Errorf("the job is %s", got)
	}
}

// TestRefusalTellsNothing holds that who may not do a thing is told just that,
// whether or not the thing is there.
func TestRefusalTellsNothing(t *testing.T) {
	f := open(t)
	ctx, wang := t.Context(), f.as("wang")
	with := func(path, old, new string) []byte {
		return bytes.Replace(document(path), []byte(old), []byte(new), 1)
	}
	_, imported := wang.RegisterDataset(ctx, "claims.yaml", document("datasets/claims.yaml"))
	_, noDataset := wang.SetPolicy(ctx, "claims.yaml", with("policies/claims.yaml", "dataset: claims", "dataset: none"))
	_, noAgreement := wang.ApproveScenario(ctx, "scenario.yaml", with("scenario.yaml", "agreement: agr-1", "agreement: none"))
	_, noImport := importFile(ctx, wang, "none", dataFile("claims"))
	_, noVersions := wang.Versions(ctx, "none")
	for _, err := range []error{imported, noDataset, noAgreement, noImport} {
		wantKind(t, err, fault.Denied, "rule role")
	}
	if noVersions != nil {
		t.Error(noVersions)
	}
}

// TestSecondDescription holds that the description of an imported data set stays.
func TestSecondDescription(t *testing.T) {
	f := open(t)
	_, err := f.as("li").RegisterDataset(t.Context(), "claims.yaml", document("datasets/claims.yaml"))
	wantKind(t, err, fault.Conflict, "another id")
}

// TestTerms holds that agreement and scenario end by themselves, for those who
// submit, run and release.
func TestTerms(t *testing.T) {
	f := open(t)
	queued, approved := f.submit("wang", "by_district", nil).ID, f.held("by_district", nil)
	f.approved(approved)
	later := time.Now().AddDate(3, 0, 0)
	f.at(func() time.Time { return later })
	wang, zhao := f.as("wang"), f.as("zhao")
	_, err := wang.Jobs().Submit(t.Context(), wang.Actor, job.Package{File: "job.yaml", Manifest: document("jobs/by_district.yaml")})
	wantKind(t, err, fault.Denied, "renewal")
	_, err = wang.Jobs().Run(t.Context(), wang.Actor, queued)
	wantKind(t, err, fault.Denied, "renewal")
	_, err = zhao.Jobs().Release(t.Context(), zhao.Actor, approved)
	wantKind(t, err, fault.Denied, "renewal")
	if _, err := wang.Jobs().Show(t.Context(), wang.Actor, queued); err != nil {
		t.Errorf("their own job is hidden from them: %v", err)
	}
}

// TestAuthorityGrantsItsOwn holds that nobody signs for another authority.
func TestAuthorityGrantsItsOwn(t *testing.T) {
	f := open(t)
	from := f.log.Size()
	body := bytes.Replace(document("agreement.yaml"), []byte("authority: 玉溪市数据局"), []byte("authority: 别处数据局"), 1)
	_, err := f.as("chen").SignAgreement(t.Context(), "agreement.yaml", body)
	wantKind(t, err, fault.Denied, "别处数据局")
	if records := f.records(from); len(records) != 1 || records[0].Details["rule"] != "own_organisation" {
		t.Errorf("the log has %+v", records)
	}
}
