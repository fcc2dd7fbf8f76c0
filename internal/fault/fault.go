// Package fault gives every error that reaches a person one of nine kinds.
//
// A kind is mapped once to an exit code here (and to an HTTP status by the
// server). Packages make a fault where they know what the reader should do
// next; everything else is Internal, and an outsider is shown no more of it
// than that. Any package may import fault; fault imports nothing of ours.
package fault

import (
	"context"
	"errors"
	"fmt"
)

// Kind says what sort of failure an error is. The zero value is Internal.
type Kind uint8

// The kinds, in the order of their exit codes.
const (
	Internal    Kind = iota // a failure of the domain itself
	Invalid                 // malformed input or wrong usage: correct it and call again
	Denied                  // the caller may not do this
	NotFound                // no such thing
	Conflict                // the thing is in a state that does not allow it
	Limit                   // a stated limit was reached
	Integrity               // sealed or signed bytes are not what they were
	Unsupported             // this host lacks something that is required
	Interrupted             // the caller stopped it
)

var kinds = [...]struct {
	name string
	exit int
}{
	Internal: {"internal", 1}, Invalid: {"invalid", 2}, Denied: {"denied", 3}, NotFound: {"not found", 4},
	Conflict: {"conflict", 5}, Limit: {"limit", 6}, Integrity: {"integrity", 7}, Unsupported: {"unsupported", 8},
	Interrupted: {"interrupted", 130},
}

// String names the kind in lower case.
func (k Kind) String() string { return kinds[k].name }

// ExitCode is the process status for an error of this kind.
func (k Kind) ExitCode() int { return kinds[k].exit }

// Error is an error with a kind and, for a fault in a file, its place.
type Error struct {
	Kind  Kind
	Place Place
	text  string
	cause error
}

// Place is where in a file a fault lies. Line and Column count from 1; zero is
// unknown. Field is the dotted path of the value, such as tables.cost.measures.
type Place struct {
	File         string
	Line, Column int
	Field        string
}

// String renders file:line:column: field.
func (p Place) String() string {
	s := p.File
	if p.Line > 0 {
		s = fmt.Sprintf("%s:%d:%d", s, p.Line, p.Column)
	}
	if p.Field != "" {
		if s != "" {
			s += ": "
		}
		s += p.Field
	}
	return s
}

func (e *Error) Error() string {
	if place := e.Place.String(); place != "" {
		return place + ": " + e.text
	}
	return e.text
}

// Unwrap gives what Errorf wrapped with %w.
func (e *Error) Unwrap() error { return e.cause }

// New makes an error of the kind.
func New(kind Kind, text string) *Error { return &Error{Kind: kind, text: text} }

// Errorf makes an error of the kind; %w wraps as in fmt.Errorf.
func Errorf(kind Kind, format string, args ...any) *Error {
	wrapped := fmt.Errorf(format, args...)
	return &Error{Kind: kind, text: wrapped.Error(), cause: errors.Unwrap(wrapped)}
}

// At makes an Invalid error that points into a file.
func At(place Place, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Place: place, text: fmt.Sprintf(format, args...)}
}

// KindOf gives the kind of the outermost fault in err's chain. A cancelled
// context is Interrupted; an error that is no fault is Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	if errors.Is(err, context.Canceled) {
		return Interrupted
	}
	return Internal
}
