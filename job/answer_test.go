package job

import (
	"strings"
	"testing"

	"yingbi/access"
	"yingbi/catalog"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/manifest"
	"yingbi/masking"
	"yingbi/masking/detect"
	"yingbi/release"
)

const askText = `name: 核验
scenario: checks
question: 是否在保
inputs:
  insurance: {dataset: insurance, columns: [person, status]}
outputs:
  insured:
    kind: answer
    unit: person
    from: insurance
    answers:
      在保: any(status = 'A')
      不在保: otherwise
`

// questionsFrom plans the questions of a manifest over one input, of which the given
// policy is in force.
func questionsFrom(t *testing.T, text string, policy int) *questions {
	t.Helper()
	m, err := manifest.Parse("job.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := m.Check(manifest.Schema{"insurance": {Level: 3, Subjects: []string{"person"}, Columns: map[string]manifest.ColumnSchema{
		"person": {Type: coltype.Type{Kind: coltype.Text}, Uses: manifest.UseJoin, Subject: "person"},
		"status": {Type: coltype.Type{Kind: coltype.Text}, Uses: manifest.UseVerify},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	dataset := &catalog.Dataset{ID: "insurance", Subjects: []catalog.Subject{{Column: "person", Kind: "person"}}}
	dataset.Columns = []catalog.Column{{Name: "person", Identifier: detect.ResidentID}}
	in := input{name: "insurance", dataset: dataset, policy: &masking.Policy{ID: "p"}, grant: &access.Grant{PolicyVersion: policy}}
	return &questions{manifest: m, plan: plan, inputs: []input{in}}
}

// TestSignedFor holds the question that is asked to the one that was signed.
func TestSignedFor(t *testing.T) {
	m := questionsFrom(t, askText, 1)
	encoded := func(q *questions) []byte {
		b, err := release.EncodeTables(nil, questionsOf(q.plan)...)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	cert := func(reviewers, policy int) *release.Certificate {
		return &release.Certificate{Reviewers: reviewers, Inputs: []release.Input{{
			Dataset: "insurance", Policy: "p", PolicyVersion: policy, PolicyDigest: m.inputs[0].policy.Digest(),
		}}}
	}
	if err := m.signedFor(cert(2, 1), encoded(m)); err != nil {
		t.Error(err)
	}
	other := func(old, new string) []byte {
		return encoded(questionsFrom(t, strings.Replace(askText, old, new, 1), 1))
	}
	none, err := release.EncodeTables([]release.Table{})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		cert   *release.Certificate
		tables []byte
	}{
		"one signature":    {cert(1, 1), encoded(m)},
		"another policy":   {cert(2, 2), encoded(m)},
		"another value":    {cert(2, 1), other("status = 'A'", "status = 'B'")},
		"another label":    {cert(2, 1), other("不在保", "未在保")},
		"a condition":      {cert(2, 1), other("    answers", "    where: status = 'A'\n    answers")},
		"no question":      {cert(2, 1), none},
		"no other input":   {&release.Certificate{Reviewers: 2}, encoded(m)},
		"no tables at all": {cert(2, 1), nil},
	} {
		if err := m.signedFor(c.cert, c.tables); err == nil {
			t.Errorf("%s: the question may be asked", name)
		}
	}
}

// TestIdentifiers holds what is refused for its form to the description of the column.
func TestIdentifiers(t *testing.T) {
	const resident, firm = "11010519491231002X", "91350100M000100Y43"
	for _, c := range []struct {
		of detect.Type
		id string
		ok bool
	}{
		{detect.ResidentID, resident, true}, {detect.ResidentID, "１１０１０５ 19491231-002x", true}, {detect.ResidentID, "110105491231002", true},
		{detect.ResidentID, "110105194912310021", false}, {detect.ResidentID, "110105491331002", false}, {detect.ResidentID, firm, false}, {detect.ResidentID, "", false},
		{detect.ResidentID15, resident, true}, {detect.ResidentID15, "7", false},
		{detect.USCC, firm, true}, {detect.USCC, "91350100M000100Y44", false}, {detect.USCC, resident, false},
		{0, "7", true}, {0, "户-7", true}, {0, "--", false}, {0, "\xff", false}, {0, strings.Repeat("7", 257), false},
	} {
		if err := checkIdentifier(c.of, []byte(c.id)); (err == nil) != c.ok || err != nil && (fault.KindOf(err) != fault.Invalid || len(c.id) > 1 && strings.Contains(err.Error(), c.id)) {
			t.Errorf("%s %q: %v", c.of, c.id, err)
		}
	}
}

// TestBasis holds that a reference names a document, and nobody.
func TestBasis(t *testing.T) {
	const resident = "11010519491231002X"
	for basis, ok := range map[string]bool{
		"授权书〔2026〕17号": true, "consent 2026/17": true, "协查函 京公(2026)0042": true,
		"": false, "  ": false, "a\nb": false, "a\u202eb": false, "<b>17</b>": false, strings.Repeat("长", 121): false,
		"of " + resident: false, "of 110105 19491231 002x": false, "of 110105-491231-002": false, "患者王小明的授权": false, "13912345678": false,
	} {
		if err := checkBasis(basis, []byte(resident)); (err == nil) != ok || err != nil && strings.Contains(err.Error(), "491231") {
			t.Errorf("%q: %v", basis, err)
		}
	}
	if err := checkBasis("授权书〔2026〕17号", []byte("17")); err != nil {
		t.Errorf("an identifier of two digits: %v", err)
	}
	if err := checkBasis("case P-123456", []byte("p123456")); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an identifier of another kind: %v", err)
	}
}

// TestInquiryIsReadBack holds that a start reads what was charged.
func TestInquiryIsReadBack(t *testing.T) {
	q := Inquiry{Org: "云健数据", Scenario: "checks", Day: "2026-12-31", Kind: "person", Subject: [32]byte{1}, Millibits: 1585}
	if got, ok, err := ParseInquiry(string(access.AskSubject), q.details()); err != nil || !ok || got != q || got.Year() != "2026" {
		t.Errorf("%+v, %v, %v", got, ok, err)
	}
	if _, ok, err := ParseInquiry(string(access.RunJob), Charge{Org: "a"}.details()); ok || err != nil {
		t.Errorf("a run is an inquiry: %v, %v", ok, err)
	}
	for name := range q.details() {
		if name == detailAskKind { // for readers alone
			continue
		}
		less := q.details()
		delete(less, name)
		if _, _, err := ParseInquiry(string(access.AskSubject), less); fault.KindOf(err) != fault.Integrity {
			t.Errorf("without %s: %v", name, err)
		}
	}
}
