//go:build linux && cgo

package cell

import (
	"os"
	"strings"
	"testing"

	"yingbi/sandbox/admission"
)

// TestThePageNamesEveryCall holds docs/GUEST-ABI.md to the host.
func TestThePageNamesEveryCall(t *testing.T) {
	b, err := os.ReadFile("../../docs/GUEST-ABI.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(b), "\n")
	for _, i := range admission.Host() {
		found := false
		for _, line := range lines {
			found = found || strings.HasPrefix(line, "|") && strings.Contains(line, "`"+i.Name+"`") && strings.Contains(line, "`"+i.Signature+"`")
		}
		if !found {
			t.Errorf("docs/GUEST-ABI.md does not give %s with its signature", i)
		}
	}
	for _, words := range []string{"1,048,576", "262,144", "| 256; 262,144 |", "| rows | 16 MiB of frames", "| calls of `yingbi` | 1,048,576 |", "| log | 4 KiB,"} {
		if !strings.Contains(string(b), words) {
			t.Errorf("docs/GUEST-ABI.md does not say %s", words)
		}
	}
	if maxSubject != 16<<20 || maxSubjectLog != 4<<10 || maxCalls != 1_048_576 || maxQueries != 256 || maxAnswerRows != 262_144 {
		t.Error("a budget is not the one of docs/GUEST-ABI.md")
	}
}
