//go:build linux && cgo

package domain

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yingbi/audit"
	"yingbi/catalog"
	"yingbi/crypto"
	"yingbi/ingest"
	"yingbi/internal/fault"
	"yingbi/internal/synth"
	"yingbi/job"
	"yingbi/release"
)

// TestImportCounts compares what the domain says of each import with what the
// city says of itself.
func TestImportCounts(t *testing.T) {
	f := open(t)
	li := f.as("li")
	for id, file := range cityFiles {
		versions, err := li.Versions(t.Context(), id)
		if err != nil || len(versions) != 1 {
			t.Fatalf("%s: %d versions, %v", id, len(versions), err)
		}
		v := versions[0]
		if v.Number != 1 || v.Rows != int64(f.truth.Rows[file]) || v.Quarantined != int64(f.truth.BadRows[file]) {
			t.Errorf("%s: %+v; the city has %d rows and %d bad ones", id, v, f.truth.Rows[file], f.truth.BadRows[file])
		}
		c, err := li.compartment(t.Context(), catalog.Compartment(id), "test")
		if err != nil {
			t.Fatal(err)
		}
		q, err := ingest.ReadQuality(t.Context(), c, v)
		if err != nil || q.Rows != v.Rows || q.Quarantined != v.Quarantined {
			t.Errorf("%s: the quality report says %+v, %v", id, q, err)
		}
		again, err := ingest.Stored(t.Context(), c, id, 1)
		if err != nil || !reflect.DeepEqual(again, v) {
			t.Errorf("%s: the vault says %+v, the database %+v, %v", id, again, v, err)
		}
	}
}

// claim is a good row of the claims.
type claim struct {
	person, district, chapter string
	fen                       int64
}

// readClaims reads the raw file by itself: a row counts if it has its seven
// fields, a person, a day and an amount.
func readClaims(t *testing.T) []claim {
	t.Helper()
	b, err := os.ReadFile(dataFile("claims"))
	if err != nil {
		t.Fatal(err)
	}
	in := csv.NewReader(bytes.NewReader(b))
	in.FieldsPerRecord = -1
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []claim
	for _, r := range rows[1:] {
		if len(r) != 7 || r[1] == "" {
			continue
		}
		_, dayErr := time.Parse(time.DateOnly, r[5])
		fen, costErr := strconv.ParseInt(strings.Replace(r[6], ".", "", 1), 10, 64)
		if dayErr == nil && costErr == nil {
			out = append(out, claim{r[1], r[2], r[4], fen})
		}
	}
	return out
}

// cell is a district as the test counts it.
type cell struct {
	people map[string]bool
	visits int64
	fen    int64
}

// recount makes the table by_district out of the raw rows: chapter IX, amounts
// capped at 200,000 yuan as the policy says.
func recount(t *testing.T) map[string]*cell {
	t.Helper()
	claims := readClaims(t)
	if len(claims) != common.truth.Rows[synth.ClaimsFile] {
		t.Fatalf("the test reads %d claims, the city has %d", len(claims), common.truth.Rows[synth.ClaimsFile])
	}
	out := map[string]*cell{}
	for _, c := range claims {
		if c.chapter != "IX" {
			continue
		}
		if out[c.district] == nil {
			out[c.district] = &cell{people: map[string]bool{}}
		}
		d := out[c.district]
		d.people[c.person] = true
		d.visits++
		d.fen += min(c.fen, 200_000_00)
	}
	return out
}

func toFive(n int64) int64 { return (n + 2) / 5 * 5 }

// threeDigits writes r ≥ 100 with three significant digits, halves up.
func threeDigits(r *big.Rat) string {
	zeros := len(r.FloatString(0)) - 3
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(zeros)), nil)
	return new(big.Rat).Quo(r, new(big.Rat).SetInt(scale)).FloatString(0) + strings.Repeat("0", zeros)
}

// published gives a district's line as docs/EGRESS.md says it is rounded: counts to five,
// the mean exact and then to three digits, the sum the exact mean times the
// rounded count.
func (c *cell) published(district string) []string {
	mean := big.NewRat(c.fen, 100*c.visits)
	sum := new(big.Rat).Mul(mean, new(big.Rat).SetInt64(toFive(c.visits)))
	return []string{
		district, strconv.FormatInt(toFive(int64(len(c.people))), 10), strconv.FormatInt(toFive(c.visits), 10),
		threeDigits(sum), threeDigits(mean),
	}
}

// TestWholeWay takes an honest job from its submission to a release that verifies
// by the public key alone, and holds its figures against a count of the raw file.
func TestWholeWay(t *testing.T) {
	f := open(t)
	before := f.log.Size()
	id := f.held("by_district", nil)
	files := f.released(id)

	folder := filepath.Join(t.TempDir(), "release")
	if err := release.WriteFolder(folder, files); err != nil {
		t.Fatal(err)
	}
	cert, err := release.Verify(os.DirFS(folder), domainName, f.Info.Public)
	if err != nil {
		t.Fatal(err)
	}
	checkCertificate(t, f, id, cert)
	checkFigures(t, files)
	checkTrail(t, f, id, before)
	checkTampering(t, f, files)
}

func checkCertificate(t *testing.T, f *fixture, id string, cert *release.Certificate) {
	t.Helper()
	v, err := f.store.LatestVersion(t.Context(), "claims")
	if err != nil {
		t.Fatal(err)
	}
	if cert.Job != id || cert.Class != "verified" || cert.Submitter != "wang" || cert.Operator != "云健数据" || cert.Scenario != "chronic" || cert.Module != nil {
		t.Errorf("the certificate is of %+v", cert)
	}
	if len(cert.Inputs) != 1 || cert.Inputs[0].Dataset != "claims" || cert.Inputs[0].Version != 1 || cert.Inputs[0].Digest.String() != v.Digest {
		t.Errorf("inputs %+v; registered is %+v", cert.Inputs, v)
	}
	if len(cert.Checks.NotChecked) == 0 {
		t.Error("the certificate does not say what nobody has checked")
	}
	if cert.Reviewers != 2 || len(cert.Decisions) != 2 { // of data of level 3
		t.Fatalf("%d decisions, of %d", len(cert.Decisions), cert.Reviewers)
	}
	for i, who := range []string{"xu", "zhao"} {
		d, err := cert.Decisions[i].Verify()
		if err != nil || d.Reviewer != who || cert.Decisions[i].Key != common.keys[who].Public() {
			t.Errorf("decision %+v, %v", d, err)
		}
	}
}

func checkFigures(t *testing.T, files map[string][]byte) {
	t.Helper()
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(files["by_district.csv"], []byte("\uFEFF"))))
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	cells := recount(t)
	if want := []string{"district", "people", "visits", "cost", "mean"}; !slices.Equal(rows[0], want) || len(rows) != len(cells)+1 {
		t.Fatalf("%d lines under %v, for %d districts", len(rows), rows[0], len(cells))
	}
	for _, row := range rows[1:] {
		if want := cells[row[0]].published(row[0]); !slices.Equal(row, want) {
			t.Errorf("published %v, counted %v", row, want)
		}
	}
	if bytes.Contains(files[release.TablesFile], []byte(common.truth.Chief.Cost.String())) {
		t.Error("the chief's bill is in the release")
	}
}

// checkTrail holds that each act of the job is in the log as an intent that ended
// well, in order, and each step of its life under one of them.
func checkTrail(t *testing.T, f *fixture, id string, from uint64) {
	t.Helper()
	var acts []string
	intents, moves := map[uint64]string{}, map[uint64]string{}
	for i, r := range f.log.Read(from, f.log.Size()) {
		if r.Target != "job/"+id {
			continue
		}
		switch r.Phase {
		case audit.Intent:
			intents[i] = r.Action
		case audit.Outcome:
			if r.Result != audit.OK || intents[*r.Ref] != r.Action {
				t.Errorf("record %d: %s of intent %d ended as %s", i, r.Action, *r.Ref, r.Result)
			}
			acts = append(acts, r.Action+" "+r.Actor)
		case audit.Event:
			moves[i] = r.Details["to"]
		}
	}
	want := []string{"job.submit wang", "job.run wang", "review.read zhao", "review.sign xu", "review.decide zhao", "release.create zhao", "release.fetch wang"}
	if !slices.Equal(acts, want) {
		t.Errorf("the log has %v", acts)
	}
	steps, err := f.store.Transitions(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	states := string(job.Submitted)
	for _, s := range steps {
		states += " " + string(s.To)
		if moves[s.Audit] != string(s.To) {
			t.Errorf("the step to %s names record %d, which is another", s.To, s.Audit)
		}
	}
	if states != "submitted admitted queued running checking held approved released" {
		t.Errorf("the job was %s", states)
	}
}

// checkTampering flips a bit in the middle of each file, and tries another key.
func checkTampering(t *testing.T, f *fixture, files map[string][]byte) {
	t.Helper()
	for name, b := range files {
		b[len(b)/2] ^= 1
		if _, err := release.VerifyFiles(files, domainName, f.Info.Public); fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s: a flipped bit gives %v", name, err)
		}
		b[len(b)/2] ^= 1
	}
	_, err := release.VerifyFiles(files, domainName, common.keys["zhao"].Public())
	wantKind(t, err, fault.Integrity, "wrong key")
	_, err = release.VerifyFiles(files, "other.gov.cn", f.Info.Public)
	wantKind(t, err, fault.Integrity)
}

// TestExportedTrailVerifies takes the log away and checks it without the domain.
func TestExportedTrailVerifies(t *testing.T) {
	f := open(t)
	out := filepath.Join(t.TempDir(), "trail")
	n, err := f.as("sun").ExportAudit(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := crypto.NoteVerifier(domainName, f.Info.Public)
	if err != nil {
		t.Fatal(err)
	}
	report, err := audit.Verify(out, verifier, nil)
	if err != nil || report.Covered != n || report.Uncovered != 0 {
		t.Fatalf("%+v, %v; exported were %d", report, err, n)
	}
	if report.Pending != 1 { // the export itself is under way when it is copied
		t.Errorf("%d intents have no outcome", report.Pending)
	}
}

func TestRejectedJob(t *testing.T) {
	f := open(t)
	zhao, wang := f.as("zhao"), f.as("wang")
	id := f.held("by_district", nil)
	_, err := zhao.Reject(t.Context(), id, "the numbers look odd")
	wantKind(t, err, fault.Invalid)
	if _, err := zhao.Reject(t.Context(), id, "outside_purpose"); err != nil {
		t.Fatal(err)
	}
	j, err := wang.Jobs().Show(t.Context(), wang.Actor, id)
	if err != nil || j.State != job.Rejected || j.Reason != "outside_purpose" {
		t.Errorf("the operator sees %+v, %v", j, err)
	}
	_, err = zhao.Approve(t.Context(), id)
	wantKind(t, err, fault.Conflict)
	_, err = zhao.Jobs().Release(t.Context(), zhao.Actor, id)
	wantKind(t, err, fault.Conflict)
	_, err = wang.Jobs().Files(t.Context(), wang.Actor, id)
	wantKind(t, err, fault.Conflict)
	if r := f.review(id); r.Report == nil || len(r.Tables) != 1 {
		t.Error("the reviewer no longer sees what was rejected")
	}
}

// TestNextVersion imports claims again: jobs use the new version, and the old one
// is still what it was.
func TestNextVersion(t *testing.T) {
	f := open(t)
	li := f.as("li")
	old, err := f.store.LatestVersion(t.Context(), "claims")
	if err != nil {
		t.Fatal(err)
	}
	v, err := importFile(t.Context(), li, "claims", dataFile("claims"))
	if err != nil || v.Number != 2 || v.Rows != old.Rows || v.Digest == old.Digest {
		t.Fatalf("%+v after %+v, %v", v, old, err)
	}
	c, err := li.compartment(t.Context(), catalog.Compartment("claims"), "test")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := ingest.Stored(t.Context(), c, "claims", 1); err != nil || !reflect.DeepEqual(again, old) {
		t.Errorf("version 1 is now %+v, %v", again, err)
	}
	r := f.review(f.held("by_district", nil))
	if got := fmt.Sprint(r.Used.Inputs[0].Dataset, " ", r.Used.Inputs[0].Version); got != "claims 2" {
		t.Errorf("the job used %s", got)
	}
}
