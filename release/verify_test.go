package release

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
)

func TestReleaseVerifiesWithNameAndKeyAlone(t *testing.T) {
	d := newDomain(t)
	dir := filepath.Join(t.TempDir(), "out")
	if err := WriteFolder(dir, d.release(t, nil)); err != nil {
		t.Fatal(err)
	}
	c, err := Verify(os.DirFS(dir), domainName, d.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	if c.Job != jobID || len(c.Files) != 4 || !c.Issued.Equal(noon) {
		t.Errorf("the certificate that was verified is another one: %+v", c)
	}
}

func TestTwoReviewers(t *testing.T) {
	d := newDomain(t)
	files := d.release(t, func(r *draft) {
		second := r.decisions[0]
		second.Reviewer, second.Time = "he", noon // decided at the moment of the release
		r.decisions, r.signers = append(r.decisions, second), []string{"lin", "he"}
	})
	if _, err := VerifyFiles(files, domainName, d.key.Public()); err != nil {
		t.Fatal(err)
	}
}

// TestEveryByteCounts changes one bit of every byte of every file in turn; of the
// workbook, of a byte in so many that 800 are changed.
func TestEveryByteCounts(t *testing.T) {
	d := newDomain(t)
	files := d.release(t, nil)
	for name, whole := range files {
		step := 1
		if name == WorkbookFile {
			step = len(whole) / 800
		} else if testing.Short() {
			step = 7
		}
		for i := 0; i < len(whole); i += step {
			altered := bytes.Clone(whole)
			altered[i] ^= 1 << (i % 8)
			expectAltered(t, d, files, name, altered)
		}
		for _, altered := range [][]byte{nil, whole[:len(whole)-1], append(bytes.Clone(whole), '\n'), append(bytes.Clone(whole), 0)} {
			expectAltered(t, d, files, name, altered)
		}
	}
}

func expectAltered(t *testing.T, d *testDomain, files map[string][]byte, name string, altered []byte) {
	t.Helper()
	changed := maps.Clone(files)
	changed[name] = altered
	_, err := VerifyFiles(changed, domainName, d.key.Public())
	wantKind(t, err, fault.Integrity)
	if named := strings.TrimSuffix(strings.TrimSuffix(name, ".json"), ".sig"); !strings.Contains(err.Error(), named) {
		t.Fatalf("%s was altered, and the error does not say so: %v", name, err)
	}
}

func TestSetOfFiles(t *testing.T) {
	d := newDomain(t)
	public := d.key.Public()
	for _, c := range []struct {
		name   string
		change func(map[string][]byte)
		want   string
	}{
		{"extra", func(f map[string][]byte) { f[".DS_Store"] = []byte("x") }, ".DS_Store is not part of the release"},
		{"extra empty", func(f map[string][]byte) { f["read.me"] = nil }, "read.me is not part of the release"},
		{"renamed", func(f map[string][]byte) { f["by_District.csv"] = f["by_district.csv"]; delete(f, "by_district.csv") }, "by_district.csv is missing"},
		{"no table", func(f map[string][]byte) { delete(f, "按月_2.csv") }, "按月_2.csv is missing"},
		{"no tables.json", func(f map[string][]byte) { delete(f, TablesFile) }, "tables.json is missing"},
		{"no workbook", func(f map[string][]byte) { delete(f, WorkbookFile) }, "tables.xlsx is missing"},
		{"no certificate", func(f map[string][]byte) { delete(f, CertificateFile) }, "not a whole release"},
		{"no signature", func(f map[string][]byte) { delete(f, SignatureFile) }, "not a whole release"},
		{"nothing", func(f map[string][]byte) { clear(f) }, "not a whole release"},
		{"exchanged", func(f map[string][]byte) {
			f["by_district.csv"], f["按月_2.csv"] = f["按月_2.csv"], f["by_district.csv"]
		}, ".csv"},
		{"folder", func(f map[string][]byte) { f["more/by_district.csv"] = f["by_district.csv"] }, "more is not a plain file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := d.release(t, nil)
			c.change(files)
			fsys := fstest.MapFS{}
			for name, b := range files {
				fsys[name] = &fstest.MapFile{Data: b, Mode: 0o644}
			}
			_, err := Verify(fsys, domainName, public)
			wantKind(t, err, fault.Integrity)
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	_, err := Verify(os.DirFS(filepath.Join(t.TempDir(), "none")), domainName, public)
	wantKind(t, err, fault.NotFound)
}

func TestLinkIsRefused(t *testing.T) {
	d := newDomain(t)
	dir := filepath.Join(t.TempDir(), "out")
	if err := WriteFolder(dir, d.release(t, nil)); err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "by_district.csv")
	if err := os.Rename(filepath.Join(dir, "by_district.csv"), elsewhere); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(dir, "by_district.csv")); err != nil {
		t.Fatal(err)
	}
	_, err := Verify(os.DirFS(dir), domainName, d.key.Public())
	wantKind(t, err, fault.Integrity)
}

func TestWrongKeyAndWrongName(t *testing.T) {
	d := newDomain(t)
	files := d.release(t, nil)
	other := newKey(t).Public()
	for _, c := range []struct {
		name   string
		key    crypto.PublicKey
		domain string
		kind   fault.Kind
		want   string
	}{
		{"key", other, domainName, fault.Integrity, "wrong key: the release is signed by " + d.key.Public().Fingerprint()},
		{"no key", crypto.PublicKey{}, domainName, fault.Invalid, "give the domain's public key"},
		{"name", d.key.Public(), "kunming.example/yingbi", fault.Integrity, `not of "kunming.example/yingbi"`},
		{"no name", d.key.Public(), "", fault.Integrity, "a release of the domain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := VerifyFiles(files, c.domain, c.key)
			wantKind(t, err, c.kind)
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// TestDomainThatCheats has everything recorded and signed by the domain, and one
// thing in it wrong.
func TestDomainThatCheats(t *testing.T) {
	d := newDomain(t)
	otherRecord := d.record(t, audit.Record{Actor: "wang", Action: "job.submit", Phase: audit.Intent, Target: "job/" + jobID})
	otherTables, err := EncodeTables(testTables()[:1])
	if err != nil {
		t.Fatal(err)
	}
	decide := func(change func(*Decision)) func(*draft) {
		return func(r *draft) { change(&r.decisions[0]) }
	}
	recorded := func(change func(*audit.Record)) func(*draft) {
		return func(r *draft) { r.record = change }
	}
	certified := func(change func(*Certificate)) func(*draft) {
		return func(r *draft) { r.cert = change }
	}
	for _, c := range []struct {
		name   string
		change func(*draft)
		want   string
	}{
		{"nobody decided", func(r *draft) { r.decisions = nil }, "0 people approved the release, and 1 had to"},
		{"one decided where two had to", func(r *draft) { r.cert = func(c *Certificate) { c.Reviewers = 2 } }, "1 people approved the release, and 2 had to"},
		{"a policy in a person's name", func(r *draft) { r.signers = []string{"domain"} }, "signed by the domain in the name of a person"},
		{"a policy signed by a person", decide(func(d *Decision) { d.Reviewer = "policy:chronic@1" }), "not signed by the domain"},
		{"another scenario's policy", func(r *draft) { r.byPolicy("policy:chronic2@1") }, "the policy of another scenario"},
		{"a policy of what a module mapped", func(r *draft) {
			r.byPolicy("policy:chronic@1")
			r.cert = func(c *Certificate) { c.Class = Mapped }
		}, "where people decide"},
		{"a policy and a person", func(r *draft) {
			second := r.decisions[0]
			r.byPolicy("policy:chronic@1")
			r.decisions, r.signers = append(r.decisions, second), append(r.signers, "lin")
			r.cert = func(c *Certificate) { c.Reviewers = 2 }
		}, "where people decide"},
		{"expired decision", decide(func(d *Decision) { d.Expires = noon.Add(-time.Minute) }), "expired before the release"},
		{"conditions left out", decide(func(d *Decision) { d.Conditions = []string{"not_published"} }), "made under other conditions"},
		{"conditions made up", func(r *draft) {
			terms := Terms{ValidUntil: "2026-06-30"}
			r.cert = func(c *Certificate) { c.ValidUntil = terms.ValidUntil }
			r.files[ConditionsFile] = terms.text()
		}, "made under other conditions"},
		{"conditions not shown", func(r *draft) {
			r.decisions[0].Conditions = []string{"not_published"}
			r.cert = func(c *Certificate) { c.Conditions = r.decisions[0].Conditions }
		}, "lists 4 files, and tables.json makes 5"},
		{"no longer valid", func(r *draft) { r.under(Terms{ValidUntil: "2026-01-01"}) }, "no longer valid"},
		{"decision by the submitter", decide(func(d *Decision) { d.Reviewer = "wang" }), "the reviewer is the submitter"},
		{"decision of the same organisation", decide(func(d *Decision) { d.Org = "云健数据" }), "the operator's organisation"},
		{"rejected", decide(func(d *Decision) { d.Verdict, d.Reason = Rejected, "disclosure_risk" }), "rejected the output"},
		{"other tables", decide(func(d *Decision) { d.Tables = crypto.Sum(otherTables) }), "other tables"},
		{"other report", decide(func(d *Decision) { d.Report = crypto.Sum([]byte("other")) }), "another report"},
		{"other job", decide(func(d *Decision) { d.Job = "01998b5e-0000-7000-8000-0123456789ab" }), "another job"},
		{"other domain", decide(func(d *Decision) { d.Domain = "kunming.example/yingbi" }), "another job"},
		{"decided afterwards", decide(func(d *Decision) { d.Time = noon.Add(time.Microsecond) }), "after the release"},
		{"decided twice", func(r *draft) {
			r.decisions, r.signers = append(r.decisions, r.decisions[0]), []string{"lin", "he"}
		}, "decided twice"},
		{"one key for two people", func(r *draft) {
			second := r.decisions[0]
			second.Reviewer = "he"
			r.decisions, r.signers = append(r.decisions, second), []string{"lin", "lin"}
		}, "decided twice"},
		{"one of two rejected", func(r *draft) {
			second := r.decisions[0]
			second.Reviewer, second.Verdict, second.Reason = "he", Rejected, "disclosure_risk"
			r.decisions, r.signers = append(r.decisions, second), []string{"lin", "he"}
		}, "decision 2: the reviewer rejected"},
		{"altered decision", func(r *draft) {
			r.signed = func(s []SignedDecision) { s[0].Statement = strings.Replace(s[0].Statement, "lin", "li", 1) }
		}, "the decision was altered"},
		{"another's signature", func(r *draft) {
			r.signed = func(s []SignedDecision) { s[0].Key = d.people["he"].Public() }
		}, "the decision was altered"},
		{"decision signed for another purpose", func(r *draft) {
			r.signed = func(s []SignedDecision) {
				s[0].Signature, err = d.people["lin"].SignLabelled(CertificateLabel, []byte(s[0].Statement))
			}
		}, "the decision was altered"},

		{"proof of another record", certified(func(c *Certificate) { c.Proof = d.prove(t, otherRecord) }), "another audit record (job.submit)"},
		{"proof of nothing", certified(func(c *Certificate) { c.Proof = audit.Proof{} }), "proof of the audit record"},
		{"wrong index", certified(func(c *Certificate) { c.Proof.Index++ }), "proof of the audit record"},
		{"altered record", certified(func(c *Certificate) {
			c.Proof.Record = bytes.Replace(c.Proof.Record, []byte("wang"), []byte("zhao"), 1)
		}), "proof of the audit record"},
		{"checkpoint of another log", certified(func(c *Certificate) {
			c.Proof.Checkpoint = bytes.Replace(c.Proof.Checkpoint, []byte("yuxi"), []byte("yuxj"), 1)
		}), "proof of the audit record"},
		{"record of other files", recorded(func(r *audit.Record) { r.Details[FilesDetail] = crypto.Sum(nil).String() }), "other files"},
		{"record without files", recorded(func(r *audit.Record) { r.Details = nil }), "other files"},
		{"record of another job", recorded(func(r *audit.Record) { r.Target = "job/2" }), "another job"},
		{"record of another act", recorded(func(r *audit.Record) { r.Action = "release.fetch" }), "another audit record"},
		{"record of an event", recorded(func(r *audit.Record) { r.Phase = audit.Event }), "another audit record"},
		{"issued later", certified(func(c *Certificate) { c.Issued = noon.Add(time.Second) }), "issued at another time"},

		{"other nonce", certified(func(c *Certificate) { c.FilesCommitment.Nonce[0]++ }), "made for other files"},
		{"committed to fewer files", func(r *draft) {
			r.bound = func(b *Bound) { b.Files = b.Files[1:] }
		}, "not part of the release"},
		{"listed twice", certified(func(c *Certificate) { c.Files = append(c.Files, c.Files[0]) }), "twice"},
		{"lists itself", certified(func(c *Certificate) { c.Files[0].Name = CertificateFile }), "twice, or itself"},
		{"wrong size", certified(func(c *Certificate) { c.Files[0].Size++ }), "bytes, and the certificate says"},
		{"CSV says something else", func(r *draft) {
			r.files["by_district.csv"] = bytes.Replace(r.files["by_district.csv"], []byte("120"), []byte("121"), 1)
		}, "by_district.csv does not say what tables.json says"},
		{"workbook says something else", func(r *draft) {
			r.files[WorkbookFile] = bytes.Replace(r.files[WorkbookFile], []byte("120"), []byte("121"), 1)
		}, "tables.xlsx does not say"},
		{"a file more", func(r *draft) { r.files["rows.csv"] = []byte("id\r\n") }, "lists 5 files"},
		{"a file less", func(r *draft) { delete(r.files, "by_district.csv") }, "lists 3 files"},
		{"a file for another", func(r *draft) {
			r.files["rows.csv"] = r.files["by_district.csv"]
			delete(r.files, "by_district.csv")
		}, "rows.csv does not say"},
		{"tables.json in another spelling", func(r *draft) {
			r.files[TablesFile] = append(r.files[TablesFile], ' ')
		}, "not in its canonical form"},
		{"another key inside", certified(func(c *Certificate) { c.Key = d.people["he"].Public() }), "names another key"},
		{"another domain inside", certified(func(c *Certificate) { c.Domain = "kunming.example/yingbi" }), "not of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := VerifyFiles(d.release(t, c.change), domainName, d.key.Public())
			wantKind(t, err, fault.Integrity)
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// TestSignedButNotCanonical has the domain sign a certificate with spaces in it.
func TestSignedButNotCanonical(t *testing.T) {
	d := newDomain(t)
	files := d.release(t, nil)
	var spaced bytes.Buffer
	if err := json.Indent(&spaced, files[CertificateFile], "", " "); err != nil {
		t.Fatal(err)
	}
	signature, err := d.key.SignLabelled(CertificateLabel, spaced.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	files[CertificateFile], files[SignatureFile] = spaced.Bytes(), EncodeSignature(signature)
	_, err = VerifyFiles(files, domainName, d.key.Public())
	wantKind(t, err, fault.Integrity)
	if !strings.Contains(err.Error(), "canonical form") {
		t.Error(err)
	}
}

// TestErrorsShowNoFigures: what is wrong is said, not what stands there.
func TestErrorsShowNoFigures(t *testing.T) {
	tables := testTables()
	tables[0].Rows[1][1] = v("31415926 persons")
	_, err := EncodeTables(tables)
	wantKind(t, err, fault.Invalid)
	if strings.Contains(err.Error(), "31415926") || !strings.Contains(err.Error(), "row 2, column people") {
		t.Error(err)
	}
}

func TestFilesAreDeterministic(t *testing.T) {
	tables, err := EncodeTables(testTables())
	if err != nil {
		t.Fatal(err)
	}
	first, err := Files(tables, Terms{})
	if err != nil {
		t.Fatal(err)
	}
	second, err := Files(slices.Clone(tables), Terms{})
	if err != nil {
		t.Fatal(err)
	}
	if !maps.EqualFunc(first, second, bytes.Equal) {
		t.Error("the same tables gave other files")
	}
}
