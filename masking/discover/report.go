package discover

import (
	"math"

	"yingbi/internal/coltype"
	"yingbi/masking/detect"
)

// Report is what a table holds.
type Report struct {
	Rows    int64
	Columns []Finding

	chinese bool
}

// Finding is the verdict on one column. UniqueShare is the number of different values
// over that of values; where a column has too many of them to count, it is estimated
// with a standard error of 1.6%.
type Finding struct {
	Name        string      `json:"name"`
	Types       []TypeShare `json:"types"` // from detect.Fires on held; weaker ones for information
	Quasi       bool        `json:"quasi_identifier"`
	UniqueShare float64     `json:"unique_share"`
	Category    string      `json:"proposed_category"` // of package category; empty: nothing about people was found
	Level       int         `json:"proposed_level"`    // of the category, 1 to 4
	Rule        string      `json:"proposed_rule"`
	Why         string      `json:"why"`

	settings string // of the rule, as a policy writes them
	others   []alternative
	kind     coltype.Type
	about    hint
	judge    *judge
	nulls    int64
}

// Type is the type that all values have.
func (f *Finding) Type() coltype.Type { return f.kind }

// holds gives the type that decides about the column: the surest by which it identifies
// or reaches a person, or else the surest.
func (f *Finding) holds() (TypeShare, bool) {
	held := f.held()
	for _, t := range held {
		if t.Type.Direct() {
			return t, true
		}
	}
	if len(held) > 0 {
		return held[0], true
	}
	return TypeShare{}, false
}

// held lists all types that it holds.
func (f *Finding) held() []TypeShare {
	n := 0
	for n < len(f.Types) && f.Types[n].Confidence >= detect.Fires {
		n++
	}
	return f.Types[:n]
}

// Report judges what was seen, in the words of a language.
func (s *Scanner) Report(chinese bool) *Report {
	r := &Report{Rows: s.rows, Columns: make([]Finding, len(s.found)), chinese: chinese}
	for i := range s.found {
		r.Columns[i] = s.finding(s.columns[i], &s.found[i])
	}
	people := r.people()
	for i := range r.Columns {
		f := &r.Columns[i]
		f.grade(people)
		f.propose(people)
		f.Why = f.why(speak(chinese))
		f.judge = nil
	}
	r.orShift()
	return r
}

func (s *Scanner) finding(in Column, c *column) Finding {
	j := newJudge(s.look.detector, in.Name, c)
	f := Finding{Name: in.Name, Types: []TypeShare{}, judge: j, nulls: c.nulls, kind: j.kind(in.Type)}
	if j.rows.values == 0 {
		return f
	}
	f.Types = append(f.Types, j.types()...)
	f.UniqueShare = math.Round(1e4*j.distinct/float64(j.rows.values)) / 1e4
	if t, ok := f.holds(); ok && t.Share >= 0.5 {
		f.Quasi = t.Type == detect.RegionCode || t.Type == detect.IP || t.Type == detect.MAC
		if f.Quasi && t.Type == detect.RegionCode {
			f.about = hintOf(region)
		}
		return f
	}
	f.about = j.about(c)
	f.Quasi = f.about.matter > nothing && f.about.matter < lastQuasi
	return f
}

// kind is the type of the first rows if all have it.
func (j *judge) kind(first coltype.Type) coltype.Type {
	text := coltype.Type{Kind: coltype.Text}
	if !first.Valid() {
		return text
	}
	fits := traits(0)
	switch first.Kind {
	case coltype.Integer:
		fits = isInteger
	case coltype.Decimal, coltype.Double:
		fits = isInteger | isDecimal
	case coltype.Date:
		fits = isDate
	case coltype.Timestamp:
		fits = isTimestamp
	default:
		return first
	}
	if j.rows.values > 0 && j.part(fits) < 1 {
		return text
	}
	return first
}

// people says whether the rows of a table are about some.
type people uint8

const (
	nobody  people = iota
	unnamed        // two columns say what others know of a person
	named          // a column names or reaches them
)

func (r *Report) people() people {
	known := 0
	for i := range r.Columns {
		f := &r.Columns[i]
		for _, t := range f.held() {
			if t.Type.Direct() && t.Share >= 0.1 {
				return named
			}
		}
		switch f.about.matter {
		case birthDate, age, sex, ethnicity, marriage, religion, health, household, politics:
			known++
		}
	}
	if known >= 2 {
		return unnamed
	}
	return nobody
}

// Identifier is the surest type by which the column identifies or reaches a person, or
// zero.
func (f *Finding) Identifier() detect.Type {
	if t, ok := f.holds(); ok && t.Type.Direct() {
		return t.Type
	}
	return 0
}
