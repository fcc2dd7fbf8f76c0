package release

import (
	"context"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/clock"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"

	"golang.org/x/mod/sumdb/note"
)

const (
	domainName = "yuxi.example/yingbi"
	jobID      = "01998b5e-7c00-7000-8000-0123456789ab"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 345678000, time.UTC)

var (
	integer = coltype.Type{Kind: coltype.Integer}
	money   = coltype.Type{Kind: coltype.Decimal, Precision: 12, Scale: 2}
	double  = coltype.Type{Kind: coltype.Double}
	text    = coltype.Type{Kind: coltype.Text}
	date    = coltype.Type{Kind: coltype.Date}
	moment  = coltype.Type{Kind: coltype.Timestamp}
	boolean = coltype.Type{Kind: coltype.Boolean}
)

func v(s string) Cell { return Cell{Text: s} }

// testTables has every type, every kind of cell, and texts that want care.
func testTables() []Table {
	none, kept := Cell{Null: true}, Cell{Suppressed: true}
	return []Table{
		{
			Name: "by_district", Title: "各区县费用",
			Columns: []Column{{"district", "区县", text}, {"people", "人数", integer}, {"cost", "费用", money}, {"mean", "", double}},
			Rows: [][]Cell{
				{v("红塔区"), v("120"), v("1234567.80"), v("1.03e4")},
				{v("江川, \"旧\"区"), v("15"), v("-0.5"), v("0.25")},
				{v("=1+1"), kept, kept, kept},
				{v(""), v("0"), none, none},
				{none, v("-5"), v("9999999999.99"), v("12")},
			},
			Notes: []string{"counts are rounded to the nearest multiple of 5 · 计数取最接近的 5 的倍数"},
		},
		{
			Name: "按月_2", Title: "各区县费用",
			Columns: []Column{{"日", "", date}, {"at", "", moment}, {"full", "", boolean}, {"n", "", integer}},
			Rows:    [][]Cell{{v("2026-01-31"), v("2026-01-31T08:00:00+08:00"), v("true"), v("9007199254740993")}, {none, none, v("false"), v("1000000000000000000")}},
		},
	}
}

// testDomain has a key, and a log whose heads the key signs.
type testDomain struct {
	key    *crypto.SigningKey
	note   note.Signer
	log    *audit.Log
	people map[string]*crypto.SigningKey

	mu   sync.Mutex
	size uint64
}

func (d *testDomain) SignCheckpoint(_ context.Context, r audit.CheckpointRequest) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r.OldSize != d.size {
		return nil, &audit.OldSizeError{Size: d.size}
	}
	d.size = r.Size
	return note.Sign(&note.Note{Text: r.Text(domainName)}, d.note)
}

func newKey(t testing.TB) *crypto.SigningKey {
	t.Helper()
	k, err := crypto.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newDomain(t testing.TB) *testDomain {
	t.Helper()
	d := &testDomain{key: newKey(t), people: map[string]*crypto.SigningKey{"lin": newKey(t), "he": newKey(t)}}
	var err error
	if d.note, err = crypto.NoteSigner(domainName, d.key); err != nil {
		t.Fatal(err)
	}
	verifier, err := crypto.NoteVerifier(domainName, d.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	d.log, _, err = audit.Open(t.TempDir(), audit.Config{Signer: d, Verifier: verifier, Clock: clock.Fixed(noon)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.log.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	for range 5 { // so that the release is somewhere in the middle
		d.record(t, audit.Record{Actor: "system", Action: "test.event", Phase: audit.Event, Target: "thing/1"})
	}
	return d
}

func (d *testDomain) record(t testing.TB, r audit.Record) uint64 {
	t.Helper()
	index, err := d.log.Append(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return index
}

func (d *testDomain) prove(t testing.TB, index uint64) audit.Proof {
	t.Helper()
	p, err := d.log.Prove(t.Context(), index)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// draft is a release in the making. A test changes one thing in it, and the
// domain records and signs it all the same: a domain that cheats.
type draft struct {
	tables    []byte
	files     map[string][]byte
	decisions []Decision             // signed at the end, by signers
	signers   []string               // ids in people
	bound     func(*Bound)           // changes what is committed to
	record    func(*audit.Record)    // changes what is recorded
	cert      func(*Certificate)     // changes what is certified
	signed    func([]SignedDecision) // changes what the reviewers signed
}

func (d *testDomain) release(t testing.TB, change func(*draft)) map[string][]byte {
	t.Helper()
	tables, err := EncodeTables(testTables())
	if err != nil {
		t.Fatal(err)
	}
	files, err := Files(tables, Terms{})
	if err != nil {
		t.Fatal(err)
	}
	r := &draft{
		tables: tables, files: files, signers: []string{"lin"},
		decisions: []Decision{approval(tables)},
		bound:     func(*Bound) {}, record: func(*audit.Record) {}, cert: func(*Certificate) {}, signed: func([]SignedDecision) {},
	}
	if change != nil {
		change(r)
	}
	return d.finish(t, r)
}

// byPolicy has the domain decide.
func (r *draft) byPolicy(reviewer string) {
	r.decisions, r.signers = slices.Clone(r.decisions), []string{"domain"}
	r.decisions[0].Reviewer = reviewer
}

// under puts the release under terms, as it should be done.
func (r *draft) under(t Terms) {
	for i := range r.decisions {
		r.decisions[i].Conditions, r.decisions[i].ValidUntil = t.Conditions, t.ValidUntil
	}
	r.files[ConditionsFile] = t.text()
	r.cert = func(c *Certificate) { c.Conditions, c.ValidUntil = t.Conditions, t.ValidUntil }
}

func approval(tables []byte) Decision {
	return Decision{
		Domain: domainName, Job: jobID, Verdict: Approved, Tables: crypto.Sum(tables), Report: crypto.Sum([]byte("report")),
		Reviewer: "lin", Org: "玉溪市医保局", Time: noon.Add(-time.Hour), Expires: noon.AddDate(0, 0, 30),
	}
}

func (d *testDomain) finish(t testing.TB, r *draft) map[string][]byte {
	t.Helper()
	b, err := Bind(r.files)
	if err != nil {
		t.Fatal(err)
	}
	r.bound(&b)
	record := audit.Record{
		Actor: "wang", Action: "release.create", Phase: audit.Intent, Target: "job/" + jobID,
		Details: map[string]string{FilesDetail: b.Commitment.Value.String()},
	}
	r.record(&record)
	index := d.record(t, record)
	d.record(t, audit.Record{Actor: "system", Action: "test.event", Phase: audit.Event, Target: "thing/2"})

	c := testCertificate(d.key.Public())
	c.Files, c.FilesCommitment, c.Proof = b.Files, b.Commitment, d.prove(t, index)
	for i, decision := range r.decisions {
		c.Decisions = append(c.Decisions, d.sign(t, decision, r.signers[i]))
	}
	r.signed(c.Decisions)
	r.cert(c)
	statement, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	signature, err := d.key.SignLabelled(CertificateLabel, statement)
	if err != nil {
		t.Fatal(err)
	}
	files := maps.Clone(r.files)
	files[CertificateFile], files[SignatureFile] = statement, EncodeSignature(signature)
	return files
}

func (d *testDomain) sign(t testing.TB, decision Decision, by string) SignedDecision {
	t.Helper()
	statement, err := decision.Encode()
	if err != nil {
		t.Fatal(err)
	}
	key := d.people[by]
	if by == "domain" {
		key = d.key
	}
	signature, err := key.SignLabelled(DecisionLabel, statement)
	if err != nil {
		t.Fatal(err)
	}
	return SignedDecision{string(statement), signature, key.Public()}
}

// testCertificate lacks what finish fills in.
func testCertificate(public crypto.PublicKey) *Certificate {
	sum := func(s string) crypto.Digest { return crypto.Sum([]byte(s)) }
	return &Certificate{
		Domain: domainName, Key: public, Job: jobID, Name: "慢病费用", Question: "费用是否随年龄上升？\n按区县", Class: Verified,
		Scenario: "chronic", ScenarioTitle: "慢病费用监测", Purpose: "监测各区县循环系统疾病人均费用", Agreement: "agr-2026-01",
		Operator: "云健数据", Submitter: "wang", Manifest: sum("manifest"),
		Inputs: []Input{{"claims", 3, sum("rows"), "claims-statistics", 1, sum("policy"), sum("view")}},
		Checks: Checks{Preset: "default", Rules: []string{"minimum subjects 10"}, Report: sum("report"), NotChecked: []string{"earlier releases"}},
		Issued: noon, Reviewers: 1,
	}
}

func wantKind(t testing.TB, err error, kind fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Fatalf("got %v, want an error of kind %v", err, kind)
	}
}
