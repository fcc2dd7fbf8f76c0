package ingest

import (
	"strconv"

	"yingbi/catalog"
	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
	"yingbi/subject"
)

// identify gives the ordinals of each subject, and the rows that lack one.
func (in *intake) identify(f *abi.Frame) (ordinals [][]int64, gone []int, err error) {
	lacks := make([]bool, f.Rows)
	for _, s := range in.req.Dataset.Subjects {
		at := in.columns[s.Column]
		of := in.subjects(s, f)
		column := make([]int64, f.Rows)
		for row := range column {
			ordinal, err := of(row)
			if err == subject.ErrMissing {
				if !lacks[row] {
					lacks[row] = true
					in.missing = append(in.missing, missing{in.arrived + int64(row), int32(at)})
					in.quality.Columns[at].Quarantined[MissingSubject]++
				}
			} else if err != nil {
				return nil, nil, err
			}
			column[row] = int64(ordinal)
		}
		ordinals = append(ordinals, column)
	}
	for row, lack := range lacks {
		if lack {
			gone = append(gone, row)
		}
	}
	in.quality.Quarantined += int64(len(gone))
	return ordinals, gone, in.checkLimit()
}

// subjects gives the way in which rows of the frame name a subject.
func (in *intake) subjects(s catalog.Subject, f *abi.Frame) func(row int) (uint32, error) {
	registry := in.req.Registries[s.Kind]
	if s.EachRow {
		return func(row int) (uint32, error) {
			return registry.RowOrdinal(in.req.Dataset.ID, in.req.Number, in.arrived+int64(row)+1)
		}
	}
	c := &f.Columns[in.columns[s.Column]]
	known := in.known[s.Kind]
	var digits [20]byte
	return func(row int) (uint32, error) {
		var id []byte
		switch {
		case c.IsNull(row):
			return 0, subject.ErrMissing
		case c.Type.Kind == coltype.Integer:
			id = strconv.AppendInt(digits[:0], c.Ints[row], 10)
		default:
			id = c.TextAt(row)
		}
		return known.ordinal(registry, id)
	}
}

// known remembers the ordinals of identifiers that came lately: a lookup takes a
// tenth of the time of an HMAC, and hospitals come again and again.
type known map[string]uint32

const maxKnown = 64 << 10

func (k known) ordinal(r *subject.Registry, id []byte) (uint32, error) {
	if ordinal, ok := k[string(id)]; ok {
		return ordinal, nil
	}
	text := string(id)
	ordinal, err := r.Ordinal(text)
	if err != nil {
		return 0, err
	}
	if len(k) == maxKnown {
		clear(k)
	}
	k[text] = ordinal
	return ordinal, nil
}
