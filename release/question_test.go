package release

import (
	"bytes"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

func testQuestion() Question {
	return Question{
		Name: "insured", Kind: "person", Source: "insurance", Where: "status = 'A'", Columns: []string{"insurance.paid_until"},
		Answers:    []Answer{{"在保", "any(paid_until >= since)"}, {"曾参保", "count() >= 1"}, {"无记录", ""}},
		Parameters: []Parameter{{"since", []string{"2023-01-01", "2024-01-01"}}}, Millibits: 1585,
	}
}

// asking is a release of questions, and of no table, that two people approved.
func (d *testDomain) asking(t testing.TB, questions []Question, change func(*draft)) map[string][]byte {
	t.Helper()
	return d.release(t, func(r *draft) {
		var err error
		if r.tables, err = EncodeTables(nil, questions...); err != nil {
			t.Fatal(err)
		}
		if r.files, err = Files(r.tables, Terms{}); err != nil {
			t.Fatal(err)
		}
		second := approval(r.tables)
		second.Reviewer = "he"
		r.decisions, r.signers = []Decision{approval(r.tables), second}, []string{"lin", "he"}
		r.cert = func(c *Certificate) { c.Reviewers = 2 }
		if change != nil {
			change(r)
		}
	})
}

// TestQuestionsAreReleased holds a release of a question alone, in words and in data.
func TestQuestionsAreReleased(t *testing.T) {
	d := newDomain(t)
	files := d.asking(t, []Question{testQuestion()}, nil)
	if _, err := VerifyFiles(files, domainName, d.key.Public()); err != nil {
		t.Fatal(err)
	}
	if len(files) != 4 || files[WorkbookFile] != nil {
		t.Errorf("the release has %d files", len(files))
	}
	for _, want := range []string{"insured", "person", "status = 'A'", "since = 2023-01-01 | 2024-01-01", "1. 在保: any(paid_until >= since)", "3. 无记录: otherwise", "1.585 bit"} {
		if !bytes.Contains(files[QuestionsFile], []byte(want)) {
			t.Errorf("%s does not say %q:\n%s", QuestionsFile, want, files[QuestionsFile])
		}
	}
	if got, err := ParseQuestions(files[TablesFile]); err != nil || len(got) != 1 || got[0].Answers[0].Label != "在保" {
		t.Errorf("%+v, %v", got, err)
	}
	both, err := EncodeTables(testTables(), testQuestion())
	if err != nil {
		t.Fatal(err)
	}
	if all, err := Files(both, Terms{}); err != nil || len(all) != 5 {
		t.Errorf("tables and a question make %d files, %v", len(all), err)
	}
}

// TestAnotherQuestion changes a question behind the reviewers: each change is found,
// by everybody and even where the domain itself signs it.
func TestAnotherQuestion(t *testing.T) {
	d := newDomain(t)
	files := d.asking(t, []Question{testQuestion()}, nil)
	for _, name := range []string{TablesFile, QuestionsFile} {
		for i := range files[name] {
			altered := bytes.Clone(files[name])
			altered[i] ^= 1 << (i % 8)
			expectAltered(t, d, files, name, altered)
		}
	}
	for name, change := range map[string]func(*Question){
		"a label":       func(q *Question) { q.Answers[0].Label = "有效" },
		"a condition":   func(q *Question) { q.Answers[0].When = "any(paid_until >= since or true)" },
		"where":         func(q *Question) { q.Where = "" },
		"the rows":      func(q *Question) { q.Source = "claims" },
		"a value more":  func(q *Question) { q.Parameters[0].Values = append(q.Parameters[0].Values, "2025-01-01") },
		"an answer off": func(q *Question) { q.Answers = q.Answers[1:] },
		"fewer bits":    func(q *Question) { q.Millibits = 1 },
		"its subject":   func(q *Question) { q.Kind = "enterprise" },
	} {
		other := testQuestion()
		change(&other)
		changed, err := EncodeTables(nil, other)
		if err != nil {
			t.Fatal(err)
		}
		_, err = VerifyFiles(d.asking(t, []Question{testQuestion()}, func(r *draft) {
			if r.files, err = Files(changed, Terms{}); err != nil {
				t.Fatal(err)
			}
		}), domainName, d.key.Public())
		if fault.KindOf(err) != fault.Integrity || !strings.Contains(err.Error(), "made about other tables") {
			t.Errorf("%s is another, and the domain signs it: %v", name, err)
		}
	}
	words := d.asking(t, []Question{testQuestion()}, func(r *draft) {
		r.files[QuestionsFile] = bytes.Replace(r.files[QuestionsFile], []byte("曾参保"), []byte("未参保"), 1)
	})
	_, err := VerifyFiles(words, domainName, d.key.Public())
	wantKind(t, err, fault.Integrity)
}

// TestQuestionsNeedTwo holds that one signature releases no question.
func TestQuestionsNeedTwo(t *testing.T) {
	d := newDomain(t)
	for name, change := range map[string]func(*draft){
		"one person": func(r *draft) {
			r.decisions, r.signers = r.decisions[:1], r.signers[:1]
			r.cert = func(c *Certificate) { c.Reviewers = 1 }
		},
		"two who claim that one is enough": func(r *draft) { r.cert = func(c *Certificate) { c.Reviewers = 1 } },
		"a policy": func(r *draft) {
			r.decisions = r.decisions[:1]
			r.byPolicy(PolicyPrefix + "chronic@1")
			r.cert = func(c *Certificate) { c.Reviewers = 1 }
		},
	} {
		if _, err := VerifyFiles(d.asking(t, []Question{testQuestion()}, change), domainName, d.key.Public()); fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestQuestionRefusals(t *testing.T) {
	for name, change := range map[string]func(*Question){
		"no name":           func(q *Question) { q.Name = "" },
		"a table's name":    func(q *Question) { q.Name = "BY_DISTRICT" },
		"one answer":        func(q *Question) { q.Answers = q.Answers[2:] },
		"an answer twice":   func(q *Question) { q.Answers[1].Label = "在保" },
		"no otherwise":      func(q *Question) { q.Answers[2].When = "true" },
		"two of otherwise":  func(q *Question) { q.Answers[0].When = "" },
		"a label of lines":  func(q *Question) { q.Answers[0].Label = "a\nb" },
		"no values":         func(q *Question) { q.Parameters[0].Values = nil },
		"no bits":           func(q *Question) { q.Millibits = 0 },
		"a control in when": func(q *Question) { q.Answers[0].When = "a\x00" },
	} {
		q := testQuestion()
		change(&q)
		if _, err := EncodeTables(testTables(), q); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := EncodeTables(nil, testQuestion(), testQuestion()); fault.KindOf(err) != fault.Invalid {
		t.Errorf("two of a name: %v", err)
	}
}
