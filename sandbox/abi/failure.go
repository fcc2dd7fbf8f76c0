package abi

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Code says why a cell gave up. The list is closed: text of an engine, a parser
// or a guest never leaves a cell as an error.
type Code string

// The codes.
const (
	FailInternal        Code = "internal"         // a fault of the cell itself
	FailMemory          Code = "memory"           // the engine or runtime ran out of its memory
	FailRequest         Code = "request"          // the request contradicts itself or its inputs
	FailEngine          Code = "engine"           // the engine could not run a statement
	FailOverflow        Code = "overflow"         // a result does not fit its declared type
	FailResult          Code = "result"           // a result has other columns or types than declared
	FailRefused         Code = "refused"          // a statement did not pass the gate; At: why (Refusal)
	FailFormat          Code = "format"           // an uploaded file is not of its format, or malformed; At: the format found (Found)
	FailCompression     Code = "compression"      // it is compressed in another way; At: the one found (Found)
	FailEncoding        Code = "encoding"         // its text is in another encoding; At: the one found (Found)
	FailDelimiter       Code = "delimiter"        // its cells end with another character; At: the one found (Found)
	FailArchive         Code = "archive"          // its compressed data is truncated or corrupt, or more bytes follow
	FailEncrypted       Code = "encrypted"        // it needs a password or a key
	FailMacros          Code = "macros"           // it is a workbook with macros
	FailSheet           Code = "sheet"            // the workbook has no such sheet, or none that shows
	FailLimit           Code = "limit"            // it holds more than is read; At: the limit (Found)
	FailMissingColumn   Code = "missing-column"   // At: the declared column that the file lacks
	FailAmbiguousColumn Code = "ambiguous-column" // At: the declared column that the file has twice
	FailColumnType      Code = "column-type"      // At: the declared column that the file holds in another type
	FailTooWide         Code = "too-wide"         // an uploaded file has more than MaxColumns columns
	FailModule          Code = "module"           // a module was not admitted or does not compile
	FailForbiddenImport Code = "forbidden-import" // a module imports what the host does not offer
	FailGuestTrap       Code = "guest-trap"       // the guest trapped
	FailGuestExit       Code = "guest-exit"       // the guest ended itself or returned a failure; At: what it returned, up to MaxGuestCode
	FailGuestOutput     Code = "guest-output"     // the guest emitted what is malformed or not declared
	FailGuestLimit      Code = "guest-limit"      // the guest reached its number or size of items
	maxFailure               = 64                 // bytes of a failure on the wire
	maxAt                    = 1_000_000          // the last position that a failure may name
)

// MaxGuestCode is the last result of a guest that can be a code of its author's own.
const MaxGuestCode = 16

var codes = []Code{
	FailInternal, FailMemory, FailRequest, FailEngine, FailOverflow, FailResult, FailRefused,
	FailFormat, FailCompression, FailEncoding, FailDelimiter, FailArchive, FailEncrypted, FailMacros, FailSheet, FailLimit,
	FailMissingColumn, FailAmbiguousColumn, FailColumnType, FailTooWide,
	FailModule, FailForbiddenImport, FailGuestTrap, FailGuestExit, FailGuestOutput, FailGuestLimit,
}

// Valid reports whether c is in the list.
func (c Code) Valid() bool { return slices.Contains(codes, c) }

// Failure is a code and, where it helps, which column, view or statement of the
// request it concerns, counted from 1; 0 is none. It is an error inside a cell.
type Failure struct {
	Code Code
	At   int
}

func (f Failure) Error() string {
	if f.At == 0 {
		return string(f.Code)
	}
	if why := f.Refusal(); why != "" {
		return fmt.Sprintf("%s: %s", f.Code, why)
	}
	if limit := GuestLimit(f.At).String(); f.Code == FailGuestLimit && limit != "" {
		return fmt.Sprintf("%s: %s", f.Code, limit)
	}
	return fmt.Sprintf("%s at %d", f.Code, f.At)
}

// GuestLimit is the limit that a guest reached: At of a FailGuestLimit.
type GuestLimit int

// The limits of a guest.
const (
	LimitItems     GuestLimit = iota + 1 // items of a run
	LimitItemBytes                       // bytes of an item
	LimitCalls                           // calls of the host in a run
)

var guestLimits = [...]string{"", "items", "bytes of an item", "calls of the host"}

// String names the limit; "" is none of a guest's.
func (l GuestLimit) String() string {
	if l < 0 || int(l) >= len(guestLimits) {
		return ""
	}
	return guestLimits[l]
}

// Payload is what a message of kind MsgFailure carries: the code, and a space
// and the position where there is one. A failure outside the list becomes
// FailInternal.
func (f Failure) Payload() []byte {
	if !f.Code.Valid() || f.At < 0 || f.At > maxAt {
		return []byte(FailInternal)
	}
	if f.At == 0 {
		return []byte(f.Code)
	}
	return []byte(string(f.Code) + " " + strconv.Itoa(f.At))
}

// ParseFailure reads what Payload wrote, and nothing else.
func ParseFailure(payload []byte) (Failure, error) {
	code, at, found := strings.Cut(string(payload), " ")
	f := Failure{Code: Code(code)}
	if found {
		f.At, _ = strconv.Atoi(at)
	}
	if !f.Code.Valid() || string(f.Payload()) != string(payload) {
		return Failure{}, errors.New("message: the failure is not in the list")
	}
	return f, nil
}

// Reason says why a row of an upload was put into quarantine. It never carries
// the value.
type Reason string

// The reasons.
const (
	ReasonRagged    Reason = "ragged"           // more or fewer cells than the header; of a sheet, more
	ReasonQuote     Reason = "malformed-quote"  // a quote inside a bare cell, after a closed one, or never closed
	ReasonTooLong   Reason = "too-long"         // a record or a cell over 1 MiB
	ReasonUTF8      Reason = "invalid-utf8"     //
	ReasonEncoding  Reason = "invalid-encoding" // bytes that the file's encoding has no character for, in any cell of the row
	ReasonMissing   Reason = "missing-value"    // null where a value is required
	ReasonFormat    Reason = "unparsable"       // not written as the declared type is
	ReasonRange     Reason = "out-of-range"     // too large or too small for the declared type
	ReasonDigits    Reason = "too-many-digits"  // digits beyond the declared scale, or beyond microseconds
	ReasonDate      Reason = "impossible-date"  // such as 30 February or hour 25
	ReasonLocalTime Reason = "nonexistent-time" // skipped when the clocks of the zone went forward
	ReasonError     Reason = "error-value"      // a cell of a sheet shows an error such as #DIV/0!
	ReasonMerged    Reason = "merged-cells"     // a cell of a sheet is part of a merged range
	ReasonFormula   Reason = "no-cached-value"  // a formula of a sheet without its last result
	ReasonPrecision Reason = "lost-digits"      // a number of 16 digits or more in a sheet, which keeps 15
)

var reasons = []Reason{
	ReasonRagged, ReasonQuote, ReasonTooLong, ReasonUTF8, ReasonEncoding, ReasonMissing,
	ReasonFormat, ReasonRange, ReasonDigits, ReasonDate, ReasonLocalTime,
	ReasonError, ReasonMerged, ReasonFormula, ReasonPrecision,
}

// Valid reports whether r is in the list.
func (r Reason) Valid() bool { return slices.Contains(reasons, r) }
