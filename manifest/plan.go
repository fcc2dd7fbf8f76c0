package manifest

import (
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// Plan is a checked manifest, ready to run. Check makes it; the same manifest
// and schema give the same plan, byte for byte.
type Plan struct {
	Assurance Assurance
	Inputs    []PlanInput
	Checks    []CheckStatement
	Tables    []PlanTable
	Threads   int    // 1 where doubles are added up, else 2: the engine's sums must not depend on order
	Guest     *Guest // what the module is shown; nil for a job without one, and where it maps
	Mappings  []PlanMapping
	Models    []PlanModel
	Answers   []PlanAnswer
	Words     []string // the manifest's own texts, which an emitted table may repeat
}

// Assurance says what becomes of a module's words. The zero value is none.
type Assurance uint8

// The classes of this version. A person decides about each, about the last one two.
const (
	Protected Assurance = iota + 1 // the module sees finished tables alone; what it emits is published
	Verified                       // the module sees rows, or there is none; the domain's own tables are published
	Mapped                         // the module sees one subject at a time; the domain's tables of its records are published
	Asserted                       // the module sees rows; numbers that nobody can compute again leave, few and short
)

var assuranceNames = [...]string{"", "protected", "verified", "mapped", "asserted"}

// String names the class.
func (a Assurance) String() string { return assuranceNames[min(int(a), len(assuranceNames)-1)] }

// MarshalText writes the name.
func (a Assurance) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// PlanMapping is one mapping: what its module is shown of each subject, and what it
// makes of it. Its records are a view of its name, one row for each subject that has
// a row in some input, with the columns of the record and the subject's ordinal.
type PlanMapping struct {
	Name   string
	Unit   string
	Inputs []PlanInput // without the columns of subjects
	Record []Field
	Shared bool
}

// PlanInput is one view that the query cell needs, a table of the input's name.
type PlanInput struct {
	Name, Dataset string   // Dataset is "" for the records of a mapping
	Columns       []string // in the order of the manifest, the ordinals last
}

// Statement is one SELECT with its bound values, in the order of their question
// marks, and its result's columns.
type Statement struct {
	Name    string // unique within the plan: table0.cells
	SQL     string
	Args    []Value // Integer and Text alone
	Columns []Column
}

// Value is a constant of the manifest.
type Value struct {
	Type  coltype.Type
	Null  bool
	Int   int64
	Float float64
	Text  string
}

// Column is one column of a statement's result.
type Column struct {
	Name  string
	Type  coltype.Type
	Role  Role
	Index int // of the key or measure that it belongs to
}

// Role says what a result column holds. The zero value is none.
type Role uint8

// The roles. Where they name sum or mean, they mean the other measures of numbers, too,
// and share is as rate. "Each" is what one subject contributes to a measure: its rows for
// count, its sum for sum and mean, its distinct others for subjects of another
// kind.
const (
	RoleKey          Role = iota + 1
	RoleNumber            // a check's or join's only column
	RoleRows              // rows of the cell
	RoleSubjects          // distinct subjects of the cell
	RoleCount             // sum, mean: rows with a value
	RoleSum               // sum, mean: their sum; NULL without a value
	RoleHits              // share: rows where the condition holds
	RoleMisses            // share: rows where it does not
	RoleWith              // distinct subjects with a value (share: with a known condition)
	RoleNonzero           // distinct subjects whose sum is not zero
	RoleFirst             // largest |each|
	RoleSecond            // second largest |each|; NULL where there is one subject
	RoleTotal             // Σ |each|
	RoleHitters           // share: distinct subjects with a hit
	RoleMissers           // share: distinct subjects with a miss
	RoleCell              // the place of the cell in the answer of Cells
	RoleSubject           // a subject's ordinal
	RoleExtra             // median, quantile: the place; ratio: sum of the second column; hhi: the index
	RoleBelow             // median, quantile: distinct subjects with a value at the place or below
	RoleAbove             // median, quantile: distinct subjects with a value at the place or above
	RoleExtraNonzero      // sd, ratio: distinct subjects whose extra part is not zero
	RoleExtraFirst        // sd, ratio: largest |extra part|: squared deviations, or the second column
	RoleExtraSecond       // sd, ratio: the next one
	RoleExtraTotal        // sd, ratio: Σ |extra part|
	RoleOthers            // subjects of another kind: how many of them one subject is with
)

// CheckStatement must return 0 before any table is computed.
type CheckStatement struct {
	Statement
	Code   string      // not_unique or many_to_many, for the job's failure
	Reason string      // for a person, without data
	At     fault.Place // of the join
}

// PlanTable is one declared table.
type PlanTable struct {
	Name      string
	Keys      []Key
	Measures  []Measure
	Units     []Unit // at least one
	Cells     Statement
	Evidence  []Statement        // one per unit
	Members   []MembersStatement // one per unit that is not of rows
	Joins     []JoinStatement    // one per join
	Origin    Origin             // which rows it is made of
	MaxCells  int                // more are refused: the tables of a job share what it may compute
	Published bool               // false where a module's output stands in its place
}

// Origin says which rows a table is made of, in the manifest's own words: tables
// of one job that agree in Source and Where are of the same rows.
type Origin struct {
	Datasets []string // that it reads, by id
	Source   string   // its inputs, and how they are joined
	Where    string   // "" for all rows
}

// Key is one grouping column.
type Key struct {
	Name   string       `json:"name"`
	Title  string       `json:"title"`
	Type   coltype.Type `json:"type"`
	Domain []string     `json:"domain,omitempty"` // all labels that the manifest itself can give, in its order; nil where data gives them

	Derived bool `json:"derived,omitempty"` // its values are the author's, not a stored column's
}

// Measure is one figure per cell.
type Measure struct {
	Name string       `json:"name"`
	Kind MeasureKind  `json:"kind"`
	Type coltype.Type `json:"type,omitzero"`  // of RoleSum, for measures of numbers
	Unit int          `json:"unit,omitempty"` // for subjects and hhi: the index of the unit
	P    int64        `json:"p,omitempty"`    // for median and quantile: thousandths
	Base int64        `json:"base,omitempty"` // for rate and standardised: of how many

	Strata []Stratum `json:"strata,omitempty"` // of standardised and survival
	Hidden bool      `json:"hidden,omitempty"` // judged, and not published: a stratum; after all others
}

// Stratum is one part of a standardised rate, or one interval of a survival: a hidden
// share, by its place among the measures, and, of a rate, its weight, a positive decimal
// number.
type Stratum struct {
	Measure int    `json:"measure"`
	Weight  string `json:"weight,omitempty"`
}

// Unit is a kind of subject to protect, by the input that brings it.
type Unit struct {
	Kind  string `json:"kind"`
	Input string `json:"input"`
}

// RowKind is the kind of a unit that counts rows, where no input has subjects.
const RowKind = "row"

// JoinStatement counts rows that a join drops because they match nothing.
type JoinStatement struct {
	Statement
	Input string
}

// Guest is what a module is shown.
type Guest struct {
	Views   []PlanInput // rows, for a verified job: the columns granted for that, without ordinals
	Tables  []string    // finished tables, for a protected one
	SQL     bool
	Outputs []Output
}

// Module reports whether the job needs a module.
func (p *Plan) Module() bool { return p.Guest != nil || len(p.Mappings) > 0 }

// Statements lists every statement of the plan in the order in which to run them.
func (p *Plan) Statements() []Statement {
	var out []Statement
	for _, c := range p.Checks {
		out = append(out, c.Statement)
	}
	for _, t := range p.Tables {
		out = append(out, t.Cells)
		out = append(out, t.Evidence...)
		for _, m := range t.Members {
			out = append(out, m.Statement)
		}
		for _, j := range t.Joins {
			out = append(out, j.Statement)
		}
	}
	for i := range p.Answers {
		out = append(out, p.Answers[i].Census()...)
	}
	return out
}
