package ingest

import (
	"time"

	"yingbi/sandbox/abi"
)

// MissingSubject is the reason of rows whose subject is not known. The other
// reasons are the cell's, of type abi.Reason.
const MissingSubject abi.Reason = "missing_subject"

// Quality is what an import found, without any value: the sealed report of a
// version.
type Quality struct {
	Created      time.Time       `json:"created"`
	Rows         int64           `json:"rows"` // kept
	Quarantined  int64           `json:"quarantined"`
	ExtraColumns int64           `json:"extra_columns"`    // of the file, that nobody declared
	Folded       int64           `json:"folded,omitempty"` // cells of kept rows whose numbers and times were written in full width
	Columns      []ColumnQuality `json:"columns"`          // as declared
	WholeRow     Reasons         `json:"whole_row,omitempty"`
}

// ColumnQuality is what was found in one column.
type ColumnQuality struct {
	Name        string  `json:"name"`
	Nulls       int64   `json:"nulls"`                 // among the rows kept
	Quarantined Reasons `json:"quarantined,omitempty"` // rows quarantined because of this column
}

// Reasons counts rows by why they were quarantined.
type Reasons map[abi.Reason]int64
