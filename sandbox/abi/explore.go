package abi

import (
	"errors"
	"slices"
	"unicode/utf8"
)

// MaxSQL is the longest statement that somebody explores views with, in bytes.
const MaxSQL = 64 << 10

// StreamAnswer is the name of the one frame that an explore cell sends.
const StreamAnswer = "answer"

// ExploreRequest runs one statement of a stranger over masked views, if it passes
// the gate.
type ExploreRequest struct {
	Views   []View
	SQL     string
	MaxRows int   // of the answer; a longer one is refused, not cut
	Memory  int64 // bytes for the engine
}

// Refusal says why a statement did not pass the gate. It names no place and no
// word of the statement.
type Refusal string

// The refusals. docs/GUEST-SQL.md tells what to do about each.
const (
	RefusalLength        Refusal = "too-long"           // more than MaxSQL bytes
	RefusalDepth         Refusal = "too-deep"           // nested deeper than the gate walks
	RefusalSize          Refusal = "too-large"          // a number of repetitions, rows or characters over its limit, or not a plain number
	RefusalSpace         Refusal = "white-space"        // a character that shows as nothing, or as a space that is none in ASCII
	RefusalParse         Refusal = "parse"              // no SQL that the engine's parser reads
	RefusalSeveral       Refusal = "several-statements" //
	RefusalNotSelect     Refusal = "not-select"         // another statement than SELECT, FROM, VALUES, TABLE, PIVOT or UNPIVOT
	RefusalTable         Refusal = "table"              // a table that is neither a view of the request nor a common table expression in scope
	RefusalFunction      Refusal = "function"           // a function that is not on the list
	RefusalType          Refusal = "type"               // a cast to a type that is not on the list, or a column of the answer that a frame cannot hold
	RefusalSyntax        Refusal = "syntax"             // a part of SQL that is not on the list
	RefusalDeterministic Refusal = "not-deterministic"  // the clock, a random number, a sample without a seed
)

// In the order of their numbers: a failure names its refusal by the place here,
// from 1.
var refusals = []Refusal{
	RefusalLength, RefusalDepth, RefusalSize, RefusalSpace, RefusalParse, RefusalSeveral, RefusalNotSelect,
	RefusalTable, RefusalFunction, RefusalType, RefusalSyntax, RefusalDeterministic,
}

// Refuse is the failure of a statement that did not pass the gate.
func Refuse(why Refusal) Failure {
	return Failure{Code: FailRefused, At: slices.Index(refusals, why) + 1}
}

// Refusal gives why the gate refused a statement; "" for any other failure.
func (f Failure) Refusal() Refusal {
	if f.Code != FailRefused || f.At < 1 || f.At > len(refusals) {
		return ""
	}
	return refusals[f.At-1]
}

func (r *ExploreRequest) check() error {
	if !utf8.ValidString(r.SQL) || r.MaxRows < 0 {
		return errors.New("request: a statement is UTF-8, and its answer has 0 rows or more")
	}
	if slices.ContainsFunc(r.Views, engine) {
		return errors.New("request: an engine file keeps no order of rows, on which an answer may depend: give it Parquet")
	}
	return errors.Join(checkEngine(1, r.Memory), checkViews(r.Views))
}
