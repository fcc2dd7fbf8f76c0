//go:build linux && cgo

package domain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/catalog"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/keeper"
	"yingbi/masking"
	"yingbi/view"
)

// anonymousDistricts is what the policy of the scenario lookup asks besides.
const anonymousDistricts = `
anonymity:
  quasi: [district]
  k: 20
  l: {column: icd_chapter, distinct: 3}
  t: {column: icd_chapter, most: 0.4}
  suppress: 0.02
  hierarchies:
    district: [4]
`

func tokenPolicy() []byte {
	b := bytes.Replace(document("policies/claims.yaml"), []byte("id: claims-statistics"), []byte("id: claims-tokens"), 1)
	return append(bytes.Replace(b, []byte("person: pseudonym"), []byte("person: token"), 1), anonymousDistricts...)
}

// grantTokens approves the scenario lookup, which sees people by tokens, and requires
// anonymity of districts.
func (f *fixture) grantTokens() {
	f.t.Helper()
	if _, err := f.as("shen").SetPolicy(f.t.Context(), "policy.yaml", tokenPolicy()); err != nil {
		f.t.Fatal(err)
	}
	body := document("scenario.yaml")
	for _, pair := range [][2]string{
		{"id: chronic", "id: lookup"}, {"policy: claims-statistics\n", "policy: claims-tokens\n    requires: {k: 20, l: 3, t: 0.4, quasi: [district]}\n"},
	} {
		body = bytes.Replace(body, []byte(pair[0]), []byte(pair[1]), 1)
	}
	if _, err := f.as("chen").ApproveScenario(f.t.Context(), "scenario.yaml", body); err != nil {
		f.t.Fatal(err)
	}
}

// tokensOf masks values of the column person as a view of the scenario lookup does.
func (f *fixture) tokensOf(values ...string) []string {
	f.t.Helper()
	c, err := f.vault.Unlock(f.t.Context(), keeper.Intent{Actor: "test", Compartment: job.ScenarioCompartment("lookup"), Purpose: "test"})
	if err != nil {
		f.t.Fatal(err)
	}
	defer c.Close()
	secret, err := job.ScenarioSecret(c)
	if err != nil {
		f.t.Fatal(err)
	}
	d, err := catalog.ParseDescription("claims", document("datasets/claims.yaml"))
	if err != nil {
		f.t.Fatal(err)
	}
	p, err := masking.ParsePolicy("policy.yaml", tokenPolicy())
	if err != nil {
		f.t.Fatal(err)
	}
	m, err := p.Compile(view.Columns(d), secret)
	if err == nil {
		m, err = m.Only([]string{"person"})
	}
	if err != nil {
		f.t.Fatal(err)
	}
	defer m.Close()
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "person", Type: arrow.BinaryTypes.String, Nullable: true}}, nil))
	b.Field(0).(*array.StringBuilder).AppendValues(values, nil)
	out, err := m.Apply(b.NewRecordBatch(), 0)
	if err != nil {
		f.t.Fatal(err)
	}
	masked := make([]string, len(values))
	for i := range masked {
		masked[i] = valueText(out.Column(0), i)
	}
	return masked
}

// people are some whose tokens the tests open.
func (f *fixture) people(n int) []string {
	ids := []string{f.truth.Chief.ID}
	for _, c := range f.truth.Cells {
		ids = append(ids, c.People...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)[:n]
}

func lookup(tokens ...string) RevealRequest {
	return RevealRequest{Scenario: "lookup", Dataset: "claims", Column: "person", Reason: "重复结算核查", Reference: "医保稽核〔2026〕17号", Tokens: tokens}
}

// asked is a request of li's.
func (f *fixture) asked(tokens ...string) Reveal {
	f.t.Helper()
	r, err := f.as("li").RequestReveal(f.t.Context(), lookup(tokens...))
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// agreed is one that shen has approved.
func (f *fixture) agreed(tokens ...string) Reveal {
	f.t.Helper()
	r, err := f.as("shen").DecideReveal(f.t.Context(), f.asked(tokens...).ID, true)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// revealState is how a request stands in shen's list.
func (f *fixture) revealState(id string) RevealState {
	f.t.Helper()
	all, err := f.as("shen").Reveals(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	for _, r := range all {
		if r.ID == id {
			return r.State
		}
	}
	return ""
}

// over holds that a request is in the state and its tokens are destroyed, now and
// after the domain was opened again.
func (f *fixture) over(id string, want RevealState) {
	f.t.Helper()
	for range 2 {
		if got := f.revealState(id); got != want {
			f.t.Errorf("the request is %q, want %q", got, want)
		}
		if f.vault.Exists(revealFolder + id) {
			f.t.Error("its tokens are still there")
		}
		f.close()
		f.reopen()
	}
}

// TestReveal opens tokens by two people, and looks for them and for what they open to
// in every byte of the folder, in temporary files, messages, records and errors.
func TestReveal(t *testing.T) {
	dir := copyCommon(t)
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	var messages bytes.Buffer
	cfg := config(t, dir)
	cfg.Log = slog.New(slog.NewJSONHandler(&messages, &slog.HandlerOptions{Level: slog.LevelDebug}))
	d, _, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{Domain: d, t: t, dir: dir, truth: common.truth}
	t.Cleanup(f.close)
	f.grantTokens()
	people := f.people(3)
	tokens := f.tokensOf(people...)
	secrets := newSearch()
	for i := range people {
		secrets.add("person", people[i])
		secrets.add("token", tokens[i])
	}
	nowhere := func() {
		t.Helper()
		for _, folder := range []string{dir, temporary} {
			secrets.sealed(t, folder)
		}
	}
	li, shen := f.as("li"), f.as("shen")
	from := f.log.Size()
	asked, err := li.RequestReveal(t.Context(), lookup(tokens...))
	if err != nil {
		t.Fatal(err)
	}
	_, early := li.ReadReveal(t.Context(), asked.ID)
	wantKind(t, early, fault.Conflict, "requested")
	nowhere()
	seen, err := shen.Reveals(t.Context())
	if err != nil || len(seen) != 1 || seen[0] != asked || seen[0].Tokens != 3 || seen[0].By != "li" || seen[0].Reason != "重复结算核查" {
		t.Errorf("shen sees %+v, %v", seen, err)
	}
	if _, err := shen.DecideReveal(t.Context(), asked.ID, true); err != nil {
		t.Fatal(err)
	}
	f.close()
	f.reopen() // nothing of a request is kept in memory alone
	asked.State, asked.Decider = RevealApproved, "shen"
	if seen, err := f.as("li").Reveals(t.Context()); err != nil || len(seen) != 1 || seen[0] != asked {
		t.Errorf("li sees %+v, %v, want %+v", seen, err, asked)
	}
	got, err := f.as("li").ReadReveal(t.Context(), asked.ID)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range got {
		if r != (Revealed{tokens[i], people[i]}) {
			t.Errorf("token %d is another's", i)
		}
	}
	nowhere()
	_, twice := f.as("li").ReadReveal(t.Context(), asked.ID)
	wantKind(t, twice, fault.Conflict, "is read", "once")
	f.over(asked.ID, RevealRead)
	nowhere()
	secrets.nowhere(t, "the errors", []byte(early.Error()+twice.Error()))
	secrets.nowhere(t, "the messages", messages.Bytes())
	revealRecords(t, f.records(from), asked, secrets)
}

// revealRecords holds what the log tells of a request that was read: who, why, how
// many, in this order, an intent before each act; and that it tells nobody's token.
func revealRecords(t *testing.T, records []audit.Record, asked Reveal, secrets *search) {
	t.Helper()
	var told, used []string
	for _, r := range records {
		line := fmt.Sprint(r.Actor, r.Action, r.Target, r.Details)
		secrets.nowhere(t, "a record", []byte(line))
		if r.Target == asked.target() && strings.HasPrefix(r.Action, "reveal.") {
			told = append(told, r.Actor+" "+r.Action+" "+r.Phase+" "+r.Details["verdict"])
			if r.Phase == audit.Intent && r.Action != string(access.DecideReveal) &&
				(r.Details["reason"] != asked.Reason || r.Details["reference"] != asked.Reference || r.Details["tokens"] != "3") {
				t.Errorf("%s tells %v", r.Action, r.Details)
			}
		}
		if r.Action == "key.unwrap" && r.Phase == audit.Intent && r.Actor == "li" && r.Details["purpose"] == asked.target() {
			used = append(used, r.Target)
		}
	}
	want := []string{
		"li reveal.request intent ", "li reveal.request outcome ", "shen reveal.decide intent approved", "shen reveal.decide outcome ",
		"li reveal.read intent ", "li reveal.read outcome ",
	}
	if !slices.Equal(told, want) || len(used) != 2 {
		t.Errorf("the log tells %q, and that keys were used of %q", told, used)
	}
}

// TestRevealIsForTwo lets everybody try who may not, besides those of
// TestEverybodyTriesEverything: those who hold both roles, or are of one house.
func TestRevealIsForTwo(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.grantTokens()
	token := f.tokensOf(f.people(1)...)[0]
	hua := f.join("hua", "玉溪市医保局", access.Provider, access.Security)
	other := f.join("lian", "玉溪市医保局", access.Provider)

	own, err := hua.RequestReveal(t.Context(), lookup(token))
	if err != nil {
		t.Fatal(err)
	}
	of := f.asked(token)
	for _, id := range []string{own.ID, of.ID} {
		_, err := hua.DecideReveal(t.Context(), id, true)
		wantKind(t, err, fault.Denied, "four_eyes")
	}
	if _, err := f.as("shen").DecideReveal(t.Context(), of.ID, true); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Session{hua, other, f.as("shen"), f.as("wang"), f.as("zhao"), f.as("bai")} {
		_, err := s.ReadReveal(t.Context(), of.ID)
		wantKind(t, err, fault.Denied)
		if strings.Contains(err.Error(), token) {
			t.Error("a refusal tells a token")
		}
	}
	_, err = f.as("shen").DecideReveal(t.Context(), of.ID, false)
	wantKind(t, err, fault.Conflict, "approved")
	_, err = f.as("bai").RequestReveal(t.Context(), lookup(token))
	wantKind(t, err, fault.Denied, "provided by 玉溪市医保局")
	if seen, err := f.as("bai").Reveals(t.Context()); err != nil || len(seen) != 0 {
		t.Errorf("another provider sees %+v, %v", seen, err)
	}
	from := f.log.Size()
	for _, id := range []string{"nothing", token} {
		_, err := f.as("shen").DecideReveal(t.Context(), id, true)
		wantKind(t, err, fault.Denied, "no such request")
	}
	for _, r := range f.records(from) {
		if strings.Contains(fmt.Sprint(r), token) {
			t.Error("what was typed as an id stands in the log")
		}
	}
	// Who approved must still be somebody who may.
	f.close()
	f.edit("UPDATE people SET frozen = 1 WHERE id = 'shen'")
	f.reopen()
	_, err = f.as("li").ReadReveal(t.Context(), of.ID)
	wantKind(t, err, fault.Denied, "shen", "rule frozen")
	f.close()
	f.edit("UPDATE people SET frozen = 0 WHERE id = 'shen'")
	f.edit("UPDATE people SET frozen = 1 WHERE id = 'li'")
	f.reopen()
	_, err = f.as("li").ReadReveal(t.Context(), of.ID)
	wantKind(t, err, fault.Denied, "rule frozen")
}

// join registers somebody, confirms them and lets them in.
func (f *fixture) join(id, org string, roles ...access.Role) *Session {
	f.t.Helper()
	key, err := crypto.NewSigningKey()
	if err != nil {
		f.t.Fatal(err)
	}
	if err := f.as("gao").AddPerson(f.t.Context(), access.Person{ID: id, Org: org, Roles: roles, Key: key.Public()}, "某人"); err != nil {
		f.t.Fatal(err)
	}
	if _, err := f.as("shen").ConfirmPerson(f.t.Context(), id); err != nil {
		f.t.Fatal(err)
	}
	s, err := f.Login(f.t.Context(), id, key)
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

// TestRevealEnds ends requests in every way but reading.
func TestRevealEnds(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.grantTokens()
	good := f.tokensOf(f.people(2)...)
	rejected := f.asked(good...)
	if _, err := f.as("shen").DecideReveal(t.Context(), rejected.ID, false); err != nil {
		t.Fatal(err)
	}
	f.over(rejected.ID, RevealRejected)

	// A wrong token ends the request, and nobody learns which it was or why.
	altered := "a" + good[0][1:]
	if altered == good[0] {
		altered = "b" + good[0][1:]
	}
	var answers []string
	for _, wrong := range []string{altered, strings.Repeat("a", 52), "13812345678", good[0][:51]} {
		r := f.agreed(good[1], wrong)
		out, err := f.as("li").ReadReveal(t.Context(), r.ID)
		wantKind(t, err, fault.Invalid, "nothing is shown")
		if out != nil {
			t.Errorf("with a wrong token something is shown: %v", out)
		}
		if answers = append(answers, err.Error()); f.vault.Exists(r.target()) {
			t.Error("the tokens outlive the attempt")
		}
		f.over(r.ID, RevealRead)
	}
	if len(slices.Compact(answers)) != 1 {
		t.Errorf("wrong tokens are told apart: %q", answers)
	}

	// A crash while they are read is the one reading.
	cut, begun := f.agreed(good...), lookup(good...)
	if _, err := f.log.Append(t.Context(), audit.Record{Actor: "li", Action: string(access.ReadReveal), Phase: audit.Intent, Target: cut.target()}); err != nil {
		t.Fatal(err)
	}
	// One while they are sealed leaves nothing of the request.
	half := Reveal{ID: "half", Scenario: begun.Scenario, Dataset: begun.Dataset, Column: begun.Column, Tokens: 2, By: "li", Until: time.Now().Add(time.Hour)}
	record := half.intent()
	record.Phase, record.Time = audit.Intent, time.Time{}
	if _, err := f.log.Append(t.Context(), record); err != nil {
		t.Fatal(err)
	}
	c, err := f.as("li").compartment(t.Context(), half.target(), "test")
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	f.close()
	if r := f.reopen(); len(r.Abandoned) != 2 {
		t.Errorf("put right: %+v", r)
	}
	f.over(cut.ID, RevealRead)
	f.over(half.ID, "")

	// Time ends requests that nobody decided on, and approved ones.
	waiting, approved := f.asked(good...), f.agreed(good...)
	late := approved.At.Add(revealTime - time.Minute)
	f.at(func() time.Time { return late })
	if got := f.revealState(waiting.ID); got != RevealRequested {
		t.Errorf("a minute before its end it is %s", got)
	}
	late = approved.Until
	_, err = f.as("li").ReadReveal(t.Context(), approved.ID)
	wantKind(t, err, fault.Conflict, "expired")
	_, err = f.as("shen").DecideReveal(t.Context(), waiting.ID, true)
	wantKind(t, err, fault.Conflict, "expired")
	f.at(func() time.Time { return late })
	for _, id := range []string{waiting.ID, approved.ID} {
		if f.revealState(id) != RevealExpired || f.vault.Exists(revealFolder+id) {
			t.Errorf("it is %s, or its tokens are still there", f.revealState(id))
		}
	}
}

// TestRevealRequestsAreChecked holds what is refused before anybody is asked, that
// nothing is kept of it, and that no token is quoted.
func TestRevealRequestsAreChecked(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.grantTokens()
	person := f.people(1)[0]
	token := f.tokensOf(person)[0]
	many := make([]string, MaxRevealed+1)
	for i := range many {
		many[i] = fmt.Sprint("t", i)
	}
	li, from := f.as("li"), f.log.Size()
	for name, c := range map[string]struct {
		change func(*RevealRequest)
		kind   fault.Kind
		word   string
	}{
		"no token":             {func(q *RevealRequest) { q.Tokens = nil }, fault.Limit, "1 to 100"},
		"too many":             {func(q *RevealRequest) { q.Tokens = many }, fault.Limit, "has 101"},
		"twice":                {func(q *RevealRequest) { q.Tokens = []string{token, token} }, fault.Invalid, "line 2"},
		"two on a line":        {func(q *RevealRequest) { q.Tokens = []string{token + " " + token} }, fault.Invalid, "line 1"},
		"endless":              {func(q *RevealRequest) { q.Tokens = []string{strings.Repeat("a", MaxToken+1)} }, fault.Invalid, "line 1"},
		"no reason":            {func(q *RevealRequest) { q.Reason = " " }, fault.Invalid, "give a reason"},
		"no reference":         {func(q *RevealRequest) { q.Reference = "" }, fault.Invalid, "give a reference"},
		"reason of two lines":  {func(q *RevealRequest) { q.Reason = "a\nb" }, fault.Invalid, "one line"},
		"an identity":          {func(q *RevealRequest) { q.Reason = "核查" + person }, fault.Invalid, "seems to name somebody"},
		"a name":               {func(q *RevealRequest) { q.Reason = "患者姓名：王小明" }, fault.Invalid, "seems to name somebody"},
		"a token in the words": {func(q *RevealRequest) { q.Reference = "case " + token }, fault.Invalid, "seems to name somebody"},
		"no such scenario":     {func(q *RevealRequest) { q.Scenario = "none" }, fault.NotFound, "none"},
		"no such data set":     {func(q *RevealRequest) { q.Dataset = "none" }, fault.NotFound, "none"},
		"no id":                {func(q *RevealRequest) { q.Dataset = person + "/" }, fault.Invalid, "data set id"},
		"not granted":          {func(q *RevealRequest) { q.Column = "hospital" }, fault.Invalid, "no column of this name"},
		"no token rule":        {func(q *RevealRequest) { q.Column = "district" }, fault.Invalid, "the rules token and fpe do"},
		"a pseudonym":          {func(q *RevealRequest) { q.Scenario = "chronic" }, fault.Invalid, "the rules token and fpe do"},
	} {
		q := lookup(token)
		c.change(&q)
		_, err := li.RequestReveal(t.Context(), q)
		if err == nil || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.word) || strings.Contains(err.Error(), token) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if f.log.Size() != from {
		t.Error("what was not asked is in the log")
	}
	for _, reason := range []string{"患者投诉重复收费，须联系本人", "audit of duplicate claims, ward 3", "司法机关调取（2026）云0402刑初123号"} {
		q := lookup(token)
		q.Reason = reason
		if _, err := li.RequestReveal(t.Context(), q); err != nil {
			t.Errorf("%s: %v", reason, err)
		}
	}
	if out, err := json.Marshal(f.asked(token)); err != nil || strings.Contains(string(out), token) {
		t.Errorf("a request as JSON: %s, %v", out, err)
	}
}
