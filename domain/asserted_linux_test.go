//go:build linux && cgo

package domain

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yingbi/access"
	"yingbi/egress"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/release"
)

// treeJob is a tree of one split whose module is the example leaves: the manifest's other
// order of the numbers is that of the release. The table counts who is in which leaf.
const treeJob = `name: 费用与循环系统疾病
scenario: trees
question: 费用五百元以上与以下，循环系统疾病就诊各占多少
inputs:
  claims: {dataset: claims, columns: [icd_chapter, cost]}
derive:
  leaf: band(cost, [500])
tables:
  by_leaf:
    from: claims
    group_by: [leaf]
    measures: {people: subjects()}
outputs:
  leaves:
    kind: asserted
    about: 各叶子每百次就诊中循环系统疾病的次数
    from: [claims]
    leaves: by_leaf
    numbers:
      low: {min: 0, max: 100, scale: 1}
      high: {min: 0, max: 100, scale: 1}
`

// treeBits are what the two numbers of 1,001 choices, or none, carry: below 2·log₂(1001).
const treeBits = 19_935

// asserting approves the scenario trees; without bits it lets nothing asserted leave.
func (f *fixture) asserting(bits, outcome string) {
	f.t.Helper()
	body := string(document("scenario.yaml"))
	allowed := "preset: default"
	if bits != "" {
		allowed += "\nasserted: {bits: " + bits + "}"
	}
	for _, pair := range [][2]string{
		{"id: chronic", "id: trees"}, {"preset: default", allowed}, {"1_000_000", outcome},
		{"cost: [measure, filter, row]", "cost: [measure, filter, row, derive, group]"},
	} {
		if !strings.Contains(body, pair[0]) {
			f.t.Fatalf("the scenario has no %q", pair[0])
		}
		body = strings.Replace(body, pair[0], pair[1], 1)
	}
	if _, err := f.as("chen").ApproveScenario(f.t.Context(), "trees.yaml", []byte(body)); err != nil {
		f.t.Fatal(err)
	}
}

func numbersOf(t release.Table) string {
	var out []string
	for _, row := range t.Rows {
		out = append(out, row[0].Text+" "+row[1].Text)
	}
	return strings.Join(out, "; ")
}

// TestAssertedJob takes numbers that nobody recomputes to their release: by two signatures,
// cut to three digits, named in the certificate, charged in full, and the same again.
func TestAssertedJob(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.asserting("20", "1_000_000")
	id := f.runText([]byte(treeJob), guest(t, "leaves"))
	r := f.review(id)
	if r.Failure != nil || r.Job.Class != "asserted" || tableNames(r.Tables) != "by_leaf leaves" || len(r.Report.Assertions) != 1 || r.Needed != 2 {
		t.Fatalf("%+v, %s, %+v", r.Failure, tableNames(r.Tables), r.Report)
	}
	if a := r.Report.Assertions[0]; a.Verdict != egress.Publish || a.Millibits != treeBits || a.Leaves != "by_leaf" || r.Tables[1].Class != release.Asserted {
		t.Errorf("%+v", a)
	}
	said := numbersOf(r.Tables[1])
	if !strings.HasPrefix(said, "low ") || !strings.Contains(said, "; high ") || len(said) > len("low 12.3; high 12.3") {
		t.Error(said)
	}
	if b := r.Budgets[0]; b.Used != 4000+treeBits {
		t.Errorf("%+v is charged", b)
	}

	zhao := f.as("zhao")
	if j, err := zhao.Approve(t.Context(), id); err != nil || j.State != job.Held {
		t.Fatalf("after one signature the job is %s, %v", j.State, err)
	}
	_, err := zhao.Jobs().Release(t.Context(), zhao.Actor, id)
	wantKind(t, err, fault.Conflict)
	if _, err := f.as("xu").Approve(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := zhao.Jobs().Release(t.Context(), zhao.Actor, id); err != nil {
		t.Fatal(err)
	}
	wang := f.as("wang")
	files, err := wang.Jobs().Files(t.Context(), wang.Actor, id)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := release.VerifyFiles(files, domainName, f.Info.Public)
	if err != nil || cert.Class != "asserted" || !slices.Equal(cert.Asserted, []string{"leaves"}) || cert.Reviewers != 2 ||
		!slices.ContainsFunc(cert.Checks.NotChecked, func(s string) bool { return strings.HasPrefix(s, "asserted: ") }) {
		t.Errorf("%+v, %v", cert, err)
	}
	if !bytes.Contains(files["leaves.csv"], []byte("name,asserted\r\nlow,")) {
		t.Errorf("%s", files["leaves.csv"])
	}
	f.replays(id)
	f.edit("UPDATE jobs SET class = 'verified' WHERE id = ?", id)

	whisper := f.review(f.runText([]byte(treeJob), guest(t, "hostile-whisper")))
	if got := numbersOf(whisper.Tables[1]); got != said {
		t.Errorf("low digits come out: %s, and %s without them", got, said)
	}
	f.edit("UPDATE jobs SET class = 'verified' WHERE id = ?", whisper.Job.ID)
	if r := f.review(whisper.Job.ID); r.Needed != 2 {
		t.Errorf("with another class in the database %d have to sign", r.Needed)
	}
	f.approved(whisper.Job.ID)
	if _, err := zhao.Jobs().Release(t.Context(), zhao.Actor, whisper.Job.ID); err == nil || f.state(whisper.Job.ID) == job.Released {
		t.Errorf("with another class in the database it is released: %v", err)
	}
}

// TestAssertedRefused: numbers that break a rule do not leave, the table beside them does,
// and the operator learns no more than that.
func TestAssertedRefused(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.asserting("256", "1_000_000")
	change := func(from, to string) []byte {
		if !strings.Contains(treeJob, from) {
			t.Fatalf("no %q", from)
		}
		return []byte(strings.Replace(treeJob, from, to, 1))
	}
	for name, c := range map[string]struct {
		manifest []byte
		rule     egress.Rule
	}{
		"out of range":   {change("low: {min: 0, max: 100", "low: {min: 99, max: 100"), egress.RuleBounds},
		"another column": {change("      high: {min: 0, max: 100, scale: 1}\n", ""), egress.RuleColumns},
		"an empty leaf":  {change("band(cost, [500])", "band(cost, [500, 1000000000])"), egress.RuleLeaves},
		"a small leaf":   {change("band(cost, [500])", "band(cost, [500, "+f.largest(4)+"])"), egress.RuleLeaves},
	} {
		r := f.review(f.runText(c.manifest, guest(t, "leaves")))
		if r.Failure != nil || len(r.Report.Assertions) != 1 {
			t.Fatalf("%s: %+v", name, r.Failure)
		}
		if a := r.Report.Assertions[0]; a.Verdict != egress.Refuse || !slices.Equal(a.Rules, []egress.Rule{c.rule}) || tableNames(r.Tables) != "by_leaf" {
			t.Errorf("%s: %+v, %s", name, a, tableNames(r.Tables))
		}
		if small := r.Report.Tables[0].Failing[egress.RuleMinimum] > 0; small != (name == "a small leaf") {
			t.Errorf("%s: %+v", name, r.Report.Tables[0].Failing)
		}
		if name != "a small leaf" {
			continue
		}
		files := f.released(r.Job.ID)
		cert, err := release.VerifyFiles(files, domainName, f.Info.Public)
		if err != nil || cert.Class != "asserted" || cert.Asserted != nil || files["leaves.csv"] != nil {
			t.Errorf("%s: %+v, %v", name, cert, err)
		}
		wang := f.as("wang")
		told, err := wang.Jobs().Told(t.Context(), wang.Actor, r.Job.ID)
		if err != nil || !slices.Equal(told.RefusedNumbers, []string{"leaves"}) || told.Refused != nil {
			t.Errorf("%s: %+v, %v", name, told, err)
		}
		f.replays(r.Job.ID)
	}
}

// largest gives, in whole yuan, a cost that so many claims exceed and no more.
func (f *fixture) largest(n int) string {
	f.t.Helper()
	rows := csvRows(f.t, dataFile("claims"))
	column := slices.Index(rows[0], "cost")
	var costs []int
	for _, row := range rows[1:] {
		if len(row) <= column {
			continue // one of the rows that the import sets aside
		}
		whole, _, _ := strings.Cut(row[column], ".")
		if cost, err := strconv.Atoi(whole); err == nil {
			costs = append(costs, cost)
		}
	}
	slices.Sort(costs)
	return strconv.Itoa(costs[len(costs)-1-n] + 1)
}

// TestAssertedNeedsTheScenario: a scenario that does not say so lets nothing asserted leave,
// one that does no more bits than it names, and a run is charged before it starts.
func TestAssertedNeedsTheScenario(t *testing.T) {
	t.Parallel()
	f := open(t)
	wang := f.as("wang")
	submit := func() (job.Job, error) {
		return wang.Jobs().Submit(t.Context(), wang.Actor, job.Package{File: "job.yaml", Manifest: []byte(treeJob), Module: guest(t, "leaves")})
	}
	f.asserting("", "1_000_000")
	_, err := submit()
	wantKind(t, err, fault.Denied, "asserted", "authority")
	f.asserting("19", "1_000_000")
	_, err = submit()
	wantKind(t, err, fault.Limit, "19.935 bits", "lets one run carry 19")
	f.asserting("20", "40") // one run is 4 bits for its end, and these
	first, err := submit()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wang.Jobs().Run(t.Context(), wang.Actor, first.ID); err != nil {
		t.Fatal(err)
	}
	second, err := submit()
	if err != nil {
		t.Fatal(err)
	}
	from := f.log.Size()
	_, err = wang.Jobs().Run(t.Context(), wang.Actor, second.ID)
	wantKind(t, err, fault.Limit, "23.935 of the 40 bits", "this takes 23.935")
	if f.state(second.ID) != job.Queued {
		t.Errorf("the job is %s", f.state(second.ID))
	}
	for _, r := range f.records(from) {
		if r.Action == string(access.RunJob) {
			t.Error("a run was recorded")
		}
	}
	if _, err := f.as("zhao").Reject(t.Context(), first.ID, "disclosure_risk"); err != nil {
		t.Fatal(err)
	}
	_, err = wang.Jobs().Run(t.Context(), wang.Actor, second.ID)
	wantKind(t, err, fault.Limit, "23.935 of the 40 bits") // nothing is given back
}
