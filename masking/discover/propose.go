package discover

import (
	"yingbi/internal/coltype"
	"yingbi/masking/detect"
)

// The preset of levels. The numbers are those of the categories in docs/DATASETS.md, and
// its sources: none of them grades columns.
const (
	levelNoPerson  = 1 // nothing about people was found
	levelUnnamed   = 2 // about people or firms, and no column names or reaches a person
	levelPersonal  = 3 // of a table that names or reaches people
	levelSensitive = 4 // a number of a state register, an account, health, belief
)

// level proposes the level of the column in a table about these people.
func (f *Finding) level(p people) int {
	level := levelNoPerson
	switch {
	case p == named:
		level = levelPersonal
	case p == unnamed || f.about.matter != nothing:
		level = levelUnnamed
	}
	for _, t := range f.held() {
		switch t.Type {
		case detect.USCC, detect.OrgCode, detect.RegionCode, detect.IP, detect.MAC:
			level = max(level, levelUnnamed)
		case detect.Mobile, detect.Landline, detect.Email, detect.PersonNameZH, detect.AddressZH, detect.Plate:
			level = max(level, levelPersonal)
		default:
			level = levelSensitive
		}
	}
	if m := f.about.matter; m == health || m == religion {
		level = levelSensitive
	}
	return level
}

// fewWords is how many different values a column may have to be kept as a category.
const fewWords = 100

// propose gives the column a rule that its type takes.
func (f *Finding) propose(p people) {
	switch t, ok := f.holds(); {
	case ok && (t.inside || t.Share < 0.5 && f.judge.part(isProse|isWord) >= 0.3):
		f.rule("drop", "") // texts that hold identifiers among others
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
	kind := ""
	switch t {
	case detect.PersonNameZH, detect.AddressZH:
		f.rule("drop", "")
		return
	case detect.ResidentID, detect.ResidentID15, detect.ForeignPRID, detect.SocialSecurityNo:
		kind = "kind: person"
	case detect.USCC:
		kind = "kind: enterprise"
	case detect.Plate:
		kind = "kind: vehicle"
	}
	f.pseudonym(kind)
}

// pseudonym proposes one where the type has it.
func (f *Finding) pseudonym(settings string) {
	if f.kind.Kind == coltype.Text || f.kind.Kind == coltype.Integer {
		f.rule("pseudonym", settings)
		return
	}
	f.rule("drop", "")
}

// coded reports whether the values are codes or numbers, of which a beginning can be kept.
func (f *Finding) coded() bool {
	return f.judge.part(isInteger|isDigits|isCode) >= 0.9 && (f.kind.Kind == coltype.Text || f.kind.Kind == coltype.Integer)
}

// matter proposes for a column that says something known of people.
func (f *Finding) matter() {
	calendar := f.kind.Kind == coltype.Date || f.kind.Kind == coltype.Timestamp
	few := f.judge.distinct <= fewWords
	switch m := f.about.matter; {
	case m == household:
		f.pseudonym("kind: household")
	case m == birthDate && calendar:
		f.rule("period", "to: year")
	case m == birthDate && f.judge.part(isDate|isTimestamp) == 1 && f.kind.Kind == coltype.Text:
		f.rule("prefix", "length: 4")
	case m == birthDate:
		f.rule("drop", "")
	case m == age && f.kind.Numeric():
		f.rule("bands", "bounds: [18, 30, 45, 60, 75], closed: left")
	case m == region && f.coded() && f.judge.rows.sizes.low >= 6:
		f.rule("prefix", "length: 4")
	case m == region && f.coded() && f.judge.rows.sizes.high <= 4:
		f.rule("keep", "") // of a prefecture or a province
	case m == postcode && f.coded():
		f.rule("prefix", "length: 3")
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
		f.pseudonym("") // a number of the row, by which it can be found elsewhere
	case personal && calendar:
		f.rule("period", "to: month")
	case personal && f.kind.Kind == coltype.Text && j.distinct > fewWords:
		f.rule("drop", "")
	default:
		f.rule("keep", "")
	}
}
