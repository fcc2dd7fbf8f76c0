package cell

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"yingbi/sandbox/abi"
)

// Each limit is what its text says, here and in docs/DATASETS.md.
func TestLimitsAreWhatTheySay(t *testing.T) {
	doc, err := os.ReadFile("../../docs/DATASETS.md")
	if err != nil {
		t.Fatal(err)
	}
	number := message.NewPrinter(language.English).Sprint
	mib := func(n int64) string { return fmt.Sprintf("%d MiB", n>>20) }
	said := map[abi.Limit]string{
		abi.LimitExpansion: fmt.Sprintf("%d times", maxExpansion), abi.LimitContent: fmt.Sprintf("%d GiB", int64(maxContent)>>30), abi.LimitWindow: mib(maxWindow),
		abi.LimitParts: number(maxParts) + " parts", abi.LimitSheets: number(maxSheets) + " sheets", abi.LimitSheetRows: number(maxSheetRows) + " rows",
		abi.LimitSharedStrings: mib(maxSharedStrings), abi.LimitMerges: number(maxMerges) + " merged", abi.LimitStyles: number(maxStyles) + " cell formats",
		abi.LimitFooter: mib(maxFooter), abi.LimitChunks: number(maxChunks) + " column chunks", abi.LimitGroup: mib(maxGroup), abi.LimitPage: mib(maxPage),
		abi.LimitDictionary: number(maxDictionary) + " values",
	}
	for l := abi.LimitExpansion; l.String() != ""; l++ {
		if want := said[l]; want == "" || !strings.Contains(l.String(), want) || !strings.Contains(string(doc), want) {
			t.Errorf("limit %d is %q; it is said as %q, and is it in the document?", l, want, l)
		}
	}
	for _, also := range []string{mib(freeExpansion), number(maxPageValues) + " values", number(abi.MaxColumns) + " columns", mib(maxRecord) + " in a row"} {
		if !strings.Contains(string(doc), also) {
			t.Errorf("the document does not say %q", also)
		}
	}
}
