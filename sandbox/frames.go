package sandbox

import (
	"fmt"
	"math"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// maxColumns of any frame that a cell may send.
const maxColumns = 4096

// decode reads a frame that must have the wanted columns, in their order. The
// frame keeps the payload's memory.
func decode(m abi.Message, want []abi.ResultColumn) (*abi.Frame, error) {
	f, err := abi.Decode(m.Payload, anyFrame(m.Payload))
	if err != nil {
		return nil, broken(m.Name, err.Error())
	}
	if len(f.Columns) != len(want) {
		return nil, broken(m.Name, fmt.Sprintf("%d columns, not %d", len(f.Columns), len(want)))
	}
	for i, c := range f.Columns {
		if c.Name != want[i].Name || c.Type != want[i].Type {
			return nil, broken(m.Name, fmt.Sprintf("column %d is not what was asked for", i+1))
		}
	}
	return f, nil
}

// anyFrame sets no limit of rows beyond the bytes, which Run has counted.
func anyFrame(payload []byte) abi.Limits {
	return abi.Limits{Bytes: int64(len(payload)), Rows: math.MaxInt32, Columns: maxColumns}
}

func broken(name, detail string) *Failure {
	return &Failure{Reason: Protocol, Detail: fmt.Sprintf("the frame %q: %s", name, detail)}
}

// column declares a column of one of the domain's own frames.
func column(name string, kind coltype.Kind) abi.ResultColumn {
	return abi.ResultColumn{Name: name, Type: coltype.Type{Kind: kind}}
}
