package abi

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// How an upload may be written.
const (
	FormatCSV     = "csv" // RFC 4180 with any delimiter of one ASCII character
	FormatTSV     = "tsv" // a tab ends a cell, a line feed a row; quotes and backslashes are text
	FormatXLSX    = "xlsx"
	FormatParquet = "parquet"

	CompressionNone = "none"
	CompressionGzip = "gzip" // any number of members
	CompressionZstd = "zstd" // any number of frames

	EncodingUTF8    = "utf-8"
	EncodingGBK     = "gbk" // code page 936
	EncodingGB18030 = "gb18030"
	EncodingUTF16   = "utf-16" // in the order of its byte order mark, which must be there
	EncodingUTF16LE = "utf-16le"
	EncodingUTF16BE = "utf-16be"
)

// In the order of their numbers: a failure names what was found by its place
// here, from 1.
var (
	formats      = []string{FormatCSV, FormatTSV, FormatXLSX, FormatParquet}
	compressions = []string{CompressionNone, CompressionGzip, CompressionZstd}
	encodings    = []string{EncodingUTF8, EncodingGBK, EncodingGB18030, EncodingUTF16LE, EncodingUTF16BE, EncodingUTF16}
)

// Limit is one of the limits of an upload, which FailLimit names by its number.
type Limit int

// The limits.
const (
	LimitExpansion Limit = iota + 1
	LimitContent
	LimitWindow
	LimitParts
	LimitSheets
	LimitSheetRows
	LimitSharedStrings
	LimitMerges
	LimitStyles
	LimitFooter
	LimitChunks
	LimitGroup
	LimitPage
	LimitDictionary
)

// String says the limit as what a file may hold at the most.
func (l Limit) String() string {
	texts := [...]string{
		"256 times its compressed size (or 64 MiB)", "256 GiB after decompression", "a zstd window of 128 MiB",
		"4,096 parts of a workbook", "1,024 sheets", "1,048,576 rows of a sheet", "192 MiB of shared strings",
		"65,536 merged ranges", "65,536 cell formats",
		"32 MiB of Parquet metadata", "262,144 column chunks (columns × row groups)",
		"512 MiB of stored columns in a row group", "128 MiB or 33,554,432 values in a Parquet page", "4,194,304 values in a Parquet dictionary",
	}
	if l < 1 || int(l) > len(texts) {
		return ""
	}
	return texts[l-1]
}

// NotA is the failure of a file that is not what the request says, under one of
// FailFormat, FailCompression, FailEncoding and FailDelimiter. found is what it
// seems to be instead, "" if that is not known.
func NotA(code Code, found string) Failure {
	at := 0
	switch code {
	case FailFormat:
		at = slices.Index(formats, found) + 1
	case FailCompression:
		at = slices.Index(compressions, found) + 1
	case FailEncoding:
		at = slices.Index(encodings, found) + 1
	case FailDelimiter:
		if len(found) == 1 {
			at = int(found[0])
		}
	}
	return Failure{Code: code, At: at}
}

// Over is the failure of a file that exceeds a limit.
func Over(l Limit) Failure { return Failure{Code: FailLimit, At: int(l)} }

// Found gives in words what At stands for in a failure of an upload as a whole:
// the format, compression, encoding or delimiter that the file seems to have, or
// the limit that it exceeds. It is "" where At is none, or stands for something else.
func (f Failure) Found() string {
	name := func(names []string) string {
		if f.At < 1 || f.At > len(names) {
			return ""
		}
		return names[f.At-1]
	}
	switch f.Code {
	case FailFormat:
		return name(formats)
	case FailCompression:
		return name(compressions)
	case FailEncoding:
		return name(encodings)
	case FailDelimiter:
		if f.At < 1 || f.At > 0x7e {
			return ""
		}
		return strconv.Quote(string(rune(f.At)))
	case FailLimit:
		return Limit(f.At).String()
	}
	return ""
}

// check makes sure that what is given is in the lists, and has a meaning beside
// the format, if that is given too.
func (r *InspectRequest) check() error {
	text := r.Format == "" || r.Format == FormatCSV || r.Format == FormatTSV
	switch {
	case r.Format != "" && !slices.Contains(formats, r.Format):
		return fmt.Errorf("request: the format is one of %v", formats)
	case r.Compression != "" && (!text || !slices.Contains(compressions, r.Compression)):
		return fmt.Errorf("request: the compression of csv and tsv is one of %v", compressions)
	case r.Encoding != "" && (!text || !slices.Contains(encodings, r.Encoding)):
		return fmt.Errorf("request: the encoding of csv and tsv is one of %v", encodings)
	case r.Delimiter != "" && (r.Format == FormatTSV || !text || !delimits(r.Delimiter)):
		return errors.New("request: the delimiter of a csv is one ASCII character")
	case r.Sheet != "" && (r.Format != "" && r.Format != FormatXLSX || !utf8.ValidString(r.Sheet) || len(r.Sheet) > MaxNameBytes):
		return errors.New("request: only a workbook has a sheet, and its name is UTF-8")
	}
	return nil
}

func delimits(s string) bool {
	return len(s) == 1 && s[0] < utf8.RuneSelf && s[0] != '"' && s[0] != '\r' && s[0] != '\n' && s[0] != 0
}
