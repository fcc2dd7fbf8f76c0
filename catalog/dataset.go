package catalog

import (
	"yingbi/internal/coltype"
	"yingbi/masking/detect"
)

// Limits of a description.
const (
	MaxColumns  = 2000
	MaxSubjects = 16
	maxTags     = 64
	maxConsents = 64
	maxNulls    = 32
	maxName     = 64   // characters of a column name
	maxLine     = 200  // characters of a title, a name, a tag
	maxProse    = 4000 // characters of a summary, a scope, conditions
	maxCell     = 256  // bytes of a source header or a spelling of null
)

// DefaultZone is the zone of timestamps that carry none.
const DefaultZone = "Asia/Shanghai"

// ReservedPrefix starts the names of columns that the domain adds itself.
const ReservedPrefix = "__"

// Dataset is a checked description. The JSON names are the keys of the YAML form.
type Dataset struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Summary string `json:"summary,omitempty"`

	Provider    string `json:"provider"`     // 提供部门
	CollectedBy string `json:"collected_by"` // 采集部门; the provider unless given
	ApprovedBy  string `json:"approved_by"`  // 审核部门; the provider unless given

	Level           int        `json:"level"`             // 1 to 4, of columns that have none of their own; see EffectiveLevel
	Lowered         *Statement `json:"lowered,omitempty"` // why any level is lower than it was, or would be
	Tags            []string   `json:"tags,omitempty"`
	Openness        Openness   `json:"openness"`
	UpdateFrequency Frequency  `json:"update"`
	Scope           string     `json:"scope,omitempty"`
	Conditions      string     `json:"conditions,omitempty"`

	Declaration Declaration `json:"declaration"`
	File        File        `json:"file"`
	Subjects    []Subject   `json:"subjects"`
	Columns     []Column    `json:"columns"`
	RawUse      []RawUse    `json:"raw_use,omitempty"`
}

// Openness is the openness class of the catalogue (KM 11–12).
type Openness string

// The classes.
const (
	Unconditional Openness = "unconditional" // 无条件开放
	Conditional   Openness = "conditional"   // 有条件开放; conditions say which
	Closed        Openness = "closed"        // 不予开放
)

// Frequency is how often the provider updates the data.
type Frequency string

var (
	opennesses  = []Openness{Unconditional, Conditional, Closed}
	frequencies = []Frequency{"realtime", "daily", "weekly", "monthly", "quarterly", "half-yearly", "yearly", "irregular", "never"}
)

// Declaration is the provider's confirmation that the data is none of the kinds
// that may never be registered (YX 18, BJ 28, KM 2, GZ 30). The first four are
// always "none".
type Declaration struct {
	StateSecrets   string `json:"state_secrets"`   // 国家秘密
	StateSecurity  string `json:"state_security"`  // 危害国家安全
	PublicInterest string `json:"public_interest"` // 损害公共利益
	Restricted     string `json:"restricted"`      // 法律法规规定或协议约定不得开放
	By             string `json:"by"`              // who confirms, by real name
	Date           string `json:"date"`            // 2006-01-02
}

// File says how an upload is written. What is left out ("") is found out from each
// file, and confirmed; what is given is what every file must be.
type File struct {
	Format      string `json:"format,omitempty"`      // csv, tsv, xlsx or parquet
	Compression string `json:"compression,omitempty"` // csv, tsv: none, gzip or zstd
	Encoding    string `json:"encoding,omitempty"`    // csv, tsv: utf-8, gbk, gb18030, utf-16, utf-16le or utf-16be
	Delimiter   string `json:"delimiter,omitempty"`   // csv: one ASCII character
	Sheet       string `json:"sheet,omitempty"`       // xlsx: its name; the first that shows unless given
}

// Whole reports whether nothing about the file is left to be found out.
func (f File) Whole() bool {
	switch f.Format {
	case "csv":
		return f.Compression != "" && f.Encoding != "" && f.Delimiter != ""
	case "tsv":
		return f.Compression != "" && f.Encoding != ""
	}
	return f.Format != ""
}

// Subject names whom rows are about: the values of Column identify subjects of
// Kind. With EachRow there is no Column, and each row is a subject of its own,
// which no other data set or version knows.
type Subject struct {
	Kind    string `json:"kind"`
	Column  string `json:"column,omitempty"`
	EachRow bool   `json:"each_row,omitempty"`
}

// SubjectColumn is the name of the column of ordinals that ingest adds for a
// kind: an integer, 1 or more.
func SubjectColumn(kind string) string { return ReservedPrefix + "subject_" + kind }

// Column is one declared column.
type Column struct {
	Name     string       `json:"name"`
	Title    string       `json:"title,omitempty"`
	Type     coltype.Type `json:"type"`
	Source   string       `json:"source"`         // its header in the file
	Nulls    []string     `json:"nulls"`          // spellings of null in the file, not nil
	Zone     string       `json:"zone,omitempty"` // timestamps: IANA name
	Required bool         `json:"required,omitempty"`

	Level      int         `json:"level,omitempty"`      // 1 to 4; 0 where none is declared: see Dataset.LevelOf
	Category   string      `json:"category,omitempty"`   // name of a Category
	Identifier detect.Type `json:"identifier,omitempty"` // what its values identify; 0 is nothing, or not known

	Sample *Sample `json:"sample,omitempty"` // for sample data; nil where nothing is declared
}

// Column gives the column of that name.
func (d *Dataset) Column(name string) (Column, bool) {
	for _, c := range d.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return Column{}, false
}

// Types gives the declared type of each column.
func (d *Dataset) Types() map[string]coltype.Type {
	types := make(map[string]coltype.Type, len(d.Columns))
	for _, c := range d.Columns {
		types[c.Name] = c.Type
	}
	return types
}
