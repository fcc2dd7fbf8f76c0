package page

import (
	"time"

	"yingbi/egress"
)

// Outcome is everything that the operator's page is made of: what was released to the
// operator, or the reason of the short list for which nothing was, with the words that a
// reviewer let out when returning the job. It has no field for what a report holds, and
// must not get one.
type Outcome struct {
	Chinese bool
	Domain  string // its name
	Job     string // id
	State   string // in words

	Reason      string // of a rejection, as it stands in the list; empty of a release
	ReasonWords string
	Code        string // of the module's own, where that is the reason
	Message     string // with which a reviewer returned the job

	Name, Question, Scenario string // of a release, by its certificate
	Preset                   string
	Checked, NotChecked      []string
	Issued                   time.Time
	Record                   uint64 // of the release in the log
	Tables                   []*egress.Published
	Questions                []Asked  // that may be asked of one subject at a time
	Refused                  []string // models that the manifest declares and the release does not have
	RefusedNumbers           []string // likewise, asserted outputs
}

// Asked is a released question, in words.
type Asked struct {
	Name  string
	Lines []string
}

// HTML writes the page.
func (o Outcome) HTML() ([]byte, error) {
	w := words{o.Chinese}
	v := outcomeView{Outcome: o, Released: o.Reason == "", Advice: w.forReason(o.Reason), Date: moment(o.Issued)}
	for _, t := range o.Tables {
		if t.Class != "" {
			l := w.leaf(t)
			l.Pictures = nil // bars would lend them weight
			v.Asserted = append(v.Asserted, l)
			continue
		}
		v.Leaves = append(v.Leaves, adviceView{w.leaf(t), w.forTable(t)})
	}
	for _, s := range o.NotChecked {
		v.Unchecked = append(v.Unchecked, w.side(s))
	}
	if len(o.RefusedNumbers) > 0 {
		v.Numbers = w.forNumbers()
	}
	if len(o.Refused) > 0 {
		v.Models = w.forModels()
	}
	return w.render("operator.html", v)
}

type outcomeView struct {
	Outcome
	Released  bool
	Date      string
	Advice    []string
	Leaves    []adviceView
	Models    []string // what to change of one that was refused
	Asserted  []leaf
	Numbers   []string // what to change of asserted ones that were refused
	Unchecked []string
}

type adviceView struct {
	Leaf   leaf
	Advice []string
}
