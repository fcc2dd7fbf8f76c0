package release

import (
	"bytes"
	"encoding/base64"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
)

// Sizes in bytes of what Verify reads.
const (
	maxFile   = 64 << 20
	maxFolder = 128 << 20
)

// Verify checks a release folder with the domain's name and public key alone, and
// gives its certificate. fsys may be os.DirFS of the folder. Every failure names
// the file and what does not match; all but a folder that cannot be read are
// fault.Integrity.
func Verify(fsys fs.FS, name string, public crypto.PublicKey) (*Certificate, error) {
	files, err := readFolder(fsys)
	if err != nil {
		return nil, err
	}
	return VerifyFiles(files, name, public)
}

// VerifyFiles is Verify over files at hand.
func VerifyFiles(files map[string][]byte, name string, public crypto.PublicKey) (*Certificate, error) {
	if public.IsZero() {
		return nil, fault.New(fault.Invalid, "give the domain's public key; it must come to you by another way than the release")
	}
	c, err := openCertificate(files, name, public)
	if err != nil {
		return nil, err
	}
	v := verifier{c, files}
	for _, check := range []func() error{v.checkFiles, v.checkRendering, v.checkAsserted, v.checkRecord, v.checkDecisions} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func mismatch(format string, args ...any) error {
	return fault.Errorf(fault.Integrity, format, args...)
}

// openCertificate checks the signature first, and believes nothing before.
func openCertificate(files map[string][]byte, name string, public crypto.PublicKey) (*Certificate, error) {
	statement, ok := files[CertificateFile]
	signature, ok2 := files[SignatureFile]
	if !ok || !ok2 {
		return nil, mismatch("%s or %s is missing: this is not a whole release", CertificateFile, SignatureFile)
	}
	sig, err := base64.StdEncoding.DecodeString(string(bytes.TrimSuffix(signature, []byte("\n"))))
	if err != nil || base64.StdEncoding.EncodeToString(sig)+"\n" != string(signature) {
		return nil, mismatch("%s is not one line of base64: it was altered", SignatureFile)
	}
	if public.VerifyLabelled(CertificateLabel, statement, sig) != nil {
		return nil, unsigned(statement, sig, public)
	}
	c, err := ParseCertificate(statement)
	if err != nil {
		return nil, mismatch("%v", err)
	}
	if c.Key != public {
		return nil, mismatch("%s: signed by the given key, yet it names another key as the domain's: %s", CertificateFile, c.Key.Fingerprint())
	}
	if c.Domain != name {
		return nil, mismatch("%s: a release of the domain %q, not of %q", CertificateFile, c.Domain, name)
	}
	return c, nil
}

// unsigned tells a wrong key from an altered certificate.
func unsigned(statement, sig []byte, public crypto.PublicKey) error {
	c, err := ParseCertificate(statement)
	if err == nil && c.Key != public && c.Key.VerifyLabelled(CertificateLabel, statement, sig) == nil {
		return mismatch("wrong key: the release is signed by %s and the given key is %s. Get the domain's key from the domain itself, not from the release", c.Key.Fingerprint(), public.Fingerprint())
	}
	return mismatch("%s or %s was altered, or the domain with the key %s never signed it", CertificateFile, SignatureFile, public.Fingerprint())
}

// verifier checks the files against a certificate that the domain signed.
type verifier struct {
	c     *Certificate
	files map[string][]byte
}

// checkFiles demands exactly the files that the certificate lists.
func (v verifier) checkFiles() error {
	listed := map[string]bool{CertificateFile: true, SignatureFile: true}
	for _, f := range v.c.Files {
		content, ok := v.files[f.Name]
		switch {
		case listed[f.Name]:
			return mismatch("%s: lists %s twice, or itself", CertificateFile, f.Name)
		case !ok:
			return mismatch("%s is missing, and the certificate lists it", f.Name)
		case len(content) != f.Size:
			return mismatch("%s has %d bytes, and the certificate says %d", f.Name, len(content), f.Size)
		case crypto.Sum(content) != f.SM3:
			return mismatch("%s was altered: its SM3 digest is not the one in the certificate", f.Name)
		}
		listed[f.Name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(v.files)) {
		if !listed[name] {
			return mismatch("%s is not part of the release: remove it, or verify a fresh copy", name)
		}
	}
	return nil
}

// checkRendering renders everything again from tables.json and the terms, so that what
// people open says what the reviewers approved.
func (v verifier) checkRendering() error {
	rendered, err := Files(v.files[TablesFile], v.c.Terms())
	if err != nil {
		return mismatch("%v", err)
	}
	tables, err := ParseTables(v.files[TablesFile])
	if err != nil {
		return mismatch("%v", err)
	}
	charts := chartFiles(tables)
	if n := len(rendered) + len(charts); n != len(v.c.Files) {
		return mismatch("%s: lists %d files, and %s makes %d", CertificateFile, len(v.c.Files), TablesFile, n)
	}
	for _, f := range v.c.Files {
		if charts[f.Name] {
			continue // a picture is drawn otherwise by another version; its digest holds
		}
		if !bytes.Equal(rendered[f.Name], v.files[f.Name]) {
			return mismatch("%s does not say what %s says", f.Name, TablesFile)
		}
	}
	return nil
}

// checkAsserted demands that the certificate names the tables that nobody has computed
// again, as the reviewers have signed them, and no others.
func (v verifier) checkAsserted() error {
	tables, err := ParseTables(v.files[TablesFile])
	if err != nil {
		return mismatch("%v", err)
	}
	if !slices.Equal(AssertedOf(tables), v.c.Asserted) {
		return mismatch("%s: names other tables as asserted than %s", CertificateFile, TablesFile)
	}
	return nil
}

// AssertedOf names the tables whose numbers nobody has computed again.
func AssertedOf(tables []Table) (out []string) {
	for _, t := range tables {
		if t.Class == Asserted {
			out = append(out, t.Name)
		}
	}
	return out
}

// checkRecord finds the release in the domain's audit log.
func (v verifier) checkRecord() error {
	log, err := crypto.NoteVerifier(v.c.Domain, v.c.Key)
	if err != nil {
		return mismatch("%s: %q is not the name of a domain", CertificateFile, v.c.Domain)
	}
	r, err := v.c.Proof.Verify(log)
	if err != nil {
		return mismatch("%s: the proof of the audit record does not hold: %v", CertificateFile, err)
	}
	list, err := encodeList(v.c.Files)
	if err != nil {
		return mismatch("%s: %v", CertificateFile, err)
	}
	commitment := v.c.FilesCommitment
	switch {
	case crypto.CheckCommit(commitment.Value, commitment.Nonce, list) != nil:
		return mismatch("%s: the commitment to the files was made for other files", CertificateFile)
	case r.Action != recordAction || r.Phase != audit.Intent:
		return mismatch("%s: the proof is of another audit record (%s), not of a release", CertificateFile, r.Action)
	case r.Target != "job/"+v.c.Job:
		return mismatch("%s: the audit record is about another job", CertificateFile)
	case r.Details[FilesDetail] != commitment.Value.String():
		return mismatch("%s: the audit record is about a release of other files", CertificateFile)
	case !r.Time.Equal(v.c.Issued):
		return mismatch("%s: issued at another time than its audit record says", CertificateFile)
	}
	return nil
}

// checkDecisions demands as many approvals as the certificate says, and nothing but
// approvals, each by another person, all on the same terms.
func (v verifier) checkDecisions() error {
	if n := len(v.c.Decisions); n < v.c.Reviewers {
		return mismatch("%s: %d people approved the release, and %d had to", CertificateFile, n, v.c.Reviewers)
	}
	if questions, err := ParseQuestions(v.files[TablesFile]); err != nil || len(questions) > 0 && v.c.Reviewers < minQuestionReviewers {
		return mismatch("%s: %d had to approve, and of questions about single subjects %d", CertificateFile, v.c.Reviewers, minQuestionReviewers)
	}
	if v.c.Terms().Over(v.c.Issued) {
		return mismatch("%s: issued when it was no longer valid", CertificateFile)
	}
	people, keys := map[string]bool{}, map[crypto.PublicKey]bool{}
	for i, signed := range v.c.Decisions {
		d, err := signed.Verify()
		if err != nil {
			return mismatch("%s, decision %d: %v", CertificateFile, i+1, err)
		}
		why := v.objection(d)
		if why == "" {
			why = v.policyObjection(d, signed.Key)
		}
		if why != "" {
			return mismatch("%s, decision %d: %s", CertificateFile, i+1, why)
		}
		if people[d.Reviewer] || keys[signed.Key] {
			return mismatch("%s, decision %d: one person, or one key, decided twice", CertificateFile, i+1)
		}
		people[d.Reviewer], keys[signed.Key] = true, true
	}
	return nil
}

// objection says why the decision does not carry this release, or "".
func (v verifier) objection(d Decision) string {
	switch {
	case d.Domain != v.c.Domain || d.Job != v.c.Job:
		return "made about another job or in another domain"
	case d.Verdict != Approved:
		return "the reviewer rejected the output"
	case d.Tables != crypto.Sum(v.files[TablesFile]):
		return "made about other tables than " + TablesFile
	case d.Report != v.c.Checks.Report:
		return "made on another report"
	case d.Reviewer == v.c.Submitter:
		return "the reviewer is the submitter"
	case d.Org == v.c.Operator:
		return "the reviewer belongs to the operator's organisation"
	case !d.Terms().Equal(v.c.Terms()):
		return "made under other conditions"
	case d.Time.After(v.c.Issued):
		return "made after the release"
	case v.c.Issued.After(d.Expires):
		return "expired before the release"
	}
	return ""
}

// policyObjection says why a decision that no person made, or that the domain's key
// signed, does not carry this release, or "".
func (v verifier) policyObjection(d Decision, key crypto.PublicKey) string {
	scenario, policy := strings.CutPrefix(d.Reviewer, PolicyPrefix)
	switch {
	case !policy && key == v.c.Key:
		return "signed by the domain in the name of a person"
	case !policy:
		return ""
	case key != v.c.Key:
		return "made by a policy, and not signed by the domain"
	case !strings.HasPrefix(scenario, v.c.Scenario+"@"):
		return "made by the policy of another scenario"
	case v.c.Reviewers > 1 || v.c.Class != Protected && v.c.Class != Verified:
		return "made by a policy where people decide"
	}
	return ""
}
