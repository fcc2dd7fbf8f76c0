package suppression

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// worked is what a case expects, in the forms that are known: tests of sdcTable, with
// the intervals of an LP solver. The case itself is a specification.
type worked struct {
	ID        string                   `json:"id"`
	Tables    map[string]any           `json:"tables"`
	Initial   map[string][2]float64    `json:"initial_intervals"`
	Disclosed []string                 `json:"exactly_disclosed_initially"`
	Linked    []string                 `json:"disclosed_when_linked"`
	Accepted  map[string]any           `json:"accepted"`
	Cheapest  string                   `json:"min_value_single_fix"`
	Intervals map[string]expectedCells `json:"intervals"`
	Fixes     map[string]struct {
		Intervals expectedCells `json:"intervals"`
	} `json:"all_single_cell_fixes"`
}

type expectedCells map[string][2]float64

func cases(t testing.TB) []json.RawMessage {
	t.Helper()
	dir := os.Getenv("YINGBI_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(dir, "cases", "suppression.json"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the worked cases are not here: put the shared folder beside the repository, or name it in YINGBI_SHARED")
	}
	var file struct{ Cases []json.RawMessage }
	if err == nil {
		err = json.Unmarshal(b, &file)
	}
	if err != nil || len(file.Cases) == 0 {
		t.Fatalf("%d cases, %v", len(file.Cases), err)
	}
	return file.Cases
}

func TestWorkedCases(t *testing.T) {
	for _, raw := range cases(t) {
		var w worked
		if err := json.Unmarshal(raw, &w); err != nil {
			t.Fatal(err)
		}
		t.Run(w.ID, func(t *testing.T) {
			s, err := ParseSpec(raw)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := s.Protect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			w.holdAnswer(t, answer)
			s.holdIntervals(t, "at first", nil, w.Initial)
			for fix, want := range w.Fixes {
				s.holdIntervals(t, "with "+fix, []string{fix}, want.Intervals)
			}
			w.holdTables(t, raw, s)
		})
	}
}

// holdAnswer compares the pattern with what was accepted.
func (w *worked) holdAnswer(t *testing.T, got *Answer) {
	exposed := append(slices.Clone(w.Disclosed), w.Linked...)
	if slices.Sort(exposed); !slices.Equal(slices.Sorted(slices.Values(got.Exposed)), exposed) {
		t.Errorf("exposed before: %v, want %v", got.Exposed, exposed)
	}
	if n, ok := w.Accepted["n_secondary"]; ok && float64(len(got.Secondary)) != n {
		t.Errorf("%v were added, want %v cells", got.Secondary, n)
	}
	if list, ok := w.Accepted["secondary"].([]any); ok {
		for i, name := range list {
			if len(got.Secondary) != len(list) || got.Secondary[i] != name {
				t.Errorf("%v were added, want %v", got.Secondary, list)
			}
		}
	}
	if len(w.Fixes) > 0 && len(got.Secondary) == 1 {
		if _, ok := w.Fixes[got.Secondary[0]]; !ok || w.Cheapest != "" && got.Secondary[0] != w.Cheapest {
			t.Errorf("%v was added, want %s", got.Secondary, w.Cheapest)
		}
	}
	if len(got.Unprotected) > 0 || !got.Least || len(got.Intervals) != len(got.Suppressed) {
		t.Errorf("%+v", got)
	}
}

// holdTables compares the intervals of single tables, of all, and of all with
// further cells: "table1", "linked", "linked+N".
func (w *worked) holdTables(t *testing.T, raw json.RawMessage, joint *Spec) {
	tables := slices.Sorted(maps.Keys(w.Tables))
	for name, want := range w.Intervals {
		switch {
		case name == "linked":
			joint.holdIntervals(t, name, nil, want)
		case len(name) > 7 && name[:7] == "linked+":
			joint.holdIntervals(t, name, []string{name[7:]}, want)
		case len(name) == 6 && name[:5] == "table" && int(name[5]-'1') < len(tables):
			alone := map[string]any{}
			if err := json.Unmarshal(raw, &alone); err != nil {
				t.Fatal(err)
			}
			alone["equations"] = w.Tables[tables[name[5]-'1']]
			delete(alone, "tables")
			b, err := json.Marshal(alone)
			if err != nil {
				t.Fatal(err)
			}
			s, err := ParseSpec(b)
			if err != nil {
				t.Fatal(err)
			}
			s.holdIntervals(t, name, nil, want)
		default:
			t.Errorf("intervals of %s: the test does not know what that is", name)
		}
	}
}

// holdIntervals compares the intervals of cells under the primary ones and further
// ones.
func (s *Spec) holdIntervals(t *testing.T, what string, more []string, want expectedCells) {
	t.Helper()
	suppressed := slices.Clone(s.Problem.Primary)
	for _, name := range more {
		suppressed = append(suppressed, s.index[name])
	}
	got, err := Intervals(t.Context(), s.Problem, suppressed)
	if err != nil {
		t.Fatal(err)
	}
	for name, ends := range want {
		i := slices.Index(suppressed, s.index[name])
		if i < 0 {
			t.Fatalf("%s: %s is not suppressed", what, name)
		}
		if low, high := plain(got[i].Lower), plain(got[i].Upper); low == nil || high == nil || *low != ends[0] || *high != ends[1] {
			t.Errorf("%s: %s is in [%v, %v], want %v", what, name, got[i].Lower, got[i].Upper, ends)
		}
	}
}
