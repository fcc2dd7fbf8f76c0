package author

import (
	"context"
	"fmt"
	"time"

	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// maxAnswer is how many bytes an answer has at the most.
const maxAnswer = 256 << 20

// Question is one statement, and what it may take.
type Question struct {
	SQL     string
	Time    time.Duration
	Memory  int64 // bytes for the engine and what it works on
	MaxRows int   // of the answer; a longer one is not cut
}

// Answer is what a statement gave.
type Answer struct {
	Verdict
	Rows
}

// Refuse is the answer to what is no statement.
func Refuse(reason, detail string) Answer {
	return Answer{Verdict{Refused, reason, detail}, rowsOf(nil)}
}

// Query runs one statement over the tables in a cell of its own.
func (c *Checks) Query(ctx context.Context, d *Data, q Question) (Answer, error) {
	req := abi.ExploreRequest{Views: d.views(0), SQL: q.SQL, MaxRows: q.MaxRows, Memory: q.Memory}
	if len(q.SQL) > abi.MaxSQL {
		return Refuse(string(abi.RefusalLength), words[abi.FailRefused].text), nil
	}
	f, err := c.cells.Explore(ctx, req, d.files, sandbox.Limits{Memory: q.Memory, Wall: q.Time, Output: maxAnswer})
	v, err := judge(err)
	if err != nil {
		return Answer{}, err
	}
	switch {
	case v.Reason == string(abi.FailGuestLimit):
		v = Verdict{Failed, reasonRows, fmt.Sprintf("its answer has more than %d rows: it is not cut", q.MaxRows)}
	case f != nil && values(f) > maxValues:
		v = Verdict{Killed, string(sandbox.Output), fmt.Sprintf("its answer has %d values, at most %d are shown", values(f), maxValues)}
	}
	if v.Outcome != OK {
		f = nil
	}
	return Answer{v, rowsOf(f)}, nil
}
