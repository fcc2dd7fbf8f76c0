package release

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Terms are what an approval depends on. They stand in the signed decision, in the
// certificate and, where there are any, in a file of the release.
type Terms struct {
	Conditions []string // names of the list or lines of text
	ValidUntil string   // a date such as 2027-12-31, the last day in China Standard Time; empty is no end
}

// ConditionsFile is a file of each release that has terms.
const ConditionsFile = "conditions.txt"

// zone is China Standard Time, by which dates run.
var zone = time.FixedZone("CST", 8*3600)

const (
	maxConditions = 16
	maxCondition  = 400 // bytes
)

// Conditions names those of the list, each with its words in English and Chinese.
func Conditions() [][3]string {
	return [][3]string{
		{"named_audience", "for the audience that the job names, and nobody else", "仅供作业所列受众使用"},
		{"not_published", "not to be published or handed on", "不得公开发布或转交第三方"},
		{"name_source", "wherever a figure is shown, its source and the date of release are named", "引用数字须注明来源与出域日期"},
		{"with_notes", "figures are shown with their notes", "引用数字须附其说明"},
	}
}

// Equal reports whether both ask the same.
func (t Terms) Equal(other Terms) bool {
	return t.ValidUntil == other.ValidUntil && slices.Equal(t.Conditions, other.Conditions)
}

func (t Terms) none() bool { return len(t.Conditions) == 0 && t.ValidUntil == "" }

// Over reports whether the last day has ended.
func (t Terms) Over(now time.Time) bool {
	return t.ValidUntil != "" && now.In(zone).Format(time.DateOnly) > t.ValidUntil
}

// Check refuses what no statement can carry.
func (t Terms) Check() error {
	var l checklist
	l.terms(t)
	return l.err
}

func (l *checklist) terms(t Terms) {
	if len(t.Conditions) > maxConditions {
		l.note(fmt.Sprintf("has %d entries; at most %d are possible", len(t.Conditions), maxConditions), "conditions")
	}
	for i, s := range t.Conditions {
		l.note(required(s, maxCondition, false), fmt.Sprintf("conditions[%d]", i))
	}
	if t.ValidUntil != "" {
		_, err := time.Parse(time.DateOnly, t.ValidUntil)
		l.fail("valid_until", err != nil)
	}
}

// text renders the conditions for whoever opens the folder.
func (t Terms) text() []byte {
	var b strings.Builder
	b.WriteString("Conditions of this release · 本次出域的条件\n\n")
	for i, condition := range t.Conditions {
		for _, known := range Conditions() {
			if condition == known[0] {
				condition = known[1] + " · " + known[2]
			}
		}
		fmt.Fprintf(&b, "%d. %s\n", i+1, condition)
	}
	if t.ValidUntil != "" {
		fmt.Fprintf(&b, "\nValid until · 有效期至: %s\n", t.ValidUntil)
	}
	return []byte(b.String())
}
