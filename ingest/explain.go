package ingest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"yingbi/catalog"
	"yingbi/internal/fault"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

func broken(what string) error {
	return fault.New(fault.Integrity, "the ingest cell contradicts itself: "+what+"; nothing was stored")
}

// Explain says what is wrong with a file, by its name and in the words of its
// description. The cell's code is a word of somebody who was shown a hostile file:
// it picks one of these texts and nothing more. Other errors stay as they are.
func Explain(err error, d *catalog.Dataset, name string) error {
	var f *sandbox.Failure
	if !errors.As(err, &f) || f.Reason != sandbox.Refused {
		return err
	}
	place := fault.Place{File: name}
	column, source, kind := "", "", ""
	if f.At >= 1 && f.At <= len(d.Columns) {
		c := d.Columns[f.At-1]
		column, source, kind = c.Name, c.Source, c.Type.String()
	}
	found := abi.Failure{Code: f.Code, At: f.At}.Found()
	switch f.Code {
	case abi.FailFormat:
		if found != "" {
			return fault.At(place, "not readable as %s: it looks like %s", said(d), found)
		}
		return fault.At(place, "not readable as %s: is it the right file, and complete?", said(d))
	case abi.FailCompression, abi.FailEncoding, abi.FailDelimiter:
		return fault.At(place, "its %s is not the one that the description gives%s", f.Code, seems(found))
	case abi.FailArchive:
		return fault.At(place, "the compressed file is cut off or damaged, or other bytes follow it: get it again")
	case abi.FailEncrypted:
		return fault.At(place, "it has a password, or is a workbook of the old form (.xls): save it without, as .xlsx")
	case abi.FailMacros:
		return fault.At(place, "it is a workbook with macros: save it as .xlsx")
	case abi.FailSheet:
		return fault.At(place, "the workbook has no sheet %q that shows: give its name as \"sheet\" in the description", d.File.Sheet)
	case abi.FailLimit:
		return fault.Errorf(fault.Limit, "%s: more than is read of one file, which is %s: split it", place, found)
	case abi.FailMissingColumn:
		return fault.At(place, "the file has no column %q, which the description reads as %q", source, column)
	case abi.FailAmbiguousColumn:
		return fault.At(place, "the file has more than one column %q, which the description reads as %q", source, column)
	case abi.FailColumnType:
		return fault.At(place, "column %q cannot be read as %s, which the description says of %q", source, kind, column)
	case abi.FailTooWide:
		return fault.At(place, "the file has too many columns: more than %d", abi.MaxColumns)
	case abi.FailMemory:
		return fault.Errorf(fault.Limit, "%s: reading it needs more memory than an ingest cell has", place)
	}
	return err
}

// said is the form that the description gives.
func said(d *catalog.Dataset) string { return cmp.Or(d.File.Format, "a table") }

// seems says what a file is instead, where the cell could tell.
func seems(found string) string {
	if found == "" {
		return ", nor one that is known"
	}
	return fmt.Sprintf("; it seems to be %s: correct the description, or leave it out there", found)
}

// nothingKept refuses an upload of which every row was quarantined, by the most
// frequent reason.
func (in *intake) nothingKept() error {
	column, reason, most := "", abi.Reason(""), int64(0)
	look := func(name string, reasons Reasons) {
		for _, r := range slices.Sorted(maps.Keys(reasons)) {
			if reasons[r] > most {
				column, reason, most = name, r, reasons[r]
			}
		}
	}
	look("", in.quality.WholeRow)
	for _, c := range in.quality.Columns {
		look(c.Name, c.Quarantined)
	}
	place := fault.Place{File: filepath.Base(in.req.Files[0].Name()), Field: column}
	return fault.At(place, "none of the %d rows can be kept; the most frequent reason, in %d of them, is %s", in.quality.Quarantined, most, reason)
}
