//go:build cgo

package cell

import (
	"io"
	"math"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"yingbi/sandbox/abi"
	"yingbi/table"
)

// Kinds of inputs, as the guest sees them.
const (
	kindRows = iota
	kindTable
	kindAnswer
)

// hidden begins the names of columns that are the domain's own: the ordinals of
// subjects. No guest gets one.
const hidden = "__"

// input is a table that the guest reads frame by frame.
type input struct {
	name  string
	kind  int32
	open  func() (frames, error) // from the first frame
	read  frames                 // nil before the first call
	ready []byte                 // the frame that input_next announced
}

// frames gives the next encoded frame, whose bytes last until the next call,
// and io.EOF after the last.
type frames func() ([]byte, error)

// openInputs lists the views, then the finished tables, in the request's order.
func openInputs(req *abi.GuestRequest) ([]*input, error) {
	var inputs []*input
	for i, v := range req.Views {
		open, err := openView(v)
		if err != nil {
			return nil, abi.Failure{Code: abi.FailRequest, At: i + 1}
		}
		inputs = append(inputs, &input{name: v.Name, kind: kindRows, open: open})
	}
	for _, t := range req.Tables {
		frame, err := readInput(t.FD)
		if err != nil {
			return nil, err
		}
		if _, err := abi.Decode(frame, abi.Limits{Bytes: int64(len(frame)), Rows: math.MaxInt32, Columns: maxColumns}); err != nil {
			return nil, abi.Failure{Code: abi.FailRequest}
		}
		inputs = append(inputs, &input{name: t.Name, kind: kindTable, open: once(frame)})
	}
	return inputs, nil
}

// openView opens a view's file; rows are read when asked for.
func openView(v abi.View) (func() (frames, error), error) {
	file, err := openRows(v)
	if err != nil {
		return nil, err
	}
	return func() (frames, error) { return readView(file, v.Columns) }, nil
}

// openRows checks the projection of a view and opens its file.
func openRows(v abi.View) (table.Source, error) {
	if len(v.Columns) == 0 {
		return table.Source{}, abi.Failure{Code: abi.FailRequest}
	}
	for _, name := range v.Columns {
		if strings.HasPrefix(name, hidden) {
			return table.Source{}, abi.Failure{Code: abi.FailRequest}
		}
	}
	file, size, err := openInput(v.FD)
	return table.Source{ReaderAt: file, Size: size}, err
}

// readView gives a view's rows, one batch of the reader as one frame. A view
// without rows gives one frame, so that its columns are seen.
func readView(file table.Source, columns []string) (frames, error) {
	r, err := table.NewReader(file, columns)
	if err != nil {
		return nil, err
	}
	var buf []byte
	given := 0
	return func() ([]byte, error) {
		rec, err := r.Next()
		if err == io.EOF && given == 0 {
			rec, err = emptyRecord(r.Schema()), nil
		}
		if err != nil {
			return nil, err
		}
		given++
		defer rec.Release()
		f, err := table.ToFrame(rec)
		if err != nil {
			return nil, err
		}
		buf, err = abi.Encode(buf[:0], f)
		return buf, err
	}, nil
}

func emptyRecord(schema *arrow.Schema) arrow.RecordBatch {
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	return b.NewRecordBatch()
}

// once gives the frames of a table that is one frame, or several.
func once(list ...[]byte) func() (frames, error) {
	return func() (frames, error) {
		left := list
		return func() ([]byte, error) {
			if len(left) == 0 {
				return nil, io.EOF
			}
			frame := left[0]
			left = left[1:]
			return frame, nil
		}, nil
	}
}

func (g *guest) input(arg uint64) *input {
	if i := uint32(arg); uint64(i) < uint64(len(g.inputs)) {
		return g.inputs[i]
	}
	return nil
}

// countInputs counts those of the request; answers of queries come behind them.
func (g *guest) countInputs([]uint64) int32 { return int32(len(g.req.Views) + len(g.req.Tables)) }

func (g *guest) inputKind(args []uint64) int32 {
	in := g.input(args[0])
	if in == nil {
		return errArgument
	}
	return in.kind
}

func (g *guest) inputName(args []uint64) int32 {
	in := g.input(args[0])
	if in == nil {
		return errArgument
	}
	return g.copyOut(args[1], args[2], []byte(in.name))
}

// copyOut writes b into a buffer of the guest and gives its size.
func (g *guest) copyOut(at, room uint64, b []byte) int32 {
	to, ok := g.bytesAt(at, room)
	if !ok {
		return errMemory
	}
	if len(to) < len(b) {
		return errSize
	}
	return int32(copy(to, b))
}

// inputNext makes the next frame ready and gives its size, 0 after the last.
// Asked again before it is read, it gives the same frame.
func (g *guest) inputNext(args []uint64) int32 {
	in := g.input(args[0])
	if in == nil {
		return errArgument
	}
	if in.ready != nil {
		return int32(len(in.ready))
	}
	if in.read == nil {
		var err error
		if in.read, err = in.open(); err != nil {
			g.stop(abi.FailInternal)
		}
	}
	frame, err := in.read()
	if err == io.EOF {
		return 0
	}
	if err != nil {
		g.stop(abi.FailInternal)
	}
	if len(frame) > math.MaxInt32 {
		g.stop(abi.FailMemory)
	}
	in.ready = frame
	return int32(len(frame))
}

// inputRead copies the frame that is ready.
func (g *guest) inputRead(args []uint64) int32 {
	in := g.input(args[0])
	if in == nil {
		return errArgument
	}
	if in.ready == nil {
		return errOrder
	}
	n := g.copyOut(args[1], args[2], in.ready)
	if n >= 0 {
		in.ready = nil
	}
	return n
}

// inputRewind lets the guest read the input from its first frame again.
func (g *guest) inputRewind(args []uint64) int32 {
	in := g.input(args[0])
	if in == nil {
		return errArgument
	}
	in.read, in.ready = nil, nil
	return 0
}
