//go:build linux && cgo

package domain

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yingbi/internal/fault"
	"yingbi/job"
)

// TestMalformedDocuments breaks each kind of document in one place: the error is
// Invalid and names file, line and field, and nothing is stored.
func TestMalformedDocuments(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx, li, shen, chen, wang := t.Context(), f.as("li"), f.as("shen"), f.as("chen"), f.as("wang")
	put := map[string]func(file string, body []byte) error{
		"datasets/claims.yaml": func(file string, body []byte) error {
			_, err := li.RegisterDataset(ctx, file, bytes.Replace(body, []byte("id: claims"), []byte("id: fresh"), 1))
			return err
		},
		"policies/claims.yaml": func(file string, body []byte) error { _, err := shen.SetPolicy(ctx, file, body); return err },
		"agreement.yaml":       func(file string, body []byte) error { _, err := chen.SignAgreement(ctx, file, body); return err },
		"scenario.yaml":        func(file string, body []byte) error { _, err := chen.ApproveScenario(ctx, file, body); return err },
		"jobs/by_district.yaml": func(file string, body []byte) error {
			_, err := wang.Jobs().Submit(ctx, wang.Actor, job.Package{File: file, Manifest: body})
			return err
		},
	}
	for _, c := range []struct{ path, old, new, field string }{
		{"datasets/claims.yaml", "level: 3", "level: 9", "level"},
		{"datasets/claims.yaml", "level: 3", "level: 3\nlevle: 3", "levle"},
		{"datasets/claims.yaml", "type: date", "type: day", "columns[5].type"},
		{"datasets/claims.yaml", `"decimal(12,2)"`, `"decimal(12,13)"`, "columns[6].type"},
		{"datasets/claims.yaml", "{column: person", "{column: parson", "subjects[0]"},
		{"datasets/claims.yaml", "update: monthly", "update: monthly\nupdate: monthly", "update"},
		{"datasets/claims.yaml", "id: claims", "id: &anchor claims", ""},
		{"datasets/claims.yaml", "state_secrets: none", "state_secrets: some", "declaration.state_secrets"},
		{"policies/claims.yaml", "district: keep", "district: kept", "columns.district"},
		{"policies/claims.yaml", "to: month", "to: fortnight", "columns.visit_date"},
		{"policies/claims.yaml", "  district: keep", "  destrict: keep", "columns.destrict"},
		{"policies/claims.yaml", "person: pseudonym", "person: {rule: clamp, top: 3}", "columns.person"},
		{"agreement.yaml", "operator: 云健数据", "operator: ''", "operator"},
		{"agreement.yaml", "title: 公共数据授权运营协议", "title: [公共数据授权运营协议]", "title"},
		{"agreement.yaml", "id: agr-1", "id: agr-1\nproduct: all", "product"},
		{"scenario.yaml", "[measure, filter, row]", "[measure, export]", "grants[0].columns.cost"},
		{"scenario.yaml", "preset: default", "preset: default\nstrict: true", "strict"},
		{"scenario.yaml", "version: 1", "version: one", "grants[0]"},
		{"jobs/by_district.yaml", "cost: sum(cost)", "cost: sum(cost = 1)", "tables.by_district.measures.cost"},
		{"jobs/by_district.yaml", "icd_chapter = 'IX'", "icd_chapter = 9", "tables.by_district.where"},
		{"jobs/by_district.yaml", "where: icd", "where: ) icd", "tables.by_district.where"},
		{"jobs/by_district.yaml", "group_by: [district]", "group_by: [distrikt]", "tables.by_district.group_by[0]"},
		{"jobs/by_district.yaml", "scenario: chronic", "scenario: chronic\nsenario: chronic", "senario"},
	} {
		t.Run(c.path+" "+c.new, func(t *testing.T) {
			body := document(c.path)
			at := bytes.Index(body, []byte(c.old))
			if at < 0 {
				t.Fatalf("there is no %q", c.old)
			}
			line := 1 + bytes.Count(body[:at], []byte("\n")) + strings.Count(c.new, "\n")
			broken := bytes.Replace(body, []byte(c.old), []byte(c.new), 1)
			before := f.snapshot()
			err := put[c.path](filepath.Base(c.path), broken)
			wantKind(t, err, fault.Invalid, filepath.Base(c.path)+":", c.field)
			if want := fmt.Sprintf("%s:%d:", filepath.Base(c.path), line); !strings.HasPrefix(err.Error(), want) {
				t.Errorf("line %d is broken, and the error is %v", line, err)
			}
			f.unchanged(before)
		})
	}
}

// TestMalformedFiles imports files that are not what was described: nothing is
// stored, and the next good file has the number that they did not get.
func TestMalformedFiles(t *testing.T) {
	f := open(t)
	li := f.as("li")
	good, err := os.ReadFile(dataFile("enterprises"))
	if err != nil {
		t.Fatal(err)
	}
	header, rows, _ := bytes.Cut(good, []byte("\r\n"))
	before := f.snapshot()
	for name, c := range map[string]struct {
		body []byte
		word string
	}{
		"nothing":               {nil, ""},
		"no rows":               {header, ""},
		"a column that is gone": {append(bytes.Replace(header, []byte("revenue"), []byte("income"), 1), append([]byte("\r\n"), rows...)...), "revenue"},
		"a column twice":        {append(append(header[:len(header):len(header)], ",revenue\r\n"...), rows...), "revenue"},
		"another format":        {[]byte("PAR1" + strings.Repeat("\x00\x01\xff", 400)), ""},
		"only bad rows":         {append(header[:len(header):len(header)], "\r\n,,,,,,\r\n"...), "none of the 1 rows"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "upload.csv")
			if err := os.WriteFile(path, c.body, 0o600); err != nil {
				t.Fatal(err)
			}
			v, err := importFile(t.Context(), li, "enterprises", path)
			if name == "no rows" { // a data set may be empty
				if err != nil || v.Rows != 0 || v.Number != 2 {
					t.Fatalf("%+v, %v", v, err)
				}
				before = f.snapshot()
				return
			}
			wantKind(t, err, fault.Invalid, "upload.csv", c.word)
			f.unchanged(before)
		})
	}
	if v, err := importFile(t.Context(), li, "enterprises", dataFile("enterprises")); err != nil || v.Number != 3 {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestNothingOfAFailedImport holds that an import which is interrupted leaves no
// version and no file.
func TestNothingOfAFailedImport(t *testing.T) {
	f := open(t)
	before := f.snapshot()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	file, err := os.Open(dataFile("claims"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	_, err = f.as("li").ImportDataset(ctx, "claims", Upload{Files: []*os.File{file}, Progress: func(int64) { cancel() }})
	wantKind(t, err, fault.Interrupted)
	f.unchanged(before)
	if v, err := importFile(t.Context(), f.as("li"), "claims", dataFile("claims")); err != nil || v.Number != 2 {
		t.Errorf("%+v, %v", v, err)
	}
}
