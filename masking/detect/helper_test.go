package detect

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// detector is built once for all tests.
var detector = sync.OnceValue(New)

// confidence gives what a value has for a type, and the highest of any type.
func confidence(value string, of Type) (own, highest float64) {
	for _, h := range detector().Value(nil, []byte(value)) {
		if h.Type == of {
			own = h.Confidence
		}
		highest = max(highest, h.Confidence)
	}
	return own, highest
}

// sharedFile reads a file of ../shared, which lies beside this repository, or skips.
func sharedFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../../shared", name))
	if os.IsNotExist(err) {
		t.Skip("the shared files are not beside this repository")
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type worked struct {
	Cases []struct {
		ID, Type, Value, Why string
		Expect               *bool
	}
	Columns []struct {
		Header, Expect string
		Values         []string
	}
}

func workedCases(t *testing.T) worked {
	var w worked
	if err := json.Unmarshal(sharedFile(t, "cases/pii.json"), &w); err != nil || len(w.Cases) < 40 {
		t.Fatalf("%d cases, %v", len(w.Cases), err)
	}
	return w
}
