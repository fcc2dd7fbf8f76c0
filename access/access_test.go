package access

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"yingbi/internal/fault"
)

const agreementText = `id: agr-1
title: 公共数据授权运营协议
authority: 玉溪市数据局
operator: 云健数据
from: 2026-01-01
until: 2028-12-31
products: [慢病费用监测报告]
`

const scenarioText = `id: chronic
title: 慢病费用监测
purpose: 监测各区县循环系统疾病人均费用
agreement: agr-1
department: 玉溪市医保局
preset: default
from: 2026-03-01
until: 2026-12-31
grants:
  - dataset: claims
    policy: claims-statistics
    version: 3
    columns:
      person: [join]
      district: [group, filter]
      cost: [measure, row]
`

func documents(t *testing.T) (*Agreement, *Scenario) {
	t.Helper()
	a, err := ParseAgreement("agreement.yaml", []byte(agreementText))
	if err != nil {
		t.Fatal(err)
	}
	s, err := ParseScenario("scenario.yaml", []byte(scenarioText))
	if err != nil {
		t.Fatal(err)
	}
	return a, s
}

func TestDocumentsAreRead(t *testing.T) {
	a, s := documents(t)
	if a.Operator != "云健数据" || a.Term.String() != "2026-01-01 to 2028-12-31" || a.Products[0] != "慢病费用监测报告" {
		t.Errorf("agreement %+v", a)
	}
	g, err := s.Grant("claims")
	if err != nil || g.Policy != "claims-statistics" || g.PolicyVersion != 3 || len(g.Columns) != 3 || !slices.Equal(g.Columns[2].Uses, []Use{Measure, Row}) {
		t.Errorf("grant %+v, %v", g, err)
	}
	if s.OutcomeBits != 256 {
		t.Errorf("%d bits by default", s.OutcomeBits)
	}
	own := strings.Replace(scenarioText, "preset: default", "preset: default\noutcome_bits: 128", 1)
	if s, err := ParseScenario("s.yaml", []byte(own)); err != nil || s.OutcomeBits != 128 {
		t.Errorf("%+v, %v", s, err)
	}
	if s.Verification != nil {
		t.Errorf("%+v by default", s.Verification)
	}
	answers := strings.NewReplacer("preset: default", "preset: default\nverification: {subject_bits: 8, calls_per_day: 500}", "[join]", "[join, verify]").Replace(scenarioText)
	if s, err := ParseScenario("s.yaml", []byte(answers)); err != nil || *s.Verification != (Verification{8, 500}) || !slices.Contains(s.Grants[0].Columns[0].Uses, Verify) {
		t.Errorf("%+v, %v", s, err)
	}
	if s.AssertedBits != 0 {
		t.Errorf("%d bits are asserted by default", s.AssertedBits)
	}
	asserts := strings.Replace(scenarioText, "preset: default", "preset: default\nasserted: {bits: 256}", 1)
	if s, err := ParseScenario("s.yaml", []byte(asserts)); err != nil || s.AssertedBits != 256 {
		t.Errorf("%+v, %v", s, err)
	}
	asks := strings.Replace(scenarioText, "    version: 3\n", "    version: 3\n    requires: {k: 5, l: 2, t: 0.25, quasi: [district, birth]}\n", 1)
	if s, err := ParseScenario("s.yaml", []byte(asks)); err != nil || !reflect.DeepEqual(s.Grants[0].Requires, Requirement{5, 2, 0.25, []string{"district", "birth"}}) {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := s.Grant("population"); fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), "claims") {
		t.Errorf("Grant of what is not granted: %v", err)
	}
}

func TestDocumentsRefuse(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"unknown key":   {"preset: default", "preset: default\nextra: 1", `unknown key "extra"`},
		"missing":       {"purpose: 监测各区县循环系统疾病人均费用\n", "", `"purpose" is missing`},
		"bad id":        {"id: chronic", "id: ../x", "no scenario id"},
		"bad date":      {"from: 2026-03-01", "from: 2026-3-1", "s.yaml:7:7: from"},
		"inverted term": {"until: 2026-12-31", "until: 2026-02-01", "lies before from"},
		"unknown use":   {"[measure, row]", "[measure, export]", `"export" is not a use`},
		"no version":    {"    version: 3\n", "", `"version" is missing`},
		"version 0":     {"version: 3", "version: 0", "the policy's version"},
		"use twice":     {"[measure, row]", "[row, row]", "stands twice"},
		"no use":        {"[measure, row]", "[]", "at least one use"},
		"uses left out": {"person: [join]", "person:", "lists its uses"},
		"three of them": {"preset: default", "preset: default\nreviewers: 3", "reviewers: want 1 to 2"},
		"no yes or no":  {"preset: default", "preset: default\nautomatic: maybe", "automatic: want true or false"},
		"nobody of two": {"preset: default", "preset: default\nautomatic: true\nreviewers: 2", "two people are asked for"},
		"no preset":     {"preset: default", "preset: city\npreset_version: 0", "preset_version: want 1 to"},
		"no days":       {"preset: default", "preset: default\napproval_days: 0", "approval_days: want 1 to 366"},
		"no bits":       {"preset: default", "preset: default\noutcome_bits: 0", "want 1 to 1048576 bits"},
		"no one looks":  {"preset: default", "preset: default\nautomatic: true\nasserted: {bits: 8}", "two people look at these"},
		"asserts none":  {"preset: default", "preset: default\nasserted: {bits: 0}", "asserted.bits: want 1 to 4096"},
		"asserts many":  {"preset: default", "preset: default\nasserted: {bits: 4097}", "asserted.bits: want 1 to 4096"},
		"asserts all":   {"preset: default", "preset: default\nasserted: {}", `"bits" is missing`},
		"asserts more":  {"preset: default", "preset: default\nasserted: {bits: 8, numbers: 1}", `unknown key "numbers"`},
		"half a limit":  {"preset: default", "preset: default\nverification: {subject_bits: 8}", `"calls_per_day" is missing`},
		"other half":    {"preset: default", "preset: default\nverification: {calls_per_day: 8}", `"subject_bits" is missing`},
		"many bits":     {"preset: default", "preset: default\nverification: {subject_bits: 17, calls_per_day: 8}", "verification.subject_bits: want 1 to 16"},
		"no calls":      {"preset: default", "preset: default\nverification: {subject_bits: 8, calls_per_day: 0}", "verification.calls_per_day: want 1 to"},
		"a third limit": {"preset: default", "preset: default\nverification: {subject_bits: 8, calls_per_day: 5, calls: 1}", `unknown key "calls"`},
		"parts of bits": {"preset: default", "preset: default\noutcome_bits: 2.5", "want a whole number"},
		"k of one":      {"version: 3", "version: 3\n    requires: {k: 1}", "requires.k: want a number from 2"},
		"l of many":     {"version: 3", "version: 3\n    requires: {l: 100001}", "requires.l: want a number from 2"},
		"t of one":      {"version: 3", "version: 3\n    requires: {t: 1}", "want a distance between 0 and 1"},
		"t of no size":  {"version: 3", "version: 3\n    requires: {t: NaN}", "want a distance between 0 and 1"},
		"other models":  {"version: 3", "version: 3\n    requires: {k: 5, m: 2}", `unknown key "m"`},
		"no models":     {"version: 3", "version: 3\n    requires: {}", "name what is required"},
		"granted twice": {"grants:\n", "grants:\n  - {dataset: claims, policy: p, version: 1, columns: {a: [row]}}\n", "granted twice"},
	} {
		text := strings.Replace(scenarioText, c.old, c.new, 1)
		if text == scenarioText {
			t.Fatalf("%s: nothing replaced", name)
		}
		_, err := ParseScenario("s.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	long := strings.Replace(agreementText, "until: 2028-12-31", "until: 2031-01-02", 1)
	if _, err := ParseAgreement("a.yaml", []byte(long)); err == nil || !strings.Contains(err.Error(), "longer than 5 years") {
		t.Errorf("an agreement of more than five years: %v", err)
	}
}

// TestSignatures holds the table: level 3 and what nobody recomputes take two people, and
// no scenario makes that one.
func TestSignatures(t *testing.T) {
	for reviewers, want := range map[int][6]int{0: {2, 1, 1, 2, 2, 2}, 1: {2, 1, 1, 2, 2, 2}, 2: {2, 2, 2, 2, 2, 2}} {
		s := &Scenario{Reviewers: reviewers}
		for level := range 5 {
			if got := s.Signatures(level, true); got != want[level] {
				t.Errorf("%d reviewers, level %d: %d signatures, want %d", reviewers, level, got, want[level])
			}
		}
		if got := s.Signatures(1, false); got != want[5] {
			t.Errorf("%d reviewers, not recomputed: %d signatures", reviewers, got)
		}
	}
	_, s := documents(t)
	if s.Reviewers != 1 || s.ApprovalDays != 30 || s.Automatic {
		t.Errorf("left out, %d reviewers and %d days", s.Reviewers, s.ApprovalDays)
	}
	own := strings.Replace(scenarioText, "preset: default", "preset: default\nreviewers: 2\napproval_days: 7\nfiling: 滇数备-42", 1)
	if s, err := ParseScenario("s.yaml", []byte(own)); err != nil || s.Reviewers != 2 || s.ApprovalDays != 7 || s.Filing != "滇数备-42" {
		t.Errorf("%+v, %v", s, err)
	}
}

// everyone is one person per role, in the organisation that the documents name.
func everyone() map[Role]Person {
	orgs := map[Role]string{
		Provider: "玉溪市医保局", Authority: "玉溪市数据局", Processor: "玉数集团", Operator: "云健数据",
		Reviewer: "玉溪市医保局", Security: "玉溪市数据局", Auditor: "玉溪市审计局", Sysadmin: "玉溪市信息中心",
	}
	out := map[Role]Person{}
	for role, org := range orgs {
		out[role] = Person{ID: string(role) + "-1", Org: org, Roles: []Role{role}, Confirmed: true}
	}
	return out
}

// TestEveryRoleAndAction states the whole matrix: a new role or action without
// an owner fails here.
func TestEveryRoleAndAction(t *testing.T) {
	want := map[Action][]Role{
		ManagePeople: {Sysadmin}, ConfirmPerson: {Security}, ListPeople: {Sysadmin, Security}, RegisterDataset: {Provider}, ImportDataset: {Provider}, ReadQuality: {Provider},
		ListDatasets: {Provider, Authority, Processor, Operator, Reviewer, Security, Auditor},
		SetPolicy:    {Security, Processor}, SignAgreement: {Authority}, ApproveScenario: {Authority},
		ListScenarios: {Authority, Operator, Reviewer, Security, Auditor, Provider},
		FetchKit:      {Provider, Authority, Processor, Operator, Reviewer, Security, Auditor},
		SubmitJob:     {Operator}, RunJob: {Operator}, ReadJob: {Operator}, ReviewJob: {Reviewer}, DecideJob: {Reviewer},
		CreateRelease: {Reviewer}, FetchRelease: {Operator}, ReadAudit: {Security, Auditor}, RotateKeys: {Security},
		RepairDomain: {Sysadmin}, AcceptClock: {Security},
		ReadBudget: {Operator}, ReleaseExcerpt: {Reviewer}, ReplayRelease: {Reviewer, Security, Auditor},
		RequestReveal: {Provider}, ListReveals: {Provider, Security, Auditor}, DecideReveal: {Security}, ReadReveal: {Provider},
		ReadRisk:   {Reviewer, Security},
		AskSubject: {Operator}, ListQuestions: {Operator},
		CommentJob: {Reviewer}, AnswerJob: {Operator},
		WithdrawRelease: {Reviewer, Authority, Security}, ListWithdrawn: {Provider, Authority, Processor, Operator, Reviewer, Security, Auditor},
	}
	if len(want) != len(Actions()) {
		t.Fatalf("the domain has %d actions, the test names %d", len(Actions()), len(want))
	}
	people := everyone()
	if len(people) != len(Roles()) {
		t.Fatalf("the domain has %d roles, the test names %d", len(Roles()), len(people))
	}
	agreement, scenario := documents(t)
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	for _, action := range Actions() {
		for _, role := range Roles() {
			submitter := people[Operator]
			if action == DecideReveal || action == ReadReveal {
				submitter = people[Provider]
			}
			d := Check(Request{
				Actor: people[role], Action: action, Now: now, Scenario: scenario, Agreement: agreement,
				Submitter: submitter.ID, SubmitterOrg: submitter.Org,
			})
			if want := slices.Contains(want[action], role); d.Allowed != want {
				t.Errorf("%s by %s: allowed %v, want %v (%s)", action, role, d.Allowed, want, d.Reason)
			}
			if !d.Allowed && (d.Rule == "" || d.Reason == "" || d.Remedy == "") {
				t.Errorf("%s by %s is refused without saying why: %+v", action, role, d)
			}
		}
	}
}

func TestCheckRefusesByRule(t *testing.T) {
	people := everyone()
	operator, reviewer := people[Operator], people[Reviewer]
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	submit := func(change func(*Request, *Agreement, *Scenario)) Request {
		a, s := documents(t)
		r := Request{Actor: operator, Action: SubmitJob, Now: now, Scenario: s, Agreement: a}
		change(&r, a, s)
		return r
	}
	review := func(change func(*Request, *Agreement, *Scenario)) Request {
		return submit(func(r *Request, a *Agreement, s *Scenario) {
			r.Actor, r.Action, r.Submitter, r.SubmitterOrg = reviewer, DecideJob, operator.ID, operator.Org
			change(r, a, s)
		})
	}
	reveal := func(action Action, by, asked Person) Request {
		return Request{Actor: by, Action: action, Now: now, Submitter: asked.ID, SubmitterOrg: asked.Org}
	}
	security, both := people[Security], people[Security] // both asked as a provider, too
	both.Roles = []Role{Security, Provider}
	colleague := Person{ID: "provider-2", Org: security.Org, Roles: []Role{Provider}, Confirmed: true}
	frozen, waiting := security, security
	frozen.Frozen, waiting.Confirmed = true, false
	for name, c := range map[string]struct {
		r    Request
		rule string
	}{
		"own reveal":            {reveal(DecideReveal, both, both), "four_eyes"},
		"reveal of a colleague": {reveal(DecideReveal, security, colleague), "four_eyes"},
		"no such reveal":        {reveal(DecideReveal, security, Person{}), "four_eyes"},
		"reveal, frozen":        {reveal(DecideReveal, frozen, people[Provider]), "frozen"},
		"reveal, unconfirmed":   {reveal(DecideReveal, waiting, people[Provider]), "unconfirmed"},
		"another's reveal":      {reveal(ReadReveal, colleague, people[Provider]), "own_request"},
		"reading no reveal":     {reveal(ReadReveal, people[Provider], Person{}), "own_request"},
		"risk of another department": {review(func(r *Request, _ *Agreement, s *Scenario) {
			r.Action, s.Department = ReadRisk, "玉溪市教育局"
		}), "department"},
		"risk of no scenario": {review(func(r *Request, _ *Agreement, s *Scenario) { r.Action, r.Scenario = ReadRisk, nil }), "department"},
		"asking after the term": {submit(func(r *Request, a *Agreement, _ *Scenario) {
			r.Action, r.SubmitterOrg, a.Term.Until = AskSubject, operator.Org, time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		}), "agreement_term"},
		"asking after the scenario": {submit(func(r *Request, _ *Agreement, _ *Scenario) {
			r.Action, r.SubmitterOrg, r.Now = AskSubject, operator.Org, time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC)
		}), "scenario_term"},
		"asking another's question": {submit(func(r *Request, _ *Agreement, _ *Scenario) { r.Action, r.SubmitterOrg = AskSubject, "另一家公司" }), "own_work"},
		"asking, agreement gone over": {submit(func(r *Request, a *Agreement, _ *Scenario) {
			r.Action, r.SubmitterOrg, a.Operator = AskSubject, operator.Org, "另一家公司"
		}), "agreement"},
		"asking, frozen": {submit(func(r *Request, _ *Agreement, _ *Scenario) {
			r.Action, r.SubmitterOrg, r.Actor.Frozen = AskSubject, operator.Org, true
		}), "frozen"},
		"zero request":    {Request{}, "default"},
		"unknown action":  {submit(func(r *Request, _ *Agreement, _ *Scenario) { r.Action = "rows.download" }), "default"},
		"nobody":          {submit(func(r *Request, _ *Agreement, _ *Scenario) { r.Actor = Person{} }), "default"},
		"unconfirmed":     {submit(func(r *Request, _ *Agreement, _ *Scenario) { r.Actor.Confirmed = false }), "unconfirmed"},
		"frozen":          {submit(func(r *Request, _ *Agreement, _ *Scenario) { r.Actor.Frozen = true }), "frozen"},
		"no scenario":     {submit(func(r *Request, _ *Agreement, _ *Scenario) { r.Scenario = nil }), "scenario"},
		"no agreement":    {submit(func(r *Request, _ *Agreement, _ *Scenario) { r.Agreement = nil }), "scenario"},
		"other agreement": {submit(func(_ *Request, a *Agreement, _ *Scenario) { a.ID = "agr-2" }), "scenario"},
		"other operator":  {submit(func(_ *Request, a *Agreement, _ *Scenario) { a.Operator = "别家" }), "agreement"},
		"before the term": {submit(func(r *Request, _ *Agreement, _ *Scenario) { r.Now = time.Date(2026, 2, 28, 15, 59, 59, 0, time.UTC) }), "scenario_term"},
		"after the term":  {submit(func(r *Request, _ *Agreement, _ *Scenario) { r.Now = time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC) }), "scenario_term"},
		"agreement has ended": {submit(func(r *Request, a *Agreement, _ *Scenario) {
			a.Term.Until = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		}), "agreement_term"},
		"kit of another's agreement": {submit(func(r *Request, a *Agreement, _ *Scenario) {
			r.Action, a.Operator = FetchKit, "另一家公司"
		}), "agreement"},
		"kit without an agreement":         {submit(func(r *Request, _ *Agreement, _ *Scenario) { r.Action, r.Agreement = FetchKit, nil }), "scenario"},
		"own job":                          {review(func(r *Request, _ *Agreement, _ *Scenario) { r.Submitter = reviewer.ID }), "four_eyes"},
		"own organisation":                 {review(func(r *Request, _ *Agreement, _ *Scenario) { r.SubmitterOrg = reviewer.Org }), "four_eyes"},
		"unknown job":                      {review(func(r *Request, _ *Agreement, _ *Scenario) { r.Submitter = "" }), "four_eyes"},
		"replay of one's own organisation": {review(func(r *Request, _ *Agreement, _ *Scenario) { r.Action, r.SubmitterOrg = ReplayRelease, reviewer.Org }), "four_eyes"},
		"replay of another department": {review(func(r *Request, _ *Agreement, s *Scenario) {
			r.Action, s.Department = ReplayRelease, "玉溪市教育局"
		}), "department"},
		"excerpt after the term": {review(func(r *Request, a *Agreement, _ *Scenario) {
			r.Action, a.Term.Until = ReleaseExcerpt, time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		}), "agreement_term"},
		"withdrawn by another authority": {review(func(r *Request, a *Agreement, _ *Scenario) {
			r.Action, r.Actor, a.Authority = WithdrawRelease, people[Authority], "别市数据局"
		}), "grantor"},
		"withdrawn under no agreement": {review(func(r *Request, _ *Agreement, _ *Scenario) {
			r.Action, r.Actor, r.Agreement = WithdrawRelease, people[Authority], nil
		}), "grantor"},
		"withdrawn by another department": {review(func(r *Request, _ *Agreement, s *Scenario) {
			r.Action, s.Department = WithdrawRelease, "玉溪市教育局"
		}), "department"},
		"remark on one's own organisation's": {review(func(r *Request, _ *Agreement, _ *Scenario) { r.Action, r.SubmitterOrg = CommentJob, reviewer.Org }), "four_eyes"},
		"remark on another department's":     {review(func(r *Request, _ *Agreement, s *Scenario) { r.Action, s.Department = CommentJob, "玉溪市教育局" }), "department"},
		"answer for another organisation":    {submit(func(r *Request, _ *Agreement, _ *Scenario) { r.Action, r.SubmitterOrg = AnswerJob, "另一家公司" }), "own_work"},
		"other department":                   {review(func(_ *Request, _ *Agreement, s *Scenario) { s.Department = "玉溪市教育局" }), "department"},
	} {
		d := Check(c.r)
		if d.Allowed || d.Rule != c.rule || fault.KindOf(d.Err()) != fault.Denied {
			t.Errorf("%s: %+v, want rule %s", name, d, c.rule)
		}
	}
	for name, r := range map[string]Request{
		"first instant": submit(func(r *Request, _ *Agreement, _ *Scenario) { r.Now = time.Date(2026, 2, 28, 16, 0, 0, 0, time.UTC) }),
		"last instant":  submit(func(r *Request, _ *Agreement, _ *Scenario) { r.Now = time.Date(2026, 12, 31, 15, 59, 59, 0, time.UTC) }),
	} {
		if d := Check(r); !d.Allowed || d.Err() != nil {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

// TestYearIsTheDomains holds that a year begins at midnight in China.
func TestYearIsTheDomains(t *testing.T) {
	midnight := time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC)
	if before, after := Year(midnight.Add(-time.Second)), Year(midnight); before != 2026 || after != 2027 {
		t.Errorf("%d before midnight, %d after", before, after)
	}
	if before, after := Day(midnight.Add(-time.Second)), Day(midnight); before != "2026-12-31" || after != "2027-01-01" {
		t.Errorf("%s before midnight, %s after", before, after)
	}
}

func TestRegistration(t *testing.T) {
	for _, pair := range separated {
		p := Person{ID: "x", Org: "o", Roles: []Role{pair.b, pair.a}}
		if err := CheckRegistration(p); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s with %s: %v", pair.a, pair.b, err)
		}
	}
	for _, id := range []string{"", "Li", "李", "a/b", "..", "-a", strings.Repeat("a", 65)} {
		if err := CheckRegistration(Person{ID: id, Org: "o", Roles: []Role{Operator}}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("id %q: %v", id, err)
		}
	}
	for _, p := range []Person{{ID: "a", Roles: []Role{Operator}}, {ID: "a", Org: "o"}} {
		if err := CheckRegistration(p); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if err := CheckRegistration(Person{ID: "li-1", Org: "o", Roles: []Role{Provider, Reviewer}}); err != nil {
		t.Error(err)
	}
}

func TestParseRole(t *testing.T) {
	for _, r := range Roles() {
		if got, err := ParseRole(string(r)); err != nil || got != r || r.Title() == "" {
			t.Errorf("ParseRole(%q) = %q, %v; title %q", r, got, err, r.Title())
		}
	}
	if _, err := ParseRole("root"); err == nil || !strings.Contains(err.Error(), "sysadmin") {
		t.Errorf("ParseRole(root): %v", err)
	}
}
