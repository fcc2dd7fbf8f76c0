package author

import (
	"errors"
	"os"
	"strings"
	"testing"

	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// TestReasonsAreDocumented holds the table of docs/AUTHORS.md to what judge gives for
// every way in which a cell ends.
func TestReasonsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/AUTHORS.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(page), "\n## Reasons\n")
	if !found {
		t.Fatal("docs/AUTHORS.md has no reasons")
	}
	documented := map[string]string{} // reason to outcome
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		for i, word := range strings.Split(cells[1], "`") {
			if i%2 == 1 {
				documented[word] = strings.TrimSpace(cells[2])
			}
		}
	}
	failures := []*sandbox.Failure{
		{Reason: sandbox.Memory}, {Reason: sandbox.Time}, {Reason: sandbox.Output}, {Reason: sandbox.Crash}, {Reason: sandbox.Protocol},
	}
	for _, code := range codes(t) {
		failures = append(failures, &sandbox.Failure{Reason: sandbox.Refused, Code: code})
	}
	for _, f := range failures {
		v, err := judge(f)
		if f.Code == abi.FailMemory {
			continue // killed and failed: the row says so
		}
		if f.Code == abi.FailRefused {
			if v.Outcome != Refused {
				t.Errorf("%+v", v)
			}
			continue // any word of the gate
		}
		if err != nil || v.Detail == "" || documented[v.Reason] != string(v.Outcome) {
			t.Errorf("%+v, %v; the page says %q", v, err, documented[v.Reason])
		}
	}
	for _, own := range []string{
		reasonMalformed, reasonNotAllowed, reasonLimit, reasonCompile, reasonMapping, reasonNoHeader, reasonNoColumn, reasonColumnName, reasonAllBad, reasonRows,
	} {
		if documented[own] == "" {
			t.Errorf("the page does not have %q", own)
		}
	}
}

// codes are those that words has, and those that are a cell's own fault.
func codes(t *testing.T) []abi.Code {
	t.Helper()
	all := []abi.Code{abi.FailInternal, abi.FailRequest, abi.FailResult}
	for code := range words {
		all = append(all, code)
	}
	for _, code := range all {
		if !code.Valid() {
			t.Errorf("%q is no code of a cell", code)
		}
	}
	return all
}

func TestWhatIsNoVerdictComesBack(t *testing.T) {
	for _, want := range []error{errors.New("no pipe"), &sandbox.Failure{Reason: sandbox.Cancelled}} {
		if v, err := judge(want); err != want || v != (Verdict{}) {
			t.Errorf("%+v, %v", v, err)
		}
	}
}

func TestAGateGivesItsWord(t *testing.T) {
	f := abi.Refuse(abi.RefusalTable)
	v, err := judge(&sandbox.Failure{Reason: sandbox.Refused, Code: f.Code, At: f.At})
	if err != nil || v.Outcome != Refused || v.Reason != string(abi.RefusalTable) {
		t.Errorf("%+v, %v", v, err)
	}
}
