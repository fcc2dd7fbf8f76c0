package city

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"yingbi/catalog"
	"yingbi/internal/synth"
	"yingbi/manifest"
	"yingbi/masking"
	"yingbi/view"
)

// TestSyntheticFilesFitTheirDescriptions holds the files of the synthetic city to the
// descriptions that they name, and what is planted in them to the policies and to the
// language of jobs.
func TestSyntheticFilesFitTheirDescriptions(t *testing.T) {
	dir := t.TempDir()
	truth, err := synth.Write(t.Context(), synth.Config{People: 200, Seed: 3, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range truth.Files {
		d := describe(t, f.Dataset)
		header := headerOf(t, dir, f)
		for _, c := range d.Columns {
			if !slices.Contains(header, c.Source) {
				t.Errorf("%s has no column %s", f.Path, c.Source)
			}
		}
		if len(header) != len(d.Columns) {
			t.Errorf("%s has columns %q, of which %s describes %d", f.Path, header, f.Dataset, len(d.Columns))
		}
		for _, s := range d.Subjects {
			if _, counted := f.Subjects[s.Kind]; !counted && !f.Refused {
				t.Errorf("the truth does not count each %s of %s", s.Kind, f.Path)
			}
		}
	}
	for _, c := range truth.Cases {
		for _, q := range c.Expect.Queries {
			job, err := json.Marshal(map[string]any{
				"name": c.ID, "scenario": "chronic", "question": c.Note, "inputs": q.Inputs, "tables": map[string]any{"t": q.Table},
			})
			if err != nil {
				t.Fatal(err)
			}
			m, err := manifest.Parse(c.ID, job)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.Check(everyUse(t, q.Inputs)); err != nil {
				t.Errorf("%s: %v", c.ID, err)
			}
		}
		if c.Expect.Policy != "" && policyOf(t, truth, c).ID != c.Expect.Policy {
			t.Errorf("%s is of policy %s", c.ID, c.Expect.Policy)
		}
	}
}

func describe(t *testing.T, id string) *catalog.Dataset {
	t.Helper()
	d, err := catalog.ParseDescription(id, file(t, "datasets/"+id+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func policy(t *testing.T, dataset string) *masking.Policy {
	t.Helper()
	p, err := masking.ParsePolicy(dataset, file(t, "policies/"+dataset+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func policyOf(t *testing.T, truth synth.Truth, c synth.Case) *masking.Policy {
	t.Helper()
	for _, f := range truth.Files {
		if f.Path == c.File {
			return policy(t, f.Dataset)
		}
	}
	t.Fatalf("%s is in %s, which is no file", c.ID, c.File)
	return nil
}

// headerOf reads the first row; names of columns are ASCII in any encoding.
func headerOf(t *testing.T, dir string, f synth.File) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Path)))
	if err != nil {
		t.Fatal(err)
	}
	var in io.Reader = bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff")))
	if f.Compression == "gzip" {
		if in, err = gzip.NewReader(in); err != nil {
			t.Fatal(err)
		}
	}
	header, err := csv.NewReader(in).Read()
	if err != nil {
		t.Fatal(err)
	}
	return header
}

// everyUse grants all that the policies leave.
func everyUse(t *testing.T, inputs map[string]synth.Input) manifest.Schema {
	t.Helper()
	out := manifest.Schema{}
	for name, in := range inputs {
		d := describe(t, in.Dataset)
		masker, err := policy(t, in.Dataset).Compile(view.Columns(d), make([]byte, masking.MinSecret))
		if err != nil {
			t.Fatal(err)
		}
		one := manifest.InputSchema{Level: d.Level, Columns: map[string]manifest.ColumnSchema{}}
		for _, s := range d.Subjects {
			one.Subjects = append(one.Subjects, s.Kind)
		}
		for _, c := range masker.Columns() {
			column := manifest.ColumnSchema{Type: c.Type, Subject: c.Subject, Uses: manifest.UseDerive}
			switch {
			case c.Subject != "":
				column.Uses = manifest.UseJoin
			case c.Type.Numeric():
				column.Uses |= manifest.UseMeasure | manifest.UseFilter
			default:
				column.Uses |= manifest.UseGroup | manifest.UseFilter
			}
			one.Columns[c.Name] = column
		}
		out[name] = one
	}
	return out
}
