package manifest

import (
	"time"

	"yingbi/internal/fault"
)

// What a manifest may hold at most.
const (
	maxInputs   = 16
	maxColumns  = 256
	maxDerives  = 64
	maxTables   = 32
	maxJoins    = 8
	maxKeys     = 8
	maxMeasures = 32
	maxOutputs  = 16
	maxErrors   = 16 // what a module may return besides 0
)

// Manifest is a job as its author declared it. Parse makes it; its names, counts
// and syntax are sound, its types and uses are not yet checked.
type Manifest struct {
	Name, Scenario            string
	Question, Audience, Notes string // what a reviewer needs to know
	Inputs                    []Input
	Outputs                   []Output // what a module will emit; empty without a module
	Charts                    []Chart  // what the domain draws
	Answers                   []Answer // questions that may be asked of one subject at a time
	SQL                       bool     // the module asks for the gated SQL call
	Errors                    []Error  // what the results 1, 2, … of the module mean
	Mappings                  []Mapping
	Limits                    Limits

	cohort  *cohort
	refs    []reference
	derives []derived
	params  []parameter
	tables  []table
	mapped  []Input // the mappings, as tables read them
}

// Input is one data set that a job reads.
type Input struct {
	Name    string   // the manifest's name for it
	Dataset string   // the id in the catalogue
	Columns []string // the columns that the job asks for

	at      fault.Place
	columns []fault.Place
}

// Output is what a module emits. Exactly one of Derives, Compares, Model and Asserted is
// set: a function of finished tables, figures to be compared with a table, the
// coefficients of a regression, which the domain checks, or numbers that nobody can check.
type Output struct {
	Name     string
	Derives  []string // tables that the module is shown, finished
	Compares string   // the table whose inputs the module is shown, row by row
	Model    *Model
	Asserted *Assertion
	Columns  []string // column names that the module adds, beside those of its sources

	at fault.Place
}

// Error is a way for the module to fail that its author foresaw. Its place under
// errors, from 1, is what the module returns.
type Error struct {
	Name string
	Text string // for people
}

// Limits bound a job's cells.
type Limits struct {
	Memory int64 // bytes above an idle cell; 256 MiB where the manifest is silent
	Time   time.Duration
}

// derived is a named expression. It may use the names above it.
type derived struct {
	name string
	at   fault.Place
	expr *expr
}

type table struct {
	name     string
	at       fault.Place
	from     string
	fromAt   fault.Place
	joins    []join
	where    *expr
	keys     []keyName
	measures []measure
}

type join struct {
	input       string
	left, right string
	at          fault.Place
}

type keyName struct {
	name string
	at   fault.Place
}

type measure struct {
	name string
	at   fault.Place
	kind MeasureKind
	unit string // subjects(kind): the kind, "" for the only one
	arg  *expr  // the column or condition
	per  *expr  // ratio: the second column; standardised: the strata; survival: the condition
	ref  string // standardised: the reference table

	bounds *expr // survival: of the intervals
	p      int64 // median, quantile: thousandths
	base   int64 // rate: of how many
}

func (m *Manifest) input(name string) *Input {
	for i := range m.Inputs {
		if m.Inputs[i].Name == name {
			return &m.Inputs[i]
		}
	}
	for i := range m.mapped {
		if m.mapped[i].Name == name {
			return &m.mapped[i]
		}
	}
	return nil
}

// behind gives the inputs that the rows of an input come from: itself, or those of
// the mapping.
func (m *Manifest) behind(name string) (out []*Input) {
	for _, d := range m.Mappings {
		if d.Name == name {
			for _, from := range d.From {
				out = append(out, m.input(from))
			}
			return out
		}
	}
	return []*Input{m.input(name)}
}

func (m *Manifest) table(name string) *table {
	for i := range m.tables {
		if m.tables[i].name == name {
			return &m.tables[i]
		}
	}
	return nil
}

func (m *Manifest) derive(name string) *derived {
	for i := range m.derives {
		if m.derives[i].name == name {
			return &m.derives[i]
		}
	}
	return nil
}
