//go:build cgo

package cell

import (
	"errors"

	"yingbi/sandbox/abi"
)

// Bounds of a guest's SQL.
const (
	engineMemory  = 512 << 20
	maxQueries    = 256     // statements of one run
	maxAnswerRows = 1 << 18 // of one answer; a longer one is refused
)

// query runs one statement behind the gate and gives its answer as a further
// input. What went wrong is told in three ways, without a word of the engine.
func (g *guest) query(args []uint64) int32 {
	if g.engine == nil {
		return errDenied
	}
	statement, ok := g.bytesAt(args[0], args[1])
	if !ok {
		return errMemory
	}
	if g.queries == maxQueries {
		return errLimit
	}
	g.queries++
	f, err := g.engine.explore(string(statement), maxAnswerRows)
	if err != nil {
		return queryError(err)
	}
	frame, err := abi.Encode(nil, f)
	if err != nil {
		return errFailed
	}
	g.inputs = append(g.inputs, &input{kind: kindAnswer, open: once(frame)})
	return int32(len(g.inputs) - 1)
}

func queryError(err error) int32 {
	var f abi.Failure
	errors.As(err, &f)
	switch f.Code {
	case abi.FailRefused:
		return errRefused
	case abi.FailGuestLimit:
		return errLimit
	}
	return errFailed
}
