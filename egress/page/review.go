package page

import (
	"strings"
	"time"

	"yingbi/egress"
	"yingbi/egress/chart"
)

// Review is what the reviewer's report is made of. Words of rules and states are the
// caller's, in the language of Chinese.
type Review struct {
	Chinese bool
	Domain  string // its name
	Made    time.Time

	Job       string // id
	Name      string
	Question  string
	Audience  string
	Notes     string
	Submitter string
	Org       string // the submitter's
	Created   time.Time
	Class     string // whose figures they are, in words
	Manifest  string

	State    string // in words
	Decision string // what a reviewer decided, in words; empty before
	Failure  string // why the run failed; empty if it did not

	Scenario  Scenario
	Agreement Agreement
	Grants    []Grant

	Report     *egress.Report // nil of a run that failed
	Leaving    []string       // names of the tables that would leave
	Charts     []Chart        // that would leave with them
	Rules      map[egress.Rule]RuleWords
	Checked    []string // the preset's rules, in words
	NotChecked []string // what nobody checked, in words

	Signed   []string // who has signed that it may leave, on which conditions
	Needed   int      // how many have to
	Remarks  []Remark
	Replaces *Replaced

	Digests []Digest
	Steps   []Step
}

// Remark is a comment that somebody left on the job.
type Remark struct {
	By, Text string
	At       time.Time
}

// Replaced is the returned job that this one replaces.
type Replaced struct{ Job, Reason, Message, Changes string }

// Scenario is what the authority approved.
type Scenario struct {
	ID, Title, Purpose, Department string
	Version                        int    // under which the job was submitted
	Filing                         string // filing number; empty where the domain has none
	Term                           string
}

// Agreement is what the scenario stands on.
type Agreement struct {
	ID, Title, Authority, Operator, Term string
}

// Chart is a picture that the manifest declares of a table.
type Chart struct {
	Of   string
	Spec chart.Spec
}

// Grant is a data set with the columns that the job asks for, of those granted.
type Grant struct {
	Dataset   string
	Version   int // of the rows that the run read; 0 before a run
	Policy    string
	Asked     []Column
	NotAsked  []Column
	NotByName []string // columns asked for that no grant names: none of a job that ran
}

// Column is a granted column with its uses.
type Column struct {
	Name string
	Uses []string
}

// RuleWords says what a rule is called and what it means to fail it.
type RuleWords struct{ Title, Meaning string }

// Digest is a digest of something that the decision is bound to.
type Digest struct{ Of, Value string }

// Step is a step of the job's life with its place in the log.
type Step struct {
	What, By string
	Record   uint64
	At       time.Time
}

// HTML writes the report.
func (r Review) HTML() ([]byte, error) {
	w := words{r.Chinese}
	v := reviewView{Review: r, words: w}
	if r.Report != nil {
		v.count()
		for i := range r.Report.Tables {
			v.Tables = append(v.Tables, v.table(&r.Report.Tables[i]))
		}
		for _, p := range r.Report.Outputs {
			v.Outputs = append(v.Outputs, w.leaf(p, v.chartsOf(p.Name)...))
		}
		for i := range r.Report.Models {
			v.Models = append(v.Models, v.model(&r.Report.Models[i]))
		}
		for i := range r.Report.Assertions {
			v.Assertions = append(v.Assertions, v.assertion(&r.Report.Assertions[i]))
		}
		for i := range r.Report.Questions {
			v.Questions = append(v.Questions, v.question(&r.Report.Questions[i]))
		}
		v.failing()
		v.Past = w.past(r.Report.History)
		for _, s := range r.Report.Warnings {
			v.Warnings = append(v.Warnings, w.side(s))
		}
	}
	for _, s := range r.NotChecked {
		v.Unchecked = append(v.Unchecked, w.side(s))
	}
	v.Serves = v.serves()
	return w.render("review.html", v)
}

// reviewView is a Review as its template reads it.
type reviewView struct {
	Review
	words

	Published, Refused, Withheld, Cells int
	Fitted                              int // models that would leave
	Tables                              []tableView
	Outputs                             []leaf
	Models                              []modelView
	Assertions                          []modelView
	Asserted                            int // of them, those that would leave
	Questions                           []questionView
	Failing                             []RuleWords
	Warnings, Unchecked                 []string
	Serves                              []service
	Past                                *pastView
}

func (v *reviewView) count() {
	for _, t := range v.Report.Tables {
		if t.Verdict == egress.Refuse {
			v.Refused++
		} else {
			v.Published++
		}
		v.Withheld += t.Withheld
		v.Cells += counted(t)
	}
	for _, m := range v.Report.Models {
		if m.Verdict == egress.Publish {
			v.Fitted++
		}
	}
	for _, a := range v.Report.Assertions {
		if a.Verdict == egress.Publish {
			v.Asserted++
		}
	}
}

// chartsOf gives the charts of a table.
func (v *reviewView) chartsOf(table string) (out []chart.Spec) {
	for _, c := range v.Charts {
		if c.Of == table {
			out = append(out, c.Spec)
		}
	}
	return out
}

// counted is how many cells a table has; of a refused one the report shows the first
// alone, and all are withheld.
func counted(t egress.TableReport) int { return max(len(t.Cells), t.Withheld) }

// failing lists the rules that some table fails, in the order of the report.
func (v *reviewView) failing() {
	seen := map[egress.Rule]bool{}
	for _, t := range v.Report.Tables {
		for _, rule := range t.Rules {
			if !seen[rule] {
				seen[rule] = true
				v.Failing = append(v.Failing, v.rule(rule))
			}
		}
	}
}

func (v *reviewView) rule(r egress.Rule) RuleWords {
	if w, ok := v.Rules[r]; ok && w.Title != "" {
		return RuleWords{line(w.Title), line(w.Meaning)}
	}
	return RuleWords{Title: line(string(r))}
}

// Time writes an instant in China Standard Time, by which the domain runs.
func (v reviewView) Time(t time.Time) string { return moment(t) }

func moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.In(time.FixedZone("CST", 8*3600)).Format("2006-01-02 15:04:05 +08:00")
}

// UsesOf lists columns with their uses.
func (v reviewView) UsesOf(columns []Column) string {
	var out []string
	for _, c := range columns {
		out = append(out, line(c.Name)+v.tr(" (", "（")+line(strings.Join(c.Uses, v.tr(", ", "、")))+v.tr(")", "）"))
	}
	if len(out) == 0 {
		return v.tr("none", "无")
	}
	return strings.Join(out, v.tr(", ", "、"))
}
