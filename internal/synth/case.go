package synth

// FoundBy is the step of the way of data that has to find a case.
type FoundBy string

// The steps.
const (
	ByImport  FoundBy = "import"
	ByMasking FoundBy = "masking"
	ByEgress  FoundBy = "egress"

	ByDiscovery FoundBy = "discovery" // of identifiers in the file as it stands
)

// Case is one thing that was planted.
type Case struct {
	ID      string            `json:"id"`
	Kind    string            `json:"kind"`
	File    string            `json:"file"`
	Row     int64             `json:"row,omitempty"`   // of the file, from 1, without the header; 0: none, or several
	Where   map[string]string `json:"where,omitempty"` // cells as they stand in the file
	Note    string            `json:"note"`
	FoundBy FoundBy           `json:"found_by"`
	Covered string            `json:"covered"`         // now or later
	Later   string            `json:"later,omitempty"` // by what
	Expect  Expect            `json:"expect"`
}

// Expect is what has to become of a case; what does not apply is empty.
type Expect struct {
	// The row is quarantined, by import.
	Column string `json:"column,omitempty"` // empty: the whole row
	Reason string `json:"reason,omitempty"`

	Refused bool     `json:"refused,omitempty"`         // the file is, by import
	Nulls   []string `json:"nulls,omitempty"`           // columns of the row that are null after import
	Same    string   `json:"same_subject_as,omitempty"` // an identifier of the same file
	Value   string   `json:"value,omitempty"`           // that a cell holds after import

	Absent   []string `json:"absent,omitempty"`   // values that the masked view does not hold
	Policy   string   `json:"policy,omitempty"`   // of examples/city, for Absent
	Detector string   `json:"detector,omitempty"` // by discovery: the type of which Value is, or is but for its check character

	Rule    string  `json:"rule,omitempty"`    // of egress or of the manifest, that each of Queries fails
	Differ  int64   `json:"differ,omitempty"`  // subjects by which two Queries differ; each alone is publishable
	Queries []Query `json:"queries,omitempty"` // tables of a job
}

// Query is a table of a job in the form that manifests have, and what a count of the
// good rows says of one of its cells. Sum is of the one measure that is a sum. Amounts
// are as in the file, but for a case that masking has to find.
type Query struct {
	Inputs   map[string]Input  `json:"inputs"`
	Table    Table             `json:"table"`
	Cell     map[string]string `json:"cell,omitempty"` // by key; empty: the table has a single cell
	Unit     string            `json:"unit"`           // the kind of subjects
	Subjects int64             `json:"subjects"`
	Rows     int64             `json:"rows"`
	Sum      Money             `json:"sum,omitempty"`
}

// Input is an input of a job.
type Input struct {
	Dataset string   `json:"dataset"`
	Columns []string `json:"columns"`
}

// Table is a table of a job.
type Table struct {
	From     string            `json:"from"`
	Join     map[string]string `json:"join,omitempty"`
	Where    string            `json:"where,omitempty"`
	GroupBy  []string          `json:"group_by,omitempty"`
	Measures map[string]string `json:"measures"`
}

const now, later = "now", "later"
