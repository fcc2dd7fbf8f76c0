package ingest

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"yingbi/catalog"
	"yingbi/internal/fault"
	"yingbi/internal/testkit"
	"yingbi/sandbox"
)

// newCells gives real cells of the real binary.
func newCells(t *testing.T) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.New(sandbox.Config{Exe: testkit.Binary(t)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const upload = "\ufeff身份证号;firm;cost;at;备注\r\n" +
	"11010519491231002X;10;1.50;2026-01-02 03:04:05;\"两行\r\n的备注\"\r\n" + // row 1, lines 2 and 3
	";10;1;2026-01-02 03:04:05;\r\n" + // row 2: no subject
	"１１０１０５１９４９１２３１００２ｘ;11;2.5;;x\r\n" + // row 3: the first person again
	"440524188001010014;10;NA;;x\r\n" + // row 4: cost is required
	"440524188001010014;10;12.345;;x\r\n" + // row 5: too many digits
	"440524188001010014;;3;;x\r\n" + // row 6: no firm
	"440524188001010014;10;3\r\n" + // row 7: ragged
	"440524188001010014;10;0.25;2026-01-02T03:04:05+08:00;x\r\n" // row 8

func TestAFileThroughARealCell(t *testing.T) {
	w := newWorld(t, dataset(t, description)).upload(upload)
	v, err := Import(t.Context(), Importer{Sandbox: newCells(t)}, w.request)
	if err != nil {
		t.Fatal(err)
	}
	if v.Rows != 3 || v.Quarantined != 5 {
		t.Errorf("version = %+v", v)
	}
	_, rows := w.readTable(v.Parts[0].Object())
	want := []string{
		"11010519491231002X 10 1.5 2026-01-01T18:04:05Z 1 1",
		"１１０１０５１９４９１２３１００２ｘ 11 2.5 (null) 1 2",
		"440524188001010014 10 0.25 2026-01-01T19:04:05Z 2 1",
	}
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("rows\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(want, "\n"))
	}
	_, bad := w.readTable(v.QuarantineObject())
	wantBad := []string{"1 4 6 cost missing-value", "1 5 7 cost too-many-digits", "1 7 9 ragged", "1 2 0 person missing_subject", "1 6 0 firm missing_subject"}
	if !reflect.DeepEqual(bad, wantBad) {
		t.Errorf("quarantine\n%s\nwant\n%s", strings.Join(bad, "\n"), strings.Join(wantBad, "\n"))
	}
	q, err := ReadQuality(t.Context(), w.request.Compartment, v)
	if err != nil || q.ExtraColumns != 1 || q.Columns[3].Nulls != 1 || q.Rows != 3 {
		t.Errorf("quality = %+v, %v", q, err)
	}
	if n := w.request.Registries["person"].Len(); n != 2 {
		t.Errorf("%d people", n)
	}
	w.wantNoRawValue("11010519491231002X", "440524188001010014", "两行")
}

// wantNoRawValue searches every file of the vault, and what says why rows were
// quarantined.
func (w *world) wantNoRawValue(values ...string) {
	w.t.Helper()
	look := func(where string, b []byte) {
		for _, v := range values {
			if strings.Contains(string(b), v) {
				w.t.Errorf("%s holds %q", where, v)
			}
		}
	}
	files := 0
	err := filepath.Walk(w.dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		look(filepath.Base(path), b)
		return err
	})
	if err != nil || files < 8 {
		w.t.Errorf("searched %d files, %v", files, err)
	}
	_, bad := w.readTable("v1.quarantine.parquet")
	look("quarantine", []byte(strings.Join(bad, "\n")))
	report, err := w.request.Compartment.Read(w.t.Context(), "v1.quality.json", maxJSON)
	if err != nil {
		w.t.Error(err)
	}
	look("quality report", report)
}

func TestFilesThatARealCellRefuses(t *testing.T) {
	cells := newCells(t)
	for name, c := range map[string]struct{ content, want string }{
		"empty":            {"", "upload.csv: not readable as csv"},
		"no such column":   {"身份证号;firm;at\n", `upload.csv: the file has no column "cost"`},
		"a column twice":   {"身份证号;firm;cost;cost;at\n", `more than one column "cost"`},
		"another file":     {"PK\x03\x04\xff\xfe", "upload.csv: "},
		"nothing but junk": {"身份证号;firm;cost;at\nx;y;z;w\n", "none of the 1 rows can be kept"},
	} {
		w := newWorld(t, dataset(t, description)).upload(c.content)
		_, err := Import(t.Context(), Importer{Sandbox: cells}, w.request)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		w.wantNothing(name)
	}
}

func TestCellOverItsTime(t *testing.T) {
	w := newWorld(t, dataset(t, description)).upload(upload)
	_, err := Import(t.Context(), Importer{Sandbox: newCells(t), Limits: sandbox.Limits{Wall: time.Millisecond}}, w.request)
	if fault.KindOf(err) != fault.Limit {
		t.Errorf("error %v", err)
	}
	w.wantNothing("over its time")
}

const adult = `id: adult
title: 人口普查摘录
provider: 统计局
level: 2
openness: unconditional
update: never
declaration: {state_secrets: none, state_security: none, public_interest: none, restricted: none, by: 李明, date: 2026-01-05}
file: {format: csv, delimiter: ";"}
subjects: [{each_row: true, kind: person}]
columns:
  - {name: sex, type: text}
  - {name: age, type: integer}
  - {name: marital_status, type: text, source: marital-status}
  - {name: salary_class, type: text, source: salary-class}
`

func TestRealFile(t *testing.T) {
	file, err := os.Open("../../shared/data/adult.csv")
	if os.IsNotExist(err) {
		t.Skip("../shared/data is not here: the test over adult.csv needs it")
	} else if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := newWorld(t, dataset(t, adult))
	w.request.Files = []*os.File{file}
	v, err := Import(t.Context(), Importer{Sandbox: newCells(t)}, w.request)
	if err != nil {
		t.Fatal(err)
	}
	if v.Rows != 30_162 || v.Quarantined != 0 || w.request.Registries["person"].Len() != 30_162 {
		t.Errorf("version = %+v", v)
	}
	header, rows := w.readTable(catalog.Part{Version: 1, Number: 1}.Object())
	if header != "sex age marital_status salary_class __subject_person" || rows[0] != "Male 39 Never-married <=50K 1" {
		t.Errorf("%q: %q", header, rows[0])
	}
}
