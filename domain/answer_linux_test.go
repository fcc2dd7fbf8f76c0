//go:build linux && cgo

package domain

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/internal/idnum"
	"yingbi/job"
)

// TestAnswers compares answers with the raw rows, and looks for who was asked about and
// for what was answered in every byte of the folder, in temporary files and messages.
func TestAnswers(t *testing.T) {
	dir, temporary := copyCommon(t), t.TempDir()
	t.Setenv("TMPDIR", temporary)
	var messages bytes.Buffer
	cfg := config(t, dir)
	cfg.Log = slog.New(slog.NewJSONHandler(&messages, &slog.HandlerOptions{Level: slog.LevelDebug}))
	cfg.Cache = job.Cache{EngineRows: 1} // an engine file is made at the second question
	d, _, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{Domain: d, t: t, dir: dir, truth: common.truth}
	t.Cleanup(f.close)
	id := f.asking("16", "1000")
	raw, secrets := chapters(t), newSearch()
	people := append(sortedKeys(raw)[:3], nobody(t, 1), f.truth.Chief.ID)
	from := f.log.Size()
	for i, p := range people {
		secrets.add("person", p)
		found, _ := f.lookup(p)
		secrets.add("ordinal", fmt.Sprintf("%012d", found.Ordinal))
		want := hasNot
		chapter := []string{"IX", "X", "II"}[i%3]
		if slices.Contains(raw[p], chapter) {
			want = hasBeen
		}
		f.answers("wang", treated(id, p, chapter), want)
		want = noRecord
		if n := len(raw[p]); n >= 3 {
			want = "曾经多次就诊"
		} else if n >= 1 {
			want = "偶有一两次就诊"
		}
		f.answers("wu", visits(id, p), want)
	}
	for _, text := range []string{hasBeen, hasNot, noRecord, "曾经多次就诊", "偶有一两次就诊"} {
		secrets.add("answer", text)
	}
	secrets.sealed(t, dir)
	secrets.sealed(t, temporary)
	secrets.nowhere(t, "the messages", messages.Bytes())
	for _, r := range f.intents(from) {
		secrets.nowhere(t, "a record", []byte(fmt.Sprint(r)))
		if r.Target != "job/"+id || r.Details["basis"] != basis || r.Details["answer_org"] != "云健数据" || r.Details["answer_kind"] != "person" {
			t.Errorf("the log tells %+v", r)
		}
	}
	if n := len(f.intents(from)); n != 2*len(people) {
		t.Errorf("%d intents for %d questions", n, 2*len(people))
	}
}

// TestAnswersAreOfToday imports a row, and sets a policy that hides the column: the next
// answer is of the new version, through the policy that the scenario names.
func TestAnswersAreOfToday(t *testing.T) {
	t.Parallel()
	f := open(t)
	id, person := f.asking("8", "1000"), nobody(t, 1)
	f.answers("wang", treated(id, person, "IX"), hasNot)
	raw, err := os.ReadFile(dataFile("claims"))
	if err != nil {
		t.Fatal(err)
	}
	header, _, _ := strings.Cut(string(raw), "\n")
	path := filepath.Join(t.TempDir(), "more.csv")
	if err := os.WriteFile(path, []byte(header+"\nC-1,"+person+",530402,某医院,IX,2026-01-05,12.50\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if v, err := f.as("li").ImportDataset(t.Context(), "claims", Upload{Files: []*os.File{file}, Append: true}); err != nil || v.Number != 2 {
		t.Fatal(v.Number, err)
	}
	f.answers("wang", treated(id, person, "IX"), hasBeen)
	next := bytes.Replace(document("policies/claims.yaml"), []byte("version: 1"), []byte("version: 2"), 1)
	next = bytes.Replace(next, []byte("  icd_chapter: keep\n"), nil, 1)
	if _, err := f.as("shen").SetPolicy(t.Context(), "claims.yaml", next); err != nil {
		t.Fatal(err)
	}
	f.answers("wang", treated(id, person, "IX"), hasBeen)
	f.answers("wang", treated(id, person, "X"), hasNot)
}

// TestOneNeighbour asks all that can be asked of one person: by each parameter, again,
// in other spellings, by a colleague, by another company through its own scenario, and
// after the domain was opened again. All of it is one account.
func TestOneNeighbour(t *testing.T) {
	t.Parallel()
	f := open(t)
	first, second := f.asking("8", "1000"), f.secondCompany("9", "1000")
	neighbour := patient(t, "IX", "X")
	_, old, _ := idnum.ResidentForms(neighbour)
	full := strings.Map(func(r rune) rune { return r - '0' + '０' }, neighbour[:17]) + neighbour[17:]
	spaced := " " + neighbour[:6] + "-" + neighbour[6:14] + " " + strings.ToLower(neighbour[14:]) + "\t"
	from := f.log.Size()
	f.answers("wang", treated(first, neighbour, "IX"), hasBeen)
	f.answers("wang", treated(first, neighbour, "X"), hasNot)
	f.answers("wang", treated(first, neighbour, "IX"), hasBeen)
	f.answers("wu", treated(first, full, "IX"), hasBeen)
	f.answers("wu", treated(first, spaced, "IX"), hasBeen)
	f.answers("feng", treated(second, old, "IX"), hasBeen)
	f.answers("feng", treated(second, "　"+old[:6]+"·"+old[6:], "X"), hasNot)
	f.close()
	f.reopen()
	f.answers("wang", treated(first, neighbour, "IX"), hasBeen) // the eighth bit
	for _, id := range []string{neighbour, old, full, spaced} {
		_, err := f.ask("wang", treated(first, id, "II"))
		wantKind(t, err, fault.Limit, "at most 8 bits")
	}
	f.answers("feng", treated(second, neighbour, "IX"), hasBeen) // whose scenario gives one more
	_, err := f.ask("feng", treated(second, neighbour, "IX"))
	wantKind(t, err, fault.Limit, "at most 9 bits")
	_, err = f.ask("wang", visits(first, neighbour))
	wantKind(t, err, fault.Limit)
	f.answers("wang", visits(first, nobody(t, 1)), noRecord) // another account

	accounts := map[string]int{}
	for _, r := range f.intents(from) {
		accounts[r.Details["answer_account"]]++
	}
	found, _ := f.lookup(neighbour)
	if len(accounts) != 2 || accounts[found.Account.String()] != 15 {
		t.Errorf("the log charges %v", accounts)
	}
	next := access.Year(time.Now()) + 1
	f.at(func() time.Time { return time.Date(next, 1, 1, 0, 0, 0, 0, time.FixedZone("CST", 8*3600)) })
	f.answers("wang", treated(first, neighbour, "IX"), hasBeen)
}

// TestNobodyLearnsWhoIsKnown asks of somebody who is in the registry without a row that
// matters, and of somebody whom no data know: answers, records and refusals are the same,
// and nobody is registered by it.
func TestNobodyLearnsWhoIsKnown(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.asking("2", "1000")
	resident, stranger := idle(t), nobody(t, 3)
	found, before := f.lookup(resident)
	if found.Ordinal > int64(before) {
		t.Fatalf("%q is not known", resident)
	}
	trace := func(person string) (out []string) {
		for range 2 {
			from := f.log.Size()
			answer, err := f.ask("wang", visits(id, person))
			out = append(out, fmt.Sprint(answer, err))
			for _, r := range f.records(from) {
				delete(r.Details, "answer_account")
				delete(r.Details, "object") // a nonce of the keeper's
				out = append(out, fmt.Sprint(r.Actor, r.Action, r.Phase, r.Target, r.Result, r.Details))
			}
		}
		return out
	}
	trace(nobody(t, 4)) // which fills the caches
	known, unknown := trace(resident), trace(stranger)
	if !slices.Equal(known, unknown) || !strings.HasPrefix(known[0], noRecord) || !strings.Contains(strings.Join(known, "\n"), "at most 2 bits") {
		t.Errorf("of somebody known\n%s\nof a stranger\n%s", strings.Join(known, "\n"), strings.Join(unknown, "\n"))
	}
	if _, after := f.lookup(stranger); after != before {
		t.Errorf("the registry had %d subjects and has %d", before, after)
	}
}

// TestMalformedIsNotCharged holds that nothing counts that was refused for its form.
func TestMalformedIsNotCharged(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.asking("8", "1")
	person := patient(t, "IX", "X")
	_, old, _ := idnum.ResidentForms(person)
	with := func(change func(*job.Question)) job.Question {
		q := treated(id, person, "IX")
		change(&q)
		return q
	}
	wrong := []byte(person)
	wrong[17] = '0' + (wrong[17]-'0'+1)%10
	from := f.log.Size()
	for name, c := range map[string]struct {
		q    job.Question
		kind fault.Kind
	}{
		"no identifier":             {with(func(q *job.Question) { q.ID = nil }), fault.Invalid},
		"spaces":                    {with(func(q *job.Question) { q.ID = []byte(" - ") }), fault.Invalid},
		"wrong check":               {with(func(q *job.Question) { q.ID = wrong }), fault.Invalid},
		"cut off":                   {with(func(q *job.Question) { q.ID = q.ID[:16] }), fault.Invalid},
		"two people":                {with(func(q *job.Question) { q.ID = []byte(person + "\n" + nobody(t, 2)) }), fault.Invalid},
		"a name":                    {with(func(q *job.Question) { q.ID = []byte("王磊") }), fault.Invalid},
		"not UTF-8":                 {with(func(q *job.Question) { q.ID = []byte("\xff\xfe") }), fault.Invalid},
		"no parameter":              {with(func(q *job.Question) { q.Set = nil }), fault.Invalid},
		"another value":             {with(func(q *job.Question) { q.Set["chapter"] = "I' OR 1=1" }), fault.Invalid},
		"one parameter more":        {with(func(q *job.Question) { q.Set["icd"] = "IX" }), fault.Invalid},
		"parameter of another":      {job.Question{Job: id, Output: "visits", Set: map[string]string{"chapter": "IX"}, Basis: basis, ID: []byte(person)}, fault.Invalid},
		"no such question":          {with(func(q *job.Question) { q.Output = "other" }), fault.NotFound},
		"no basis":                  {with(func(q *job.Question) { q.Basis = " " }), fault.Invalid},
		"two lines":                 {with(func(q *job.Question) { q.Basis = "a\nb" }), fault.Invalid},
		"basis names him":           {with(func(q *job.Question) { q.Basis = "case " + person }), fault.Invalid},
		"basis names him otherwise": {with(func(q *job.Question) { q.Basis = "case " + old[:8] + " - " + old[8:] }), fault.Invalid},
		"basis names another":       {with(func(q *job.Question) { q.Basis = "患者王小明的授权" }), fault.Invalid},
	} {
		answer, err := f.ask("wang", c.q)
		if answer != "" || fault.KindOf(err) != c.kind {
			t.Errorf("%s: %q, %v", name, answer, err)
		} else if id := string(c.q.ID); len(id) > 4 && strings.Contains(err.Error(), id) {
			t.Errorf("%s: the error repeats the identifier: %v", name, err)
		}
	}
	if charged := f.intents(from); len(charged) != 0 {
		t.Errorf("charged: %+v", charged)
	}
	f.answers("wang", treated(id, person, "IX"), hasBeen) // the one call of the day
	_, err := f.ask("wu", treated(id, nobody(t, 1), "IX"))
	wantKind(t, err, fault.Limit, "the 1 calls of today")
}

// TestCallsOfADay counts them for each organisation and scenario, refused ones too, and
// begins anew at midnight in China.
func TestCallsOfADay(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.verifying("checks", "agr-1", "1", "3")
	first, second := f.question("wang", treatedJob, nil), f.secondCompany("16", "2")
	noon := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1).Add(4 * time.Hour) // in China
	f.at(func() time.Time { return noon })
	f.answers("wang", treated(first, nobody(t, 1), "IX"), hasNot)
	for range 2 { // whoever tries out whose account is used up has fewer calls
		_, err := f.ask("wu", treated(first, nobody(t, 1), "IX"))
		wantKind(t, err, fault.Limit, "at most 1 bits")
	}
	f.close()
	f.at(func() time.Time { return noon })
	from := f.log.Size()
	_, err := f.ask("wang", treated(first, nobody(t, 2), "IX"))
	wantKind(t, err, fault.Limit, "calls of today")
	if records := f.records(from); len(f.intents(from)) != 0 || records[len(records)-1].Details["rule"] != "calls_per_day" {
		t.Errorf("the log has %+v", records)
	}
	f.answers("feng", treated(second, nobody(t, 2), "IX"), hasNot)
	for who, left := range map[string]int64{"wu": 0, "feng": 1} {
		s := f.as(who)
		all, err := s.Jobs().Questions(t.Context(), s.Actor)
		if err != nil || len(all) == 0 || slices.ContainsFunc(all, func(q job.Askable) bool { return q.CallsLeft != left }) {
			t.Errorf("%s sees %+v, %v", who, all, err)
		}
	}
	f.at(func() time.Time { return noon.Add(12*time.Hour - time.Second) })
	_, err = f.ask("wang", treated(first, nobody(t, 2), "IX"))
	wantKind(t, err, fault.Limit, "calls of today")
	f.at(func() time.Time { return noon.Add(12 * time.Hour) })
	f.answers("wang", treated(first, nobody(t, 3), "IX"), hasNot)
}

// TestInquiries counts, charges as a whole or not at all, and refuses what it cannot read.
func TestInquiries(t *testing.T) {
	var i inquiries
	of := func(subject byte, org, day string) job.Inquiry {
		return job.Inquiry{Org: org, Scenario: "s", Day: day, Kind: "person", Subject: crypto.Digest{subject}, Millibits: 1000}
	}
	for n, c := range []struct {
		q     job.Inquiry
		taken int64
		ok    bool
	}{
		{of(1, "a", "2026-01-01"), 1000, true}, {of(1, "b", "2026-01-02"), 1000, true}, {of(1, "a", "2026-12-31"), 0, true},
		{of(2, "a", "2026-01-01"), 1000, true}, {of(3, "a", "2026-01-01"), 1000, true}, {of(4, "a", "2026-01-01"), 1000, false},
		{of(1, "a", "2027-01-01"), 1000, true},
	} {
		taken, ok := i.Take(c.q, 3, 2999)
		if ok != c.ok || ok && taken.Millibits != c.taken {
			t.Errorf("inquiry %d: %+v, %v", n, taken, ok)
		}
	}
	if i.Calls("a", "s", "2026-01-01") != 3 || i.Calls("a", "s", "2026-12-31") != 1 || i.Calls("a", "other", "2026-01-01") != 0 {
		t.Errorf("%+v", i.calls)
	}
	var crowd inquiries
	var group sync.WaitGroup
	var charged atomic.Int64
	for range 20 {
		group.Go(func() {
			taken, _ := crowd.Take(of(1, "a", "2026-01-01"), 100, 5000)
			charged.Add(taken.Millibits)
		})
	}
	if group.Wait(); charged.Load() != 5000 || crowd.Calls("a", "s", "2026-01-01") != 20 {
		t.Errorf("%d millibits at once", charged.Load())
	}
	for _, details := range []map[string]string{nil, {"answer_millibits": "1"}, {"answer_millibits": "-1", "answer_account": crypto.Digest{}.String(), "answer_day": "2026-01-01", "answer_org": "a", "answer_scenario": "s"}} {
		if err := i.replay(7, audit.Record{Action: string(access.AskSubject), Details: details}); fault.KindOf(err) != fault.Integrity {
			t.Errorf("%v: %v", details, err)
		}
	}
}
