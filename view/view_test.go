package view

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"yingbi/catalog"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/keeper"
	"yingbi/masking"
	"yingbi/table"
	"yingbi/vault"
	"yingbi/vault/vaulttest"
)

// canary starts every raw identifier of the test's rows.
const canary = "53040219"

const policyText = `id: claims-basic
name: test
version: 1
dataset: claims
columns:
  person: pseudonym
  hospital: {rule: pseudonym, kind: enterprise}
  district: {rule: prefix, length: 4}
  cost: {rule: round, to: 10}
  born: {rule: period, to: year}
  seen: {rule: period, to: month}
  weight: keep
  insured: keep
`

var claims = &catalog.Dataset{
	ID: "claims",
	Subjects: []catalog.Subject{
		{Kind: "person", Column: "person"}, {Kind: "enterprise", Column: "hospital"},
	},
	Columns: []catalog.Column{
		{Name: "person", Type: coltype.Type{Kind: coltype.Text}}, {Name: "hospital", Type: coltype.Type{Kind: coltype.Text}},
		{Name: "district", Type: coltype.Type{Kind: coltype.Text}},
		{Name: "cost", Type: coltype.Type{Kind: coltype.Decimal, Precision: 12, Scale: 2}},
		{Name: "born", Type: coltype.Type{Kind: coltype.Date}}, {Name: "seen", Type: coltype.Type{Kind: coltype.Timestamp}, Zone: "Asia/Shanghai"},
		{Name: "weight", Type: coltype.Type{Kind: coltype.Double}}, {Name: "insured", Type: coltype.Type{Kind: coltype.Boolean}},
		{Name: "phone", Type: coltype.Type{Kind: coltype.Text}},
	},
}

var everything = []string{"person", "hospital", "district", "cost", "born", "seen", "weight", "insured"}

var (
	secretA = []byte("the secret of the scenario called A")
	secretB = []byte("the secret of the scenario called B")
)

// home is a data set's compartment in a vault of its own, with one version.
type home struct {
	dir         string
	vault       *vault.Vault
	compartment *vault.Compartment
	version     catalog.Version
}

// rawRow gives the raw values of a row as they are spelled, a null by itself.
func rawRow(i int) []string {
	person := (i * 7919) % 40
	row := []string{
		fmt.Sprintf("%s%010d", canary, person), fmt.Sprintf("91530400PDY%05dX", person%3), fmt.Sprintf("5304%02d", i%9),
		fmt.Sprintf("%d.%02d", i, i%100), fmt.Sprintf("19%02d-03-%02d", 40+person, 1+i%28), fmt.Sprintf("2024-01-%02d 16:00:00Z", 1+i%31),
		strconv.FormatFloat(float64(i)/4, 'g', -1, 64), strconv.FormatBool(i%2 == 0), fmt.Sprintf("138%08d", i),
	}
	if i%10 == 3 {
		row[2], row[3], row[4], row[5], row[6], row[7] = array.NullValueStr, array.NullValueStr, array.NullValueStr, array.NullValueStr, array.NullValueStr, array.NullValueStr
	}
	return append(row, strconv.Itoa(person+1), strconv.Itoa(person%3+1))
}

func rawSchema() *arrow.Schema {
	var fields []table.Field
	for _, c := range claims.Columns {
		fields = append(fields, table.Field{Name: c.Name, Type: c.Type})
	}
	integer := coltype.Type{Kind: coltype.Integer}
	return table.Schema(append(fields, table.Field{Name: "__subject_person", Type: integer}, table.Field{Name: "__subject_enterprise", Type: integer})...)
}

// newHome seals a version of parts of so many rows each.
func newHome(t testing.TB, parts ...int) *home {
	t.Helper()
	keys, err := vaulttest.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	h := &home{dir: t.TempDir()}
	h.vault, err = vault.Open(t.Context(), vault.Config{Dir: h.dir, Keys: keys, Public: keys.Public(), Ledger: vaulttest.NewLedger()})
	if err != nil {
		t.Fatal(err)
	}
	h.compartment, err = h.vault.Create(t.Context(), keeper.Intent{Actor: "test", Compartment: "dataset/claims", Purpose: "test"})
	if err != nil {
		t.Fatal(err)
	}
	h.store(t, rawRow, parts...)
	return h
}

// store seals the rows of a version and notes their digests.
func (h *home) store(t testing.TB, row func(int) []string, parts ...int) {
	t.Helper()
	h.storeParts(t, parts, func(w io.Writer, first, rows int) error { return writeRaw(w, first, rows, row) })
}

// storeParts seals a version of what write makes of each part's rows.
func (h *home) storeParts(t testing.TB, parts []int, write func(w io.Writer, first, rows int) error) {
	t.Helper()
	h.version = catalog.Version{Dataset: "claims", Number: 1}
	for i, rows := range parts {
		p := catalog.Part{Version: 1, Number: i + 1, Rows: int64(rows)}
		first := int(h.version.Rows)
		err := h.compartment.Put(t.Context(), p.Object(), func(w io.Writer) error { return write(w, first, rows) })
		if err != nil {
			t.Fatal(err)
		}
		info, err := h.compartment.Stat(p.Object())
		if err != nil {
			t.Fatal(err)
		}
		p.Digest = info.Commitment.String()
		h.version.Parts = append(h.version.Parts, p)
		h.version.Rows += p.Rows
	}
	h.version.Digest = catalog.RowsDigest(h.version.Parts)
	err := h.compartment.Put(t.Context(), h.version.VersionObject(), func(w io.Writer) error { return json.NewEncoder(w).Encode(h.version) })
	if err != nil {
		t.Fatal(err)
	}
}

// writeRaw writes the rows from first on.
func writeRaw(w io.Writer, first, rows int, row func(int) []string) error {
	schema := rawSchema()
	out, err := table.NewWriter(w, schema)
	if err != nil {
		return err
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	for i := range rows {
		for c, v := range row(first + i) {
			if err := b.Field(c).AppendValueFromString(v); err != nil {
				return err
			}
		}
	}
	if err := out.Write(b.NewRecordBatch()); err != nil {
		return err
	}
	return out.Close()
}

func policy(t testing.TB, text string) *masking.Policy {
	t.Helper()
	p, err := masking.ParsePolicy("p.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (h *home) request(t testing.TB) Request {
	return Request{
		Compartment: h.compartment, Dataset: claims, Version: h.version, Policy: policy(t, policyText),
		Scenario: "a", Secret: secretA, Grant: everything,
	}
}

func open(t testing.TB, req Request) *View {
	t.Helper()
	v, err := Open(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// remove deletes a view.
func (h *home) remove(t testing.TB, v *View) {
	t.Helper()
	batch := h.compartment.Begin()
	defer batch.Discard()
	for i := range v.shape.parts() {
		batch.Delete(v.object(i))
	}
	if err := batch.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// parquet gives the bytes that a query cell is given.
func parquet(t testing.TB, v *View) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := v.Query(t.Context(), &b, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// read gives the header and the rows of a Parquet file, spelled out.
func read(t testing.TB, file []byte) (header []string, rows [][]string) {
	t.Helper()
	in, err := table.NewReader(table.Source{ReaderAt: bytes.NewReader(file), Size: int64(len(file))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range in.Schema().Fields() {
		header = append(header, f.Name)
	}
	for {
		batch, err := in.Next()
		if errors.Is(err, io.EOF) {
			return header, rows
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range int(batch.NumRows()) {
			var row []string
			for _, c := range batch.Columns() {
				row = append(row, c.ValueStr(i))
			}
			rows = append(rows, row)
		}
	}
}

func TestMasksEndToEnd(t *testing.T) {
	const n = 1000
	h := newHome(t, n)
	v := open(t, h.request(t))
	header, rows := read(t, parquet(t, v))
	if want := append(slices.Clone(everything), "__subject_person", "__subject_enterprise"); !slices.Equal(header, want) {
		t.Fatalf("columns %v, want %v", header, want)
	}
	if len(rows) != n || v.Rows() != n || !slices.Equal(v.Subjects(), []string{"person", "enterprise"}) {
		t.Fatalf("%d rows, Rows() %d, subjects %v", len(rows), v.Rows(), v.Subjects())
	}
	// Every raw row, masked by the policy's own words, is there once.
	pseudonyms := map[string]string{}
	var got, want []string
	for _, r := range rows {
		for c, kind := range map[int]string{0: "person" + r[8], 1: "enterprise" + r[9]} {
			if known := pseudonyms[kind]; known != "" && known != r[c] || len(r[c]) != 20 {
				t.Fatalf("%s has the pseudonyms %q and %q", kind, known, r[c])
			}
			pseudonyms[kind] = r[c]
		}
		got = append(got, strings.Join(r[2:], "|"))
	}
	if len(pseudonyms) != 43 {
		t.Errorf("%d pseudonyms for 40 people and 3 hospitals", len(pseudonyms))
	}
	for i := range n {
		want = append(want, strings.Join(expected(i), "|"))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("masked rows are not those expected; first got %q, want %q", got[0], want[0])
	}
}

// expected is what the policy makes of a raw row, without the pseudonyms.
func expected(i int) []string {
	raw := rawRow(i)
	out := slices.Clone(raw[2:8])
	out = append(out, raw[9], raw[10])
	if raw[2] == array.NullValueStr {
		return out
	}
	out[0] = raw[2][:4]
	out[1] = strconv.Itoa((i*100 + i%100 + 500) / 1000 * 10)
	out[2] = raw[4][:4] + "-01-01"
	out[3] = "2024-01-01"
	if i%31 == 30 { // the 31st, 16:00Z: already February in Shanghai
		out[3] = "2024-02-01"
	}
	return out
}

func TestNoRawIdentifierIsLeft(t *testing.T) {
	h := newHome(t, 500)
	raw, err := h.compartment.Read(t.Context(), h.version.Parts[0].Object(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if _, rows := read(t, raw); !strings.Contains(fmt.Sprint(rows), canary) {
		t.Fatal("the control holds no canary; the search looks at nothing")
	}
	v := open(t, h.request(t))
	file := parquet(t, v)
	_, rows := read(t, file)
	for _, needle := range []string{canary, "91530400PDY", "1380000"} {
		if bytes.Contains(file, []byte(needle)) || strings.Contains(fmt.Sprint(rows), needle) {
			t.Errorf("%q is in the view", needle)
		}
	}
}

// TestRowsTellNothingByTheirPlace holds that rows of one person do not stand
// together: 1,000 rows of 40 people have about 25 neighbours alike by chance.
func TestRowsTellNothingByTheirPlace(t *testing.T) {
	h := newHome(t, 1000)
	_, rows := read(t, parquet(t, open(t, h.request(t))))
	alike, people := 0, map[string]bool{}
	for i, r := range rows {
		people[r[8]] = true
		if i > 0 && rows[i-1][8] == r[8] {
			alike++
		}
	}
	if len(people) != 40 || alike > 60 {
		t.Errorf("%d people; %d rows stand beside one of the same person", len(people), alike)
	}
}

func TestReuse(t *testing.T) {
	h := newHome(t, 300)
	first := open(t, h.request(t))
	again := open(t, h.request(t))
	if first.Reused() || !again.Reused() || first.Identity() != again.Identity() {
		t.Errorf("reused %v, then %v", first.Reused(), again.Reused())
	}
	file := parquet(t, first)
	if !bytes.Equal(file, parquet(t, again)) {
		t.Error("one view has two contents")
	}
	// The same rows in another vault give the same bytes, once the version is the same.
	elsewhere := newHome(t, 300)
	req := elsewhere.request(t)
	if v := open(t, req); v.Identity() == first.Identity() {
		t.Error("two versions with their own commitments have one identity")
	}
	// Grant in another order is the same grant.
	req = h.request(t)
	req.Grant = slices.Clone(req.Grant)
	slices.Reverse(req.Grant)
	if v := open(t, req); !v.Reused() || v.Identity() != first.Identity() {
		t.Error("the order of the grant makes another view")
	}
	h.remove(t, first)
	if v := open(t, h.request(t)); v.Reused() || !bytes.Equal(file, parquet(t, v)) {
		t.Error("a view that was built anew differs from the old one")
	}
}

func TestIdentity(t *testing.T) {
	h := newHome(t, 200)
	base := open(t, h.request(t))
	seen := map[string]string{base.Identity().String(): "base"}
	_, baseRows := read(t, parquet(t, base))
	for name, change := range map[string]func(*Request){
		"policy": func(r *Request) { r.Policy = policy(t, strings.Replace(policyText, "to: 10", "to: 100", 1)) },
		"policy version": func(r *Request) {
			r.Policy = policy(t, strings.Replace(policyText, "version: 1", "version: 2", 1))
		},
		"grant":    func(r *Request) { r.Grant = everything[:7] },
		"scenario": func(r *Request) { r.Scenario = "b" },
		"secret":   func(r *Request) { r.Secret = secretB },
		"subjects": func(r *Request) {
			d := *r.Dataset
			d.Subjects = []catalog.Subject{{Kind: "enterprise", Column: "hospital"}, {Kind: "person", Column: "person"}}
			r.Dataset = &d
		},
	} {
		req := h.request(t)
		change(&req)
		v := open(t, req)
		if other, ok := seen[v.Identity().String()]; ok || v.Reused() {
			t.Errorf("%s: the view is that of %s", name, other)
		}
		seen[v.Identity().String()] = name
		if name == "subjects" {
			continue
		}
		_, rows := read(t, parquet(t, v))
		if slices.EqualFunc(baseRows, rows, func(a, b []string) bool { return a[6] == b[6] }) {
			t.Errorf("%s: the rows stand as in the base view", name)
		}
		if same := pseudonyms(rows) == pseudonyms(baseRows); same != (name != "secret") {
			t.Errorf("%s: same pseudonyms = %v", name, same)
		}
	}
}

func pseudonyms(rows [][]string) string {
	var out []string
	for _, r := range rows {
		out = append(out, r[0])
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

func TestIdentityShowsNoSecret(t *testing.T) {
	h := newHome(t, 20)
	v := open(t, h.request(t))
	if strings.Contains(v.Identity().String(), fmt.Sprintf("%x", secretA[:4])) {
		t.Error("the identity holds bytes of the secret")
	}
	var names []string
	for _, name := range h.compartment.Names() {
		if strings.Contains(name, v.Identity().String()) {
			names = append(names, name)
		}
	}
	if len(names) != 1 || names[0] != "view-"+v.Identity().String()+".00001.parquet" {
		t.Errorf("objects %v", names)
	}
}

func TestProject(t *testing.T) {
	h := newHome(t, 300)
	v := open(t, h.request(t))
	_, whole := read(t, parquet(t, v))
	var b bytes.Buffer
	if err := v.Project(t.Context(), &b, []string{"cost", "district"}); err != nil {
		t.Fatal(err)
	}
	header, rows := read(t, b.Bytes())
	if !slices.Equal(header, []string{"cost", "district"}) || len(rows) != len(whole) {
		t.Fatalf("columns %v, %d rows", header, len(rows))
	}
	for i := range rows {
		if rows[i][0] != whole[i][3] || rows[i][1] != whole[i][2] {
			t.Fatalf("row %d is %v, in the view %v", i, rows[i], whole[i])
		}
	}
	for _, name := range []string{"__subject_person", "phone", "nothing"} {
		if err := v.Project(t.Context(), io.Discard, []string{name}); fault.KindOf(err) != fault.Denied {
			t.Errorf("projecting %s: %v", name, err)
		}
	}
}

func TestQuery(t *testing.T) {
	h := newHome(t, 900)
	v := build(t, h.request(t), limits{workers: 1, bucket: 200}) // of several parts
	_, whole := read(t, parquet(t, v))
	var b bytes.Buffer
	if err := v.Query(t.Context(), &b, []string{"__subject_person", "cost"}); err != nil {
		t.Fatal(err)
	}
	header, rows := read(t, b.Bytes())
	if !slices.Equal(header, []string{"__subject_person", "cost"}) || len(rows) != len(whole) || v.shape.parts() < 2 {
		t.Fatalf("columns %v, %d rows of %d parts", header, len(rows), v.shape.parts())
	}
	for i := range rows {
		if rows[i][0] != whole[i][8] || rows[i][1] != whole[i][3] {
			t.Fatalf("row %d is %v, in the view %v", i, rows[i], whole[i])
		}
	}
	if err := v.Query(t.Context(), io.Discard, []string{"cost", "phone"}); fault.KindOf(err) != fault.Denied {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, err := range map[string]error{
		"Query": v.Query(ctx, io.Discard, nil), "Project": v.Project(ctx, io.Discard, []string{"cost"}),
	} {
		if fault.KindOf(err) != fault.Interrupted {
			t.Errorf("%s with a cancelled context: %v", name, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	h := newHome(t, 50)
	for name, c := range map[string]struct {
		change func(*Request)
		kind   fault.Kind
		want   string
	}{
		"no grant":       {func(r *Request) { r.Grant = nil }, fault.Invalid, "grants no column"},
		"granted twice":  {func(r *Request) { r.Grant = []string{"cost", "cost"} }, fault.Invalid, "granted twice"},
		"unknown column": {func(r *Request) { r.Grant = []string{"salary"} }, fault.NotFound, `no column "salary"`},
		"dropped column": {func(r *Request) { r.Grant = []string{"cost", "phone"} }, fault.Conflict, "drops it"},
		"another data set": {func(r *Request) {
			r.Policy = policy(t, strings.Replace(policyText, "dataset: claims", "dataset: people", 1))
		}, fault.Invalid, "masks data set people"},
		"readable subject": {func(r *Request) {
			r.Policy = policy(t, strings.Replace(policyText, "person: pseudonym", "person: keep", 1))
		}, fault.Invalid, "p.yaml:6:"},
		"missing version": {func(r *Request) { r.Version.Number = 2 }, fault.NotFound, "v2.version.json"},
		"another digest":  {func(r *Request) { r.Version.Digest = strings.Repeat("0", 64) }, fault.Integrity, "not those that were registered"},
		"another count":   {func(r *Request) { r.Version.Rows = 51 }, fault.Integrity, "not those that were registered"},
		"short secret":    {func(r *Request) { r.Secret = r.Secret[:8] }, fault.Internal, "secret"},
	} {
		req := h.request(t)
		c.change(&req)
		if _, err := Open(t.Context(), req); fault.KindOf(err) != c.kind || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if names := h.compartment.Names(); len(names) != 2 {
		t.Errorf("refused requests left %v", names)
	}
}

func TestDamagedRowsAreNoView(t *testing.T) {
	for name, row := range map[string]func(int) []string{
		"no person":     func(i int) []string { r := rawRow(i); r[9] = array.NullValueStr; return r },
		"person zero":   func(i int) []string { r := rawRow(i); r[9] = "0"; return r },
		"no hospital":   func(i int) []string { r := rawRow(i); r[10] = array.NullValueStr; return r },
		"person beyond": func(i int) []string { r := rawRow(i); r[9] = "4294967296"; return r },
	} {
		h := newHome(t, 1)
		h.store(t, row, 1)
		if _, err := Open(t.Context(), h.request(t)); fault.KindOf(err) != fault.Integrity || !strings.Contains(err.Error(), "without its subject") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSmallAndEmptyViews(t *testing.T) {
	for _, n := range []int{0, 1, 2} {
		h := newHome(t, n)
		if _, rows := read(t, parquet(t, open(t, h.request(t)))); len(rows) != n {
			t.Errorf("%d rows of %d", len(rows), n)
		}
	}
}

func TestADatasetAboutNobody(t *testing.T) {
	h := newHome(t, 200)
	d := *claims
	d.Subjects = nil
	req := h.request(t)
	req.Dataset = &d
	v := open(t, req)
	header, rows := read(t, parquet(t, v))
	if len(rows) != 200 || len(header) != len(everything) || len(v.Subjects()) != 0 {
		t.Errorf("columns %v, %d rows", header, len(rows))
	}
	if slices.IsSortedFunc(rows, func(a, b []string) int { return len(a[6]) - len(b[6]) }) {
		t.Error("the rows stand in the order of the file")
	}
}

func TestOpenStopsWhenCancelled(t *testing.T) {
	h := newHome(t, 50)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, h.request(t)); fault.KindOf(err) != fault.Interrupted {
		t.Errorf("Open with a cancelled context: %v", err)
	}
	if names := h.compartment.Names(); len(names) != 2 {
		t.Errorf("left %v", names)
	}
}

// What several build at once is one view.
func TestBuildingTwiceAtOnce(t *testing.T) {
	h := newHome(t, 2000)
	errs := make(chan error)
	for range 3 {
		go func() {
			_, err := Open(t.Context(), h.request(t))
			errs <- err
		}()
	}
	for range 3 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if names := h.compartment.Names(); len(names) != 3 {
		t.Errorf("objects %v", names)
	}
}

func TestNothingInTheClearOnDisk(t *testing.T) {
	h := newHome(t, 400)
	opened := open(t, h.request(t))
	_, rows := read(t, parquet(t, opened))
	files := 0
	err := filepath.WalkDir(h.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		for _, needle := range []string{canary, rows[0][0], rows[0][1], string(secretA)} {
			if bytes.Contains(b, []byte(needle)) {
				t.Errorf("%s holds %q", d.Name(), needle)
			}
		}
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("%d files searched, %v", files, err)
	}
}

func BenchmarkOpen(b *testing.B) {
	const n = 200_000
	h := newHome(b, n)
	for b.Loop() {
		h.remove(b, open(b, h.request(b)))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}
