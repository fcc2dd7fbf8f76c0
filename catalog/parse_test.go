package catalog

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// example is the description that docs/DATASETS.md shows.
func example(t testing.TB) string {
	doc, err := os.ReadFile("../docs/DATASETS.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(doc), "```yaml\n")
	text, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("docs/DATASETS.md has no example")
	}
	return text
}

func TestTheDocumentedExampleParses(t *testing.T) {
	d, err := ParseDescription("claims.yaml", []byte(example(t)))
	if err != nil {
		t.Fatal(err)
	}
	if d.ID != "claims" || d.Level != 3 || d.Openness != Conditional || d.UpdateFrequency != "monthly" {
		t.Errorf("head = %+v", d)
	}
	if d.Declaration.By != "李明" || d.Declaration.StateSecrets != "none" {
		t.Errorf("declaration = %+v", d.Declaration)
	}
	want := []Subject{{Kind: "person", Column: "person"}, {Kind: "enterprise", Column: "hospital"}}
	if !reflect.DeepEqual(d.Subjects, want) {
		t.Errorf("subjects = %+v", d.Subjects)
	}
	wantCost := Column{Name: "cost", Title: "费用（元）", Type: coltype.Type{Kind: coltype.Decimal, Precision: 12, Scale: 2},
		Source: "cost", Nulls: []string{""}, Required: true}
	if cost, ok := d.Column("cost"); !ok || !reflect.DeepEqual(cost, wantCost) {
		t.Errorf("cost = %+v", cost)
	}
	if days, _ := d.Column("住院天数"); !reflect.DeepEqual(days.Nulls, []string{"", "-1", "NA"}) {
		t.Errorf("nulls = %q", days.Nulls)
	}
	if len(d.Types()) != 7 || d.Types()["visit_date"].Kind != coltype.Date {
		t.Errorf("types = %v", d.Types())
	}
}

// minimal is the shortest description; %s stands for what a test adds.
const minimal = `id: weather
title: 天气
provider: 气象局
level: 1
openness: unconditional
update: daily
declaration: {state_secrets: none, state_security: none, public_interest: none, restricted: none, by: 王芳, date: 2026-01-05}
file: {format: csv}
subjects: []
columns:
  - {name: 站点, type: text}
  - {name: at, type: timestamp}
  - {name: temp, type: double}
`

func TestDefaults(t *testing.T) {
	d, err := ParseDescription("w.yaml", []byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	if d.CollectedBy != "气象局" || d.ApprovedBy != "气象局" {
		t.Errorf("departments = %q, %q", d.CollectedBy, d.ApprovedBy)
	}
	if d.File != (File{Format: "csv"}) {
		t.Errorf("file = %+v", d.File)
	}
	at := d.Columns[1]
	if at.Zone != DefaultZone || at.Source != "at" || !reflect.DeepEqual(at.Nulls, []string{""}) {
		t.Errorf("column = %+v", at)
	}
	parquet := strings.Replace(minimal, "format: csv", "format: parquet", 1)
	if d, err = ParseDescription("w.yaml", []byte(parquet)); err != nil || len(d.Columns[0].Nulls) != 0 || d.File.Delimiter != "" {
		t.Errorf("parquet: %+v, %v", d, err)
	}
}

func TestHowUploadsAreWritten(t *testing.T) {
	for text, want := range map[string]File{
		"file: {}": {},
		"":         {},
		`file: {format: csv, delimiter: "\t", encoding: GB18030, compression: gzip}`: {Format: "csv", Delimiter: "\t", Encoding: "gb18030", Compression: "gzip"},
		`file: {delimiter: "\x01"}`:             {Delimiter: "\x01"},
		"file: {format: tsv, encoding: utf-16}": {Format: "tsv", Encoding: "utf-16"},
		"file: {format: xlsx, sheet: 结算 明细}":    {Format: "xlsx", Sheet: "结算 明细"},
		"file: {format: parquet}":               {Format: "parquet"},
	} {
		d, err := ParseDescription("w.yaml", []byte(strings.Replace(minimal, "file: {format: csv}", text, 1)))
		if err != nil || d.File != want {
			t.Errorf("%s: %+v, %v", text, d, err)
			continue
		}
		if nulls := d.Columns[0].Nulls; (len(nulls) == 0) != (want.Format == "parquet") {
			t.Errorf("%s: nulls %q", text, nulls)
		}
	}
}

func TestRefusalsNameLineAndField(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"no id", "id: weather\n", "", `"id" is missing`},
		{"id with a space", "id: weather", "id: the weather", "w.yaml:1:5: id: "},
		{"id in Chinese", "id: weather", "id: 天气", "w.yaml:1:5: id: "},
		{"blank title", "title: 天气", "title: ' '", "w.yaml:2:8: title: "},
		{"control character", "title: 天气", `title: "天\u0007气"`, "U+0007"},
		{"level", "level: 1", "level: 5", "w.yaml:4:8: level: want a level from 1 to 4, found 5"},
		{"level zero", "level: 1", "level: 0", "w.yaml:4:8: level"},
		{"openness", "unconditional", "open", "w.yaml:5:11: openness: want one of [unconditional conditional closed]"},
		{"conditions", "openness: unconditional", "openness: conditional", "w.yaml:5:11: openness"},
		{"update", "update: daily", "update: hourly", "w.yaml:6:9: update"},
		{"unknown key", "level: 1", "level: 1\nlevl: 2", `unknown key "levl"`},
		{"repeated key", "level: 1", "level: 1\nlevel: 1", "w.yaml:5:1: "},
		{"no declaration", "declaration: {state_secrets: none, state_security: none, public_interest: none, restricted: none, by: 王芳, date: 2026-01-05}\n", "", `"declaration" is missing`},
		{"secret", "state_secrets: none", "state_secrets: some", "w.yaml:7:30: declaration.state_secrets: \"some\": such data is never registered"},
		{"undeclared", "restricted: none, ", "", `"restricted" is missing`},
		{"no signatory", "by: 王芳, ", "", `declaration: "by" is missing`},
		{"no such day", "2026-01-05", "2026-02-30", "declaration.date: want a day"},
		{"format", "format: csv", "format: ods", "w.yaml:8:16: file.format: want one of [csv tsv xlsx parquet]"},
		{"encoding", "format: csv", "format: csv, encoding: big5", "file.encoding: want one of"},
		{"compression", "format: csv", "format: csv, compression: zip", "file.compression: want one of"},
		{"compression of a workbook", "format: csv", "format: xlsx, compression: gzip", `unknown key "compression"`},
		{"sheet of a csv", "format: csv", "format: csv, sheet: 数据", `unknown key "sheet"`},
		{"delimiter of a tsv", "format: csv", `format: tsv, delimiter: "\t"`, `unknown key "delimiter"`},
		{"no delimiter", "format: csv", `format: csv, delimiter: ""`, "file.delimiter"},
		{"delimiter", "format: csv", `format: csv, delimiter: "ab"`, "file.delimiter"},
		{"delimiter quote", "format: csv", `format: csv, delimiter: '"'`, "file.delimiter"},
		{"delimiter of parquet", "format: csv", `format: parquet, delimiter: ","`, `unknown key "delimiter"`},
		{"no subjects key", "subjects: []\n", "", `"subjects" is missing`},
		{"subject column", "subjects: []", "subjects: [{column: who, kind: person}]", "w.yaml:9:21: subjects[0].column: \"who\" is not a column"},
		{"subject type", "subjects: []", "subjects: [{column: temp, kind: person}]", "temp\" is double"},
		{"subject kind", "subjects: []", "subjects: [{column: 站点, kind: 人}]", "subjects[0].kind"},
		{"subject kind with a dash", "subjects: []", "subjects: [{column: 站点, kind: legal-person}]", "subjects[0].kind"},
		{"subject neither", "subjects: []", "subjects: [{kind: person}]", "each_row"},
		{"subject both", "subjects: []", "subjects: [{column: 站点, kind: person, each_row: true}]", "each_row"},
		{"subject twice", "subjects: []", "subjects: [{column: 站点, kind: a}, {each_row: true, kind: a}]", "given twice"},
		{"no columns", minimal[strings.Index(minimal, "columns:"):], "columns: []\n", "at least one column"},
		{"columns missing", minimal[strings.Index(minimal, "columns:"):], "", `"columns" is missing`},
		{"column type", "type: double", "type: float", "w.yaml:13:24: columns[2].type: \"float\" is not a type"},
		{"reserved name", "name: temp", "name: __temp", "columns[2].name: \"__temp\": names that begin with"},
		{"odd name", "name: temp", "name: a-b", "give the header of the file as \"source\""},
		{"wide name", "name: temp", "name: ｔｅｍｐ", `write it in plain characters, "temp"`},
		{"leading digit", "name: temp", "name: 2temp", "columns[2].name"},
		{"long name", "name: temp", "name: " + strings.Repeat("长", 65), "at most 64 characters"},
		{"same name", "name: temp", "name: AT", `columns[2]: two columns are named "AT"`},
		{"same source", "name: temp,", "name: temp, source: at,", "reads the same source"},
		{"zone of a double", "type: double", "type: double, zone: Asia/Tokyo", "only a timestamp has a zone"},
		{"no such zone", "type: timestamp", "type: timestamp, zone: Asia/Atlantis", "is no time zone"},
		{"local zone", "type: timestamp", "type: timestamp, zone: Local", "is no time zone"},
		{"path as zone", "type: timestamp", "type: timestamp, zone: ../../etc/passwd", "is no time zone"},
		{"null twice", "type: double", "type: double, nulls: [NA, NA]", `columns[2].nulls[1]: "NA" is given twice`},
		{"null of YAML", "type: double", "type: double, nulls: [null]", "columns[2].nulls[0]"},
	} {
		text := strings.Replace(minimal, c.old, c.new, 1)
		if text == minimal {
			t.Fatalf("%s: nothing replaced", c.name)
		}
		_, err := ParseDescription("w.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "w.yaml:") {
			t.Errorf("%s: error %v, want %q in it", c.name, err, c.want)
		}
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: kind %v", c.name, fault.KindOf(err))
		}
	}
}

func TestColumnLimit(t *testing.T) {
	head, _, _ := strings.Cut(minimal, "  - ")
	for _, n := range []int{MaxColumns - 1, MaxColumns, MaxColumns + 1} {
		var b strings.Builder
		b.WriteString(head)
		for i := range n {
			fmt.Fprintf(&b, "  - {name: c%d, title: 列, type: text, source: 列 %d, nulls: [\"\", NA]}\n", i, i)
		}
		_, err := ParseDescription("w.yaml", []byte(b.String()))
		if (err == nil) != (n <= MaxColumns) {
			t.Errorf("%d columns: %v", n, err)
		}
	}
}

func TestVersionNamesItsObjects(t *testing.T) {
	v := Version{Dataset: "claims", Number: 12}
	got := []string{Compartment("claims"), Part{Version: 9, Number: 3}.Object(), v.VersionObject(), v.QuarantineObject(), v.QualityObject(), SubjectColumn("person")}
	want := []string{"dataset/claims", "v9.00003.parquet", "v12.version.json", "v12.quarantine.parquet", "v12.quality.json", "__subject_person"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzParseDescription holds that what is accepted survives its JSON, and that
// refusals are faults of the writer.
func FuzzParseDescription(f *testing.F) {
	f.Add([]byte(example(f)))
	f.Add([]byte(minimal))
	f.Add([]byte(strings.Replace(minimal, "subjects: []", "subjects: [{each_row: true, kind: person}]", 1)))
	f.Add([]byte(strings.Replace(minimal, "format: csv", "format: parquet", 1)))
	f.Add([]byte(strings.Replace(minimal, "format: csv", `encoding: gbk, compression: zstd, delimiter: "\x01"`, 1)))
	f.Add([]byte(strings.Replace(minimal, "format: csv", "sheet: 数据", 1)))
	f.Add([]byte(sampled))
	f.Add([]byte(levelled))
	f.Add([]byte("id: [\n"))
	f.Add([]byte("columns: {a: {b: c}}\nid: &x y\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := ParseDescription("f.yaml", b)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("kind %v: %v", fault.KindOf(err), err)
			}
			return
		}
		j, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseDescription("f.json", j)
		if err != nil {
			t.Fatalf("own JSON refused: %v\n%s", err, j)
		}
		if !reflect.DeepEqual(again, d) {
			t.Fatalf("changed by its JSON:\n%+v\n%+v", d, again)
		}
	})
}
