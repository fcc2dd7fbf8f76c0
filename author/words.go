package author

import (
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// Reasons that no cell has a word for.
const (
	reasonMalformed  = "malformed"    // no module, or a broken one
	reasonNotAllowed = "not-allowed"  // an import, export or feature that modules do not have
	reasonLimit      = "limit"        // a limit of admission
	reasonCompile    = "compile"      // admission lets it in, and the compiler does not take it
	reasonMapping    = "mapping"      // it needs subjects and a record, which a manifest names
	reasonNoHeader   = "no-header"    // the first row does not name the columns
	reasonNoColumn   = "no-column"    // none has a name and a type
	reasonColumnName = "column-name"  // a name that a table cannot have
	reasonAllBad     = "nothing-kept" // every row would be quarantined
	reasonRows       = "rows"         // an answer of more rows than were asked for
)

// what a cell's code says to an author.
var words = map[abi.Code]struct {
	outcome Outcome
	text    string
	found   string // stands before what the cell found
}{
	abi.FailModule:          {Refused, "it does not compile, or not for this memory", ""},
	abi.FailForbiddenImport: {Refused, "it imports what the host does not offer", ""},
	abi.FailGuestTrap:       {Failed, "it trapped: the log's last line says how", ""},
	abi.FailGuestExit:       {Failed, "it ended itself, or yb_run gave something else than 0", ""},
	abi.FailGuestOutput:     {Failed, "it emitted what is no frame: the log's last line says why", ""},
	abi.FailGuestLimit:      {Failed, "it emitted too many or too large items, or called the host too often", ""},
	abi.FailMemory:          {Failed, "it needs more memory than it has", ""},
	abi.FailEngine:          {Failed, "the engine could not run it: check names and types", ""},
	abi.FailOverflow:        {Failed, "a value does not fit its type", ""},
	abi.FailRefused:         {Refused, "docs/GUEST-SQL.md says what may be written", ""},

	abi.FailFormat:          {Refused, "the file is broken, or not of its format", "; it looks like "},
	abi.FailCompression:     {Refused, "it is compressed in another way", "; it seems to be "},
	abi.FailEncoding:        {Refused, "its text has no encoding that is known", "; it seems to be "},
	abi.FailDelimiter:       {Refused, "its cells end with another character", "; it seems to be "},
	abi.FailArchive:         {Refused, "the compressed file is cut off or damaged, or other bytes follow it", ""},
	abi.FailEncrypted:       {Refused, "it has a password, or is a workbook of the old form (.xls)", ""},
	abi.FailMacros:          {Refused, "it is a workbook with macros: save it as .xlsx", ""},
	abi.FailSheet:           {Refused, "the workbook has no sheet that shows", ""},
	abi.FailLimit:           {Refused, "it holds more than is read of one file", ", which is "},
	abi.FailMissingColumn:   {Refused, "a column cannot be found under its name", ""},
	abi.FailAmbiguousColumn: {Refused, "two columns have the same name", ""},
	abi.FailColumnType:      {Refused, "a column has a type that is not read", ""},
	abi.FailTooWide:         {Refused, "it has more than 2,000 columns", ""},
}

// told puts into words what a cell said in good order.
func told(f *sandbox.Failure) Verdict {
	w, known := words[f.Code]
	if !known {
		return Verdict{Failed, string(f.Code), "the cell found a fault of its own"}
	}
	v := Verdict{w.outcome, string(f.Code), w.text}
	if why := f.Refusal(); why != "" {
		v.Reason = string(why)
	}
	if found := (abi.Failure{Code: f.Code, At: f.At}).Found(); found != "" {
		v.Detail += w.found + found
	}
	return v
}
