package catalog

import (
	"fmt"
	"time"
)

// Version is one immutable upload of a data set. Rows + Quarantined is what the
// upload held.
type Version struct {
	Dataset     string    `json:"dataset"`
	Number      int       `json:"number"` // from 1
	Rows        int64     `json:"rows"`
	Quarantined int64     `json:"quarantined"`
	Digest      string    `json:"digest"` // commitment to the rows as stored, 64 hex digits; tells nothing about them
	Created     time.Time `json:"created"`
}

// Compartment is where the vault keeps a data set.
func Compartment(dataset string) string { return "dataset/" + dataset }

// RowsObject names the sealed Parquet of the rows.
func (v Version) RowsObject() string { return v.object("parquet") }

// QuarantineObject names the sealed Parquet that says which rows were not kept.
func (v Version) QuarantineObject() string { return v.object("quarantine.parquet") }

// QualityObject names the sealed JSON of the quality report.
func (v Version) QualityObject() string { return v.object("quality.json") }

func (v Version) object(kind string) string { return fmt.Sprintf("v%d.%s", v.Number, kind) }
