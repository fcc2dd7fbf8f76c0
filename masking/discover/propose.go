package discover

import (
	"fmt"
	"slices"

	"golang.org/x/text/unicode/norm"

	"yingbi/internal/category"
	"yingbi/internal/coltype"
	"yingbi/masking/detect"
)

// grade proposes the category, and with it the level, of the column in a table about
// these people: the highest of what it holds.
func (f *Finding) grade(p people) {
	f.Level = levelNoPerson
	switch {
	case p == named:
		f.rise(category.Personal)
	case p == unnamed || f.about.matter != nothing:
		f.rise(category.Deidentified)
	}
	for _, t := range f.held() {
		f.rise(categoryOf(t.Type))
	}
	switch f.about.matter {
	case health:
		f.rise(category.Health)
	case religion:
		f.rise(category.Religion)
	}
}

// levelNoPerson is that of a column in which nothing about people was found.
const levelNoPerson = 1

// rise takes a category unless the column has a higher one.
func (f *Finding) rise(name string) {
	if c, ok := category.Named(name); ok && c.Level >= f.Level {
		f.Level, f.Category = c.Level, c.Name
	}
}

// categoryOf is the category of a column of identifiers.
func categoryOf(t detect.Type) string {
	switch t {
	case detect.USCC, detect.OrgCode:
		return category.Enterprise
	case detect.RegionCode:
		return category.Deidentified
	case detect.Mobile, detect.Landline, detect.Email, detect.PersonNameZH, detect.AddressZH, detect.Plate, detect.IP, detect.MAC:
		return category.Personal
	case detect.BankCard:
		return category.Account
	case detect.MedicalRecordNo:
		return category.Health
	}
	return category.Document
}

// fewWords is how many different values a column may have to be kept as a category.
const fewWords = 100

// propose gives the column a rule that its type takes.
func (f *Finding) propose(p people) {
	switch t, ok := f.holds(); {
	case ok && (t.inside || t.Share < 0.5 && f.judge.part(isProse|isWord) >= 0.3):
		f.rule("drop", "") // texts that hold identifiers among others
		if f.kind.Kind == coltype.Text {
			f.or("redact", "", read)
		}
	case ok && t.Type != detect.RegionCode:
		f.identifier(t.Type)
	case f.about.matter != nothing:
		f.matter()
	default:
		f.other(p != nobody)
	}
}

func (f *Finding) rule(name, settings string) { f.Rule, f.settings = name, settings }

// identifier proposes for a column of identifiers.
func (f *Finding) identifier(t detect.Type) {
	kind, format := "", ""
	switch t {
	case detect.PersonNameZH, detect.AddressZH:
		f.rule("drop", "")
		return
	case detect.ResidentID, detect.SocialSecurityNo:
		kind, format = "kind: person", "resident_id"
	case detect.ResidentID15, detect.ForeignPRID:
		kind = "kind: person"
	case detect.USCC:
		kind, format = "kind: enterprise", "uscc"
	case detect.Plate:
		kind = "kind: vehicle"
	case detect.Mobile:
		format = "mobile"
	case detect.BankCard:
		format = "bank_card"
	}
	f.pseudonym(kind, format)
}

// pseudonym proposes one where the type has it. Whether a program checks the form of the
// numbers (fpe), or two people will have to look one up (token), only a person knows.
func (f *Finding) pseudonym(settings, format string) {
	if f.kind.Kind != coltype.Text && f.kind.Kind != coltype.Integer {
		f.rule("drop", "")
		return
	}
	f.rule("pseudonym", settings)
	if sizes := f.judge.rows.sizes; format == "" && f.judge.part(isInteger|isDigits) == 1 && sizes.low >= 6 && sizes.high <= 36 {
		format = "digits"
	}
	if format != "" {
		f.or("fpe", joined("format: "+format, settings), formChecked)
	}
	f.or("token", settings, lookedUp)
}

func joined(settings, more string) string {
	if more == "" {
		return settings
	}
	return settings + ", " + more
}

// alternative is a rule that is right where what only a person knows is so.
type alternative struct {
	rule, settings string
	where          condition
}

// condition is what only a person knows.
type condition uint8

const (
	formChecked condition = iota // a program checks the form of the numbers
	lookedUp                     // two people must be able to look one up
	read                         // people read the texts
	between                      // days between the events of a person count
)

func (f *Finding) or(rule, settings string, where condition) {
	f.others = append(f.others, alternative{rule, settings, where})
}

// maxDays is how far a proposed shift moves the dates of a person: half a year to either side.
const maxDays = 180

// orShift has the dates of events moved, person by person, where a column names them.
func (r *Report) orShift() {
	person := slices.IndexFunc(r.Columns, func(f Finding) bool { return f.Rule == "pseudonym" && f.settings == "kind: person" && nameable(f.Name) })
	if person < 0 {
		return
	}
	subject := quote(norm.NFC.String(r.Columns[person].Name))
	for i := range r.Columns {
		if f := &r.Columns[i]; f.Rule == "period" && f.settings == byMonth {
			f.or("shift", fmt.Sprintf("days: %d, subject: %s", maxDays, subject), between)
		}
	}
}

const byMonth = "to: month"

// coded reports whether the values are codes or numbers, of which a beginning can be kept.
func (f *Finding) coded() bool {
	return f.judge.part(isInteger|isDigits|isCode) >= 0.9 && (f.kind.Kind == coltype.Text || f.kind.Kind == coltype.Integer)
}

// divisions is the share of codes of GB/T 2260, of today or abolished.
func (j *judge) divisions() float64 {
	return j.share(j.rows.fires[detect.RegionCode] + j.rows.likely[detect.RegionCode])
}

// matter proposes for a column that says something known of people.
func (f *Finding) matter() {
	calendar := f.kind.Kind == coltype.Date || f.kind.Kind == coltype.Timestamp
	few := f.judge.distinct <= fewWords
	switch m := f.about.matter; {
	case m == household:
		f.pseudonym("kind: household", "")
	case m == birthDate && calendar:
		f.rule("period", "to: year")
	case m == birthDate && f.judge.part(isDate|isTimestamp) == 1 && f.kind.Kind == coltype.Text:
		f.rule("prefix", "length: 4")
	case m == birthDate:
		f.rule("drop", "")
	case m == age && f.kind.Numeric():
		f.rule("bands", "bounds: [18, 30, 45, 60, 75], closed: left")
	case m == region && f.coded() && f.judge.divisions() >= 0.98:
		f.rule("generalise", "by: region, to: prefecture")
	case m == region && f.coded() && f.judge.rows.sizes.low >= 6:
		f.rule("prefix", "length: 4")
	case m == region && f.coded() && f.judge.rows.sizes.high <= 4:
		f.rule("keep", "") // of a prefecture or a province
	case m == postcode && f.coded():
		f.rule("prefix", "length: 3")
	case m == health && f.coded() && f.judge.part(isICD) >= 0.98:
		f.rule("generalise", "by: icd10, to: category")
	case m == religion, !few, f.judge.part(isProse) >= 0.3:
		f.rule("drop", "")
	default:
		f.rule("keep", "")
	}
}

// other proposes for a column of which nothing is known.
func (f *Finding) other(personal bool) {
	j := f.judge
	values := float64(j.rows.values)
	counter := j.rows.numbers.any && float64(j.rows.numbers.high-j.rows.numbers.low) < 50*j.distinct
	calendar := f.kind.Kind == coltype.Date || f.kind.Kind == coltype.Timestamp
	switch {
	case j.rows.values == 0:
		f.rule("keep", "")
	case j.distinct >= max(10, 0.9*values) && f.coded() && (counter || j.rows.sizes.low == j.rows.sizes.high && j.rows.sizes.low >= 6 || j.part(isCode) >= 0.5):
		f.pseudonym("", "") // a number of the row, by which it can be found elsewhere
	case personal && calendar:
		f.rule("period", byMonth)
	case personal && f.kind.Kind == coltype.Text && j.distinct > fewWords:
		f.rule("drop", "")
	default:
		f.rule("keep", "")
	}
}
