package catalog

import (
	"fmt"
	"strings"
	"time"

	"yingbi/crypto"
)

// PartRows is how many rows a part holds, or a few more: it ends with the frame
// with which it reaches them. The last parts of an upload hold what is left.
const PartRows = 1 << 20

// Version is one immutable state of a data set: the rows of one upload, behind
// those of the version to which it was appended.
type Version struct {
	Dataset     string    `json:"dataset"`
	Number      int       `json:"number"`         // from 1
	Base        int       `json:"base,omitempty"` // the version that this one was appended to; 0 is none
	Rows        int64     `json:"rows"`           // of all parts
	Quarantined int64     `json:"quarantined"`    // of this upload and those before it
	Digest      string    `json:"digest"`         // RowsDigest of the parts
	Created     time.Time `json:"created"`
	Parts       []Part    `json:"parts"` // in the order of their rows
}

// Part is one sealed Parquet file of a version's rows. Versions that were
// appended to share it.
type Part struct {
	Version int    `json:"version"` // whose upload brought it
	Number  int    `json:"number"`  // among that version's own, from 1
	Rows    int64  `json:"rows"`
	Digest  string `json:"digest"` // commitment to the file as stored, 64 hex digits; tells nothing about it
}

// Object names the sealed Parquet of the part.
func (p Part) Object() string { return fmt.Sprintf("v%d.%05d.parquet", p.Version, p.Number) }

// RowsDigest is SM3 over the parts: a commitment to all rows in their order.
func RowsDigest(parts []Part) string {
	var b strings.Builder
	b.WriteString("yingbi/version/1\n")
	for _, p := range parts {
		fmt.Fprintf(&b, "%s %d %s\n", p.Object(), p.Rows, p.Digest)
	}
	return crypto.Sum([]byte(b.String())).String()
}

// Compartment is where the vault keeps a data set.
func Compartment(dataset string) string { return "dataset/" + dataset }

// VersionObject names the sealed JSON of the version itself: what the metadata
// database says of it must be the same.
func (v Version) VersionObject() string { return v.object("version.json") }

// QuarantineObject names the sealed Parquet that says which rows were not kept.
func (v Version) QuarantineObject() string { return v.object("quarantine.parquet") }

// QualityObject names the sealed JSON of the quality report.
func (v Version) QualityObject() string { return v.object("quality.json") }

func (v Version) object(kind string) string { return fmt.Sprintf("v%d.%s", v.Number, kind) }
