package release

import (
	"reflect"
	"time"

	"yingbi/crypto"
	"yingbi/internal/fault"
)

// WithdrawalLabel is what the domain's key signs a withdrawal for.
const WithdrawalLabel = "withdrawal"

const (
	withdrawalFormat = "yingbi/withdrawal/v1"
	noticeFormat     = "yingbi/withdrawal-notice/v1"
	maxWithdrawal    = 16 << 10 // bytes
	maxNotice        = 64 << 10
)

// Withdrawal says that a release counts no longer. It tells nothing of what was
// released, so that it can be published.
type Withdrawal struct {
	Format      string           `json:"format"` // encode sets it
	Domain      string           `json:"domain"` // name
	Key         crypto.PublicKey `json:"key"`    // of the domain
	Job         string           `json:"job"`
	Certificate crypto.Digest    `json:"certificate"` // SM3 of certificate.json
	Issued      time.Time        `json:"issued"`      // of the release
	Reason      string           `json:"reason"`      // of a short list
	By          string           `json:"by"`          // id of the person
	Org         string           `json:"org"`
	Time        time.Time        `json:"time"`
}

// Encode gives the canonical JSON that the domain signs.
func (w Withdrawal) Encode() ([]byte, error) {
	w.Format = withdrawalFormat
	return w.encode()
}

func (w Withdrawal) encode() ([]byte, error) {
	if w.Format != withdrawalFormat {
		return nil, fault.Errorf(fault.Unsupported, "the format of the withdrawal is not %s; a newer version may read it", withdrawalFormat)
	}
	var l checklist
	l.line("domain", w.Domain)
	l.fail("key", w.Key.IsZero())
	l.line("job", w.Job)
	l.digest("certificate", w.Certificate)
	l.time("issued", w.Issued)
	l.line("reason", w.Reason)
	l.line("by", w.By)
	l.line("org", w.Org)
	l.time("time", w.Time)
	if l.err != nil {
		return nil, l.err
	}
	return appendValue(nil, reflect.ValueOf(w))
}

// notice is a withdrawal with its signature, in one file.
type notice struct {
	Format    string `json:"format"`
	Statement string `json:"statement"` // the bytes that were signed
	Signature []byte `json:"signature"` // under WithdrawalLabel; SM2, DER
}

func (n notice) encode() ([]byte, error) {
	if n.Format != noticeFormat {
		return nil, fault.Errorf(fault.Unsupported, "the format of the notice is not %s; a newer version may read it", noticeFormat)
	}
	return appendValue(nil, reflect.ValueOf(n))
}

// EncodeNotice gives the file that anybody can verify.
func EncodeNotice(statement, signature []byte) ([]byte, error) {
	return notice{noticeFormat, string(statement), signature}.encode()
}

// NoticeFile names the notice about a job's release.
func NoticeFile(job string) string { return job + ".withdrawn.json" }

// VerifyNotice checks a notice with the domain's name and public key alone.
func VerifyNotice(b []byte, name string, public crypto.PublicKey) (Withdrawal, error) {
	if public.IsZero() {
		return Withdrawal{}, fault.New(fault.Invalid, "give the domain's public key; it must come to you by another way than the notice")
	}
	n, err := parse("the notice", b, maxNotice, notice.encode)
	if err != nil {
		return Withdrawal{}, mismatch("%v", err)
	}
	if public.VerifyLabelled(WithdrawalLabel, []byte(n.Statement), n.Signature) != nil {
		return Withdrawal{}, mismatch("the notice was altered, or the domain with the key %s never signed it", public.Fingerprint())
	}
	w, err := parse("the withdrawal", []byte(n.Statement), maxWithdrawal, Withdrawal.encode)
	switch {
	case err != nil:
		return Withdrawal{}, mismatch("%v", err)
	case w.Key != public || w.Domain != name:
		return Withdrawal{}, mismatch("a notice of the domain %q, not of %q", w.Domain, name)
	}
	return w, nil
}

// Withdraws reports whether the notice is about the release of these files.
func (w Withdrawal) Withdraws(files map[string][]byte) bool {
	return w.Certificate == crypto.Sum(files[CertificateFile])
}
