package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"yingbi/catalog"
	"yingbi/internal/clock"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/keeper"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/subject"
	"yingbi/table"
	"yingbi/vault"
	"yingbi/vault/vaulttest"
)

const description = `id: claims
title: 结算
provider: 医保局
level: 3
openness: closed
update: monthly
declaration: {state_secrets: none, state_security: none, public_interest: none, restricted: none, by: 李明, date: 2026-01-05}
file: {format: csv, delimiter: ";"}
subjects: [{column: person, kind: person}, {column: firm, kind: enterprise}]
columns:
  - {name: person, type: text, source: 身份证号}
  - {name: firm, type: integer}
  - {name: cost, type: "decimal(12,2)", nulls: [NA], required: true}
  - {name: at, type: timestamp, zone: Asia/Tokyo}
`

func dataset(t testing.TB, text string) *catalog.Dataset {
	t.Helper()
	d, err := catalog.ParseDescription("d.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// world is a vault with the compartment and the registries of one data set.
type world struct {
	t       testing.TB
	vault   *vault.Vault
	dir     string
	keys    *vaulttest.Keys
	request Request
}

func newWorld(t testing.TB, d *catalog.Dataset) *world {
	t.Helper()
	keys, err := vaulttest.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, keys: keys, dir: t.TempDir()}
	w.vault, err = vault.Open(t.Context(), vault.Config{Dir: w.dir, Keys: keys, Public: keys.Public(), Ledger: vaulttest.NewLedger()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.vault.Close() })
	w.request = Request{Dataset: d, Number: 1, Compartment: w.create(catalog.Compartment(d.ID)), Registries: map[string]*subject.Registry{}}
	for _, s := range d.Subjects {
		r, err := subject.Open(t.Context(), w.create("registry/"+s.Kind))
		if err != nil {
			t.Fatal(err)
		}
		w.request.Registries[s.Kind] = r
	}
	return w.upload("")
}

func (w *world) create(name string) *vault.Compartment {
	w.t.Helper()
	c, err := w.vault.Create(w.t.Context(), keeper.Intent{Actor: "li", Compartment: name, Purpose: "test"})
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// upload makes the content the file of the request.
func (w *world) upload(content string) *world {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "upload.csv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { f.Close() })
	w.request.Files = []*os.File{f}
	return w
}

// cells is a cell that sends what a test wants.
type cells func(sandbox.IngestSink) (sandbox.IngestSummary, error)

func (c cells) Ingest(ctx context.Context, _ abi.IngestRequest, _ *os.File, _ sandbox.Limits, sink sandbox.IngestSink) (sandbox.IngestSummary, error) {
	return c(sink)
}

var noon = time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)

func (w *world) importing(c Cells) (catalog.Version, error) {
	return Import(w.t.Context(), Importer{Sandbox: c, Clock: clock.Fixed(noon)}, w.request)
}

var integer, text = coltype.Type{Kind: coltype.Integer}, coltype.Type{Kind: coltype.Text}

// texts makes a text column; "∅" is null.
func texts(name string, values ...string) abi.Column {
	c := abi.Column{Name: name, Type: text, Offsets: []uint32{0}}
	for i, v := range values {
		if v == "∅" {
			v = ""
			setNull(&c, i, len(values))
		}
		appendText(&c, v)
	}
	return c
}

const null = -1 << 62

func ints(name string, ty coltype.Type, values ...int64) abi.Column {
	c := abi.Column{Name: name, Type: ty, Ints: make([]int64, len(values))}
	for i, v := range values {
		if v == null {
			setNull(&c, i, len(values))
		} else {
			c.Ints[i] = v
		}
	}
	return c
}

func setNull(c *abi.Column, row, rows int) {
	if c.Valid == nil {
		c.Valid = make([]byte, (rows+7)/8)
		for i := range rows {
			c.Valid[i>>3] |= 1 << (i & 7)
		}
	}
	c.Valid[row>>3] &^= 1 << (row & 7)
}

// claims makes a frame of the columns that the description declares.
func claims(persons []string, firms, costs []int64) *abi.Frame {
	return &abi.Frame{Rows: len(persons), Columns: []abi.Column{
		texts("person", persons...), ints("firm", integer, firms...),
		ints("cost", coltype.Type{Kind: coltype.Decimal, Precision: 12, Scale: 2}, costs...),
		ints("at", coltype.Type{Kind: coltype.Timestamp}, make([]int64, len(persons))...),
	}}
}

// reject makes a frame of the quarantine, of row, line, column, reason.
func reject(rows ...[4]any) *abi.Frame {
	f := emptyQuarantine(&file{}, len(rows))
	f.Columns = f.Columns[1:] // a cell does not know the file's number
	for i, r := range rows {
		f.Columns[0].Ints[i], f.Columns[1].Ints[i] = int64(r[0].(int)), int64(r[1].(int))
		appendText(&f.Columns[2], r[2].(string))
		appendText(&f.Columns[3], r[3].(string))
	}
	return f
}

// readTable reads a Parquet object back, one text a row.
func (w *world) readTable(name string) (header string, rows []string) {
	w.t.Helper()
	o, err := w.request.Compartment.Open(w.t.Context(), name)
	if err != nil {
		w.t.Fatal(err)
	}
	defer o.Close()
	r, err := table.NewReader(table.Source{ReaderAt: o, Size: o.Size()}, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range r.Schema().Fields() {
		header += f.Name + " "
	}
	for {
		rec, err := r.Next()
		if err == io.EOF {
			return strings.TrimSpace(header), rows
		}
		if err != nil {
			w.t.Fatal(err)
		}
		rows = append(rows, lines(rec)...)
	}
}

func lines(rec arrow.RecordBatch) []string {
	out := make([]string, rec.NumRows())
	for _, c := range rec.Columns() {
		for i := range out {
			out[i] = strings.TrimSpace(out[i] + " " + c.ValueStr(i))
		}
	}
	return out
}

// wantNothing makes sure that a failed import has left no object.
func (w *world) wantNothing(what string) {
	w.t.Helper()
	if names := w.request.Compartment.Names(); len(names) > 0 {
		w.t.Errorf("%s: %q was stored", what, names)
	}
	if orphans, err := w.vault.Collect(w.t.Context()); err != nil || len(orphans) > 0 {
		w.t.Errorf("%s: left %q, %v", what, orphans, err)
	}
}

// A file of 9 rows: 3 and 7 are malformed, 2, 8 and 9 lack a subject.
func nineRows(sink sandbox.IngestSink) (sandbox.IngestSummary, error) {
	err := errors.Join(
		sink.Rows(claims([]string{"a-1", "∅", "B1"}, []int64{10, 10, 12}, []int64{100, 200, 300})), // rows 1, 2, 4
		sink.Quarantine(reject([4]any{3, 4, "cost", "unparsable"}, [4]any{7, 9, "", "ragged"})),
		sink.Rows(claims([]string{"Ａ1", "c", " -", "A1"}, []int64{10, 11, 11, null}, []int64{1, 2, 3, 4})), // rows 5, 6, 8, 9
	)
	return sandbox.IngestSummary{Read: 9, Kept: 7, Quarantined: 2, ExtraColumns: 1}, err
}

func TestImport(t *testing.T) {
	w := newWorld(t, dataset(t, description))
	var seen []int64
	w.request.Progress = func(rows int64) { seen = append(seen, rows) }
	before := w.keys.Calls("sign")
	v, err := w.importing(cells(nineRows))
	if err != nil {
		t.Fatal(err)
	}
	if v.Rows != 4 || v.Quarantined != 5 || v.Number != 1 || v.Dataset != "claims" || !v.Created.Equal(noon) || len(v.Digest) != 64 {
		t.Errorf("version = %+v", v)
	}
	if n := w.keys.Calls("sign") - before; n != 3 {
		t.Errorf("%d signatures, want one for the version and one for each registry", n)
	}
	if !reflect.DeepEqual(seen, []int64{3, 5, 9}) {
		t.Errorf("progress = %v", seen)
	}
	header, rows := w.readTable("v1.00001.parquet")
	if header != "person firm cost at __subject_person __subject_enterprise" {
		t.Errorf("columns %q", header)
	}
	want := []string{
		"a-1 10 1 1970-01-01T00:00:00Z 1 1",
		"B1 12 3 1970-01-01T00:00:00Z 2 2",
		"Ａ1 10 0.01 1970-01-01T00:00:00Z 1 1",
		"c 11 0.02 1970-01-01T00:00:00Z 3 3",
	}
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("rows\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(want, "\n"))
	}
	header, rows = w.readTable("v1.quarantine.parquet")
	want = []string{"1 3 4 cost unparsable", "1 7 9 ragged", "1 2 0 person missing_subject", "1 8 0 person missing_subject", "1 9 0 firm missing_subject"}
	if header != "file row line column reason" || !reflect.DeepEqual(rows, want) {
		t.Errorf("quarantine %q:\n%s", header, strings.Join(rows, "\n"))
	}
	q, err := ReadQuality(t.Context(), w.request.Compartment, v)
	wantQ := Quality{Created: noon, Rows: 4, Quarantined: 5, ExtraColumns: 1, WholeRow: Reasons{"ragged": 1}, Columns: []ColumnQuality{
		{Name: "person", Quarantined: Reasons{MissingSubject: 2}}, {Name: "firm", Quarantined: Reasons{MissingSubject: 1}},
		{Name: "cost", Quarantined: Reasons{"unparsable": 1}}, {Name: "at"},
	}}
	if err != nil || !reflect.DeepEqual(q, wantQ) {
		t.Errorf("quality = %+v, %v", q, err)
	}
	for kind, n := range map[string]int{"person": 3, "enterprise": 3} {
		if got := w.request.Registries[kind].Len(); got != n {
			t.Errorf("%d subjects of kind %s, want %d", got, kind, n)
		}
	}
	if again, err := Stored(t.Context(), w.request.Compartment, "claims", 1); err != nil || !reflect.DeepEqual(again, v) {
		t.Errorf("stored = %+v, %v", again, err)
	}
	if _, err := Stored(t.Context(), w.request.Compartment, "claims", 2); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a version that is not there: %v", err)
	}
	_, err = w.importing(cells(nineRows))
	if fault.KindOf(err) != fault.Conflict {
		t.Errorf("the same version again: %v", err)
	}
	w.request.Number = 2
	if v, err = w.importing(cells(nineRows)); err != nil || v.Digest == "" {
		t.Error(err)
	}
	if names := w.request.Compartment.Names(); len(names) != 8 {
		t.Errorf("names = %q", names)
	}
}

func TestEachRowIsASubject(t *testing.T) {
	text := strings.Replace(description, "[{column: person, kind: person}, {column: firm, kind: enterprise}]", "[{kind: person, each_row: true}]", 1)
	w := newWorld(t, dataset(t, text))
	v, err := w.importing(cells(nineRows))
	if err != nil || v.Rows != 7 || v.Quarantined != 2 {
		t.Fatalf("version = %+v, %v", v, err)
	}
	_, rows := w.readTable("v1.00001.parquet")
	for i, row := range rows {
		if !strings.HasSuffix(row, fmt.Sprintf("Z %d", i+1)) {
			t.Errorf("row %d: %q", i+1, row)
		}
	}
	w.request.Number = 2
	if _, err := w.importing(cells(nineRows)); err != nil || w.request.Registries["person"].Len() != 14 {
		t.Errorf("%d subjects after two versions, %v", w.request.Registries["person"].Len(), err)
	}
}

func TestEmptyFile(t *testing.T) {
	w := newWorld(t, dataset(t, description))
	v, err := w.importing(cells(func(sandbox.IngestSink) (sandbox.IngestSummary, error) { return sandbox.IngestSummary{}, nil }))
	if err != nil || v.Rows != 0 {
		t.Fatalf("%+v, %v", v, err)
	}
	if header, rows := w.readTable("v1.00001.parquet"); len(rows) != 0 || !strings.HasPrefix(header, "person firm") {
		t.Errorf("%q, %q", header, rows)
	}
}

func TestCellThatContradictsItself(t *testing.T) {
	good := func() *abi.Frame { return claims([]string{"a", "b"}, []int64{1, 2}, []int64{3, 4}) }
	for name, c := range map[string]struct {
		bad              *abi.Frame
		read, kept, gone int64
	}{
		"more read than sent":    {nil, 3, 2, 0},
		"less read than sent":    {nil, 1, 2, 0},
		"other kept":             {nil, 2, 1, 1},
		"the same row twice":     {reject([4]any{3, 1, "cost", "unparsable"}, [4]any{3, 1, "at", "unparsable"}), 4, 2, 2},
		"a row beyond the file":  {reject([4]any{4, 1, "", "ragged"}), 3, 2, 1},
		"row zero":               {reject([4]any{0, 1, "", "ragged"}), 3, 2, 1},
		"a negative line":        {reject([4]any{3, -1, "", "ragged"}), 3, 2, 1},
		"an undeclared column":   {reject([4]any{3, 1, "11010519491231002X", "ragged"}), 3, 2, 1},
		"a reason of its own":    {reject([4]any{3, 1, "cost", "11010519491231002X"}), 3, 2, 1},
		"a null":                 {withNull(), 3, 2, 1},
		"the reason of a parent": {reject([4]any{3, 1, "cost", "missing_subject"}), 3, 2, 1},
	} {
		w := newWorld(t, dataset(t, description))
		_, err := w.importing(cells(func(sink sandbox.IngestSink) (sandbox.IngestSummary, error) {
			if err := sink.Rows(good()); err != nil {
				return sandbox.IngestSummary{}, err
			}
			if c.bad != nil {
				if err := sink.Quarantine(c.bad); err != nil {
					return sandbox.IngestSummary{}, err
				}
			}
			return sandbox.IngestSummary{Read: c.read, Kept: c.kept, Quarantined: c.gone}, nil
		}))
		if fault.KindOf(err) != fault.Integrity || strings.Contains(err.Error(), "11010519491231002X") {
			t.Errorf("%s: %v", name, err)
		}
		w.wantNothing(name)
	}
}

func withNull() *abi.Frame {
	f := reject([4]any{3, 1, "cost", "unparsable"})
	setNull(&f.Columns[1], 0, 1)
	return f
}

// Two subjects are missing in rows that are not in the order of the subjects.
func TestMissingSubjectsInTheOrderOfRows(t *testing.T) {
	w := newWorld(t, dataset(t, description))
	v, err := w.importing(cells(func(sink sandbox.IngestSink) (sandbox.IngestSummary, error) {
		err := errors.Join(
			sink.Rows(claims([]string{"a", "b", "∅", "∅"}, []int64{null, 1, 1, null}, []int64{1, 1, 1, 1})), // rows 1, 3, 4, 6
			sink.Quarantine(reject([4]any{2, 3, "", "ragged"}, [4]any{5, 6, "", "ragged"})),
		)
		return sandbox.IngestSummary{Read: 6, Kept: 4, Quarantined: 2}, err
	}))
	if err != nil || v.Rows != 1 || v.Quarantined != 5 {
		t.Fatalf("version = %+v, %v", v, err)
	}
	_, rows := w.readTable("v1.quarantine.parquet")
	want := []string{"1 2 3 ragged", "1 5 6 ragged", "1 1 0 firm missing_subject", "1 4 0 person missing_subject", "1 6 0 person missing_subject"}
	for i := range rows {
		rows[i] = strings.Join(strings.Fields(rows[i]), " ")
	}
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("quarantine\n%s", strings.Join(rows, "\n"))
	}
}

func TestRefusedFilesAreExplained(t *testing.T) {
	for _, c := range []struct {
		code abi.Code
		at   int
		kind fault.Kind
		want string
	}{
		{abi.FailFormat, 0, fault.Invalid, "upload.csv: not readable as csv"},
		{abi.FailMissingColumn, 1, fault.Invalid, `no column "身份证号", which the description reads as "person"`},
		{abi.FailAmbiguousColumn, 1, fault.Invalid, `more than one column "身份证号"`},
		{abi.FailColumnType, 3, fault.Invalid, `column "cost" cannot be read as decimal(12,2)`},
		{abi.FailMissingColumn, 99, fault.Invalid, "no column"},
		{abi.FailTooWide, 0, fault.Invalid, "too many columns: more than 2000"},
		{abi.FailFormat, 3, fault.Invalid, "not readable as csv: it looks like xlsx"},
		{abi.FailEncoding, 3, fault.Invalid, "its encoding is not the one that the description gives; it seems to be gb18030"},
		{abi.FailEncoding, 0, fault.Invalid, "nor one that is known"},
		{abi.FailCompression, 2, fault.Invalid, "it seems to be gzip"},
		{abi.FailDelimiter, '\t', fault.Invalid, `it seems to be "\t"`},
		{abi.FailArchive, 0, fault.Invalid, "cut off or damaged"},
		{abi.FailEncrypted, 0, fault.Invalid, "password"},
		{abi.FailMacros, 0, fault.Invalid, "macros"},
		{abi.FailSheet, 0, fault.Invalid, "no sheet"},
		{abi.FailLimit, int(abi.LimitExpansion), fault.Limit, "256 times its compressed size"},
		{abi.FailMemory, 0, fault.Limit, "more memory"},
		{abi.FailInternal, 0, fault.Internal, "gave up"},
	} {
		w := newWorld(t, dataset(t, description))
		_, err := w.importing(cells(func(sink sandbox.IngestSink) (sandbox.IngestSummary, error) {
			sink.Rows(claims([]string{"a"}, []int64{1}, []int64{3}))
			return sandbox.IngestSummary{}, &sandbox.Failure{Reason: sandbox.Refused, Code: c.code, At: c.at}
		}))
		if fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.code, err)
		}
		w.wantNothing(string(c.code))
	}
}

func TestNothingKept(t *testing.T) {
	w := newWorld(t, dataset(t, description))
	_, err := w.importing(cells(func(sink sandbox.IngestSink) (sandbox.IngestSummary, error) {
		err := sink.Quarantine(reject([4]any{1, 2, "cost", "unparsable"}, [4]any{2, 3, "cost", "unparsable"}, [4]any{3, 4, "at", "impossible-date"}))
		return sandbox.IngestSummary{Read: 3, Quarantined: 3}, err
	}))
	if fault.KindOf(err) != fault.Invalid || err.Error() != "upload.csv: cost: none of the 3 rows can be kept; the most frequent reason, in 2 of them, is unparsable" {
		t.Errorf("error %v", err)
	}
	w.wantNothing("nothing kept")
}

func TestQuarantineLimit(t *testing.T) {
	for extra := range 2 {
		w := newWorld(t, dataset(t, description))
		b := w.request.Compartment.Begin()
		defer b.Discard()
		in, err := newIntake(t.Context(), w.request, b)
		if err != nil {
			t.Fatal(err)
		}
		defer in.lanes.stop()
		in.limit = 3
		f := &file{number: 1}
		err = in.quarantine(f, reject([4]any{1, 2, "", "ragged"}, [4]any{2, 2, "", "ragged"}))
		if err != nil {
			t.Fatal(err)
		}
		err = in.keep(f, claims([]string{"∅", "a", "∅"}[:2+extra], []int64{1, 2, 3}[:2+extra], []int64{1, 2, 3}[:2+extra]))
		if (extra == 1) != (fault.KindOf(err) == fault.Limit) || extra == 0 && err != nil {
			t.Errorf("%d rows: %v", 3+extra, err)
		}
	}
}

func TestRequestThatIsNotWhole(t *testing.T) {
	w := newWorld(t, dataset(t, description))
	good := w.request
	if _, err := Import(t.Context(), Importer{}, good); err == nil {
		t.Error("imported without cells")
	}
	for name, change := range map[string]func(*Request){
		"number":      func(r *Request) { r.Number = 0 },
		"file":        func(r *Request) { r.Files = nil },
		"data set":    func(r *Request) { r.Dataset = nil },
		"compartment": func(r *Request) { r.Compartment = w.create("dataset/other") },
		"registry":    func(r *Request) { r.Registries = nil },
	} {
		w.request = good
		change(&w.request)
		if _, err := w.importing(cells(nineRows)); err == nil {
			t.Errorf("imported with a wrong %s", name)
		}
	}
}

func TestFailuresOfTheVaultLeaveNothing(t *testing.T) {
	w := newWorld(t, dataset(t, description))
	w.keys.Fail("sign", true)
	if _, err := w.importing(cells(nineRows)); err == nil {
		t.Error("imported without signatures")
	}
	w.wantNothing("no signature")
	w.keys.Fail("sign", false)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Import(ctx, Importer{Sandbox: cells(func(sink sandbox.IngestSink) (sandbox.IngestSummary, error) {
		defer cancel()
		return nineRows(sink)
	})}, w.request)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	w.wantNothing("cancelled")
	if _, err := w.importing(cells(nineRows)); err != nil {
		t.Errorf("later: %v", err)
	}
}

func TestTheCellIsAskedForTheDeclaredColumns(t *testing.T) {
	d := dataset(t, description)
	got := request(d, d.File)
	want := abi.IngestRequest{Format: "csv", Delimiter: ";", Columns: []abi.IngestColumn{
		{Name: "person", Source: "身份证号", Type: text, Nulls: []string{""}},
		{Name: "firm", Source: "firm", Type: integer, Nulls: []string{""}},
		{Name: "cost", Source: "cost", Type: coltype.Type{Kind: coltype.Decimal, Precision: 12, Scale: 2}, Nulls: []string{"NA"}, Required: true},
		{Name: "at", Source: "at", Type: coltype.Type{Kind: coltype.Timestamp}, Nulls: []string{""}, Zone: "Asia/Tokyo"},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("request = %+v", got)
	}
}

// However rows are kept, rejected and found without a subject, each number of the
// file comes to exactly one place.
func TestEveryRowIsSomewhere(t *testing.T) {
	for pattern := range 3 * 3 * 3 * 3 * 3 * 3 {
		w := &file{}
		kept, missed := []int64{}, []int64{}
		for row, rest := int64(1), pattern; row <= 6; row, rest = row+1, rest/3 {
			switch rest % 3 {
			case 0:
				kept = append(kept, row)
				w.arrived++
			case 1:
				w.rejected = append(w.rejected, row)
			case 2:
				missed = append(missed, row)
				w.missing = append(w.missing, missing{place: w.arrived})
				w.arrived++
			}
		}
		if got := w.missingRows(); !reflect.DeepEqual(got, missed) {
			t.Fatalf("rejected %v, kept %v: missing %v, want %v", w.rejected, kept, got, missed)
		}
	}
}
