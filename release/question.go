package release

import (
	"fmt"
	"strings"

	"yingbi/internal/fault"
)

// Question may be asked of one subject at a time, of the domain and nowhere else. It
// stands in tables.json, so that the reviewers have signed it word by word.
type Question struct {
	Name       string      `json:"name"`
	Kind       string      `json:"kind"`    // of the subject
	Source     string      `json:"source"`  // which rows of the subject, in the manifest's words
	Where      string      `json:"where"`   // may be empty
	Columns    []string    `json:"columns"` // data set and column
	Answers    []Answer    `json:"answers"` // the first that holds is given
	Parameters []Parameter `json:"parameters"`
	Millibits  int         `json:"millibits"` // that one answer tells at most
}

// Answer is one of a closed set.
type Answer struct {
	Label string `json:"label"`
	When  string `json:"when"` // empty of the last: all others, whoever has no rows, whoever is not known
}

// Parameter is what whoever asks chooses: one of a closed list.
type Parameter struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// QuestionsFile is a file of each release that has questions.
const QuestionsFile = "questions.txt"

const (
	minQuestionReviewers = 2
	maxWords             = 64 << 10 // bytes of a condition
)

// ParseQuestions reads the questions of tables.json.
func ParseQuestions(b []byte) ([]Question, error) {
	f, err := parse(TablesFile, b, maxTablesJSON, tablesFile.encode)
	return f.Questions, err
}

func checkQuestions(questions []Question, names map[string]bool) error {
	for _, q := range questions {
		if names[fold(q.Name)] {
			return fault.Errorf(fault.Invalid, "%s is the name of a table, chart or question already (capitals make no difference)", q.Name)
		}
		names[fold(q.Name)] = true
		var l checklist
		l.line("name", q.Name)
		l.line("kind", q.Kind)
		l.note(required(q.Source, maxWords, false), "source")
		l.note(flaw(q.Where, maxWords, false), "where")
		l.lines("columns", q.Columns)
		l.length("answers", len(q.Answers), 2)
		labels := map[string]bool{}
		for i, a := range q.Answers {
			l.line("label", a.Label)
			l.fail("label", labels[a.Label])
			labels[a.Label] = true
			l.note(flaw(a.When, maxWords, false), "when")
			l.fail("when", (a.When == "") != (i == len(q.Answers)-1))
		}
		l.length("parameters", len(q.Parameters), 0)
		for _, x := range q.Parameters {
			l.line("parameter", x.Name)
			l.length("values", len(x.Values), 1)
			l.lines("values", x.Values)
		}
		l.fail("millibits", q.Millibits < 1)
		if l.err != nil {
			return fault.Errorf(fault.Invalid, "question %s: %v", q.Name, l.err)
		}
	}
	return nil
}

// questionsText renders the questions for whoever opens the folder.
func questionsText(questions []Question) []byte {
	var b strings.Builder
	b.WriteString("Questions that may be asked of one subject at a time · 可就单个主体提出的核验问题\n")
	for _, q := range questions {
		fmt.Fprintf(&b, "\n%s\n", q.Name)
		for _, s := range q.Lines() {
			fmt.Fprintf(&b, "  %s\n", s)
		}
	}
	return []byte(b.String())
}

// Lines says in words what is asked, in English and Chinese.
func (q Question) Lines() []string {
	out := []string{"about one · 主体类别: " + q.Kind, "rows · 数据行: " + q.Source}
	if q.Where != "" {
		out = append(out, "where · 条件: "+q.Where)
	}
	if len(q.Columns) > 0 {
		out = append(out, "columns · 字段: "+strings.Join(q.Columns, ", "))
	}
	for _, x := range q.Parameters {
		out = append(out, "chosen by whoever asks · 调用者可选: "+x.Name+" = "+strings.Join(x.Values, " | "))
	}
	for i, a := range q.Answers {
		when := a.When
		if when == "" {
			when = "otherwise; also whoever has no rows or is not known · 其余情形，含无记录与查无此人"
		}
		out = append(out, fmt.Sprintf("%d. %s: %s", i+1, a.Label, when))
	}
	return append(out, fmt.Sprintf("one answer tells at most · 每次回答至多透露: %d.%03d bit", q.Millibits/1000, q.Millibits%1000))
}
