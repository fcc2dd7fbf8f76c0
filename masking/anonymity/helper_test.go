package anonymity

import (
	"context"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// shared finds the folder of worked cases beside the module, or skips.
func shared(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("YINGBI_SHARED")
	if dir == "" {
		dir = "../../../shared"
	}
	file := filepath.Join(dir, name)
	if _, err := os.Stat(file); err != nil {
		t.Skipf("the shared cases are not here: put them in ../shared beside the module, or name their folder in YINGBI_SHARED (looked for %s)", name)
	}
	return file
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// rowsOf reads a CSV file of the shared data.
func rowsOf(t testing.TB, name string) [][]string {
	t.Helper()
	f := must(os.Open(shared(t, filepath.Join("data", name))))(t)
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = ';'
	return must(r.ReadAll())(t)
}

// tableOf builds the table that a specification asks for.
func tableOf(t testing.TB, f *File) *Table {
	t.Helper()
	rows := rowsOf(t, f.Dataset)
	attributes := func(names []string) (out []Attribute, places []int) {
		for _, n := range names {
			a := Attribute{Name: n, Hierarchy: Plain()}
			if path := f.Hierarchies[n]; path != "" {
				file := must(os.Open(shared(t, filepath.Join("data", path))))(t)
				a.Hierarchy = must(ReadHierarchy(file))(t)
				file.Close()
			}
			out, places = append(out, a), append(places, slices.Index(rows[0], n))
		}
		return out, places
	}
	quasi, quasiAt := attributes(f.Quasi)
	sensitive, sensitiveAt := attributes(f.Sensitive)
	table := must(NewTable(quasi, sensitive))(t)
	codes := func(row []string, list []Attribute, places []int) []uint32 {
		out := make([]uint32, len(list))
		for i, a := range list {
			out[i] = must(a.Hierarchy.Code(row[places[i]]))(t)
		}
		return out
	}
	for _, row := range rows[1:] {
		if err := table.Add(codes(row, quasi, quasiAt), codes(row, sensitive, sensitiveAt), 1); err != nil {
			t.Fatal(err)
		}
	}
	return table
}

func search(t testing.TB, table *Table, spec Spec) *Result {
	t.Helper()
	return must(Search(context.Background(), table, spec))(t)
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b)) }
