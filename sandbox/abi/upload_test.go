package abi

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Every limit has a text, every list of names comes back by its numbers, and
// nothing else does.
func TestFailuresOfUploadsSayWhatWasFound(t *testing.T) {
	for l := LimitExpansion; l <= LimitDictionary; l++ {
		if got := Over(l).Found(); got == "" || got != l.String() {
			t.Errorf("limit %d: %q", l, got)
		}
	}
	for code, names := range map[Code][]string{FailFormat: formats, FailCompression: compressions, FailEncoding: encodings, FailDelimiter: {";", "\t", "\x01"}} {
		for _, name := range names {
			f := NotA(code, name)
			again, err := ParseFailure(f.Payload())
			if want := name; err != nil || again != f || code != FailDelimiter && f.Found() != want {
				t.Errorf("%s %q: %+v, %v", code, name, again, err)
			}
		}
		if f := NotA(code, "李明"); f.At != 0 || f.Found() != "" {
			t.Errorf("%s: %+v", code, f)
		}
	}
	if got := NotA(FailDelimiter, "\t").Found(); got != `"\t"` {
		t.Errorf("a tab: %s", got)
	}
	for _, f := range []Failure{{FailLimit, 0}, {FailLimit, int(LimitDictionary) + 1}, {FailFormat, -1}, {FailEncoding, 7}, {FailDelimiter, 0x80}, {FailMissingColumn, 1}} {
		if f.Found() != "" {
			t.Errorf("%+v: %q", f, f.Found())
		}
	}
}

func TestHowAnUploadIsWritten(t *testing.T) {
	for _, r := range []InspectRequest{
		{}, {Format: FormatCSV, Compression: CompressionGzip, Encoding: EncodingGBK, Delimiter: "|"}, {Format: FormatTSV, Encoding: EncodingUTF16}, {Format: FormatXLSX, Sheet: "数据"},
		{Format: FormatParquet}, {Encoding: EncodingUTF8}, {Delimiter: "\x01"}, {Sheet: "x"},
	} {
		if _, err := EncodeRequest(&Request{Task: TaskInspect, Inspect: &r}); err != nil {
			t.Errorf("%+v: %v", r, err)
		}
	}
	for name, r := range map[string]InspectRequest{
		"format": {Format: "ods"}, "compression": {Compression: "zip"}, "encoding": {Encoding: "big5"}, "delimiter": {Delimiter: ",,"}, "Chinese": {Delimiter: "，"},
		"quote": {Delimiter: `"`}, "zero": {Delimiter: "\x00"}, "tsv with a delimiter": {Format: FormatTSV, Delimiter: "\t"}, "compressed workbook": {Format: FormatXLSX, Compression: CompressionGzip},
		"Parquet in GBK": {Format: FormatParquet, Encoding: EncodingGBK}, "Parquet with a delimiter": {Format: FormatParquet, Delimiter: ","},
		"sheet of a csv": {Format: FormatCSV, Sheet: "x"}, "sheet not UTF-8": {Sheet: "\xff"},
	} {
		if _, err := EncodeRequest(&Request{Task: TaskInspect, Inspect: &r}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestIsNullSpelling(t *testing.T) {
	for _, s := range []string{"", " ", "\u3000", "NULL", " null ", "ＮＵＬＬ", `\N`, "N/A", "-", "—", "无", " 空\t", "#N/A", "－"} {
		if !IsNullSpelling(s) {
			t.Errorf("%q is none", s)
		}
	}
	for _, s := range []string{"0", "李明", "no", "无过敏史", "NULLs", "n", string(slices.Repeat([]byte{' '}, maxSpelling+1)), "\xff"} {
		if IsNullSpelling(s) {
			t.Errorf("%q is one", s)
		}
	}
}

// docs/DATASETS.md explains every reason for which a row is not kept.
func TestEveryReasonIsExplained(t *testing.T) {
	doc, err := os.ReadFile("../../docs/DATASETS.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reasons {
		if !strings.Contains(string(doc), "`"+string(r)+"`") {
			t.Errorf("%s is not in the document", r)
		}
	}
}
