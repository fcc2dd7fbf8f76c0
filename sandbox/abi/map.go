package abi

import (
	"errors"
	"fmt"
	"time"

	"yingbi/internal/coltype"
)

// Bounds of a mapping.
const (
	MaxMapFields = 32
	MaxMapBatch  = 1 << 16
)

// Of the frames that a map cell sends: as many of the name as it likes, with a
// column for each field and ColumnFailed, one row for each subject, in their order.
const (
	StreamRecords = "records"
	ColumnFailed  = "failed" // boolean, never null; true where the subject has no record: every field is null
)

// MapRequest runs a module over the rows of one subject at a time.
//
// Counts has for each subject, in order, and in it for each view, in order, the
// number of rows: 4 bytes, little-endian. The rows of a view stand in the same
// order. Its size tells how many subjects there are.
type MapRequest struct {
	ModuleFD, CodeFD, CountsFD int
	Views                      []View     // Parquet
	Fields                     []MapField // of a record
	Batch                      int        // subjects that an instance serves at most, one after the other; 1 is a fresh one for each
	MaxPages                   uint32     // of an instance; two run at a time
	MaxLog                     int        // of all subjects
	Seed                       []byte
	Now                        time.Time
}

// MapField is one field of a record: an integer from Min to Max, or null.
type MapField struct {
	Name     string
	Min, Max int64
}

// Records gives the columns of the frames that answer the request.
func (r *MapRequest) Records() []ResultColumn {
	columns := make([]ResultColumn, 0, len(r.Fields)+1)
	for _, f := range r.Fields {
		columns = append(columns, ResultColumn{Name: f.Name, Type: coltype.Type{Kind: coltype.Integer}})
	}
	return append(columns, ResultColumn{Name: ColumnFailed, Type: coltype.Type{Kind: coltype.Boolean}})
}

func (r *MapRequest) check() error {
	if r.ModuleFD < InputFD || r.CodeFD < InputFD || r.CountsFD < InputFD || r.MaxPages > MaxPages || r.MaxLog < 0 {
		return errors.New("request: a descriptor or limit is out of range")
	}
	if r.Batch < 1 || r.Batch > MaxMapBatch {
		return fmt.Errorf("request: 1 to %d subjects share an instance", MaxMapBatch)
	}
	if len(r.Fields) == 0 || len(r.Fields) > MaxMapFields || len(r.Views) == 0 {
		return fmt.Errorf("request: a mapping has a view, and 1 to %d fields", MaxMapFields)
	}
	for i, f := range r.Fields {
		if f.Min > f.Max {
			return fmt.Errorf("request: field %d has no value", i+1)
		}
	}
	for i, v := range r.Views {
		if v.Engine || len(v.Columns) == 0 {
			return fmt.Errorf("request: view %d is no Parquet with columns", i+1)
		}
	}
	names := make([]string, 0, len(r.Fields)+1)
	for _, c := range r.Records() {
		names = append(names, c.Name)
	}
	return errors.Join(checkColumns(names), checkViews(r.Views))
}
