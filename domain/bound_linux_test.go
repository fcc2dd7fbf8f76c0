//go:build linux && cgo

package domain

import (
	"bytes"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"yingbi/access"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/job"
)

// edit changes the metadata database behind the domain's back, as somebody with
// the disk could.
func (f *fixture) edit(statement string, args ...any) {
	f.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(f.dir, "meta.db"))
	if err != nil {
		f.t.Fatal(err)
	}
	defer db.Close()
	result, err := db.Exec(statement, args...)
	if err != nil {
		f.t.Fatal(err)
	}
	if n, err := result.RowsAffected(); err != nil || n < 1 {
		f.t.Fatalf("%s changed %d rows, %v", statement, n, err)
	}
}

// TestTheLogBindsTheDatabase edits what the domain decides by, and expects the
// next start to refuse.
func TestTheLogBindsTheDatabase(t *testing.T) {
	for name, edit := range map[string]func(*fixture){
		"a reviewer's key": func(f *fixture) {
			f.edit("UPDATE people SET public_key = ? WHERE id = 'zhao'", "sm2:"+strings.Repeat("A", 44))
		},
		"an organisation":    func(f *fixture) { f.edit("UPDATE people SET org = '玉溪市医保局' WHERE id = 'gao'") },
		"a role":             func(f *fixture) { f.edit(`UPDATE people SET roles = '["reviewer"]' WHERE id = 'gao'`) },
		"a person taken out": func(f *fixture) { f.edit("DELETE FROM people WHERE id = 'zhao'") },
		"a policy": func(f *fixture) {
			f.edit("UPDATE documents SET body = CAST(replace(CAST(body AS TEXT), 'clamp', 'round') AS BLOB) WHERE kind = 'policy'")
		},
		"a scenario's column": func(f *fixture) {
			f.edit("UPDATE documents SET body = CAST(replace(CAST(body AS TEXT), '[join]', '[join, row]') AS BLOB) WHERE kind = 'scenario'")
		},
		"the submitter of a job": func(f *fixture) { f.edit("UPDATE jobs SET submitter = 'wu'") },
		"the tenant of a job":    func(f *fixture) { f.edit("UPDATE jobs SET org = '另一家公司'") },
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t)
			f.submit("wang", "by_district", nil)
			f.close()
			edit(f)
			_, _, err := Open(t.Context(), config(t, f.dir))
			if err == nil || fault.KindOf(err) == fault.Denied {
				t.Fatalf("opened after %s was edited: %v", name, err)
			}
			if kind := fault.KindOf(err); kind != fault.Integrity && kind != fault.Invalid {
				t.Errorf("kind %v: %v", kind, err)
			}
		})
	}
}

// TestOnlyItsAuthorityChangesAGrant lets another authority and another provider
// put new versions of what is not theirs.
func TestOnlyItsAuthorityChangesAGrant(t *testing.T) {
	f := open(t)
	ctx := t.Context()
	from := f.log.Size()
	stranger := f.as("wen") // authority of another city
	agreement := bytes.ReplaceAll(document("agreement.yaml"), []byte("玉溪市数据局"), []byte("别市数据局"))
	_, signed := stranger.SignAgreement(ctx, "agreement.yaml", agreement)
	_, approved := stranger.ApproveScenario(ctx, "scenario.yaml", document("scenario.yaml"))
	description := bytes.ReplaceAll(document("datasets/claims.yaml"), []byte("玉溪市医保局"), []byte("玉溪市民政局"))
	_, registered := f.as("bai").RegisterDataset(ctx, "claims.yaml", description)
	for what, err := range map[string]error{"agreement": signed, "scenario": approved, "data set": registered} {
		if fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", what, err)
		}
	}
	denied := 0
	for _, r := range f.records(from) {
		if r.Action == "access.deny" {
			denied++
		}
	}
	if denied != 3 {
		t.Errorf("%d refusals are recorded, want 3", denied)
	}
	parties := bytes.ReplaceAll(document("agreement.yaml"), []byte("云健数据"), []byte("另一家公司"))
	if _, err := f.as("chen").SignAgreement(ctx, "agreement.yaml", parties); fault.KindOf(err) != fault.Conflict {
		t.Errorf("an agreement got another operator: %v", err)
	}
}

// TestAJobStaysWithWhatWasApproved changes policy and scenario under a job.
func TestAJobStaysWithWhatWasApproved(t *testing.T) {
	f := open(t)
	ctx := t.Context()
	held := f.held("by_district", nil)
	queued := f.submit("wang", "by_district", nil)

	policy := document("policies/claims.yaml")
	if _, err := f.as("pei").SetPolicy(ctx, "claims.yaml", policy); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the same version twice: %v", err)
	}
	open := bytes.Replace(policy, []byte("cost: {rule: clamp, top: 200_000}"), []byte("cost: keep"), 1)
	open = bytes.Replace(open, []byte("version: 1"), []byte("version: 2"), 1)
	if bytes.Equal(open, policy) {
		t.Fatal("nothing replaced")
	}
	if _, err := f.as("pei").SetPolicy(ctx, "claims.yaml", open); err != nil {
		t.Fatal(err)
	}
	again := f.held("by_district", nil)
	r, err := f.as("zhao").Jobs().Open(ctx, f.as("zhao").Actor, again)
	if err != nil || r.Used == nil || r.Used.Inputs[0].PolicyVersion != 1 {
		t.Fatalf("a run uses a policy that nobody approved: %+v, %v", r, err)
	}

	if _, err := f.as("chen").ApproveScenario(ctx, "scenario.yaml", document("scenario.yaml")); err != nil {
		t.Fatal(err)
	}
	wang, zhao := f.as("wang"), f.as("zhao")
	_, ran := wang.Jobs().Run(ctx, wang.Actor, queued.ID)
	_, approved := zhao.Approve(ctx, held)
	for what, err := range map[string]error{"run": ran, "approve": approved} {
		if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "submit the job again") {
			t.Errorf("%s after the scenario changed: %v", what, err)
		}
	}
	if j, err := zhao.Reject(ctx, held, "outside_purpose"); err != nil || j.State != job.Rejected {
		t.Errorf("reject: %+v, %v", j, err)
	}
}

// TestNobodyIsMadeAlone lets the system administrator register a reviewer of their
// own, and the reviewer try to work.
func TestNobodyIsMadeAlone(t *testing.T) {
	f := open(t)
	ctx := t.Context()
	id := f.held("by_district", nil)
	key, err := crypto.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	ghost := access.Person{ID: "ghost", Org: "玉溪市医保局", Roles: []access.Role{access.Reviewer}, Key: key.Public(), Confirmed: true}
	gao := f.as("gao")
	if err := gao.AddPerson(ctx, ghost, "无名"); err != nil {
		t.Fatal(err)
	}
	enter := func() *Session {
		s, err := f.Login(ctx, "ghost", key)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := enter()
	_, opened := s.Jobs().Open(ctx, s.Actor, id)
	_, approved := s.Approve(ctx, id)
	_, confirmed := gao.ConfirmPerson(ctx, "ghost")
	_, self := s.ConfirmPerson(ctx, "ghost")
	for what, err := range map[string]error{"open": opened, "approve": approved, "confirmed by gao": confirmed, "by itself": self} {
		if fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", what, err)
		}
	}
	second := access.Person{ID: "second", Org: "玉溪市数据局", Roles: []access.Role{access.Security}, Key: mustKey(t).Public()}
	if err := gao.AddPerson(ctx, second, "二号"); err != nil {
		t.Fatal(err)
	}
	if p, err := f.store.Person(ctx, "second"); err != nil || p.Confirmed {
		t.Errorf("a second security officer needs no confirmation: %+v, %v", p, err)
	}
	if _, err := f.as("shen").ConfirmPerson(ctx, "ghost"); err != nil {
		t.Fatal(err)
	}
	f.close()
	f.reopen()
	s = enter()
	if _, err := s.Jobs().Open(ctx, s.Actor, id); err != nil {
		t.Errorf("confirmed, and still refused: %v", err)
	}
	f.close()
	f.edit("UPDATE people SET confirmed = 1 WHERE id = 'second'")
	if _, _, err := Open(ctx, config(t, f.dir)); fault.KindOf(err) != fault.Integrity {
		t.Errorf("a confirmation out of nothing: %v", err)
	}
}

func mustKey(t *testing.T) *crypto.SigningKey {
	t.Helper()
	key, err := crypto.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}
