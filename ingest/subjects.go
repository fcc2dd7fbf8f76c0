package ingest

import (
	"slices"
	"strconv"

	"yingbi/catalog"
	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
	"yingbi/subject"
)

// identity is one subject of the data set: whom each row is about.
type identity struct {
	catalog.Subject
	registry *subject.Registry
	column   int // of the data set
}

// tag fills in.tags with those of the subject, zero for a row without one.
func (in *intake) tag(id identity, rows *abi.Frame) []subject.Tag {
	in.tags = slices.Grow(in.tags[:0], rows.Rows)[:rows.Rows]
	if id.EachRow {
		id.registry.RowTags(in.tags, in.req.Dataset.ID, in.req.Number, in.arrived+1)
		return in.tags
	}
	c := &rows.Columns[id.column]
	var digits [20]byte
	id.registry.Tags(in.tags, func(row int) []byte {
		switch {
		case c.IsNull(row):
			return nil
		case c.Type.Kind == coltype.Integer:
			return strconv.AppendInt(digits[:0], c.Ints[row], 10)
		default:
			return c.TextAt(row)
		}
	})
	return in.tags
}

// identify gives the ordinals of each subject, and the rows that lack one.
func (in *intake) identify(f *file, rows *abi.Frame) (ordinals [][]int64, gone []int, err error) {
	lacks := make([]bool, rows.Rows)
	for _, id := range in.identities {
		column := make([]int64, rows.Rows)
		if err := id.registry.Assign(in.tag(id, rows), column); err != nil {
			return nil, nil, err
		}
		for row, ordinal := range column {
			if ordinal == 0 && !lacks[row] {
				lacks[row] = true
				f.missing = append(f.missing, missing{f.arrived + int64(row), int32(id.column)})
				in.quality.Columns[id.column].Quarantined[MissingSubject]++
			}
		}
		ordinals = append(ordinals, column)
	}
	for row, lack := range lacks {
		if lack {
			gone = append(gone, row)
		}
	}
	return ordinals, gone, in.quarantined(len(gone))
}
