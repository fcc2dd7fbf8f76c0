package ingest

import (
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
	known    known
}

func newIdentity(s catalog.Subject, req Request, columns map[string]int) identity {
	return identity{Subject: s, registry: req.Registries[s.Kind], column: columns[s.Column], known: known{}}
}

// identify gives the ordinals of each subject, and the rows that lack one.
func (in *intake) identify(f *file, rows *abi.Frame) (ordinals [][]int64, gone []int, err error) {
	lacks := make([]bool, rows.Rows)
	for _, id := range in.identities {
		of := in.ordinals(id, rows)
		column := make([]int64, rows.Rows)
		for row := range column {
			ordinal, err := of(row)
			if err == subject.ErrMissing {
				if !lacks[row] {
					lacks[row] = true
					f.missing = append(f.missing, missing{f.arrived + int64(row), int32(id.column)})
					in.quality.Columns[id.column].Quarantined[MissingSubject]++
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
	return ordinals, gone, in.quarantined(len(gone))
}

// ordinals gives the way in which rows of the frame name a subject.
func (in *intake) ordinals(id identity, rows *abi.Frame) func(row int) (uint32, error) {
	if id.EachRow {
		return func(row int) (uint32, error) {
			return id.registry.RowOrdinal(in.req.Dataset.ID, in.req.Number, in.arrived+int64(row)+1)
		}
	}
	c := &rows.Columns[id.column]
	var digits [20]byte
	return func(row int) (uint32, error) {
		switch {
		case c.IsNull(row):
			return 0, subject.ErrMissing
		case c.Type.Kind == coltype.Integer:
			return id.known.ordinal(id.registry, strconv.AppendInt(digits[:0], c.Ints[row], 10))
		default:
			return id.known.ordinal(id.registry, c.TextAt(row))
		}
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
