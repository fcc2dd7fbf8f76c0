//go:build linux && cgo

package domain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yingbi/catalog"
	"yingbi/egress"
	"yingbi/internal/fault"
	"yingbi/internal/synth"
	"yingbi/job"
	"yingbi/table"
)

// TestTruth holds the domain to truth.json of the synthetic city: every file is
// imported, masked and asked about, and every case that was planted is found, or
// says by what it will be.
func TestTruth(t *testing.T) {
	f := open(t)
	w := &truthWorld{fixture: f, ids: map[string]string{}, rows: map[string][]map[string]string{}, quality: map[string]QualityReport{}}
	for _, file := range f.truth.Files {
		if path.Base(file.Path) != "duplicates.csv" { // a second version of the population, for the last cases
			w.bring(file)
		}
	}
	w.approve()
	later := 0
	for _, c := range f.truth.Cases {
		if c.Covered == "later" {
			later++
			if c.Later == "" {
				t.Errorf("%s is not covered, and nobody says by what it will be", c.ID)
			}
			continue
		}
		if c.Expect.Rule == "many_to_many" || c.FoundBy == synth.ByDiscovery { // the last: TestCity of masking/discover
			continue
		}
		t.Run(c.ID, func(t *testing.T) { w.check(t, c) })
	}
	w.duplicates()
	if later > 2 || len(f.truth.Cases) < 60 {
		t.Errorf("%d cases, %d of them for later", len(f.truth.Cases), later)
	}
}

// truthWorld is a domain with every file of the city.
type truthWorld struct {
	*fixture
	ids     map[string]string              // data set of each file
	rows    map[string][]map[string]string // of each file as imported: values as text by column, "(null)" for none
	quality map[string]QualityReport       // of each file
	refused []string                       // files
}

// bring imports a file, as a data set of its own where it is a small one, and holds
// its counts to the truth.
func (w *truthWorld) bring(file synth.File) {
	w.t.Helper()
	li, id := w.as("li"), file.Dataset
	if path.Dir(file.Path) == "cases" {
		id = strings.NewReplacer(".", "-", "_", "-").Replace(path.Base(file.Path))
	}
	w.ids[file.Path] = id
	if _, known := cityFiles[id]; !known {
		text := string(document("datasets/" + file.Dataset + ".yaml"))
		text = strings.Replace(text, "id: "+file.Dataset+"\n", "id: "+id+"\n", 1)
		written := fmt.Sprintf("file: {format: csv, encoding: %s", file.Encoding)
		if file.Compression != "" {
			written += ", compression: " + file.Compression
		}
		text = strings.Replace(text, "file: {format: csv", written, 1)
		if _, err := li.RegisterDataset(w.t.Context(), id+".yaml", []byte(text)); err != nil {
			w.t.Fatal(err)
		}
		_, err := importFile(w.t.Context(), li, id, filepath.Join(common.dir, "data", filepath.FromSlash(file.Path)))
		if file.Refused {
			wantKind(w.t, err, fault.Invalid)
			w.refused = append(w.refused, file.Path)
			return
		}
		if err != nil {
			w.t.Errorf("%s: %v", file.Path, err)
			return
		}
	}
	report, err := li.Quality(w.t.Context(), id, 0, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	w.quality[file.Path] = report
	w.rows[file.Path] = w.read(id)
	w.compare(file, report)
}

// compare holds rows, nulls, reasons and subjects of a file to the truth.
func (w *truthWorld) compare(file synth.File, report QualityReport) {
	w.t.Helper()
	want := map[string]int64{}
	for _, q := range file.Quarantined {
		want[q.Column+" "+q.Reason] += q.Rows
	}
	got, nulls := map[string]int64{}, map[string]int64{}
	for _, c := range report.Columns {
		for why, n := range c.Quarantined {
			got[c.Name+" "+string(why)] += n
		}
		if c.Nulls > 0 {
			nulls[c.Name] = c.Nulls
		}
	}
	for why, n := range report.WholeRow {
		got[" "+string(why)] += n
	}
	if report.Rows != file.Rows || !maps.Equal(got, want) || !maps.Equal(nulls, file.Nulls) {
		w.t.Errorf("%s: %d rows, not kept %v, nulls %v; the truth is %d, %v, %v", file.Path, report.Rows, got, nulls, file.Rows, want, file.Nulls)
	}
	for kind, n := range file.Subjects {
		seen := map[string]bool{}
		for _, row := range w.rows[file.Path] {
			seen[row[catalog.SubjectColumn(kind)]] = true
		}
		if int64(len(seen)) != n {
			w.t.Errorf("%s: %d subjects of kind %s, the truth is %d", file.Path, len(seen), kind, n)
		}
	}
}

// read gives the rows of the newest version of a data set.
func (w *truthWorld) read(id string) (rows []map[string]string) {
	w.t.Helper()
	v, err := w.store.LatestVersion(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := w.as("li").compartment(w.t.Context(), catalog.Compartment(id), "test")
	if err != nil {
		w.t.Fatal(err)
	}
	defer c.Close()
	for _, p := range v.Parts {
		b, err := c.Read(w.t.Context(), p.Object(), 1<<30)
		if err != nil {
			w.t.Fatal(err)
		}
		rows = append(rows, parquetRows(w.t, b)...)
	}
	return rows
}

func parquetRows(t testing.TB, b []byte) (rows []map[string]string) {
	t.Helper()
	in, err := table.NewReader(table.Source{ReaderAt: bytes.NewReader(b), Size: int64(len(b))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for {
		rec, err := in.Next()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range int(rec.NumRows()) {
			row := map[string]string{}
			for j, c := range rec.Columns() {
				row[rec.ColumnName(j)] = c.ValueStr(i)
			}
			rows = append(rows, row)
		}
	}
}

// approve brings policies for all files into force, and a scenario that grants what
// the queries of the truth need.
func (w *truthWorld) approve() {
	w.t.Helper()
	shen := w.as("shen")
	if _, err := shen.SetPolicy(w.t.Context(), "electricity", document("policies/electricity.yaml")); err != nil {
		w.t.Fatal(err)
	}
	policy := strings.NewReplacer("id: checkups-statistics", "id: remarks-statistics", "dataset: checkups", "dataset: remarks-csv").Replace(string(document("policies/checkups.yaml")))
	if _, err := shen.SetPolicy(w.t.Context(), "remarks", []byte(policy)); err != nil {
		w.t.Fatal(err)
	}
	text := strings.Replace(string(document("scenario.yaml")), "id: chronic", "id: truth", 1)
	text, _, _ = strings.Cut(text, "grants:")
	text += `grants:
  - {dataset: claims, policy: claims-statistics, version: 1, columns: {person: [join], district: [group, filter], icd_chapter: [group, filter], visit_date: [derive], cost: [measure, filter]}}
  - {dataset: population, policy: population-statistics, version: 1, columns: {person: [join], sex: [group], birth: [derive, filter], district: [group]}}
  - {dataset: enterprises, policy: enterprises-statistics, version: 1, columns: {district: [group, filter], industry: [group, filter], revenue: [measure], employees: [filter]}}
  - {dataset: electricity, policy: electricity-statistics, version: 1, columns: {household: [join], district: [group], kwh: [filter], fee: [measure]}}
  - {dataset: remarks-csv, policy: remarks-statistics, version: 1, columns: {person: [join], district: [group], amount: [measure]}}
`
	if _, err := w.as("chen").ApproveScenario(w.t.Context(), "scenario.yaml", []byte(text)); err != nil {
		w.t.Fatal(err)
	}
}

// ask runs one job with a table t0, t1, … for each query, and opens its review.
func (w *truthWorld) ask(t *testing.T, c synth.Case) *job.Review {
	t.Helper()
	inputs, tables := map[string]synth.Input{}, map[string]synth.Table{}
	for i, q := range c.Expect.Queries {
		maps.Copy(inputs, q.Inputs)
		tables[fmt.Sprint("t", i)] = q.Table
	}
	text, err := json.Marshal(map[string]any{"name": c.ID, "scenario": "truth", "question": c.Note, "inputs": inputs, "tables": tables})
	if err != nil {
		t.Fatal(err)
	}
	wang := w.as("wang")
	j, err := wang.Jobs().Submit(t.Context(), wang.Actor, job.Package{File: "job.yaml", Manifest: text})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wang.Jobs().Run(t.Context(), wang.Actor, j.ID); err != nil {
		t.Fatal(err)
	}
	return w.review(j.ID)
}

// check holds that a case is found.
func (w *truthWorld) check(t *testing.T, c synth.Case) {
	e := c.Expect
	found := 0
	step := func(expected bool, ok bool, what string) {
		if expected {
			found++
			if !ok {
				t.Errorf("%s: %s", what, c.Note)
			}
		}
	}
	step(e.Refused, slices.Contains(w.refused, c.File), "the file was taken")
	step(e.Reason != "", w.rejected(c), "the row is not in quarantine for "+e.Column+" "+e.Reason)
	step(len(e.Nulls) > 0, w.hasNulls(c), "the row has other nulls")
	step(e.Value != "", w.row(c)[e.Column] == e.Value, "the cell holds something else")
	step(e.Same != "", w.sameSubject(c), "the row is of another subject")
	step(c.Kind == "file" && !e.Refused, w.quality[c.File].Rows > 0 && w.quality[c.File].Quarantined == 0, "rows were lost")
	if len(e.Queries) > 0 {
		found++
		w.checkQueries(t, c)
	}
	if len(e.Absent) > 0 {
		found++
		w.checkAbsent(t, c)
	}
	if found == 0 {
		t.Errorf("nothing was checked of %+v", c)
	}
}

// rejected reports whether the row is in quarantine for the reason.
func (w *truthWorld) rejected(c synth.Case) bool {
	for _, q := range w.quality[c.File].NotKept {
		if q.Row == c.Row && q.Column == c.Expect.Column && string(q.Reason) == c.Expect.Reason {
			return true
		}
	}
	return false
}

// row finds the row of a small file by the number of its record.
func (w *truthWorld) row(c synth.Case) map[string]string {
	for _, row := range w.rows[c.File] {
		if record := c.Where["record"]; record != "" && row["record"] == record {
			return row
		}
	}
	return nil
}

func (w *truthWorld) hasNulls(c synth.Case) bool {
	var nulls []string
	for name, v := range w.row(c) {
		if v == "(null)" && name != "remark" {
			nulls = append(nulls, name)
		}
	}
	slices.Sort(nulls)
	return slices.Equal(nulls, c.Expect.Nulls)
}

// sameSubject reports whether the row has the ordinal of the identifier.
func (w *truthWorld) sameSubject(c synth.Case) bool {
	ordinal := catalog.SubjectColumn("person")
	for _, row := range w.rows[c.File] {
		if row["person"] == c.Expect.Same && row["record"] != c.Where["record"] {
			return row[ordinal] == w.row(c)[ordinal]
		}
	}
	return false
}

// checkQueries holds the cell of each query to the count of the truth, and to the
// rule that it must fail.
func (w *truthWorld) checkQueries(t *testing.T, c synth.Case) {
	r := w.ask(t, c)
	if r.Failure != nil {
		t.Fatalf("the job failed: %+v", r.Failure)
	}
	if c.Expect.Differ > 0 && !strings.Contains(strings.Join(r.Report.Warnings, "\n"), "one minus the other tells of those few") {
		t.Errorf("the report does not warn: %q", r.Report.Warnings)
	}
	differ := 0 // cells that are too near to another one
	for i, q := range c.Expect.Queries {
		cell, name := cellOf(r.Report, fmt.Sprint("t", i), q.Cell)
		if cell == nil {
			t.Fatalf("%s has no cell %v", name, q.Cell)
		}
		if subjects := cell.Evidence[0].Subjects; cell.Rows != q.Rows || subjects != q.Subjects {
			t.Errorf("%s: %d rows of %d subjects, the truth is %d of %d", name, cell.Rows, subjects, q.Rows, q.Subjects)
		}
		fails := slices.ContainsFunc(cell.Findings, func(f egress.Finding) bool { return string(f.Rule) == c.Expect.Rule })
		if c.Expect.Differ == 0 && !fails {
			t.Errorf("%s: the cell fails %v, want %s", name, cell.Findings, c.Expect.Rule)
		}
		if c.Expect.Differ > 0 && fails {
			differ++
		}
	}
	if c.Expect.Differ == 0 {
		return
	}
	if h := r.Report.History; differ != 1 || len(h.Pairs) != 1 || h.Pairs[0].Difference != int(c.Expect.Differ) {
		t.Errorf("%d of two cells that differ by %d subjects are withheld: %+v", differ, c.Expect.Differ, h)
	}
}

// cellOf finds a cell of a report by its keys.
func cellOf(r *egress.Report, name string, keys map[string]string) (*egress.CellReport, string) {
	for i := range r.Tables {
		t := &r.Tables[i]
		for j := range t.Cells {
			same := t.Name == name && len(t.Keys) == len(keys)
			for k, key := range t.Keys {
				same = same && t.Cells[j].Keys[k].Text == keys[key.Name]
			}
			if same {
				return &t.Cells[j], name
			}
		}
	}
	return nil, name
}

// checkAbsent reads every masked view of the data set and holds that none has the
// values.
func (w *truthWorld) checkAbsent(t *testing.T, c synth.Case) {
	id := w.ids[c.File]
	asked := synth.Case{ID: c.ID + "-view", Note: c.Note}
	column := map[string]string{"population": "district", "claims": "district", "remarks-csv": "district"}[id]
	asked.Expect.Queries = []synth.Query{{
		Inputs: map[string]synth.Input{"x": {Dataset: id, Columns: []string{column}}},
		Table:  synth.Table{From: "x", GroupBy: []string{column}, Measures: map[string]string{"people": "subjects()"}},
	}}
	if r := w.ask(t, asked); r.Failure != nil {
		t.Fatalf("the job failed: %+v", r.Failure)
	}
	compartment, err := w.as("li").compartment(t.Context(), catalog.Compartment(id), "test")
	if err != nil {
		t.Fatal(err)
	}
	defer compartment.Close()
	views, cells := 0, 0
	for _, name := range compartment.Names() {
		if !strings.HasPrefix(name, "view-") || !strings.HasSuffix(name, ".parquet") {
			continue
		}
		views++
		b, err := compartment.Read(t.Context(), name, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range parquetRows(t, b) {
			for column, v := range row {
				cells++
				if slices.ContainsFunc(c.Expect.Absent, func(absent string) bool { return strings.Contains(v, absent) }) {
					t.Errorf("%s holds %q in column %s", name, v, column)
				}
			}
		}
	}
	if views == 0 || cells == 0 {
		t.Errorf("%d views of %s with %d cells were read", views, id, cells)
	}
}

// duplicates holds that one number on two rows is one subject, and that a join which
// would count it twice is refused.
func (w *truthWorld) duplicates() {
	w.t.Helper()
	for _, c := range w.truth.Cases {
		if c.Expect.Rule != "many_to_many" {
			continue
		}
		w.ids[c.File] = "population"
		if _, brought := w.rows[c.File]; !brought {
			file, err := os.Open(filepath.Join(common.dir, "data", filepath.FromSlash(c.File)))
			if err != nil {
				w.t.Fatal(err)
			}
			v, err := w.as("li").ImportDataset(w.t.Context(), "population", Upload{Files: []*os.File{file}})
			if err := errors.Join(err, file.Close()); err != nil {
				w.t.Fatal(err)
			}
			w.rows[c.File] = w.read("population")
			if v.Rows != int64(len(w.rows[c.File])) {
				w.t.Errorf("%d rows were read, the version has %d", len(w.rows[c.File]), v.Rows)
			}
		}
		ordinals, same := map[string]bool{}, 0
		for _, row := range w.rows[c.File] {
			if row["person"] == c.Expect.Same {
				same++
				ordinals[row[catalog.SubjectColumn("person")]] = true
			}
		}
		if same != 2 || len(ordinals) != 1 {
			w.t.Errorf("%s: %d rows of %d subjects", c.ID, same, len(ordinals))
		}
	}
	for _, c := range w.truth.Cases {
		if c.Expect.Rule == "many_to_many" {
			w.t.(*testing.T).Run(c.ID, func(t *testing.T) {
				r := w.ask(t, c)
				if r.Failure == nil || !strings.Contains(r.Failure.Text, c.Expect.Rule) || r.Failure.Kind != fault.Invalid.String() {
					t.Errorf("the job was not refused: %+v", r.Failure)
				}
			})
			return
		}
	}
	w.t.Error("the truth has no duplicate")
}
