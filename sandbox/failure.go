package sandbox

import (
	"fmt"

	"yingbi/internal/fault"
	"yingbi/sandbox/abi"
)

// Reason is why a cell did not finish its task, as its parent saw it.
type Reason string

// The reasons.
const (
	Memory    Reason = "memory"    // it used more than its memory
	Time      Reason = "time"      // it ran past its deadline or its CPU time
	Output    Reason = "output"    // it answered more than it may
	Crash     Reason = "crash"     // it ended without a word
	Protocol  Reason = "protocol"  // it sent what was not asked for
	Refused   Reason = "refused"   // it said in good order that it cannot; see Code
	Cancelled Reason = "cancelled" // the caller's context ended
)

// Failure is the error of a cell. It carries no text of an engine or a guest.
type Failure struct {
	Reason Reason
	Limit  string   // what was exceeded, with its size: "memory of 256 MiB"
	Code   abi.Code // the cell's own word for it, when Refused
	At     int      // the column, view or statement that Code concerns, from 1; 0 is none
	Detail string   // what the parent saw: an exit state, a lock that did not close, a broken rule
	cause  error
}

func (f *Failure) Error() string {
	switch {
	case f.Reason == Refused:
		return "the cell gave up: " + abi.Failure{Code: f.Code, At: f.At}.Error()
	case f.Limit != "":
		return fmt.Sprintf("the cell was ended: over its %s", f.Limit)
	case f.Detail != "":
		return fmt.Sprintf("the cell failed (%s): %s", f.Reason, f.Detail)
	}
	return fmt.Sprintf("the cell failed (%s)", f.Reason)
}

// Unwrap gives a limit as a fault, and a cancelled context as its error.
func (f *Failure) Unwrap() error {
	switch f.Reason {
	case Memory, Time, Output:
		return fault.New(fault.Limit, f.Error())
	case Cancelled:
		return f.cause
	}
	return nil
}

func overLimit(r Reason, name string, bytes int64) *Failure {
	return &Failure{Reason: r, Limit: fmt.Sprintf("%s of %s", name, size(bytes))}
}

// size writes bytes for a reader.
func size(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
