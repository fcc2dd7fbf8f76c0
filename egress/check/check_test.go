package check

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type worked struct {
	ID       string `json:"id"`
	Data     string `json:"data"`
	Expected struct {
		Status     Status         `json:"status"`
		Checks     []string       `json:"checks_run"`
		Counts     map[string]int `json:"flag_counts"`
		Flagged    int            `json:"n_flagged_cells"`
		Cells      []workedCell   `json:"cells"`
		Freedom    int            `json:"df_resid"`
		Records    int            `json:"n"`
		Parameters int            `json:"n_params_with_const"`
	} `json:"expected"`
}

type workedCell struct {
	Row    []string `json:"row"`
	Col    []string `json:"col"`
	Rows   int64    `json:"n_rows"`
	Values *int64   `json:"n_values"`
	Flags  []string `json:"flags"`
	Strict []string `json:"strict_flags"`
}

// cases reads the worked cases and where their files are, or skips.
func cases(t testing.TB) (all []json.RawMessage, data string) {
	t.Helper()
	dir := os.Getenv("YINGBI_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(dir, "cases", "acro.json"))
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
	return file.Cases, filepath.Join(dir, "data")
}

// answer judges the text of a file, with keys added to or put over a specification's.
func answer(t testing.TB, spec json.RawMessage, over map[string]any, text string) *Answer {
	t.Helper()
	keys := map[string]any{}
	if err := json.Unmarshal(spec, &keys); err != nil {
		t.Fatal(err)
	}
	maps.Copy(keys, over)
	b, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ParseSpec(b)
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(s, text)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func read(s *Spec, text string) (*Answer, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, err
	}
	d := NewData(s)
	for _, row := range rows[1:] {
		var cells []string
		for _, name := range s.Columns() {
			cells = append(cells, row[slices.Index(rows[0], name)])
		}
		if err := d.Add(cells); err != nil {
			return nil, err
		}
	}
	return d.Check()
}

func TestCases(t *testing.T) {
	all, data := cases(t)
	for _, raw := range all {
		var c worked
		if err := json.Unmarshal(raw, &c); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(data, c.Data))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(c.ID, func(t *testing.T) {
			c.compare(t, answer(t, raw, map[string]any{"preset": ACRO}, string(text)))
			c.compareStrict(t, answer(t, raw, nil, string(text)))
		})
	}
}

func (c *worked) compare(t *testing.T, got *Answer) {
	want := &c.Expected
	if got.Status != want.Status {
		t.Errorf("status %s, want %s", got.Status, want.Status)
	}
	if want.Parameters > 0 {
		if *got.Model != (Model{want.Freedom, want.Records, want.Parameters}) {
			t.Errorf("%+v, want %+v", *got.Model, want)
		}
		return
	}
	counts := map[string]int{}
	for _, n := range got.Counts {
		counts[n.Finding] = n.Cells
	}
	if !slices.Equal(got.Checks, want.Checks) || !maps.Equal(counts, want.Counts) || got.Flagged != want.Flagged {
		t.Errorf("%v %v %d, want %v %v %d", got.Checks, counts, got.Flagged, want.Checks, want.Counts, want.Flagged)
	}
	statistics := len(got.Cells) / len(want.Cells)
	if len(got.Cells) != statistics*len(want.Cells) || statistics == 0 {
		t.Fatalf("%d cells, want %d", len(got.Cells), len(want.Cells))
	}
	for i, g := range got.Cells {
		w := want.Cells[i/statistics]
		if !slices.Equal(g.Row, w.Row) || !slices.Equal(g.Col, w.Col) || g.Rows != w.Rows || w.Values != nil && g.Values != *w.Values || !slices.Equal(g.Findings, w.Flags) {
			t.Errorf("%+v, want %+v", g, w)
		}
	}
}

// compareStrict compares the preset default with what the cases say of rows with a
// value, each a subject of its own; not where values are negative, which count by
// their size here, nor of a mere count, to which no dominance rule applies.
func (c *worked) compareStrict(t *testing.T, got *Answer) {
	names := map[string]string{"min_contributors": "minimum_subjects", "nk": "dominance", "p_ratio": "p_percent"}
	if len(c.Expected.Cells) == 0 {
		return
	}
	statistics := len(got.Cells) / len(c.Expected.Cells)
	for i, g := range got.Cells {
		for flag, rule := range names {
			weighed := g.Agg != nil && (*g.Agg == "mean" || *g.Agg == "sum")
			if want := slices.Contains(c.Expected.Cells[i/statistics].Strict, flag); slices.Contains(g.Findings, rule) != want && (weighed || flag == "min_contributors") {
				t.Errorf("%v %v: %v, but %s is %v", g.Row, g.Col, g.Findings, flag, want)
			}
		}
	}
}
